//! Scores how well a generator covers a mixture of Gaussians in the plane.

use anyhow::{Context as _, Result};
use gan_core::Inputs;
use gan_protocol::RunSpec;
use gan_random::Purpose;
use gan_session::Modes;

use crate::runs::TrainedRun;
use crate::scores::Scores;

/// Scores `count` samples of the run's generator:
///
/// - `modes`: modes that are nearest to a sample of high quality;
/// - `high_quality_percent`: samples within three standard deviations of a mode;
/// - `reverse_kl`: KL of all samples' modes from the uniform distribution, in nats;
/// - `reverse_kl_high_quality`: the same for the samples of high quality alone; NaN if there are
///   none.
pub(crate) fn scores(run: &TrainedRun, count: usize) -> Result<Scores> {
    let spec = run.trainer.spec();
    let inputs = Inputs::drawn(spec, Purpose::FreshLatents, 1, count);
    scored(spec, &run.drawn(&inputs)?)
}

/// The same for any points, including real ones.
pub(crate) fn scored(spec: &RunSpec, values: &[f32]) -> Result<Scores> {
    let points = spec.data.points.as_ref().context("the run's data are no points")?;
    let modes = Modes::of(points).context("this distribution has no modes")?;
    let counts = modes.count(values).context("the generator's points cannot be scored")?;
    let of_high_quality = counts.reverse_kl_of_high_quality().unwrap_or(f64::NAN);
    Ok(vec![
        ("modes", counts.covered() as f64),
        ("high_quality_percent", 100.0 * counts.high_quality_share()),
        ("reverse_kl", counts.reverse_kl_of_all()),
        ("reverse_kl_high_quality", of_high_quality),
    ])
}
