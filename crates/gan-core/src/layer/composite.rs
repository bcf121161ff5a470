//! One picture in another, where a mask says so.

use crate::batch::Batch;
use crate::ops::tensor::Tensor;

/// Of the channels of `input`, `[batch, 2 n + 1, height, width]`: the picture, of `n` channels; how much
/// of the other is shown in its place, of one, from 0 for a mask of -1 to 1 for one of 1; the other
/// picture, of `n`.
fn parts(input: Batch) -> [Tensor<4>; 3] {
    let input = input.image();
    let channels = input.dims()[1] / 2;
    let [picture, mask, other] = [(0, channels), (channels, 1), (channels + 1, channels)]
        .map(|(first, count)| input.clone().narrow(1, first, count));
    [picture, mask.mul_scalar(0.5).add_scalar(0.5), other]
}

/// `picture + share * (other - picture)`
pub(super) fn composite(input: Batch) -> Batch {
    let [picture, share, other] = parts(input);
    Batch::Image(picture.clone() + (other - picture) * share)
}

/// The gradient with respect to the input of [`composite`].
pub(super) fn gradient(gradient: Batch, input: Batch) -> Batch {
    let [picture, share, other] = parts(input);
    let gradient = gradient.image();
    let of_other = gradient.clone() * share;
    let of_picture = gradient.clone() - of_other.clone();
    let of_mask = (gradient * (other - picture)).sum_dim(1).mul_scalar(0.5);
    Batch::Image(Tensor::cat(vec![of_picture, of_mask, of_other], 1))
}
