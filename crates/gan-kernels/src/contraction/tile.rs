//! The innermost loop: a tile of sums held in registers.

/// Sums of `MR` rows and `NR` columns.
pub(super) type Tile<const MR: usize, const NR: usize> = [[f32; NR]; MR];

/// A kind of processor.
pub(super) trait Machine<const MR: usize, const NR: usize> {
    /// Fills the first `rows` rows of `tile` by the sums of products of `a` and `b`, both of the same length.
    fn tile(rows: usize, a: &[[f32; MR]], b: &[[f32; NR]], tile: &mut Tile<MR, NR>);
}

/// What is done on whatever kind of processor there is.
pub(super) trait Use {
    /// Does it on machine `M`.
    fn on<const MR: usize, const NR: usize, M: Machine<MR, NR>>(self);
}

/// A few numbers that are computed with at once.
trait Vector: Copy {
    /// As many as there are in it.
    type Numbers: Copy;
    /// All zero.
    fn zero() -> Self;
    /// All the same.
    fn all(number: f32) -> Self;
    /// One after the other in memory.
    fn load(numbers: &Self::Numbers) -> Self;
    /// `factor other + self`.
    fn plus_product(self, factor: Self, other: Self) -> Self;
    /// The numbers.
    fn numbers(self) -> Self::Numbers;
}

/// The sums of `ROWS` rows, in registers as long as the loop runs.
#[inline(always)]
fn sums<
    V: Vector<Numbers = [f32; W]>,
    const W: usize,
    const ROWS: usize,
    const VECTORS: usize,
    const MR: usize,
    const NR: usize,
>(
    a: &[[f32; MR]],
    b: &[[f32; NR]],
    tile: &mut Tile<MR, NR>,
) {
    const { assert!(W * VECTORS == NR && ROWS <= MR) };
    let mut sums = [[V::zero(); VECTORS]; ROWS];
    for (a, b) in a.iter().zip(b) {
        let mut vectors = [V::zero(); VECTORS];
        for (vector, numbers) in vectors.iter_mut().zip(b.as_chunks().0) {
            *vector = V::load(numbers);
        }
        for (sums, number) in sums.iter_mut().zip(a) {
            let number = V::all(*number);
            for (sum, vector) in sums.iter_mut().zip(vectors) {
                *sum = sum.plus_product(number, vector);
            }
        }
    }
    for (row, sums) in tile.iter_mut().zip(sums) {
        for (numbers, sum) in row.as_chunks_mut().0.iter_mut().zip(sums) {
            *numbers = sum.numbers();
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(super) use wasm::on_this_machine;

#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use native::on_this_machine;

#[cfg(not(target_arch = "wasm32"))]
mod native;
