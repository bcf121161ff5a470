//! Gzip files, decoded by the browser: a decoder of our own would be two percent of the worker.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Response};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More than any data set that is read here; a file that holds more is taken for a bomb.
const MOST_BYTES: usize = 256 << 20;

/// What is behind `bytes` if they are gzip's; the bytes themselves if they are not, or cannot be
/// decoded: their reader then says so.
pub(crate) async fn gunzipped(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(&MAGIC) {
        return bytes;
    }
    decoded(&bytes).await.unwrap_or(bytes)
}

/// `None` if the stream is damaged, cut off or holds too much.
async fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = Uint8Array::from(bytes);
    let stream = Response::new_with_opt_js_u8_array(Some(&body)).ok()?.body()?;
    // Every browser has had this class for years; web-sys calls it unstable.
    let class: Function = gan_browser::offered("DecompressionStream").dyn_into().ok()?;
    let decoder = Reflect::construct(&class, &Array::of1(&"gzip".into())).ok()?;
    // It has the two ends that a pair is made of.
    read(&stream.pipe_through(decoder.unchecked_ref())).await
}

async fn read(stream: &ReadableStream) -> Option<Vec<u8>> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.ok()?;
        if Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Some(bytes);
        }
        let chunk = Uint8Array::new(&Reflect::get(&chunk, &"value".into()).ok()?);
        if bytes.len() + chunk.length() as usize > MOST_BYTES {
            // What comes of it does not matter any more.
            let _ = reader.cancel();
            return None;
        }
        bytes.extend(chunk.to_vec());
    }
}
