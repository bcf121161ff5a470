//! Computes an axis: ticks at round numbers, with short labels.

/// One mark of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its value.
    pub value: f64,
    /// Its label.
    pub label: String,
}

/// The ticks of a linear axis and the domain that they span.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// From the first to the last tick of a nice axis, or the requested range.
    pub domain: (f64, f64),
    /// The ticks, in rising order.
    pub ticks: Vec<Tick>,
}

impl Axis {
    /// An axis over `low..=high`, widened to whole ticks; about `count` of them.
    pub fn nice(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = drawable(low, high);
        let step = nice_step(high - low, count);
        let first = (low / step).floor();
        let last = (high / step).ceil().max(first + 1.0);
        Self { domain: (first * step, last * step), ticks: ticks(first as i64, last as i64, step) }
    }

    /// An axis over exactly `low..=high`, with ticks at the round numbers within.
    pub fn exact(low: f64, high: f64, count: usize) -> Self {
        let (low, high) = drawable(low, high);
        let step = nice_step(high - low, count);
        // A tick that misses the end by rounding alone belongs to it.
        let slack = 1e-9;
        let first = (low / step - slack).ceil();
        let last = (high / step + slack).floor();
        Self { domain: (low, high), ticks: ticks(first as i64, last as i64, step) }
    }
}

/// A number in few characters: `0`, `0.25`, `1.5k`, `20k`, `3M`, `2e-5`.
pub fn compact_number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "–".to_string();
    }
    if size == 0.0 {
        return "0".to_string();
    }
    if size < 1e-3 {
        return exponential(value, 0);
    }
    if size >= 1e12 {
        return exponential(value, 2);
    }
    for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if size >= unit {
            return format!("{}{suffix}", trimmed(value / unit, 2));
        }
    }
    trimmed(value, if size < 1.0 { 3 } else { 2 })
}

/// `2e-5`: a number as a mantissa of at most `decimals` decimals and a power of ten.
pub fn exponential(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_string();
    }
    if value.abs() < f64::MIN_POSITIVE {
        return "0".to_string();
    }
    let exponent = value.abs().log10().floor() as i32;
    // Dividing by a power gives the number nearest to the mantissa, where multiplying would not.
    let power = 10f64.powi(exponent.abs());
    let mantissa = if exponent < 0 { value * power } else { value / power };
    let text = trimmed(mantissa, decimals);
    // Rounding may have carried over.
    match text.strip_prefix("10").or_else(|| text.strip_prefix("-10")) {
        Some("") => format!("{}1e{}", if value < 0.0 { "-" } else { "" }, exponent + 1),
        _ => format!("{text}e{exponent}"),
    }
}

/// `0.70`: a number below 1e12 in size with `decimals` decimals, at most 3; `–` for other numbers.
/// The standard library's formatting would bring another printer of numbers into the page.
pub fn fixed(value: f64, decimals: usize) -> String {
    let size = value.abs();
    if size.is_nan() || size >= 1e12 {
        return "–".to_string();
    }
    let unit = 10_u64.pow(decimals as u32);
    let units = (size * unit as f64).round_ties_even() as u64;
    let sign = if value < 0.0 && units > 0 { "-" } else { "" };
    let (whole, part) = (units / unit, units % unit);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:0decimals$}")
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn drawable(low: f64, high: f64) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    // Tick labels cannot distinguish ends that are closer than this.
    let smallest = (low.abs().max(high.abs()) * 1e-6).max(1e-12);
    if high - low < smallest {
        let half = (low.abs() * 0.1).max(0.5);
        (low - half, high + half)
    } else {
        (low, high)
    }
}

/// The step of 1, 2 or 5 times a power of ten that gives at most about `count` ticks.
fn nice_step(width: f64, count: usize) -> f64 {
    let raw = width / count.max(1) as f64;
    let power = 10f64.powi(raw.log10().floor() as i32);
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= raw * 0.999_999);
    factor.unwrap_or(10.0) * power
}

