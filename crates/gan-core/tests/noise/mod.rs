//! Real samples for tests, noise in the range of the data; and the classifier of digits.

use gan_core::{Classifier, Device};
use gan_protocol::{RealBatch, RunSpec};
use gan_random::{Purpose, standard_normal, stream};

/// Reals as a pure function of the step; classes take turns.
pub fn reals(spec: &RunSpec) -> impl Fn(u64) -> RealBatch + use<> {
    let samples = spec.batch_size * spec.packing;
    let count = samples * spec.data.shape().size().expect("small");
    let pictures = samples * spec.picture().map_or(0, |picture| picture.size().expect("small"));
    let classes = spec.labels.map_or(1, |labels| labels.classes());
    let taught = spec.semi_supervised.map(|it| it.classes);
    move |step| {
        let noise = standard_normal(&mut stream(99, Purpose::DataSample, step), count);
        let values = noise.into_iter().map(f32::tanh).collect();
        let labels = (0..samples).map(|i| (i * 7 % classes) as u16).collect();
        let pictures = standard_normal(&mut stream(99, Purpose::Degradation, step), pictures);
        let labelled = taught.map(|classes| {
            let values = standard_normal(&mut stream(99, Purpose::ChosenSamples, step), count);
            let values = values.into_iter().map(f32::tanh).collect();
            let labels = (0..samples).map(|i| (i * 7 % classes) as u16).collect();
            Box::new(RealBatch { values, labels, ..RealBatch::default() })
        });
        RealBatch { values, labels, pictures, labelled }
    }
}

/// The classifier of digits, if a run by `spec` needs it.
#[allow(dead_code, reason = "not every test makes steps of every preset")]
pub fn classifier(spec: &RunSpec, device: &Device) -> Option<Classifier> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained/digit-classifier.safetensors");
    spec.needs_classifier().then(|| {
        let bytes = std::fs::read(path).expect("the project's own file");
        Classifier::from_safetensors(&bytes, device).expect("the project's own classifier")
    })
}
