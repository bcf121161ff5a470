//! `gan evaluate`

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use gan_eval::floor::real_against_real;
use gan_eval::frechet::frechet_distance;
use gan_eval::kernel::{Kernel, mmd_squared_unbiased};
use gan_eval::manifold::{NEIGHBOURS, manifold_scores};
use gan_eval::{EvalError, Samples};
use serde_json::{Map, Value, json};

use crate::Ending;
use crate::files::{SampleFile, read_samples};

/// Pairs that the mean distance is taken over, at most.
const DIVERSITY_PAIRS: usize = 200_000;
/// Seeds which samples a floor or a mean takes.
const SEED: u64 = 1;

/// Arguments of `gan evaluate`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The file of real samples: IDX, CSV with one sample a row, or safetensors.
    #[arg(long, value_name = "FILE")]
    real: PathBuf,
    /// The file of generated samples.
    #[arg(long, value_name = "FILE")]
    fake: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Every score of one set against another, by its name.
type Scores = Vec<(&'static str, f64)>;

/// Scores two files against each other.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let (real, fake) = (read_samples(&arguments.real)?, read_samples(&arguments.fake)?);
    ensure!(
        (real.channels, real.height, real.width) == (fake.channels, fake.height, fake.width),
        "the samples differ in shape: {} and {}",
        shape(&real),
        shape(&fake)
    );
    let (reals, fakes) =
        (Samples::new(&real.values, real.size())?, Samples::new(&fake.values, fake.size())?);
    // Scores depend on how many samples there are: the floor takes as many as there are fakes, or
    // as half of the reals gives.
    let count = fakes.count().min(reals.count() / 2);
    let found = scores(&reals, &fakes)?;
    let floor =
        (count > NEIGHBOURS).then(|| real_against_real(&reals, count, SEED, scores)).transpose()?;
    print(arguments, &reals, &fakes, &found, floor.as_ref().map(|floor| (count, floor)));
    Ok(Ending::Done)
}

fn shape(samples: &SampleFile) -> String {
    format!("{}x{}x{}", samples.channels, samples.height, samples.width)
}

fn scores(reals: &Samples, fakes: &Samples) -> Result<Scores, EvalError> {
    let mut scores = vec![("frechet_distance", frechet_distance(reals, fakes)?)];
    scores.push(("kernel_distance", mmd_squared_unbiased(&Kernel::Cubic, reals, fakes)?));
    let manifold = manifold_scores(reals, fakes, NEIGHBOURS)?;
    scores.extend([
        ("precision", manifold.precision),
        ("recall", manifold.recall),
        ("density", manifold.density),
        ("coverage", manifold.coverage),
    ]);
    let distance = |set| gan_eval::diversity::mean_pairwise_distance(set, DIVERSITY_PAIRS, SEED);
    scores.push(("mean_pairwise_distance", distance(fakes)?));
    Ok(scores)
}

fn print(
    arguments: &Arguments,
    reals: &Samples,
    fakes: &Samples,
    found: &Scores,
    floor: Option<(usize, &Scores)>,
) {
    let floor_of = |name: &str| {
        let (_, scores) = floor?;
        scores.iter().find(|(one, _)| *one == name).map(|(_, value)| *value)
    };
    if arguments.json {
        let rows: Map<String, Value> = found
            .iter()
            .map(|(name, value)| {
                (String::from(*name), json!({"value": value, "floor": floor_of(name)}))
            })
            .collect();
        let report = json!({
            "real_count": reals.count(),
            "fake_count": fakes.count(),
            "floor_count": floor.map(|(count, _)| count),
            "scores": rows,
        });
        println!("{report:#}");
        return;
    }
    println!("{} real against {} generated samples", reals.count(), fakes.count());
    println!("{:<24} {:>14} {:>14}", "score", "value", "floor");
    for (name, value) in found {
        let floor = floor_of(name).map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"));
        println!("{name:<24} {value:>14.6} {floor:>14}");
    }
    if let Some((count, _)) = floor {
        println!("floor: {count} reals against {count} others");
    }
}
