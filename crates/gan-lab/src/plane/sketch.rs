//! Lets the user draw a distribution of points by mouse, finger, pen or keyboard.

use gan_plot::Square;
use leptos::html;
use leptos::prelude::*;

use crate::driving;
use crate::words::{key, say_with, t};

/// Most points of a drawing; the page accepts more, but its address would be too long to share.
const MOST_POINTS: usize = 400;
/// Distance of the points of a stroke, as a share of half the picture's side.
const SPACING: f32 = 0.05;
/// Standard deviation of the noise around each point, in the same unit.
const NOISE: f32 = 0.02;
/// Step of the cursor for an arrow key, in the same unit.
const STRIDE: f32 = 0.05;

/// The drawing.
#[derive(Clone, Copy)]
pub(super) struct Sketch {
    /// Whether the plane takes strokes.
    pub(super) on: RwSignal<bool>,
    /// The visible square, also when the drawing is trained on: points stay where they were drawn.
    pub(super) frame: RwSignal<Square>,
    /// The points drawn, in the plane's coordinates.
    pub(super) points: RwSignal<Vec<[f32; 2]>>,
    /// The number of points before each stroke, oldest first; a dot by the keyboard is a stroke.
    strokes: RwSignal<Vec<usize>>,
    /// The keyboard's cursor, in -1 to 1 from the picture's middle, y up.
    pub(super) cursor: RwSignal<Option<[f32; 2]>>,
    /// Whether the drawing is being sent for training.
    leaving: RwSignal<bool>,
}

/// The effect of a key while drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stroke {
    /// Moves the cursor there.
    Move([f32; 2]),
    /// Draws a point at the cursor.
    Dot([f32; 2]),
}

impl Sketch {
    pub(super) fn new() -> Self {
        Self {
            on: RwSignal::new(false),
            frame: RwSignal::new(Square { centre: [0.0; 2], half_side: 1.0 }),
            points: RwSignal::new(Vec::new()),
            strokes: RwSignal::new(Vec::new()),
            cursor: RwSignal::new(None),
            leaving: RwSignal::new(false),
        }
    }

    /// Begins a stroke, which [`Self::undo`] takes back as a whole.
    pub(super) fn begin_stroke(self) {
        let count = self.points.with_untracked(Vec::len);
        self.strokes.update(|strokes| strokes.push(count));
    }

    /// Takes the last stroke back. Strokes that left no point are none.
    fn undo(self) {
        if self.leaving.get_untracked() {
            return;
        }
        let count = self.points.with_untracked(Vec::len);
        let mut left = None;
        self.strokes.update(|strokes| left = before_last(strokes, count));
        if let Some(left) = left {
            self.points.update(|points| points.truncate(left));
        }
    }

    /// Draws a point at `place`, in -1 to 1 from the picture's middle, if it is far enough from the
    /// last one.
    pub(super) fn draw(self, [x, y]: [f32; 2]) {
        let Square { centre, half_side } = self.frame.get_untracked();
        let place = [centre[0] + half_side * x, centre[1] + half_side * y];
        let takes = self.points.with_untracked(|points| takes(points, place, half_side));
        if takes && !self.leaving.get_untracked() {
            self.points.update(|points| points.push(place));
        }
    }

    fn clear(self) {
        self.points.set(Vec::new());
        self.strokes.set(Vec::new());
        self.cursor.set(None);
    }

    /// Begins an empty drawing on the visible part of the plane.
    fn begin(self, frame: Square) {
        self.clear();
        self.frame.set(frame);
        self.on.set(true);
    }

    fn end(self) {
        self.clear();
        self.on.set(false);
    }

    /// Ends the drawing when other data appear on the plane, for example those of a lesson, which
    /// the drawing would hide.
    pub(super) fn make_way(self) {
        if self.on.get_untracked() && !self.leaving.get_untracked() {
            self.end();
        }
    }

