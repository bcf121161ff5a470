//! `gan`: trains, samples, evaluates, reproduces and exports, natively.
//!
//! The command contains no mathematics: it reads arguments and files, calls the libraries, and
//! prints their results. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (with a
//! checkpoint written).

mod bench;
mod code;
mod comparison;
mod counts;
mod data;
mod device;
mod diagnose;
mod digits;
mod directions;
mod encode;
mod evaluate;
mod export;
mod files;
mod forms;
mod import;
mod import_check;
mod inputs;
mod interrupt;
mod invert;
mod lessons;
mod listing;
mod output;
mod pictures;
mod progress;
mod prune;
mod reproduce;
mod restore;
mod runs;
mod sample;
mod sample_file;
mod scores;
mod specs;
mod train;
mod train_classifier;
mod translate;
mod verdicts;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Trains, samples and evaluates small generative adversarial networks.
#[derive(Parser)]
#[command(name = "gan", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train a run and write checkpoints; Ctrl-C leaves one too, and --resume goes on from it.
    Train(train::Arguments),
    /// Train the classifier whose features `evaluate` compares images by.
    TrainClassifier(train_classifier::Arguments),
    /// Draw samples from a checkpoint or a generator's file, as PNG sheet, IDX, CSV or safetensors.
    Sample(sample::Arguments),
    /// Give real images' pictures to a generator, and score what it makes of them.
    Restore(restore::Arguments),
    /// Translate images of both sets of a run, and score what becomes of them.
    Translate(translate::Arguments),
    /// Find directions of a generator's latents that move slant, thickness and size of its digits.
    Directions(directions::Arguments),
    /// Find the latents of images in a generator, and score what it makes of these.
    Invert(invert::Arguments),
    /// Find the latents of images by a run's encoder, and score what they keep.
    Encode(encode::Arguments),
    /// Score two sample files against each other.
    Evaluate(evaluate::Arguments),
    /// Run a published experiment with several seeds and print the paper's figures beside ours.
    Reproduce(reproduce::Arguments),
    /// Write a checkpoint's generator alone, for the widget or other programs.
    Export(export::Arguments),
    /// Take over a generator that PyTorch trained, as a file for the page, the widget and this program.
    Import(import::Arguments),
    /// Take the channels out of a run's generator that say least, and train it on.
    Prune(prune::Arguments),
    /// Print a run as a short PyTorch program.
    Code(code::Arguments),
    /// Say what the page would say of a run as it goes: what it seems to suffer from.
    Diagnose(diagnose::Arguments),
    /// Give the page's lessons with several seeds: does each see what it waits for?
    Lessons(lessons::Arguments),
    /// Time a step of each of the nets that speed is told by.
    Bench(bench::Arguments),
    /// List the presets, or print one.
    Presets(listing::Arguments),
}

/// The end of a command without errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    /// Ctrl-C was pressed, and the results so far were kept.
    Interrupted,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Train(arguments) => train::run(&arguments),
        Command::TrainClassifier(arguments) => train_classifier::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Translate(arguments) => translate::run(&arguments),
        Command::Directions(arguments) => directions::run(&arguments),
        Command::Invert(arguments) => invert::run(&arguments),
        Command::Encode(arguments) => encode::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Reproduce(arguments) => reproduce::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Prune(arguments) => prune::run(&arguments),
        Command::Code(arguments) => code::run(&arguments),
        Command::Diagnose(arguments) => diagnose::run(&arguments),
        Command::Lessons(arguments) => lessons::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Presets(arguments) => listing::run(&arguments),
    };
    exit_code(outcome)
}

fn exit_code(outcome: Result<Ending>) -> ExitCode {
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Interrupted) => ExitCode::from(130),
        Err(error) if error.is::<output::ReaderGone>() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
