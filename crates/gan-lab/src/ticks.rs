//! Repeats an action at intervals while a part of the view exists.

use wasm_bindgen::prelude::*;

/// Calls `tick` about every `interval_ms`, for the lifetime of the current part of the view.
pub(crate) fn every_ms(interval_ms: i32, tick: impl FnMut() + 'static) {
    let tick = Closure::<dyn FnMut()>::new(tick).into_js_value();
    let window = web_sys::window().expect("the lab runs in a page");
    let timer = window
        .set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), interval_ms)
        .expect("a window has timers");
    leptos::prelude::on_cleanup(move || {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(timer);
        }
    });
}
