//! Contractions: matrix products whose operands are read at arbitrary strides.
//!
//! `out[row, column] = bias + Σ a[row, depth] b[column, depth]`, where an element's place is the
//! sum of an offset for its row and an offset for its column. This covers matrix products in any
//! memory order, convolutions, and both gradients of convolutions, without writing out a matrix of
//! patches. After Matthews, "High-performance tensor contraction without transposition" (2016), and
//! the blocking of Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008):
//! the numbers that the innermost loop reads are first copied in the loop's order, so that their
//! strides in memory cost next to nothing.

mod axis;
mod operand;
#[cfg(test)]
mod tests;
mod tile;

use std::ops::Range;

pub use self::axis::Axis;
pub use self::operand::Operand;
use self::operand::copy;
use self::tile::{Machine, Tile};
use crate::add;

/// The initial value of every sum.
#[derive(Clone, Copy, Debug)]
pub enum Bias<'numbers> {
    /// Zero.
    None,
    /// A number for each row.
    Rows(&'numbers [f32]),
    /// A number for each column.
    Columns(&'numbers [f32]),
}

/// The operands, the output's places and the bias of one contraction.
#[derive(Clone, Copy, Debug)]
pub struct Contraction<'numbers> {
    /// Its lanes are the rows. A block of it is laid out once for many columns.
    pub a: Operand<'numbers>,
    /// Its lanes are the columns.
    pub b: Operand<'numbers>,
    /// The initial values of the sums.
    pub bias: Bias<'numbers>,
    /// Place of the output's first element.
    pub start: usize,
    /// Offsets of the output's rows.
    pub rows: Axis,
    /// Offsets of the output's columns.
    pub columns: Axis,
}

/// Terms of each sum that are added up at a time: a strip of `a` and one of `b` of this length fit
/// the nearest cache together.
const DEPTH: usize = 384;
/// Rows of `a` that are laid out at a time: they fit the second cache.
const ROWS: usize = 384;

impl Contraction<'_> {
    /// Writes the sums to their places in `out`, and leaves its other numbers as they are.
    ///
    /// # Panics
    /// If the operands' lanes are not as many as the output's rows and columns, if their depths or
    /// a bias differ in length, or if a place lies outside of `out`.
    pub fn run(&self, out: &mut [f32]) {
        assert_eq!(self.a.lanes().len(), self.rows.len(), "rows");
        assert_eq!(self.b.lanes().len(), self.columns.len(), "columns");
        assert_eq!(self.a.depth().len(), self.b.depth().len(), "depth");
        match self.bias {
            Bias::None => {}
            Bias::Rows(bias) => assert_eq!(bias.len(), self.rows.len(), "bias"),
            Bias::Columns(bias) => assert_eq!(bias.len(), self.columns.len(), "bias"),
        }
        axis::assert_inside(self.start, [self.rows, self.columns], out.len());
        tile::on_this_machine(Run { contraction: self, out });
    }
}

/// A contraction with the output that it is writing.
struct Run<'run, 'numbers> {
    contraction: &'run Contraction<'numbers>,
    out: &'run mut [f32],
}

impl tile::Use for Run<'_, '_> {
    fn on<const MR: usize, const NR: usize, M: Machine<MR, NR>>(self) {
        let Self { contraction, out } = self;
        let [rows, columns] = [contraction.rows.len(), contraction.columns.len()];
        let terms = contraction.a.depth().len();
        let longest = terms.min(DEPTH);
        let mut a_strips = vec![[0.0; MR]; rows.min(ROWS).div_ceil(MR) * longest];
        let mut b_strip = vec![[0.0; NR]; longest];
        let [mut a_depth, mut b_depth] = [vec![0; longest], vec![0; longest]];
        let mut tile = [[0.0; NR]; MR];
        let mut places = vec![0; rows];
        contraction.rows.offsets(0, &mut places);
        let mut target = Target { contraction, rows: &places, out };

        for first in (0..rows).step_by(ROWS / MR * MR) {
            let block = first..rows.min(first + ROWS / MR * MR);
            for begin in (0..terms.max(1)).step_by(DEPTH) {
                let depth = begin..terms.min(begin + DEPTH);
                let [a_depth, b_depth] = [&mut a_depth[..depth.len()], &mut b_depth[..depth.len()]];
                contraction.a.depth().offsets(depth.start, a_depth);
                contraction.b.depth().offsets(depth.start, b_depth);
                let b_strip = &mut b_strip[..depth.len()];
                let strips = block.len().div_ceil(MR);
                let a_strips = &mut a_strips[..strips * depth.len()];
                for index in 0..strips {
                    let lanes = strip(block.clone(), index, MR);
                    let a_strip = &mut a_strips[index * depth.len()..][..depth.len()];
                    contraction.a.lay_out(lanes, a_depth, a_strip);
                }
                for index in 0..columns.div_ceil(NR) {
                    let lanes = strip(0..columns, index, NR);
                    contraction.b.lay_out(lanes.clone(), b_depth, b_strip);
                    let mut places = [0; NR];
                    let places = &mut places[..lanes.len()];
                    contraction.columns.offsets(lanes.start, places);
                    for index in 0..strips {
                        let rows = strip(block.clone(), index, MR);
                        let a_strip = &a_strips[index * depth.len()..][..depth.len()];
                        M::tile(rows.len(), a_strip, b_strip, &mut tile);
                        target.put(&tile, rows, lanes.clone(), places, begin == 0);
                    }
                }
            }
        }
    }
}

/// The lanes of a block's strip: `width` of them, or fewer at the block's end.
fn strip(block: Range<usize>, index: usize, width: usize) -> Range<usize> {
    let start = block.start + index * width;
    start..block.end.min(start + width)
}

/// The output of the tiles.
struct Target<'run, 'numbers> {
    contraction: &'run Contraction<'numbers>,
    /// All rows' offsets.
    rows: &'run [isize],
    out: &'run mut [f32],
}

impl Target<'_, '_> {
    /// Adds a tile of `rows` and `columns`, whose offsets are `places`, to the output. If its sums
    /// hold the `first` terms, it is written with the bias instead of added.
    fn put<const MR: usize, const NR: usize>(
        &mut self,
        tile: &Tile<MR, NR>,
        rows: Range<usize>,
        columns: Range<usize>,
        places: &[isize],
        first: bool,
    ) {
        let Some(&first_place) = places.first() else { return };
        let side_by_side = places.len() == NR
            && places.iter().zip(first_place..).all(|(&place, next)| place == next);
        for (sums, row) in tile.iter().zip(rows) {
            let start = self.contraction.start.wrapping_add_signed(self.rows[row]);
            if side_by_side {
                let start = start.wrapping_add_signed(first_place);
                let out: &mut [f32; NR] =
                    (&mut self.out[start..start + NR]).try_into().expect("as many as a tile has");
                match self.contraction.bias {
                    _ if !first => add(out, sums),
                    Bias::None => copy(sums, out),
                    Bias::Rows(bias) => {
                        for (out, sum) in out.iter_mut().zip(sums) {
                            *out = sum + bias[row];
                        }
                    }
                    Bias::Columns(bias) => {
                        copy(sums, out);
                        add(out, &bias[columns.clone()]);
                    }
                }
            } else {
                for ((&place, sum), column) in places.iter().zip(sums).zip(columns.clone()) {
                    let out = &mut self.out[start.wrapping_add_signed(place)];
                    *out = sum
                        + match self.contraction.bias {
                            _ if !first => *out,
                            Bias::None => 0.0,
                            Bias::Rows(bias) => bias[row],
                            Bias::Columns(bias) => bias[column],
                        };
                }
            }
        }
    }
}
