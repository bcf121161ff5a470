//! Files of samples as people have them, recognised by what is in them.
//!
//! | form | recognised by |
//! |---|---|
//! | IDX, every type of element | its first bytes |
//! | CIFAR-10 and CIFAR-100 records | labels where a record begins |
//! | `.npy`, and `.npz` | its first bytes |
//! | `.safetensors`, one tensor or several, 8 to 64 bits a number | its header |
//! | tables: CSV, tab, semicolon with decimal comma, blanks; headings, an index column, `label` | their lines |
//! | gzip of one member or many, zip, tar, and these within each other once | their first bytes |
//!
//! What is none of these is named for what it is, with the remedy: a pointer of Git LFS or git-annex, an
//! HTML page, a pickle, HDF5, Parquet, a picture. A name decides nothing.
//!
//! Bytes go in, numbers come out: [`Source::open`] lists the arrays that files hold without keeping their
//! elements, [`Source::array`] reads one of them, of its rows those that are wanted, so that memory follows
//! what is kept and not what the file holds. [`images()`] makes images of bytes with classes of it,
//! [`samples()`] numbers in double precision. The crate knows neither the web nor a disk, and no net.
//!
//! Files come from strangers: nothing is reserved by what a header claims, and nothing panics on a byte.

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
pub use samples::{Samples, samples};
pub use source::{ArrayInfo, Source};
