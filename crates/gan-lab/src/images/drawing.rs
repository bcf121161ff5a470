//! A board for drawing an image by mouse, finger, pen or keyboard, with the nets' verdicts on it.

use js_sys::{Float32Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::digits::readings;
use super::verdict_text;
use crate::inspector::{Question, ask};
use crate::observation::Run;
use crate::picture::Picture;
use crate::ticks::every_ms;
use crate::words::{key, say, say_with, t};

/// Radius of the brush's soft dot, in pixels.
const BRUSH: f32 = 1.6;

/// An image of one channel being drawn, 0 black to 255 white.
#[derive(Clone, Debug, PartialEq)]
struct Board {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Board {
    fn new([width, height, _]: [usize; 3]) -> Self {
        Self { width, height, pixels: vec![0; width * height] }
    }

    /// Draws a soft dot at a place in pixels.
    fn dab(&mut self, [x, y]: [f32; 2]) {
        for row in 0..self.height {
            for column in 0..self.width {
                let far = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
                let ink = 255.0 * (BRUSH - far).clamp(0.0, 1.0);
                let pixel = &mut self.pixels[row * self.width + column];
                *pixel = (*pixel).max(ink as u8);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.pixels.iter().all(|pixel| *pixel == 0)
    }
}

#[component]
pub(super) fn DrawingBoard(run: Run) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let board = RwSignal::new(Board::new(run.image));
    let cursor = RwSignal::new([run.image[0] as f32 / 2.0, run.image[1] as f32 / 2.0]);
    let told = RwSignal::new(None::<(f32, Option<(usize, f32)>)>);
    let asked = StoredValue::new(false);
    let judged = StoredValue::new(Board::new(run.image));
    // Strokes come faster than answers: the newest drawing is judged after the last answer.
    every_ms(250, move || {
        let now = board.try_get_untracked();
        let Some(now) = now.filter(|_| !asked.try_get_value().unwrap_or(true)) else { return };
        if judged.with_value(|judged| *judged == now) {
            return;
        }
        judged.set_value(now.clone());
        if now.is_empty() {
            return told.set(None);
        }
        asked.set_value(true);
        judge(run, now, move |answer| {
            // The board may have been removed by now.
            let _ = asked.try_update_value(|asked| *asked = false);
            let _ = told.try_update(|told| *told = answer);
        });
    });
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            board.with(|board| {
                let image = [board.width, board.height, 1];
                Picture::of_images(&board.pixels, image, 1).show(&canvas);
            });
        }
    });
    let draw = move |event: &PointerEvent| {
        let Some(canvas) = canvas.get_untracked().filter(|_| event.buttons() != 0) else { return };
        let share = |at: i32, of: i32| at as f32 / of.max(1) as f32;
        let x = share(event.offset_x(), canvas.client_width()) * run.image[0] as f32;
        let y = share(event.offset_y(), canvas.client_height()) * run.image[1] as f32;
        board.update(|board| board.dab([x, y]));
    };
    let press = move |event: &KeyboardEvent| {
        let [x, y] = cursor.get_untracked();
        let moved = match event.key().as_str() {
            "ArrowLeft" => [x - 1.0, y],
            "ArrowRight" => [x + 1.0, y],
            "ArrowUp" => [x, y - 1.0],
            "ArrowDown" => [x, y + 1.0],
            " " | "Enter" => [x, y],
            _ => return,
        };
        event.prevent_default();
        // The page starts and pauses by the same key.
        event.stop_propagation();
        let [width, height, _] = run.image;
        let moved = [moved[0].clamp(0.0, width as f32), moved[1].clamp(0.0, height as f32)];
        cursor.set(moved);
        if event.shift_key() || moved == [x, y] {
            board.update(|board| board.dab(moved));
        }
    };
    let words = move || match told.get() {
        None => say(key("drawing-hint")),
        Some((verdict, reading)) => {
            let mut facts = vec![("verdict", verdict_text(&run, verdict))];
            match reading {
                Some((digit, share)) => {
                    facts.push(("digit", digit.to_string()));
                    facts.push(("share", format!("{:.0}", 100.0 * share)));
                    say_with(key("drawing-told-digit"), &facts)
                }
                None => say_with(key("drawing-told"), &facts),
            }
        }
    };
    view! {
        <div class="lab-drawing">
            <canvas
                node_ref=canvas
                role="application"
                tabindex="0"
                aria-label=t("drawing-title")
                on:pointerdown=move |event| draw(&event)
                on:pointermove=move |event| draw(&event)
                on:keydown=move |event| press(&event)
            ></canvas>
            <div>
                <p role="status">{words}</p>
                <button on:click=move |_| board.set(Board::new(run.image))>
                    {t("drawing-clear")}
                </button>
            </div>
        </div>
    }
}

/// The discriminator's verdict, and the digit that the classifier reads; `None` if neither is
/// available.
fn judge(run: Run, board: Board, done: impl FnOnce(Option<(f32, Option<(usize, f32)>)>) + 'static) {
    let pixels = || Uint8Array::from(board.pixels.as_slice());
    let (for_verdict, for_reading) = (pixels(), pixels());
    let first = |answer: Result<JsValue, String>| {
        answer.ok().map(|answer| Float32Array::new(&answer).to_vec()).unwrap_or_default()
    };
    if !run.on_digits {
        let labels = if run.classes == 0 { Vec::new() } else { vec![0] };
        return ask(Question::Verdicts(for_verdict, labels), move |answer| {
            done(first(answer).first().map(|verdict| (*verdict, None)));
        });
    }
    ask(Question::Read(for_reading), move |answer| {
        let reading = readings(&first(answer)).first().copied();
        // A conditional discriminator gets the digit that was read as the class.
        let label = reading.map_or(0, |(digit, _)| digit as u16);
        let labels = if run.classes == 0 { Vec::new() } else { vec![label] };
        ask(Question::Verdicts(for_verdict, labels), move |answer| {
            done(first(answer).first().map(|verdict| (*verdict, reading)));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dab_is_bright_in_its_middle_and_ends_at_the_brushs_edge() {
        let mut board = Board::new([28, 28, 1]);
        assert!(board.is_empty());
        board.dab([10.5, 4.5]);
        assert_eq!(board.pixels[4 * 28 + 10], 255);
        assert!(board.pixels[4 * 28 + 11] > 100 && board.pixels[4 * 28 + 11] < 255);
        assert_eq!(board.pixels[4 * 28 + 13], 0);
        assert!(!board.is_empty());
    }
}
