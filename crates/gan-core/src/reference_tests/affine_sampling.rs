//! Resampling along affine maps, and its gradients.

use super::{Comparison, fixture, floats, leaf, numbers, read, samples, shape, text};
use crate::ops::affine_sampling::affine_sampled;
use crate::ops::tensor::Tensor;

#[test]
fn images_along_maps_and_their_gradients_are_pytorchs() {
    let comparison = Comparison::new("affine_sampling");
    for case in fixture("affine_sampling") {
        let shape = shape(&case["shape"]);
        let maps = case["maps"].as_array().expect("a list of maps");
        let map_numbers = maps.iter().flat_map(|map| floats(&map["numbers"])).collect();
        let images = leaf(samples(&case["images"], shape)).image();
        let cotangent: Tensor<4> = samples(&case["cotangent"], shape).image();
        let output = affine_sampled(images.clone(), map_numbers);
        let gradients = (output.clone() * cotangent).sum().backward();
        let gradient = images.grad(&gradients).expect("a gradient of the images");
        for (what, found) in [("output", output.inner()), ("gradient", gradient)] {
            let (found, expected) = (read(found), numbers(&case[what]));
            let size = found.len() / maps.len();
            let pairs = found.chunks(size).zip(expected.chunks(size));
            for (map, (found, expected)) in maps.iter().zip(pairs) {
                let name = text(&map["name"]);
                comparison.close(&format!("{what}, {name}"), found, expected, 1.0);
            }
        }
    }
}
