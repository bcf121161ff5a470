//! Packs of samples that the discriminator judges together (PacGAN, Lin et al. 2018).

use gan_protocol::Shape;

use crate::batch::Batch;

/// Joins each `count` neighbours of the batch into one sample: vectors end to end, images by their
/// channels.
pub(crate) fn packed(samples: Batch, count: usize) -> Batch {
    if count == 1 {
        return samples;
    }
    let shape = match samples.shape() {
        Shape::Flat { size } => Shape::flat(size * count),
        Shape::Image { channels, height, width } => Shape::image(channels * count, height, width),
    };
    let packs = samples.count() / count;
    let rows = samples.flat();
    let size = rows.dims()[1];
    Batch::Flat(rows.reshape([packs, size * count])).shaped(shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::tensor::Tensor;

    #[test]
    fn a_pack_holds_neighbours_as_channels() {
        let values: Vec<f32> = (1..=16).map(|x| x as f32).collect();
        let device = crate::reference_tests::device();
        let samples = Tensor::from_values(values.clone(), [4, 1, 2, 2], &device);
        let packs = packed(Batch::Image(samples), 2).image();
        assert_eq!(packs.dims(), [2, 2, 2, 2]);
        let found: Vec<f32> = packs.burn().into_data().try_into_vec().expect("f32");
        assert_eq!(found, values);
    }
}
