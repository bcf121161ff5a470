//! A distribution drawn by hand: with a mouse, a finger, a pen or the keyboard.

use leptos::prelude::*;

use crate::playground;
use crate::words::{key, say, say_with, t};

/// Points that may be drawn; the page accepts more, but its address would be too long to share.
const MOST_POINTS: usize = 400;
/// A stroke leaves a point after each such share of half the picture's side.
const SPACING: f32 = 0.05;
/// Standard deviation of the noise around each point, likewise.
const NOISE: f32 = 0.02;
/// How far an arrow key moves the cursor, likewise.
const STRIDE: f32 = 0.05;

/// What is being drawn.
#[derive(Clone, Copy)]
pub(super) struct Sketch {
    /// Whether the plane takes strokes.
    pub(super) on: RwSignal<bool>,
    /// What has been drawn, in the plane's coordinates.
    pub(super) points: RwSignal<Vec<[f32; 2]>>,
    /// Where the keyboard draws, in -1 to 1 from the picture's middle, y up.
    pub(super) cursor: RwSignal<Option<[f32; 2]>>,
}

/// What a key does while one draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stroke {
    /// The cursor goes there.
    Move([f32; 2]),
    /// A point is left where the cursor is.
    Dot([f32; 2]),
}

impl Sketch {
    pub(super) fn new() -> Self {
        Self {
            on: RwSignal::new(false),
            points: RwSignal::new(Vec::new()),
            cursor: RwSignal::new(None),
        }
    }

    /// Leaves a point at `place`, if it is far enough from the last one: `half_side` is half the
    /// picture's side.
    pub(super) fn draw(self, place: [f32; 2], half_side: f32) {
        let takes = self.points.with_untracked(|points| takes(points, place, half_side));
        if takes {
            self.points.update(|points| points.push(place));
        }
    }

    fn clear(self) {
        self.points.set(Vec::new());
        self.cursor.set(None);
    }

    fn begin(self) {
        self.clear();
        self.on.set(true);
    }

    fn end(self) {
        self.clear();
        self.on.set(false);
    }

    /// Trains on what was drawn, from the start.
    fn train(self, half_side: f32) {
        let data = self.points.with_untracked(|points| data_of(points, half_side));
        self.end();
        playground::begin_anew_with(&data);
    }
}

fn takes(points: &[[f32; 2]], place: [f32; 2], half_side: f32) -> bool {
    let far_enough = points
        .last()
        .is_none_or(|last| (last[0] - place[0]).hypot(last[1] - place[1]) >= SPACING * half_side);
    points.len() < MOST_POINTS && far_enough
}

/// The spec's `data` for drawn points, to a thousandth of the picture.
fn data_of(points: &[[f32; 2]], half_side: f32) -> String {
    let unit = f64::from(half_side) / 1_000.0;
    let digits = (-unit.log10()).ceil().clamp(0.0, 9.0) as usize;
    let points: Vec<String> =
        points.iter().map(|[x, y]| format!("[{x:.digits$},{y:.digits$}]")).collect();
    let sd = NOISE * half_side;
    format!(
        r#"{{"data":{{"source":"points","points":{{"kind":"drawn","points":[{}],"sd":{sd:.digits$}}}}}}}"#,
        points.join(",")
    )
}

/// What `pressed` does with the cursor at `cursor`; `None` is nothing.
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

/// Buttons that begin a drawing and say what becomes of it.
#[component]
pub(super) fn SketchControls(
    sketch: Sketch,
    half_side: StoredValue<Box<dyn Fn() -> f32>, LocalStorage>,
) -> impl IntoView {
    let off = Signal::derive(move || !sketch.on.get());
    let empty = Signal::derive(move || sketch.points.with(|points| points.len() < 2));
    let told = move || {
        let count = sketch.points.with(Vec::len);
        if count == 0 {
            say(key("draw-hint"))
        } else {
            say_with(key("draw-count"), &[("count", count.to_string())])
        }
    };
    let train = move |_| sketch.train(half_side.with_value(|half_side| half_side()));
    view! {
        <div class="lab-draw">
            <button hidden=sketch.on on:click=move |_| sketch.begin()>{t("draw-begin")}</button>
            <button class="primary" hidden=off disabled=empty on:click=train>{t("draw-train")}</button>
            <button hidden=off on:click=move |_| sketch.clear()>{t("draw-clear")}</button>
            <button hidden=off on:click=move |_| sketch.end()>{t("draw-cancel")}</button>
            <span class="hint" role="status" hidden=off>{told}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, merged, preset};
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
    fn what_is_drawn_is_data_that_the_page_accepts() {
        for half_side in [0.01, 1.0, 2.631_579, 500.0] {
            let points = [[0.5 * half_side, -0.25 * half_side], [0.0, half_side]];
            let data: Value = serde_json::from_str(&data_of(&points, half_side)).expect("JSON");
            let base = preset("ring").expect("a preset").spec.to_value();
            let spec = RunSpec::from_value(merged(&base, &data)).expect("a valid spec");
            let drawn = &spec.to_value()["data"]["points"];
            let x = drawn["points"][0][0].as_f64().expect("a number");
            let error = (x - 0.5 * f64::from(half_side)).abs();
            assert!(error <= f64::from(half_side) / 1_000.0, "{half_side}: {drawn}");
            assert!(drawn["sd"].as_f64().expect("a number") > 0.0, "{half_side}: {drawn}");
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
