//! In browsers: four numbers at a time.

use core::arch::wasm32::*;

use super::{Machine, Tile, Use, Vector, sums};

/// Engines for x86-64 have fifteen registers for a tile, its rows' factors and its columns. Plain instructions get
/// by with six rows, since they wait for one another; fused ones, twice as fast, leave no time to put
/// anything aside, which six rows would need.
const MR: usize = if cfg!(feature = "relaxed-simd") { 4 } else { 6 };
const NR: usize = 8;

pub(in super::super) fn on_this_machine(task: impl Use) {
    task.on::<MR, NR, Wasm>();
}

struct Wasm;

impl Machine<MR, NR> for Wasm {
    #[cfg_attr(feature = "relaxed-simd", target_feature(enable = "relaxed-simd"))]
    fn tile(rows: usize, a: &[[f32; MR]], b: &[[f32; NR]], tile: &mut Tile<MR, NR>) {
        match rows {
            1 => sums::<v128, 4, 1, 2, MR, NR>(a, b, tile),
            2 => sums::<v128, 4, 2, 2, MR, NR>(a, b, tile),
            3 => sums::<v128, 4, 3, 2, MR, NR>(a, b, tile),
            _ => sums::<v128, 4, MR, 2, MR, NR>(a, b, tile),
        }
    }
}

impl Vector for v128 {
    type Numbers = [f32; 4];

    #[inline(always)]
    fn zero() -> Self {
        f32x4_splat(0.0)
    }

    #[inline(always)]
    fn all(number: f32) -> Self {
        f32x4_splat(number)
    }

    #[inline(always)]
    fn load(numbers: &[f32; 4]) -> Self {
        // SAFETY: four numbers are sixteen bytes, and any address will do.
        unsafe { v128_load(numbers.as_ptr().cast()) }
    }

    #[cfg(feature = "relaxed-simd")]
    #[inline(always)]
    fn plus_product(self, factor: Self, other: Self) -> Self {
        f32x4_relaxed_madd(factor, other, self)
    }

    #[cfg(not(feature = "relaxed-simd"))]
    #[inline(always)]
    fn plus_product(self, factor: Self, other: Self) -> Self {
        f32x4_add(self, f32x4_mul(factor, other))
    }

    #[inline(always)]
    fn numbers(self) -> [f32; 4] {
        let mut numbers = [0.0; 4];
        // SAFETY: as for loading.
        unsafe { v128_store(numbers.as_mut_ptr().cast(), self) };
        numbers
    }
}
