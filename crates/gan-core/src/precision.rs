//! Numbers of a file in fewer bits.
//!
//! With 8 bits, each matrix and each kernel is a tensor of integers `X`, beside a tensor `X.scale` of 32 bits
//! that is as long as `X` along one axis, and 1 along all others: numbers are products of both. The
//! integers of one output (or one input, if that is nearer) reach from -127 to 127. All other tensors, which are
//! small, have 16 bits.

use crate::named_tensor::{NamedTensor, SCALE_SUFFIX};

/// Bits of a number in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Integers with a scale for each output.
    Bits8,
    /// Half precision.
    Bits16,
    /// As the nets compute.
    Bits32,
}

/// Fewer numbers are no matrix that is worth a scale.
const LEAST: usize = 256;
const LARGEST: f32 = 127.0;

/// Integers and their scales.
pub(crate) struct Quantised {
    pub(crate) integers: Vec<i8>,
    pub(crate) scales: NamedTensor,
}

/// `named` in 8 bits a number; `None` for a tensor that keeps 16.
pub(crate) fn quantised(named: &NamedTensor) -> Option<Quantised> {
    if named.dimensions.len() < 2 || named.values.len() < LEAST {
        return None;
    }
    let ways = [0, 1].map(|axis| along(named, axis));
    ways.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, found)| found)
}

/// The scale's place of each number of a tensor, for scales along `axis`.
fn places(dimensions: &[usize], axis: usize) -> impl Fn(usize) -> usize {
    let inner: usize = dimensions[axis + 1..].iter().product();
    let length = dimensions[axis];
    move |at| at / inner % length
}

/// The squared error, and the numbers with a scale for each place of `axis`.
fn along(named: &NamedTensor, axis: usize) -> (f64, Quantised) {
    let place = places(&named.dimensions, axis);
    let mut scales = vec![0.0_f32; named.dimensions[axis]];
    for (at, value) in named.values.iter().enumerate() {
        let scale = &mut scales[place(at)];
        *scale = scale.max(value.abs());
    }
    scales.iter_mut().for_each(|scale| *scale /= LARGEST);
    let mut error = 0.0;
    let mut integers = Vec::with_capacity(named.values.len());
    for (at, value) in named.values.iter().enumerate() {
        let scale = scales[place(at)];
        let whole = if scale > 0.0 { (value / scale).round() } else { 0.0 };
        error += f64::from(whole * scale - value).powi(2);
        integers.push(whole as i8);
    }
    let mut dimensions = vec![1; named.dimensions.len()];
    dimensions[axis] = scales.len();
    let name = format!("{}{SCALE_SUFFIX}", named.name);
    (error, Quantised { integers, scales: NamedTensor { name, dimensions, values: scales } })
}

/// Multiplies integers by their scales.
///
/// # Errors
/// If the scales have no shape for this tensor.
pub(crate) fn scaled(named: &mut NamedTensor, scales: &NamedTensor) -> Result<(), String> {
    let axis = (0..named.dimensions.len()).find(|axis| {
        let mut like = vec![1; named.dimensions.len()];
        like[*axis] = named.dimensions[*axis];
        like == scales.dimensions
    });
    let Some(axis) = axis else {
        let (found, whole) = (&scales.dimensions, &named.dimensions);
        return Err(format!("tensor {} has shape {found:?}, for {whole:?}", scales.name));
    };
    let place = places(&named.dimensions, axis);
    for (at, value) in named.values.iter_mut().enumerate() {
        *value *= scales.values[place(at)];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(dimensions: &[usize], value: impl Fn(usize) -> f32) -> NamedTensor {
        let count: usize = dimensions.iter().product();
        let values = (0..count).map(value).collect();
        NamedTensor { name: "a".to_owned(), dimensions: dimensions.to_vec(), values }
    }

    fn restored(tensor: &NamedTensor, quantised: &Quantised) -> NamedTensor {
        let values = quantised.integers.iter().map(|x| f32::from(*x)).collect();
        let mut found = NamedTensor { values, ..tensor.clone() };
        scaled(&mut found, &quantised.scales).expect("its own scales");
        found
    }

    #[test]
    fn every_number_is_within_half_a_step_of_its_row_or_column() {
        // Columns of very different sizes, once as the first axis and once as the second.
        for (dimensions, axis) in [([20, 30, 1, 1], 1), ([30, 20, 1, 1], 0)] {
            let inner: usize = dimensions[axis + 1..].iter().product();
            let size = |at: usize| 1.5_f32.powi((at / inner % 30) as i32);
            let tensor = named(&dimensions, |at| ((at as f32) * 0.7).sin() * size(at));
            let found = quantised(&tensor).expect("a matrix");
            let mut expected = vec![1; 4];
            expected[axis] = 30;
            assert_eq!(found.scales.dimensions, expected);
            for (at, (a, b)) in
                restored(&tensor, &found).values.iter().zip(&tensor.values).enumerate()
            {
                assert!((a - b).abs() <= size(at) / 127.0 / 2.0 + 1e-6, "{a} for {b}");
            }
        }
    }

    #[test]
    fn small_tensors_and_zeros_are_no_trouble() {
        assert!(quantised(&named(&[784], |_| 1.0)).is_none(), "a bias");
        assert!(quantised(&named(&[4, 4], |_| 1.0)).is_none(), "too small");
        let zeros = named(&[20, 20], |_| 0.0);
        let found = quantised(&zeros).expect("a matrix");
        assert_eq!(restored(&zeros, &found), zeros);
    }

    #[test]
    fn scales_of_another_shape_are_refused() {
        let mut tensor = named(&[4, 6], |_| 1.0);
        for dimensions in [vec![6], vec![1, 5], vec![4, 6], vec![6, 1]] {
            let scales = named(&dimensions, |_| 1.0);
            let error = scaled(&mut tensor, &scales).expect_err("no shape for it");
            assert!(error.contains("[4, 6]"), "{error}");
        }
    }
}
