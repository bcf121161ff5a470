//! Draws the plane on a canvas.

use std::f64::consts::TAU;

use gan_plot::{Heat, Square, Verdicts, quadrilateral_area};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::frame::{Lattice, Scene};
use crate::picture::context;

/// The layers that are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layers {
    pub(crate) surface: bool,
    pub(crate) lattice: bool,
    pub(crate) reals: bool,
    pub(crate) fakes: bool,
    pub(crate) trails: bool,
    pub(crate) pulls: bool,
}

impl Default for Layers {
    fn default() -> Self {
        Self { surface: true, lattice: true, reals: true, fakes: true, trails: false, pulls: false }
    }
}

impl Layers {
    /// Only the named layers.
    pub(crate) fn only(names: &[String]) -> Self {
        let named = |name: &str| names.iter().any(|one| one == name);
        Self {
            surface: named("surface"),
            lattice: named("lattice"),
            reals: named("reals"),
            fakes: named("fakes"),
            trails: named("trails"),
            pulls: named("pulls"),
        }
    }
}

/// The page's colours, as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Palette {
    pub(crate) generator: [u8; 3],
    pub(crate) discriminator: [u8; 3],
    pub(crate) ink: [u8; 3],
}

/// Opacity of the surface where the discriminator is sure.
const MOST_HEAT: f32 = 0.62;
/// Longest arrow, as a share of the picture's side.
const LONGEST_PULL: f32 = 0.06;

/// The palette that the style sheet gives to `canvas`.
pub(crate) fn palette(canvas: &HtmlCanvasElement) -> Palette {
    let style = web_sys::window().and_then(|window| window.get_computed_style(canvas).ok()?);
    let colour = |name: &str| {
        let text = style.as_ref().and_then(|style| style.get_property_value(name).ok());
        text.as_deref().and_then(hexadecimal).unwrap_or([128; 3])
    };
    Palette {
        generator: colour("--generator"),
        discriminator: colour("--discriminator"),
        ink: colour("--ink"),
    }
}

/// Reads `#rrggbb` as three bytes.
fn hexadecimal(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([byte(0)?, byte(2)?, byte(4)?])
}

fn css([r, g, b]: [u8; 3], alpha: f64) -> String {
    format!("rgb({r} {g} {b} / {alpha})")
}

/// A canvas, with a second one for parts in another resolution.
pub(super) struct Painter {
    context: CanvasRenderingContext2d,
    /// A canvas with a pixel for each place of the surface.
    surface: HtmlCanvasElement,
    side_px: f32,
    /// Device pixels per CSS pixel.
    dpr: f32,
    palette: Palette,
}

impl Painter {
    /// A painter for `canvas`, which is first given as many pixels as the screen shows of it.
    pub(super) fn new(canvas: &HtmlCanvasElement, surface: &HtmlCanvasElement) -> Option<Self> {
        let dpr = web_sys::window()?.device_pixel_ratio().clamp(1.0, 3.0);
        let side = (f64::from(canvas.client_width()) * dpr).round() as u32;
        if side == 0 {
            return None;
        }
        if (canvas.width(), canvas.height()) != (side, side) {
            canvas.set_width(side);
            canvas.set_height(side);
        }
        let context = context(canvas)?;
        let palette = palette(canvas);
        let (side_px, dpr) = (side as f32, dpr as f32);
        Some(Self { context, surface: surface.clone(), side_px, dpr, palette })
    }

    /// Draws `layers` of `scene`; `chosen` is a marked node of the lattice.
    pub(super) fn draw(
        &self,
        scene: &Scene,
        layers: Layers,
        verdicts: Verdicts,
        chosen: Option<(usize, usize)>,
    ) {
        self.clear();
        if layers.surface {
            self.draw_surface(scene, verdicts);
        }
        let Palette { generator, discriminator, ink } = self.palette;
        if layers.lattice {
            self.draw_lattice(scene, generator);
        }
        if layers.reals {
            self.draw_points(scene.view, &scene.reals, discriminator, 0.75, 2.0);
        }
        if layers.trails {
            self.draw_trails(scene, generator);
        }
        if layers.fakes {
            self.draw_points(scene.view, &scene.fakes, generator, 0.85, 2.0);
        }
        if layers.pulls {
            self.draw_pulls(scene, ink);
        }
        if let Some((row, column)) = chosen {
            self.draw_chosen(scene, row, column);
        }
    }

