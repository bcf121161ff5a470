//! Finds the real images nearest to generated samples, to show whether the generator copies.

use gan_eval::Samples;
use gan_eval::nearest::nearest;
use gan_protocol::{Fault, Neighbours, Reply, Shape};
use gan_random::Purpose;

use super::{Attached, Session, fault, no_data};
use crate::data::DataLoader;
use crate::drawing::{bytes_of, set_of};
use crate::health::spread;

/// Most samples in one request.
const MOST_SAMPLES: u32 = 64;
/// Reals searched: all, but of more, or of endless data, the first so many.
const SEARCHED: u64 = 10_000;
/// Reals whose mean pairwise distance is the unit of distances.
const SPREAD_REALS: usize = 64;

impl<L: DataLoader> Session<L> {
    pub(super) async fn nearest_reals(&mut self, count: u32, seed: u64) -> Result<Attached, Fault> {
        let run = self.ready_run()?;
        let spec = run.trainer.spec().clone();
        if count == 0 || count > MOST_SAMPLES {
            let message = format!("is {count}; allowed is 1 to {MOST_SAMPLES}");
            return Err(Fault::Spec { path: "count".to_owned(), message });
        }
        let Shape::Image { .. } = spec.data.shape() else {
            let message = "points have no images that they could be copies of".to_owned();
            return Err(Fault::State { message });
        };
        let inputs = run.inputs(Purpose::FreshLatents, seed, count as usize).map_err(fault)?;
        let fakes = run.trainer.samples(&inputs, seed).await.map_err(fault)?;
        let data = run.data.as_mut().ok_or_else(no_data)?;
        let searched = data.samples.len().unwrap_or(SEARCHED).min(SEARCHED) as usize;
        let reals = data.samples.batch(spec.seed, 0, searched).values;
        let size = fakes.len() / count as usize;
        let told = |error: gan_eval::EvalError| Fault::State { message: error.to_string() };
        let all = Samples::new(&reals, size).map_err(told)?;
        let found = nearest(&Samples::new(&fakes, size).map_err(told)?, &all).map_err(told)?;
        let some = &reals[..reals.len().min(SPREAD_REALS * size)];
        // A single real image has no distance to another.
        let unit = spread(some, size).filter(|spread| *spread > 0.0).unwrap_or(1.0);
        let set = set_of(&spec.data, count as usize);
        let beside: Vec<f32> = found
            .iter()
            .flat_map(|one| reals[one.index * size..][..size].iter().copied())
            .collect();
        let distances = found.iter().map(|one| one.distance / unit).collect();
        let neighbours = Neighbours { distances, searched: searched as u64 };
        let attachments = vec![bytes_of(&fakes, set), bytes_of(&beside, set)];
        Ok((Reply::Neighbours { set, neighbours }, attachments))
    }
}
