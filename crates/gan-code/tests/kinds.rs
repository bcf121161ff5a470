//! The specs for the tests of programs contain every part that a run can have.

use std::collections::BTreeSet;

use gan_protocol::{
    ActivationKind, AugmentationSpec, DataSource, DataSpec, DecaySpec, DiffAugmentSpec,
    InitialWeights, LabelSpec, LatentDistribution, LayerSpec, NetSpec, Objective, OptimizerMethod,
    OptimizerSpec, PenaltySpec, PointsSpec, RunSpec,
};
use support::specs;

mod support;

/// Asserts that `$found` has each variant of `$kind`. A variant that is not named does not compile.
macro_rules! assert_all {
    ($found:expr, $kind:ident { $($variant:ident),+ $(,)? }) => {{
        let name = |value: $kind| match value {
            $($kind::$variant { .. } => stringify!($variant),)+
        };
        let found: BTreeSet<&str> = $found.map(name).collect();
        assert_eq!(found, BTreeSet::from([$(stringify!($variant)),+]), stringify!($kind));
    }};
}

fn nets(specs: &[RunSpec]) -> impl Iterator<Item = &NetSpec> {
    specs.iter().flat_map(|spec| [&spec.generator, &spec.discriminator])
}

fn optimizers(specs: &[RunSpec]) -> impl Iterator<Item = &OptimizerSpec> {
    specs.iter().flat_map(|spec| [&spec.generator_optimizer, &spec.discriminator_optimizer])
}

/// All layers, those in residual blocks included.
fn layers(specs: &[RunSpec]) -> Vec<LayerSpec> {
    let mut left: Vec<LayerSpec> = nets(specs).flat_map(|net| net.layers.clone()).collect();
    let mut all = Vec::new();
    while let Some(layer) = left.pop() {
        if let LayerSpec::Residual { layers, shortcut } = &layer {
            left.extend(layers.iter().chain(shortcut).cloned());
        }
        all.push(layer);
    }
    all
}

#[test]
fn every_kind_of_every_part_has_a_program() {
    let specs: Vec<RunSpec> = specs().into_iter().map(|(_, spec)| spec).collect();
    assert_all!(
        specs.iter().map(|spec| spec.data.source),
        DataSource { Mnist, DrawnDigits, IdxFiles, CifarFiles, StackedMnist, Points }
    );
    assert_all!(
        specs.iter().filter_map(|spec| spec.data.points.clone()),
        PointsSpec { Ring, Grid, Line, Spiral, Moons, SwissRoll, Mixture, Drawn }
    );
    assert_all!(
        specs.iter().map(|spec| spec.objective),
        Objective {
            NonSaturating,
            Minimax,
            LeastSquares,
            Linear,
            Hinge,
            RelativisticPaired,
            RelativisticAverage,
        }
    );
    assert_all!(
        specs.iter().flat_map(|spec| spec.penalties.clone()),
        PenaltySpec { GradientPenalty, Dragan, R1, R2 }
    );
    assert_all!(
        specs.iter().filter_map(|spec| spec.labels),
        LabelSpec { Conditional, AuxiliaryClassifier }
    );
    assert_all!(
        specs.iter().map(|spec| spec.latent.distribution),
        LatentDistribution { Normal, Uniform }
    );
    assert_all!(
        optimizers(&specs).map(|optimizer| optimizer.method),
        OptimizerMethod { Sgd, Adam, AdamW, RmsProp }
    );
    assert_all!(
        optimizers(&specs).filter_map(|optimizer| Some(optimizer.schedule?.decay)),
        DecaySpec { Constant, Linear, Cosine, Exponential, Staircase }
    );
    assert_all!(
        nets(&specs).map(|net| net.initial_weights),
        InitialWeights { Normal, KaimingUniform, GlorotUniform, HeNormal, Orthogonal }
    );
}