fn ticks(first: i64, last: i64, step: f64) -> Vec<Tick> {
    (first..=last)
        .map(|index| {
            // Multiplying keeps ticks from drifting; dividing keeps 3 x 0.1 from being
            // 0.30000000000000004.
            let value = if step < 1.0 {
                index as f64 / (1.0 / step).round().max(1.0)
            } else {
                index as f64 * step
            };
            Tick { value, label: compact_number(value) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    proptest! {
        #[test]
        fn decimals_are_as_the_standard_library_has_them(value in -1e6..1e6f64, decimals in 0..=3usize) {
            let told = fixed(value, decimals);
            let theirs = format!("{value:.decimals$}");
            // A number within rounding of the middle between two may go to either.
            let apart = told.parse::<f64>().expect("a number") - theirs.parse::<f64>().expect("a number");
            let middle = (value.abs() * 10f64.powi(decimals as i32)).fract() - 0.5;
            prop_assert!(apart == 0.0 || middle.abs() < 1e-6, "{} {}", told, theirs);
        }
    }

    #[test]
    fn numbers_have_their_decimals_and_no_sign_without_a_value() {
        let told = [(0.0, 1), (-0.04, 1), (-0.06, 1), (2.5, 0), (3.5, 0), (9.996, 2), (0.0625, 3)];
        let expected = ["0.0", "0.0", "-0.1", "2", "4", "10.00", "0.062"];
        assert_eq!(told.map(|(value, decimals)| fixed(value, decimals)), expected);
        assert_eq!([f64::NAN, f64::INFINITY, 1e12].map(|value| fixed(value, 1)), ["–"; 3]);
    }

    #[test]
    fn powers_of_ten_are_as_the_standard_library_has_them() {
        for value in [2e-5, -9.96e-7, 9.996e-7, 1.0, 99_960.0, 3.21e300, f64::MIN_POSITIVE] {
            let theirs = format!("{value:.2e}").replace(".00e", "e").replace("0e", "e");
            assert_eq!(exponential(value, 2).replace("0e", "e"), theirs, "{value}");
        }
        assert_eq!(exponential(9.6e-7, 0), "1e-6");
        assert_eq!(exponential(-9.6e-7, 0), "-1e-6");
        assert_eq!([exponential(0.0, 1), exponential(f64::INFINITY, 1)], ["0", "–"]);
    }

    #[test]
    fn a_nice_axis_ends_on_ticks() {
        let axis = Axis::nice(0.13, 1.87, 4);
        assert_eq!(axis.domain, (0.0, 2.0));
        assert_eq!(labels(&axis), ["0", "0.5", "1", "1.5", "2"]);
    }

    #[test]
    fn an_exact_axis_keeps_its_ends() {
        let axis = Axis::exact(0.0, 2_300.0, 5);
        assert_eq!(axis.domain, (0.0, 2_300.0));
        assert_eq!(labels(&axis), ["0", "500", "1k", "1.5k", "2k"]);
    }

    #[test]
    fn tenths_are_written_as_tenths() {
        let axis = Axis::exact(0.0, 1.0, 10);
        assert_eq!(axis.ticks[3].value, 0.3);
        assert_eq!(labels(&axis)[3], "0.3");
    }

    #[test]
    fn a_point_has_an_axis_around_it() {
        let axis = Axis::nice(0.693, 0.693, 4);
        assert!(axis.domain.0 < 0.693 && axis.domain.1 > 0.693);
        assert!(axis.ticks.len() >= 2);
    }

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (0.25, "0.25"),
            (-1.5, "-1.5"),
            (12.0, "12"),
            (100.0, "100"),
            (1_500.0, "1.5k"),
            (60_000.0, "60k"),
            (2_500_000.0, "2.5M"),
            (0.000_2, "2e-4"),
            (f64::NAN, "–"),
        ];
        for (value, label) in cases {
            assert_eq!(compact_number(value), label, "{value}");
        }
    }

    proptest! {
        #[test]
        fn every_axis_has_few_rising_ticks_and_holds_its_data(
            a in -1e9..1e9f64, b in -1e9..1e9f64, count in 2usize..12
        ) {
            let (low, high) = (a.min(b), a.max(b));
            let axis = Axis::nice(low, high, count);
            prop_assert!(axis.ticks.len() <= count + 3);
            prop_assert!(axis.ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
            prop_assert!(axis.domain.0 <= low && axis.domain.1 >= high);
        }
    }
}
