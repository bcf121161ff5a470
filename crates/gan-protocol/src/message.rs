//! The messages between the page and a worker: requests, events and the layout of their buffers.
//!
//! The page sends [`Request`]s. The worker reports the outcome of each by one [`Event::Settled`]
//! (except [`Command::FrameDrawn`]) and sends other events as they happen. Bytes (pixels,
//! checkpoints, files) are not part of a message: they are sent with it as a list of transferred
//! buffers, the *attachments*. The documentation of a message names its attachments.

mod attachment;
mod command;
mod dissection;
mod event;
mod metrics;
mod neighbours;
mod reply;
mod tuning;

pub use attachment::{PlaneSet, SampleSet};
pub use command::{Command, NetName, Request};
pub use dissection::{Dissection, Verdicts};
pub use event::{Backend, Event, FrameKind, Phase, Task};
pub use metrics::Metrics;
pub use neighbours::{COPY_DISTANCE, Neighbours};
pub use reply::Reply;
pub use tuning::Tuning;

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::{DEFAULT_PRESET, examples, preset};

    fn is_read_as_it_is_written<T>(message: &T)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let json = serde_json::to_string(message).expect("plain data");
        let read: Result<T, String> =
            serde_json::from_str(&json).map_err(|error| error.to_string());
        assert_eq!(read.as_ref(), Ok(message), "{json}");
    }

    #[test]
    fn every_message_is_read_as_it_is_written() {
        let spec = preset(DEFAULT_PRESET).expect("a preset").spec;
        examples::commands(&spec).iter().for_each(is_read_as_it_is_written);
        examples::events().iter().for_each(is_read_as_it_is_written);
    }
}
