//! `gan evaluate`: scores two files of samples against each other.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use gan_core::{Classifier, Judgement, cpu};
use gan_eval::manifold::{NEIGHBOURS, expected_coverage};
use gan_eval::restoration::{psnr, ssim};
use gan_eval::{EvalError, Number, Samples};
use gan_files::Range;
use serde_json::{Map, Value, json};

use crate::Ending;
use crate::comparison::{Group, Row, compared};
use crate::counts::{FEWEST, counts_seen, floor_counts};
use crate::digits::{class_scores, class_shares, digit_classifier, features, judged};
use crate::files::read;
use crate::inputs::{Input, Reading, made_comparable, range};
use crate::output::say;
use crate::progress::Bar;
use crate::restore::RANGE;
use crate::sample_file::{SampleFile, Set};
use crate::scores::{
    Scores, copying_scores, copying_work, distances, grid_scores, neighbour_scores,
    spread_of_fakes, work_of_scores,
};
use crate::verdicts::{Discriminator, Verdicts};

/// Arguments of `gan evaluate`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The file of real samples: IDX, a table with one sample a row, .npy, .npz, safetensors, CIFAR, packed
    /// or in an archive, told by content; or a folder of pictures. `FILE::NAME` is one array of several.
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
    /// The classifier of `--features classifier`, as `gan train-classifier` wrote it; the program's own
    /// for 28x28 digits otherwise.
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// What black and white are in the reals' file.
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true)]
    real_range: Option<Range>,
    /// What black and white are in the fakes' file.
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true)]
    fake_range: Option<Range>,
    /// Sample for sample, the fakes are restored or translated reals: how near each is to its own
    /// (PSNR, SSIM), after the scores of both files as a whole.
    #[arg(long)]
    pairs: bool,
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

/// The result of a comparison.
struct Report {
    /// Numbers of reals and fakes in the files.
    counts: [usize; 2],
    rows: Vec<Row>,
    /// How each file was interpreted.
    inputs: Map<String, Value>,
    /// Shares of the classes among reals and fakes.
    classes: Option<[Vec<f64>; 2]>,
}

/// Scores two files against each other.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let mut classifier = match arguments.features {
        Features::Raw => {
            ensure!(arguments.classifier.is_none(), "--classifier is for --features classifier");
            None
        }
        Features::Classifier => Some(match &arguments.classifier {
            Some(path) => read_classifier(path)?,
            None => digit_classifier(&cpu())?,
        }),
    };
    let reading = &arguments.reading;
    let mut inputs = vec![
        Input::read("real", &arguments.real, reading, arguments.real_range)?,
        Input::read("fake", &arguments.fake, reading, arguments.fake_range)?,
    ];
    if let Some(path) = &arguments.training {
        inputs.push(Input::read("training", path, reading, arguments.real_range)?);
    }
    made_comparable(&mut inputs, classifier.as_ref().map(Classifier::input))?;
    if !arguments.json {
        inputs.iter().try_for_each(|input| say!("{}", input.told()))?;
    }
    let (real, fake) = (&inputs[0].samples, &inputs[1].samples);
    let mut report = match &mut classifier {
        None => of_samples(real, fake)?,
        Some(classifier) => of_digits(&judged(classifier, real)?, &judged(classifier, fake)?)?,
    };
    report.inputs = inputs.iter().map(|input| (input.role.to_owned(), input.json())).collect();
    if let Some(training) = inputs.get(2) {
        report.rows.extend(of_copying(&training.samples, real, fake)?);
    }
    if arguments.pairs {
        report.rows.extend(of_pairs(real, fake)?);
    }
    if let Some(path) = &arguments.discriminator {
        let discriminator = Discriminator::read(path)?;
        let (reals, fakes) = (discriminator.verdicts(real)?, discriminator.verdicts(fake)?);
        let score = |reals: &Verdicts, fakes: &Verdicts| discriminator.scores(reals, fakes);
        report.rows.extend(compared(&reals, &fakes, &[any(&score)])?);
    }
    if arguments.json {
        say!("{:#}", report.json())?;
    } else {
        report.print()?;
    }
    Ok(Ending::Done)
}

