//! Draws sheets of samples on canvases.

use gan_plot::{Samples, SheetLayout};
use gan_protocol::SampleSet;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::effects::browser::{document, window};

/// The id of the canvas for the fixed latents.
pub const FIXED_CANVAS: &str = "fixed-sheet";
/// The id of the canvas for new latents.
pub const FRESH_CANVAS: &str = "fresh-sheet";

/// Pixels between two samples, before scaling.
const GAP_PX: usize = 2;

/// Draws samples on the canvas `id`, one canvas pixel for each pixel; the style enlarges it.
///
/// # Errors
/// If the number of pixels is wrong, or if there is no such canvas.
pub fn draw(id: &str, set: &SampleSet, pixels: &Uint8Array) -> Result<(), String> {
    let bytes = pixels.to_vec();
    let samples = Samples {
        pixels: &bytes,
        count: set.count,
        width_px: set.width,
        height_px: set.height,
        channels: set.channels,
    };
    let layout = SheetLayout::grouped(set.count, set.parts, GAP_PX);
    let rgba = layout.rgba(&samples).map_err(|error| error.to_string())?;
    let (width, height) = layout.size_px(&samples);
    let (width, height) = (width as u32, height as u32);
    let canvas = canvas(id).ok_or("no canvas")?;
    if width == 0 || height == 0 {
        // No samples yet: those of the run before go. A canvas that is given a width is cleared.
        canvas.set_width(canvas.width());
        return Ok(());
    }
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
        fit(id);
    }
    let image =
        ImageData::new_with_u8_clamped_array_and_sh(wasm_bindgen::Clamped(&rgba), width, height);
    let context = canvas.get_context("2d").ok().flatten().ok_or("no canvas context")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    image
        .and_then(|image| context.put_image_data(&image, 0.0, 0.0))
        .map_err(|error| crate::effects::browser::said(&error))
}

/// Largest height of a sheet as a share of the window's, so that all of it is visible at once.
const LARGEST_HEIGHT_SHARE: f64 = 0.75;

/// Enlarges the canvas `id` by the largest whole number of device pixels per pixel for which its
/// place has room, so that all pixels of a sample are equally large.
pub fn fit(id: &str) {
    let Some(canvas) = canvas(id) else { return };
    let Some(place) = canvas.parent_element() else { return };
    if place.client_width() == 0 {
        // Hidden: there is no room to measure.
        return;
    }
    let device_px = window().device_pixel_ratio().max(0.5);
    let window_height_px = window().inner_height().ok().and_then(|px| px.as_f64()).unwrap_or(0.0);
    let times = |room_px: f64, side_px: u32| room_px * device_px / f64::from(side_px.max(1));
    let fitting = times(f64::from(place.client_width()), canvas.width())
        .min(times(window_height_px * LARGEST_HEIGHT_SHARE, canvas.height()));
    let scale = if fitting >= 1.0 { fitting.floor() } else { fitting } / device_px;
    let style = web_sys::HtmlElement::style(&canvas);
    for (side, px) in [("width", canvas.width()), ("height", canvas.height())] {
        // Only a malformed value is refused, and this is a number.
        let _ =
            style.set_property(side, &format!("{}px", gan_plot::fixed(f64::from(px) * scale, 3)));
    }
}

fn canvas(id: &str) -> Option<HtmlCanvasElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