    /// Draws a sketch in `view`: `points` in the plane's coordinates, and a cross at the keyboard's
    /// `cursor`, in -1 to 1 from the picture's middle, y up.
    pub(super) fn draw_sketch(&self, view: Square, points: &[[f32; 2]], cursor: Option<[f32; 2]>) {
        self.clear();
        self.draw_points(view, points.as_flattened(), self.palette.ink, 1.0, 2.5);
        if let Some([x, y]) = cursor {
            self.draw_cursor(f64::from(x), f64::from(y));
        }
    }

    fn clear(&self) {
        let side = f64::from(self.side_px);
        self.context.clear_rect(0.0, 0.0, side, side);
    }

    /// Draws a cross, at a place in -1 to 1 from the middle.
    fn draw_cursor(&self, x: f64, y: f64) {
        let context = &self.context;
        let half = f64::from(self.side_px) / 2.0;
        let (x, y, arm) = (half * (1.0 + x), half * (1.0 - y), 8.0 * f64::from(self.dpr));
        context.set_stroke_style_str(&css(self.palette.ink, 1.0));
        context.set_line_width(2.0 * f64::from(self.dpr));
        context.begin_path();
        context.move_to(x - arm, y);
        context.line_to(x + arm, y);
        context.move_to(x, y - arm);
        context.line_to(x, y + arm);
        context.stroke();
    }

    fn place(&self, scene: &Scene, point: &[f32]) -> (f64, f64) {
        let [x, y] = scene.view.place_px(point, self.side_px);
        (f64::from(x), f64::from(y))
    }

