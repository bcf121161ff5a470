//! Compute kernels for the processor: the inner loops of the operations that `gan-core` implements
//! itself.
//!
//! They work on slices of numbers only; `gan-core` calls them with the data of its tensors. They
//! are a crate of their own because they are compiled for speed, into vector instructions, whereas
//! most other crates are compiled for size. All are `#[inline(never)]`: inlined into a caller built
//! for size, they would be built for size as well.

pub mod affine_sampling;
pub mod contraction;
pub mod convolution;
mod rational;

/// Hyperbolic tangent of each number, with a relative error below 4e-7.
#[inline(never)]
pub fn tanh(numbers: &mut [f32]) {
    for number in numbers {
        *number = rational::tanh(*number);
    }
}

/// Each gradient times `1 - y²`, where `y` is the output of [`tanh()`] at the same place.
#[inline(never)]
pub fn tanh_gradient(gradients: &mut [f32], outputs: &[f32]) {
    for (gradient, y) in gradients.iter_mut().zip(outputs) {
        *gradient *= 1.0 - y * y;
    }
}

/// Each number unchanged if positive, else times `slope`.
#[inline(never)]
pub fn leaky_relu(numbers: &mut [f32], slope: f32) {
    for number in numbers {
        *number *= if *number > 0.0 { 1.0 } else { slope };
    }
}

/// Each gradient unchanged if the input at the same place is positive, else times `slope`.
#[inline(never)]
pub fn leaky_relu_gradient(gradients: &mut [f32], inputs: &[f32], slope: f32) {
    for (gradient, input) in gradients.iter_mut().zip(inputs) {
        *gradient *= if *input > 0.0 { 1.0 } else { slope };
    }
}

/// `ln(1 + exp(sign x))` of each number `x`; finite if `x` is finite.
#[inline(never)]
pub fn softplus(numbers: &mut [f32], sign: f32) {
    for number in numbers {
        let x = *number * sign;
        *number = x.max(0.0) + (-x.abs()).exp().ln_1p();
    }
}

/// Each gradient times `sign` and the logistic function of `sign` times the input at the same place.
#[inline(never)]
pub fn softplus_gradient(gradients: &mut [f32], inputs: &[f32], sign: f32) {
    for (gradient, input) in gradients.iter_mut().zip(inputs) {
        let x = input * sign;
        // The exponent is not positive, so that it never overflows.
        let small = (-x.abs()).exp();
        *gradient *= sign * if x > 0.0 { 1.0 } else { small } / (1.0 + small);
    }
}

/// `decay` times each number, plus `1 - decay` times the new number at the same place.
#[inline(never)]
pub fn blend(numbers: &mut [f32], new: &[f32], decay: f32) {
    let share = 1.0 - decay;
    for (number, new) in numbers.iter_mut().zip(new) {
        *number = *number * decay + new * share;
    }
}

/// `decay` times each number, plus `1 - decay` times the square of the new number at the same
/// place.
#[inline(never)]
pub fn blend_square(numbers: &mut [f32], new: &[f32], decay: f32) {
    let share = 1.0 - decay;
    for (number, new) in numbers.iter_mut().zip(new) {
        *number = *number * decay + new * new * share;
    }
}

/// The constants of an update by Adam.
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// Decay of the first moments.
    pub beta_1: f32,
    /// Decay of the second moments.
    pub beta_2: f32,
    /// Factor of the weights before the step: below one for AdamW's decay, else one.
    pub shrink: f32,
    /// The learning rate divided by the first moment's bias correction, `1 - beta_1^t`.
    pub rate: f32,
    /// The square root of the second moment's bias correction, `1 - beta_2^t`.
    pub root: f32,
    /// Added to the second moment's root.
    pub epsilon: f32,
}

/// One update by Adam (Kingma & Ba 2015, algorithm 1): updates both moments with the gradients,
/// shrinks each weight, and subtracts `rate first / (sqrt(second) / root + epsilon)`.
#[inline(never)]
pub fn adam_step(
    weights: &mut [f32],
    [first, second]: [&mut [f32]; 2],
    gradients: &[f32],
    step: AdamStep,
) {
    let AdamStep { beta_1, beta_2, shrink, rate, root, epsilon } = step;
    let (new_1, new_2) = (1.0 - beta_1, 1.0 - beta_2);
    let moments = first.iter_mut().zip(second);
    for ((weight, (first, second)), gradient) in weights.iter_mut().zip(moments).zip(gradients) {
        *first = *first * beta_1 + gradient * new_1;
        *second = *second * beta_2 + gradient * gradient * new_2;
        *weight = *weight * shrink - *first * rate / (second.sqrt() / root + epsilon);
    }
}

/// Sums of `[batch, channels, pixels]` over batch and pixels: one for each channel.
#[inline(never)]
pub fn sums_by_channel(numbers: &[f32], channels: usize, pixels: usize) -> Vec<f32> {
    let mut sums = vec![0.0; channels];
    for numbers in numbers.chunks_exact(channels * pixels) {
        if pixels == 1 {
            add(&mut sums, numbers);
        } else {
            for (sum, numbers) in sums.iter_mut().zip(numbers.chunks_exact(pixels)) {
                *sum += sum_in_lanes(numbers, |number| number);
            }
        }
    }
    sums
}

