//! Sends a report on the run's health at intervals.

use gan_core::CoreError;
use gan_protocol::Event;

use super::Session;
use crate::data::DataLoader;

impl<L: DataLoader> Session<L> {
    /// Scores the newest samples and sends [`Event::Report`], unless nothing is new.
    pub(super) async fn report(&mut self) -> Result<(), CoreError> {
        let begin_ms = (self.clock)();
        let Some(run) = &mut self.run else { return Ok(()) };
        let Some(data) = &mut run.data else { return Ok(()) };
        let report = run.health.report(&run.trainer, data).await?;
        run.report.done(begin_ms, (self.clock)());
        if let Some((step, report)) = report {
            let report = serde_json::to_string(&report).expect("names and numbers");
            self.tell(Event::Report { step, report });
        }
        Ok(())
    }
}
