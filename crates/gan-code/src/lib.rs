//! Writes a run as a short PyTorch program, for users who want to continue outside of the page.
//!
//! The program contains only what its run needs: no layer, loss or option that another run might
//! have. It computes the same as `gan-core`, in the same order. Where PyTorch does the same thing
//! in another way, the program does it in PyTorch's way, and a comment in it names the difference.
//!
//! A program is a list of blocks, and each module writes its own: `points` and `images` (with `fit`
//! and `augment`) the real samples, `pictures` what is made of them for the generator, `translation` the way back, `encoding` the
//! encoder, `layers`, `styles` and `nets` the nets, `start` the initial weights,
//! `shown` the changes to samples before the discriminator, `losses` the losses, `optimizers` the
//! optimisers, `weights` the numbers from a checkpoint, `training` the rest.

mod augment;
mod encoding;
mod few_labels;
mod fit;
mod growing;
mod images;
mod layers;
mod lines;
mod losses;
mod nets;
mod optimizers;
mod pictures;
mod points;
mod run;
mod sampler;
mod shown;
mod start;
mod styles;
mod training;
mod translation;
mod weights;
mod words;

use gan_protocol::RunSpec;

use lines::program;
use run::Run;

pub use sampler::pytorch_sampler;
pub use weights::Checkpoint;

/// A run as a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Python, to be saved as a file and run.
    pub text: String,
    /// The parts of the run that the program lacks, by the spec's own names; nearly always empty.
    /// The program's first lines list them too.
    pub left_out: Vec<String>,
}

/// The program of `spec`.
///
/// # Panics
/// If the nets' shapes do not fit; [`RunSpec::validate`] refuses such specs.
pub fn pytorch(spec: &RunSpec) -> Program {
    written(&Run::new(spec, None))
}

/// As [`pytorch`], continuing from a checkpoint of the run: the program reads the checkpoint's
/// file.
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
    blocks.extend(pictures::blocks(run));
    blocks.extend(translation::second_set(run));
    blocks.extend(layers::blocks(run));
    blocks.extend(nets::blocks(run));
    blocks.extend(translation::nets(run));
    blocks.extend(encoding::nets(run));
    blocks.extend(start::blocks(run));
    blocks.extend(shown::blocks(run));
    blocks.extend(growing::schedule(run));
    blocks.extend(losses::blocks(run));
    blocks.extend(encoding::losses(run));
    blocks.extend(training::blocks(run));
    let text = program(&words::header(run, &left_out), &blocks);
    Program { text, left_out }
}
