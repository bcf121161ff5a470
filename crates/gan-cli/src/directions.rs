//! `gan directions`: finds directions of a generator's latent space that move slant, thickness and size,
//! measures what they and edits do, and writes the directions into the generator's file.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};
use gan_core::{Inputs, Precision, cpu, with_directions};
use gan_eval::attributes::NAMES;
use gan_latent::{Observed, Tried, by_activations, by_weights};
use gan_protocol::DirectionSpec;
use gan_random::Purpose;
use pollster::block_on;
use serde_json::{Value, json};

use crate::digits::digit_classifier;
use crate::output::say;
use crate::progress::Bar;
use crate::runs::snapshot;
use crate::sample::{is_generator, sampler};
use crate::{Ending, files};

/// Arguments of `gan directions`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A generator's file, or a checkpoint, of digits made of latents.
    generator: PathBuf,
    /// Samples that the directions are fitted to.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    count: u64,
    /// Samples that the directions are tried on.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    tried: u64,
    /// Samples that are edited, each up and down in each measure.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    edited: u64,
    /// Draws the samples.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What directions are found by.
    #[arg(long, value_enum, default_value = "measures")]
    by: By,
    /// How many directions, by weights or activations; their names are numbers.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=32))]
    directions: u64,
    /// The layer whose activations are compared, counted from 0; a third of the way where nobody says.
    #[arg(long)]
    layer: Option<usize>,
    /// A file for the generator with its directions.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `--by`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Slant, thickness and size of digits.
    Measures,
    /// What the first weights react to most (SeFa); any generator that is given latents.
    Weights,
    /// What a layer's activations vary along most (GANSpace); any generator that is given latents.
    Activations,
}

/// Samples whose activations are compared.
const COMPARED: usize = 500;

/// The changes that edits ask for: degrees and pixels.
const ASKED: [f64; 3] = [15.0, 0.5, 0.8];

/// What edits of one measure come to.
struct Edits {
    /// Mean of the change that came, as a part of the one that was asked for.
    reached: f64,
    /// Mean of the other measures' largest change, as a part of what is asked of these.
    beside: f64,
    /// Share of the samples that keep their class.
    kept: f64,
    seconds: f64,
}

/// Edits samples up and down in measure `which`.
fn edits(observed: &mut Observed, which: usize, count: usize, seed: u64) -> Result<Edits> {
    let header = observed.sampler().header().clone();
    let all = Inputs::drawn(&header, Purpose::FreshLatents, seed, count);
    let bar = Bar::counted(NAMES[which], 2 * count as u64, "edits");
    let mut sums = Edits { reached: 0.0, beside: 0.0, kept: 0.0, seconds: 0.0 };
    let mut number = 0.0_f64;
    for at in 0..count {
        let one = all.part(&header, at, 1);
        let before = block_on(observed.looked_at(&one))?;
        let Some(from) = before.measures else { continue };
        for sign in [-1.0, 1.0] {
            let mut wanted = from;
            wanted[which] += sign * ASKED[which];
            let begun = Instant::now();
            let after = block_on(observed.edited(&one, wanted))?;
            sums.seconds += begun.elapsed().as_secs_f64();
            number += 1.0;
            bar.advance(1);
            let Some(to) = after.measures else { continue };
            let change = |at: usize| (to[at] - from[at]) / ASKED[at];
            sums.reached += sign * change(which);
            sums.beside +=
                (0..3).filter(|at| *at != which).map(|at| change(at).abs()).fold(0.0, f64::max);
            sums.kept += f64::from(u8::from(after.class == before.class));
        }
    }
    let number = number.max(1.0);
    let Edits { reached, beside, kept, seconds } = sums;
    Ok(Edits {
        reached: reached / number,
        beside: beside / number,
        kept: kept / number,
        seconds: seconds / number,
    })
}

