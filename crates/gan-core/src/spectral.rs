//! Spectral normalisation: weights divided by an estimate of their largest singular value
//! (Miyato et al. 2018, algorithm 1).
//!
//! A weight is read as a matrix `W` of its outputs by the rest. A power iteration keeps the unit
//! vectors `u` and `v` close to the first singular vectors; then `σ = uᵀ W v`. The vectors are
//! constants in the gradient; `σ` is differentiated.

use gan_protocol::Role;
use gan_random::{RandomNumbers, standard_normal};

use crate::ops::tensor::Tensor;
use crate::plan::ParameterPlan;

/// Keeps a norm above zero; PyTorch's value.
const EPSILON: f32 = 1e-12;
/// Power iterations at the start, as in PyTorch. A single one would leave a fresh estimate far off.
const FIRST_ITERATIONS: usize = 15;

/// The parameters that are normalised, and the places of their `u` among the net's buffers.
#[derive(Clone, Debug)]
pub(crate) struct SpectralNorm {
    weights: Vec<NormalizedWeight>,
}

#[derive(Clone, Debug)]
struct NormalizedWeight {
    parameter: usize,
    buffer: usize,
    /// The axis of the outputs: 0, or 1, in which case the matrix needs a swap of axes.
    output_axis: usize,
}

impl SpectralNorm {
    /// The normalisation of all weights among `parameters`, which start at `values`; and for each
    /// weight the name and start of its `u`, zeros without `randomness`. The first `u` becomes
    /// buffer number `first_buffer`.
    pub(crate) fn new(
        parameters: &[ParameterPlan],
        values: &[Vec<f32>],
        mut randomness: Option<&mut RandomNumbers>,
        first_buffer: usize,
    ) -> (Self, Vec<(String, Vec<f32>)>) {
        let (mut weights, mut starts) = (Vec::new(), Vec::new());
        for (parameter, plan) in parameters.iter().enumerate() {
            let Role::Weight { output_axis, .. } = plan.role else { continue };
            let matrix = HostMatrix::new(&values[parameter], &plan.dimensions, output_axis);
            let name = format!("{}_u", plan.name);
            let start = match &mut randomness {
                Some(randomness) => matrix.first_left_vector(randomness),
                None => vec![0.0; matrix.rows],
            };
            starts.push((name, start));
            let buffer = first_buffer + weights.len();
            weights.push(NormalizedWeight { parameter, buffer, output_axis });
        }
        (Self { weights }, starts)
    }

    /// `parameters` with the weights among them normalised. With `advances`, each `u` in `buffers`
    /// makes one power iteration first.
    pub(crate) fn normalized(
        &self,
        mut parameters: Vec<Tensor<1>>,
        dimensions: &[Vec<usize>],
        buffers: &mut [Tensor<1>],
        advances: bool,
    ) -> Vec<Tensor<1>> {
        for weight in &self.weights {
            let value = &parameters[weight.parameter];
            let matrix = as_matrix(value, &dimensions[weight.parameter], weight.output_axis);
            let constant = matrix.clone().inner();
            let rows = constant.dims()[0];
            // In an averaged net `u` is an average of unit vectors and so a little shorter than 1.
            let mut u = unit(buffers[weight.buffer].clone().reshape([rows, 1]));
            let mut v = unit(constant.clone().transpose().matmul(u.clone()));
            if advances {
                u = unit(constant.clone().matmul(v.clone()));
                buffers[weight.buffer] = u.clone().reshape([rows]);
                v = unit(constant.transpose().matmul(u.clone()));
            }
            let sigma = (matrix.matmul(v) * u).sum();
            parameters[weight.parameter] = value.clone() / sigma;
        }
        parameters
    }
}

/// A column scaled to length one.
fn unit(column: Tensor<2>) -> Tensor<2> {
    let norm = column.clone().square().sum_dim(0).sqrt().add_scalar(EPSILON);
    column / norm
}

/// `[outputs, the rest]`.
fn as_matrix(value: &Tensor<1>, dimensions: &[usize], output_axis: usize) -> Tensor<2> {
    let outputs = dimensions[output_axis];
    let rest = dimensions.iter().product::<usize>() / outputs;
    if output_axis == 0 {
        return value.clone().reshape([outputs, rest]);
    }
    let (first, area) = (dimensions[0], dimensions[2..].iter().product::<usize>());
    let swapped = value.clone().reshape([first, outputs, area]).swap_dims(0, 1);
    swapped.reshape([outputs, rest])
}

/// A weight on the host, where the first iterations run.
struct HostMatrix {
    rows: usize,
    columns: usize,
    values: Vec<f32>,
}

impl HostMatrix {
    fn new(values: &[f32], dimensions: &[usize], output_axis: usize) -> Self {
        let rows = dimensions[output_axis];
        let columns = values.len() / rows;
        if output_axis == 0 {
            return Self { rows, columns, values: values.to_vec() };
        }
        let area: usize = dimensions[2..].iter().product();
        let mut swapped = Vec::with_capacity(values.len());
        for row in 0..rows {
            for first in 0..dimensions[0] {
                let start = (first * rows + row) * area;
                swapped.extend_from_slice(&values[start..start + area]);
            }
        }
        Self { rows, columns, values: swapped }
    }

    fn first_left_vector(&self, randomness: &mut RandomNumbers) -> Vec<f32> {
        let mut u = normalized(standard_normal(randomness, self.rows));
        for _ in 0..FIRST_ITERATIONS {
            let mut v = vec![0.0; self.columns];
            for (row, scale) in self.values.chunks_exact(self.columns).zip(&u) {
                for (sum, value) in v.iter_mut().zip(row) {
                    *sum += value * scale;
                }
            }
            let v = normalized(v);
            let rows = self.values.chunks_exact(self.columns);
            u = normalized(rows.map(|row| row.iter().zip(&v).map(|(a, b)| a * b).sum()).collect());
        }
        u
    }
}

fn normalized(mut vector: Vec<f32>) -> Vec<f32> {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(EPSILON);
    vector.iter_mut().for_each(|x| *x /= norm);
    vector
}
