//! Pruning of a generator's channels: those that say least are taken out, and the net goes on with the others
//! (as Li et al. 2017, "Pruning Filters for Efficient ConvNets", but by what channels do for samples rather than
//! by their weights alone).

use gan_protocol::{CheckpointHeader, LayerSpec, NetSpec, RunSpec, Shape};
use gan_random::Purpose;

use crate::checkpoint::Snapshot;
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::named_tensor::NamedTensor;
use crate::sampler::Sampler;

/// Samples by which channels are compared.
const SAMPLES: usize = 512;
/// Nets whose tensors are cut, and what their optimisers remember of them; a name that begins as another one does
/// comes before that.
const PREFIXES: [&str; 4] =
    ["generator.optimizer.first", "generator.optimizer.second", "generator", "average"];

/// The channels between two layers with weights.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Site {
    /// The layer that makes the channels.
    maker: usize,
    /// The layer that takes them.
    taker: usize,
    channels: usize,
}

/// A run whose generator has fewer channels: the share `kept`, above 0 and at most 1, of those between each two of
/// its layers with weights, one at least. Those stay whose numbers, in samples of the generator for use, are large
/// and weigh much in the next layer: the mean of `|a|` times the norm of their outgoing weights. Everything else in
/// the run, the step included, stays as it is. Waits for the device.
///
/// # Errors
/// If the generator is given pictures, grows or has no such channels (blocks, styled layers and stages are left whole), or
/// the device fails.
pub async fn pruned(
    snapshot: &Snapshot,
    kept: f64,
    device: &burn::tensor::Device,
) -> Result<Snapshot, CoreError> {
    let spec = &snapshot.header.spec;
    let input = spec.generator_input();
    let sites = sites(&spec.generator, input);
    if sites.is_empty() || spec.picture().is_some() || spec.growth.is_some() {
        let message = "the generator has no channels between layers with weights of its own, is given pictures, or \
                       grows";
        return Err(CoreError::Generator(message.to_owned()));
    }
    let sampler = Sampler::of_snapshot(snapshot, device)?;
    let inputs = Inputs::drawn(spec, Purpose::FreshLatents, 0, SAMPLES);
    let mut layers = spec.generator.layers.clone();
    let mut tensors = snapshot.tensors().to_vec();
    for site in &sites {
        let activations = sampler.activations(&inputs, site.taker - 1).await?;
        let weights = weights_of(snapshot, spec, site.taker);
        let taken = weighed(&activations, weights, taken_axis(&layers[site.taker]), site.channels);
        let count = ((kept * site.channels as f64).round() as usize).clamp(1, site.channels);
        let chosen = largest(&taken, count);
        narrow(&mut layers[site.maker..site.taker], site.channels, count);
        for tensor in &mut tensors {
            cut(tensor, &spec.generator, site, &chosen);
        }
    }
    let generator = NetSpec { layers, ..spec.generator.clone() };
    let spec = RunSpec { generator, ..spec.clone() };
    spec.validate()?;
    let header = CheckpointHeader { spec, ..snapshot.header.clone() };
    Ok(Snapshot { header, tensors })
}

/// The places between two layers with weights, where only layers stand that treat each channel by itself.
fn sites(net: &NetSpec, input: Shape) -> Vec<Site> {
    let has_weights = |layer: &LayerSpec| made_axis(layer).is_some();
    let treats_each = |layer: &LayerSpec| {
        matches!(
            layer,
            LayerSpec::BatchNorm { .. }
                | LayerSpec::InstanceNorm { .. }
                | LayerSpec::Activation { .. }
                | LayerSpec::Dropout { .. }
                | LayerSpec::Noise { .. }
                | LayerSpec::Upsample { .. }
                | LayerSpec::UpsampleBilinear { .. }
                | LayerSpec::AveragePool { .. }
                | LayerSpec::Pad { .. }
                | LayerSpec::Reshape { .. }
                | LayerSpec::Flatten {}
        )
    };
    let mut sites = Vec::new();
    let shapes = net.shapes(input).unwrap_or_default();
    for (maker, layer) in net.layers.iter().enumerate().filter(|(_, layer)| has_weights(layer)) {
        let behind = &net.layers[maker + 1..];
        let Some(way) = behind.iter().position(|layer| !treats_each(layer)) else { continue };
        let taker = maker + 1 + way;
        if !has_weights(&net.layers[taker]) {
            continue;
        }
        // A vector that becomes an image has the image's channels; one image of several shapes has none in
        // common.
        let images = shapes[maker..taker].iter().filter_map(|shape| match shape {
            Shape::Image { channels, .. } => Some(*channels),
            Shape::Flat { .. } => None,
        });
        let mut counts: Vec<usize> = images.collect();
        counts.dedup();
        let channels = match (counts[..].first(), layer) {
            (Some(channels), _) if counts.len() == 1 => *channels,
            (None, LayerSpec::Linear { units, .. }) => *units,
            _ => continue,
        };
        sites.push(Site { maker, taker, channels });
    }
    sites
}

