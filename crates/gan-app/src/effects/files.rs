//! Reads and saves files.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CustomEvent, CustomEventInit, File, FileList, HtmlAnchorElement, Url,
};

use crate::effects::browser::{document, said, window};
use crate::model::supervisor::NamedFile;

/// Largest file that is read: more than any checkpoint or data set for this page.
const LARGEST_FILE_BYTES: f64 = 1_073_741_824.0;

/// Reads files that the user chose or dropped.
///
/// # Errors
/// The first file that cannot be read.
pub async fn read_all(list: &FileList) -> Result<Vec<NamedFile<Uint8Array>>, String> {
    // The browser empties the list after its event, so the files are copied first.
    let files: Vec<File> = (0..list.length()).filter_map(|index| list.get(index)).collect();
    let mut read = Vec::new();
    for file in files {
        let name = file.name();
        if file.size() > LARGEST_FILE_BYTES {
            return Err(format!("{name}: is larger than 1 GB"));
        }
        let buffer = JsFuture::from(file.array_buffer()).await;
        let buffer = buffer.map_err(|error| format!("{name}: {}", said(&error)))?;
        read.push(NamedFile { name, bytes: Uint8Array::new(&buffer) });
    }
    Ok(read)
}

/// Offers files to the lab by an event of the window; returns whether the lab took them.
pub fn offered(files: &[NamedFile<Uint8Array>]) -> bool {
    let list = Array::new();
    for file in files {
        let entry = Object::new();
        // Setting a member of a new object does not fail.
        let _ = Reflect::set(&entry, &"name".into(), &file.name.as_str().into());
        let _ = Reflect::set(&entry, &"bytes".into(), &file.bytes);
        list.push(&entry);
    }
    let details = CustomEventInit::new();
    details.set_cancelable(true);
    details.set_detail(&list);
    let event = CustomEvent::new_with_event_init_dict("gan-playground-files", &details);
    // A listener that takes the files prevents the page's own handling.
    event.is_ok_and(|event| window().dispatch_event(&event) == Ok(false))
}

/// Offers `bytes` as a download named `name`.
///
/// # Errors
/// The browser's exception.
pub fn save(name: &str, bytes: &Uint8Array) -> Result<(), String> {
    let attempt = || -> Result<(), JsValue> {
        let kind = BlobPropertyBag::new();
        kind.set_type("application/octet-stream");
        let parts = Array::of1(bytes);
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
        Url::revoke_object_url(&address)
    };
    attempt().map_err(|error| said(&error))
}
