//! Numbers that are known without running the net: weights, and what shapes are computed of.

use half::{bf16, f16};
use onnx_rs::ast::{DataLocation, DataType, TensorProto};

use crate::error::ImportError;
use crate::state_dict::Values;
use crate::view::{MOST_OF_TENSOR, is_within};

/// A tensor with all its axes, the batch's too.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub(super) dims: Vec<usize>,
    pub(super) data: Data,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    /// Whole numbers and truth values.
    Whole(Vec<i64>),
    Real(Vec<f32>),
}

impl Tensor {
    pub(super) fn whole(dims: Vec<usize>, numbers: Vec<i64>) -> Self {
        Self { dims, data: Data::Whole(numbers) }
    }

    pub(super) fn real(dims: Vec<usize>, numbers: Vec<f32>) -> Self {
        Self { dims, data: Data::Real(numbers) }
    }

    /// A tensor of a file, whose numbers may stand in one of the files beside it.
    pub(super) fn read(
        proto: &TensorProto<'_>,
        files: &[(String, Vec<u8>)],
    ) -> Result<Self, ImportError> {
        let name = proto.name();
        let damaged = |why: &str| ImportError::file(format!("the tensor {name}: {why}"));
        let dims: Option<Vec<usize>> =
            proto.dims().iter().map(|length| usize::try_from(*length).ok()).collect();
        let Some(dims) = dims else { return Err(damaged("has no shape")) };
        if !is_within(&dims, MOST_OF_TENSOR) {
            return Err(damaged("is too large"));
        }
        let count: usize = dims.iter().product();
        let is_outside = proto.data_location() == DataLocation::External;
        let raw = match is_outside {
            true => Some(outside(proto, files)?),
            false => proto.as_raw(),
        };
        let data = match (proto.data_type(), raw) {
            (DataType::Float, Some(raw)) => Data::Real(numbers(raw, f32::from_le_bytes)),
            (DataType::Double, Some(raw)) => {
                Data::Real(numbers(raw, |bytes| f64::from_le_bytes(bytes) as f32))
            }
            (DataType::Float16, Some(raw)) => {
                Data::Real(numbers(raw, |bytes| f16::from_le_bytes(bytes).to_f32()))
            }
            (DataType::Bfloat16, Some(raw)) => {
                Data::Real(numbers(raw, |bytes| bf16::from_le_bytes(bytes).to_f32()))
            }
            (DataType::Int64, Some(raw)) => Data::Whole(numbers(raw, i64::from_le_bytes)),
            (DataType::Int32, Some(raw)) => {
                Data::Whole(numbers(raw, |bytes| i64::from(i32::from_le_bytes(bytes))))
            }
            (DataType::Bool | DataType::Uint8, Some(raw)) => {
                Data::Whole(raw.iter().map(|byte| i64::from(*byte)).collect())
            }
            (DataType::Float, None) => {
                Data::Real(proto.as_f32().map(|own| own.into_owned()).unwrap_or_default())
            }
            (DataType::Double, None) => {
                let own = proto.as_f64().unwrap_or_default();
                Data::Real(own.iter().map(|number| *number as f32).collect())
            }
            (DataType::Int64, None) => {
                Data::Whole(proto.as_i64().map(|own| own.into_owned()).unwrap_or_default())
            }
            (DataType::Int32 | DataType::Bool | DataType::Uint8, None) => {
                let own = proto.as_i32().unwrap_or_default();
                Data::Whole(own.iter().map(|number| i64::from(*number)).collect())
            }
            (kind, _) => return Err(damaged(&format!("holds numbers of the kind {kind:?}"))),
        };
        let tensor = Self { dims, data };
        if tensor.len() == count { Ok(tensor) } else { Err(damaged("is cut off")) }
    }

    pub(super) fn len(&self) -> usize {
        match &self.data {
            Data::Whole(numbers) => numbers.len(),
            Data::Real(numbers) => numbers.len(),
        }
    }

    /// As whole numbers; `None` if they are none.
    pub(super) fn as_whole(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Whole(numbers) => Some(numbers),
            Data::Real(_) => None,
        }
    }

    pub(super) fn to_real(&self) -> Vec<f32> {
        match &self.data {
            Data::Whole(numbers) => numbers.iter().map(|number| *number as f32).collect(),
            Data::Real(numbers) => numbers.clone(),
        }
    }

    /// As weights.
    pub(super) fn values(&self) -> Values {
        Values { shape: self.dims.clone(), numbers: self.to_real() }
    }

    /// The same numbers with other axes.
    pub(super) fn reshaped(&self, dims: Vec<usize>) -> Result<Self, ImportError> {
        if !is_within(&dims, MOST_OF_TENSOR) || dims.iter().product::<usize>() != self.len() {
            return Err(ImportError::file(format!(
                "a tensor of {:?} is not read as one of {dims:?}",
                self.dims
            )));
        }
        Ok(Self { dims, data: self.data.clone() })
    }

    /// The numbers in `places`, with the axes `dims`.
    pub(super) fn taken(&self, dims: Vec<usize>, places: &[usize]) -> Self {
        let data = match &self.data {
            Data::Whole(numbers) => Data::Whole(places.iter().map(|at| numbers[*at]).collect()),
            Data::Real(numbers) => Data::Real(places.iter().map(|at| numbers[*at]).collect()),
        };
        Self { dims, data }
    }
}

fn numbers<const N: usize, T>(raw: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
}

/// The bytes of a tensor in another file.
fn outside<'a>(
    proto: &TensorProto<'_>,
    files: &'a [(String, Vec<u8>)],
) -> Result<&'a [u8], ImportError> {
    let entry = |key: &str| {
        proto.external_data().iter().find(|entry| entry.key == key).map(|entry| entry.value)
    };
    let location = entry("location").unwrap_or_default();
    let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let name = last(location);
    let found = files.iter().find(|(own, _)| last(own) == name);
    let Some((_, bytes)) = found else {
        return Err(ImportError::file(format!(
            "the weights are in {name}, which belongs beside the file: give both"
        )));
    };
    let number = |key: &str| entry(key).map(|text| text.parse::<usize>().ok());
    let cut = || ImportError::file(format!("{name} is cut off, or belongs to another file"));
    let begin = number("offset").unwrap_or(Some(0)).ok_or_else(cut)?;
    let end = match number("length") {
        Some(length) => length.and_then(|length| begin.checked_add(length)).ok_or_else(cut)?,
        None => bytes.len(),
    };
    bytes.get(begin..end).ok_or_else(cut)
}
