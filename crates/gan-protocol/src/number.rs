//! Writes numbers in decimal, with as few digits as possible.

use serde::Serialize;
use serde_json::{Number, Value};

/// The number with the fewest decimal digits that equals `number` as f32, if `number` is an f32;
/// else `number`. Computed by arithmetic: printing and parsing would bring their tables into the
/// page.
pub(crate) fn short(number: f64) -> f64 {
    let single = number as f32;
    if f64::from(single) != number || number == 0.0 {
        return number;
    }
    let (mut exponent, mut leading) = (0_i32, number.abs());
    while leading >= 10.0 {
        (leading, exponent) = (leading / 10.0, exponent + 1);
    }
    while leading < 1.0 {
        (leading, exponent) = (leading * 10.0, exponent - 1);
    }
    // Nine digits name every f32.
    let rounded = (0..9).map(|digits| {
        let scale = 10_f64.powi((digits - exponent).abs());
        if digits >= exponent {
            (number * scale).round() / scale
        } else {
            (number / scale).round() * scale
        }
    });
    let mut same = rounded.filter(|candidate| *candidate as f32 == single);
    same.next().unwrap_or(number)
}

/// `0.3`, `8`, `1e-6`: the number, or its f32 if it is one, in as few digits as identify it. Uses
/// the printer of JSON, which the page contains already: the standard library's would be a second
/// one.
pub fn decimal(number: f64) -> String {
    let finite = Some(number).filter(|number| number.is_finite()).map(short);
    match finite.and_then(Number::from_f64) {
        Some(finite) => {
            let text = finite.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        None if number.is_nan() => "NaN".to_owned(),
        None => if number > 0.0 { "inf" } else { "-inf" }.to_owned(),
    }
}

/// `value` as JSON, each number with as few digits as identify it.
///
/// # Panics
/// If `value` has no form in JSON. Specs contain texts, finite numbers and lists only.
pub fn written(value: &impl Serialize) -> Value {
    let value = serde_json::to_value(value);
    let mut value = value.expect("a spec holds only strings, finite numbers and lists");
    shorten(&mut value);
    value
}

/// Writes numbers that are exactly an f32 in as few digits as identify it: 0.3, not
/// 0.30000001192092896.
fn shorten(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(shorter) = number.as_f64().map(short).and_then(Number::from_f64) {
                *number = shorter;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let told = [0.3, 8.0, -2.5, 1e-6, 1e21, f64::from(0.1_f32)].map(decimal);
        assert_eq!(told, ["0.3", "8", "-2.5", "1e-6", "1e+21", "0.1"]);
        let none = [f64::NAN, f64::INFINITY, f64::from(f32::NEG_INFINITY)].map(decimal);
        assert_eq!(none, ["NaN", "inf", "-inf"]);
    }
}
