//! The numbers of nets as named tensors: reading from the device, writing back, and the bytes of a
//! `.safetensors` file.
//!
//! A header beside the tensors stands as JSON in the file's `__metadata__`. The module of each kind
//! of file defines its header.

use std::collections::HashMap;

use burn::tensor::{Device, TensorData, Transaction};
use gan_protocol::HEADER_KEY;
use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Serialize;
use serde_json::Value;

use crate::error::CoreError;
use crate::net::{Net, tensor};
use crate::ops::tensor::Tensor;
use crate::precision::{Quantised, quantised, scaled};

/// What a tensor of scales is called beyond the name of its integers.
pub(crate) const SCALE_SUFFIX: &str = ".scale";

/// A tensor on the host.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedTensor {
    pub(crate) name: String,
    pub(crate) dimensions: Vec<usize>,
    /// The last dimension runs fastest.
    pub(crate) values: Vec<f32>,
}

/// The target of named tensors: several parts of one flat tensor, each with its name and shape.
pub(crate) struct Slot<'a> {
    pub(crate) parts: Vec<(String, Vec<usize>)>,
    /// Each part takes up a multiple of this count of numbers.
    pub(crate) alignment: usize,
    pub(crate) value: &'a mut Tensor<1>,
}

/// Name and shape of each parameter of `net`, under `prefix`.
pub(crate) fn parts(prefix: &str, net: &Net) -> Vec<(String, Vec<usize>)> {
    let named = net.names.iter().zip(&net.dimensions);
    named.map(|(name, dimensions)| (format!("{prefix}.{name}"), dimensions.clone())).collect()
}

/// Adds the slots of all tensors of `net`: its parameters, then its buffers.
pub(crate) fn net_slots<'a>(prefix: &str, net: &'a mut Net, slots: &mut Vec<Slot<'a>>) {
    let parts = parts(prefix, net);
    slots.push(Slot { parts, alignment: net.alignment, value: &mut net.numbers });
    for (name, value) in net.buffer_names.iter().zip(&mut net.buffers) {
        let dimensions = value.dims().to_vec();
        let parts = vec![(format!("{prefix}.{name}"), dimensions)];
        slots.push(Slot { parts, alignment: 1, value });
    }
}

/// The tensors of `slots`, in their order. Waits for the device.
///
/// # Errors
/// When the device fails.
pub(crate) async fn read(slots: Vec<Slot<'_>>) -> Result<Vec<NamedTensor>, CoreError> {
    let mut transaction = Transaction::default();
    for slot in &slots {
        transaction = transaction.register(slot.value.clone().burn());
    }
    let mut tensors = Vec::new();
    for (slot, data) in slots.into_iter().zip(transaction.execute_async().await?) {
        let all = floats(data)?;
        let mut start = 0;
        for (name, dimensions) in slot.parts {
            let count = dimensions.iter().product::<usize>();
            let values = all[start..start + count].to_vec();
            start += count.next_multiple_of(slot.alignment);
            tensors.push(NamedTensor { name, dimensions, values });
        }
    }
    Ok(tensors)
}

/// Writes `stored` into `slots`, by name. Tensors without a slot are ignored.
///
/// # Errors
/// If a tensor is missing or misshapen.
pub(crate) fn fill(
    slots: Vec<Slot<'_>>,
    stored: &[NamedTensor],
    device: &Device,
) -> Result<(), String> {
    let stored: HashMap<&str, &NamedTensor> =
        stored.iter().map(|named| (named.name.as_str(), named)).collect();
    for slot in slots {
        let mut values = Vec::new();
        for (name, dimensions) in &slot.parts {
            let Some(named) = stored.get(name.as_str()) else {
                return Err(format!("tensor {name} is missing"));
            };
            if named.dimensions != *dimensions {
                let found = &named.dimensions;
                return Err(format!("tensor {name} has shape {found:?}, not {dimensions:?}"));
            }
            values.extend_from_slice(&named.values);
            values.resize(values.len().next_multiple_of(slot.alignment), 0.0);
        }
        *slot.value = tensor(values, device);
    }
    Ok(())
}

/// The bytes of a file with 32 bits a number.
pub(crate) fn serialized(tensors: &[NamedTensor], header: &impl Serialize) -> Vec<u8> {
    encoded(tensors.iter().map(full).collect(), header)
}

/// The bytes of a file with 16 bits a number.
///
/// # Errors
/// If a number is not finite in 16 bits.
pub(crate) fn serialized_in_16_bits(
    tensors: &[NamedTensor],
    header: &impl Serialize,
) -> Result<Vec<u8>, String> {
    Ok(encoded(tensors.iter().map(half).collect::<Result<_, _>>()?, header))
}

/// The bytes of a file with 8 bits a number, as far as that is worth it (see `precision`).
///
/// # Errors
/// If a number is not finite in 16 bits.
pub(crate) fn serialized_in_8_bits(
    tensors: &[NamedTensor],
    header: &impl Serialize,
) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    for named in tensors {
        // A number that 16 bits cannot hold is refused for any kind of file.
        let as_half = half(named)?;
        match quantised(named) {
            Some(Quantised { integers, scales }) => {
                let data = integers.iter().map(|x| x.to_le_bytes()[0]).collect();
                let dimensions = named.dimensions.clone();
                all.push(Encoded { name: named.name.clone(), dtype: Dtype::I8, dimensions, data });
                all.push(full(&scales));
            }
            None => all.push(as_half),
        }
    }
    Ok(encoded(all, header))
}

/// A tensor as bytes.
struct Encoded {
    name: String,
    dtype: Dtype,
    dimensions: Vec<usize>,
    data: Vec<u8>,
}

