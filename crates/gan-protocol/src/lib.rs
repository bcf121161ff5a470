//! The data that page, workers and files exchange: the description of a run, the messages between
//! page and worker, and the headers of checkpoint and generator files.
//!
//! All types are plain data with serde. The crate depends neither on Burn nor on the browser, so
//! the page can validate a spec and show its shapes before any large download, and tests can
//! compare messages with snapshots.

mod batch;
mod change;
mod checkpoint;
mod combination;
mod condition;
mod course;
mod data;
mod direction;
mod encoder;
mod equilibrium;
mod error;
#[doc(hidden)]
pub mod examples;
mod fault;
mod feed;
mod generator;
mod growth;
mod initial;
mod labels;
mod layer;
mod mask;
mod message;
mod names;
mod net;
mod number;
mod objective;
mod optimizer;
mod presets;
mod read;
pub mod recipes;
mod report;
mod run;
mod shape;
mod share;
mod terms;
mod translation;
mod typed;
mod validation;
mod verdict;

pub use batch::RealBatch;
pub use change::{difference, merged};
pub use checkpoint::{CHECKPOINT_FORMAT, CheckpointHeader, DataOrigin};
pub use condition::{ConditionSpec, Degradation, Filter, Hole};
pub use course::{CourseSpec, Diet};
pub use data::{
    AugmentationSpec, DataSource, DataSpec, GaussianSpec, MAX_DRAWN_POINTS, MAX_MODES, PointsSpec,
    SourceFacts, Supply,
};
pub use direction::DirectionSpec;
pub use encoder::{EncoderMethod, EncoderSpec};
pub use equilibrium::Equilibrium;
pub use error::SpecError;
pub use fault::Fault;
pub use feed::{Feed, LatentDistribution, LatentSpec};
pub use generator::{GENERATOR_FORMAT, GeneratorHeader, HEADER_KEY, SampleShape};
pub use growth::GrowthSpec;
pub use initial::{InitialNets, InitialSpec, digest};
pub use labels::{CodeSpec, LabelSpec, MixtureSpec, SemiSupervisedSpec};
pub use layer::cost::Cost;
pub use layer::parameters::{Parameter, Role};
pub use layer::{ActivationKind, LayerSpec};
pub use mask::Mask;
pub use message::{
    Backend, COPY_DISTANCE, Command, Dissection, Event, FrameKind, Metrics, Neighbours, NetName,
    Phase, PlaneSet, Reply, Request, SampleSet, Task, Tuning, Verdicts,
};
pub use names::{Named, Tagged};
pub use net::{InitialWeights, NetSpec};
pub use number::{decimal, written};
pub use objective::{DiffAugmentSpec, InstanceNoiseSpec, Objective, PenaltySpec};
pub use optimizer::{DecaySpec, OptimizerMethod, OptimizerSpec, ScheduleSpec};
pub use presets::{DEFAULT_PRESET, POINTS_PRESET, Preset, preset, preset_names, presets};
pub use report::{Ailment, Diagnosis, Figure, Report, Score};
pub use run::{EmaSpec, RunSpec};
pub use shape::Shape;
pub use share::Share;
pub use terms::TermSpec;
pub use translation::TranslationSpec;
pub use typed::{typed_number, typed_whole};
pub use verdict::{COLLAPSED_DIVERSITY, FIRST_STEPS, Verdict};