fn read_classifier(path: &Path) -> Result<Classifier> {
    let bytes = read(path)?;
    Classifier::from_safetensors(&bytes, &cpu()).with_context(|| path.display().to_string())
}

/// Scores for any counts.
fn any<S>(score: &dyn Fn(&S, &S) -> Result<Scores>) -> Group<'_, S> {
    Group { of_equal_counts: false, score }
}

/// Scores for equally many reals and fakes.
fn equal<S>(score: &dyn Fn(&S, &S) -> Result<Scores>) -> Group<'_, S> {
    Group { of_equal_counts: true, score }
}

fn of_samples(real: &SampleFile, fake: &SampleFile) -> Result<Report> {
    let on_grid = |reals: &SampleFile, fakes: &SampleFile| -> Result<Scores> {
        Ok(grid_scores(&reals.samples()?, &fakes.samples()?)?)
    };
    let rows = of_any(real, fake, real.size(), SampleFile::samples, &on_grid)?;
    Ok(Report { counts: [real.count(), fake.count()], rows, inputs: Map::new(), classes: None })
}

fn of_digits(real: &Judgement, fake: &Judgement) -> Result<Report> {
    let of_classes = |reals: &Judgement, fakes: &Judgement| -> Result<Scores> {
        Ok(class_scores(reals, fakes)?)
    };
    let rows = of_any(real, fake, features(real)?.size(), features, &of_classes)?;
    let classes = Some([class_shares(real)?, class_shares(fake)?]);
    Ok(Report { counts: [real.count, fake.count], rows, inputs: Map::new(), classes })
}

/// Scores of any samples, whose `size` numbers `view` returns, followed by the scores of `more`.
fn of_any<S: Set, T: Number>(
    reals: &S,
    fakes: &S,
    size: usize,
    view: fn(&S) -> Result<Samples<'_, T>, EvalError>,
    more: &dyn Fn(&S, &S) -> Result<Scores>,
) -> Result<Vec<Row>> {
    let bar = Bar::of_work("comparing", work_of_scores([reals.count(), fakes.count()], size));
    let watcher = |pairs| bar.advance(pairs);
    let of_all = |reals: &S, fakes: &S| -> Result<Scores> {
        Ok(distances(&view(reals)?.watched(&watcher), &view(fakes)?)?)
    };
    let of_neighbours = |reals: &S, fakes: &S| -> Result<Scores> {
        Ok(neighbour_scores(&view(reals)?.watched(&watcher), &view(fakes)?)?)
    };
    let of_fakes = |_: &S, fakes: &S| -> Result<Scores> {
        Ok(spread_of_fakes(&view(fakes)?.watched(&watcher))?)
    };
    compared(reals, fakes, &[any(&of_all), equal(&of_neighbours), any(&of_fakes), any(more)])
}

/// Scores for whether fakes are copies of training samples.
fn of_copying(training: &SampleFile, real: &SampleFile, fake: &SampleFile) -> Result<Vec<Row>> {
    let given = [real.count(), fake.count()];
    let seen = counts_seen(given, false);
    let floor = floor_counts(given, false);
    let passes = floor.map_or(0, |counts| if counts == seen { 1 } else { 2 });
    let work = |counts| copying_work(training.count(), counts);
    let total = work(seen) + floor.map_or(0, |counts| passes * work(counts));
    let bar = Bar::of_work("looking for copies", total);
    let watcher = |pairs| bar.advance(pairs);
    let score =
        |reals: &SampleFile, fakes: &SampleFile| copying_scores(training, reals, fakes, &watcher);
    compared(real, fake, &[any(&score)])
}

