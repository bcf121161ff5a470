//! Reads NumPy's arrays (`.npy`).

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use crate::array::{Element, Number, keep};
use crate::error::FileError;
use crate::members::Member;

/// The header of an array.
pub(crate) struct Header {
    pub(crate) element: Element,
    pub(crate) shape: Vec<usize>,
    /// Whether the first index runs fastest: Fortran's order, in which pandas saves tables.
    pub(crate) first_is_fastest: bool,
}

/// Reads the header and leaves the member at the first element.
///
/// # Errors
/// If the header is damaged, or the elements are not numbers.
pub(crate) fn header(member: &mut Member<'_>) -> Result<Header, FileError> {
    let path = member.path.clone();
    let header = NpyHeader::from_reader(member)
        .map_err(|error| FileError::new(&path, format!("is no whole .npy file: {error}")))?;
    let told = |message: String| FileError::new(&path, message);
    let DType::Plain(kind) = header.dtype() else {
        return Err(told("holds records with fields; save its columns as one array".to_owned()));
    };
    let number = match (kind.type_char(), kind.size_field()) {
        (TypeChar::Bool, 1) => Number::Bool,
        (TypeChar::Uint, 1) => Number::U8,
        (TypeChar::Uint, 2) => Number::U16,
        (TypeChar::Uint, 4) => Number::U32,
        (TypeChar::Uint, 8) => Number::U64,
        (TypeChar::Int, 1) => Number::I8,
        (TypeChar::Int, 2) => Number::I16,
        (TypeChar::Int, 4) => Number::I32,
        (TypeChar::Int, 8) => Number::I64,
        (TypeChar::Float, 2) => Number::F16,
        (TypeChar::Float, 4) => Number::F32,
        (TypeChar::Float, 8) => Number::F64,
        (TypeChar::Object, _) => {
            let message = "holds Python objects, which may run programs when they are read: save it as \
                           numbers, by array.astype(\"float32\")";
            return Err(told(message.to_owned()));
        }
        _ => return Err(told(format!("holds elements of type {kind}, which are no numbers"))),
    };
    let lengths = header.shape().iter().map(|length| usize::try_from(*length));
    let shape = lengths.collect::<Result<Vec<usize>, _>>();
    let shape = shape.map_err(|_| told("is larger than memory".to_owned()))?;
    Ok(Header {
        element: Element { number, big_end_first: kind.endianness() == Endianness::Big },
        first_is_fastest: header.order() == Order::Fortran && shape.len() > 1,
        shape,
    })
}

/// The wanted rows of an array whose header has been read, first index slowest.
///
/// # Errors
/// If the array is cut off, or too large.
pub(crate) fn rows(
    member: &mut Member<'_>,
    header: &Header,
    wanted: &mut dyn FnMut(usize) -> bool,
) -> Result<Vec<u8>, FileError> {
    let bytes = header.element.number.bytes();
    let (count, row) = row_of(&header.shape, bytes, &member.path)?;
    let mut kept = Vec::new();
    if header.first_is_fastest {
        let whole = member.whole()?;
        if whole.len() != count * row {
            return Err(cut_off(member, whole.len(), count * row));
        }
        let mut turned = vec![0; row];
        for index in (0..count).filter(|index| wanted(*index)) {
            turn(&whole, &header.shape, bytes, index, &mut turned);
            keep(&mut kept, &turned, &member.path)?;
        }
        return Ok(kept);
    }
    stream_rows(member, [count, row], wanted)
}

/// The wanted ones of `count` rows of `row` bytes each. These rows must be all that the member has
/// left.
pub(crate) fn stream_rows(
    member: &mut Member<'_>,
    [count, row]: [usize; 2],
    wanted: &mut dyn FnMut(usize) -> bool,
) -> Result<Vec<u8>, FileError> {
    let (mut kept, mut buffer) = (Vec::new(), vec![0; row]);
    for index in 0..count {
        let found = member.fill(&mut buffer)?;
        if found < row {
            return Err(cut_off(member, index * row + found, count.saturating_mul(row)));
        }
        if wanted(index) {
            keep(&mut kept, &buffer, &member.path)?;
        }
    }
    if member.fill(&mut [0])? > 0 {
        return Err(FileError::new(&member.path, "goes on after its last element"));
    }
    Ok(kept)
}

/// The number of rows, and the bytes of one row.
///
/// # Errors
/// If a header claims too many rows or a row that is too large.
pub(crate) fn row_of(
    shape: &[usize],
    element_bytes: usize,
    path: &str,
) -> Result<(usize, usize), FileError> {
    const MOST_ROWS: usize = 1 << 26;
    const MOST_ROW_BYTES: usize = 64 << 20;
    let (count, inner) = shape.split_first().map_or((1, shape), |(count, inner)| (*count, inner));
    let row = inner.iter().try_fold(element_bytes, |bytes, length| bytes.checked_mul(*length));
    match row.filter(|row| (1..=MOST_ROW_BYTES).contains(row) && count <= MOST_ROWS) {
        Some(row) => Ok((count, row)),
        None => {
            Err(FileError::new(path, format!("has the shape {shape:?}, which no samples have")))
        }
    }
}

/// Writes row `index` of an array in Fortran's order to `row`, last index fastest.
fn turn(whole: &[u8], shape: &[usize], bytes: usize, index: usize, row: &mut [u8]) {
    let inner = &shape[1..];
    for (place, element) in row.chunks_exact_mut(bytes).enumerate() {
        // The indices of the element at this place of the row, from the last to the first.
        let (mut rest, mut at, mut stride) = (place, index, shape[0]);
        let mut indices = vec![0; inner.len()];
        for (axis, length) in inner.iter().enumerate().rev() {
            indices[axis] = rest % length;
            rest /= length;
        }
        for (axis, length) in inner.iter().enumerate() {
            at += indices[axis] * stride;
            stride *= length;
        }
        element.copy_from_slice(&whole[at * bytes..][..bytes]);
    }
}

fn cut_off(member: &Member<'_>, found: usize, expected: usize) -> FileError {
    let message = format!("is cut off: found {found} bytes of elements, expected {expected}");
    FileError::new(&member.path, message)
}
