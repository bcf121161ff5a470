//! Converts samples to pixels, and draws pixels on a canvas.

use gan_plot::{Ink, SCATTER_SIDE_PX, Samples, SheetLayout, Square, scatter_rgba};
use wasm_bindgen::{Clamped, JsCast as _};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Colour of real points, which is that of the discriminator.
pub(crate) const REAL: Ink = Ink { rgb: [86.0, 180.0, 233.0], opacity: 0.8 };
/// Colour of generated points, which is the page's colour of the generator.
pub(crate) const FAKE: Ink = Ink { rgb: [255.0, 140.0, 40.0], opacity: 0.9 };

/// What draws on a canvas.
pub(crate) fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// RGBA pixels, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    /// Images of `[width, height, channels]` beside each other, `columns` in a row; empty if the
    /// bytes do not fit these dimensions.
    pub(crate) fn of_images(pixels: &[u8], image: [usize; 3], columns: usize) -> Self {
        let [width_px, height_px, channels] = image;
        let count = pixels.len() / (width_px * height_px * channels).max(1);
        let samples = Samples { pixels, count, width_px, height_px, channels };
        let layout = SheetLayout::of_columns(columns, 1);
        let (width, height) = layout.size_px(&samples);
        match layout.rgba(&samples) {
            Ok(pixels) => Self { width, height, pixels },
            Err(_) => Self { width: 0, height: 0, pixels: Vec::new() },
        }
    }

    /// Points (x, y, x, y …) within `square`.
    pub(crate) fn of_points(points: &[f32], square: Square) -> Self {
        let pixels = scatter_rgba(square, &[(points, FAKE)]);
        Self { width: SCATTER_SIDE_PX, height: SCATTER_SIDE_PX, pixels }
    }

    /// The picture with each pixel enlarged to `factor` × `factor`.
    pub(crate) fn enlarged(&self, factor: usize) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len() * factor * factor);
        for row in self.pixels.chunks_exact((4 * self.width).max(4)) {
            let wide: Vec<u8> =
                row.chunks_exact(4).flat_map(|pixel| pixel.repeat(factor)).collect();
            for _ in 0..factor {
                pixels.extend_from_slice(&wide);
            }
        }
        Self { width: self.width * factor, height: self.height * factor, pixels }
    }

    /// Draws the picture on a canvas, which takes its size.
    pub(crate) fn show(&self, canvas: &HtmlCanvasElement) {
        canvas.set_width(self.width as u32);
        canvas.set_height(self.height as u32);
        let context = context(canvas);
        let pixels = Clamped(&self.pixels[..]);
        let image = ImageData::new_with_u8_clamped_array(pixels, self.width as u32);
        if let (Some(context), Ok(image)) = (context, image) {
            // The image has the canvas's own size.
            let _ = context.put_image_data(&image, 0.0, 0.0);
        }
    }

    /// The picture as the `data:` address of a PNG file.
    pub(crate) fn address(&self) -> Option<String> {
        let document = web_sys::window()?.document()?;
        let canvas = document.create_element("canvas").ok()?;
        let canvas = canvas.dyn_into::<HtmlCanvasElement>().ok()?;
        self.show(&canvas);
        canvas.to_data_url_with_type("image/png").ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_stand_beside_each_other() {
        let two = [vec![255; 4], vec![9; 4]].concat();
        let picture = Picture::of_images(&two, [2, 2, 1], 4);
        assert_eq!((picture.width, picture.height), (5, 2));
        let large = picture.enlarged(3);
        assert_eq!((large.width, large.height), (15, 6));
        let at = |x: usize, y: usize| large.pixels[4 * (y * large.width + x)];
        assert_eq!((at(0, 0), at(5, 5), at(9, 0), at(14, 5)), (255, 255, 9, 9));
    }

    #[test]
    fn bytes_that_are_no_images_give_nothing() {
        let picture = Picture::of_images(&[1, 2, 3], [2, 2, 1], 4);
        assert_eq!((picture.width * picture.height, picture.pixels.len()), (0, 0));
        assert_eq!(picture.enlarged(2), picture);
    }
}