fn full(named: &NamedTensor) -> Encoded {
    let data = named.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let (name, dimensions) = (named.name.clone(), named.dimensions.clone());
    Encoded { name, dtype: Dtype::F32, dimensions, data }
}

fn half(named: &NamedTensor) -> Result<Encoded, String> {
    let fits = |value: &f32| f16::from_f32(*value).is_finite();
    if !named.values.iter().all(fits) {
        return Err(format!("tensor {} does not fit 16 bits a number", named.name));
    }
    let bytes = |value: &f32| f16::from_f32(*value).to_le_bytes();
    let data = named.values.iter().flat_map(bytes).collect();
    let (name, dimensions) = (named.name.clone(), named.dimensions.clone());
    Ok(Encoded { name, dtype: Dtype::F16, dimensions, data })
}

fn encoded(tensors: Vec<Encoded>, header: &impl Serialize) -> Vec<u8> {
    let header = serde_json::to_string(header).expect("a header is plain data");
    let metadata = HashMap::from([(HEADER_KEY.to_owned(), header)]);
    let views = tensors.iter().map(|one| {
        let view = TensorView::new(one.dtype, one.dimensions.clone(), &one.data)
            .expect("shape and bytes come from the same tensor");
        (one.name.as_str(), view)
    });
    serialize(views, Some(metadata)).expect("the header is small and names are distinct")
}

/// The bytes of `file` with another header.
///
/// # Errors
/// If the file is cut off or of another kind.
pub(crate) fn with_header(file: &[u8], header: &impl Serialize) -> Result<Vec<u8>, String> {
    let tensors = SafeTensors::deserialize(file).map_err(|error| error.to_string())?;
    let header = serde_json::to_string(header).map_err(|error| error.to_string())?;
    let metadata = HashMap::from([(HEADER_KEY.to_owned(), header)]);
    serialize(tensors.iter(), Some(metadata)).map_err(|error| error.to_string())
}

/// The header in a file's `__metadata__`, after a check that its format is `format`.
///
/// # Errors
/// If the file is cut off, or of another kind or version.
pub(crate) fn header(bytes: &[u8], format: &str) -> Result<Value, String> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER_KEY));
    let header = header.ok_or("it has no header of this program")?;
    let header: Value = serde_json::from_str(header).map_err(|error| error.to_string())?;
    match header["format"].as_str() {
        Some(found) if found == format => Ok(header),
        found => Err(format!("its format is {}, not {format}", found.unwrap_or("none"))),
    }
}

/// The tensors of a file, by name. `decode` gives a tensor's numbers, or `None` for a number type
/// that the file must not have.
///
/// # Errors
/// If the file is cut off or of another kind, or holds numbers of another kind or not finite.
pub(crate) fn tensors(
    bytes: &[u8],
    decode: impl Fn(&TensorView<'_>) -> Option<Vec<f32>>,
) -> Result<Vec<NamedTensor>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    let (mut tensors, mut integers) = (Vec::new(), Vec::new());
    for (name, view) in file.iter() {
        if view.dtype() == Dtype::I8 {
            integers.push(name.to_owned());
        }
        let Some(values) = decode(&view) else {
            return Err(format!("tensor {name} holds {:?}, which is not read", view.dtype()));
        };
        if values.iter().any(|value| !value.is_finite()) {
            return Err(format!("tensor {name} holds NaN or infinity"));
        }
        let (name, dimensions) = (name.to_owned(), view.shape().to_vec());
        tensors.push(NamedTensor { name, dimensions, values });
    }
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    integers.sort();
    // Lists, not maps, which would be two kilobytes more in the widget.
    let place = |tensors: &[NamedTensor], name: &str| {
        tensors.binary_search_by(|named| named.name.as_str().cmp(name)).ok()
    };
    for name in &integers {
        let Some(scales) = place(&tensors, &format!("{name}{SCALE_SUFFIX}")) else {
            return Err(format!("tensor {name} holds integers, without a scale"));
        };
        let scales = tensors[scales].clone();
        let Some(at) = place(&tensors, name) else { continue };
        scaled(&mut tensors[at], &scales)?;
        if tensors[at].values.iter().any(|value| !value.is_finite()) {
            return Err(format!("tensor {name} holds integers whose scale is too large"));
        }
    }
    tensors.retain(|named| {
        let of = named.name.strip_suffix(SCALE_SUFFIX);
        of.is_none_or(|of| integers.binary_search_by(|name| name.as_str().cmp(of)).is_err())
    });
    Ok(tensors)
}

/// The numbers of a tensor of 32 bits; `None` for any other type.
pub(crate) fn f32_numbers(view: &TensorView<'_>) -> Option<Vec<f32>> {
    let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().expect("four bytes"));
    (view.dtype() == Dtype::F32).then(|| view.data().chunks_exact(4).map(number).collect())
}

/// The numbers of a tensor of 8, 16 or 32 bits; `None` for any other type. Those of 8 bits are not scaled yet.
pub(crate) fn numbers(view: &TensorView<'_>) -> Option<Vec<f32>> {
    let number = |bytes: &[u8]| f16::from_le_bytes(bytes.try_into().expect("two bytes")).to_f32();
    match view.dtype() {
        Dtype::F16 => Some(view.data().chunks_exact(2).map(number).collect()),
        Dtype::I8 => Some(view.data().iter().map(|x| f32::from(x.cast_signed())).collect()),
        _ => f32_numbers(view),
    }
}

/// The numbers of data just read.
pub(crate) fn floats(data: TensorData) -> Result<Vec<f32>, CoreError> {
    data.try_into_vec::<f32>().map_err(|error| CoreError::Device(format!("{error:?}")))
}
