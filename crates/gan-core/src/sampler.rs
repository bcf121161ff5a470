//! A generator that is only sampled, and its file.
//!
//! Tensors of the file: `generator.<layer>.<name>`; its header is [`GeneratorHeader`].

use burn::tensor::{Device, Transaction};
use gan_protocol::{DirectionSpec, Feed, GENERATOR_FORMAT, GeneratorHeader};
use gan_random::{Purpose, stream};

use crate::batch::Batch;
use crate::checkpoint::Snapshot;
use crate::error::CoreError;
use crate::inputs::Inputs;
use crate::named_tensor::{
    NamedTensor, fill, floats, header, net_slots, numbers, serialized, serialized_in_8_bits,
    serialized_in_16_bits, tensors, with_header,
};
use crate::net::{Condition, Mode, Net, Pass};
use crate::ops::tensor::Tensor;
use crate::precision::Precision;

/// Samples are drawn in groups of at most this many, to bound memory.
const GROUP: usize = 64;
/// The most numbers that one layer may give for a group of samples.
const GROUP_ACTIVATIONS: usize = 1 << 26;
/// The most numbers that one layer may give for one sample: as many as in Keras's example of a DCGAN. A file names the layers,
/// so its cost needs a limit.
const MAXIMUM_ACTIVATIONS: usize = 1 << 21;
/// The most multiplications for one sample: Keras's example of a DCGAN needs three quarters of it.
const MAXIMUM_MULTIPLICATIONS: usize = 3 << 30;
const PREFIX: &str = "generator";

/// A generator with its parameters.
#[derive(Clone, Debug)]
pub struct Sampler {
    header: GeneratorHeader,
    net: Net,
    device: Device,
    /// How many samples are computed at once.
    group: usize,
}

impl Sampler {
    /// Reads the bytes of a generator file, whose numbers have 8, 16 or 32 bits.
    ///
    /// # Errors
    /// If the file is cut off, is of another kind or version, describes an impossible generator,
    /// has fewer numbers than the generator, lacks a tensor, or holds numbers that are not finite.
    pub fn from_safetensors(bytes: &[u8], device: &Device) -> Result<Self, CoreError> {
        let header = header(bytes, GENERATOR_FORMAT).map_err(|error| refused(&error))?;
        let header = GeneratorHeader::from_value(&header);
        let header = header.map_err(|error| refused(&error.to_string()))?;
        // A number takes at least a byte. Memory is allocated for no more numbers than the file holds.
        if header.generator.parameter_count(header.input())? > bytes.len() {
            return Err(refused("its net has more numbers than the file"));
        }
        let tensors = tensors(bytes, numbers).map_err(|error| refused(&error))?;
        Self::of_tensors(header, &tensors, device)
    }

    /// The generator of a run for use after training: its average if the run has one.
    ///
    /// # Errors
    /// If tensors are missing or misshapen.
    pub fn of_snapshot(snapshot: &Snapshot, device: &Device) -> Result<Self, CoreError> {
        let header = GeneratorHeader::of_run(&snapshot.header.spec, snapshot.header.step);
        Self::of_tensors(header, &snapshot.generator_tensors(), device)
    }

    fn of_tensors(
        header: GeneratorHeader,
        tensors: &[NamedTensor],
        device: &Device,
    ) -> Result<Self, CoreError> {
        header.generator.shapes(header.input())?;
        let cost = header.generator.cost(header.input());
        if cost.widest > MAXIMUM_ACTIVATIONS || cost.multiplications > MAXIMUM_MULTIPLICATIONS {
            return Err(refused("a sample of it costs too much"));
        }
        let mut net = Net::empty(&header.generator, header.input(), device)?;
        let mut slots = Vec::new();
        net_slots(PREFIX, &mut net, &mut slots);
        fill(slots, tensors, device).map_err(|error| refused(&error))?;
        if let Some(level) = header.level {
            net.level = level;
        }
        let group = (GROUP_ACTIVATIONS / cost.widest.max(1)).min(GROUP);
        Ok(Self { header, net, device: device.clone(), group })
    }

    /// The header of its file.
    pub fn header(&self) -> &GeneratorHeader {
        &self.header
    }

