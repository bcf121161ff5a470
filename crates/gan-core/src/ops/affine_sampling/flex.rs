//! Resampling on Burn's Flex backend.

use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorMetadata as _};
use burn::tensor::TensorData;
use gan_kernels::affine_sampling::{Images, affine_sampled, affine_sampled_gradient};

use super::AffineSampling;

type Floats = FloatTensor<Flex>;

impl AffineSampling for Flex {
    fn affine_sampled(images: Floats, maps: Floats) -> Floats {
        computed(&images, &maps, affine_sampled)
    }

    fn affine_sampled_gradient(gradient: Floats, maps: Floats) -> Floats {
        computed(&gradient, &maps, affine_sampled_gradient)
    }
}

fn computed(
    images: &Floats,
    maps: &Floats,
    function: impl FnOnce(Images, &[f32], &[f32]) -> Vec<f32>,
) -> Floats {
    let (images, maps) = (images.to_contiguous(), maps.to_contiguous());
    let [batch, channels, rows, columns] = images.shape().dims();
    let found =
        function(Images { batch, channels, rows, columns }, numbers(&images), numbers(&maps));
    let data = TensorData::new(found, [batch, channels, rows, columns]);
    Flex::float_from_data(data, &Default::default())
}

/// All numbers of a contiguous tensor.
fn numbers(tensor: &Floats) -> &[f32] {
    tensor.as_slice().expect("contiguous single precision")
}