/// Finds, measures and writes.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    arguments.out.as_deref().map(files::check).transpose()?;
    let sampler = sampler(&arguments.generator)?;
    let count = arguments.directions as usize;
    let unnamed = match arguments.by {
        By::Measures => None,
        By::Weights => Some(block_on(by_weights(&sampler, count))?),
        By::Activations => {
            let layers = sampler.header().generator.layers.len();
            let layer = arguments.layer.unwrap_or(layers / 3);
            Some(block_on(by_activations(&sampler, layer, count, COMPARED, arguments.seed))?)
        }
    };
    if let Some(found) = unnamed {
        write(arguments, found.iter().map(|(direction, _)| direction.clone()).collect())?;
        print_unnamed(&found, arguments.json)?;
        return Ok(Ending::Done);
    }
    let mut observed = Observed::new(sampler, digit_classifier(&cpu())?)?;
    let vectors = block_on(observed.fitted_directions(arguments.count as usize, arguments.seed))?;
    let mut rows = Vec::new();
    for (which, vector) in vectors.iter().enumerate() {
        let seeds = [arguments.seed + 1, arguments.seed + 3];
        let tried = observed.tried(which, vector, arguments.tried as usize, seeds);
        match block_on(tried)? {
            Some(row) => rows.push(row),
            None => eprintln!("no direction moves {} and keeps the class", NAMES[which]),
        }
    }
    write(arguments, rows.iter().map(|row| row.direction.clone()).collect())?;
    let mut edited = Vec::new();
    for which in 0..NAMES.len() {
        if arguments.edited > 0 {
            let seed = arguments.seed + 2;
            edited.push(edits(&mut observed, which, arguments.edited as usize, seed)?);
        }
    }
    if arguments.json { print_json(&rows, &edited) } else { print(&rows, &edited) }?;
    Ok(Ending::Done)
}

/// Writes the generator's file with its directions, if it is asked for.
fn write(arguments: &Arguments, directions: Vec<DirectionSpec>) -> Result<()> {
    let Some(out) = &arguments.out else { return Ok(()) };
    let bytes = files::read(&arguments.generator)?;
    let file = if is_generator(&bytes) {
        bytes
    } else {
        snapshot(&arguments.generator)?.generator_file(Precision::Bits16)?
    };
    let file = with_directions(&file, directions, &cpu())?;
    files::write(out, &file)?;
    eprintln!("{} holds {} bytes", out.display(), file.len());
    Ok(())
}

fn print_unnamed(found: &[(DirectionSpec, f64)], as_json: bool) -> Result<()> {
    if as_json {
        let all = found.iter().map(|(direction, share)| {
            json!({"name": direction.name, "share": share, "vector": direction.vector})
        });
        say!("{:#}", json!({"directions": all.collect::<Vec<Value>>()}))?;
        return Ok(());
    }
    say!("{:<12}{:>10}", "direction", "share, %")?;
    for (direction, share) in found {
        say!("{:<12}{:>10.1}", direction.name, 100.0 * share)?;
    }
    Ok(())
}

fn print_json(rows: &[Tried], edited: &[Edits]) -> Result<()> {
    let direction = |row: &Tried| {
        let DirectionSpec { name, vector, range } = &row.direction;
        json!({
            "name": name,
            "range": range,
            "measure": row.measure,
            "class_kept": row.kept,
            "vector": vector,
        })
    };
    let edit = |(which, edits): (usize, &Edits)| {
        json!({
            "name": NAMES[which],
            "asked": ASKED[which],
            "reached": edits.reached,
            "others_changed": edits.beside,
            "class_kept": edits.kept,
            "seconds_each": edits.seconds,
        })
    };
    let directions: Vec<Value> = rows.iter().map(direction).collect();
    let edits: Vec<Value> = edited.iter().enumerate().map(edit).collect();
    say!("{:#}", json!({"directions": directions, "edits": edits}))?;
    Ok(())
}

fn print(rows: &[Tried], edited: &[Edits]) -> Result<()> {
    say!("directions, over the middle 80 % of each range")?;
    say!("{:<12}{:>8}{:>30}{:>16}", "", "range", "its measure", "class stays, %")?;
    for Tried { direction, measure: [low, middle, high], kept } in rows {
        let measure = format!("{low:.2} .. {middle:.2} .. {high:.2}");
        let DirectionSpec { name, range, .. } = direction;
        say!("{name:<12}{range:>8.2}{measure:>30}{:>16.1}", 100.0 * kept)?;
    }
    if edited.is_empty() {
        return Ok(());
    }
    say!("")?;
    say!("edits of single samples, by degrees and pixels")?;
    say!(
        "{:<12}{:>8}{:>12}{:>18}{:>16}{:>10}",
        "",
        "asked",
        "reached, %",
        "others change, %",
        "class stays, %",
        "s each"
    )?;
    for (which, Edits { reached, beside, kept, seconds }) in edited.iter().enumerate() {
        say!(
            "{:<12}{:>8.1}{:>12.0}{:>18.0}{:>16.1}{seconds:>10.3}",
            NAMES[which],
            ASKED[which],
            100.0 * reached,
            100.0 * beside,
            100.0 * kept
        )?;
    }
    Ok(())
}
