//! Lists the arrays in files, and reads the wanted rows of one.

use gan_data::idx;

use crate::array::{Array, Element, Number, Numbers};
use crate::error::{FileError, LeftOut, Reason};
use crate::kind::Kind;
use crate::members::{Go, Member, visit};
use crate::numpy::{self, row_of, stream_rows};
use crate::records::{self, Records};
use crate::table::{self, Table};
use crate::tensors;

/// An array in a file.
#[derive(Clone, Debug)]
pub struct ArrayInfo {
    /// The file's name, the path within the file, the tensor's name.
    pub path: String,
    /// Lengths, slowest first.
    pub shape: Vec<usize>,
    /// NumPy's name for the type of the elements.
    pub element: &'static str,
    pub(crate) is_whole: bool,
    pub(crate) form: Form,
    /// Index of the file, and the path of its member.
    file: usize,
    member: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Idx(Element),
    Numpy,
    Tensor {
        name: String,
        number: Number,
        declared: Option<[f64; 2]>,
    },
    Table(Table),
    /// With one list of labels, or the coarse and the fine one, for the images.
    Records {
        records: Records,
        labels: Vec<Vec<u8>>,
    },
}

/// Files, and the arrays in them.
#[derive(Debug)]
pub struct Source<'a> {
    files: &'a [(String, Vec<u8>)],
    /// The arrays, in the files' order.
    pub arrays: Vec<ArrayInfo>,
    /// The parts that are not read, and the reasons.
    pub left_out: Vec<LeftOut>,
}

impl<'a> Source<'a> {
    /// Lists the arrays in files, each given as name and bytes. Names appear in messages only.
    ///
    /// # Errors
    /// If there is no array at all: the first file's kind, and the remedy.
    pub fn open(files: &'a [(String, Vec<u8>)]) -> Result<Self, FileError> {
        let mut source = Self { files, arrays: Vec::new(), left_out: Vec::new() };
        for (file, (name, bytes)) in files.iter().enumerate() {
            let (mut arrays, mut left_out) = (Vec::new(), Vec::new());
            let read = visit(name, bytes, &mut left_out, &mut |member| {
                list(file, member, &mut arrays)?;
                Ok(Go::On)
            });
            if let Err(FileError { file, message }) = read {
                left_out.push(LeftOut { path: file, reason: Reason::Foreign(message) });
            }
            source.arrays.extend(arrays);
            source.left_out.extend(left_out);
        }
        if !source.arrays.is_empty() {
            return Ok(source);
        }
        let why = source.left_out.iter().find_map(|one| match &one.reason {
            Reason::Hidden => None,
            Reason::Foreign(message) | Reason::Damaged(message) => {
                Some(FileError::new(&one.path, message))
            }
        });
        let names: Vec<&str> = files.iter().map(|(name, _)| &**name).collect();
        Err(why.unwrap_or_else(|| FileError::new(names.join(", "), "holds nothing that is data")))
    }

    /// The array at `path`.
    ///
    /// # Errors
    /// If there is not exactly one; the error lists the existing arrays.
    pub fn info(&self, path: &str) -> Result<&ArrayInfo, FileError> {
        let ends_so = |info: &&ArrayInfo| {
            info.path == path || info.path.rsplit(['/', ':']).next().map(str::trim) == Some(path)
        };
        let mut found = self.arrays.iter().filter(ends_so);
        match (found.next(), found.next()) {
            (Some(info), None) => Ok(info),
            _ => {
                let all: Vec<&str> = self.arrays.iter().map(|info| &*info.path).collect();
                Err(FileError::new(path, format!("is none of {}", all.join(", "))))
            }
        }
    }

