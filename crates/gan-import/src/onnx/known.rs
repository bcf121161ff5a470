//! Computes what is known: ONNX's operations on tensors whose numbers do not depend on a latent.
//!
//! Exporters compute shapes, bounds and the row of a class by a dozen operations each.

use onnx_rs::ast::DataType;

use super::attributes::Attributes;
use super::axes::{
    axes_of, bounds, broadcast, index, lengths, permutation, places, resolved, squeezed, unsqueezed,
};
use super::tensor::{Data, Tensor};
use crate::error::ImportError;
use crate::view::{View, is_within};

/// What the operation `name` makes of `inputs`; `None` if it is none that is computed here.
pub(super) fn computed(
    name: &str,
    attributes: &Attributes<'_>,
    inputs: &[Option<&Tensor>],
) -> Result<Option<Tensor>, ImportError> {
    let [first, second, third] = [0, 1, 2].map(|at| inputs.get(at).copied().flatten());
    let tensor = match (name, first, second, third) {
        ("Identity" | "Dropout", Some(x), ..) => x.clone(),
        ("Cast", Some(x), ..) => cast(x, attributes.whole("to", 0)),
        ("Shape", Some(x), ..) => shape_of(&x.dims, attributes),
        ("Neg", Some(x), ..) => each(x, |a| a.wrapping_neg(), |a| -a),
        ("Not", Some(x), ..) => each(x, |a| i64::from(a == 0), |a| a),
        ("Floor", Some(x), ..) => each(x, |a| a, f32::floor),
        ("Ceil", Some(x), ..) => each(x, |a| a, f32::ceil),
        ("Sqrt", Some(x), ..) => each(x, |a| a, f32::sqrt),
        ("Reciprocal", Some(x), ..) => each(x, |a| a, f32::recip),
        ("Relu", Some(x), ..) => each(x, |a| a.max(0), |a| a.max(0.0)),
        ("Tanh", Some(x), ..) => each(x, |a| a, f32::tanh),
        ("Sigmoid", Some(x), ..) => each(x, |a| a, |a| 1.0 / (1.0 + (-a).exp())),
        ("LeakyRelu", Some(x), ..) => {
            let slope = attributes.real("alpha", 0.01);
            each(x, |a| a, |a| a.max(0.0) + slope * a.min(0.0))
        }
        ("Add", Some(a), Some(b), _) => both(a, b, i64::wrapping_add, |a, b| a + b)?,
        ("Sub", Some(a), Some(b), _) => both(a, b, i64::wrapping_sub, |a, b| a - b)?,
        ("Mul", Some(a), Some(b), _) => both(a, b, i64::wrapping_mul, |a, b| a * b)?,
        ("Div", Some(a), Some(b), _) => {
            both(a, b, |a, b| a.checked_div(b).unwrap_or(0), |a, b| a / b)?
        }
        ("Mod", Some(a), Some(b), _) if attributes.whole("fmod", 0) == 0 => {
            both(a, b, |a, b| a.checked_rem_euclid(b).unwrap_or(0), |a, b| a.rem_euclid(b))?
        }
        ("Max", Some(a), Some(b), None) => both(a, b, i64::max, f32::max)?,
        ("Min", Some(a), Some(b), None) => both(a, b, i64::min, f32::min)?,
        ("Less", Some(a), Some(b), _) => compared(a, b, |a, b| a < b)?,
        ("Greater", Some(a), Some(b), _) => compared(a, b, |a, b| a > b)?,
        ("Equal", Some(a), Some(b), _) => compared(a, b, |a, b| a == b)?,
        ("And", Some(a), Some(b), _) => compared(a, b, |a, b| a != 0.0 && b != 0.0)?,
        ("Or", Some(a), Some(b), _) => compared(a, b, |a, b| a != 0.0 || b != 0.0)?,
        ("Where", Some(condition), Some(a), Some(b)) => {
            let is_true = cast(condition, WHOLE);
            let chosen = both(
                &is_true,
                a,
                |c, a| if c != 0 { a } else { 0 },
                |c, a| if c != 0.0 { a } else { 0.0 },
            )?;
            let not = each(&is_true, |c| i64::from(c == 0), |c| c);
            let other = both(
                &not,
                b,
                |c, b| if c != 0 { b } else { 0 },
                |c, b| if c != 0.0 { b } else { 0.0 },
            )?;
            both(&chosen, &other, i64::wrapping_add, |a, b| a + b)?
        }
        ("Reshape", Some(x), Some(to), _) => {
            let to = resolved(to, &x.dims, attributes.whole("allowzero", 0) != 0)?;
            x.reshaped(to)?
        }
        ("Flatten", Some(x), ..) => {
            let axis = index(attributes.whole("axis", 1), x.dims.len() + 1)?;
            let outer: usize = x.dims[..axis].iter().product();
            x.reshaped(vec![outer, x.len() / outer.max(1)])?
        }
        ("Unsqueeze", Some(x), axes, _) => {
            x.reshaped(unsqueezed(&x.dims, &axes_of(attributes, axes)?)?)?
        }
        ("Squeeze", Some(x), axes, _) => {
            x.reshaped(squeezed(&x.dims, &axes_of(attributes, axes)?)?)?
        }
        ("Transpose", Some(x), ..) => {
            let axes = permutation(attributes, x.dims.len())?;
            let view = View::plain(x.dims.clone()).permuted(&axes);
            x.taken(view.dims, &view.order)
        }
        ("Expand", Some(x), Some(to), _) => {
            let to = lengths(to)?;
            let dims = broadcast(&x.dims, &to)?;
            x.taken(dims.clone(), &places(&x.dims, &dims))
        }
        ("Concat", Some(_), ..) => {
            let parts: Option<Vec<&Tensor>> = inputs.iter().copied().collect();
            let Some(parts) = parts else { return Ok(None) };
            concatenated(&parts, attributes.whole("axis", 0))?
        }
        ("Gather", Some(x), Some(at), _) => gathered(x, at, attributes.whole("axis", 0))?,
        ("Slice", Some(x), ..) => {
            let bounds = bounds(attributes, inputs, &x.dims)?;
            let mut view = View::plain(x.dims.clone());
            for (axis, places) in bounds {
                view = picked(&view, axis, &places);
            }
            x.taken(view.dims, &view.order)
        }
        ("ConstantOfShape", Some(x), ..) => {
            let dims = lengths(x)?;
            let count = limited(&dims)?;
            match attributes.tensor("value")? {
                Some(value) => value.taken(dims, &vec![0; count]),
                None => Tensor::real(dims, vec![0.0; count]),
            }
        }
        ("Range", Some(begin), Some(end), Some(step)) => {
            match (begin.as_whole(), end.as_whole(), step.as_whole()) {
                (Some([begin]), Some([end]), Some([step]))
                    if *step > 0 && end - begin < 1 << 20 =>
                {
                    let numbers: Vec<i64> = (*begin..*end).step_by(*step as usize).collect();
                    Tensor::whole(vec![numbers.len()], numbers)
                }
                _ => return Ok(None),
            }
        }
        ("ReduceProd", Some(x), None, _) if x.dims.len() == 1 => match x.as_whole() {
            Some(numbers) => {
                let dims = if attributes.whole("keepdims", 1) != 0 { vec![1] } else { Vec::new() };
                Tensor::whole(dims, vec![numbers.iter().copied().fold(1, i64::wrapping_mul)])
            }
            None => return Ok(None),
        },
        ("OneHot", Some(at), Some(depth), Some(values)) => one_hot(at, depth, values, attributes)?,
        ("MatMul", Some(a), Some(b), _) => product(a, b)?,
        ("Gemm", Some(a), Some(b), c) => gemm(a, b, c, attributes)?,
        _ => return Ok(None),
    };
    limited(&tensor.dims)?;
    Ok(Some(tensor))
}

