//! Compares this crate's computations with PyTorch's. The Python code in `tests/reference` writes
//! the fixtures in double precision, from the papers' formulas.
//!
//! The tests stand inside the crate because most of the compared functions (an optimiser's update,
//! a penalty at given points, a gradient written as forward operations) are not public.

mod affine_sampling;
mod auxiliary;
mod finite_differences;
mod layers;
mod objectives;
mod optimizers;
mod penalties;
mod spectral;
mod training;

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::OnceLock;

use burn::tensor::Device;
use gan_protocol::{NetSpec, Shape};
use gan_random::{Purpose, stream};
use serde_json::Value;

use crate::batch::{Batch, each};
use crate::net::{Condition, Mode, Net, Pass, tensor};
use crate::ops::tensor::Tensor;

/// Largest difference from PyTorch, relative to the largest number of a tensor.
const TOLERANCE: f64 = 1e-4;
/// The rounding error in single precision of a number that should be zero, relative to the largest
/// number of its computation.
const ROUNDING: f64 = 2e-6;

/// The device of the tests: the processor, or the graphics processor with the feature `gpu` and
/// `GAN_TEST_DEVICE=gpu`. A name that cannot be honoured is an error, since otherwise tests for
/// another device would pass on the processor.
pub(crate) fn device() -> Device {
    // The graphics processor's runtime cannot be initialised twice.
    static DEVICE: OnceLock<Device> = OnceLock::new();
    let choose = || match std::env::var("GAN_TEST_DEVICE").as_deref() {
        Ok("gpu") => gpu(),
        Ok("cpu") | Err(_) => crate::cpu(),
        Ok(name) => panic!("GAN_TEST_DEVICE is {name}, not cpu or gpu"),
    };
    DEVICE.get_or_init(choose).clone()
}

#[cfg(feature = "gpu")]
fn gpu() -> Device {
    let (device, name) = pollster::block_on(crate::gpu()).expect("a graphics processor");
    println!("computing on {name}");
    device
}

#[cfg(not(feature = "gpu"))]
fn gpu() -> Device {
    panic!("GAN_TEST_DEVICE=gpu needs the feature `gpu`")
}

fn path(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/reference");
    PathBuf::from(folder).join(format!("{name}.json"))
}

/// The cases of a fixture, at least one.
fn fixture(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path(name)).expect("the fixture was generated");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a list of cases");
    assert!(!cases.is_empty(), "{name} holds cases");
    cases
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap_or_else(|| panic!("{value} is no list"));
    list.iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn floats(value: &Value) -> Vec<f32> {
    numbers(value).into_iter().map(|number| number as f32).collect()
}

fn classes(value: &Value) -> Vec<u16> {
    numbers(value).into_iter().map(|number| number as u16).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn lists(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list of lists").iter().map(numbers).collect()
}

fn shape(value: &Value) -> Shape {
    match *numbers(value) {
        [size] => Shape::flat(size as usize),
        [channels, height, width] => {
            Shape::image(channels as usize, height as usize, width as usize)
        }
        _ => panic!("{value} is no shape"),
    }
}

/// The net of a case with the case's numbers.
fn net(case: &Value) -> Net {
    let spec: NetSpec = serde_json::from_value(case["net"].clone()).expect("a net");
    let mut any = stream(1, Purpose::GeneratorWeights, 0);
    let mut net = Net::new(&spec, shape(&case["shape"]), &mut any, &device()).expect("a valid net");
    let given = case["parameters"].as_array().expect("a list of parameters");
    let names: Vec<&str> = given.iter().map(|parameter| text(&parameter["name"])).collect();
    assert_eq!(net.names, names, "{}", case["net"]);
    let values: Vec<f32> =
        given.iter().flat_map(|parameter| floats(&parameter["values"])).collect();
    assert_eq!(values.len(), net.parameter_count());
    if !values.is_empty() {
        net.numbers = tensor(values, &device());
    }
    if let Some(level) = case["level"].as_f64() {
        net.level = level as f32;
    }
    net
}

/// Calls `then` with a training pass. Its layers must draw no random numbers, as the fixtures have
/// none.
fn training<T>(
    condition: &Condition,
    moves_statistics: bool,
    then: impl FnOnce(&mut Pass<'_>) -> T,
) -> T {
    let mut unused = stream(1, Purpose::DiscriminatorDropout, 0);
    let mode = Mode::Training { randomness: &mut unused, moves_statistics };
    then(&mut Pass::new(mode, condition))
}

fn samples(value: &Value, shape: Shape) -> Batch {
    Batch::from_values(floats(value), shape, &device())
}

/// `samples` as the leaf of a graph.
fn leaf(samples: Batch) -> Batch {
    each!(samples, x => x.leaf())
}

fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.burn().into_data().try_into_vec().expect("f32")
}

fn read_flat(samples: Batch) -> Vec<f32> {
    read(samples.flat())
}

/// Compares tensors and keeps the largest deviation, which `--no-capture` shows.
struct Comparison {
    name: &'static str,
    largest: Cell<f64>,
    compared: Cell<usize>,
}

impl Comparison {
    fn new(name: &'static str) -> Self {
        Self { name, largest: Cell::new(0.0), compared: Cell::new(0) }
    }

    /// Asserts that `found` is close to `expected`. `scale` is the size of the terms if they may
    /// cancel each other, and otherwise 0.
    fn close(&self, what: &str, found: &[f32], expected: &[f64], scale: f64) {
        assert_eq!(found.len(), expected.len(), "{what}");
        let size = largest(expected);
        let pairs = found.iter().zip(expected);
        let difference = pairs.map(|(a, b)| (f64::from(*a) - b).abs());
        // `fold` with `max` would ignore NaN.
        let difference = difference.fold(0.0, |a, b| if b > a || b.is_nan() { b } else { a });
        let allowed = (TOLERANCE * size).max(ROUNDING * scale).max(1e-7);
        assert!(
            difference <= allowed,
            "{what}: differs by {difference:e}, allowed {allowed:e}\n{found:?}\n{expected:?}"
        );
        let relative = difference / size.max(scale);
        if relative.is_finite() {
            self.largest.set(self.largest.get().max(relative));
        }
        self.compared.set(self.compared.get() + found.len());
    }

    /// As [`Comparison::close`] for the gradients of all parameters, some of which may be zero.
    fn all_close(&self, what: &str, found: &[Vec<f32>], expected: &[Vec<f64>], scale: f64) {
        assert_eq!(found.len(), expected.len(), "{what}");
        let scale = expected.iter().map(|list| largest(list)).fold(scale, f64::max);
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            self.close(&format!("{what}, parameter {index}"), found, expected, scale);
        }
    }
}

impl Drop for Comparison {
    fn drop(&mut self) {
        let (compared, largest) = (self.compared.get(), self.largest.get());
        println!("{}: {compared} numbers, largest relative deviation {largest:.1e}", self.name);
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}
