//! Opens files and archives: visits the file itself, or the entries of an archive, unpacked as they
//! are read.
//!
//! Bytes are unpacked only when they are read, so that a reader which stops at the first wrong byte
//! is safe from bombs.

use std::io::{BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::array::MOST_BYTES;
use crate::error::{FileError, LeftOut, Reason};
use crate::kind::{HEAD_BYTES, Kind};

/// Depth of archives within each other that are opened: a zip of .tar.gz has three.
const MOST_LEVELS: usize = 3;
/// Entries of an archive that are visited.
const MOST_ENTRIES: usize = 100_000;

/// One file, read once from its beginning.
pub(crate) struct Member<'a> {
    /// The file's name, and the path within the file.
    pub(crate) path: String,
    /// Its kind, by its first bytes.
    pub(crate) kind: Kind,
    head: Cursor<Vec<u8>>,
    rest: &'a mut dyn Read,
}

impl<'a> Member<'a> {
    fn new(path: String, rest: &'a mut dyn Read) -> Result<Self, FileError> {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let read = (&mut *rest).take(HEAD_BYTES as u64).read_to_end(&mut head);
        read.map_err(|error| damaged(&path, &error))?;
        Ok(Self { kind: Kind::of(&head), path, head: Cursor::new(head), rest })
    }

    /// Fills `into` as far as the bytes go. Returns the number of bytes read.
    pub(crate) fn fill(&mut self, into: &mut [u8]) -> Result<usize, FileError> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read(&mut into[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) => return Err(damaged(&self.path, &error)),
            }
        }
        Ok(filled)
    }

    /// All remaining bytes.
    pub(crate) fn whole(&mut self) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        let path = self.path.clone();
        let read = self.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| damaged(&path, &error))?;
        if bytes.len() > MOST_BYTES {
            let message =
                format!("holds more than {} MiB, which cannot be read at once", MOST_BYTES >> 20);
            return Err(FileError::new(path, message));
        }
        Ok(bytes)
    }
}

impl Read for Member<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.head.read(into)? {
            0 => self.rest.read(into),
            read => Ok(read),
        }
    }
}

/// Whether to continue with the next member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    On,
    Stop,
}

/// Called for each member.
pub(crate) type Each<'e> = dyn FnMut(&mut Member<'_>) -> Result<Go, FileError> + 'e;

/// Calls `each` with the file `name`, or with each entry if it is an archive. Hidden and damaged
/// entries are added to `left_out`.
///
/// # Errors
/// That the file is damaged, and the errors of `each`.
pub(crate) fn visit(
    name: &str,
    bytes: &[u8],
    left_out: &mut Vec<LeftOut>,
    each: &mut Each<'_>,
) -> Result<Go, FileError> {
    if Kind::of(bytes.get(..HEAD_BYTES).unwrap_or(bytes)) == Kind::Zip {
        return zip_entries(name, bytes, 1, left_out, each);
    }
    descend(name.to_owned(), &mut &*bytes, 0, left_out, each)
}

fn descend(
    path: String,
    stream: &mut dyn Read,
    level: usize,
    left_out: &mut Vec<LeftOut>,
    each: &mut Each<'_>,
) -> Result<Go, FileError> {
    let mut member = Member::new(path, stream)?;
    let packed = matches!(member.kind, Kind::Gzip | Kind::Tar | Kind::Zip);
    if packed && level == MOST_LEVELS {
        return Err(FileError::new(member.path, "is packed too often: unpack it"));
    }
    let (path, level) = (member.path.clone(), level + 1);
    match member.kind {
        Kind::Gzip => {
            let mut plain = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, member));
            // Under the file's own name, which is the one that the user knows.
            descend(path, &mut plain, level, left_out, each)
        }
        Kind::Tar => tar_entries(&path, &mut member, level, left_out, each),
        Kind::Zip => {
            let bytes = member.whole()?;
            zip_entries(&path, &bytes, level, left_out, each)
        }
        _ => each(&mut member),
    }
}

fn tar_entries(
    name: &str,
    stream: &mut dyn Read,
    level: usize,
    left_out: &mut Vec<LeftOut>,
    each: &mut Each<'_>,
) -> Result<Go, FileError> {
    let mut archive = tar::Archive::new(stream);
    let entries = archive.entries().map_err(|error| damaged(name, &error))?;
    for entry in entries.take(MOST_ENTRIES) {
        // Nothing can be found behind a damaged header.
        let mut entry = entry.map_err(|error| damaged(name, &error))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = format!("{name}/{}", String::from_utf8_lossy(&entry.path_bytes()));
        if entry_of(path, &mut entry, level, left_out, each)? == Go::Stop {
            return Ok(Go::Stop);
        }
    }
    // An archive ends before its stream does: the end of a compressed one holds its checksum.
    let stream = archive.into_inner();
    std::io::copy(stream, &mut std::io::sink()).map_err(|error| damaged(name, &error))?;
    Ok(Go::On)
}

fn zip_entries(
    name: &str,
    bytes: &[u8],
    level: usize,
    left_out: &mut Vec<LeftOut>,
    each: &mut Each<'_>,
) -> Result<Go, FileError> {
    let told = |error: &dyn std::fmt::Display| {
        FileError::new(name, format!("the archive is damaged or cut off: {error}"))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    for index in 0..archive.len().min(MOST_ENTRIES) {
        let mut entry = archive.by_index(index).map_err(|error| told(&error))?;
        if entry.is_dir() {
            continue;
        }
        let path = format!("{name}/{}", String::from_utf8_lossy(entry.name_raw()));
        if entry_of(path, &mut entry, level, left_out, each)? == Go::Stop {
            return Ok(Go::Stop);
        }
    }
    Ok(Go::On)
}

/// Visits an entry of an archive. A damaged entry is left out, and the others are still read.
fn entry_of(
    path: String,
    stream: &mut dyn Read,
    level: usize,
    left_out: &mut Vec<LeftOut>,
    each: &mut Each<'_>,
) -> Result<Go, FileError> {
    if is_hidden(&path) {
        left_out.push(LeftOut { path, reason: Reason::Hidden });
        return Ok(Go::On);
    }
    match descend(path, stream, level, left_out, each) {
        Ok(go) => Ok(go),
        Err(FileError { file, message }) => {
            left_out.push(LeftOut { path: file, reason: Reason::Damaged(message) });
            Ok(Go::On)
        }
    }
}

/// Whether a path leads to a file that a system or a tool keeps for itself.
pub(crate) fn is_hidden(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        part.starts_with('.') && part.len() > 1 && part != ".."
            || ["__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r"].contains(&part)
    })
}

fn damaged(path: &str, error: &std::io::Error) -> FileError {
    FileError::new(path, format!("is damaged or cut off: {error}"))
}