/// The most numbers that are computed here at once.
const MOST_NUMBERS: usize = 1 << 24;

fn limited(dims: &[usize]) -> Result<usize, ImportError> {
    if is_within(dims, MOST_NUMBERS) {
        return Ok(dims.iter().product());
    }
    Err(ImportError::file(format!("a tensor of {dims:?} is too large to be computed here")))
}

/// ONNX's number of 64-bit whole numbers.
const WHOLE: i64 = 7;

/// Whether a number of ONNX's is that of a kind of numbers with fractions.
pub(super) fn is_real(kind: i64) -> bool {
    let kind = DataType::try_from(kind as i32).unwrap_or_default();
    matches!(kind, DataType::Float | DataType::Double | DataType::Float16 | DataType::Bfloat16)
}

fn cast(x: &Tensor, to: i64) -> Tensor {
    let kind = DataType::try_from(to as i32).unwrap_or_default();
    let data = match &x.data {
        _ if is_real(to) => Data::Real(x.to_real()),
        Data::Whole(numbers) if kind == DataType::Bool => {
            Data::Whole(numbers.iter().map(|number| i64::from(*number != 0)).collect())
        }
        Data::Whole(numbers) => Data::Whole(numbers.clone()),
        Data::Real(numbers) => Data::Whole(numbers.iter().map(|number| *number as i64).collect()),
    };
    Tensor { dims: x.dims.clone(), data }
}

