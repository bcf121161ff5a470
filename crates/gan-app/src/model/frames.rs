//! Keeps the newest sheets and stage until they are drawn: they arrive more often than the browser
//! draws.

use gan_protocol::{FrameKind, SampleSet, StageSet};

/// A sheet to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame<B> {
    /// Generator steps.
    pub step: u64,
    /// How to read the pixels.
    pub set: SampleSet,
    /// The pixels.
    pub pixels: B,
    /// Number of sheets that this one replaces, itself included; each is acknowledged.
    pub received: u32,
}

/// A stage for the script that watches.
#[derive(Clone, Debug, PartialEq)]
pub struct StageFrame<B> {
    /// Generator steps.
    pub step: u64,
    /// How to read the numbers.
    pub set: StageSet,
    /// The numbers' bytes.
    pub numbers: B,
    /// Number of stages that this one replaces; each is acknowledged.
    pub received: u32,
}

/// The newest sheet of each kind, and the newest stage.
#[derive(Clone, Debug)]
pub struct Frames<B> {
    sheets: [Option<Frame<B>>; 2],
    stage: Option<StageFrame<B>>,
}

impl<B> Default for Frames<B> {
    fn default() -> Self {
        Self { sheets: [None, None], stage: None }
    }
}

impl<B> Frames<B> {
    /// Keeps a new sheet, in place of one that was not drawn yet.
    pub fn sheet_came(&mut self, sheet: FrameKind, step: u64, set: SampleSet, pixels: B) {
        let slot = &mut self.sheets[sheet as usize];
        let received = slot.as_ref().map_or(0, |frame| frame.received) + 1;
        *slot = Some(Frame { step, set, pixels, received });
    }

    /// Keeps a new stage, in place of one that was not drawn yet.
    pub fn stage_came(&mut self, step: u64, set: StageSet, numbers: B) {
        let mut frame = StageFrame { received: 1, step, set, numbers };
        if let Some(before) = self.stage.take() {
            frame.received += before.received;
            // The newest stage is kept, unless the previous one has more parts than points:
            // that one is newer than the screen as well.
            if set.lattice == 0 && before.set.lattice > 0 {
                frame = StageFrame { received: frame.received, ..before };
            }
        }
        self.stage = Some(frame);
    }

    /// Removes the sheet to be drawn.
    pub fn take_sheet(&mut self, sheet: FrameKind) -> Option<Frame<B>> {
        self.sheets[sheet as usize].take()
    }

    /// Removes the stage to be drawn.
    pub fn take_stage(&mut self) -> Option<StageFrame<B>> {
        self.stage.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: SampleSet = SampleSet { count: 4, width: 2, height: 2, channels: 1 };

    #[test]
    fn the_newest_sheet_stands_for_those_before_it() {
        let mut frames = Frames::default();
        frames.sheet_came(FrameKind::Fixed, 1, SET, "first");
        frames.sheet_came(FrameKind::Fixed, 2, SET, "second");
        frames.sheet_came(FrameKind::Fresh, 2, SET, "fresh");
        let second = Frame { step: 2, set: SET, pixels: "second", received: 2 };
        assert_eq!(frames.take_sheet(FrameKind::Fixed), Some(second));
        assert_eq!(frames.take_sheet(FrameKind::Fixed), None);
        assert_eq!(frames.take_sheet(FrameKind::Fresh).map(|frame| frame.received), Some(1));
    }

    #[test]
    fn a_stage_of_points_alone_does_not_take_the_place_of_a_whole_one() {
        let points = StageSet { reals: 3, fakes: 3, ..StageSet::default() };
        let whole = StageSet { lattice: 20, lattice_rows: 20, ..points };
        let mut frames = Frames::default();
        frames.stage_came(1, points, "points");
        frames.stage_came(2, whole, "whole");
        frames.stage_came(3, points, "points again");
        let expected = StageFrame { step: 2, set: whole, numbers: "whole", received: 3 };
        assert_eq!(frames.take_stage(), Some(expected));
        assert_eq!(frames.take_stage(), None);
    }
}
