//! A style-based generator's layers. The formulas stand at
//! [`LayerSpec::StyledConstant`](gan_protocol::LayerSpec::StyledConstant) and
//! [`LayerSpec::ModulatedConv`](gan_protocol::LayerSpec::ModulatedConv).

use gan_random::{RngExt, standard_normal};

use super::Values;
use crate::batch::Batch;
use crate::net::{Mode, Pass};
use crate::ops::linear_map::{LinearMap, mapped};
use crate::ops::tensor::Tensor;

/// Keeps the root of a kernel without weights finite.
const EPSILON: f64 = 1e-8;

/// The style of a pass, from its `styled_constant` on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// `[batch, size]`
    w: Option<Tensor<2>>,
    /// Another style, and the number of the modulated convolution from which on it counts.
    other: Option<(Tensor<2>, usize)>,
    /// Modulated convolutions so far.
    passed: usize,
}

impl Style {
    /// The style of the next modulated convolution.
    fn next(&mut self) -> Tensor<2> {
        let number = self.passed;
        self.passed += 1;
        let own = || self.w.clone().expect("a modulated convolution has a style");
        match &self.other {
            Some((other, from)) if number >= *from => other.clone(),
            _ => own(),
        }
    }
}

/// Settings of a `styled_constant`.
#[derive(Clone, Copy)]
pub(super) struct Constant {
    pub(super) shape: [usize; 3],
    pub(super) mixing: f32,
    pub(super) momentum: f32,
    /// Modulated convolutions behind it.
    pub(super) layers: usize,
}

/// The learned image for each sample; `mean` is the running mean of the style.
pub(super) fn constant(
    input: Batch,
    values: &Values<'_>,
    mean: &mut Tensor<1>,
    settings: Constant,
    pass: &mut Pass<'_>,
) -> Batch {
    let mut w = input.flat();
    let [batch, size] = w.dims();
    let mut mixed_from = pass.condition.styling.mixed_from;
    if let Mode::Training { randomness, moves_statistics, .. } = &mut pass.mode {
        if *moves_statistics {
            let newest = w.clone().inner().mean_dim(0).reshape([size]);
            let (old, share) = (mean.clone(), settings.momentum);
            *mean = old.clone() + (newest - old).mul_scalar(share);
        }
        if settings.mixing > 0.0 && randomness.random::<f32>() < settings.mixing {
            mixed_from = Some(randomness.random_range(1..settings.layers.max(2) as u32) as usize);
        }
    }
    let truncation = pass.condition.styling.truncation;
    if truncation != 1.0 {
        let mean = mean.clone().reshape([1, size]).expand([batch, size]);
        w = mean.clone() + (w - mean).mul_scalar(truncation);
    }
    let other = mixed_from.filter(|_| batch > 1).map(|from| {
        // The style of the next sample in the batch.
        let next =
            Tensor::cat(vec![w.clone().narrow(0, 1, batch - 1), w.clone().narrow(0, 0, 1)], 0);
        (next, from)
    });
    pass.style = Style { w: Some(w), other, passed: 0 };
    let [channels, height, width] = settings.shape;
    let image: Tensor<4> = values.tensors[0].clone().reshape([1, channels, height, width]);
    Batch::Image(image.expand([batch, channels, height, width]))
}

/// Settings of a `modulated_conv`.
#[derive(Clone, Copy)]
pub(super) struct Modulated {
    pub(super) kernel: usize,
    pub(super) demodulates: bool,
}

/// What a modulated convolution is made of, for one batch.
struct Parts {
    /// The factor of each input channel: `[batch, channels]`.
    scales: Tensor<2>,
    /// `Σ W²` over each kernel: `[inputs, outputs]`.
    power: Tensor<2>,
    /// The factor of each output channel, where weights are demodulated: `[batch, outputs]`.
    factors: Option<Tensor<2>>,
}

impl Parts {
    fn of(w: &Tensor<2>, values: &Values<'_>, settings: Modulated) -> Self {
        let offset = values.optional(2);
        let scales = mapped(w.clone(), values.get::<2>(1), offset, LinearMap::Product);
        let weight: Tensor<4> = values.get(0);
        let [outputs, inputs, ..] = weight.dims();
        let area = settings.kernel * settings.kernel;
        let squares = weight.square().reshape([outputs * inputs, area]).sum_dim(1);
        let power = squares.reshape([outputs, inputs]).transpose();
        let factors = settings.demodulates.then(|| {
            let whole = scales.clone().square().matmul(power.clone()).add_scalar(EPSILON).sqrt();
            whole.ones_like() / whole
        });
        Self { scales, power, factors }
    }
}

fn of_channels(factors: Tensor<2>) -> Tensor<4> {
    let [batch, channels] = factors.dims();
    factors.reshape([batch, channels, 1, 1])
}

fn same(kernel: usize) -> LinearMap {
    LinearMap::Convolution { stride: 1, padding: kernel / 2 }
}

