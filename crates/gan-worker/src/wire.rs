//! Converts messages between JavaScript values and the protocol's types, and sends and receives
//! them.

use async_channel::Receiver;
use gan_protocol::{Command, Event, Fault, Reply, Request};
use gan_session::Outgoing;
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// A request with its attachments.
pub(crate) type Incoming = (Request, Vec<Vec<u8>>);

pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since the worker started.
pub(crate) fn now_ms() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// Sends an event to the page; its attachments are transferred.
pub(crate) fn post(outgoing: Outgoing) {
    let Outgoing { event, attachments } = outgoing;
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    let event = event.serialize(&serializer).expect("events are plain data");
    let (list, transfer) = (Array::new(), Array::new());
    for bytes in attachments {
        let bytes = Uint8Array::from(bytes.as_slice());
        transfer.push(&bytes.buffer());
        list.push(&bytes);
    }
    let message = Object::new();
    set(&message, "event", &event);
    set(&message, "attachments", &list);
    let posted = scope().post_message_with_transfer(&message, &transfer);
    posted.expect("buffers just made can be transferred");
}

/// Starts to receive requests. A ping is answered as soon as the thread is free, ahead of the
/// session's waiting requests.
pub(crate) fn listen() -> Receiver<Incoming> {
    let (sender, receiver) = async_channel::unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        match read(&message.data()) {
            Ok((Request { id, command: Command::Ping }, _)) => {
                let reply = Some(Reply::Done);
                post(Event::Settled { id, reply, fault: None }.into_outgoing());
            }
            Ok(incoming) => {
                // The receiver lives as long as the worker.
                let _ = sender.try_send(incoming);
            }
            Err(message) => post(Event::Fault(Fault::State { message }).into_outgoing()),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    receiver
}

fn read(data: &JsValue) -> Result<Incoming, String> {
    let field = |name: &str| Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let request: Request = serde_wasm_bindgen::from_value(field("request"))
        .map_err(|error| format!("a request could not be read: {error}"))?;
    let attachments = field("attachments");
    let attachments =
        if attachments.is_undefined() { Array::new() } else { Array::from(&attachments) };
    Ok((request, attachments.iter().map(|bytes| Uint8Array::new(&bytes).to_vec()).collect()))
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails only on frozen objects and proxies.
    let _ = Reflect::set(object, &name.into(), value);
}

/// An event without attachments.
pub(crate) trait IntoOutgoing {
    fn into_outgoing(self) -> Outgoing;
}

impl IntoOutgoing for Event {
    fn into_outgoing(self) -> Outgoing {
        Outgoing { event: self, attachments: Vec::new() }
    }
}
