//! Decompresses gzip files with the browser's decoder: a decoder of our own would be two percent of
//! the worker.

use std::borrow::Cow;

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Response};

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// More than any data set that is read here; a file that holds more is refused as a bomb.
const MOST_BYTES: usize = 256 << 20;

/// The content of gzip `bytes`; `bytes` unchanged if they are not gzip, or if they are damaged, cut
/// off or too large: their reader then reports the error.
pub(crate) async fn gunzipped<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Cow<'a, [u8]> {
    let bytes = bytes.into();
    match bytes.starts_with(&MAGIC) {
        true => decoded(&bytes).await.map_or(bytes, Cow::Owned),
        false => bytes,
    }
}

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
    // A module's memory never shrinks: the chunks wait outside of it until their sum is known.
    let (chunks, mut length) = (Array::new(), 0);
    loop {
        let chunk = JsFuture::from(reader.read()).await.ok()?;
        if Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break;
        }
        let chunk = Uint8Array::new(&Reflect::get(&chunk, &"value".into()).ok()?);
        length += chunk.length() as usize;
        if length > MOST_BYTES {
            // The result of cancelling does not matter any more.
            let _ = reader.cancel();
            return None;
        }
        chunks.push(&chunk);
    }
    let (mut bytes, mut start) = (vec![0; length], 0);
    for chunk in chunks.iter() {
        let chunk: Uint8Array = chunk.unchecked_into();
        let end = start + chunk.length() as usize;
        chunk.copy_to(&mut bytes[start..end]);
        start = end;
    }
    Some(bytes)
}
