//! One run as a state machine: requests go in, events come out.
//!
//! The session knows neither workers nor files nor a clock of its own: whoever drives it passes
//! in the time, a sink for events and a loader for data. It is driven by two calls,
//! [`Session::handle`] for a request and [`Session::advance`] for a slice of training, and never
//! holds on to the thread for longer than one step.

mod data;
mod drawing;
mod health;
mod metrics;
mod modes;
mod pace;
mod run;
mod session;

pub use data::{DataLoader, LoadedData, Progress};
pub use drawing::pixels;
pub use health::Health;
pub use metrics::metrics_of;
pub use modes::Modes;
pub use session::{Clock, Outgoing, Session, Sink};