    /// The rows of an array for whose index `wanted` holds.
    ///
    /// # Errors
    /// If the array is damaged or cut off, or if the wanted rows do not fit into memory.
    pub fn array(
        &self,
        info: &ArrayInfo,
        wanted: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Array, FileError> {
        let array = |numbers: Numbers, headings: Vec<String>, declared| {
            let inner: usize = info.shape.iter().skip(1).product();
            let mut shape = info.shape.clone();
            if let Some(count) = shape.first_mut() {
                *count = numbers.len().checked_div(inner).unwrap_or(0);
            }
            Array { path: info.path.clone(), shape, numbers, headings, declared }
        };
        if let Form::Table(table) = &info.form {
            let rows = table.values.chunks_exact(table.width).enumerate();
            let kept = rows.filter(|(index, _)| wanted(*index)).flat_map(|(_, row)| row);
            return Ok(array(
                Numbers::Double(kept.copied().collect()),
                table.headings.clone(),
                None,
            ));
        }
        let (name, bytes) = &self.files[info.file];
        let mut found = None;
        visit(name, bytes, &mut Vec::new(), &mut |member| {
            if member.path != info.member {
                return Ok(Go::On);
            }
            found = Some(elements(info, member, wanted)?);
            Ok(Go::Stop)
        })?;
        let gone = || FileError::new(&info.path, "is damaged or cut off");
        let declared = match info.form {
            Form::Tensor { declared, .. } => declared,
            _ => None,
        };
        Ok(array(found.ok_or_else(gone)?, Vec::new(), declared))
    }
}

/// Adds the arrays of `member`.
fn list(
    file: usize,
    member: &mut Member<'_>,
    arrays: &mut Vec<ArrayInfo>,
) -> Result<(), FileError> {
    let path = member.path.clone();
    if let Some(message) = member.kind.refusal().filter(|_| member.kind != Kind::Unknown) {
        return Err(FileError::new(path, message));
    }
    match member.kind {
        Kind::Idx => {
            let header = idx::header(&path, member)?;
            let element = Element::from(header.element);
            row_of(&header.dimensions, element.number.bytes(), &path)?;
            add_here(arrays, file, member, header.dimensions, element.number, Form::Idx(element));
        }
        Kind::Npy => {
            let header = numpy::header(member)?;
            if header.shape.is_empty() || header.shape.contains(&0) {
                return Err(FileError::new(path, "holds no array of samples"));
            }
            row_of(&header.shape, header.element.number.bytes(), &path)?;
            add_here(arrays, file, member, header.shape, header.element.number, Form::Numpy);
        }
        Kind::Safetensors => {
            let bytes = member.whole()?;
            let found = tensors::list(&path, &bytes)?;
            if found.tensors.is_empty() {
                let others: Vec<String> =
                    found.others.iter().map(|(name, kind)| format!("{name} ({kind})")).collect();
                let message = format!("holds no tensor of numbers: {}", others.join(", "));
                return Err(FileError::new(path, message));
            }
            for tensor in found.tensors {
                if tensor.shape.is_empty() || tensor.shape.contains(&0) {
                    continue;
                }
                let declared = found.declared;
                let (name, number) = (tensor.name, tensor.number);
                let tensor_path = format!("{path}: {name}");
                let form = Form::Tensor { name, number, declared };
                add_here(arrays, file, member, tensor.shape, number, form);
                if let Some(added) = arrays.last_mut() {
                    added.path = tensor_path;
                }
            }
        }
        Kind::Text => {
            let bytes = member.whole()?;
            let table = table::parse(&path, &bytes)?;
            let shape = vec![table.count(), table.width];
            add_here(arrays, file, member, shape, Number::F64, Form::Table(table));
        }
        _ => {
            let Some(found) = records::read(member, &mut |_| false)? else {
                let message = Kind::Unknown.refusal().unwrap_or_default();
                return Err(FileError::new(path, message));
            };
            let shape = vec![found.labels[0].len(), 3, 32, 32];
            let form = Form::Records { records: found.records, labels: found.labels };
            add_here(arrays, file, member, shape, Number::U8, form);
        }
    }
    Ok(())
}

/// Adds the single array of a member.
fn add_here(
    arrays: &mut Vec<ArrayInfo>,
    file: usize,
    member: &Member<'_>,
    shape: Vec<usize>,
    number: Number,
    form: Form,
) {
    let (path, member) = (member.path.clone(), member.path.clone());
    let (element, is_whole) = (number.name(), number.is_whole());
    arrays.push(ArrayInfo { path, shape, element, is_whole, form, file, member });
}

/// The wanted rows of the array `info` in its member.
fn elements(
    info: &ArrayInfo,
    member: &mut Member<'_>,
    wanted: &mut dyn FnMut(usize) -> bool,
) -> Result<Numbers, FileError> {
    match &info.form {
        Form::Idx(element) => {
            let header = idx::header(&info.path, member)?;
            let (count, row) = row_of(&header.dimensions, element.number.bytes(), &info.path)?;
            Ok(element.decoded(stream_rows(member, [count, row], wanted)?))
        }
        Form::Numpy => {
            let header = numpy::header(member)?;
            Ok(header.element.decoded(numpy::rows(member, &header, wanted)?))
        }
        Form::Tensor { name, number, .. } => {
            let bytes = member.whole()?;
            let rows = tensors::rows(&info.path, &bytes, name, wanted)?;
            Ok(tensors::element(*number).decoded(rows))
        }
        Form::Table(table) => Ok(Numbers::Double(table.values.clone())),
        Form::Records { .. } => {
            let found = records::read(member, wanted)?;
            let gone = || FileError::new(&info.path, "is damaged or cut off");
            Ok(Numbers::Bytes(found.ok_or_else(gone)?.pixels))
        }
    }
}
