//! The hyperbolic tangent, computed as a rational function.
//!
//! `tanh x = x P(x²) / Q(x²)` on [-9, 9], both polynomials of degree 4. The coefficients minimise
//! the largest relative error (2.1e-8 before rounding); `tests/reference/tanh.py` found them.
//! Beyond 9 the nearest single-precision number is 1.

const P: [f32; 5] = [1.0, 0.133_810_45, 3.495_609_9e-3, 2.060_940_5e-5, 1.335_504_5e-8];
const Q: [f32; 5] = [1.0, 0.467_143_6, 2.587_706_8e-2, 3.285_668_8e-4, 7.776_729e-7];
const LIMIT: f32 = 9.0;

/// The hyperbolic tangent with a relative error below 4e-7; NaN for NaN.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let x = x.clamp(-LIMIT, LIMIT);
    let t = x * x;
    let p = (((P[4] * t + P[3]) * t + P[2]) * t + P[1]) * t + P[0];
    let q = (((Q[4] * t + Q[3]) * t + Q[2]) * t + Q[1]) * t + Q[0];
    (x * p / q).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hyperbolic_tangent() {
        let mut worst = 0.0_f64;
        for index in -2_000_000..=2_000_000_i32 {
            let x = index as f32 * 5e-6;
            let truth = f64::from(x).tanh();
            let error = (f64::from(tanh(x)) - truth).abs();
            worst = worst.max(if truth == 0.0 { error } else { error / truth.abs() });
        }
        assert!(worst < 4e-7, "{worst}");
    }

    #[test]
    fn the_ends_of_the_line_and_what_is_no_number() {
        for x in [9.5, 40.0, f32::MAX, f32::INFINITY] {
            // The quotient at the limit rounds to 1 or to the number below.
            assert!(tanh(x) > 1.0 - f32::EPSILON && tanh(x) <= 1.0, "{x}");
            assert_eq!(tanh(-x), -tanh(x), "{x}");
        }
        assert_eq!(tanh(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(tanh(1e-30), 1e-30);
        assert!(tanh(f32::NAN).is_nan());
    }
}
