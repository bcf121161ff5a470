//! An operand of a contraction: a slice of numbers with the offsets of its elements.

use std::ops::Range;

use super::axis::{Axis, assert_inside};

/// Numbers at the sum of an offset for their lane and one for their depth.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'numbers> {
    numbers: &'numbers [f32],
    start: usize,
    lanes: Axis,
    depth: Axis,
}

impl<'numbers> Operand<'numbers> {
    /// Elements of `numbers`, the first of them at `start`.
    ///
    /// # Panics
    /// If an element lies outside of `numbers`.
    pub fn new(numbers: &'numbers [f32], start: usize, lanes: Axis, depth: Axis) -> Self {
        assert_inside(start, [lanes, depth], numbers.len());
        Self { numbers, start, lanes, depth }
    }

    pub(super) fn lanes(&self) -> Axis {
        self.lanes
    }

    pub(super) fn depth(&self) -> Axis {
        self.depth
    }

    /// Copies `lanes` side by side, one depth after the other, into `strip`. If there are fewer
    /// lanes than the strip is wide, the last is repeated; the sums made of it are discarded.
    /// `depth` are offsets of [`Operand::depth`].
    pub(super) fn lay_out<const WIDTH: usize>(
        &self,
        lanes: Range<usize>,
        depth: &[isize],
        strip: &mut [[f32; WIDTH]],
    ) {
        let count = lanes.len();
        let mut places = [0; WIDTH];
        self.lanes.offsets(lanes.start, &mut places[..count]);
        let last = places[count - 1];
        places[count..].fill(last);
        let side_by_side = places.iter().zip(places[0]..).all(|(&place, next)| place == next);
        let first = self.start.wrapping_add_signed(places[0]);
        if side_by_side {
            for (row, &offset) in strip.iter_mut().zip(depth) {
                let at = first.wrapping_add_signed(offset);
                // SAFETY: the lanes are places[0] and those after it, and `new` has checked that
                // every lane at every depth lies among the numbers.
                let numbers = unsafe { self.numbers.get_unchecked(at..at + WIDTH) };
                copy(numbers, row);
            }
        } else {
            let places = places.map(|place| self.start.wrapping_add_signed(place));
            for (row, &offset) in strip.iter_mut().zip(depth) {
                for (number, place) in row.iter_mut().zip(places) {
                    // SAFETY: `new` has checked that every lane at every depth lies among the
                    // numbers.
                    *number =
                        unsafe { *self.numbers.get_unchecked(place.wrapping_add_signed(offset)) };
                }
            }
        }
    }
}

/// Copies the first `WIDTH` numbers.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
pub(super) fn copy<const WIDTH: usize>(from: &[f32], to: &mut [f32; WIDTH]) {
    to.copy_from_slice(from);
}

/// The same by vectors. The compiler would turn a copy of a whole array into an instruction for
/// long stretches of memory, which takes several times as long for eight numbers.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(super) fn copy<const WIDTH: usize>(from: &[f32], to: &mut [f32; WIDTH]) {
    use core::arch::wasm32::{v128_load, v128_store};

    let (from, from_rest) = from.as_chunks::<4>();
    let (to, to_rest) = to.as_chunks_mut::<4>();
    for (from, to) in from.iter().zip(to) {
        // SAFETY: four numbers are sixteen bytes, and any address will do.
        unsafe { v128_store(to.as_mut_ptr().cast(), v128_load(from.as_ptr().cast())) };
    }
    for (from, to) in from_rest.iter().zip(to_rest) {
        *to = *from;
    }
}
