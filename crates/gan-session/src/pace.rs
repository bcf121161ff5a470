//! Times a run: how long a slice of training is, and when a sheet, a report or a checkpoint is due.
//!
//! Each chore waits in proportion to its last cost, so that a toy net on the processor and a large
//! one on a software GPU can both be watched.

/// A slice of training ends after this time, so that requests are answered.
const SLICE_MS: f64 = 60.0;
/// The same while the plane is watched. The plane moves thirty times a second, so a slice, the
/// plane and the wait for the screen's frame must fit into one picture.
const PLANE_SLICE_MS: f64 = 12.0;
/// Steps queued on a device before their scores are read, which is the back-pressure; for steps
/// that take microseconds [`cheap_limit`] allows more.
const MOST_QUEUED: usize = 16;
/// Sheets come at most this often.
const SHEET_INTERVAL_MS: f64 = 250.0;
/// The costlier parts of a plane come at most this often.
const LAYERS_INTERVAL_MS: f64 = 120.0;
/// Reports come at most this often, and may cost this share of the time.
const REPORT_INTERVAL_MS: f64 = 500.0;
const REPORT_SHARE: f64 = 0.03;
/// A checkpoint is kept at most this often.
const AUTOSAVE_INTERVAL_MS: f64 = 15_000.0;
/// Sheets, checkpoints and a plane's layers may each cost about this share of the time.
const OVERHEAD_SHARE: f64 = 0.08;
/// Planes come at most this often.
const PLANE_INTERVAL_MS: f64 = 25.0;
/// Planes may cost this share of the time: whoever watches wants to see points move.
const PLANE_SHARE: f64 = 0.25;
/// Steps per second are measured over this time.
const SPEED_WINDOW_MS: f64 = 4_000.0;

/// Something done at intervals that grow with its cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chore {
    interval_ms: f64,
    share: f64,
    last_end_ms: f64,
    last_cost_ms: f64,
}

impl Chore {
    pub(crate) fn sheet(now_ms: f64) -> Self {
        Self::new(SHEET_INTERVAL_MS, OVERHEAD_SHARE, now_ms)
    }

    /// The points of a watched plane.
    pub(crate) fn plane() -> Self {
        Self::new(PLANE_INTERVAL_MS, PLANE_SHARE, f64::NEG_INFINITY)
    }

    /// The costlier parts of a plane.
    pub(crate) fn layers() -> Self {
        Self::new(LAYERS_INTERVAL_MS, OVERHEAD_SHARE, f64::NEG_INFINITY)
    }

    /// A report on the run's health.
    pub(crate) fn report(now_ms: f64) -> Self {
        Self::new(REPORT_INTERVAL_MS, REPORT_SHARE, now_ms)
    }

    pub(crate) fn autosave(now_ms: f64) -> Self {
        Self::new(AUTOSAVE_INTERVAL_MS, OVERHEAD_SHARE, now_ms)
    }

    fn new(interval_ms: f64, share: f64, last_end_ms: f64) -> Self {
        Self { interval_ms, share, last_end_ms, last_cost_ms: 0.0 }
    }

    pub(crate) fn is_due(&self, now_ms: f64) -> bool {
        now_ms - self.last_end_ms >= self.interval_ms.max(self.last_cost_ms / self.share)
    }

    pub(crate) fn done(&mut self, begin_ms: f64, end_ms: f64) {
        self.last_end_ms = end_ms;
        self.last_cost_ms = end_ms - begin_ms;
    }
}

