//! Where two values become one.

use std::rc::Rc;

use gan_protocol::LayerSpec;

use super::{Flow, Lowered, Table, Value};
use crate::error::ImportError;
use crate::state_dict::Values;
use crate::steps::{Step, Steps, specs};
use crate::view::View;

impl Lowered {
    /// Two values side by side along `axis`.
    pub(super) fn concat(
        &self,
        first: Value,
        second: Value,
        axis: usize,
    ) -> Result<Value, ImportError> {
        match (first, second) {
            (Value::Flow(flow), Value::Table(table)) => {
                Ok(Value::Flow(self.labelled(flow, &table, axis, true)?))
            }
            (Value::Table(table), Value::Flow(flow)) => {
                Ok(Value::Flow(self.labelled(flow, &table, axis, false)?))
            }
            (Value::Flow(one), Value::Flow(other)) => {
                Ok(Value::Flow(self.beside(one, other, axis)?))
            }
            (first, second) => Err(ImportError::file(format!(
                "this program has no layer for a concatenation of {} and {}",
                first.told(),
                second.told()
            ))),
        }
    }

    /// Whether the channels of what stands side by side along `axis` are the last axis: there is no layer for images side by side.
    fn is_along_last(&self, rank: usize, axis: usize) -> bool {
        if rank == 3 { axis == 2 } else { self.is_last() }
    }

    /// `flow` and behind it (or before it, unless `is_first`) the numbers of its class.
    fn labelled(
        &self,
        mut flow: Flow,
        table: &Table,
        axis: usize,
        is_first: bool,
    ) -> Result<Flow, ImportError> {
        let last = self.is_along_last(flow.view.dims.len(), axis);
        check_dims(&flow.view.dims, &table.dims, axis)?;
        flow.features(last)?;
        let offset = flow.view.order.len();
        let (embedding, per_pixel, numbers, own) = match table.dims.len() {
            3 => {
                let plain = View::plain(table.dims.clone());
                let sizes = plain.sizes(last).expect("there are three axes");
                let image = View::image(sizes, last, &(0..sizes[0]).collect::<Vec<_>>());
                let numbers = table.in_places(&image);
                let area = sizes[1] * sizes[2];
                let is_even =
                    numbers.chunks(area).all(|pixels| pixels.iter().all(|x| *x == pixels[0]));
                if is_even {
                    let numbers = numbers.chunks(area).map(|pixels| pixels[0]).collect();
                    (Some(sizes[0]), false, numbers, image)
                } else {
                    (Some(sizes[0]), true, numbers, image)
                }
            }
            _ => {
                let plain = View::plain(table.dims.clone());
                let embedding = (!table.is_one_hot()).then(|| table.size());
                (embedding, false, table.numbers.clone(), plain)
            }
        };
        let mut tensors = Vec::new();
        if embedding.is_some() {
            let shape = vec![table.classes, numbers.len() / table.classes];
            tensors.push(("embedding", Values { shape, numbers }));
        }
        let spec = LayerSpec::Label { classes: table.classes, embedding, per_pixel };
        let view = if is_first {
            flow.view.beside(&own, [0, offset], axis)
        } else {
            own.beside(&flow.view, [offset, 0], axis)
        };
        flow.add(Step::with(spec, tensors))?;
        flow.view = view;
        Ok(flow)
    }

