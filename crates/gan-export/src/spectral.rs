//! Weights that are kept undivided and computed with divided by their largest singular value.

use std::collections::HashMap;

use gan_protocol::{LayerSpec, Role, Shape};

use crate::generator::Values;

/// Divides each weight beside which a left singular vector stands by `uᵀ W v` (Miyato et al. 2018, algorithm 1).
pub(crate) fn divide(
    path: &str,
    layers: &[LayerSpec],
    input: Shape,
    tensors: &mut HashMap<String, Values>,
) {
    let mut shape = input;
    for (index, layer) in layers.iter().enumerate() {
        let own = format!("{path}.{index}");
        for parameter in layer.own_parameters(shape) {
            let Role::Weight { output_axis, .. } = parameter.role else { continue };
            let name = format!("{own}.{}", parameter.name);
            if let Some(u) = tensors.remove(&format!("{name}_u"))
                && let Some(weight) = tensors.get_mut(&name)
            {
                let sigma = largest(weight, output_axis, &u.numbers);
                weight
                    .numbers
                    .iter_mut()
                    .for_each(|number| *number = (f64::from(*number) / sigma) as f32);
            }
        }
        for (name, inside) in layer.inside() {
            divide(&format!("{own}.{name}"), inside, layer.inner_input(name, shape), tensors);
        }
        let Ok(output) = layer.output(shape) else { return };
        shape = output;
    }
}

/// The estimate of the largest singular value: with `u` of length one, `uᵀ W v = |Wᵀ u|`.
fn largest(weight: &Values, output_axis: usize, u: &[f32]) -> f64 {
    let area: usize = weight.shape[output_axis + 1..].iter().product();
    let outputs = weight.shape[output_axis];
    let length = u.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt().max(1e-12);
    let mut sums = vec![0.0_f64; weight.numbers.len() / outputs.max(1)];
    for (index, number) in weight.numbers.iter().enumerate() {
        let (row, at) = (index / area % outputs, index / (area * outputs) * area + index % area);
        sums[at] += f64::from(*number) * f64::from(u[row]) / length;
    }
    sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt()
}
