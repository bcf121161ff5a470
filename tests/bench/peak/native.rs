//! The most that one core does natively: fused multiplications and additions of f32, as wide as the
//! processor has them. Prints GFLOP/s, the best of several goes.

use std::hint::black_box;
use std::time::Instant;

/// Accumulators: more than a processor needs to keep its units busy, fewer than it has registers.
const LANES: usize = 12;
const ROUNDS: usize = 20_000_000;
const GOES: usize = 5;

/// Makes `rounds` times `LANES` fused operations of the width that is given back.
#[cfg(target_arch = "x86_64")]
mod widest {
    use super::{LANES, black_box};
    use std::arch::x86_64::*;

    macro_rules! run {
        ($name:ident, $features:literal, $set:ident, $fused:ident, $first:ident) => {
            #[target_feature(enable = $features)]
            pub fn $name(rounds: usize) -> f32 {
                // Of what the compiler does not know, or it would do the sum itself.
                let (factor, summand) = ($set(black_box(0.999_9)), $set(black_box(0.000_1)));
                let mut sums = [$set(1.0); LANES];
                for _ in 0..rounds {
                    for sum in &mut sums {
                        *sum = $fused(*sum, factor, summand);
                    }
                }
                sums.iter().map(|sum| $first(*sum)).sum()
            }
        };
    }
    run!(of_512, "avx512f", _mm512_set1_ps, _mm512_fmadd_ps, _mm512_cvtss_f32);
    run!(of_256, "avx2,fma", _mm256_set1_ps, _mm256_fmadd_ps, _mm256_cvtss_f32);

    pub fn run(rounds: usize) -> Option<(usize, f32)> {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has what it needs.
            return Some((16, unsafe { of_512(rounds) }));
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has what it needs.
            return Some((8, unsafe { of_256(rounds) }));
        }
        None
    }
}

#[cfg(target_arch = "aarch64")]
mod widest {
    use super::{LANES, black_box};
    use std::arch::aarch64::*;

    pub fn run(rounds: usize) -> Option<(usize, f32)> {
        // SAFETY: every processor of this kind has NEON.
        let sums = unsafe {
            let (factor, summand) = (vdupq_n_f32(black_box(0.999_9)), vdupq_n_f32(black_box(0.000_1)));
            let mut sums = [vdupq_n_f32(1.0); LANES];
            for _ in 0..rounds {
                for sum in &mut sums {
                    *sum = vfmaq_f32(summand, *sum, factor);
                }
            }
            sums.map(|sum| vgetq_lane_f32::<0>(sum))
        };
        Some((4, sums.iter().sum()))
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod widest {
    pub fn run(_: usize) -> Option<(usize, f32)> {
        None
    }
}

fn main() {
    let mut best = 0.0_f64;
    for _ in 0..GOES {
        let begin = Instant::now();
        let Some((width, sum)) = widest::run(black_box(ROUNDS)) else {
            eprintln!("this processor has no fused multiply-add that is known here");
            std::process::exit(1);
        };
        black_box(sum);
        let operations = (2 * width * LANES * ROUNDS) as f64;
        best = best.max(operations / begin.elapsed().as_secs_f64() / 1e9);
    }
    println!("{best:.1}");
}
