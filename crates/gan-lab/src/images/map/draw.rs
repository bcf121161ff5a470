//! Draws a map on a canvas.

use std::f64::consts::TAU;

use web_sys::HtmlCanvasElement;

use super::places::{Kinds, Places, Spot};
use crate::picture::context;
use crate::plane::draw::palette;

/// Height of a digit's figure, in CSS pixels.
const FIGURE_PX: f64 = 11.0;
/// Radius of a sample without a figure, and of the ring around the chosen one.
const DOT_PX: f64 = 2.5;
const RING_PX: f64 = 9.0;
/// Degrees of hue from one class to the next.
const HUE: u64 = 36;

/// The place on the map under a place of the canvas, in shares of its sides from the upper left corner.
pub(super) fn place_under(places: &Places, [across, down]: [f64; 2]) -> [f32; 2] {
    let [low, high] = places.square.corners();
    let side = high[0] - low[0];
    [low[0] + across as f32 * side, high[1] - down as f32 * side]
}

/// Draws the samples of `kinds`, a ring around the chosen one, and a line from it to where it has been
/// moved.
pub(super) fn draw(
    canvas: &HtmlCanvasElement,
    places: &Places,
    kinds: Kinds,
    chosen: Option<Spot>,
    moved: Option<[f32; 2]>,
) {
    let dpr = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio().clamp(1.0, 3.0));
    let side = (f64::from(canvas.client_width()) * dpr).round();
    if side < 1.0 {
        return;
    }
    if (canvas.width(), canvas.height()) != (side as u32, side as u32) {
        canvas.set_width(side as u32);
        canvas.set_height(side as u32);
    }
    let Some(context) = context(canvas) else { return };
    let palette = palette(canvas);
    let [red, green, blue] = palette.ink.map(u32::from);
    // Bright ink is written on dark paper.
    let lightness = if red + green + blue > 3 * 128 { 68 } else { 36 };
    let css = |[r, g, b]: [u8; 3]| format!("rgb({r} {g} {b})");
    context.clear_rect(0.0, 0.0, side, side);
    let at = |place: [f32; 2]| places.square.place_px(&place, side as f32).map(f64::from);
    let dot = |place: [f32; 2], radius: f64| {
        let [x, y] = at(place);
        context.begin_path();
        // A positive radius is accepted.
        let _ = context.arc(x, y, radius * dpr, 0.0, TAU);
    };
    context.set_font(&format!("600 {}px system-ui, sans-serif", FIGURE_PX * dpr));
    context.set_text_align("center");
    context.set_text_baseline("middle");
    if kinds.reals {
        for (number, place) in places.reals.iter().enumerate() {
            match places.class(Spot::Real(number)) {
                Some(class) => {
                    let hue = class * HUE % 360;
                    context.set_fill_style_str(&format!("hsl({hue} 75% {lightness}%)"));
                    let [x, y] = at(*place);
                    // Only a text that is no text is refused.
                    let _ = context.fill_text(&class.to_string(), x, y);
                }
                None => {
                    context.set_fill_style_str(&css(palette.discriminator));
                    dot(*place, DOT_PX);
                    context.fill();
                }
            }
        }
    }
    if kinds.made {
        context.set_stroke_style_str(&css(palette.generator));
        context.set_line_width(1.5 * dpr);
        for place in &places.made {
            dot(*place, DOT_PX);
            context.stroke();
        }
    }
    let Some(place) = chosen.and_then(|spot| places.of(spot)) else { return };
    context.set_stroke_style_str(&css(palette.ink));
    context.set_line_width(2.0 * dpr);
    dot(place, RING_PX);
    context.stroke();
    if let Some(to) = moved {
        let ([x, y], [to_x, to_y]) = (at(place), at(to));
        context.begin_path();
        context.move_to(x, y);
        context.line_to(to_x, to_y);
        context.stroke();
        dot(to, 2.0 * DOT_PX);
        context.set_fill_style_str(&css(palette.ink));
        context.fill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_under_a_point_is_where_that_place_is_drawn() {
        let text = r#"{"ground": "latents", "reals": [0, 0, 4, 1], "made": [], "classes": [], "madeClasses": [],
            "shares": [1]}"#;
        let places = Places::of_json(text).expect("whole");
        for share in [[0.1, 0.2], [0.5, 0.5], [0.9, 0.7]] {
            let place = place_under(&places, share);
            let [x, y] = places.square.place_px(&place, 100.0);
            assert!((f64::from(x) - 100.0 * share[0]).abs() < 1e-3, "{x}");
            assert!((f64::from(y) - 100.0 * share[1]).abs() < 1e-3, "{y}");
        }
    }
}
