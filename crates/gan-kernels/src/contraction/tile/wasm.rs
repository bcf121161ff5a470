//! In browsers: vectors of four numbers, with relaxed SIMD where the module is built with it.

use core::arch::wasm32::*;

use super::{Machine, Tile, Use};

/// Engines for x86-64 have fifteen registers for a tile, its rows' factors and its columns, and the
/// compiler loads them all at first: with six rows some would be spilled to memory, which halves
/// the speed.
const MR: usize = 4;
const NR: usize = 8;

pub(in super::super) fn on_this_machine(task: impl Use) {
    task.on::<MR, NR, Wasm>();
}

/// Loads four numbers from any address.
#[inline(always)]
fn load(numbers: &[f32; 4]) -> v128 {
    // SAFETY: four numbers are sixteen bytes, and any address will do.
    unsafe { v128_load(numbers.as_ptr().cast()) }
}

#[inline(always)]
fn store(numbers: &mut [f32; 4], vector: v128) {
    // SAFETY: as for loading.
    unsafe { v128_store(numbers.as_mut_ptr().cast(), vector) };
}

#[cfg(feature = "relaxed-simd")]
machine!(
    /// With relaxed SIMD.
    Wasm, MR, NR, #[target_feature(enable = "relaxed-simd")] vectors of 4,
    f32x4_splat(0.0), f32x4_splat, load, f32x4_relaxed_madd, store
);

#[cfg(not(feature = "relaxed-simd"))]
#[inline(always)]
fn multiplied_and_added(a: v128, b: v128, c: v128) -> v128 {
    f32x4_add(f32x4_mul(a, b), c)
}

#[cfg(not(feature = "relaxed-simd"))]
machine!(
    /// With SIMD.
    Wasm, MR, NR, vectors of 4,
    f32x4_splat(0.0), f32x4_splat, load, multiplied_and_added, store
);
