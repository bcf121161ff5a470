//! The user's own data: pictures, which are cut to the nets' size, and files of images in whatever form;
//! chosen or dropped, shown, trained on.

pub(crate) mod data_files;
mod form;
mod summary;
pub(crate) mod view;