    /// Two flows side by side, one of which is computed from the other.
    fn beside(&self, mut one: Flow, mut other: Flow, axis: usize) -> Result<Flow, ImportError> {
        let last = self.is_along_last(one.view.dims.len(), axis);
        check_dims(&one.view.dims, &other.view.dims, axis)?;
        one.features(last)?;
        other.features(last)?;
        let [prefix, of_one, of_other] = self.parted(&one, &other)?;
        if of_one.is_empty() && of_other.is_empty() {
            return Err(ImportError::file("this program has no layer for a value beside itself"));
        }
        let (base, body, first) = match (of_one.is_empty(), of_other.is_empty()) {
            (true, _) => (&one, of_other, true),
            (_, true) => (&other, of_one, false),
            _ => {
                return Err(ImportError::file(
                    "this program has no layer for two branches side by side, neither of which is the other's beginning",
                ));
            }
        };
        let offset = base.view.order.len();
        let offsets = if first { [0, offset] } else { [offset, 0] };
        let view = one.view.beside(&other.view, offsets, axis);
        let spec = LayerSpec::Skip { layers: specs(&body) };
        let inside = vec![("layers", body)];
        let mut flow = Flow { steps: prefix, ..base.clone() };
        flow.add(Step { inside, ..Step::plain(spec) })?;
        flow.view = view;
        Ok(flow)
    }

    /// The sum of two flows.
    pub(super) fn sum(&self, mut one: Flow, mut other: Flow) -> Result<Flow, ImportError> {
        if one.shape != other.shape && one.view.dims.len() == 3 {
            one.as_image(self.is_last())?;
            other.as_image(self.is_last())?;
        }
        if one.view != other.view || one.shape != other.shape {
            return Err(ImportError::file(
                "this program has no layer for a sum of values of two shapes",
            ));
        }
        let [prefix, of_one, of_other] = self.parted(&one, &other)?;
        let (layers, shortcut) =
            if of_one.is_empty() { (of_other, of_one) } else { (of_one, of_other) };
        if layers.is_empty() {
            return Err(ImportError::file("this program has no layer for a value added to itself"));
        }
        let spec = LayerSpec::Residual { layers: specs(&layers), shortcut: specs(&shortcut) };
        let inside = vec![("layers", layers), ("shortcut", shortcut)];
        let shape = crate::steps::behind(one.input, &prefix)?;
        let mut flow = Flow { steps: prefix, shape, ..one };
        flow.add(Step { inside, ..Step::plain(spec) })?;
        Ok(flow)
    }

    /// What two flows have in common, and the rest of each.
    fn parted(&self, one: &Flow, other: &Flow) -> Result<[Steps; 3], ImportError> {
        if one.root != other.root {
            let names = [one.root, other.root].map(|root| self.names[root].as_str());
            return Err(ImportError::file(format!(
                "the net has two inputs of numbers, {} and {}: say which is the class",
                names[0], names[1]
            )));
        }
        let same = one
            .steps
            .iter()
            .zip(&other.steps)
            .take_while(|(a, b)| Rc::ptr_eq(a, b) || a == b)
            .count();
        Ok([one.steps[..same].to_vec(), one.steps[same..].to_vec(), other.steps[same..].to_vec()])
    }

    /// Each number of `flow` times that of its class.
    pub(super) fn product(&self, mut flow: Flow, table: &Table) -> Result<Flow, ImportError> {
        let last = self.is_last();
        let features = flow.features(last)?;
        let dims = flow.view.dims.clone();
        let dims = if table.dims.len() > dims.len() { table.dims.clone() } else { dims };
        let numbers = table.of_features(&features, &flow.view.dims, last).ok_or_else(|| {
            ImportError::file(
                "this program has no layer for a product with numbers of a class that are not one for each feature",
            )
        })?;
        let shape = vec![table.classes, features.len()];
        let tensors = vec![("embedding", Values { shape, numbers })];
        flow.add(Step::with(LayerSpec::LabelProduct { classes: table.classes }, tensors))?;
        flow.reshape(&dims)?;
        Ok(flow)
    }
}

fn check_dims(one: &[usize], other: &[usize], axis: usize) -> Result<(), ImportError> {
    let fits = one.len() == other.len()
        && axis < one.len()
        && one.iter().zip(other).enumerate().all(|(at, (a, b))| at == axis || a == b);
    if fits {
        return Ok(());
    }
    Err(ImportError::file(format!(
        "values of the axes {one:?} and {other:?} do not stand side by side along axis {axis}"
    )))
}