/// How near each of the fakes is to the real of the same number. Reals have no floor here: nothing is
/// nearer to a sample than itself.
fn of_pairs(real: &SampleFile, fake: &SampleFile) -> Result<Vec<Row>> {
    let counts = [real.count(), fake.count()];
    ensure!(
        counts[0] == counts[1],
        "--pairs compares sample for sample: there are {} reals and {} fakes",
        counts[0],
        counts[1]
    );
    ensure!(real.height > 1, "--pairs is for images; these samples are rows of numbers");
    let values = |file: &SampleFile| -> Vec<f64> {
        // What is beyond black or white is shown as black or white.
        file.values.iter().map(|value| value.clamp(-1.0, 1.0)).collect()
    };
    let (found, truth) = (values(fake), values(real));
    let (found, truth) = (Samples::new(&found, fake.size())?, Samples::new(&truth, real.size())?);
    let row = |name, value| Row { name, value, counts, floor: None };
    let mut rows = vec![row("psnr_db", psnr(&found, &truth, RANGE)?)];
    // Images smaller than its window have none.
    rows.extend(ssim(&found, &truth, real.shape(), RANGE).ok().map(|value| row("ssim", value)));
    Ok(rows)
}

/// The mean for equal distributions, if it is the same for all distributions.
fn expected(row: &Row) -> Option<f64> {
    let [reals, fakes] = row.counts;
    match row.name {
        "density" => Some(1.0),
        "coverage" => expected_coverage(reals, fakes, NEIGHBOURS).ok(),
        _ => None,
    }
}

impl Report {
    fn json(&self) -> Value {
        let told = |row: &Row| {
            let mut told = row.json();
            if let Some(expected) = expected(row) {
                told["expected"] = expected.into();
            }
            (row.name.to_owned(), told)
        };
        let rows: Map<String, Value> = self.rows.iter().map(told).collect();
        let mut report = json!({
            "real_count": self.counts[0],
            "fake_count": self.counts[1],
            "inputs": self.inputs,
            "scores": rows,
        });
        if let Some([real, fake]) = &self.classes {
            report["class_shares"] = json!({"real": real, "fake": fake});
        }
        report
    }

    fn print(&self) -> Result<()> {
        let number = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"))
        };
        let [reals, fakes] = self.counts;
        say!("{reals} real against {fakes} generated samples")?;
        let more_counts = self.rows.iter().any(|row| row.score_at_floor().is_some());
        let last = if more_counts { format!(" {:>14}", "at floor") } else { String::new() };
        say!("{:<24} {:>14} {:>14}{last}  {}", "score", "value", "floor", "counts")?;
        for row in &self.rows {
            let floor = number(row.floor.map(|floor| floor.value));
            let last = if more_counts {
                format!(" {:>14}", number(row.score_at_floor()))
            } else {
                String::new()
            };
            let counts = counts_told(row);
            say!("{:<24} {:>14.6} {floor:>14}{last}  {counts}", row.name, row.value)?;
        }
        self.print_what_floors_are(more_counts)?;
        for row in self.rows.iter().filter(|row| row.name == "coverage") {
            if let Some(expected) = expected(row) {
                say!("of equal distributions: coverage {expected:.3}, density 1.000, on average")?;
            }
        }
        for (whose, shares) in ["reals", "fakes"].iter().zip(self.classes.iter().flatten()) {
            let rounded: Vec<String> = shares.iter().map(|share| format!("{share:.4}")).collect();
            say!("classes of the {whose}: [{}]", rounded.join(", "))?;
        }
        Ok(())
    }

    fn print_what_floors_are(&self, more_counts: bool) -> Result<()> {
        let Some(floor) = self.rows.first().and_then(|row| row.floor) else {
            return say!("no floor: it takes {} reals", 2 * FEWEST);
        };
        let [reals, others] = floor.counts;
        say!("floor: {reals} reals against {others} others, in the place of the fakes")?;
        if more_counts {
            let [given, fakes] = self.counts;
            say!(
                "at floor: {others} of the fakes against the same reals, since {given} are too few for a \
                 floor of {given} against {fakes}"
            )?;
        } else {
            say!(
                "{others} of the reals are set aside for that; the scores are of the other {reals}"
            )?;
        }
        say!("precision, recall, density and coverage are of equally many, drawn at random")
    }
}

/// The counts of a score, and of its floor if they differ.
fn counts_told(row: &Row) -> String {
    let told = |[reals, fakes]: [usize; 2]| format!("{reals}:{fakes}");
    match row.floor.filter(|floor| floor.counts != row.counts) {
        Some(floor) => format!("{}, floor {}", told(row.counts), told(floor.counts)),
        None => told(row.counts),
    }
}
