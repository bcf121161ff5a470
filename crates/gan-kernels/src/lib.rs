//! The inner loops of operations that the project does in its own way on the processor.
//!
//! Slices of numbers only: what calls them lies in `gan-core`. A crate of its own because these
//! loops are compiled for speed, into vector instructions, where all around them is compiled for
//! size.

mod rational;

/// Hyperbolic tangent of each number, within 4e-7 of the true value relative to it.
pub fn tanh(numbers: &mut [f32]) {
    for number in numbers {
        *number = rational::tanh(*number);
    }
}

/// Each gradient times `1 - y²`, where `y` is what [`tanh()`] gave at the same place.
pub fn tanh_gradient(gradients: &mut [f32], outputs: &[f32]) {
    for (gradient, y) in gradients.iter_mut().zip(outputs) {
        *gradient *= 1.0 - y * y;
    }
}

/// Each number as it is where it is positive, times `slope` elsewhere.
pub fn leaky_relu(numbers: &mut [f32], slope: f32) {
    for number in numbers {
        *number *= if *number > 0.0 { 1.0 } else { slope };
    }
}

/// Each gradient as it is where the input at the same place is positive, times `slope` elsewhere.
pub fn leaky_relu_gradient(gradients: &mut [f32], inputs: &[f32], slope: f32) {
    for (gradient, input) in gradients.iter_mut().zip(inputs) {
        *gradient *= if *input > 0.0 { 1.0 } else { slope };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_slice_is_reached() {
        // Longer than any vector, and no multiple of one.
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