/// The sum of all squares. A few thousand at a time are summed in single precision in several
/// lanes, and these sums in double precision.
#[inline(never)]
pub fn sum_of_squares(numbers: &[f32]) -> f32 {
    const TOGETHER: usize = 4_096;
    let part = |numbers| f64::from(sum_in_lanes(numbers, |number| number * number));
    numbers.chunks(TOGETHER).map(part).sum::<f64>() as f32
}

/// Adds each number to the sum at the same place.
pub(crate) fn add(sums: &mut [f32], numbers: &[f32]) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum += number;
    }
}

/// The sum of `part` of each number, in several lanes.
#[inline(always)]
fn sum_in_lanes(numbers: &[f32], part: impl Fn(f32) -> f32) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0; LANES];
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for numbers in whole {
        for (lane, number) in lanes.iter_mut().zip(numbers) {
            *lane += part(*number);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|number| part(*number)).sum::<f32>()
}

#[cfg(test)]
pub(crate) mod testing {
    /// Numbers of moderate size, no two neighbours equal.
    pub(crate) fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|index| ((index * 7_919 % 1_009) as f32 - 504.0) / 256.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_by_channel_are_over_images_and_pixels() {
        let numbers: Vec<f32> = (0..2 * 3 * 19).map(|index| index as f32).collect();
        let expected = |channels: usize, pixels: usize| {
            let mut sums = vec![0.0; channels];
            for (place, number) in numbers.iter().enumerate() {
                sums[place / pixels % channels] += number;
            }
            sums
        };
        assert_eq!(sums_by_channel(&numbers, 3, 19), expected(3, 19));
        assert_eq!(sums_by_channel(&numbers, 38, 1), expected(38, 1));
    }

    #[test]
    fn moments_and_steps_are_those_of_the_formulas() {
        let new: Vec<f32> = (0..37).map(|index| (index as f32 - 18.0) / 8.0).collect();
        let old: Vec<f32> = new.iter().map(|x| 0.5 - x).collect();
        let (mut first, mut second) =
            (old.clone(), new.iter().map(|x| x.abs() + 0.1).collect::<Vec<_>>());
        let before = second.clone();
        let (mut blended, mut blended_square) = (first.clone(), second.clone());
        blend(&mut blended, &new, 0.9);
        blend_square(&mut blended_square, &new, 0.99);
        let mut weights = old.clone();
        let step = AdamStep {
            beta_1: 0.9,
            beta_2: 0.99,
            shrink: 0.75,
            rate: 0.01,
            root: 0.5,
            epsilon: 1e-3,
        };
        adam_step(&mut weights, [&mut first, &mut second], &new, step);
        assert_eq!((&first, &second), (&blended, &blended_square));
        for place in 0..37 {
            let (old, new) = (f64::from(old[place]), f64::from(new[place]));
            let moment = 0.9 * old + 0.1 * new;
            let square = 0.99 * f64::from(before[place]) + 0.01 * new * new;
            let weight = 0.75 * old - 0.01 * moment / (square.sqrt() / 0.5 + 1e-3);
            for (found, expected) in
                [(first[place], moment), (second[place], square), (weights[place], weight)]
            {
                assert!((f64::from(found) - expected).abs() < 1e-6, "{found}, not {expected}");
            }
        }
    }

    #[test]
    fn squares_are_summed_whatever_their_count() {
        for count in [0, 1, 15, 16, 37, 4_095, 4_097, 1_000_003] {
            let numbers: Vec<f32> = (0..count).map(|index| (index % 7) as f32 - 2.5).collect();
            let expected: f64 = numbers.iter().map(|x| f64::from(*x).powi(2)).sum();
            let found = f64::from(sum_of_squares(&numbers));
            assert!(
                (found - expected).abs() <= 1e-6 * expected,
                "{count}: {found}, not {expected}"
            );
        }
    }

    #[test]
    fn every_place_of_a_slice_is_reached() {
        // Longer than any vector, and not a multiple of a vector's length.
        let inputs: Vec<f32> = (0..37).map(|index| index as f32 - 18.0).collect();
        let mut numbers = inputs.clone();
        leaky_relu(&mut numbers, 0.5);
        let expected: Vec<f32> =
            inputs.iter().map(|x| if *x > 0.0 { *x } else { 0.5 * x }).collect();
        assert_eq!(numbers, expected);
        let mut gradients = vec![2.0; 37];
        leaky_relu_gradient(&mut gradients, &inputs, 0.5);
        let expected: Vec<f32> = inputs.iter().map(|x| if *x > 0.0 { 2.0 } else { 1.0 }).collect();
        assert_eq!(gradients, expected);
        let mut outputs = inputs.clone();
        tanh(&mut outputs);
        let mut gradients = vec![3.0; 37];
        tanh_gradient(&mut gradients, &outputs);
        for (place, input) in inputs.iter().enumerate() {
            assert_eq!(outputs[place], rational::tanh(*input));
            assert_eq!(gradients[place], 3.0 * (1.0 - outputs[place] * outputs[place]));
        }
    }
}
