//! The operations on Burn's CubeCL backend: one launch each, where Burn's own need several.

use burn::backend::Cube;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;
use cubecl::std::tensor::layout::linear::{LinearView, LinearViewLaunch, LinearViewMut};

#[cfg(feature = "training")]
use super::AdamStep;
use super::FusedOps;

/// Launches `kernel` once for all numbers of its inputs, which have equal lengths, and returns its
/// outputs. `in place of` lists one input for each output: the output reuses this input's memory if
/// no one else holds it.
macro_rules! launched {
    ($kernel:ident, [$($input:ident),+], in place of [$($place:literal),+], $($scalar:expr),*) => {{
        let inputs = [$($input),+].map(into_contiguous);
        let launch = Launch::of(&inputs[0]);
        let targets = [$(launch.target(&inputs[$place], $place)),+];
        let [$($input),+] = inputs;
        let outputs = targets.each_ref().map(|(output, _)| output.clone());
        let mut targets = targets.map(|(_, view)| view).into_iter();
        // SAFETY: all views are as long as the first, and the kernel stays within the outputs.
        unsafe {
            $kernel::launch_unchecked(
                &launch.client,
                launch.count,
                launch.dim,
                launch.vector,
                $($input.into_linear_view(),)+
                $({ let _ = $place; targets.next().expect("one for each output") },)+
                $($scalar),*
            );
        }
        outputs
    }};
}

impl FusedOps for Cube {
    fn tanh_gradient(y: FloatTensor<Self>, gradient: FloatTensor<Self>) -> FloatTensor<Self> {
        let [output] = launched!(tanh_gradient, [y, gradient], in place of [1],);
        output
    }

    fn leaky_relu_of(x: FloatTensor<Self>, slope: f32) -> FloatTensor<Self> {
        let [output] = launched!(leaky_relu, [x], in place of [0], slope);
        output
    }

    fn leaky_relu_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        slope: f32,
    ) -> FloatTensor<Self> {
        let [output] = launched!(leaky_relu_gradient, [x, gradient], in place of [1], slope);
        output
    }

    fn softplus_of(x: FloatTensor<Self>, sign: f32) -> FloatTensor<Self> {
        let [output] = launched!(softplus, [x], in place of [0], sign);
        output
    }

    #[cfg(feature = "training")]
    fn softplus_gradient(
        x: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        sign: f32,
    ) -> FloatTensor<Self> {
        let [output] = launched!(softplus_gradient, [x, gradient], in place of [1], sign);
        output
    }

    fn blend(old: FloatTensor<Self>, new: FloatTensor<Self>, decay: f32) -> FloatTensor<Self> {
        let [output] = launched!(blend, [old, new], in place of [0], decay);
        output
    }

    #[cfg(feature = "training")]
    fn adam_update(
        weights: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        step: AdamStep,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let AdamStep { beta_1, beta_2, shrink, rate, root, epsilon } = step;
        let [weights, first, second] = launched!(
            adam,
            [weights, first, second, gradient],
            in place of [0, 1, 2],
            beta_1,
            beta_2,
            shrink,
            rate,
            root,
            epsilon
        );
        (weights, first, second)
    }
}

/// Launch settings of an operation on every number of a contiguous tensor.
struct Launch {
    client: cubecl::client::Client,
    count: CubeCount,
    dim: CubeDim,
    vector: VectorSize,
}

impl Launch {
    fn of(tensor: &CubeTensor) -> Self {
        let numbers = tensor.meta.num_elements();
        let vector = if numbers.is_multiple_of(4) { 4 } else { 1 };
        let client = tensor.client.clone();
        let units = numbers / vector;
        let dim = CubeDim::new(&client, units);
        let count = calculate_cube_count_elemwise(&client, units, dim);
        Self { client, count, dim, vector }
    }

    /// A tensor for an output, and the view for writing it. The tensor is `input` itself (the
    /// kernel's argument number `place`) if no one else holds it.
    fn target(&self, input: &CubeTensor, place: usize) -> (CubeTensor, LinearViewLaunch) {
        if input.handle.can_mut() && input.is_nonoverlapping() {
            return (input.clone(), input.as_linear_view_alias(place));
        }
        let output = empty_device_contiguous_dtype(
            input.client.clone(),
            input.device.clone(),
            input.meta.shape().clone(),
            input.dtype,
        );
        let view = output.clone().into_linear_view();
        (output, view)
    }
}

