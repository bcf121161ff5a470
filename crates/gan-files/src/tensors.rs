//! Reads safetensors files: named tensors after a JSON header.

use safetensors::tensor::{Dtype, SafeTensors};

use crate::array::{Element, Number, keep};
use crate::error::FileError;

/// A tensor's name, element type and shape.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) number: Number,
    pub(crate) shape: Vec<usize>,
}

/// The contents of a file.
pub(crate) struct Tensors {
    pub(crate) tensors: Vec<Tensor>,
    /// Tensors of types that samples do not have, each with the type's name.
    pub(crate) others: Vec<(String, String)>,
    /// The range of the numbers, if the file declares it.
    pub(crate) declared: Option<[f64; 2]>,
}

/// Key of the range in the header's metadata; its value is `low high`.
const RANGE_KEY: &str = "range";
/// Metadata key of this program's own runs and generators.
const OWN_KEY: &str = "gan_playground";

/// Lists the tensors in `bytes`.
///
/// # Errors
/// If the file is damaged, or if it is a run or a generator of this program.
pub(crate) fn list(path: &str, bytes: &[u8]) -> Result<Tensors, FileError> {
    let file = parsed(path, bytes)?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| told(path, &error))?;
    let metadata = header.metadata().as_ref();
    if metadata.is_some_and(|metadata| metadata.contains_key(OWN_KEY)) {
        let message = "is a run or a generator of this program, not samples: open it as a checkpoint, or \
                       sample it first";
        return Err(FileError::new(path, message));
    }
    let declared = metadata.and_then(|metadata| {
        let mut ends = metadata.get(RANGE_KEY)?.split_whitespace().map(str::parse::<f64>);
        let [low, high] = [ends.next()?.ok()?, ends.next()?.ok()?];
        (low < high).then_some([low, high])
    });
    let (mut tensors, mut others) = (Vec::new(), Vec::new());
    for (name, view) in file.tensors() {
        match number(view.dtype()) {
            Some(number) => tensors.push(Tensor { name, number, shape: view.shape().to_vec() }),
            None => others.push((name, format!("{:?}", view.dtype()))),
        }
    }
    // The writer orders tensors by type and name; the user expects natural order.
    tensors.sort_by(|one, other| natord::compare(&one.name, &other.name));
    Ok(Tensors { tensors, others, declared })
}

/// The wanted rows of tensor `name`, as bytes of the file.
pub(crate) fn rows(
    path: &str,
    bytes: &[u8],
    name: &str,
    wanted: &mut dyn FnMut(usize) -> bool,
) -> Result<Vec<u8>, FileError> {
    let file = parsed(path, bytes)?;
    let view = file.tensor(name).map_err(|error| told(path, &error))?;
    let count = view.shape().first().copied().unwrap_or(0);
    let row_bytes = view.data().len().checked_div(count).unwrap_or(0);
    let mut kept = Vec::new();
    for (index, row) in view.data().chunks_exact(row_bytes.max(1)).enumerate() {
        if wanted(index) {
            keep(&mut kept, row, path)?;
        }
    }
    Ok(kept)
}

/// The type and the byte order of a tensor's elements.
pub(crate) fn element(number: Number) -> Element {
    Element { number, big_end_first: false }
}

fn parsed<'b>(path: &str, bytes: &'b [u8]) -> Result<SafeTensors<'b>, FileError> {
    SafeTensors::deserialize(bytes).map_err(|error| told(path, &error))
}

fn told(path: &str, error: &safetensors::SafeTensorError) -> FileError {
    FileError::new(path, format!("is no whole .safetensors file: {error}"))
}

fn number(dtype: Dtype) -> Option<Number> {
    Some(match dtype {
        Dtype::BOOL => Number::Bool,
        Dtype::U8 => Number::U8,
        Dtype::I8 => Number::I8,
        Dtype::U16 => Number::U16,
        Dtype::I16 => Number::I16,
        Dtype::U32 => Number::U32,
        Dtype::I32 => Number::I32,
        Dtype::U64 => Number::U64,
        Dtype::I64 => Number::I64,
        Dtype::F16 => Number::F16,
        Dtype::BF16 => Number::Bf16,
        Dtype::F32 => Number::F32,
        Dtype::F64 => Number::F64,
        _ => return None,
    })
}
