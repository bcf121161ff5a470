//! Outside of browsers: chooses the widest vector instructions of the processor at run time.

use super::{Machine, Tile, Use};

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

#[inline(always)]
fn load(numbers: &[f32; 4]) -> [f32; 4] {
    *numbers
}

#[inline(always)]
fn all(number: f32) -> [f32; 4] {
    [number; 4]
}

#[inline(always)]
fn multiplied_and_added(a: [f32; 4], b: [f32; 4], c: [f32; 4]) -> [f32; 4] {
    [a[0] * b[0] + c[0], a[1] * b[1] + c[1], a[2] * b[2] + c[2], a[3] * b[3] + c[3]]
}

#[inline(always)]
fn store(numbers: &mut [f32; 4], vector: [f32; 4]) {
    *numbers = vector;
}

machine!(
    /// Any processor: four numbers at a time, in instructions of the compiler's choice.
    Plain, 4, 8, vectors of 4,
    [0.0_f32; 4], all, load, multiplied_and_added, store
);

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::*;

    use super::{Machine, Tile};

    #[target_feature(enable = "avx512f")]
    fn load_16(numbers: &[f32; 16]) -> __m512 {
        // SAFETY: there are as many numbers as are read.
        unsafe { _mm512_loadu_ps(numbers.as_ptr()) }
    }

    #[target_feature(enable = "avx512f")]
    fn store_16(numbers: &mut [f32; 16], vector: __m512) {
        // SAFETY: there is room for as many numbers as are written.
        unsafe { _mm512_storeu_ps(numbers.as_mut_ptr(), vector) };
    }

    machine!(
        /// With AVX-512.
        Avx512, 8, 32, #[target_feature(enable = "avx512f")] vectors of 16,
        _mm512_setzero_ps(), _mm512_set1_ps, load_16, _mm512_fmadd_ps, store_16
    );

    #[target_feature(enable = "avx2,fma")]
    fn load_8(numbers: &[f32; 8]) -> __m256 {
        // SAFETY: there are as many numbers as are read.
        unsafe { _mm256_loadu_ps(numbers.as_ptr()) }
    }

    #[target_feature(enable = "avx2,fma")]
    fn store_8(numbers: &mut [f32; 8], vector: __m256) {
        // SAFETY: there is room for as many numbers as are written.
        unsafe { _mm256_storeu_ps(numbers.as_mut_ptr(), vector) };
    }

    machine!(
        /// With AVX2 and FMA.
        Avx2, 6, 16, #[target_feature(enable = "avx2,fma")] vectors of 8,
        _mm256_setzero_ps(), _mm256_set1_ps, load_8, _mm256_fmadd_ps, store_8
    );
}