    /// Trains on the drawing, from the start; `done` is called when the run is on the screen. A
    /// refused drawing stays.
    fn train(self, done: impl FnOnce() + 'static) {
        if self.leaving.get_untracked() {
            return;
        }
        self.leaving.set(true);
        let frame = self.frame.get_untracked();
        let data = self.points.with_untracked(|points| data_of(points, frame));
        driving::train_anew_on(&data, move |trains| {
            self.leaving.set(false);
            if trains {
                self.end();
                done();
            }
        });
    }
}

/// The number of points before the last of `strokes` that left any of the `count` points; it and all
/// later strokes are removed.
fn before_last(strokes: &mut Vec<usize>, count: usize) -> Option<usize> {
    while let Some(before) = strokes.pop() {
        if before < count {
            return Some(before);
        }
    }
    None
}

fn takes(points: &[[f32; 2]], place: [f32; 2], half_side: f32) -> bool {
    let far_enough = points
        .last()
        .is_none_or(|last| (last[0] - place[0]).hypot(last[1] - place[1]) >= SPACING * half_side);
    points.len() < MOST_POINTS && far_enough
}

/// The spec's `data` for points drawn in `frame`, to a thousandth of the picture.
fn data_of(points: &[[f32; 2]], frame: Square) -> String {
    let unit = f64::from(frame.half_side) / 1_000.0;
    let digits = (-unit.log10()).ceil().clamp(0.0, 9.0) as usize;
    let pairs = |points: &[[f32; 2]]| {
        let pairs = points.iter().map(|[x, y]| format!("[{x:.digits$},{y:.digits$}]"));
        pairs.collect::<Vec<_>>().join(",")
    };
    let sd = NOISE * frame.half_side;
    format!(
        r#"{{"data":{{"source":"points","points":{{"kind":"drawn","points":[{}],"sd":{sd:.digits$},"frame":[{}]}}}}}}"#,
        pairs(points),
        pairs(&frame.corners())
    )
}

/// The effect of the key `pressed` with the cursor at `cursor`; `None` for other keys.
pub(super) fn stroke(pressed: &str, cursor: [f32; 2]) -> Option<Stroke> {
    let [x, y] = cursor;
    let to = |x: f32, y: f32| Some(Stroke::Move([x.clamp(-1.0, 1.0), y.clamp(-1.0, 1.0)]));
    match pressed {
        "ArrowLeft" => to(x - STRIDE, y),
        "ArrowRight" => to(x + STRIDE, y),
        "ArrowUp" => to(x, y + STRIDE),
        "ArrowDown" => to(x, y - STRIDE),
        " " | "Enter" => Some(Stroke::Dot(cursor)),
        _ => None,
    }
}

/// The button that begins a drawing on the visible `frame`; `begun` is called after that.
#[component]
pub(super) fn SketchButton(
    sketch: Sketch,
    node: NodeRef<html::Button>,
    frame: StoredValue<Box<dyn Fn() -> Square>, LocalStorage>,
    begun: fn(),
) -> impl IntoView {
    let begin = move |_| {
        sketch.begin(frame.with_value(|frame| frame()));
        begun();
    };
    view! {
        <div class="lab-remedies">
            <button node_ref=node class="lab-draw-begin" on:click=begin>{t("draw-begin")}</button>
        </div>
    }
}