    pub(crate) fn net(&self) -> &Net {
        &self.net
    }

    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Samples for `inputs`: sample after sample, channels first, in the range of the last
    /// activation. Noise layers draw from the stream of fresh noise number `noise`. Waits for the
    /// device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn samples(&self, inputs: &Inputs, noise: u64) -> Result<Vec<f32>, CoreError> {
        self.samples_watched(inputs, noise, &mut |_| ()).await
    }

    /// The weights by which the first layer maps a latent: a row for each number of the latent, and the
    /// count of columns. `None` if the latent does not reach a linear map or a transposed convolution
    /// first. Waits for the device.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn first_weights(&self) -> Result<Option<(Vec<f32>, usize)>, CoreError> {
        let Some((weights, columns)) = self.net.first_weights() else { return Ok(None) };
        let mut data = Transaction::default().register(weights.burn()).execute_async().await?;
        let mut values = floats(data.pop().expect("one tensor was registered"))?;
        // Rows of codes and classes follow those of the latent.
        values.truncate(self.header.latent.size * columns);
        Ok(Some((values, columns)))
    }

    /// The outputs of layer number `layer`, counted from 0, for `inputs`, without noise: a row for each.
    /// Waits for the device.
    ///
    /// # Errors
    /// If there is no such layer, the generator is given pictures, or the device fails.
    pub async fn activations(&self, inputs: &Inputs, layer: usize) -> Result<Vec<f32>, CoreError> {
        let feed = Feed::from(&self.header);
        let layers = self.header.generator.layers.len();
        if layer >= layers {
            return Err(refused(&format!("it has {layers} layers, and none of number {layer}")));
        }
        if feed.picture.is_some() && inputs.pictures.is_empty() {
            return Err(CoreError::NoPictures);
        }
        let mut net = self.net.clone();
        in_groups(feed, inputs, self.group, &self.device, |input, condition, _| {
            let mut pass = Pass::new(Mode::Sampling { noise: None }, condition);
            net.features(layer, input, &mut pass).flat()
        })
        .await
    }

    /// As [`Sampler::samples`]. `watcher` receives the count of further samples computed, or queued
    /// where the device computes asynchronously.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn samples_watched(
        &self,
        inputs: &Inputs,
        noise: u64,
        watcher: &mut dyn FnMut(usize),
    ) -> Result<Vec<f32>, CoreError> {
        let feed = Feed::from(&self.header);
        let Self { net, device, group, .. } = self;
        samples_in_groups(net, feed, inputs, noise, *group, device, watcher).await
    }
}

impl Snapshot {
    /// The generator alone (its average if the run has one), as the bytes of a generator file.
    ///
    /// # Errors
    /// If a number is not finite in 16 bits, unless it has 32.
    pub fn generator_file(&self, precision: Precision) -> Result<Vec<u8>, CoreError> {
        self.file_of(&self.generator_tensors(), precision)
    }

    /// As [`Snapshot::generator_file`], of the generator of a translation's way back.
    ///
    /// # Errors
    /// As [`Snapshot::generator_file`]; if the run translates nothing.
    pub fn way_back_file(&self, precision: Precision) -> Result<Vec<u8>, CoreError> {
        let tensors = self.tensors_for_use("way_back.average", "way_back.generator");
        if tensors.is_empty() {
            return Err(refused("the run has no way back: it translates nothing"));
        }
        self.file_of(&tensors, precision)
    }

    fn file_of(&self, tensors: &[NamedTensor], precision: Precision) -> Result<Vec<u8>, CoreError> {
        let header = GeneratorHeader::of_run(&self.header.spec, self.header.step);
        in_precision(tensors, &header, precision).map_err(CoreError::Checkpoint)
    }

    /// The generator for use (its average if there is one), under the names of a generator file.
    fn generator_tensors(&self) -> Vec<NamedTensor> {
        self.tensors_for_use("average", PREFIX)
    }

