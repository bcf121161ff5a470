//! Nets that grow: at each stage a blend of what its own layers make and of what a smaller image gives.

use gan_protocol::LayerSpec;

use super::scaling::{average_pool, average_pool_gradient, upsample, upsample_gradient};
use super::{Kept, forward_all, input_gradient_all};
use crate::batch::Batch;
use crate::net::Pass;
use crate::ops::tensor::Tensor;
use crate::plan::PlannedLayer;

/// How far a stage is there for nets of this level: 0 not at all, 1 wholly.
pub(super) fn share_of(layer: &PlannedLayer, level: f32) -> f32 {
    (level - layer.stage as f32).clamp(0.0, 1.0)
}

/// The factor between the stage's image and the smaller one, and whether the smaller one is made of the input.
fn kind(layer: &PlannedLayer) -> (usize, bool) {
    match layer.spec {
        LayerSpec::Grow { scale, .. } => (scale, false),
        LayerSpec::Shrink { scale, .. } => (scale, true),
        _ => unreachable!("only a stage is blended"),
    }
}

/// The blend, its parts kept in `late` and `early` if these are to be kept.
pub(super) fn forward(
    layer: &PlannedLayer,
    weights: &[Tensor<1>],
    buffers: &mut [Tensor<1>],
    input: Batch,
    pass: &mut Pass<'_>,
    kept: Option<[&mut Vec<Kept>; 2]>,
) -> Batch {
    let share = share_of(layer, pass.level);
    let (scale, of_input) = kind(layer);
    let [late, early] = kept.map_or([None, None], |kept| kept.map(Some));
    let grown = (share > 0.0)
        .then(|| forward_all(&layer.body, weights, buffers, input.clone(), pass, late));
    let small = (share < 1.0).then(|| {
        let input = if of_input { average_pool(input, scale) } else { input };
        let made = forward_all(&layer.shortcut, weights, buffers, input, pass, early);
        if of_input { made } else { upsample(made, scale) }
    });
    match (grown, small) {
        (Some(grown), Some(small)) => grown.scaled(share).plus(small.scaled(1.0 - share)),
        (grown, small) => grown.or(small).expect("one of the two is there"),
    }
}

/// The gradient with respect to the input.
pub(super) fn gradient(
    layer: &PlannedLayer,
    weights: &[Tensor<1>],
    kept: &Kept,
    gradient: Batch,
    style: &mut Option<Tensor<2>>,
) -> Batch {
    let share = kept.share;
    let (scale, of_input) = kind(layer);
    let part = |share: f32| match share {
        1.0 => gradient.clone(),
        share => gradient.clone().scaled(share),
    };
    let grown = (share > 0.0)
        .then(|| input_gradient_all(&layer.body, weights, &kept.body, part(share), style));
    let small = (share < 1.0).then(|| {
        let part = part(1.0 - share);
        let part = if of_input { part } else { upsample_gradient(part, scale) };
        let back = input_gradient_all(&layer.shortcut, weights, &kept.shortcut, part, style);
        if of_input { average_pool_gradient(back, scale) } else { back }
    });
    match (grown, small) {
        (Some(grown), Some(small)) => grown.plus(small),
        (grown, small) => grown.or(small).expect("one of the two is there"),
    }
}

/// Images without the details that a stage which is there by `share` adds at a side larger by `scale`.
#[cfg(feature = "training")]
pub(crate) fn without_details(images: Batch, scale: usize, share: f32) -> Batch {
    let coarse = upsample(average_pool(images.clone(), scale), scale);
    images.scaled(share).plus(coarse.scaled(1.0 - share))
}
