//! How well a generator covers a mixture of Gaussians in the plane.

use anyhow::{Context as _, Result, anyhow};
use gan_core::Inputs;
use gan_eval::Samples;
use gan_eval::modes::Mixture;
use gan_random::Purpose;
use gan_session::distribution;
use pollster::block_on;

use crate::runs::TrainedRun;
use crate::scores::Scores;

/// Scores `count` samples of the run's generator:
///
/// - `modes`: those with a high-quality sample nearest to them;
/// - `high_quality_percent`: samples within three standard deviations of a mode;
/// - `reverse_kl`: KL of all samples' modes from the uniform distribution, in nats.
pub(crate) fn scores(run: &TrainedRun, count: usize) -> Result<Scores> {
    let spec = run.trainer.spec();
    let points = spec.data.points.as_ref().context("the run's data are no points")?;
    let data = distribution(points);
    let (centres, sd) =
        data.modes().zip(data.mode_sd()).context("this distribution has no modes")?;
    let sd = f64::from(*sd.first().context("a mixture has a mode")?);
    let centres: Vec<f32> = centres.into_iter().flatten().collect();
    let inputs = Inputs::drawn(spec, Purpose::FreshLatents, 1, count);
    let values = block_on(run.trainer.samples(&inputs, 1))?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(anyhow!("the generator gives numbers that are not finite"));
    }
    let counts = Mixture::new(Samples::new(&centres, 2)?, sd)?.count(&Samples::new(&values, 2)?)?;
    Ok(vec![
        ("modes", counts.covered() as f64),
        ("high_quality_percent", 100.0 * counts.high_quality_share()),
        ("reverse_kl", counts.reverse_kl_of_all()),
    ])
}
