//! A net in the making: layers with their numbers.

use std::rc::Rc;

use gan_protocol::{LayerSpec, Shape};

use crate::assigned::Put;
use crate::error::ImportError;
use crate::state_dict::Values;

/// A layer with its numbers. Layers of blocks stand inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) spec: LayerSpec,
    pub(crate) tensors: Vec<(&'static str, Values)>,
    pub(crate) inside: Vec<(&'static str, Steps)>,
    /// For a layer that gives `x scale + shift` with the same two numbers everywhere: those.
    pub(crate) affine: Option<[f32; 2]>,
}

/// Steps of values that are computed from the same one share their beginning.
pub(crate) type Steps = Vec<Rc<Step>>;

impl Step {
    pub(crate) fn plain(spec: LayerSpec) -> Self {
        Self::with(spec, Vec::new())
    }

    pub(crate) fn with(spec: LayerSpec, tensors: Vec<(&'static str, Values)>) -> Self {
        Self { spec, tensors, inside: Vec::new(), affine: None }
    }

    fn tensor(&mut self, name: &str) -> Option<&mut Values> {
        self.tensors.iter_mut().find(|(own, _)| *own == name).map(|(_, values)| values)
    }
}

/// The layers of `steps`.
pub(crate) fn specs(steps: &[Rc<Step>]) -> Vec<LayerSpec> {
    steps.iter().map(|step| step.spec.clone()).collect()
}

/// Adds the tensors of `steps` under the names of a generator's file.
pub(crate) fn tensors(prefix: &str, steps: &[Rc<Step>], puts: &mut Vec<Put>) {
    for (index, step) in steps.iter().enumerate() {
        tensors_of(&format!("{prefix}{index}."), step, puts);
    }
}

/// The same of one step.
pub(crate) fn tensors_of(prefix: &str, step: &Step, puts: &mut Vec<Put>) {
    for (name, values) in &step.tensors {
        puts.push(Put { name: format!("{prefix}{name}"), values: values.clone() });
    }
    for (name, steps) in &step.inside {
        tensors(&format!("{prefix}{name}."), steps, puts);
    }
}

/// `x scale + shift`, for each of the features of `scale` and `shift`, as a batch normalisation by given statistics.
pub(crate) fn affine(scale: Vec<f32>, shift: Vec<f32>) -> Step {
    const EPSILON: f32 = 1e-5;
    let features = scale.len();
    let same = |numbers: &[f32]| numbers.iter().all(|number| *number == numbers[0]);
    let alike = same(&scale) && same(&shift);
    let affine = alike.then(|| [scale[0], shift[0]]);
    let all = |number: f32| vec![number; features];
    let parts = [
        ("scale", scale),
        ("shift", shift),
        ("running_mean", all(0.0)),
        ("running_variance", all(1.0 - EPSILON)),
    ];
    let tensors = parts.map(|(name, numbers)| (name, Values { shape: vec![features], numbers }));
    let spec = LayerSpec::BatchNorm { epsilon: EPSILON, momentum: 0.1 };
    Step { affine, ..Step::with(spec, tensors.into()) }
}

/// Takes a scale and a shift for each feature up into the weights before them, where nothing but a cut stands between.
pub(crate) fn take_up(steps: &mut Steps, scale: &[f32], shift: &[f32]) -> bool {
    let Some(at) = steps.iter().rposition(|step| cut(&step.spec).is_none()) else {
        return false;
    };
    if let Some([own_scale, own_shift]) = steps[at].affine {
        let scales: Vec<f32> = scale.iter().map(|scale| own_scale * scale).collect();
        let shifts = scale.iter().zip(shift).map(|(scale, shift)| own_shift * scale + shift);
        steps[at] = Rc::new(affine(scales, shifts.collect()));
        return true;
    }
    // The axis of the outputs.
    let axis = match steps[at].spec {
        LayerSpec::Linear { .. } | LayerSpec::ConvTranspose { .. } => 1,
        LayerSpec::Conv { .. } => 0,
        _ => return false,
    };
    let step = Rc::make_mut(&mut steps[at]);
    if let Some(weight) = step.tensor("weight") {
        let inner: usize = weight.shape[axis + 1..].iter().product();
        for (index, number) in weight.numbers.iter_mut().enumerate() {
            *number *= scale[index / inner % scale.len()];
        }
    }
    let own = step.tensor("bias").map(|bias| bias.numbers.clone());
    let own = own.unwrap_or_else(|| vec![0.0; scale.len()]);
    let sums = own.iter().zip(scale).zip(shift).map(|((own, scale), shift)| own * scale + shift);
    let bias = Values { shape: vec![scale.len()], numbers: sums.collect() };
    match step.tensor("bias") {
        Some(own) => *own = bias,
        None => step.tensors.push(("bias", bias)),
    }
    match &mut step.spec {
        LayerSpec::Linear { bias, .. }
        | LayerSpec::Conv { bias, .. }
        | LayerSpec::ConvTranspose { bias, .. } => *bias = true,
        _ => {}
    }
    true
}

/// Joins cuts that follow each other, and those behind a transposed convolution with its padding.
pub(crate) fn tidied(steps: &[Rc<Step>]) -> Steps {
    let mut tidy: Steps = Vec::new();
    for step in steps {
        let mut step = step.clone();
        if !step.inside.is_empty() {
            let own = Rc::make_mut(&mut step);
            own.inside.iter_mut().for_each(|(_, steps)| *steps = tidied(steps));
            if let LayerSpec::Residual { layers, .. } | LayerSpec::Skip { layers } = &mut own.spec {
                *layers = specs(&own.inside[0].1);
            }
            if let LayerSpec::Residual { shortcut, .. } = &mut own.spec {
                *shortcut = specs(&own.inside[1].1);
            }
        }
        let (Some(mut cut), Some(last)) = (cut(&step.spec), tidy.last_mut()) else {
            tidy.push(step);
            continue;
        };
        if let Some(before) = self::cut(&last.spec) {
            for (side, before) in cut.iter_mut().zip(before) {
                *side += before;
            }
            tidy.pop();
        }
        let all = cut.iter().copied().max().unwrap_or(0);
        let last = tidy.last_mut();
        // The weights of a step are copied with it: no other step is.
        let last = last.filter(|last| matches!(last.spec, LayerSpec::ConvTranspose { .. }));
        if let Some(LayerSpec::ConvTranspose { padding, .. }) =
            last.map(|last| &mut Rc::make_mut(last).spec)
        {
            *padding += all.unsigned_abs() as usize;
            cut.iter_mut().for_each(|side| *side -= all);
        }
        let [top, bottom, left, right] = cut;
        if cut != [0; 4] {
            let spec = LayerSpec::Pad { top, bottom, left, right };
            tidy.push(Rc::new(Step::plain(spec)));
        }
    }
    tidy
}

/// The sides of a padding that only cuts.
fn cut(spec: &LayerSpec) -> Option<[i32; 4]> {
    match *spec {
        LayerSpec::Pad { top, bottom, left, right } => {
            let sides = [top, bottom, left, right];
            sides.iter().all(|side| *side <= 0).then_some(sides)
        }
        _ => None,
    }
}

/// The most numbers that are put into another order by a layer of their own, whose weights are their square.
const MOST_REORDERED: usize = 4_096;

/// Puts the numbers of a vector into another order: number `order[i]` becomes number `i`. The layers that make the vector
/// are given their weights in that order; where a layer cannot be, a linear layer of ones and zeros stands behind it.
///
/// # Errors
/// If such a layer would be too large.
pub(crate) fn reorder(steps: &mut Steps, order: &[usize]) -> Result<(), ImportError> {
    if order.iter().enumerate().all(|(index, from)| index == *from) {
        return Ok(());
    }
    let mut at = steps.len();
    while at > 0 {
        match &steps[at - 1].spec {
            LayerSpec::Linear { .. } => {
                let step = Rc::make_mut(&mut steps[at - 1]);
                for name in ["weight", "bias"] {
                    step.tensor(name).into_iter().for_each(|values| reorder_last(values, order));
                }
                return Ok(());
            }
            LayerSpec::BatchNorm { .. }
            | LayerSpec::LayerNorm { .. }
            | LayerSpec::Prelu {}
            | LayerSpec::LabelProduct { .. } => {
                let step = Rc::make_mut(&mut steps[at - 1]);
                step.tensors.iter_mut().for_each(|(_, values)| reorder_last(values, order));
            }
            LayerSpec::Activation { .. } => {}
            _ => break,
        }
        at -= 1;
    }
    if order.len() > MOST_REORDERED {
        return Err(ImportError::file(format!(
            "so many numbers would have to be put into another order, where no weights stand before them: {}",
            order.len()
        )));
    }
    let size = order.len();
    let mut numbers = vec![0.0; size * size];
    for (to, from) in order.iter().enumerate() {
        numbers[from * size + to] = 1.0;
    }
    let weight = Values { shape: vec![size, size], numbers };
    let spec = LayerSpec::Linear { units: size, bias: false };
    steps.insert(at, Rc::new(Step::with(spec, vec![("weight", weight)])));
    Ok(())
}

/// Puts the last axis into another order.
fn reorder_last(values: &mut Values, order: &[usize]) {
    let rows = values.numbers.chunks(order.len());
    values.numbers = rows.flat_map(|row| order.iter().map(|from| row[*from])).collect();
}

/// The shape behind `steps`.
///
/// # Errors
/// The refusal of a layer.
pub(crate) fn behind(input: Shape, steps: &[Rc<Step>]) -> Result<Shape, ImportError> {
    let mut shape = input;
    for step in steps {
        shape = step.spec.output(shape)?;
    }
    Ok(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(numbers: &[f32]) -> Rc<Step> {
        let weight = Values { shape: vec![1, numbers.len()], numbers: numbers.to_vec() };
        let spec = LayerSpec::Linear { units: numbers.len(), bias: false };
        Rc::new(Step::with(spec, vec![("weight", weight)]))
    }

    #[test]
    fn the_weights_before_a_vector_are_put_into_its_order() {
        let scaled = Rc::new(affine(vec![1.0, 2.0, 3.0], vec![0.0; 3]));
        let mut steps = vec![linear(&[5.0, 6.0, 7.0]), scaled.clone()];
        reorder(&mut steps, &[2, 0, 1]).expect("it can");
        assert_eq!(steps[0].tensors[0].1.numbers, [7.0, 5.0, 6.0]);
        assert_eq!(steps[1].tensors[0].1.numbers, [3.0, 1.0, 2.0]);
        // Another value that is computed from the same one keeps its own.
        assert_eq!(scaled.tensors[0].1.numbers, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn an_order_that_no_weights_take_up_is_a_layer_of_its_own() {
        let mut steps = vec![Rc::new(affine(vec![1.0, 2.0, 3.0], vec![0.0; 3]))];
        reorder(&mut steps, &[2, 0, 1]).expect("it can");
        assert_eq!(steps[0].spec, LayerSpec::Linear { units: 3, bias: false });
        assert_eq!(steps[0].tensors[0].1.numbers, [0., 1., 0., 0., 0., 1., 1., 0., 0.]);
        let order: Vec<usize> = (0..5_000).rev().collect();
        assert!(reorder(&mut Vec::new(), &order).is_err());
    }
}
