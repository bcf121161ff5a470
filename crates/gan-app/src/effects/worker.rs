//! Starts a worker, sends messages to it, and reports its events and its death.

use gan_browser::{offered_by_navigator, worker_address};
use gan_protocol::{Event, Metrics, Request};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::effects::browser::{call, js_value, member, plain_value, said};
use crate::model::backends::Variant;
use crate::model::supervisor::{Signal, WorkerId};
use crate::model::wire;

/// Receives the signals of a worker.
pub type Deliver = fn(Signal<Uint8Array>);

/// A running worker. Dropping it ends the worker.
pub struct WorkerClient {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerClient {
    /// Starts a worker.
    ///
    /// # Errors
    /// If the browser cannot start a worker.
    pub fn start(id: WorkerId, variant: Variant, deliver: Deliver) -> Result<Self, String> {
        let variant = match variant {
            Variant::Cpu => "cpu",
            Variant::Gpu => "gpu",
        };
        // Random, because a reloaded page must not mistake an old worker's lock for the new one's.
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
            // A worker whose script cannot be loaded raises a plain event without a message.
            let message = member(&error, "message").as_string().filter(|text| !text.is_empty());
            let message = message.unwrap_or_else(|| String::from("the worker could not be loaded"));
            deliver(Signal::Died { worker: id, message });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a request with copies of the attachments, which are transferred to the worker.
    ///
    /// # Errors
    /// If the browser cannot copy or transfer them (out of memory).
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

/// Measurements are frequent and may be NaN, which JSON cannot hold, so they are read here; all
/// other events are read by way of JSON.
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

/// A worker holds a lock with its name for its whole life: when the page gets the lock, the worker
/// is dead. In browsers without locks only the pings reveal that.
fn watch_lock(id: WorkerId, name: &str, deliver: Deliver) {
    let locks = offered_by_navigator("locks");
    let granted = Closure::once_into_js(move || {
        deliver(Signal::Died { worker: id, message: String::from("the worker ended") });
    });
    if let Ok(promise) = call(&locks, "request", &[JsValue::from_str(name), granted]) {
        // Rejected in a sandboxed frame, which is refused every lock, and while the page is closed.
        let _ = call(&promise, "catch", &[Closure::once_into_js(|| {})]);
    }
}
