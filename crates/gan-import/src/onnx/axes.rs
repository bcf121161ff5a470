//! Axes, lengths and bounds, as ONNX's operations name them.

use super::attributes::Attributes;
use super::tensor::Tensor;
use crate::error::ImportError;
use crate::view::{MOST_OF_TENSOR, is_within};

/// The axes of two tensors of which one is repeated along those of length 1.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, ImportError> {
    let rank = a.len().max(b.len());
    let at = |dims: &[usize], axis: usize| {
        (axis + dims.len()).checked_sub(rank).map_or(1, |axis| dims[axis])
    };
    let dims: Option<Vec<usize>> = (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (one, other) if one == other || other == 1 => Some(one),
            (1, other) => Some(other),
            _ => None,
        })
        .collect();
    dims.ok_or_else(|| {
        ImportError::file(format!("tensors of {a:?} and {b:?} do not fit each other"))
    })
}

/// For each number of `to`, its place in a tensor of `from` that is repeated.
pub(super) fn places(from: &[usize], to: &[usize]) -> Vec<usize> {
    let lead = to.len() - from.len();
    let count = to.iter().product();
    (0..count)
        .map(|index| {
            let (mut left, mut at, mut stride) = (index, 0, 1);
            for axis in (0..to.len()).rev() {
                let along = left % to[axis];
                left /= to[axis];
                if axis >= lead {
                    let length = from[axis - lead];
                    at += if length == 1 { 0 } else { along * stride };
                    stride *= length;
                }
            }
            at
        })
        .collect()
}

/// A list of lengths.
pub(super) fn lengths(x: &Tensor) -> Result<Vec<usize>, ImportError> {
    let lengths: Option<Vec<usize>> = x
        .as_whole()
        .and_then(|all| all.iter().map(|length| usize::try_from(*length).ok()).collect());
    lengths.ok_or_else(|| ImportError::file("a shape is no list of lengths"))
}

/// The axes that a reshape asks for: 0 is the length that was there, -1 what is left.
pub(super) fn resolved(
    to: &Tensor,
    from: &[usize],
    keeps_zero: bool,
) -> Result<Vec<usize>, ImportError> {
    let wrong = || ImportError::file(format!("a reshape of {from:?} is not understood"));
    let to = to.as_whole().ok_or_else(wrong)?;
    let size: usize = from.iter().product();
    let mut dims = Vec::new();
    let mut open = None;
    for (at, length) in to.iter().enumerate() {
        dims.push(match length {
            -1 if open.is_none() => {
                open = Some(at);
                1
            }
            0 if !keeps_zero => *from.get(at).ok_or_else(wrong)?,
            length => usize::try_from(*length).map_err(|_| wrong())?,
        });
    }
    if !is_within(&dims, MOST_OF_TENSOR) {
        return Err(wrong());
    }
    if let Some(at) = open {
        let others = dims.iter().product::<usize>().max(1);
        dims[at] = size / others;
    }
    if dims.iter().product::<usize>() == size { Ok(dims) } else { Err(wrong()) }
}

/// An axis that may be counted from behind.
pub(super) fn index(axis: i64, rank: usize) -> Result<usize, ImportError> {
    let counted = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(counted)
        .ok()
        .filter(|axis| *axis < rank.max(1))
        .ok_or_else(|| ImportError::file(format!("there is no axis {axis} of {rank}")))
}

/// The axes of a squeeze: an attribute once, an input since.
pub(super) fn axes_of(
    attributes: &Attributes<'_>,
    input: Option<&Tensor>,
) -> Result<Vec<i64>, ImportError> {
    Ok(match input {
        Some(axes) => axes.as_whole().unwrap_or_default().to_vec(),
        None => attributes.wholes("axes").unwrap_or_default().to_vec(),
    })
}

pub(super) fn unsqueezed(dims: &[usize], axes: &[i64]) -> Result<Vec<usize>, ImportError> {
    let rank = dims.len() + axes.len();
    let axes: Vec<usize> = axes.iter().map(|axis| index(*axis, rank)).collect::<Result<_, _>>()?;
    let mut left = dims.iter();
    let length = |axis| if axes.contains(&axis) { Some(1) } else { left.next().copied() };
    let dims: Option<Vec<usize>> = (0..rank).map(length).collect();
    dims.ok_or_else(|| ImportError::file("an axis is named twice"))
}

pub(super) fn squeezed(dims: &[usize], axes: &[i64]) -> Result<Vec<usize>, ImportError> {
    let axes: Vec<usize> =
        axes.iter().map(|axis| index(*axis, dims.len())).collect::<Result<_, _>>()?;
    let goes = |axis: usize, length: usize| {
        if axes.is_empty() { length == 1 } else { axes.contains(&axis) }
    };
    let left = dims.iter().enumerate().filter(|(axis, length)| !goes(*axis, **length));
    Ok(left.map(|(_, length)| *length).collect())
}

pub(super) fn permutation(
    attributes: &Attributes<'_>,
    rank: usize,
) -> Result<Vec<usize>, ImportError> {
    let axes: Vec<usize> = match attributes.wholes("perm") {
        Some(axes) => axes.iter().map(|axis| index(*axis, rank)).collect::<Result<_, _>>()?,
        None => (0..rank).rev().collect(),
    };
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    if sorted != (0..rank).collect::<Vec<_>>() {
        return Err(ImportError::file(format!("there are no axes {axes:?}")));
    }
    Ok(axes)
}

/// The axes of a slice, each with the places that it takes.
pub(super) fn bounds(
    attributes: &Attributes<'_>,
    inputs: &[Option<&Tensor>],
    dims: &[usize],
) -> Result<Vec<(usize, Vec<usize>)>, ImportError> {
    let list = |at: usize, name: &str| match inputs.get(at).copied().flatten() {
        Some(tensor) => tensor.as_whole().map(<[i64]>::to_vec),
        None => attributes.wholes(name).map(<[i64]>::to_vec),
    };
    let unknown = || ImportError::file("the bounds of a slice are not known before the net runs");
    let starts = list(1, "starts").ok_or_else(unknown)?;
    let ends = list(2, "ends").ok_or_else(unknown)?;
    let axes = list(3, "axes").unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = list(4, "steps").unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return Err(unknown());
    }
    let mut bounds = Vec::new();
    for (at, axis) in axes.iter().enumerate() {
        let axis = index(*axis, dims.len())?;
        let length = dims[axis] as i64;
        let place = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
        let (start, end) = (place(starts[at]), place(ends[at]));
        let places: Vec<usize> = match steps[at] {
            0 => return Err(unknown()),
            step if step > 0 => {
                let range = start.clamp(0, length)..end.clamp(0, length);
                range.step_by(step as usize).map(|at| at as usize).collect()
            }
            step => {
                // From behind: the end is left out, and may lie before the first.
                let range = end.clamp(-1, length - 1) + 1..start.clamp(-1, length - 1) + 1;
                range.rev().step_by(step.unsigned_abs() as usize).map(|at| at as usize).collect()
            }
        };
        bounds.push((axis, places));
    }
    Ok(bounds)
}
