//! Carries out the model's effects in the browser: workers, the adapter query, files, the address,
//! the canvas and the interface for scripts. The model makes the decisions; the view has texts and
//! layout.

pub mod adapter;
pub mod api;
pub mod browser;
pub mod display;
pub mod files;
pub mod history;
pub mod link;
pub mod manifest;
pub mod page;
pub mod requests;
pub mod scripts;
pub mod sheets;
pub mod worker;
