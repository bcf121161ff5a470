//! Shares large convolutions with helper workers of this worker, where the page is isolated from
//! other origins.
//!
//! Helpers run the same module with memory of their own. Operands are copied to them through a
//! shared buffer, which takes a small part of the time of the products. `helpers.js` holds the
//! parts that only JavaScript can do.

use std::rc::Rc;

use gan_core::sharing::{Helpers, Task, share_with};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use crate::wire;

#[wasm_bindgen]
extern "C" {
    /// See `helpers.js`.
    type Pool;

    #[wasm_bindgen(method, getter)]
    fn count(this: &Pool) -> usize;

    #[wasm_bindgen(method)]
    fn begin(
        this: &Pool,
        index: usize,
        header: &[u32],
        first: &[f32],
        second: &[f32],
        bias: &[f32],
        length: usize,
    ) -> bool;

    #[wasm_bindgen(method)]
    fn finish(this: &Pool, index: usize, out: &mut [f32]) -> bool;
}

impl Helpers for Pool {
    fn count(&self) -> usize {
        Self::count(self)
    }

    fn begin(&self, index: usize, task: &Task<'_>) -> bool {
        let header = task.header();
        Self::begin(self, index, &header, task.first, task.second, task.bias, task.len())
    }

    fn finish(&self, index: usize, out: &mut [f32]) -> bool {
        Self::finish(self, index, out)
    }
}

/// Registers the worker's helpers, if it has any, for large convolutions.
pub(crate) fn enlist() {
    let pool = Reflect::get(&wire::scope(), &"ganHelpers".into());
    if let Some(pool) = pool.ok().filter(JsValue::is_object) {
        share_with(Some(Rc::new(pool.unchecked_into::<Pool>())));
    }
}

/// Whether this worker is itself a helper.
pub(crate) fn is_helper() -> bool {
    Reflect::get(&wire::scope(), &"ganHelper".into()).is_ok_and(|flag| flag.is_truthy())
}

/// Runs in a helper: computes a task into `out`; `false` if the header or the length is invalid.
#[wasm_bindgen]
pub fn help(header: &[u32], first: &[f32], second: &[f32], bias: &[f32], out: &mut [f32]) -> bool {
    match Task::received(header, first, second, bias) {
        Some(task) if task.len() == out.len() => {
            out.fill(0.0);
            task.run(out);
            true
        }
        _ => false,
    }
}
