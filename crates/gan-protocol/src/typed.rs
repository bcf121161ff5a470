//! Reads numbers as people type them: with a decimal point or a decimal comma, in the digits of any
//! input method.

use serde_json::Value;

/// The finite number in `text`; `None` if it is no number, or ambiguous.
///
/// A point and a comma both separate decimals: `0.1`, `0,1`, `5e-5`. A comma that could also group
/// thousands (`1,000`, `1.000,5`) is refused, because a wrong guess would be a wrong run.
/// Full-width digits and signs, as Chinese and Japanese input methods give them, are digits and
/// signs.
pub fn typed_number(text: &str) -> Option<f64> {
    let text = plain(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text.as_str(), None),
    };
    let (sign, digits) = signed(mantissa);
    let (whole, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // `.5` is a number; `5.` is not typed to its end.
    let is_complete = !digits.is_empty() && !decimals.is_empty();
    if !is_complete || !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    let might_group = digits.contains(',') && decimals.len() == 3 && is_first_group(whole);
    if might_group {
        return None;
    }
    let (exponent_sign, power) = signed(exponent.unwrap_or("0"));
    if power.is_empty() || !are_digits(power) {
        return None;
    }
    // Uses the reader of JSON, which the page contains already: the standard library's would be a
    // second one.
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let number = format!("{sign}{whole}.{decimals}e{exponent_sign}{power}");
    let number = serde_json::from_str::<Value>(&number).ok()?;
    number.as_f64().filter(|number| number.is_finite())
}

/// The whole number, 0 or more, in `text`, without any separator; `None` if it is none.
pub fn typed_whole(text: &str) -> Option<u64> {
    plain(text).parse().ok()
}

/// The sign in JSON's form, and the rest.
fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Whether digits could stand before the first separator of thousands: `1`, `12`, `123`.
fn is_first_group(whole: &str) -> bool {
    (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}

/// `text` in plain signs: full-width forms become ASCII, and the Chinese full stop becomes a point,
/// as keys of an input method in its own punctuation give it.
fn plain(text: &str) -> String {
    const FULL_WIDTH: std::ops::RangeInclusive<u32> = 0xFF01..=0xFF5E;
    let plain = |sign: char| match sign {
        '。' => '.',
        '−' => '-',
        _ if FULL_WIDTH.contains(&u32::from(sign)) => {
            char::from_u32(u32::from(sign) - 0xFF01 + 0x21).unwrap_or(sign)
        }
        _ => sign,
    };
    text.trim().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_separates_decimals_as_a_point_does() {
        for (text, number) in [
            ("0.1", 0.1),
            ("0,1", 0.1),
            ("1,5", 1.5),
            ("0,001", 0.001),
            ("00,5", 0.5),
            (",5", 0.5),
            (" -2.5 ", -2.5),
            ("+3", 3.0),
            ("0.0002", 0.0002),
            ("5e-5", 5e-5),
            ("1,5E+3", 1_500.0),
            ("1.000", 1.0),
            ("1,0005", 1.0005),
        ] {
            assert_eq!(typed_number(text), Some(number), "{text}");
        }
    }

    #[test]
    fn full_width_forms_are_read() {
        for (text, number) in [
            ("０．１", 0.1),
            ("０，１", 0.1),
            ("0。1", 0.1),
            ("－２", -2.0),
            ("−2", -2.0),
            ("５ｅ－５", 5e-5),
            ("\u{3000}7\u{3000}", 7.0),
        ] {
            assert_eq!(typed_number(text), Some(number), "{text}");
        }
        assert_eq!(typed_whole("６４"), Some(64));
    }

    #[test]
    fn what_might_be_another_number_is_not_taken() {
        for text in ["1,000", "12,345", "1.000,5", "1,000.5", "1,000,000", "1 000", "1'000"] {
            assert_eq!(typed_number(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_taken() {
        for text in [
            "", " ", ".", ",", "5.", "e5", "1e", "1e5.5", "--1", "0x10", "NaN", "inf", "1e999",
            "ten",
        ] {
            assert_eq!(typed_number(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_no_separators() {
        assert_eq!(typed_whole(" 64 "), Some(64));
        assert_eq!(typed_whole("9007199254740991"), Some(9_007_199_254_740_991));
        for text in ["1,5", "1.5", "64.0", "1,000", "-1", "1e3", "", "99999999999999999999"] {
            assert_eq!(typed_whole(text), None, "{text}");
        }
    }
}
