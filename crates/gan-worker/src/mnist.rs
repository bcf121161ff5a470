//! Loads MNIST and the classifier of digits from the page's own server; keeps MNIST in the browser's
//! cache.

use gan_browser::{called, offered};
use gan_data::ImageSet;
use gan_session::{DataLoader, Progress};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, ReadableStreamDefaultReader, Response};

use crate::gunzip::gunzipped;
use crate::wire::scope;

const IMAGES: &str = "train-images-idx3-ubyte.gz";
const LABELS: &str = "train-labels-idx1-ubyte.gz";
/// Folder of the files within the site.
const FOLDER: &str = "data/mnist/";
/// The classifier within the site.
const CLASSIFIER: &str = "pretrained/digit-classifier.safetensors";
/// The name has a version, so that a later format gets a new cache.
const CACHE: &str = "gan-playground-data-1";
/// The larger file has 10 MB; a file larger than this is not MNIST.
const MOST_BYTES: usize = 64 << 20;

/// Fetches data sets by HTTP.
pub(crate) struct Fetcher;

impl DataLoader for Fetcher {
    async fn mnist(&self, progress: Progress<'_>) -> Result<ImageSet, String> {
        let cache = open_cache().await;
        if let Some(images) = from_cache(cache.as_ref()).await {
            return Ok(images);
        }
        // A slow server sends nothing for a while: the task begins with the request.
        progress(0.0, None);
        let labels = fetch(LABELS, &|_, _| ()).await?;
        let images = fetch(IMAGES, progress).await?;
        let set = parse(&images, &labels).await?;
        if let Some(cache) = cache {
            // If the store is full or forbidden, the next visit downloads again; nothing else is
            // lost.
            store(&cache, IMAGES, &images).await;
            store(&cache, LABELS, &labels).await;
        }
        Ok(set)
    }

    async fn classifier(&self) -> Result<Vec<u8>, String> {
        fetch_at(CLASSIFIER, &at_site(CLASSIFIER), &|_, _| ()).await
    }
}

async fn parse(images: &[u8], labels: &[u8]) -> Result<ImageSet, String> {
    let (images, labels) = (gunzipped(images).await, gunzipped(labels).await);
    ImageSet::from_idx((IMAGES, images), Some((LABELS, labels))).map_err(|e| e.to_string())
}

/// `None` over plain http, which has no caches, and in a sandboxed frame, which is refused them.
async fn open_cache() -> Option<Cache> {
    let opened = called(&offered("caches"), "open", &[CACHE.into()]).ok()?;
    opened.await.ok().map(JsCast::unchecked_into)
}

async fn from_cache(cache: Option<&Cache>) -> Option<ImageSet> {
    let cache = cache?;
    let images = stored(cache, IMAGES).await?;
    let labels = stored(cache, LABELS).await?;
    match parse(&images, &labels).await {
        Ok(set) => Some(set),
        Err(_) => {
            for name in [IMAGES, LABELS] {
                let _ = JsFuture::from(cache.delete_with_str(&url(name))).await;
            }
            None
        }
    }
}

async fn stored(cache: &Cache, name: &str) -> Option<Vec<u8>> {
    let found = JsFuture::from(cache.match_with_str(&url(name))).await.ok()?;
    let response: Response = found.dyn_into().ok()?;
    let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

async fn store(cache: &Cache, name: &str, bytes: &[u8]) {
    let body = Uint8Array::from(bytes);
    if let Ok(response) = Response::new_with_opt_js_u8_array(Some(&body)) {
        let _ = JsFuture::from(cache.put_with_str(&url(name), &response)).await;
    }
}

/// The bytes of a file of MNIST; reports progress as they arrive.
async fn fetch(name: &str, progress: Progress<'_>) -> Result<Vec<u8>, String> {
    fetch_at(name, &url(name), progress).await
}

/// The bytes at an address, called `name` in errors; reports progress as they arrive.
async fn fetch_at(name: &str, url: &str, progress: Progress<'_>) -> Result<Vec<u8>, String> {
    let failed = |error: JsValue| format!("{name}: {}", describe(&error));
    let response = JsFuture::from(scope().fetch_with_str(url)).await.map_err(failed)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(format!("{name}: the server answers {}", response.status()));
    }
    let length = response.headers().get("content-length").ok().flatten();
    let total = length.and_then(|length| length.parse::<f64>().ok());
    let body = response.body().ok_or_else(|| format!("{name}: the answer is empty"))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    progress(0.0, total);
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(failed)?;
        if Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break;
        }
        let chunk = Reflect::get(&chunk, &"value".into()).map_err(failed)?;
        bytes.extend(Uint8Array::new(&chunk).to_vec());
        if bytes.len() > MOST_BYTES {
            return Err(format!("{name}: is larger than {MOST_BYTES} bytes"));
        }
        progress(bytes.len() as f64, total);
    }
    progress(bytes.len() as f64, Some(bytes.len() as f64));
    Ok(bytes)
}

/// The address of a file of MNIST.
fn url(name: &str) -> String {
    at_site(&format!("{FOLDER}{name}"))
}

/// The address of a file of the site. In a sandboxed frame the worker's own address cannot serve as a
/// base, so `ganSite` holds the site's.
fn at_site(path: &str) -> String {
    let site = offered("ganSite").as_string().unwrap_or_default();
    format!("{site}{path}")
}

fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => format!("{error:?}"),
    }
}
