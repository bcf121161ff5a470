//! Nets that grow during a run (Karras et al. 2017).

use gan_protocol::GrowthSpec;

use super::Trainer;
use crate::batch::Batch;
use crate::layer::without_details;

impl Trainer {
    /// The schedule and the count of stages, if the run grows.
    fn growth(&self) -> Option<(GrowthSpec, usize)> {
        let growth = self.spec.growth?;
        Some((growth, self.spec.discriminator.shrink_scales().len()))
    }

    /// Puts the nets where they are in generator step `step`.
    pub(crate) fn grow_to(&mut self, step: u64) {
        let Some((growth, stages)) = self.growth() else { return };
        let level = growth.level(step, stages);
        let nets = [Some(&mut self.generator), Some(&mut self.discriminator.net)];
        for net in nets.into_iter().chain([self.average.as_mut()]).flatten() {
            net.level = level;
        }
    }

    /// The nets as the next step has them. With a new stage the optimisers begin anew, once: half steps of one net
    /// may come between.
    pub(super) fn grow(&mut self) {
        let Some((growth, stages)) = self.growth() else { return };
        let step = self.generator_steps();
        let is_new = step > 0 && growth.began(step, stages) == step;
        if is_new && self.generator_optimizer.since != step {
            for optimizer in [&mut self.generator_optimizer, &mut self.discriminator.optimizer] {
                optimizer.since = optimizer.updates;
                for moment in [&mut optimizer.first, &mut optimizer.second].into_iter().flatten() {
                    *moment = moment.zeros_like();
                }
            }
        }
        self.grow_to(step);
    }

    /// Updates before the moments began anew, for a checkpoint.
    pub(crate) fn moments_since(&self) -> Option<[u64; 2]> {
        let since = [self.generator_optimizer.since, self.discriminator.optimizer.since];
        (since != [0; 2]).then_some(since)
    }

    /// Reals without the details that a stage adds which is faded in.
    pub(super) fn as_grown(&self, reals: Batch) -> Batch {
        let level = self.discriminator.net.level;
        if self.spec.growth.is_none() || level.fract() == 0.0 {
            return reals;
        }
        let scales = self.spec.discriminator.shrink_scales();
        without_details(reals, scales[level as usize], level.fract())
    }
}