#[cube(launch_unchecked)]
fn tanh_gradient<N: Size>(
    y: LinearView<'_, Vector<f32, N>>,
    gradient: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let y = y.read(ABSOLUTE_POS);
    let gradient = gradient.read(ABSOLUTE_POS);
    output.write(ABSOLUTE_POS, gradient - gradient * y * y);
}

#[cube(launch_unchecked)]
fn leaky_relu<N: Size>(
    x: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
    slope: f32,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let x = x.read(ABSOLUTE_POS);
    let positive = x.greater_than(&Vector::new(0.0));
    output.write(ABSOLUTE_POS, select_many(positive, x, x * Vector::new(slope)));
}

#[cube(launch_unchecked)]
fn leaky_relu_gradient<N: Size>(
    x: LinearView<'_, Vector<f32, N>>,
    gradient: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
    slope: f32,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let positive = x.read(ABSOLUTE_POS).greater_than(&Vector::new(0.0));
    let gradient = gradient.read(ABSOLUTE_POS);
    output.write(ABSOLUTE_POS, select_many(positive, gradient, gradient * Vector::new(slope)));
}

#[cube(launch_unchecked)]
fn softplus<N: Size>(
    x: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
    sign: f32,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let zero = Vector::new(0.0);
    let x = x.read(ABSOLUTE_POS) * Vector::new(sign);
    let positive = x.greater_than(&zero);
    let size = select_many(positive, x, zero - x);
    let above = select_many(positive, x, zero);
    output.write(ABSOLUTE_POS, above + (zero - size).exp().log1p());
}

#[cfg(feature = "training")]
#[cube(launch_unchecked)]
fn softplus_gradient<N: Size>(
    x: LinearView<'_, Vector<f32, N>>,
    gradient: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
    sign: f32,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let (zero, one) = (Vector::new(0.0), Vector::new(1.0));
    let sign = Vector::new(sign);
    let x = x.read(ABSOLUTE_POS) * sign;
    let positive = x.greater_than(&zero);
    // The argument of the exponential is never positive, so that it cannot overflow.
    let small = select_many(positive, zero - x, x).exp();
    let share = select_many(positive, one, small) / (one + small);
    output.write(ABSOLUTE_POS, gradient.read(ABSOLUTE_POS) * sign * share);
}

#[cube(launch_unchecked)]
fn blend<N: Size>(
    old: LinearView<'_, Vector<f32, N>>,
    new: LinearView<'_, Vector<f32, N>>,
    mut output: LinearViewMut<'_, Vector<f32, N>>,
    decay: f32,
) {
    if !output.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let old = old.read(ABSOLUTE_POS) * Vector::new(decay);
    output.write(ABSOLUTE_POS, old + new.read(ABSOLUTE_POS) * Vector::new(1.0 - decay));
}

#[cfg(feature = "training")]
#[cube(launch_unchecked)]
fn adam<N: Size>(
    weights: LinearView<'_, Vector<f32, N>>,
    first: LinearView<'_, Vector<f32, N>>,
    second: LinearView<'_, Vector<f32, N>>,
    gradient: LinearView<'_, Vector<f32, N>>,
    mut new_weights: LinearViewMut<'_, Vector<f32, N>>,
    mut new_first: LinearViewMut<'_, Vector<f32, N>>,
    mut new_second: LinearViewMut<'_, Vector<f32, N>>,
    beta_1: f32,
    beta_2: f32,
    shrink: f32,
    rate: f32,
    root: f32,
    epsilon: f32,
) {
    if !new_weights.is_in_bounds(ABSOLUTE_POS) {
        terminate!();
    }
    let gradient = gradient.read(ABSOLUTE_POS);
    let first =
        first.read(ABSOLUTE_POS) * Vector::new(beta_1) + gradient * Vector::new(1.0 - beta_1);
    let second = second.read(ABSOLUTE_POS) * Vector::new(beta_2)
        + gradient * gradient * Vector::new(1.0 - beta_2);
    let below = second.sqrt() / Vector::new(root) + Vector::new(epsilon);
    let change = first * Vector::new(rate) / below;
    new_first.write(ABSOLUTE_POS, first);
    new_second.write(ABSOLUTE_POS, second);
    new_weights.write(ABSOLUTE_POS, weights.read(ABSOLUTE_POS) * Vector::new(shrink) - change);
}
