//! Weights that a framework stores in parts and computes with as a whole.

use crate::error::ImportError;
use crate::modules::Module;
use crate::state_dict::Values;

/// Names of the parts of a spectrally normalised weight, in PyTorch's two forms: the weight, `u` and `v`.
const SPECTRAL: [[&str; 3]; 2] = [
    ["weight_orig", "weight_u", "weight_v"],
    [
        "parametrizations.weight.original",
        "parametrizations.weight.0._u",
        "parametrizations.weight.0._v",
    ],
];

/// The same of a weight with a norm of its own: the norm `g` and the direction `v`.
const WEIGHT_NORM: [[&str; 2]; 2] = [
    ["weight_g", "weight_v"],
    ["parametrizations.weight.original0", "parametrizations.weight.original1"],
];

/// Where the shape of a weight stands, in the order of the forms above; the weight itself first.
pub(crate) const WEIGHTS: [&str; 5] = [
    "weight",
    "weight_orig",
    "parametrizations.weight.original",
    "weight_v",
    "parametrizations.weight.original1",
];

/// The module with the weight that it computes with, as `weight`: `W / uᵀWv` (Miyato et al. 2018, equation 11), or `g v / |v|`
/// (Salimans & Kingma 2016, equation 2). `is_transposed` says whether it is a transposed convolution.
///
/// # Errors
/// If a part is missing, or of another size.
pub(crate) fn effective(mut module: Module, is_transposed: bool) -> Result<Module, ImportError> {
    for [weight, u, v] in SPECTRAL {
        if module.get(u).is_some() {
            let [weight, u, v] = taken(&mut module, [weight, u, v])?;
            let weight = spectral(&module.name, weight, &u, &v, is_transposed)?;
            module.tensors.insert("weight".to_owned(), weight);
        }
    }
    for [g, v] in WEIGHT_NORM {
        if module.get(g).is_some() {
            let [g, v] = taken(&mut module, [g, v])?;
            let weight = of_norm(&module.name, &g, v)?;
            module.tensors.insert("weight".to_owned(), weight);
        }
    }
    Ok(module)
}

fn taken<const N: usize>(
    module: &mut Module,
    names: [&str; N],
) -> Result<[Values; N], ImportError> {
    for name in names {
        if module.get(name).is_none() {
            let message = format!("{} lacks {name}, a part of its normalised weight", module.name);
            return Err(ImportError::file(message));
        }
    }
    Ok(names.map(|name| module.tensors.remove(name).expect("it is there")))
}

fn misshapen(module: &str) -> ImportError {
    ImportError::file(format!(
        "the parts of the normalised weight of {module} do not fit each other"
    ))
}

/// `W / uᵀWv`, with `W` as a matrix whose rows are the outputs. PyTorch puts those of a transposed convolution, which
/// stand second in its weight, first.
fn spectral(
    module: &str,
    weight: Values,
    u: &Values,
    v: &Values,
    is_transposed: bool,
) -> Result<Values, ImportError> {
    let Values { shape, mut numbers } = weight;
    let (Some(&first), second) = (shape.first(), shape.get(1).copied().unwrap_or(1)) else {
        return Err(misshapen(module));
    };
    let area: usize = shape.iter().skip(2).product();
    let [rows, columns] = if is_transposed { [second, first] } else { [first, second] };
    if u.numbers.len() != rows
        || v.numbers.len() != columns * area
        || numbers.len() != rows * v.numbers.len()
    {
        return Err(misshapen(module));
    }
    let mut sigma = 0.0_f64;
    for row in 0..rows {
        for column in 0..columns {
            let [one, other] = if is_transposed { [column, row] } else { [row, column] };
            let start = (one * second + other) * area;
            for at in 0..area {
                let value =
                    f64::from(numbers[start + at]) * f64::from(v.numbers[column * area + at]);
                sigma += f64::from(u.numbers[row]) * value;
            }
        }
    }
    for number in &mut numbers {
        *number = (f64::from(*number) / sigma) as f32;
    }
    Ok(Values { shape, numbers })
}

/// `g v / |v|`, with a norm for each index of the axis along which `g` has several numbers, and one for all if it has one.
fn of_norm(module: &str, g: &Values, v: Values) -> Result<Values, ImportError> {
    let Values { shape, mut numbers } = v;
    let axis = g.shape.iter().position(|length| *length != 1);
    let (length, inner): (usize, usize) = match axis {
        None => (1, numbers.len().max(1)),
        Some(axis) if g.shape.len() == shape.len() && g.shape[axis] == shape[axis] => {
            (shape[axis], shape[axis + 1..].iter().product())
        }
        Some(_) => return Err(misshapen(module)),
    };
    if g.numbers.len() != length || inner == 0 {
        return Err(misshapen(module));
    }
    let mut squares = vec![0.0_f64; length];
    for (at, number) in numbers.iter().enumerate() {
        squares[at / inner % length] += f64::from(*number).powi(2);
    }
    for (at, number) in numbers.iter_mut().enumerate() {
        let place = at / inner % length;
        *number = (f64::from(*number) * f64::from(g.numbers[place]) / squares[place].sqrt()) as f32;
    }
    Ok(Values { shape, numbers })
}
