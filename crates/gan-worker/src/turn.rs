//! Yields to the event loop, so that waiting messages are delivered.
//!
//! A message to the worker itself arrives after all waiting messages; a timer would be delayed by
//! several milliseconds.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Turns of the event loop.
pub(crate) struct Turns {
    channel: MessageChannel,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self { channel: MessageChannel::new().expect("every worker has message channels") }
    }

    /// Completes in the next turn.
    pub(crate) async fn next(&self) {
        let promise = Promise::new(&mut |resolve, _| {
            self.channel.port1().set_onmessage(Some(&resolve));
            // Cannot fail: nothing is transferred.
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        });
        let _ = JsFuture::from(promise).await;
    }
}
