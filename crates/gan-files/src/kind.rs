//! Recognises the kind of a file by its first bytes.

/// Number of first bytes that are examined: a tar archive's mark ends at byte 262.
pub(crate) const HEAD_BYTES: usize = 1 << 10;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No bytes.
    Empty,
    /// IDX.
    Idx,
    /// NumPy's `.npy`, one array.
    Npy,
    /// Safetensors.
    Safetensors,
    /// Compressed by gzip.
    Gzip,
    /// A zip archive; `.npz` is one.
    Zip,
    /// A tar archive.
    Tar,
    /// Lines of text that may be a table.
    Text,
    /// A picture: PNG, JPEG, GIF, WebP, BMP, AVIF, HEIC, TIFF.
    Picture,
    /// A pointer of Git LFS or git-annex in place of the file.
    Pointer,
    /// A web page, which servers may send in place of a file.
    Html,
    /// A pickle of Python's.
    Pickle,
    /// HDF5.
    Hdf5,
    /// Parquet.
    Parquet,
    /// MATLAB's level 5.
    Matlab,
    /// Another archive: bzip2, xz, zstd, 7z, rar.
    OtherArchive,
    /// None of these. CIFAR's records, which have no mark, are among them.
    Unknown,
}

impl Kind {
    /// The kind of a file with these first bytes.
    pub fn of(head: &[u8]) -> Self {
        let starts = |mark: &[u8]| head.starts_with(mark);
        if head.is_empty() {
            return Self::Empty;
        }
        if starts(b"\x1f\x8b") {
            return Self::Gzip;
        }
        if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            return Self::Zip;
        }
        if head.get(257..262) == Some(b"ustar") {
            return Self::Tar;
        }
        if starts(b"\x93NUMPY") {
            return Self::Npy;
        }
        if head.len() >= 4 && starts(b"\0\0") && (0x08..=0x0e).contains(&head[2]) {
            return Self::Idx;
        }
        if starts(b"\x89HDF\r\n\x1a\n") {
            return Self::Hdf5;
        }
        if starts(b"PAR1") {
            return Self::Parquet;
        }
        if starts(b"MATLAB 5.0") {
            return Self::Matlab;
        }
        let archives: [&[u8]; 5] =
            [b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!"];
        if archives.into_iter().any(starts) {
            return Self::OtherArchive;
        }
        if is_picture(head) {
            return Self::Picture;
        }
        if is_safetensors(head) {
            return Self::Safetensors;
        }
        if starts(b"\x80") && matches!(head.get(1), Some(2..=5)) {
            return Self::Pickle;
        }
        text_kind(head)
    }

    /// The reason why a file of this kind is not read, with the remedy; `None` for kinds that are
    /// read.
    pub(crate) fn refusal(self) -> Option<&'static str> {
        Some(match self {
            Self::Empty => "the file is empty",
            Self::Picture => {
                "is a picture, not a file of samples: choose pictures, or a folder of them, as pictures"
            }
            Self::Pointer => {
                "is a pointer to the data and holds none: fetch the file itself, by `git lfs pull` or \
                 `git annex get`"
            }
            Self::Html => {
                "is a web page, not data: the server gave a page in the file's place, so download the \
                 file itself"
            }
            Self::Pickle => {
                "is a pickle, which may run programs when it is read: save its arrays as .npz, for \
                 CIFAR take the binary version"
            }
            Self::Hdf5 => "is HDF5: save its arrays as .npz",
            Self::Parquet => "is Parquet: save it as .csv or its arrays as .npz",
            Self::Matlab => "is MATLAB's: save its arrays as .npz (scipy.io.loadmat, numpy.savez)",
            Self::OtherArchive => "is packed by a method that is not read here: unpack it",
            Self::Unknown => {
                "is no file of samples that is known here: IDX, CIFAR's binary version, .npy, .npz, \
                 .safetensors, tables as text, each also in .gz, .zip or .tar"
            }
            Self::Idx
            | Self::Npy
            | Self::Safetensors
            | Self::Gzip
            | Self::Zip
            | Self::Tar
            | Self::Text => return None,
        })
    }
}

fn is_picture(head: &[u8]) -> bool {
    let marks: [&[u8]; 4] = [b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF"];
    let inner = |range: std::ops::Range<usize>, mark: &[u8]| head.get(range) == Some(mark);
    marks.into_iter().any(|mark| head.starts_with(mark))
        && (!head.starts_with(b"RIFF") || inner(8..12, b"WEBP"))
        || inner(4..12, b"ftypavif")
        || inner(4..12, b"ftypheic")
        || head.starts_with(b"II*\0")
        || head.starts_with(b"MM\0*")
        // A BMP's header has reserved bytes that are zero.
        || head.starts_with(b"BM") && inner(6..10, &[0; 4])
}

/// A safetensors file begins with the header's length, then the header in JSON.
fn is_safetensors(head: &[u8]) -> bool {
    let Some(length) = head.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) else {
        return false;
    };
    let json = head[8..].iter().find(|byte| !byte.is_ascii_whitespace());
    (2..100 << 20).contains(&length) && json == Some(&b'{')
}

fn text_kind(head: &[u8]) -> Kind {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if text.iter().any(control) {
        return Kind::Unknown;
    }
    let start = text.trim_ascii_start();
    let begins = |mark: &str| {
        start.get(..mark.len()).is_some_and(|found| found.eq_ignore_ascii_case(mark.as_bytes()))
    };
    if begins("version https://git-lfs")
        || begins("/annex/objects/")
        || has(start, b".git/annex/objects/")
    {
        return Kind::Pointer;
    }
    if begins("<!doctype html") || begins("<html") || begins("<?xml") && has(start, b"<html") {
        return Kind::Html;
    }
    // Latin text has letters beyond ASCII, but a table of numbers consists of digits.
    if start.iter().any(u8::is_ascii_digit) { Kind::Text } else { Kind::Unknown }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let cases: [(&[u8], Kind); 20] = [
            (b"", Kind::Empty),
            (b"\0\0\x08\x03\0\0\0\x01", Kind::Idx),
            (b"\0\0\x0c\x02\0\0\0\x01", Kind::Idx),
            (b"\x1f\x8b\x08\0", Kind::Gzip),
            (b"PK\x03\x04", Kind::Zip),
            (b"\x93NUMPY\x01\0", Kind::Npy),
            (b"\x40\0\0\0\0\0\0\0{\"a\":", Kind::Safetensors),
            (b"1.5,2\n3,4\n", Kind::Text),
            (b"\xef\xbb\xbfx;y\n1,5;2\n", Kind::Text),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
                Kind::Pointer,
            ),
            (b"/annex/objects/SHA256E-s12--ab.gz\n", Kind::Pointer),
            (b"../.git/annex/objects/aB/1c/SHA256E-s12--ab.gz", Kind::Pointer),
            (b"<!DOCTYPE html>\n<html>", Kind::Html),
            (b"\n<HTML><head>", Kind::Html),
            (b"\x80\x04\x95\x10\0", Kind::Pickle),
            (b"\x89HDF\r\n\x1a\n", Kind::Hdf5),
            (b"\x89PNG\r\n\x1a\n", Kind::Picture),
            (b"BZh91AY", Kind::OtherArchive),
            (b"PAR1\x15\0", Kind::Parquet),
            (b"\x06\x9a\x9b\x9c\x00\x01", Kind::Unknown),
        ];
        for (head, kind) in cases {
            assert_eq!(Kind::of(head), kind, "{}", head.escape_ascii());
        }
    }
}
