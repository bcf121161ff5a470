//! A worker as the page holds it: messages out, events and its death in. Knows the wire, decides
//! nothing.

use gan_browser::{offered_by_navigator, worker_address};
use gan_protocol::{Event, Metrics, Request};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::effects::browser::{call, js_value, member, plain_value, said};
use crate::model::backends::Variant;
use crate::model::supervisor::{Signal, WorkerId};
use crate::model::wire;

/// Where the signals of a worker go.
pub type Deliver = fn(Signal<Uint8Array>);

/// A running worker. Dropping it ends it.
pub struct WorkerClient {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerClient {
    /// Starts a worker.
    ///
    /// # Errors
    /// If the browser starts none.
    pub fn start(id: WorkerId, variant: Variant, deliver: Deliver) -> Result<Self, String> {
        let variant = match variant {
            Variant::Cpu => "cpu",
            Variant::Gpu => "gpu",
        };
        // Random, because a reloaded page must not take an old worker's lock for the new one's.
        let name =
            format!("gan-{variant}-{:016x}", (js_sys::Math::random() * 2f64.powi(53)) as u64);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(&name);
        let worker = worker_address(&format!("worker/entry.js?variant={variant}"))
            .and_then(|address| Worker::new_with_options(&address, &options))
            .map_err(|error| said(&error))?;

        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            deliver(read(id, &name, &message.data(), deliver));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |error: ErrorEvent| {
            error.prevent_default();
            // A worker whose script cannot be loaded raises a bare event without a message.
            let message = member(&error, "message").as_string().filter(|text| !text.is_empty());
            let message = message.unwrap_or_else(|| String::from("the worker could not be loaded"));
            deliver(Signal::Died { worker: id, message });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a request with copies of the attachments, which the worker then owns.
    ///
    /// # Errors
    /// If the browser does not take the message (out of memory).
    pub fn send(&self, request: &Request, attachments: &[Uint8Array]) -> Result<(), String> {
        let transfers = Array::new();
        let copies = Array::new();
        for bytes in attachments {
            let copy = bytes.slice(0, bytes.length());
            transfers.push(&copy.buffer());
            copies.push(&copy);
        }
        let request = js_value(request)?;
        let message = Object::new();
        let set = |key: &str, value: &JsValue| Reflect::set(&message, &key.into(), value);
        set("request", &request)
            .and_then(|_| set("attachments", &copies))
            .and_then(|_| self.worker.post_message_with_transfer(&message, &transfers))
            .map_err(|error| said(&error))
    }
}

impl Drop for WorkerClient {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn read(id: WorkerId, name: &str, data: &JsValue, deliver: Deliver) -> Signal<Uint8Array> {
    match read_event(&member(data, "event")) {
        Ok(event) => {
            if event == Event::Booted {
                watch_lock(id, name, deliver);
            }
            let attachments = Array::from(&member(data, "attachments"));
            let attachments = attachments.iter().filter_map(|bytes| bytes.dyn_into().ok());
            Signal::Event { worker: id, event, attachments: attachments.collect() }
        }
        Err(error) => Signal::Died { worker: id, message: format!("unreadable event: {error}") },
    }
}

/// Measurements come often and may be NaN, which JSON cannot say: they are read here, all other
/// events by way of plain data.
fn read_event(event: &JsValue) -> Result<Event, String> {
    let number = |object: &JsValue, name: &str| member(object, name).as_f64().unwrap_or(f64::NAN);
    if member(event, "kind").as_string().as_deref() == Some("metrics") {
        let points = Array::from(&member(event, "points"));
        let points = points.iter().map(|point| {
            let numbers = Metrics::NAMES.map(|name| number(&point, name));
            Metrics::from_numbers(number(&point, "step") as u64, numbers)
        });
        let steps_per_second = number(event, "steps_per_second");
        return Ok(Event::Metrics { points: points.collect(), steps_per_second });
    }
    wire::event(&plain_value(event)?)
}

/// A worker holds a lock by its name for as long as it lives: whoever gets it next knows that the
/// worker is dead. Browsers without locks are left with the pings.
fn watch_lock(id: WorkerId, name: &str, deliver: Deliver) {
    let locks = offered_by_navigator("locks");
    let granted = Closure::once_into_js(move || {
        deliver(Signal::Died { worker: id, message: String::from("the worker ended") });
    });
    if let Ok(promise) = call(&locks, "request", &[JsValue::from_str(name), granted]) {
        // It is rejected in a sandboxed frame, which is refused every lock, and when the page is on its way out.
        let _ = call(&promise, "catch", &[Closure::once_into_js(|| {})]);
    }
}
