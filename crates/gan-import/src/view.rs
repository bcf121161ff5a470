//! How a framework sees numbers that lie in this program's order.
//!
//! Reshaping and permuting axes moves no number: only the view changes. An operation that needs its numbers in an
//! order of its own is given weights in that order, wherever a weight stands before.

use crate::error::ImportError;
use crate::graph::OPEN;

/// The axes of a value without the batch's, and where each of its numbers lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// Lengths of the framework's axes, slowest first.
    pub(crate) dims: Vec<usize>,
    /// The place in this program's order of each number in the framework's order.
    pub(crate) order: Vec<usize>,
}

/// The most numbers of a value: twice as many as a sampler computes for one sample.
const MOST_NUMBERS: usize = 1 << 22;

/// Checks how many numbers a value of the axes `dims` has; axes that are open count as 1.
///
/// # Errors
/// If they are more than any net here has: a file names them, so they need a limit.
pub(crate) fn limited(dims: &[usize]) -> Result<(), ImportError> {
    let closed: Vec<usize> = dims.iter().copied().filter(|length| *length != OPEN).collect();
    if is_within(&closed, MOST_NUMBERS) {
        return Ok(());
    }
    Err(ImportError::file(format!("a value of the axes {dims:?} is too large for a net here")))
}

/// Whether no part of the axes `dims` has more than `most` numbers, even beside an axis of length 0.
pub(crate) fn is_within(dims: &[usize], most: usize) -> bool {
    let size = dims.iter().try_fold(1_usize, |size, length| size.checked_mul((*length).max(1)));
    size.is_some_and(|size| size <= most)
}

/// The most numbers of one tensor of a file.
pub(crate) const MOST_OF_TENSOR: usize = 1 << 28;

/// Channels, height and width.
pub(crate) type Sizes = [usize; 3];

impl View {
    /// The view of numbers that lie in the framework's own order.
    pub(crate) fn plain(dims: Vec<usize>) -> Self {
        let size = dims.iter().product();
        Self { dims, order: (0..size).collect() }
    }

    /// The view of an image of which channel `c` of the framework's is channel `channels[c]` here.
    pub(crate) fn image(sizes: Sizes, is_channels_last: bool, channels: &[usize]) -> Self {
        let [depth, height, width] = sizes;
        let area = height * width;
        let order = if is_channels_last {
            (0..area).flat_map(|pixel| channels.iter().map(move |c| c * area + pixel)).collect()
        } else {
            channels.iter().flat_map(|c| (0..area).map(move |pixel| c * area + pixel)).collect()
        };
        let dims = if is_channels_last { [height, width, depth] } else { sizes };
        Self { dims: dims.to_vec(), order }
    }

    /// Channels, height and width, if there are three axes.
    pub(crate) fn sizes(&self, is_channels_last: bool) -> Option<Sizes> {
        match *self.dims.as_slice() {
            [height, width, channels] if is_channels_last => Some([channels, height, width]),
            [channels, height, width] => Some([channels, height, width]),
            _ => None,
        }
    }

    /// For each of the framework's channels, which one it is here; `None` if pixels lie in another order.
    pub(crate) fn channels(&self, sizes: Sizes, is_channels_last: bool) -> Option<Vec<usize>> {
        let area = sizes[1] * sizes[2];
        let first = |c: usize| if is_channels_last { c } else { c * area };
        let channels: Vec<usize> = (0..sizes[0]).map(|c| self.order[first(c)] / area).collect();
        let is_same = Self::image(sizes, is_channels_last, &channels).order == self.order;
        is_same.then_some(channels)
    }

    /// With its axes in the order `axes`.
    pub(crate) fn permuted(&self, axes: &[usize]) -> Self {
        let dims: Vec<usize> = axes.iter().map(|axis| self.dims[*axis]).collect();
        let mut strides = vec![1; self.dims.len()];
        for axis in (1..strides.len()).rev() {
            strides[axis - 1] = strides[axis] * self.dims[axis];
        }
        let order = (0..self.order.len()).map(|index| {
            let (mut left, mut place) = (index, 0);
            for (axis, length) in axes.iter().zip(&dims).rev() {
                place += left % length * strides[*axis];
                left /= length;
            }
            self.order[place]
        });
        Self { order: order.collect(), dims }
    }