    /// The tensors under the prefix `average`, or if there are none those under `trained`.
    fn tensors_for_use(&self, average: &str, trained: &str) -> Vec<NamedTensor> {
        let of = |prefix: &str| -> Vec<NamedTensor> {
            let named = self.tensors().iter().filter_map(|named| {
                let name = named.name.strip_prefix(prefix)?.strip_prefix('.')?;
                let name = (!name.starts_with("optimizer.")).then(|| format!("{PREFIX}.{name}"))?;
                Some(NamedTensor { name, ..named.clone() })
            });
            named.collect()
        };
        let average = of(average);
        if average.is_empty() { of(trained) } else { average }
    }
}

/// The bytes of a generator's file with `directions` in place of those in `file`; its numbers stay as they
/// are.
///
/// # Errors
/// As [`Sampler::from_safetensors`]; if a direction does not fit the generator.
pub fn with_directions(
    file: &[u8],
    directions: Vec<DirectionSpec>,
    device: &Device,
) -> Result<Vec<u8>, CoreError> {
    let mut header = Sampler::from_safetensors(file, device)?.header;
    DirectionSpec::validate_all(&directions, header.latent.size)?;
    header.directions = directions;
    with_header(file, &header).map_err(|error| refused(&error))
}

/// The bytes of a generator's file with other bits a number.
///
/// # Errors
/// As [`Sampler::from_safetensors`]; if a number is not finite in 16 bits, unless it has 32.
pub fn with_precision(
    file: &[u8],
    precision: Precision,
    device: &Device,
) -> Result<Vec<u8>, CoreError> {
    let header = Sampler::from_safetensors(file, device)?.header;
    let tensors = tensors(file, numbers).map_err(|error| refused(&error))?;
    in_precision(&tensors, &header, precision).map_err(|error| refused(&error))
}

fn in_precision(
    tensors: &[NamedTensor],
    header: &GeneratorHeader,
    precision: Precision,
) -> Result<Vec<u8>, String> {
    match precision {
        Precision::Bits8 => serialized_in_8_bits(tensors, header),
        Precision::Bits16 => serialized_in_16_bits(tensors, header),
        Precision::Bits32 => Ok(serialized(tensors, header)),
    }
}

/// As [`Sampler::samples_watched`], for any generator.
pub(crate) async fn samples(
    net: &Net,
    feed: Feed<'_>,
    inputs: &Inputs,
    noise: u64,
    device: &Device,
    watcher: &mut dyn FnMut(usize),
) -> Result<Vec<f32>, CoreError> {
    samples_in_groups(net, feed, inputs, noise, GROUP, device, watcher).await
}

async fn samples_in_groups(
    net: &Net,
    feed: Feed<'_>,
    inputs: &Inputs,
    noise: u64,
    group: usize,
    device: &Device,
    watcher: &mut dyn FnMut(usize),
) -> Result<Vec<f32>, CoreError> {
    if feed.picture.is_some() && inputs.pictures.is_empty() {
        return Err(CoreError::NoPictures);
    }
    let mut net = net.clone();
    let weights = net.parameters();
    let weights = net.effective(weights, false);
    let mut randomness = stream(feed.seed, Purpose::SampleNoise, noise);
    in_groups(feed, inputs, group, device, |input, condition, count| {
        let mode = Mode::Sampling { noise: Some(&mut randomness) };
        let samples = net.forward_with(&weights, input, &mut Pass::new(mode, condition)).flat();
        watcher(count);
        samples
    })
    .await
}

/// The rows of `of` for groups of `inputs`, one after another: it is given a group, its condition and
/// its count. Waits for the device.
async fn in_groups(
    feed: Feed<'_>,
    inputs: &Inputs,
    group: usize,
    device: &Device,
    mut of: impl FnMut(Batch, &Condition, usize) -> Tensor<2>,
) -> Result<Vec<f32>, CoreError> {
    let mut transaction = Transaction::default();
    for begin in (0..inputs.count(feed)).step_by(group) {
        let part = inputs.part(feed, begin, group);
        let condition = part.condition(feed, device);
        let rows = of(part.tensor(feed, device), &condition, part.count(feed));
        let numbers: usize = rows.dims().iter().product();
        transaction = transaction.register(rows.reshape([numbers]).burn());
    }
    let mut values = Vec::new();
    for data in transaction.execute_async().await? {
        values.extend(floats(data)?);
    }
    Ok(values)
}

fn refused(message: &str) -> CoreError {
    CoreError::Generator(message.to_owned())
}
