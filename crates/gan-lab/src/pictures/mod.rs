//! The user's own data: pictures, which are cut to the nets' size, and files of images in any known
//! form. They are chosen or dropped, shown, and trained on.

pub(crate) mod data_files;
mod form;
pub(crate) mod points;
mod reading;
mod summary;
mod task;
pub(crate) mod view;
