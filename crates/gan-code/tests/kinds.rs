//! The specs for the tests of programs contain every part that a run can have.

use std::collections::BTreeSet;

use gan_protocol::{
    ActivationKind, AugmentationSpec, DataSource, DataSpec, DecaySpec, DiffAugmentSpec,
    EncoderMethod, InitialWeights, LabelSpec, LatentDistribution, LayerSpec, Named as _, NetSpec,
    Objective, OptimizerMethod, OptimizerSpec, PenaltySpec, PointsSpec, RunSpec, Tagged as _,
};
use support::specs;

mod support;

/// Asserts that every name of `known` is found.
fn assert_all<'a>(known: &[&str], found: impl Iterator<Item = &'a str>) {
    let found: BTreeSet<&str> = found.collect();
    let missing: Vec<_> = known.iter().filter(|name| !found.contains(*name)).collect();
    assert!(missing.is_empty(), "no run has {missing:?}");
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
        left.extend(layer.inside().into_iter().flat_map(|(_, layers)| layers.to_vec()));
        all.push(layer);
    }
    all
}

#[test]
fn every_kind_of_every_part_has_a_program() {
    let specs: Vec<RunSpec> = specs().into_iter().map(|(_, spec)| spec).collect();
    assert_all(DataSource::NAMES, specs.iter().map(|spec| spec.data.source.name()));
    let points = specs.iter().filter_map(|spec| spec.data.points.as_ref());
    assert_all(PointsSpec::KINDS, points.map(PointsSpec::kind));
    assert_all(Objective::NAMES, specs.iter().map(|spec| spec.objective.name()));
    let penalties = specs.iter().flat_map(|spec| &spec.penalties);
    assert_all(PenaltySpec::KINDS, penalties.map(PenaltySpec::kind));
    let labels = specs.iter().filter_map(|spec| spec.labels.as_ref());
    assert_all(LabelSpec::KINDS, labels.map(LabelSpec::kind));
    let latents = specs.iter().map(|spec| spec.latent.distribution.name());
    assert_all(LatentDistribution::NAMES, latents);
    let methods = optimizers(&specs).map(|optimizer| optimizer.method.kind());
    assert_all(OptimizerMethod::KINDS, methods);
    let schedules = optimizers(&specs).filter_map(|optimizer| optimizer.schedule.as_ref());
    assert_all(DecaySpec::KINDS, schedules.map(|schedule| schedule.decay.kind()));
    let methods = specs.iter().filter_map(|spec| spec.encoder.as_ref());
    assert_all(EncoderMethod::KINDS, methods.map(|encoder| encoder.method.kind()));
    assert_all(InitialWeights::KINDS, nets(&specs).map(|net| net.initial_weights.kind()));
}

#[test]
fn every_kind_of_layer_has_a_program() {
    let specs: Vec<RunSpec> = specs().into_iter().map(|(_, spec)| spec).collect();
    let layers = layers(&specs);
    assert_all(LayerSpec::KINDS, layers.iter().map(LayerSpec::kind));
    let functions = layers.iter().filter_map(|layer| match layer {
        LayerSpec::Activation { function } => Some(function.kind()),
        _ => None,
    });
    assert_all(ActivationKind::KINDS, functions);
}

/// The optional parts of a run, and whether it has them. A field that is not listed does not
/// compile.
fn parts(spec: &RunSpec) -> Vec<(&'static str, bool)> {
    let RunSpec {
        seed: _,
        data,
        latent: _,
        condition,
        translation,
        initial,
        generator,
        discriminator,
        encoder,
        objective: _,
        terms,
        adversarial_weight,
        pretraining_steps,
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
        semi_supervised,
        growth,
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
        per_class,
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
        ("a few of each class", per_class.is_some()),
        ("growth", growth.is_some()),
        ("faded in at once", growth.is_some_and(|growth| growth.fade == 0)),
        ("semi-supervised", semi_supervised.is_some()),
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
        ("picture", condition.is_some()),
        ("second set", translation.is_some()),
        ("encoder", encoder.is_some()),
        ("encoder with spectral norm", encoder.as_ref().is_some_and(|it| it.net.spectral_norm)),
        ("nets of another run", initial.is_some()),
        ("shown picture", condition.is_some_and(|condition| condition.shown)),
        ("terms", !terms.is_empty()),
        ("adversarial weight", *adversarial_weight != 1.0),
        ("pre-training", *pretraining_steps > 0),
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