#[test]
fn every_kind_of_layer_has_a_program() {
    let specs: Vec<RunSpec> = specs().into_iter().map(|(_, spec)| spec).collect();
    assert_all!(
        layers(&specs).into_iter(),
        LayerSpec {
            Linear,
            Maxout,
            MixtureLinear,
            Conv,
            ConvTranspose,
            Upsample,
            AveragePool,
            BatchNorm,
            LayerNorm,
            PixelNorm,
            MinibatchStddev,
            MinibatchDiscrimination,
            Activation,
            Dropout,
            Noise,
            Label,
            Residual,
            Reshape,
            Flatten,
        }
    );
    let functions = layers(&specs).into_iter().filter_map(|layer| match layer {
        LayerSpec::Activation { function } => Some(function),
        _ => None,
    });
    assert_all!(functions, ActivationKind { Relu, LeakyRelu, Tanh, Sigmoid, Silu, Softplus });
}

/// The optional parts of a run, and whether it has them. A field that is not listed does not
/// compile.
fn parts(spec: &RunSpec) -> Vec<(&'static str, bool)> {
    let RunSpec {
        seed: _,
        data,
        latent: _,
        generator,
        discriminator,
        objective: _,
        penalties: _,
        weight_clip,
        generator_optimizer,
        discriminator_optimizer,
        batch_size: _,
        discriminator_steps,
        packing,
        unrolled_steps,
        label_smoothing,
        fake_label_smoothing,
        instance_noise,
        diff_augment,
        labels: _,
        codes,
        mixture,
        ema,
    } = spec;
    let DataSpec {
        source: _,
        points: _,
        channels: _,
        height: _,
        width: _,
        classes,
        class_weights,
        limit,
        augmentation,
    } = data;
    let AugmentationSpec { shift_px, rotation_degrees, scale, flip } =
        augmentation.unwrap_or_default();
    let augments =
        |changes: fn(&DiffAugmentSpec) -> bool| diff_augment.as_ref().is_some_and(changes);
    let optimizers = [generator_optimizer, discriminator_optimizer];
    let optimized = |has: fn(&OptimizerSpec) -> bool| optimizers.iter().any(|one| has(one));
    vec![
        ("classes", !classes.is_empty()),
        ("class weights", !class_weights.is_empty()),
        ("limit", limit.is_some()),
        ("shift", shift_px > 0),
        ("rotation", rotation_degrees > 0.0),
        ("scale", scale > 1.0),
        ("flip", flip),
        ("spectral norm of the generator", generator.spectral_norm),
        ("spectral norm of the discriminator", discriminator.spectral_norm),
        ("weight clip", weight_clip.is_some()),
        ("weight decay", optimized(|optimizer| optimizer.weight_decay > 0.0)),
        ("clipped norms", optimized(|optimizer| optimizer.clip_norm.is_some())),
        ("clipped values", optimized(|optimizer| optimizer.clip_value.is_some())),
        ("warm-up", optimized(|optimizer| optimizer.schedule.is_some_and(|s| s.warm_up > 0))),
        ("discriminator steps", *discriminator_steps > 1),
        ("packing", *packing > 1),
        ("unrolled steps", *unrolled_steps > 0),
        ("label smoothing", *label_smoothing > 0.0),
        ("fake label smoothing", *fake_label_smoothing > 0.0),
        ("instance noise", instance_noise.is_some()),
        ("decaying noise", instance_noise.is_some_and(|noise| noise.decay_steps > 0)),
        ("brightness", augments(|augment| augment.brightness > 0.0)),
        ("translation", augments(|augment| augment.translation > 0.0)),
        ("cutout", augments(|augment| augment.cutout > 0.0)),
        ("shear", augments(|augment| augment.shear > 0.0)),
        ("categorical codes", codes.as_ref().is_some_and(|codes| !codes.categorical.is_empty())),
        ("continuous codes", codes.as_ref().is_some_and(|codes| codes.continuous > 0)),
        ("mixture", mixture.is_some()),
        ("average", ema.is_some()),
    ]
}

#[test]
fn every_part_that_a_run_may_lack_has_a_program() {
    let mut found = BTreeSet::new();
    let mut all = BTreeSet::new();
    for (_, spec) in specs() {
        for (part, is_there) in parts(&spec) {
            all.insert(part);
            if is_there {
                found.insert(part);
            }
        }
    }
    assert_eq!(found, all);
}
