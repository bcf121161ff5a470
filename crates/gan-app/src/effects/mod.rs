//! What the model wants, done in the browser: workers, the adapter query, files, the address, the
//! canvas and the scripting interface. Decisions are the model's; words and layout are the view's.

pub mod adapter;
pub mod api;
pub mod browser;
pub mod display;
pub mod files;
pub mod manifest;
pub mod page;
pub mod requests;
pub mod scripts;
pub mod sheets;
pub mod worker;
