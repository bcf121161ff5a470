//! Reads files of samples in the formats that people have, and recognises the format by a file's
//! content.
//!
//! | form | recognised by |
//! |---|---|
//! | IDX, every type of element | its first bytes |
//! | CIFAR-10 and CIFAR-100 records | labels where a record begins |
//! | `.npy`, and `.npz` | its first bytes |
//! | `.safetensors`, one tensor or several, 8 to 64 bits a number | its header |
//! | tables: CSV, tab, semicolon with decimal comma, blanks; headings, an index column, `label` | their lines |
//! | gzip of one member or many, zip, tar, and these within each other, up to three deep | their first bytes |
//!
//! Other files are refused by an error that names their kind and the remedy: a pointer of Git LFS
//! or git-annex, an HTML page, a pickle, HDF5, Parquet, a picture. Names of files do not decide the
//! format.
//!
//! [`Source::open`] lists the arrays in files; of these, only tables and CIFAR's labels are kept in
//! memory. [`Source::array`] reads the requested rows of an array, so that memory depends on the
//! rows kept and not on the file. [`images()`] converts an array to images of bytes with classes,
//! [`samples()`] to numbers in double precision. The crate knows neither the web, nor disks, nor
//! nets.
//!
//! Files come from strangers: no memory is reserved on a header's word, and no byte causes a panic.

mod array;
mod choice;
mod classes;
mod error;
mod images;
mod kind;
mod labels;
mod members;
mod numpy;
mod pixels;
mod range;
mod records;
mod samples;
mod source;
mod table;
mod tensors;

pub use array::{Array, Numbers};
pub use choice::{Choice, Limit, Order};
pub use classes::{Classes, natural_order};
pub use error::{FileError, LeftOut, Reason};
pub use images::{Images, candidates, images, lies_on_its_side};
pub use kind::Kind;
pub use range::Range;
pub use samples::{Samples, has_pairs, samples};
pub use source::{ArrayInfo, Source};
