//! A board for drawing, with the nets' verdicts on what is drawn.

use js_sys::{Float32Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::board::{Board, BoardCanvas, Brush, Tool};
use super::digits::readings;
use super::verdict_text;
use crate::inspector::{Question, ask};
use crate::observation::Run;
use crate::ticks::every_ms;
use crate::words::{key, say, say_with, t};

/// The brush of the board.
const BRUSH: Brush = Brush { tool: Tool::Draw, radius: 1.6 };

#[component]
pub(super) fn DrawingBoard(run: Run) -> impl IntoView {
    let board = RwSignal::new(Board::new(run.image));
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
            <BoardCanvas board=board brush=BRUSH label=key("drawing-title")/>
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