/// The axis of the outputs in a layer's weight; `None` for layers that are not cut.
fn made_axis(layer: &LayerSpec) -> Option<usize> {
    match layer {
        LayerSpec::Linear { .. } | LayerSpec::ConvTranspose { .. } => Some(1),
        LayerSpec::Conv { .. } => Some(0),
        _ => None,
    }
}

/// The axis of the inputs.
fn taken_axis(layer: &LayerSpec) -> usize {
    1 - made_axis(layer).expect("a site ends at a layer with weights")
}

/// The weight of layer number `layer` of the generator for use.
fn weights_of<'a>(snapshot: &'a Snapshot, spec: &RunSpec, layer: usize) -> &'a NamedTensor {
    let prefix = if spec.ema.is_some() { "average" } else { "generator" };
    let name = format!("{prefix}.{layer}.weight");
    let found = snapshot.tensors().iter().find(|tensor| tensor.name == name);
    found.expect("the sampler has read all tensors of the generator")
}

/// How much each channel says: the mean of its numbers' sizes in `activations`, times the norm of its weights in the
/// next layer, whose inputs lie along `axis`.
fn weighed(activations: &[f32], next: &NamedTensor, axis: usize, channels: usize) -> Vec<f64> {
    let mut sizes = vec![0.0; channels];
    let area = (activations.len() / SAMPLES / channels).max(1);
    for (at, value) in activations.iter().enumerate() {
        sizes[at / area % channels] += f64::from(value.abs());
    }
    let mut squares = vec![0.0; channels];
    let length = next.dimensions[axis];
    let inner: usize = next.dimensions[axis + 1..].iter().product();
    for (at, value) in next.values.iter().enumerate() {
        let channel = at / inner % length / (length / channels);
        squares[channel] += f64::from(*value).powi(2);
    }
    let numbers = (SAMPLES * area) as f64;
    sizes.iter().zip(squares).map(|(size, squares)| size / numbers * squares.sqrt()).collect()
}

/// The places of the `count` largest numbers, in their order.
fn largest(numbers: &[f64], count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..numbers.len()).collect();
    places.sort_by(|a, b| numbers[*b].total_cmp(&numbers[*a]));
    places.truncate(count);
    places.sort_unstable();
    places
}

/// Gives the layers of a site `count` in place of `channels` channels.
fn narrow(layers: &mut [LayerSpec], channels: usize, count: usize) {
    for layer in layers {
        match layer {
            LayerSpec::Linear { units, .. } => *units = *units / channels * count,
            LayerSpec::Conv { channels, .. }
            | LayerSpec::ConvTranspose { channels, .. }
            | LayerSpec::Reshape { channels, .. } => *channels = count,
            _ => {}
        }
    }
}

/// Takes all but the `chosen` channels of a site out of a tensor, if it has any of them.
fn cut(tensor: &mut NamedTensor, net: &NetSpec, site: &Site, chosen: &[usize]) {
    let own =
        PREFIXES.iter().find_map(|prefix| tensor.name.strip_prefix(prefix)?.strip_prefix('.'));
    let Some((layer, name)) = own.and_then(|own| own.split_once('.')) else { return };
    let Ok(layer) = layer.parse::<usize>() else { return };
    let axis = if layer == site.taker && name == "weight" {
        taken_axis(&net.layers[layer])
    } else if (site.maker..site.taker).contains(&layer) {
        match (name, made_axis(&net.layers[layer])) {
            ("weight", Some(axis)) => axis,
            // Biases, norms and running statistics, and vectors of spectral normalisation along the outputs.
            _ if tensor.dimensions.len() == 1
                && tensor.dimensions[0].is_multiple_of(site.channels) =>
            {
                0
            }
            _ => return,
        }
    } else {
        return;
    };
    let length = tensor.dimensions[axis];
    let each = length / site.channels;
    let inner: usize = tensor.dimensions[axis + 1..].iter().product();
    let is_kept = |at: usize| chosen.binary_search(&(at / inner % length / each)).is_ok();
    let values = tensor.values.iter().enumerate().filter(|(at, _)| is_kept(*at));
    tensor.values = values.map(|(_, value)| *value).collect();
    tensor.dimensions[axis] = each * chosen.len();
}