/// The buttons of a drawing; `ended` is called at its end. They keep their room while hidden, so
/// that nothing moves under the pen.
#[component]
pub(super) fn SketchControls(
    sketch: Sketch,
    ended: StoredValue<Box<dyn Fn()>, LocalStorage>,
) -> impl IntoView {
    let few = Signal::derive(move || {
        (sketch.leaving.get() || sketch.points.with(|points| points.len() < 2)).to_string()
    });
    let is_empty = Signal::derive(move || sketch.points.with(Vec::is_empty));
    let nothing = Signal::derive(move || is_empty.get().to_string());
    let told = move || {
        let count = sketch.points.with(Vec::len);
        say_with(key("draw-count"), &[("count", count.to_string())])
    };
    let train = move |_| {
        if sketch.points.with_untracked(|points| points.len() >= 2) {
            sketch.train(move || ended.with_value(|ended| ended()));
        }
    };
    let cancel = move |_| {
        sketch.end();
        ended.with_value(|ended| ended());
    };
    view! {
        <div class="lab-draw">
            <div class="lab-remedies">
                // Not disabled, because *Clear* would lose the focus.
                <button class="primary" aria-disabled=few on:click=train>{t("draw-train")}</button>
                <button aria-disabled=nothing on:click=move |_| sketch.undo()>{t("draw-undo")}</button>
                <button on:click=move |_| sketch.clear()>{t("draw-clear")}</button>
                <button on:click=cancel>{t("draw-cancel")}</button>
            </div>
            <div class="lab-one-place hint" role="status">
                <span class:away=move || !is_empty.get()>{t("draw-hint")}</span>
                <span class:away=is_empty>{told}</span>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{PointsSpec, RunSpec, merged, preset};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_stroke_leaves_points_at_distances() {
        assert!(takes(&[], [0.0, 0.0], 2.0));
        assert!(!takes(&[[0.0, 0.0]], [0.05, 0.0], 2.0));
        assert!(takes(&[[0.0, 0.0]], [0.1, 0.0], 2.0));
        assert!(!takes(&vec![[9.0, 9.0]; MOST_POINTS], [0.0, 0.0], 2.0));
    }

    #[test]
    fn strokes_are_taken_back_one_by_one() {
        // A stroke of three points, one that left none, and one of two.
        let mut strokes = vec![0, 3, 3];
        assert_eq!(before_last(&mut strokes, 5), Some(3));
        assert_eq!(before_last(&mut strokes, 3), Some(0));
        assert_eq!(before_last(&mut strokes, 0), None);
        // The last stroke left none.
        let mut strokes = vec![0, 2];
        assert_eq!((before_last(&mut strokes, 2), strokes), (Some(0), vec![]));
    }

    #[test]
    fn what_is_drawn_is_data_that_the_page_accepts_and_shows_again_where_it_was() {
        for (half_side, middle) in [(0.01, 0.0), (1.0, 3.0), (2.631_579, -0.1), (500.0, 20.0)] {
            let frame = Square { centre: [middle, -middle], half_side };
            let at = |x: f32, y: f32| [middle + x * half_side, y * half_side - middle];
            let points = [at(0.5, -0.25), at(0.0, 1.0)];
            let data: Value = serde_json::from_str(&data_of(&points, frame)).expect("JSON");
            let base = preset("ring").expect("a preset").spec.to_value();
            let spec = RunSpec::from_value(merged(&base, &data)).expect("a valid spec");
            let Some(PointsSpec::Drawn { points: kept, sd, frame: Some(seen) }) = spec.data.points
            else {
                panic!("{data}")
            };
            assert!(sd > 0.0, "{half_side}: {data}");
            // On a picture of 600 pixels a side, within one pixel.
            let seen = Square::between(seen);
            for (point, kept) in points.iter().zip(&kept) {
                let ([x, y], [u, v]) = (frame.place_px(point, 600.0), seen.place_px(kept, 600.0));
                assert!((x - u).hypot(y - v) < 1.0, "{half_side}: ({x}, {y}) is at ({u}, {v})");
            }
        }
    }

    #[test]
    fn keys_move_the_cursor_within_the_picture_and_leave_points() {
        assert_eq!(stroke("ArrowUp", [0.0, 0.0]), Some(Stroke::Move([0.0, STRIDE])));
        assert_eq!(stroke("ArrowRight", [1.0, 0.5]), Some(Stroke::Move([1.0, 0.5])));
        assert_eq!(stroke(" ", [0.2, 0.3]), Some(Stroke::Dot([0.2, 0.3])));
        assert_eq!(stroke("a", [0.0, 0.0]), None);
    }
}
