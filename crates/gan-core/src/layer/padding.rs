//! Padding and cutting the sides of images, each the other's gradient.

use crate::batch::Batch;
use crate::ops::tensor::Tensor;

/// `input` with so many zeros above, beneath, at the left and at the right; where a number is negative,
/// with so many pixels fewer.
pub(super) fn padded(input: Batch, [top, bottom, left, right]: [i32; 4]) -> Batch {
    Batch::Image(along(along(input.image(), 2, [top, bottom]), 3, [left, right]))
}

fn along(x: Tensor<4>, dimension: usize, [before, after]: [i32; 2]) -> Tensor<4> {
    let cut = |added: i32| usize::try_from(-added).unwrap_or(0);
    let size = x.dims()[dimension];
    let left = size.saturating_sub(cut(before) + cut(after));
    let kept = if left < size { x.narrow(dimension, cut(before), left) } else { x };
    let device = kept.device();
    let zeros = |added: i32| {
        let count = usize::try_from(added).ok().filter(|count| *count > 0)?;
        let mut dimensions = kept.dims();
        dimensions[dimension] = count;
        Some(Tensor::zeros(dimensions, &device))
    };
    let (first, last) = (zeros(before), zeros(after));
    if first.is_none() && last.is_none() {
        return kept;
    }
    Tensor::cat([first, Some(kept), last].into_iter().flatten().collect(), dimension)
}
