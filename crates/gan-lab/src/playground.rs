//! The page, as any script sees it: `window.ganPlayground`.

use js_sys::{Float32Array, Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::stage::frame::Counts;

fn playground() -> JsValue {
    let window = web_sys::window().expect("the lab runs in a page");
    member(&window, "ganPlayground")
}

fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn call(name: &str, argument: &JsValue) -> JsValue {
    let playground = playground();
    let function: Result<Function, _> = member(&playground, name).dyn_into();
    let called = function.and_then(|function| function.call1(&playground, argument));
    called.unwrap_or(JsValue::UNDEFINED)
}

/// The run, as far as the lab looks at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Whether its data are points of the plane.
    pub on_points: bool,
    /// What its nets minimise, as in a spec.
    pub objective: String,
    /// Numbers in a latent.
    pub latent_size: u32,
}

/// The run in force.
pub fn run() -> Run {
    let spec = call("spec", &JsValue::UNDEFINED);
    let text = |object: &JsValue, name: &str| member(object, name).as_string().unwrap_or_default();
    Run {
        on_points: text(&member(&spec, "data"), "source") == "points",
        objective: text(&spec, "objective"),
        latent_size: member(&member(&spec, "latent"), "size").as_f64().unwrap_or(0.0) as u32,
    }
}

/// Calls `watcher` with step, counts and numbers of every stage, for as long as the page lives.
pub fn watch(watcher: impl Fn(u64, Counts, Vec<f32>) + 'static) {
    let called = Closure::<dyn Fn(JsValue)>::new(move |stage: JsValue| {
        let count = |name: &str| member(&stage, name).as_f64().unwrap_or(0.0) as usize;
        let counts = Counts {
            reals: count("reals"),
            fakes: count("fakes"),
            pulls: count("pulls"),
            lattice: count("lattice"),
            lattice_rows: count("latticeRows"),
            surface: count("surface"),
        };
        let numbers = Float32Array::new(&member(&stage, "numbers")).to_vec();
        watcher(count("step") as u64, counts, numbers);
    });
    call("watch", &called.into_js_value());
}
