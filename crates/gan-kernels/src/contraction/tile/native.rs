//! Outside of browsers: the widest instructions that the processor turns out to have.

use super::{Machine, Tile, Use, Vector, sums};

pub(in super::super) fn on_this_machine(task: impl Use) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f") {
            return task.on::<8, 32, x86_64::Avx512>();
        }
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            return task.on::<6, 16, x86_64::Avx2>();
        }
    }
    task.on::<4, 8, Plain>();
}

/// Any processor: four numbers at a time, as the compiler sees fit.
pub(super) struct Plain;

impl Machine<4, 8> for Plain {
    fn tile(rows: usize, a: &[[f32; 4]], b: &[[f32; 8]], tile: &mut Tile<4, 8>) {
        match rows {
            1 => sums::<Four, 4, 1, 2, 4, 8>(a, b, tile),
            2 => sums::<Four, 4, 2, 2, 4, 8>(a, b, tile),
            _ => sums::<Four, 4, 4, 2, 4, 8>(a, b, tile),
        }
    }
}

#[derive(Clone, Copy)]
struct Four([f32; 4]);

impl Vector for Four {
    type Numbers = [f32; 4];

    #[inline(always)]
    fn zero() -> Self {
        Self([0.0; 4])
    }

    #[inline(always)]
    fn all(number: f32) -> Self {
        Self([number; 4])
    }

    #[inline(always)]
    fn load(numbers: &[f32; 4]) -> Self {
        Self(*numbers)
    }

    #[inline(always)]
    fn plus_product(mut self, factor: Self, other: Self) -> Self {
        for ((sum, factor), other) in self.0.iter_mut().zip(factor.0).zip(other.0) {
            *sum += factor * other;
        }
        self
    }

    #[inline(always)]
    fn numbers(self) -> [f32; 4] {
        self.0
    }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::*;

    use super::{Machine, Tile, Vector, sums};

    macro_rules! machine {
        ($name:ident, $features:literal, $mr:literal, $nr:literal, $vector:ty, $width:literal,
         $zero:ident, $all:ident, $load:ident, $fused:ident, $store:ident, [$($rows:literal)*]) => {
            /// Only where the processor has what its instructions need.
            pub(super) struct $name;

            impl Machine<$mr, $nr> for $name {
                fn tile(rows: usize, a: &[[f32; $mr]], b: &[[f32; $nr]], tile: &mut Tile<$mr, $nr>) {
                    #[target_feature(enable = $features)]
                    fn tile_of(rows: usize, a: &[[f32; $mr]], b: &[[f32; $nr]], tile: &mut Tile<$mr, $nr>) {
                        match rows {
                            $($rows => sums::<$vector, $width, $rows, { $nr / $width }, $mr, $nr>(a, b, tile),)*
                            _ => sums::<$vector, $width, $mr, { $nr / $width }, $mr, $nr>(a, b, tile),
                        }
                    }
                    // SAFETY: `on_this_machine` has seen that the processor has these instructions.
                    unsafe { tile_of(rows, a, b, tile) }
                }
            }

            impl Vector for $vector {
                type Numbers = [f32; $width];

                #[inline(always)]
                fn zero() -> Self {
                    // SAFETY: as in `tile`, from which alone this is called.
                    unsafe { $zero() }
                }

                #[inline(always)]
                fn all(number: f32) -> Self {
                    // SAFETY: as in `tile`.
                    unsafe { $all(number) }
                }

                #[inline(always)]
                fn load(numbers: &[f32; $width]) -> Self {
                    // SAFETY: as in `tile`, and there are as many numbers as are read.
                    unsafe { $load(numbers.as_ptr()) }
                }

                #[inline(always)]
                fn plus_product(self, factor: Self, other: Self) -> Self {
                    // SAFETY: as in `tile`.
                    unsafe { $fused(factor, other, self) }
                }

                #[inline(always)]
                fn numbers(self) -> [f32; $width] {
                    let mut numbers = [0.0; $width];
                    // SAFETY: as in `tile`, and there is room for as many numbers as are written.
                    unsafe { $store(numbers.as_mut_ptr(), self) };
                    numbers
                }
            }
        };
    }

    machine!(Avx512, "avx512f", 8, 32, __m512, 16,
        _mm512_setzero_ps, _mm512_set1_ps, _mm512_loadu_ps, _mm512_fmadd_ps, _mm512_storeu_ps,
        [1 2 3 4 5 6 7]);
    machine!(Avx2, "avx2,fma", 6, 16, __m256, 8,
        _mm256_setzero_ps, _mm256_set1_ps, _mm256_loadu_ps, _mm256_fmadd_ps, _mm256_storeu_ps,
        [1 2 3 4 5]);
}