    /// Two views side by side along `axis`: the numbers of `other` lie behind `offset` others.
    pub(crate) fn beside(&self, other: &Self, offset: [usize; 2], axis: usize) -> Self {
        let inner = |view: &Self| view.dims[axis..].iter().product::<usize>();
        let [mine, theirs] = [inner(self), inner(other)];
        let outer = self.order.len() / mine.max(1);
        let mut order = Vec::with_capacity(self.order.len() + other.order.len());
        for row in 0..outer {
            let own = &self.order[row * mine..(row + 1) * mine];
            order.extend(own.iter().map(|place| place + offset[0]));
            let others = &other.order[row * theirs..(row + 1) * theirs];
            order.extend(others.iter().map(|place| place + offset[1]));
        }
        let mut dims = self.dims.clone();
        dims[axis] += other.dims[axis];
        Self { dims, order }
    }

    /// With the numbers along an axis `times` over, one after the other.
    ///
    /// # Errors
    /// If they are too many, or there is no such axis.
    pub(crate) fn repeated(&self, axis: usize, times: usize) -> Result<Self, ImportError> {
        if axis >= self.dims.len() {
            return Err(ImportError::file(format!("there is no axis {axis} of {:?}", self.dims)));
        }
        limited(&[self.order.len(), times])?;
        let inner: usize = self.dims[axis..].iter().product();
        let order = self.order.chunks(inner.max(1)).flat_map(|row| row.repeat(times)).collect();
        let mut dims = self.dims.clone();
        dims[axis] *= times;
        Ok(Self { dims, order })
    }

    /// The order of the axes in which an image of channels, height and width is seen; `None` if its numbers lie otherwise.
    pub(crate) fn axes(&self, sizes: Sizes) -> Option<[usize; 3]> {
        const ORDERS: [[usize; 3]; 6] =
            [[0, 1, 2], [1, 2, 0], [0, 2, 1], [1, 0, 2], [2, 0, 1], [2, 1, 0]];
        let plain = Self::plain(sizes.to_vec());
        ORDERS.into_iter().find(|axes| plain.permuted(axes) == *self)
    }

    /// Of an image whose pixels are repeated as squares: the image, and the side of a square. `size` numbers are not repeated.
    pub(crate) fn unrepeated(&self, size: usize, is_channels_last: bool) -> Option<(Self, usize)> {
        let [channels, height, width] = self.sizes(is_channels_last)?;
        let scale = (self.order.len() / size.max(1)).isqrt();
        if scale < 2 || !height.is_multiple_of(scale) || !width.is_multiple_of(scale) {
            return None;
        }
        let small = [channels, height / scale, width / scale];
        let place = |sizes: Sizes, channel: usize, row: usize, column: usize| {
            if is_channels_last {
                (row * sizes[2] + column) * sizes[0] + channel
            } else {
                (channel * sizes[1] + row) * sizes[2] + column
            }
        };
        let large = [channels, height, width];
        let mut order = vec![None; size];
        for channel in 0..channels {
            for row in 0..height {
                for column in 0..width {
                    let at = place(small, channel, row / scale, column / scale);
                    let own = self.order[place(large, channel, row, column)];
                    if order.get(at)?.is_some_and(|other| other != own) {
                        return None;
                    }
                    order[at] = Some(own);
                }
            }
        }
        let [_, low, narrow] = small;
        let dims = if is_channels_last { [low, narrow, channels] } else { small };
        Some((
            Self { dims: dims.to_vec(), order: order.into_iter().collect::<Option<_>>()? },
            scale,
        ))
    }

    /// Whether numbers lie as the framework has them.
    pub(crate) fn is_plain(&self) -> bool {
        self.order.iter().enumerate().all(|(index, place)| index == *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_with_its_channels_last_is_seen_through_its_axes() {
        // Here: two channels of 2 x 3. The framework's first pixel is the first number of each channel.
        let view = View::image([2, 2, 3], true, &[0, 1]);
        assert_eq!(view.dims, [2, 3, 2]);
        assert_eq!(view.order[..4], [0, 6, 1, 7]);
        assert!(view.permuted(&[2, 0, 1]).is_plain());
        assert_eq!(view.channels([2, 2, 3], true), Some(vec![0, 1]));
        let turned = View::image([2, 2, 3], true, &[1, 0]);
        assert_eq!(turned.channels([2, 2, 3], true), Some(vec![1, 0]));
        assert_eq!(View::plain(vec![2, 3, 2]).channels([2, 2, 3], true), None);
        assert_eq!(View::plain(vec![3, 2]).permuted(&[1, 0]).order, [0, 2, 4, 1, 3, 5]);
    }

    #[test]
    fn views_stand_side_by_side() {
        let (one, other) = (View::plain(vec![2, 1]), View::plain(vec![2, 2]));
        let both = one.beside(&other, [0, 2], 1);
        assert_eq!((both.dims, both.order), (vec![2, 3], vec![0, 2, 3, 1, 4, 5]));
    }
}
