//! Formats numbers for people.

use gan_plot::{exponential, fixed};
use gan_protocol::decimal;

/// `12,345`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A speed: one decimal below ten, none above.
pub(crate) fn speed(per_second: f64) -> String {
    if per_second >= 10.0 { grouped(per_second.round() as u64) } else { fixed(per_second, 1) }
}

/// A measured value with about three digits.
pub(crate) fn measured(value: f64) -> String {
    if value.abs() < 1e6 { fixed(value, 3) } else { exponential(value, 2) }
}

/// A number rounded to three significant digits.
pub(crate) fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = 2 - value.abs().log10().floor() as i32;
    // Dividing by a power of ten gives the number nearest to the decimal form.
    let power = 10f64.powi(places.abs());
    if places >= 0 { (value * power).round() / power } else { (value / power).round() * power }
}

/// A learning rate without superfluous digits: `0.0002`, `1e-6`.
pub(crate) fn rate(value: f64) -> String {
    let short = rounded(value);
    if short != 0.0 && short < 1e-4 { exponential(short, 2) } else { decimal(short) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1_000), grouped(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn values_are_short() {
        assert_eq!([speed(3.25), speed(10.4), speed(2_499.6)], ["3.2", "10", "2,500"]);
        assert_eq!([0.70312, 3e20, f64::NAN].map(measured), ["0.703", "3e20", "–"]);
        assert_eq!(
            [rate(0.000_2), rate(0.000_05), rate(0.001_234_5), rate(0.0)],
            ["0.0002", "5e-5", "0.00123", "0"]
        );
        assert_eq!([rounded(1_234.0), rounded(-0.012_36), rounded(1e-6)], [1_230.0, -0.0124, 1e-6]);
    }
}
