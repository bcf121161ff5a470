//! Reads data files: returns a summary of their images, and the images as IDX files for a run.

use gan_files::{
    Choice, Images, Limit, Range, Reason, Source, candidates, has_pairs, images, lies_on_its_side,
    samples,
};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Largest size of the kept pixels: a run holds them, and its worker briefly holds a copy of the
/// file.
const MOST_PIXEL_BYTES: usize = 96 << 20;

/// The user's files, and the images last read from them.
#[wasm_bindgen]
#[derive(Default)]
pub struct FileReader {
    files: Vec<(String, Vec<u8>)>,
    images: Option<Images>,
}

#[wasm_bindgen]
impl FileReader {
    /// A reader without files.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.files.push((name, bytes));
    }

    /// Reads images by `choice`, JSON: `{entry, range: [black, white], upright, coarse, limit}`,
    /// each of which may be missing or null. Returns JSON: `{path, entries, count, of, channels,
    /// height, width, range, classes: [{name, count}] | null, notes, leftOut: [{path, reason,
    /// message}], liesOnItsSide}`.
    ///
    /// # Errors
    /// The fault of the files, as an `Error`.
    pub fn read(&mut self, choice: &str) -> Result<String, JsError> {
        self.images = None;
        let source = told(Source::open(&self.files))?;
        let asked: Value = serde_json::from_str(choice)?;
        let found = candidates(&source);
        let likeliest = found.first().map(|info| info.shape.iter().skip(1).product::<usize>());
        let most = MOST_PIXEL_BYTES / likeliest.unwrap_or(1).max(1);
        let limit = asked["limit"].as_u64().map_or(most, |limit| (limit as usize).min(most));
        let range = match [&asked["range"][0], &asked["range"][1]].map(Value::as_f64) {
            [Some(low), Some(high)] => Some(Range { low, high }),
            _ => None,
        };
        let choice = Choice {
            entry: asked["entry"].as_str().map(str::to_owned),
            range,
            upright: asked["upright"].as_bool().unwrap_or(false),
            coarse: asked["coarse"].as_bool().unwrap_or(false),
            limit: Some(Limit::Shared(limit)),
            ..Choice::default()
        };
        let read = told(images(&source, &choice))?;
        let entries: Vec<&str> = found.iter().map(|info| &*info.path).collect();
        let classes = read.classes.as_ref().map(|classes| {
            let counts = classes.names.iter().zip(classes.counts());
            counts.map(|(name, count)| json!({"name": name, "count": count})).collect::<Vec<_>>()
        });
        let left_out: Vec<Value> = source
            .left_out
            .iter()
            .map(|one| {
                let (reason, message) = match &one.reason {
                    Reason::Hidden => ("hidden", ""),
                    Reason::Foreign(message) => ("foreign", &**message),
                    Reason::Damaged(message) => ("damaged", &**message),
                };
                json!({"path": one.path, "reason": reason, "message": message})
            })
            .collect();
        let summary = json!({
            "path": read.path,
            "entries": entries,
            "count": read.count(),
            "of": read.of,
            "channels": read.channels,
            "height": read.height,
            "width": read.width,
            "range": [read.range.low, read.range.high],
            "classes": classes,
            "notes": read.notes,
            "leftOut": left_out,
            "liesOnItsSide": lies_on_its_side(&read.path),
        });
        self.images = Some(read);
        Ok(summary.to_string())
    }

    /// The files as points of the plane, x, y, x, y …; nothing if a sample is not two numbers.
    ///
    /// # Errors
    /// The fault of a table of two columns, as an `Error`.
    pub fn points(&self) -> Result<Option<Vec<f32>>, JsError> {
        let source = told(Source::open(&self.files))?;
        if !has_pairs(&source) {
            return Ok(None);
        }
        let found = told(samples(&source, &Choice::default()))?;
        let numbers: Vec<f32> = found.values.iter().map(|value| *value as f32).collect();
        if numbers.iter().any(|number| number.is_infinite()) {
            return Err(JsError::new(&format!(
                "{}: holds numbers too large for a run",
                found.path
            )));
        }
        Ok(Some(numbers))
    }

    /// The first `count` images of the last reading, [image, channel, row, column].
    pub fn preview(&self, count: usize) -> Vec<u8> {
        let Some(images) = &self.images else { return Vec::new() };
        let size = images.channels * images.height * images.width;
        images.pixels[..images.pixels.len().min(count * size)].to_vec()
    }

    /// The name of the user's file from which the images were read.
    #[wasm_bindgen(js_name = imagesName)]
    pub fn images_name(&self) -> Option<String> {
        let path = &self.images.as_ref()?.path;
        // Longer names first, because one may be the beginning of another.
        let mut names: Vec<&str> = self.files.iter().map(|(name, _)| &**name).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.into_iter().find(|name| path.starts_with(name)).map(str::to_owned)
    }

    /// The images of the last reading, as an IDX file.
    #[wasm_bindgen(js_name = imagesFile)]
    pub fn images_file(&self) -> Option<Vec<u8>> {
        self.images.as_ref().map(Images::idx)
    }

    /// Their labels as an IDX file, if there are labels.
    #[wasm_bindgen(js_name = labelsFile)]
    pub fn labels_file(&self) -> Option<Vec<u8>> {
        self.images.as_ref().and_then(Images::labels_idx)
    }
}

fn told<T>(result: Result<T, gan_files::FileError>) -> Result<T, JsError> {
    result.map_err(|error| JsError::new(&error.to_string()))
}
