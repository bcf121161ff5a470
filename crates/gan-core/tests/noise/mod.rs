//! Real samples for tests: noise in the range of the data.

use gan_protocol::{RealBatch, RunSpec};
use gan_random::{Purpose, standard_normal, stream};

/// Reals as a pure function of the step; classes take turns.
pub fn reals(spec: &RunSpec) -> impl Fn(u64) -> RealBatch + use<> {
    let samples = spec.batch_size * spec.packing;
    let count = samples * spec.data.shape().size().expect("small");
    let classes = spec.labels.map_or(1, |labels| labels.classes());
    move |step| {
        let noise = standard_normal(&mut stream(99, Purpose::DataSample, step), count);
        let values = noise.into_iter().map(f32::tanh).collect();
        RealBatch { values, labels: (0..samples).map(|i| (i * 7 % classes) as u16).collect() }
    }
}
