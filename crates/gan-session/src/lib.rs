//! Trains one run as a state machine: requests go in, events come out.
//!
//! The session knows no workers, no files and no clock. Its caller provides a clock, a sink for
//! events and a loader for data, and makes two calls: [`Session::handle`] for a request, and
//! [`Session::advance`] for a slice of training. A slice takes about 60 ms, or one step where a
//! step takes longer.

mod course;
mod data;
mod drawing;
mod health;
mod modes;
mod pace;
mod run;
mod session;

pub use course::{CLASSIFIER_AUGMENTATION, Course, Made, classifier_net, classifier_optimizer};
pub use data::{DataLoader, LoadedData, Progress};
pub use drawing::pixels;
pub use health::Health;
pub use modes::Modes;
pub use session::{Clock, Outgoing, Session, Sink};