#[cfg(all(test, feature = "cpu"))]
mod tests {
    use gan_protocol::{RealBatch, preset};
    use gan_random::{standard_normal, stream};
    use pollster::block_on;

    use super::*;
    use crate::cpu;
    use crate::trainer::Trainer;

    fn trained(name: &str) -> Trainer {
        let spec = RunSpec { batch_size: 4, ..preset(name).expect("a preset").spec };
        let mut trainer = Trainer::new(&spec, &cpu()).expect("a valid run");
        for _ in 0..2 {
            let _ = trainer.step(reals);
        }
        trainer
    }

    fn reals(step: u64) -> RealBatch {
        let values = standard_normal(&mut stream(9, Purpose::DataSample, step), 4 * 784);
        RealBatch { values, labels: vec![0, 1, 2, 3], ..RealBatch::default() }
    }

    fn snapshot(trainer: &Trainer) -> Snapshot {
        block_on(trainer.snapshot()).expect("the processor works")
    }

    fn samples(snapshot: &Snapshot) -> Vec<f32> {
        let sampler = Sampler::of_snapshot(snapshot, &cpu()).expect("its own snapshot");
        let inputs = Inputs::drawn(&snapshot.header.spec, Purpose::FreshLatents, 3, 5);
        block_on(sampler.samples(&inputs, 0)).expect("the processor works")
    }

    #[test]
    fn all_channels_kept_leave_the_run_as_it_is() {
        for name in ["mnist-dcgan-small", "mnist-mlp", "mnist-conditional"] {
            let whole = snapshot(&trained(name));
            let same = block_on(pruned(&whole, 1.0, &cpu())).expect("it has channels");
            assert_eq!(same, whole, "{name}");
        }
    }

    #[test]
    fn channels_that_say_nothing_are_taken_out_without_a_trace() {
        let mut trainer = trained("mnist-dcgan-small");
        let sites = sites(&trainer.spec.generator, trainer.spec.generator_input());
        assert_eq!(
            sites,
            [Site { maker: 0, taker: 4, channels: 32 }, Site { maker: 4, taker: 7, channels: 16 }]
        );
        // Every second channel of the last site has no weight in the next layer.
        let mut whole = snapshot(&trainer);
        for tensor in &mut whole.tensors {
            if tensor.name.ends_with(".7.weight") && !tensor.name.contains("optimizer") {
                let inner = tensor.values.len() / 16;
                let silent = tensor.values.iter_mut().enumerate();
                silent.filter(|(at, _)| at / inner % 2 == 1).for_each(|(_, value)| *value = 0.0);
            }
        }
        let half = block_on(pruned(&whole, 0.5, &cpu())).expect("it has channels");
        let LayerSpec::ConvTranspose { channels, .. } = half.header.spec.generator.layers[4] else {
            panic!("the layers keep their kinds");
        };
        assert_eq!(channels, 8);
        // With the first site whole, nothing changes.
        let mut only_last = whole.clone();
        let site = &sites[1];
        let chosen: Vec<usize> = (0..16).step_by(2).collect();
        narrow(&mut only_last.header.spec.generator.layers[4..7], 16, 8);
        let net = whole.header.spec.generator.clone();
        only_last.tensors.iter_mut().for_each(|tensor| cut(tensor, &net, site, &chosen));
        let (before, after) = (samples(&whole), samples(&only_last));
        let apart = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-5, "{apart}");
        // The cut run goes on.
        let spec = half.header.spec.clone();
        trainer = Trainer::restore(&half, &spec, &cpu()).expect("its tensors fit");
        let _ = trainer.step(reals);
        assert_eq!(trainer.generator_steps(), 3);
        assert_eq!(snapshot(&trainer).tensors().len(), whole.tensors().len());
    }

    #[test]
    fn a_vector_s_numbers_are_cut_too_and_a_net_without_channels_is_refused() {
        let whole = snapshot(&trained("mnist-mlp"));
        let half = block_on(pruned(&whole, 0.5, &cpu())).expect("it has hidden numbers");
        let count = |snapshot: &Snapshot| {
            let spec = &snapshot.header.spec;
            spec.generator.parameter_count(spec.generator_input()).expect("a valid net")
        };
        assert!(count(&half) < count(&whole) * 6 / 10, "{} of {}", count(&half), count(&whole));
        assert_eq!(samples(&half).len(), 5 * 784);
        let given = preset("mnist-denoising").expect("a preset").spec;
        let given = snapshot(&Trainer::new(&given, &cpu()).expect("a valid run"));
        let refused = block_on(pruned(&given, 0.5, &cpu()));
        assert!(refused.is_err_and(|error| error.to_string().contains("is given pictures")));
    }
}