pub(super) fn shape_of(dims: &[usize], attributes: &Attributes<'_>) -> Tensor {
    let rank = dims.len() as i64;
    let bound = |at: i64| (if at < 0 { at + rank } else { at }).clamp(0, rank) as usize;
    let (start, end) = (bound(attributes.whole("start", 0)), bound(attributes.whole("end", rank)));
    let dims = dims.get(start..end).unwrap_or_default();
    Tensor::whole(vec![dims.len()], dims.iter().map(|length| *length as i64).collect())
}

fn each(x: &Tensor, whole: impl Fn(i64) -> i64, real: impl Fn(f32) -> f32) -> Tensor {
    let data = match &x.data {
        Data::Whole(numbers) => Data::Whole(numbers.iter().map(|number| whole(*number)).collect()),
        Data::Real(numbers) => Data::Real(numbers.iter().map(|number| real(*number)).collect()),
    };
    Tensor { dims: x.dims.clone(), data }
}

fn both(
    a: &Tensor,
    b: &Tensor,
    whole: impl Fn(i64, i64) -> i64,
    real: impl Fn(f32, f32) -> f32,
) -> Result<Tensor, ImportError> {
    let dims = broadcast(&a.dims, &b.dims)?;
    limited(&dims)?;
    let (of_a, of_b) = (places(&a.dims, &dims), places(&b.dims, &dims));
    let pairs = of_a.into_iter().zip(of_b);
    let data = match (&a.data, &b.data) {
        (Data::Whole(a), Data::Whole(b)) => {
            Data::Whole(pairs.map(|(at, bt)| whole(a[at], b[bt])).collect())
        }
        _ => {
            let (a, b) = (a.to_real(), b.to_real());
            Data::Real(pairs.map(|(at, bt)| real(a[at], b[bt])).collect())
        }
    };
    Ok(Tensor { dims, data })
}

fn compared(a: &Tensor, b: &Tensor, of: impl Fn(f64, f64) -> bool) -> Result<Tensor, ImportError> {
    let number = |a: f64, b: f64| i64::from(of(a, b));
    let found = both(
        a,
        b,
        |a, b| number(a as f64, b as f64),
        |a, b| number(f64::from(a), f64::from(b)) as f32,
    )?;
    Ok(cast(&found, WHOLE))
}

/// The numbers at `places` of an axis.
fn picked(view: &View, axis: usize, places: &[usize]) -> View {
    let inner: usize = view.dims[axis + 1..].iter().product();
    let length = view.dims[axis];
    let outer = view.order.len() / (inner * length).max(1);
    let mut order = Vec::with_capacity(outer * places.len() * inner);
    for row in 0..outer {
        for place in places {
            let begin = (row * length + place) * inner;
            order.extend_from_slice(&view.order[begin..begin + inner]);
        }
    }
    let mut dims = view.dims.clone();
    dims[axis] = places.len();
    View { dims, order }
}

fn concatenated(parts: &[&Tensor], axis: i64) -> Result<Tensor, ImportError> {
    let rank = parts[0].dims.len();
    let axis = index(axis, rank)?;
    let fits = |part: &&Tensor| {
        part.dims.len() == rank
            && (0..rank).all(|at| at == axis || part.dims[at] == parts[0].dims[at])
    };
    if !parts.iter().all(fits) {
        return Err(ImportError::file("tensors that are put together do not fit each other"));
    }
    let all = Tensor {
        dims: Vec::new(),
        data: match parts.iter().map(|part| part.as_whole()).collect::<Option<Vec<_>>>() {
            Some(whole) => Data::Whole(whole.concat()),
            None => Data::Real(parts.iter().flat_map(|part| part.to_real()).collect()),
        },
    };
    let (mut view, mut offset) = (View::plain(parts[0].dims.clone()), parts[0].len());
    for part in &parts[1..] {
        view = view.beside(&View::plain(part.dims.clone()), [0, offset], axis);
        offset += part.len();
    }
    Ok(all.taken(view.dims, &view.order))
}

