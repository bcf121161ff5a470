//! The user's own pictures: chosen or dropped, cut to the nets' size, trained on.

mod form;
pub(crate) mod view;