/// The output, and the style that it was made with.
pub(super) fn modulated(
    input: Batch,
    values: &Values<'_>,
    settings: Modulated,
    pass: &mut Pass<'_>,
) -> (Batch, Tensor<2>) {
    let w = pass.style.next();
    let Parts { scales, factors, .. } = Parts::of(&w, values, settings);
    let x = input.image() * of_channels(scales);
    let mut y = mapped(x, values.get::<4>(0), None, same(settings.kernel));
    if let Some(factors) = factors {
        y = y * of_channels(factors);
    }
    let [batch, channels, height, width] = y.dims();
    let per_channel = |values: Tensor<1>| values.reshape([1, channels, 1, 1]);
    if let Some(strength) = values.optional(4) {
        let randomness = match &mut pass.mode {
            Mode::Training { randomness, .. } => Some(&mut **randomness),
            Mode::Sampling { noise } => noise.as_deref_mut(),
        };
        if let Some(randomness) = randomness {
            let noise = standard_normal(randomness, batch * height * width);
            let noise = Tensor::from_values(noise, [batch, 1, height, width], &y.device());
            y = y + noise.expand([batch, channels, height, width]) * per_channel(strength);
        }
    }
    let shift = values.optional(3).expect("a modulated convolution has a shift");
    (Batch::Image(y + per_channel(shift)), w)
}

/// The gradients with respect to the image and the style.
pub(super) fn gradients(
    gradient: Batch,
    input: Batch,
    w: &Tensor<2>,
    values: &Values<'_>,
    settings: Modulated,
) -> (Batch, Tensor<2>) {
    let Parts { scales, power, factors } = Parts::of(w, values, settings);
    let (gradient, x) = (gradient.image(), input.image());
    let over_pixels = |product: Tensor<4>| -> Tensor<2> {
        let [batch, channels, height, width] = product.dims();
        product.reshape([batch * channels, height * width]).sum_dim(1).reshape([batch, channels])
    };
    let weight: Tensor<4> = values.get(0);
    let scaled = match &factors {
        Some(factors) => gradient.clone() * of_channels(factors.clone()),
        None => gradient.clone(),
    };
    let back =
        LinearMap::Transposed { stride: 1, padding: settings.kernel / 2, output_padding: [0; 2] };
    // With respect to the image times its scales.
    let inner = mapped(scaled, weight.clone(), None, back);
    let mut of_scales = over_pixels(inner.clone() * x.clone());
    if let Some(factors) = factors {
        let plain = mapped(x * of_channels(scales.clone()), weight, None, same(settings.kernel));
        let of_factors = over_pixels(gradient * plain);
        let cube = factors.clone() * factors.clone() * factors;
        let of_power = (of_factors * cube).mul_scalar(-0.5);
        let through = of_power.matmul(power.transpose()) * scales.clone();
        of_scales = of_scales + through.mul_scalar(2.0);
    }
    let of_w = of_scales.matmul(values.get::<2>(1).transpose());
    (Batch::Image(inner * of_channels(scales)), of_w)
}

#[cfg(all(test, feature = "cpu", feature = "training"))]
mod tests {
    use gan_protocol::{NetSpec, Shape};
    use gan_random::{Purpose, stream};
    use serde_json::json;

    use super::*;
    use crate::net::{Condition, Net, Styling, tensor};

    const SIZE: usize = 3;

    /// A generator of images of 4 x 4, whose styles are its inputs.
    fn net(mixing: f32) -> Net {
        let spec: NetSpec = serde_json::from_value(json!({
            "initial_weights": {"kind": "he_normal"},
            "layers": [
                {"kind": "styled_constant", "channels": 2, "height": 4, "width": 4,
                    "mixing": mixing, "momentum": 0.25},
                {"kind": "modulated_conv", "channels": 3, "style": SIZE},
                {"kind": "activation", "function": {"name": "leaky_relu"}},
                {"kind": "modulated_conv", "channels": 1, "kernel": 1, "style": SIZE,
                    "demodulate": false, "noise": false}
            ]
        }))
        .expect("a net");
        let mut weights = stream(3, Purpose::GeneratorWeights, 0);
        Net::new(&spec, Shape::flat(SIZE), &mut weights, &device()).expect("a valid net")
    }

    fn device() -> burn::tensor::Device {
        crate::reference_tests::device()
    }

    fn inputs(count: usize) -> Vec<f32> {
        standard_normal(&mut stream(4, Purpose::FreshLatents, 0), count * SIZE)
    }

    fn read(batch: Batch) -> Vec<f32> {
        batch.flat().burn().into_data().try_into_vec().expect("f32")
    }

    fn samples(net: &mut Net, values: &[f32], styling: Styling, seed: Option<u64>) -> Vec<f32> {
        let condition = Condition { styling, ..Condition::default() };
        let input = Batch::from_values(values.to_vec(), Shape::flat(SIZE), &device());
        let mut randomness = seed.map(|seed| stream(seed, Purpose::SampleNoise, 0));
        let mode = Mode::Sampling { noise: randomness.as_mut() };
        read(net.forward(input, &mut Pass::new(mode, &condition)))
    }

