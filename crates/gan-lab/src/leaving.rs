//! Identifies the run on the page, and keeps the data of a run that another replaces.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::playground::{call, image_in, member, restore, run_files, samples_in, snapshot};
use crate::timeline::record::Samples;

/// The reason for which another run replaces the one on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The user's choice.
    #[default]
    User,
    /// A lesson's step.
    Lesson,
    /// The same run continues, half a step further.
    HalfStep,
}

thread_local! {
    static REASON: Cell<Reason> = const { Cell::new(Reason::User) };
    /// Number of the page's runs that continued the one before.
    static CONTINUED: Cell<u32> = const { Cell::new(0) };
}

/// Sets the reason of the next replacement.
pub(crate) fn because(reason: Reason) {
    REASON.set(reason);
}

/// The number of the run on the page; another number is another run.
pub(crate) fn run_number() -> u32 {
    number_in(&snapshot()) - CONTINUED.get()
}

fn number_in(object: &JsValue) -> u32 {
    member(object, "run").as_f64().unwrap_or(0.0) as u32
}

/// A run that another is about to replace.
pub(crate) struct Left {
    /// Its number, as in [`run_number`].
    pub(crate) number: u32,
    /// The reason of its replacement.
    pub(crate) reason: Reason,
    /// The preset from which it was made.
    pub(crate) preset: String,
    /// Its data source, by the name in a spec.
    pub(crate) source: String,
    /// Columns, rows and channels of its images.
    pub(crate) image: [usize; 3],
    /// Generator steps done.
    pub(crate) step: u64,
    pub(crate) checkpoint: Uint8Array,
    /// The user's files that it learned from, as in [`crate::playground::run_files`].
    pub(crate) files: Array,
    /// Samples of it, if any could be drawn.
    pub(crate) samples: Option<Samples>,
}

/// Calls `keeper` with every run before another takes its place, for the lifetime of the page.
pub(crate) fn leaving(keeper: impl Fn(Left) + 'static) {
    let called = Closure::<dyn Fn(JsValue)>::new(move |left: JsValue| {
        let Ok(checkpoint) = member(&left, "checkpoint").dyn_into() else { return };
        let data = member(&member(&left, "spec"), "data");
        keeper(Left {
            number: number_in(&left) - CONTINUED.get(),
            reason: REASON.get(),
            preset: member(&left, "preset").as_string().unwrap_or_default(),
            source: member(&data, "source").as_string().unwrap_or_default(),
            image: image_in(&data),
            step: member(&left, "step").as_f64().unwrap_or(0.0) as u64,
            checkpoint,
            files: member(&left, "files").dyn_into().unwrap_or_default(),
            samples: samples_in(&member(&left, "samples")),
        });
    });
    call("leaving", &called.into_js_value());
}

/// Continues the same run from a checkpoint that is half a step further, at rest.
pub(crate) fn restore_half_step(bytes: &JsValue, done: impl FnOnce(Result<(), String>) + 'static) {
    REASON.set(Reason::HalfStep);
    restore(bytes, &run_files(), |restored| {
        REASON.set(Reason::User);
        if restored.is_ok() {
            CONTINUED.set(CONTINUED.get() + 1);
        }
        done(restored);
    });
}
