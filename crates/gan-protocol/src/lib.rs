//! What crosses a boundary: the description of a run, the messages between page and worker, and
//! the header of a checkpoint file.
//!
//! Everything here is plain data with serde. The crate knows neither Burn nor the browser, so
//! that the page can validate a spec and show its shapes before any large download, and so that
//! the wire can be tested by snapshots.

mod change;
mod checkpoint;
mod error;
mod message;
mod net;
mod presets;
mod run;
mod shape;

pub use change::{difference, merged};
pub use checkpoint::{CHECKPOINT_FORMAT, CheckpointHeader};
pub use error::SpecError;
pub use message::{
    Backend, Command, Event, Fault, FrameKind, Metrics, Phase, Reply, Request, SampleSet, Task,
    Tuning,
};
pub use net::{ActivationKind, InitialWeights, LayerSpec, NetSpec};
pub use presets::{DEFAULT_PRESET, Preset, preset, presets};
pub use run::{
    AdamSpec, DataSource, DataSpec, EmaSpec, LatentDistribution, LatentSpec, Objective, RunSpec,
};
pub use shape::Shape;
