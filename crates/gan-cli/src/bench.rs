//! `gan bench`: times a training step of several nets.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use clap::Args;
use gan_protocol::{NetSpec, RunSpec, Shape};
use serde::Serialize;

use crate::data::DataArguments;
use crate::device::DeviceName;
use crate::output::say;
use crate::progress::Bar;
use crate::runs::TrainedRun;
use crate::{Ending, interrupt};

/// The nets to time, by name.
const NETS: [(&str, &str); 5] = [
    ("toy", include_str!("../../../tests/bench/nets/toy.json")),
    ("toy-small", include_str!("../../../tests/bench/nets/toy-small.json")),
    ("mlp", include_str!("../../../tests/bench/nets/mlp.json")),
    ("dcgan", include_str!("../../../tests/bench/nets/dcgan.json")),
    ("dcgan-small", include_str!("../../../tests/bench/nets/dcgan-small.json")),
];
/// Least number of timed groups of steps, however long they take.
const FEWEST_RUNS: usize = 3;

/// Arguments of `gan bench`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Nets of `tests/bench/nets` that are timed; all of them otherwise.
    nets: Vec<String>,
    /// What computes.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Seconds to time each net for, after as many steps of warming up as take a fifth of that.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Steps whose losses are read together.
    #[arg(long, default_value_t = 1)]
    read_every: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The time of one net's step.
#[derive(Debug, Serialize)]
struct Timing {
    net: &'static str,
    engine: &'static str,
    backend: String,
    batch: usize,
    /// Steps whose losses were read together.
    read_every: u64,
    median_ms: f64,
    min_ms: f64,
    max_ms: f64,
    /// Number of groups of `read_every` steps.
    runs: usize,
    /// Multiplications and additions in a step's products with weights.
    flops: u64,
    gflops_per_second: f64,
}

/// Times the nets.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    interrupt::watch();
    ensure!(arguments.read_every > 0, "--read-every takes 1 or more");
    let mut timings = Vec::new();
    for (name, text) in chosen(&arguments.nets)? {
        let spec = RunSpec::from_value(serde_json::from_str(text)?)?;
        let timing = time(name, &spec, arguments)?;
        if interrupt::is_wanted() {
            return Ok(Ending::Interrupted);
        }
        if !arguments.json {
            say!(
                "{:<12} {:>9.3} ms a step ({:.3} to {:.3}, {} runs), {:>8.1} GFLOP/s, {}",
                timing.net,
                timing.median_ms,
                timing.min_ms,
                timing.max_ms,
                timing.runs,
                timing.gflops_per_second,
                timing.backend,
            )?;
        }
        timings.push(timing);
    }
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&timings)?)?;
    }
    Ok(Ending::Done)
}

fn chosen(names: &[String]) -> Result<Vec<(&'static str, &'static str)>> {
    if names.is_empty() {
        return Ok(NETS.to_vec());
    }
    let all: Vec<_> = NETS.iter().map(|(name, _)| *name).collect();
    let find = |name: &String| {
        let found = NETS.into_iter().find(|(known, _)| known == name);
        found.ok_or_else(|| anyhow!("there is no net `{name}`; there are {}", all.join(", ")))
    };
    names.iter().map(find).collect()
}

fn time(net: &'static str, spec: &RunSpec, arguments: &Arguments) -> Result<Timing> {
    let device = arguments.device.open()?;
    let mut run = TrainedRun::new(spec, &DataArguments::default(), None, &device)?;
    let limit = Duration::try_from_secs_f64(arguments.seconds)?;
    let mut group = || -> Result<f64> {
        let begin = Instant::now();
        let mut left = arguments.read_every;
        while left > 0 {
            left -= run.steps(left)?.len() as u64;
        }
        Ok(1e3 * begin.elapsed().as_secs_f64() / arguments.read_every as f64)
    };
    let bar = Bar::of_work(format!("timing {net}"), millis(limit + limit / 5));
    let begin = Instant::now();
    while begin.elapsed() < limit / 5 {
        group()?;
        bar.set_position(millis(begin.elapsed()));
    }
    let begin = Instant::now();
    let mut times_ms = Vec::new();
    while times_ms.len() < FEWEST_RUNS || begin.elapsed() < limit {
        if interrupt::is_wanted() {
            break;
        }
        times_ms.push(group()?);
        bar.set_position(millis(limit / 5 + begin.elapsed()));
    }
    drop(bar);
    times_ms.sort_by(f64::total_cmp);
    let (Some(min_ms), Some(max_ms)) = (times_ms.first(), times_ms.last()) else {
        return Err(anyhow!("nothing was timed"));
    };
    let median_ms = times_ms[times_ms.len() / 2];
    let flops = step_flops(spec);
    Ok(Timing {
        net,
        engine: "gan-playground",
        backend: format!("native, {}", arguments.device.told()),
        batch: spec.batch_size,
        read_every: arguments.read_every,
        median_ms,
        min_ms: *min_ms,
        max_ms: *max_ms,
        runs: times_ms.len(),
        flops,
        gflops_per_second: flops as f64 / median_ms / 1e6,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Multiplications and additions of the products with weights in one step, as computed: one pass
/// forward through the generator, three batches forward through the discriminator (reals, fakes,
/// fakes again), and for each layer passed backwards one product of the same size for its weights
/// and one for its input. The discriminator's step needs no gradient of its first layer's input;
/// the generator's step needs none of the discriminator's weights or of the latents.
fn step_flops(spec: &RunSpec) -> u64 {
    let (g_input, d_input) = (spec.generator_input(), spec.discriminator_input());
    let (whole_g, whole_d) =
        (products(&spec.generator, g_input), products(&spec.discriminator, d_input));
    let (first_g, first_d) =
        (first_products(&spec.generator, g_input), first_products(&spec.discriminator, d_input));
    let discriminator = 6 * whole_d - 2 * first_d;
    let generator = 2 * whole_d + 3 * whole_g - first_g;
    2 * spec.batch_size as u64 * (discriminator + generator)
}

fn products(net: &NetSpec, input: Shape) -> u64 {
    net.cost(input).multiplications as u64
}

/// The products of the first layer with weights.
fn first_products(net: &NetSpec, input: Shape) -> u64 {
    let mut part = NetSpec { layers: Vec::new(), ..net.clone() };
    for layer in &net.layers {
        part.layers.push(layer.clone());
        let count = products(&part, input);
        if count > 0 {
            return count;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_net_is_a_valid_run_that_needs_no_files() {
        for (name, text) in NETS {
            let value = serde_json::from_str(text).expect("JSON");
            let spec = RunSpec::from_value(value).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(DataArguments::default().load(&spec).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_products_of_a_step_are_counted() {
        // Discriminator 2-14-1, generator 2-14-2.
        let (_, text) = NETS[1];
        let spec = RunSpec::from_value(serde_json::from_str(text).expect("JSON")).expect("valid");
        let (d1, d2, g1, g2) = (2 * 14, 14, 2 * 14, 14 * 2);
        let reals_and_fakes = 2 * (2 * d1 + 3 * d2);
        let generator = 2 * (d1 + d2) + 2 * g1 + 3 * g2;
        assert_eq!(step_flops(&spec), 2 * 150 * (reals_and_fakes + generator));
    }

    #[test]
    fn a_net_that_is_not_there_is_told() {
        let error = chosen(&["toy".to_owned(), "bigger".to_owned()]).expect_err("no such net");
        assert!(error.to_string().contains("`bigger`; there are toy, toy-small"), "{error}");
        assert_eq!(chosen(&[]).expect("all").len(), 5);
    }
}
