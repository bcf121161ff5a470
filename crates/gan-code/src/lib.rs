//! A run as a short PyTorch program, for whoever wants to go on where the page ends.
//!
//! The program holds what its run needs and nothing else: no layer, loss or option that another
//! run might have. What is computed is what `gan-core` computes, in the same order; where PyTorch
//! does the same thing another way, the program does it PyTorch's way and says where that shows.
//!
//! A program is a list of blocks, and each module writes its own: `points` and `images` (with `fit` and
//! `augment`) where real samples come from, `layers` and `nets` the nets, `start` how their weights begin, `shown` what
//! happens to samples before they are judged, `losses` what the nets minimise, `optimizers` how
//! they follow it, `weights` what is taken over from a checkpoint, `training` the rest.

mod augment;
mod fit;
mod images;
mod layers;
mod lines;
mod losses;
mod nets;
mod optimizers;
mod points;
mod run;
mod shown;
mod start;
mod training;
mod weights;
mod words;

use gan_protocol::RunSpec;

use lines::program;
use run::Run;

pub use weights::Checkpoint;

/// A run as a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Python, to be saved as a file and run.
    pub text: String,
    /// What the run has and the program has not, by the spec's own names; nearly always empty. The
    /// program's first lines say it too.
    pub left_out: Vec<String>,
}

/// The program of `spec`.
///
/// # Panics
/// If the nets' shapes do not fit, which [`RunSpec::validate`] would have said.
pub fn pytorch(spec: &RunSpec) -> Program {
    written(&Run::new(spec, None))
}

/// As [`pytorch`], going on from a checkpoint of the run: the program reads its file.
///
/// # Panics
/// As [`pytorch`].
pub fn pytorch_from(spec: &RunSpec, checkpoint: Checkpoint<'_>) -> Program {
    written(&Run::new(spec, Some(checkpoint)))
}

fn written(run: &Run<'_>) -> Program {
    let spec = run.spec;
    let left_out = words::left_out(spec);
    let mut blocks = vec![training::constants(run)];
    blocks.extend(match &spec.data.points {
        Some(points) => points::blocks(points, run.told_classes()),
        None => images::blocks(run),
    });
    blocks.extend(layers::blocks(run));
    blocks.extend(nets::blocks(run));
    blocks.extend(start::blocks(run));
    blocks.extend(shown::blocks(run));
    blocks.extend(losses::blocks(run));
    blocks.extend(training::blocks(run));
    let text = program(&words::header(run, &left_out), &blocks);
    Program { text, left_out }
}
