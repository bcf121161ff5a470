//! The page's state and decisions, as plain data and pure functions without a browser, texts or
//! pixels. All of it is tested natively.

pub mod address;
pub mod backends;
pub mod changes;
pub mod checkpoint_file;
pub mod findings;
pub mod frames;
pub(crate) mod listed;
pub mod notice;
pub mod reading;
pub mod refusal;
pub mod run_state;
pub mod settings;
pub mod snapshot;
pub mod supervisor;
pub mod wire;
pub mod zoom;
