//! Draws charts, sheets and stages, at most once in each of the browser's frames.

use gan_protocol::FrameKind;
use leptos::prelude::Set as _;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Page, with};
use crate::effects::browser::{now_ms, window};
use crate::effects::display::Sheet;
use crate::effects::scripts::plane_value;
use crate::effects::sheets::{self, FIXED_CANVAS, FRESH_CANVAS};
use crate::model::notice::{AT_RUN, Notice};
use crate::model::refusal::Refusal;
use crate::model::zoom::Zoom;

/// Time between two drawings of the charts: the eye needs no more, and training needs the
/// processor.
const CHART_INTERVAL_MS: f64 = 200.0;

thread_local! {
    static ON_FRAME: Closure<dyn FnMut()> = Closure::new(|| with(Page::draw));
}

impl Page {
    /// Fits the sheets into their places at the next frame, because a listener for sizes must not
    /// change sizes at once.
    pub fn fit_sheets(&mut self) {
        self.places_changed = true;
        self.request_frame();
    }

    pub(super) fn request_frame(&mut self) {
        if self.frame_is_requested {
            return;
        }
        self.frame_is_requested = true;
        ON_FRAME.with(|draw| {
            window()
                .request_animation_frame(draw.as_ref().unchecked_ref())
                .expect("a window has frames");
        });
    }

    fn draw(&mut self) {
        self.frame_is_requested = false;
        let now_ms = now_ms();
        if std::mem::take(&mut self.places_changed) {
            sheets::fit(FIXED_CANVAS);
            sheets::fit(FRESH_CANVAS);
        }
        let sheets = [
            (FrameKind::Fixed, FIXED_CANVAS, self.display.fixed),
            (FrameKind::Fresh, FRESH_CANVAS, self.display.fresh),
        ];
        for (kind, canvas, signal) in sheets {
            let Some(frame) = self.frames.take_sheet(kind) else { continue };
            match sheets::draw(canvas, &frame.set, &frame.pixels) {
                Ok(()) => {
                    let count = frame.set.count / frame.set.parts.max(1);
                    // Before a run's data are there it may have no samples.
                    signal.set((count > 0).then_some(Sheet { step: frame.step, count }));
                }
                Err(message) => self.notify(AT_RUN, Notice::Refused(Refusal::usage(message))),
            }
            self.drawn(frame.received);
        }
        if let Some(frame) = self.frames.take_plane() {
            let received = frame.received;
            if let Some(watcher) = self.watcher.clone() {
                // After this call, because the callback may use the page.
                spawn_local(async move {
                    drop(watcher.call1(&JsValue::NULL, &plane_value(&frame)));
                });
            }
            self.drawn(received);
        }
        self.display.refresh(&self.supervisor, now_ms);
        let history = &self.supervisor.state.history;
        let newest = history.newest().map(|(step, _)| step);
        if newest < self.charts_step {
            // Another run.
            self.display.zoom.set(Zoom::default());
        }
        if newest != self.charts_step {
            if now_ms - self.charts_drawn_ms >= CHART_INTERVAL_MS {
                self.charts_drawn_ms = now_ms;
                self.charts_step = newest;
                self.display.refresh_series(history);
            } else {
                self.request_frame();
            }
        }
    }
    /// Acknowledges `received` frames to the worker.
    fn drawn(&mut self, received: u32) {
        for _ in 0..received {
            for effect in self.supervisor.frame_drawn() {
                self.carry_out_one(effect);
            }
        }
    }
}
