//! The most that one core does in WebAssembly: multiplications and additions of f32, four at a time, with
//! relaxed SIMD fused where the module is built with it.

#![no_std]

use core::arch::wasm32::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Accumulators: more than a processor needs to keep its units busy, fewer than it has registers.
const LANES: usize = 12;

#[cfg(target_feature = "relaxed-simd")]
fn multiplied_and_added(a: v128, b: v128, c: v128) -> v128 {
    f32x4_relaxed_madd(a, b, c)
}

#[cfg(not(target_feature = "relaxed-simd"))]
fn multiplied_and_added(a: v128, b: v128, c: v128) -> v128 {
    f32x4_add(f32x4_mul(a, b), c)
}

/// Makes `rounds` times 12 × 4 multiplications and as many additions.
#[unsafe(no_mangle)]
pub extern "C" fn run(rounds: u32) -> f32 {
    // Of what the compiler does not know, or it would do the sum itself.
    let (factor, summand) = (f32x4_splat(1.0 - 1e-12 * rounds as f32), f32x4_splat(0.000_1));
    let mut sums = [f32x4_splat(1.0); LANES];
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = multiplied_and_added(*sum, factor, summand);
        }
    }
    sums.iter().map(|sum| f32x4_extract_lane::<0>(*sum)).sum()
}
