//! Draws samples on request.

use gan_protocol::{Fault, Reply};
use gan_random::Purpose;

use super::{Attached, Session, fault, no_data};
use crate::data::DataLoader;
use crate::drawing::{bytes_of, set_of};

/// Most samples in one request.
const MOST_SAMPLES: u32 = 4_096;

impl<L: DataLoader> Session<L> {
    pub(super) async fn sample(
        &mut self,
        count: u32,
        seed: u64,
        label: Option<u16>,
    ) -> Result<Attached, Fault> {
        let run = self.loaded_run()?;
        check(count, seed)?;
        let mut inputs = run.inputs(Purpose::FreshLatents, seed, count as usize).map_err(fault)?;
        let spec = run.trainer.spec();
        if let Some(label) = label {
            let classes = spec.labels.map_or(0, |labels| labels.classes());
            if usize::from(label) >= classes {
                let message = format!("is {label}; the run has {classes} classes");
                return Err(Fault::Spec { path: "label".to_owned(), message });
            }
            inputs.labels.fill(label);
        }
        let drawn = run.draw(&inputs, seed).await;
        let (set, bytes) = drawn.map_err(fault)?;
        Ok((Reply::Samples { set }, vec![bytes]))
    }

    /// Real samples: the first of an epoch that `seed` shuffles.
    pub(super) fn reals(&mut self, count: u32, seed: u64) -> Result<Attached, Fault> {
        let run = self.ready_run()?;
        check(count, seed)?;
        let spec = run.trainer.spec();
        let data = run.data.as_mut().ok_or_else(no_data)?;
        let values = data.samples.batch(seed, 0, count as usize).values;
        let set = set_of(&spec.data, count as usize);
        Ok((Reply::Samples { set }, vec![bytes_of(&values, set)]))
    }
}

fn check(count: u32, seed: u64) -> Result<(), Fault> {
    let wrong = |path: &str, message| Err(Fault::Spec { path: path.to_owned(), message });
    if count == 0 || count > MOST_SAMPLES {
        return wrong("count", format!("is {count}; allowed is 1 to {MOST_SAMPLES}"));
    }
    if seed >= 1 << 53 {
        return wrong("seed", format!("is {seed}; allowed is 0 to 2^53 - 1"));
    }
    Ok(())
}
