//! Draws samples on request.

use gan_core::Inputs;
use gan_protocol::{Fault, Reply};
use gan_random::Purpose;

use super::{Attached, Session, fault};
use crate::data::DataLoader;

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
        if count == 0 || count > MOST_SAMPLES {
            let message = format!("is {count}; allowed is 1 to {MOST_SAMPLES}");
            return Err(Fault::Spec { path: "count".to_owned(), message });
        }
        if seed >= 1 << 53 {
            let message = format!("is {seed}; allowed is 0 to 2^53 - 1");
            return Err(Fault::Spec { path: "seed".to_owned(), message });
        }
        let spec = run.trainer.spec();
        let mut inputs = Inputs::drawn(spec, Purpose::FreshLatents, seed, count as usize);
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
}