fn gathered(x: &Tensor, at: &Tensor, axis: i64) -> Result<Tensor, ImportError> {
    let axis = index(axis, x.dims.len())?;
    let length = x.dims.get(axis).copied().unwrap_or(0);
    let wrong = || ImportError::file(format!("there is no row {:?} of {length}", at.data));
    let places: Option<Vec<usize>> = at.as_whole().and_then(|all| {
        let place = |at: &i64| usize::try_from(if *at < 0 { at + length as i64 } else { *at }).ok();
        all.iter().map(|at| place(at).filter(|place| *place < length)).collect()
    });
    let view = picked(&View::plain(x.dims.clone()), axis, &places.ok_or_else(wrong)?);
    let mut dims = x.dims[..axis].to_vec();
    dims.extend(&at.dims);
    dims.extend(&x.dims[axis + 1..]);
    Ok(x.taken(dims, &view.order))
}

fn one_hot(
    at: &Tensor,
    depth: &Tensor,
    values: &Tensor,
    attributes: &Attributes<'_>,
) -> Result<Tensor, ImportError> {
    let wrong = || ImportError::file("one-hot numbers of this form are not understood");
    let axis = attributes.whole("axis", -1);
    if axis != -1 && axis != at.dims.len() as i64 {
        return Err(wrong());
    }
    let depth = cast(depth, WHOLE).as_whole().and_then(|all| all.first().copied());
    let depth = usize::try_from(depth.ok_or_else(wrong)?).map_err(|_| wrong())?;
    let (classes, values) = (cast(at, WHOLE), values.to_real());
    let [off, on] = values[..] else { return Err(wrong()) };
    let mut dims = at.dims.clone();
    dims.push(depth);
    limited(&dims)?;
    let rows = classes.as_whole().unwrap_or_default().iter();
    let numbers = rows.flat_map(|class| {
        (0..depth as i64)
            .map(move |at| if at == class.rem_euclid(depth.max(1) as i64) { on } else { off })
    });
    Ok(Tensor::real(dims, numbers.collect()))
}

fn product(a: &Tensor, b: &Tensor) -> Result<Tensor, ImportError> {
    let [inner, columns] = b.dims[..] else {
        return Err(ImportError::file("a product with more than a matrix is not computed here"));
    };
    if a.dims.last() != Some(&inner) || inner == 0 {
        return Err(ImportError::file(format!(
            "there is no product of {:?} and {:?}",
            a.dims, b.dims
        )));
    }
    let (left, right) = (a.to_real(), b.to_real());
    let mut dims = a.dims.clone();
    dims.last_mut().into_iter().for_each(|last| *last = columns);
    limited(&dims)?;
    let mut numbers = Vec::with_capacity(left.len() / inner * columns);
    for row in left.chunks(inner) {
        for column in 0..columns {
            let products = row
                .iter()
                .enumerate()
                .map(|(at, number)| f64::from(*number) * f64::from(right[at * columns + column]));
            numbers.push(products.sum::<f64>() as f32);
        }
    }
    Ok(Tensor::real(dims, numbers))
}

/// `alpha A B + beta C`.
fn gemm(
    a: &Tensor,
    b: &Tensor,
    c: Option<&Tensor>,
    attributes: &Attributes<'_>,
) -> Result<Tensor, ImportError> {
    let turned = |x: &Tensor, name: &str| {
        if attributes.whole(name, 0) == 0 || x.dims.len() != 2 {
            return x.clone();
        }
        let view = View::plain(x.dims.clone()).permuted(&[1, 0]);
        x.taken(view.dims, &view.order)
    };
    let (alpha, beta) = (attributes.real("alpha", 1.0), attributes.real("beta", 1.0));
    let made = product(&turned(a, "transA"), &turned(b, "transB"))?;
    let made = each(&made, |x| x, |x| x * alpha);
    match c {
        Some(c) => {
            let c = Tensor::real(c.dims.clone(), c.to_real());
            both(&made, &each(&c, |x| x, |x| x * beta), i64::wrapping_add, |a, b| a + b)
        }
        None => Ok(made),
    }
}