    fn draw_surface(&self, scene: &Scene, verdicts: Verdicts) {
        let side = scene.surface_side as u32;
        if side == 0 {
            return;
        }
        let heat = Heat::of(&scene.surface, verdicts);
        let rgba = heat.rgba(self.palette.discriminator, self.palette.generator, MOST_HEAT);
        if (self.surface.width(), self.surface.height()) != (side, side) {
            self.surface.set_width(side);
            self.surface.set_height(side);
        }
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(wasm_bindgen::Clamped(&rgba), side, side);
        let (Ok(image), Some(small)) = (image, context(&self.surface)) else { return };
        let side = f64::from(self.side_px);
        // An image of the right size and a canvas of this document are accepted.
        let _ = small.put_image_data(&image, 0.0, 0.0);
        let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.surface,
            0.0,
            0.0,
            side,
            side,
        );
    }

    /// Draws the cells of the lattice. All cells have the same share of samples, so that small ones
    /// are dense.
    fn draw_lattice(&self, scene: &Scene, colour: [u8; 3]) {
        let lattice = &scene.lattice;
        let context = &self.context;
        context.set_line_width(f64::from(self.dpr));
        if lattice.rows < 2 {
            context.set_stroke_style_str(&css(colour, 0.8));
            context.begin_path();
            self.trace(scene, &lattice.nodes);
            context.stroke();
            return;
        }
        let cells = (lattice.rows - 1) * (lattice.columns - 1);
        for row in 1..lattice.rows {
            for column in 1..lattice.columns {
                let Some(corners) = corners(lattice, row, column) else { continue };
                let px = corners.map(|corner| scene.view.place_px(&corner, self.side_px));
                // The area of a cell if all were equal and filled the picture.
                let even = self.side_px * self.side_px / cells as f32;
                let density = even / quadrilateral_area(px).max(0.02 * even);
                let alpha = (0.06 * f64::from(density).sqrt()).clamp(0.03, 0.4);
                context.set_fill_style_str(&css(colour, alpha));
                context.begin_path();
                context.move_to(f64::from(px[0][0]), f64::from(px[0][1]));
                for corner in &px[1..] {
                    context.line_to(f64::from(corner[0]), f64::from(corner[1]));
                }
                context.fill();
            }
        }
        context.set_stroke_style_str(&css(colour, 0.35));
        context.begin_path();
        for row in 0..lattice.rows {
            let at = 2 * row * lattice.columns;
            self.trace(scene, &lattice.nodes[at..at + 2 * lattice.columns]);
        }
        for column in 0..lattice.columns {
            let nodes = (0..lattice.rows).filter_map(|row| lattice.node(row, column));
            let nodes: Vec<f32> = nodes.flatten().collect();
            self.trace(scene, &nodes);
        }
        context.stroke();
    }

    /// Adds a line through `points` (x, y, x, y …) to the path.
    fn trace(&self, scene: &Scene, points: &[f32]) {
        for (place, point) in points.chunks_exact(2).enumerate() {
            let (x, y) = self.place(scene, point);
            if place == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
    }

    fn draw_points(&self, view: Square, points: &[f32], colour: [u8; 3], alpha: f64, radius: f64) {
        let context = &self.context;
        let radius = radius * f64::from(self.dpr);
        context.set_fill_style_str(&css(colour, alpha));
        context.begin_path();
        for point in points.chunks_exact(2) {
            let [x, y] = view.place_px(point, self.side_px).map(f64::from);
            context.move_to(x + radius, y);
            // A positive radius is accepted.
            let _ = context.arc(x, y, radius, 0.0, TAU);
        }
        context.fill();
    }

    fn draw_trails(&self, scene: &Scene, colour: [u8; 3]) {
        let context = &self.context;
        let moments = scene.trails.len();
        context.set_line_width(1.5 * f64::from(self.dpr));
        for (moment, (from, to)) in scene.trails.iter().zip(scene.trails.iter().skip(1)).enumerate()
        {
            let age = (moment + 1) as f64 / moments as f64;
            context.set_stroke_style_str(&css(colour, 0.7 * age));
            context.begin_path();
            for (from, to) in from.chunks_exact(2).zip(to.chunks_exact(2)) {
                let ((x, y), (to_x, to_y)) = (self.place(scene, from), self.place(scene, to));
                context.move_to(x, y);
                context.line_to(to_x, to_y);
            }
            context.stroke();
        }
    }

    /// Draws arrows in proportion to the pulls, the longest a fixed share of the picture.
    fn draw_pulls(&self, scene: &Scene, colour: [u8; 3]) {
        let context = &self.context;
        let length = |pull: &[f32]| pull[0].hypot(pull[1]);
        let pulls = scene.pulls.chunks_exact(2);
        let longest = pulls.clone().map(length).filter(|l| l.is_finite()).fold(0.0, f32::max);
        if longest == 0.0 {
            return;
        }
        let scale = f64::from(LONGEST_PULL * self.side_px / longest);
        let head = 4.0 * f64::from(self.dpr);
        context.set_stroke_style_str(&css(colour, 0.8));
        context.set_line_width(1.25 * f64::from(self.dpr));
        context.begin_path();
        for (point, pull) in scene.fakes.chunks_exact(2).zip(pulls) {
            let (x, y) = self.place(scene, point);
            let (dx, dy) = (f64::from(pull[0]) * scale, -f64::from(pull[1]) * scale);
            let (to_x, to_y) = (x + dx, y + dy);
            context.move_to(x, y);
            context.line_to(to_x, to_y);
            let size = dx.hypot(dy);
            if size > 1.5 * head {
                let (ux, uy) = (dx / size * head, dy / size * head);
                context.move_to(to_x - ux - 0.6 * uy, to_y - uy + 0.6 * ux);
                context.line_to(to_x, to_y);
                context.line_to(to_x - ux + 0.6 * uy, to_y - uy - 0.6 * ux);
            }
        }
        context.stroke();
    }

    fn draw_chosen(&self, scene: &Scene, row: usize, column: usize) {
        let Some(node) = scene.lattice.node(row, column) else { return };
        let context = &self.context;
        let (x, y) = self.place(scene, &node);
        let radius = 7.0 * f64::from(self.dpr);
        context.set_stroke_style_str(&css(self.palette.ink, 1.0));
        context.set_line_width(2.0 * f64::from(self.dpr));
        context.begin_path();
        let _ = context.arc(x, y, radius, 0.0, TAU);
        context.stroke();
    }
}

/// The corners of the cell whose last node is in `row` and `column`.
fn corners(lattice: &Lattice, row: usize, column: usize) -> Option<[[f32; 2]; 4]> {
    Some([
        lattice.node(row - 1, column - 1)?,
        lattice.node(row - 1, column)?,
        lattice.node(row, column)?,
        lattice.node(row, column - 1)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_the_style_sheet_writes_them() {
        assert_eq!(hexadecimal(" #b84a00"), Some([0xb8, 0x4a, 0]));
        assert_eq!(hexadecimal("#fff"), None);
        assert_eq!(hexadecimal("rgb(1 2 3)"), None);
        assert_eq!(css([1, 2, 3], 0.5), "rgb(1 2 3 / 0.5)");
    }
}