    #[test]
    fn truncation_leads_to_the_sample_of_the_mean_style() {
        let (mut net, values) = (net(0.0), inputs(2));
        net.buffers[0] = tensor(vec![0.5, -1.0, 0.25], &device());
        let at = |net: &mut Net, truncation: f32| {
            samples(net, &values, Styling { truncation, ..Styling::default() }, None)
        };
        let mean = samples(&mut net, &[0.5, -1.0, 0.25].repeat(2), Styling::default(), None);
        assert_eq!(at(&mut net, 0.0), mean);
        assert_eq!(at(&mut net, 1.0), samples(&mut net, &values, Styling::default(), None));
        let halfway: Vec<f32> = values
            .chunks_exact(SIZE)
            .flat_map(|z| [(z[0] + 0.5) / 2.0, (z[1] - 1.0) / 2.0, (z[2] + 0.25) / 2.0])
            .collect();
        let expected = samples(&mut net, &halfway, Styling::default(), None);
        for (found, expected) in at(&mut net, 0.5).iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn a_mixed_sample_has_the_next_ones_style_from_a_layer_on() {
        let (mut net, values) = (net(0.0), inputs(3));
        let plain = samples(&mut net, &values, Styling::default(), None);
        let mut from = |mixed_from: usize| {
            let styling = Styling { mixed_from: Some(mixed_from), ..Styling::default() };
            samples(&mut net, &values, styling, None)
        };
        // From the first layer on all is the next one's; behind the last layer nothing is.
        let size = plain.len() / 3;
        assert_eq!(from(0), [&plain[size..], &plain[..size]].concat());
        assert_eq!(from(2), plain);
        let mixed = from(1);
        assert!(mixed != plain && mixed != from(0));
    }

    #[test]
    fn training_moves_the_mean_of_the_styles_and_mixes_as_often_as_asked() {
        let values = inputs(4);
        let mut mixed = 0;
        for (mixing, expected) in [(0.0, 0..1), (0.5, 60..140), (1.0, 200..201)] {
            let count = (0..200).filter(|index| {
                let mut net = net(mixing);
                let mut randomness = stream(1, Purpose::GeneratorDropout, *index);
                let mode = Mode::Training { randomness: &mut randomness, moves_statistics: false };
                let condition = Condition::default();
                let input = Batch::from_values(values.clone(), Shape::flat(SIZE), &device());
                let made = net.forward(input, &mut Pass::new(mode, &condition));
                // Noise has no strength at the start, so that only a mixture makes a difference.
                read(made) != samples(&mut net, &values, Styling::default(), None)
            });
            mixed = count.count();
            assert!(expected.contains(&mixed), "{mixed} of 200 for {mixing}");
        }
        assert_eq!(mixed, 200);
        let mut net = net(0.0);
        let mut randomness = stream(1, Purpose::GeneratorDropout, 0);
        let mode = Mode::Training { randomness: &mut randomness, moves_statistics: true };
        let input = Batch::from_values(values.clone(), Shape::flat(SIZE), &device());
        net.forward(input, &mut Pass::new(mode, &Condition::default()));
        let mean: Vec<f32> = net.buffers[0].clone().burn().into_data().try_into_vec().expect("f32");
        for (at, found) in mean.iter().enumerate() {
            let newest: f32 = values.chunks_exact(SIZE).map(|z| z[at]).sum::<f32>() / 4.0;
            assert!((found - 0.25 * newest).abs() < 1e-6, "{found} for {newest}");
        }
    }

    #[test]
    fn noise_is_one_for_all_channels_of_a_pixel_times_their_strength() {
        let (mut net, values) = (net(0.0), inputs(1));
        let quiet = samples(&mut net, &values, Styling::default(), Some(7));
        assert_eq!(quiet, samples(&mut net, &values, Styling::default(), None), "no strength yet");
        // The first layer's own output, with strengths of 1, 2 and -1.
        let place = net.names.iter().position(|name| name == "1.noise").expect("it has noise");
        let mut weights = net.parameters();
        let mut first = |weights: &[Tensor<1>], seed: Option<u64>| {
            let condition = Condition::default();
            let input = Batch::from_values(values.clone(), Shape::flat(SIZE), &device());
            let mut randomness = seed.map(|seed| stream(seed, Purpose::SampleNoise, 0));
            let mode = Mode::Sampling { noise: randomness.as_mut() };
            let mut pass = Pass::new(mode, &condition);
            let layers = &net.layers[..2];
            read(crate::layer::forward_all(
                layers,
                weights,
                &mut net.buffers,
                input,
                &mut pass,
                None,
            ))
        };
        let without = first(&weights, None);
        weights[place] = tensor(vec![1.0, 2.0, -1.0], &device());
        let with = first(&weights, Some(7));
        let drawn = standard_normal(&mut stream(7, Purpose::SampleNoise, 0), 16);
        for (channel, strength) in [1.0, 2.0, -1.0].into_iter().enumerate() {
            for (pixel, noise) in drawn.iter().enumerate() {
                let at = channel * 16 + pixel;
                let found = with[at] - without[at];
                assert!((found - strength * noise).abs() < 1e-5, "{found} for {noise}");
            }
        }
    }
}
