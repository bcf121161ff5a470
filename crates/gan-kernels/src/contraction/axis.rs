//! Offsets of the elements along one side of an operand: nested counters with strides.

/// Levels of an axis. Three are needed for image, row and column of a convolution's output.
const LEVELS: usize = 3;

/// Nested counters, the last running fastest, each with the distance between neighbouring elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    counts: [usize; LEVELS],
    strides: [isize; LEVELS],
}

impl Axis {
    /// `count` elements at a distance of `stride`.
    pub const fn line(count: usize, stride: isize) -> Self {
        Self { counts: [1, 1, count], strides: [0, 0, stride] }
    }

    /// Levels from the slowest to the fastest, each a count and the distance between neighbours.
    pub const fn nested(levels: [(usize, isize); LEVELS]) -> Self {
        let [first, second, third] = levels;
        Self { counts: [first.0, second.0, third.0], strides: [first.1, second.1, third.1] }
    }

    /// Number of elements.
    pub const fn len(&self) -> usize {
        self.counts[0] * self.counts[1] * self.counts[2]
    }

    /// Whether there are no elements.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The offsets of as many elements as `out` has places, from element `first` on.
    pub(super) fn offsets(&self, first: usize, out: &mut [isize]) {
        let [_, middle, inner] = self.counts;
        let [outer_stride, middle_stride, inner_stride] = self.strides;
        if out.is_empty() {
            return;
        }
        let mut at = [first / inner / middle, first / inner % middle, first % inner];
        let outset = |at: [usize; LEVELS]| {
            at[0] as isize * outer_stride
                + at[1] as isize * middle_stride
                + at[2] as isize * inner_stride
        };
        let mut offset = outset(at);
        for place in out {
            *place = offset;
            at[2] += 1;
            offset += inner_stride;
            if at[2] == inner {
                at[2] = 0;
                at[1] += 1;
                if at[1] == middle {
                    at[1] = 0;
                    at[0] += 1;
                }
                offset = outset(at);
            }
        }
    }

    /// The smallest and the largest offset; `None` if there are no elements.
    fn extent(&self) -> Option<[isize; 2]> {
        if self.is_empty() {
            return None;
        }
        let mut extent = [0, 0];
        for (count, stride) in self.counts.iter().zip(self.strides) {
            let furthest = (*count as isize - 1) * stride;
            extent[0] += furthest.min(0);
            extent[1] += furthest.max(0);
        }
        Some(extent)
    }
}

/// # Panics
/// If `start` plus any offset of one axis plus any offset of the other is not below `length`.
pub(super) fn assert_inside(start: usize, axes: [Axis; 2], length: usize) {
    let [Some(one), Some(other)] = axes.map(|axis| axis.extent()) else { return };
    let start = isize::try_from(start).expect("a place in memory");
    let least = start + one[0] + other[0];
    let most = start + one[1] + other[1];
    assert!(least >= 0 && most < length as isize, "places {least} to {most} of {length} numbers");
}