/// Chooses how many steps go into a slice, and measures steps per second.
#[derive(Debug)]
pub(crate) struct Pace {
    slice_ms: f64,
    most_queued: usize,
    /// `(time in ms, step)` after recent slices.
    recent: Vec<(f64, u64)>,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { slice_ms: SLICE_MS, most_queued: 1, recent: Vec::new() }
    }

    /// Makes slices short while a plane is watched, else as long as usual.
    pub(crate) fn suit(&mut self, watched_plane: bool) {
        self.slice_ms = if watched_plane { PLANE_SLICE_MS } else { SLICE_MS };
    }

    /// Whether another step fits the slice that began at `begin_ms` with `queued` steps so far.
    pub(crate) fn fits(&self, queued: usize, begin_ms: f64, now_ms: f64) -> bool {
        queued < self.most_queued && now_ms - begin_ms < self.slice_ms
    }

    /// Adapts the number of steps to a slice of `count` steps that ended at `end_ms`, reading of
    /// scores included.
    pub(crate) fn slice_done(&mut self, count: usize, begin_ms: f64, end_ms: f64, step: u64) {
        let took_ms = end_ms - begin_ms;
        let slice_ms = self.slice_ms;
        self.most_queued = if took_ms < slice_ms {
            (count * 2).min(MOST_QUEUED.max(cheap_limit(count, took_ms, slice_ms)))
        } else {
            // Two slices' worth of steps keeps a device busy while scores are read.
            ((count as f64 * 2.0 * slice_ms / took_ms) as usize).clamp(1, MOST_QUEUED)
        };
        self.recent.push((end_ms, step));
        // The last entry that has left the window stays: speeds are measured from there, so that
        // steps longer than the window have a speed too.
        let outside = self.recent.iter().rposition(|(at_ms, _)| end_ms - at_ms > SPEED_WINDOW_MS);
        self.recent.drain(..outside.unwrap_or(0));
    }

    /// Generator steps per second over the last seconds; 0 while unknown.
    pub(crate) fn steps_per_second(&self) -> f64 {
        match (self.recent.first(), self.recent.last()) {
            (Some((from_ms, from)), Some((to_ms, to))) if to_ms > from_ms => {
                (to - from) as f64 / (to_ms - from_ms) * 1_000.0
            }
            _ => 0.0,
        }
    }

    /// Discards speeds measured before a pause.
    pub(crate) fn interrupted(&mut self, now_ms: f64, step: u64) {
        self.recent = vec![(now_ms, step)];
    }
}

/// Steps that fit into a slice at the speed of the last one: hundreds, if a step takes
/// microseconds.
fn cheap_limit(count: usize, took_ms: f64, slice_ms: f64) -> usize {
    let step_ms = (took_ms / count as f64).max(0.01);
    (slice_ms / step_ms) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_steps_are_taken_one_at_a_time_and_fast_ones_by_the_hundred() {
        let run = |step_ms: f64| {
            let mut pace = Pace::new();
            let (mut now, mut step) = (0.0, 0);
            for _ in 0..40 {
                let (begin, mut count) = (now, 0);
                while count == 0 || pace.fits(count, begin, now) {
                    (now, count, step) = (now + step_ms, count + 1, step + 1);
                }
                pace.slice_done(count, begin, now, step);
            }
            (pace.most_queued, pace.steps_per_second())
        };
        let (queued, speed) = run(17_000.0);
        assert_eq!(queued, 1);
        assert!((speed - 1.0 / 17.0).abs() < 1e-6, "{speed}");
        let (queued, speed) = run(0.2);
        assert!(queued >= 100, "{queued}");
        assert!((speed - 5_000.0).abs() < 100.0, "{speed}");
    }

    #[test]
    fn a_costly_chore_is_done_less_often() {
        let mut chore = Chore::sheet(0.0);
        assert!(!chore.is_due(200.0) && chore.is_due(250.0));
        chore.done(250.0, 1_250.0);
        assert!(!chore.is_due(10_000.0) && chore.is_due(13_750.0));
    }

    #[test]
    fn a_watched_plane_makes_slices_short() {
        let mut pace = Pace::new();
        assert!(pace.fits(0, 0.0, PLANE_SLICE_MS));
        pace.suit(true);
        assert!(!pace.fits(0, 0.0, PLANE_SLICE_MS));
        pace.suit(false);
        assert!(pace.fits(0, 0.0, PLANE_SLICE_MS));
    }

    #[test]
    fn a_plane_may_cost_a_quarter_of_the_time() {
        let mut chore = Chore::plane();
        assert!(chore.is_due(0.0));
        chore.done(0.0, 10.0);
        assert!(!chore.is_due(49.0) && chore.is_due(50.0));
    }

    #[test]
    fn speed_starts_afresh_after_a_pause() {
        let mut pace = Pace::new();
        pace.slice_done(10, 0.0, 1_000.0, 10);
        pace.interrupted(60_000.0, 10);
        pace.slice_done(10, 60_000.0, 61_000.0, 20);
        assert!((pace.steps_per_second() - 10.0).abs() < 1e-9);
    }
}
