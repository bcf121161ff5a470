//! `gan evaluate`

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use gan_core::{Judgement, cpu};
use gan_eval::Samples;
use gan_eval::floor::{disjoint_subsets, real_against_real};
use serde_json::{Map, Value, json};

use crate::Ending;
use crate::digits::{chosen, class_shares, digit_classifier, digit_scores, judged};
use crate::files::{SampleFile, read_samples};
use crate::output::say;
use crate::scores::{
    FEWEST, SEED, Scores, grid_over, grid_scores, memorisation_scores, sample_scores,
};
use crate::verdicts::Discriminator;

/// Channels, height and width of what the classifier looks at.
const DIGITS: [usize; 3] = [1, 28, 28];

/// Arguments of `gan evaluate`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The file of real samples: IDX, CSV with one sample a row, or safetensors.
    #[arg(long, value_name = "FILE")]
    real: PathBuf,
    /// The file of generated samples.
    #[arg(long, value_name = "FILE")]
    fake: PathBuf,
    /// What of the samples is compared.
    #[arg(long, value_enum, default_value = "raw")]
    features: Features,
    /// The samples that the generator was trained on: says whether it copies them, `--real` being
    /// samples that it has not seen.
    #[arg(long, value_name = "FILE")]
    training: Option<PathBuf>,
    /// A checkpoint: how often its discriminator is right about both files.
    #[arg(long, value_name = "CHECKPOINT")]
    discriminator: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `--features`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Features {
    /// The numbers as they are.
    Raw,
    /// What the program's classifier of digits makes of images, 1x28x28; with scores of its
    /// classes.
    Classifier,
}

/// What came of it.
struct Report {
    /// Reals and fakes.
    counts: [usize; 2],
    found: Scores,
    /// How many reals stand against as many others, and their scores.
    floor: Option<(usize, Scores)>,
    /// Shares of the classes among reals and fakes.
    classes: Option<[Vec<f64>; 2]>,
}

/// Scores two files against each other.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let (mut real, mut fake) = (read_samples(&arguments.real)?, read_samples(&arguments.fake)?);
    real.shape_like(fake.shape());
    fake.shape_like(real.shape());
    if arguments.features == Features::Classifier {
        real.shape_like(DIGITS);
        fake.shape_like(DIGITS);
    }
    ensure!(
        real.shape() == fake.shape(),
        "the samples differ in shape: {} and {}",
        shape(&real),
        shape(&fake)
    );
    let mut report = match arguments.features {
        Features::Raw => of_samples(&real, &fake)?,
        Features::Classifier => {
            let mut classifier = digit_classifier(&cpu())?;
            of_digits(&judged(&mut classifier, &real)?, &judged(&mut classifier, &fake)?)?
        }
    };
    if let Some(path) = &arguments.training {
        let mut training = read_samples(path)?;
        training.shape_like(real.shape());
        let found = memorisation_scores(&training, &real, &fake)?;
        // As many reals that were not trained on, in the place of the fakes.
        let floor = match report.floor {
            Some((count, _)) => {
                let [one, other] = disjoint_subsets(real.count(), count, SEED)?;
                Some(memorisation_scores(&training, &real.chosen(&one), &real.chosen(&other))?)
            }
            None => None,
        };
        report.add(found, floor);
    }
    if let Some(path) = &arguments.discriminator {
        let discriminator = Discriminator::read(path)?;
        let (reals, fakes) = (discriminator.verdicts(&real)?, discriminator.verdicts(&fake)?);
        let found = discriminator.scores(&reals, &fakes)?;
        let floor = match report.floor {
            Some((count, _)) => Some(discriminator.floor(&reals, count)?),
            None => None,
        };
        report.add(found, floor);
    }
    if arguments.json {
        say!("{:#}", report.json())?;
    } else {
        report.print()?;
    }
    Ok(Ending::Done)
}

fn shape(samples: &SampleFile) -> String {
    format!("{}x{}x{}", samples.channels, samples.height, samples.width)
}

/// Samples on each side of the floor: scores depend on how many there are, so as many as there are
/// fakes, or as half of the reals gives. `None` where those are too few.
fn floor_count([reals, fakes]: [usize; 2]) -> Option<usize> {
    Some(fakes.min(reals / 2)).filter(|count| *count >= FEWEST)
}

fn of_samples(real: &SampleFile, fake: &SampleFile) -> Result<Report> {
    let (reals, fakes) =
        (Samples::new(&real.values, real.size())?, Samples::new(&fake.values, fake.size())?);
    let counts = [reals.count(), fakes.count()];
    let grid = grid_over(&reals, floor_count(counts).unwrap_or(FEWEST));
    let score = |reals: &Samples, fakes: &Samples| {
        let mut scores = sample_scores(reals, fakes)?;
        if let Some(grid) = &grid {
            scores.extend(grid_scores(grid, reals, fakes)?);
        }
        Ok(scores)
    };
    let found = score(&reals, &fakes)?;
    let floor = match floor_count(counts) {
        Some(count) => Some((count, real_against_real(&reals, count, SEED, score)?)),
        None => None,
    };
    Ok(Report { counts, found, floor, classes: None })
}

fn of_digits(real: &Judgement, fake: &Judgement) -> Result<Report> {
    let counts = [real.count, fake.count];
    let found = digit_scores(real, fake)?;
    let floor = match floor_count(counts) {
        Some(count) => {
            let [one, other] = disjoint_subsets(real.count, count, SEED)?;
            Some((count, digit_scores(&chosen(real, &one), &chosen(real, &other))?))
        }
        None => None,
    };
    Ok(Report { counts, found, floor, classes: Some([class_shares(real)?, class_shares(fake)?]) })
}

impl Report {
    fn add(&mut self, found: Scores, floor: Option<Scores>) {
        self.found.extend(found);
        if let (Some((_, scores)), Some(more)) = (&mut self.floor, floor) {
            scores.extend(more);
        }
    }

    fn floor_of(&self, name: &str) -> Option<f64> {
        let (_, scores) = self.floor.as_ref()?;
        scores.iter().find(|(one, _)| *one == name).map(|(_, value)| *value)
    }

    fn json(&self) -> Value {
        let row = |(name, value): &(&'static str, f64)| {
            (String::from(*name), json!({"value": value, "floor": self.floor_of(name)}))
        };
        let rows: Map<String, Value> = self.found.iter().map(row).collect();
        let mut report = json!({
            "real_count": self.counts[0],
            "fake_count": self.counts[1],
            "floor_count": self.floor.as_ref().map(|(count, _)| count),
            "scores": rows,
        });
        if let Some([real, fake]) = &self.classes {
            report["class_shares"] = json!({"real": real, "fake": fake});
        }
        report
    }

    fn print(&self) -> Result<()> {
        say!("{} real against {} generated samples", self.counts[0], self.counts[1])?;
        say!("{:<24} {:>14} {:>14}", "score", "value", "floor")?;
        for (name, value) in &self.found {
            let floor = self.floor_of(name);
            let floor = floor.map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"));
            say!("{name:<24} {value:>14.6} {floor:>14}")?;
        }
        if let Some((count, _)) = self.floor {
            say!("floor: {count} reals against {count} others")?;
        }
        for (whose, shares) in ["reals", "fakes"].iter().zip(self.classes.iter().flatten()) {
            let rounded: Vec<String> = shares.iter().map(|share| format!("{share:.4}")).collect();
            say!("classes of the {whose}: [{}]", rounded.join(", "))?;
        }
        Ok(())
    }
}
