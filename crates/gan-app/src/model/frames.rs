//! What waits to be drawn: sheets and planes come more often than the browser draws.

use gan_protocol::{FrameKind, PlaneSet, SampleSet};

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
pub struct PlaneFrame<B> {
    /// After how many generator steps.
    pub step: u64,
    /// How to read the numbers.
    pub set: PlaneSet,
    /// The numbers' bytes.
    pub numbers: B,
    /// Planes that this one stands for; each is acknowledged.
    pub received: u32,
}

/// The newest sheet of each kind, and the newest stage.
#[derive(Clone, Debug)]
pub struct Frames<B> {
    sheets: [Option<Frame<B>>; 2],
    plane: Option<PlaneFrame<B>>,
}

impl<B> Default for Frames<B> {
    fn default() -> Self {
        Self { sheets: [None, None], plane: None }
    }
}

impl<B> Frames<B> {
    /// Keeps a new sheet, in place of one that was not drawn yet.
    pub fn sheet_came(&mut self, sheet: FrameKind, step: u64, set: SampleSet, pixels: B) {
        let slot = &mut self.sheets[sheet as usize];
        let received = slot.as_ref().map_or(0, |frame| frame.received) + 1;
        *slot = Some(Frame { step, set, pixels, received });
    }

    /// A plane has come.
    pub fn plane_came(&mut self, step: u64, set: PlaneSet, numbers: B) {
        let mut frame = PlaneFrame { received: 1, step, set, numbers };
        if let Some(before) = self.plane.take() {
            frame.received += before.received;
            // The newest stage is kept, unless the previous one has more parts than points:
            // that one is newer than the screen as well.
            if set.lattice == 0 && before.set.lattice > 0 {
                frame = PlaneFrame { received: frame.received, ..before };
            }
        }
        self.plane = Some(frame);
    }

    /// Removes the sheet to be drawn.
    pub fn take_sheet(&mut self, sheet: FrameKind) -> Option<Frame<B>> {
        self.sheets[sheet as usize].take()
    }

    /// Takes the plane that waits.
    pub fn take_plane(&mut self) -> Option<PlaneFrame<B>> {
        self.plane.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: SampleSet = SampleSet { count: 4, width: 2, height: 2, channels: 1, parts: 1 };

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
    fn a_plane_of_points_alone_does_not_take_the_place_of_a_whole_one() {
        let points = PlaneSet { reals: 3, fakes: 3, ..PlaneSet::default() };
        let whole = PlaneSet { lattice: 20, lattice_rows: 20, ..points };
        let mut frames = Frames::default();
        frames.plane_came(1, points, "points");
        frames.plane_came(2, whole, "whole");
        frames.plane_came(3, points, "points again");
        let expected = PlaneFrame { step: 2, set: whole, numbers: "whole", received: 3 };
        assert_eq!(frames.take_plane(), Some(expected));
        assert_eq!(frames.take_plane(), None);
    }
}
