//! A board for drawing an image by mouse, finger, pen or keyboard.

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use crate::picture::Picture;
use crate::words::t;

/// An image being drawn, in the page's layout of pixels: 0 black to 255 white.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Board {
    /// Columns, rows and channels.
    pub(super) image: [usize; 3],
    pub(super) pixels: Vec<u8>,
    /// Where pixels are missing: 255 there, one number a pixel.
    pub(super) missing: Vec<u8>,
}

/// What a dot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// Makes pixels white.
    Draw,
    /// Makes pixels black.
    Erase,
    /// Makes a hole.
    Cut,
}

/// What is drawn with: the tool, and the radius of its soft dot, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Brush {
    pub(super) tool: Tool,
    pub(super) radius: f32,
}

impl Board {
    pub(super) fn new(image: [usize; 3]) -> Self {
        let [width, height, channels] = image;
        let area = width * height;
        Self { image, pixels: vec![0; area * channels], missing: vec![0; area] }
    }

    /// Puts a soft dot at a place in pixels.
    pub(super) fn dab(&mut self, [x, y]: [f32; 2], brush: Brush) {
        let [width, height, channels] = self.image;
        for row in 0..height {
            for column in 0..width {
                let far = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
                let ink = (255.0 * (brush.radius - far).clamp(0.0, 1.0)) as u8;
                let place = row * width + column;
                let pixels = &mut self.pixels[place * channels..][..channels];
                match brush.tool {
                    Tool::Draw => pixels.iter_mut().for_each(|pixel| *pixel = (*pixel).max(ink)),
                    Tool::Erase => {
                        pixels.iter_mut().for_each(|pixel| *pixel = (*pixel).min(255 - ink));
                    }
                    Tool::Cut if ink > 127 => self.missing[place] = 255,
                    Tool::Cut => {}
                }
            }
        }
    }

    /// Draws a straight stroke behind a dot at `from`: between two events of a quick hand lie many
    /// pixels.
    pub(super) fn stroke(&mut self, from: [f32; 2], to: [f32; 2], brush: Brush) {
        let way = [to[0] - from[0], to[1] - from[1]];
        let dots = (2.0 * way[0].hypot(way[1])).ceil().max(1.0);
        for dot in 1..=dots as usize {
            let share = dot as f32 / dots;
            self.dab([from[0] + share * way[0], from[1] + share * way[1]], brush);
        }
    }

    /// Whether nothing is drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.pixels.iter().all(|pixel| *pixel == 0)
    }

    /// The image as it is seen: holes are grey.
    fn seen(&self) -> Vec<u8> {
        let mut seen = self.pixels.clone();
        for (pixels, missing) in seen.chunks_exact_mut(self.image[2].max(1)).zip(&self.missing) {
            if *missing > 0 {
                pixels.fill(128);
            }
        }
        seen
    }
}

/// The board, whose drawing changes `board`.
#[component]
pub(super) fn BoardCanvas(
    board: RwSignal<Board>,
    #[prop(into)] brush: Signal<Brush>,
    label: &'static str,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let [width, height, _] = board.with_untracked(|board| board.image);
    let cursor = RwSignal::new([width as f32 / 2.0, height as f32 / 2.0]);
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            board.with(|board| Picture::of_images(&board.seen(), board.image, 1).show(&canvas));
        }
    });
    let stroke = move |from: [f32; 2], to: [f32; 2]| {
        board.update(|board| board.stroke(from, to, brush.get_untracked()));
    };
    // Where the pointer was, while it draws.
    let last = StoredValue::new(None::<[f32; 2]>);
    let draw = move |event: &PointerEvent| {
        let Some(canvas) = canvas.get_untracked().filter(|_| event.buttons() != 0) else {
            return last.set_value(None);
        };
        let share = |at: i32, of: i32| at as f32 / of.max(1) as f32;
        let x = share(event.offset_x(), canvas.client_width()) * width as f32;
        let y = share(event.offset_y(), canvas.client_height()) * height as f32;
        stroke(last.get_value().unwrap_or([x, y]), [x, y]);
        last.set_value(Some([x, y]));
    };
    let press = move |event: &KeyboardEvent| {
        let [x, y] = cursor.get_untracked();
        let moved = match event.key().as_str() {
            "ArrowLeft" => [x - 1.0, y],
            "ArrowRight" => [x + 1.0, y],
            "ArrowUp" => [x, y - 1.0],
            "ArrowDown" => [x, y + 1.0],
            " " | "Enter" => [x, y],
            _ => return,
        };
        event.prevent_default();
        // The page starts and pauses by the same key.
        event.stop_propagation();
        let moved = [moved[0].clamp(0.0, width as f32), moved[1].clamp(0.0, height as f32)];
        cursor.set(moved);
        if event.shift_key() || moved == [x, y] {
            stroke(moved, moved);
        }
    };
    view! {
        <canvas
            node_ref=canvas
            role="application"
            tabindex="0"
            aria-label=t(label)
            on:pointerdown=move |event| {
                last.set_value(None);
                draw(&event);
            }
            on:pointermove=move |event| draw(&event)
            on:keydown=move |event| press(&event)
        ></canvas>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRUSH: Brush = Brush { tool: Tool::Draw, radius: 1.6 };

    #[test]
    fn a_dab_is_bright_in_its_middle_and_ends_at_the_brushs_edge() {
        let mut board = Board::new([28, 28, 1]);
        assert!(board.is_empty());
        board.dab([10.5, 4.5], BRUSH);
        assert_eq!(board.pixels[4 * 28 + 10], 255);
        assert!(board.pixels[4 * 28 + 11] > 100 && board.pixels[4 * 28 + 11] < 255);
        assert_eq!(board.pixels[4 * 28 + 13], 0);
        assert!(!board.is_empty());
    }

    #[test]
    fn a_stroke_has_no_gaps_and_one_without_length_is_a_dot() {
        let mut board = Board::new([28, 28, 1]);
        board.stroke([3.5, 3.5], [24.5, 24.5], BRUSH);
        assert!((4..25).all(|place| board.pixels[29 * place] == 255));
        let [mut stroke, mut dot] = [Board::new([8, 8, 1]), Board::new([8, 8, 1])];
        stroke.stroke([3.5, 3.5], [3.5, 3.5], BRUSH);
        dot.dab([3.5, 3.5], BRUSH);
        assert_eq!(stroke, dot);
    }

    #[test]
    fn an_eraser_takes_away_what_a_brush_has_drawn() {
        let mut board = Board::new([8, 8, 3]);
        board.dab([3.5, 3.5], BRUSH);
        let at = 3 * (3 * 8 + 3);
        assert_eq!(board.pixels[at..at + 3], [255; 3]);
        board.dab([3.5, 3.5], Brush { tool: Tool::Erase, radius: 3.0 });
        assert!(board.is_empty());
    }

    #[test]
    fn a_hole_leaves_the_pixels_under_it() {
        let mut board = Board::new([8, 8, 1]);
        board.dab([3.5, 3.5], BRUSH);
        board.dab([3.5, 3.5], Brush { tool: Tool::Cut, radius: 1.6 });
        assert_eq!(board.missing.iter().filter(|missing| **missing > 0).count(), 5);
        assert_eq!(board.pixels[3 * 8 + 3], 255);
        assert_eq!(board.seen()[3 * 8 + 3], 128);
    }
}
