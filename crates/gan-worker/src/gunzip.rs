//! Decompresses gzip files with the browser's decoder: a decoder of our own would be two percent of
//! the worker.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Response};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More than any data set that is read here; a file that holds more is refused as a bomb.
const MOST_BYTES: usize = 256 << 20;

/// The decompressed `bytes` if they are gzip; `bytes` unchanged if not, or if they cannot be
/// decompressed: their reader then reports the error.
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
    // Every browser has had this class for years; web-sys classifies it as unstable.
    let class: Function = gan_browser::offered("DecompressionStream").dyn_into().ok()?;
    let decoder = Reflect::construct(&class, &Array::of1(&"gzip".into())).ok()?;
    // The decoder has the two ends of a stream pair.
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
            // The result of cancelling does not matter any more.
            let _ = reader.cancel();
            return None;
        }
        bytes.extend(chunk.to_vec());
    }
}
