//! What is on the plane: what it shows, how a reader moves on it, and what is said of it.

use gan_plot::{Heat, Square, Verdicts};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::draw::{Layers, Painter};
use super::frame::Scene;
use super::sketch::{Sketch, Stroke, stroke};
use crate::observation::{self, Run};
use crate::words::{key, say, say_with};

/// The newest points, for other panels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Points {
    /// The plane's square; `None` before the first plane.
    pub(crate) view: Option<Square>,
    /// Real points: x, y, x, y …
    pub(crate) reals: Vec<f32>,
    /// Generated points, likewise.
    pub(crate) fakes: Vec<f32>,
}

/// The state of the plane, shared by handlers and watchers.
#[derive(Clone, Copy)]
pub(super) struct Plane {
    pub(super) scene: StoredValue<Scene, LocalStorage>,
    pub(super) canvas: NodeRef<html::Canvas>,
    surface: StoredValue<HtmlCanvasElement, LocalStorage>,
    pub(super) run: RwSignal<Run>,
    pub(super) layers: RwSignal<Layers>,
    /// Row and column of a node of the lattice.
    pub(super) chosen: RwSignal<Option<(usize, usize)>>,
    pub(super) sketch: Sketch,
    /// Changes when texts must be updated.
    pub(super) told: RwSignal<u64>,
}

impl Plane {
    pub(super) fn new(layers: RwSignal<Layers>) -> Self {
        let document = web_sys::window().and_then(|window| window.document());
        let surface = document.and_then(|document| document.create_element("canvas").ok());
        let surface: HtmlCanvasElement = surface.expect("the lab runs in a page").unchecked_into();
        Self {
            scene: StoredValue::new_local(Scene::default()),
            canvas: NodeRef::new(),
            surface: StoredValue::new_local(surface),
            run: RwSignal::new(Run::default()),
            layers,
            chosen: RwSignal::new(None),
            sketch: Sketch::new(),
            told: RwSignal::new(0),
        }
    }

    fn verdicts(self) -> Verdicts {
        match self.run.get_untracked().objective {
            Some(objective) if objective.gives_probability() => Verdicts::Logits,
            Some(objective) if objective.has_targets() => Verdicts::Targets,
            _ => Verdicts::Scores,
        }
    }

    pub(super) fn draw(self) {
        let Some(canvas) = self.canvas.get_untracked() else { return };
        let painter = self.surface.with_value(|surface| Painter::new(&canvas, surface));
        let Some(painter) = painter else { return };
        if self.sketch.on.get_untracked() {
            // Only the drawing, without the current scene.
            let (frame, cursor) =
                (self.sketch.frame.get_untracked(), self.sketch.cursor.get_untracked());
            return self.sketch.points.with_untracked(|points| {
                painter.draw_sketch(frame, points, cursor);
            });
        }
        let (layers, chosen) = (self.layers.get_untracked(), self.chosen.get_untracked());
        let verdicts = self.verdicts();
        self.scene.with_value(|scene| painter.draw(scene, layers, verdicts, chosen));
    }

    /// Reads the run's description, and updates texts.
    pub(super) fn look(self) {
        let run = observation::run();
        if self.run.with_untracked(|old| *old != run) {
            self.run.set(run);
        }
        self.told.set(self.scene.with_value(|scene| scene.step));
    }

    /// Draws at the pressed pointer, or marks the node nearest to it.
    pub(super) fn point_at(self, event: &web_sys::PointerEvent) {
        let Some(canvas) = self.canvas.get_untracked() else { return };
        let side = f64::from(canvas.client_width().max(1));
        let (x, y) = (f64::from(event.offset_x()) / side, f64::from(event.offset_y()) / side);
        let place = [2.0 * x as f32 - 1.0, 1.0 - 2.0 * y as f32];
        if self.sketch.on.get_untracked() {
            if event.type_() == "pointerdown" {
                self.sketch.begin_stroke();
            }
            if event.buttons() != 0 {
                self.sketch.draw(place);
            }
            return;
        }
        let node = self.scene.with_value(|scene| {
            let Square { centre, half_side } = scene.view;
            let [x, y] = place;
            scene.lattice.nearest([centre[0] + half_side * x, centre[1] + half_side * y])
        });
        if self.chosen.get_untracked() != node {
            self.chosen.set(node);
        }
    }

    /// Draws by the keyboard.
    pub(super) fn press(self, event: &web_sys::KeyboardEvent) {
        if !self.sketch.on.get_untracked() {
            return;
        }
        let cursor = self.sketch.cursor.get_untracked().unwrap_or([0.0; 2]);
        let Some(stroke) = stroke(&event.key(), cursor) else { return };
        event.prevent_default();
        // The page starts and pauses by the same key.
        event.stop_propagation();
        match stroke {
            Stroke::Move(to) => self.sketch.cursor.set(Some(to)),
            Stroke::Dot(at) => {
                self.sketch.begin_stroke();
                self.sketch.draw(at);
            }
        }
    }

    /// The marked node's latent and image, in words.
    pub(super) fn walk(self) -> Option<String> {
        self.told.track();
        let (row, column) = self.chosen.get()?;
        self.scene.with_value(|scene| {
            let lattice = &scene.lattice;
            let [x, y] = lattice.node(row, column)?;
            let coordinate = |at: usize| lattice.coordinates.get(at).map_or(0.0, |z| *z);
            let latent = match lattice.rows {
                1 => short(coordinate(column)),
                _ => format!("{}, {}", short(coordinate(column)), short(coordinate(row))),
            };
            let place = [("latent", latent), ("x", short(x)), ("y", short(y))];
            Some(say_with(key("walk-place"), &place))
        })
    }

    /// The picture in words, for users who cannot see it.
    pub(super) fn summary(self) -> String {
        if self.sketch.on.get() {
            return say(key("draw-hint"));
        }
        let step = self.told.get();
        self.scene.with_value(|scene| {
            let count = (scene.fakes.len() / 2).to_string();
            let inside = |point: &&[f32]| {
                let side = scene.view.half_side;
                (point[0] - scene.view.centre[0]).abs() <= side
                    && (point[1] - scene.view.centre[1]).abs() <= side
            };
            let seen = scene.fakes.chunks_exact(2).filter(inside).count().to_string();
            say_with(
                key("plane-summary"),
                &[("step", step.to_string()), ("count", count), ("seen", seen)],
            )
        })
    }

    /// The values at the ends of the legend.
    pub(super) fn ends(self) -> [String; 2] {
        self.told.track();
        self.run.track();
        let verdicts = self.verdicts();
        let ends = self.scene.with_value(|scene| match verdicts {
            Verdicts::Scores => Heat::of(&scene.surface, verdicts).ends,
            Verdicts::Logits | Verdicts::Targets => [0.0, 1.0],
        });
        ends.map(short)
    }
}

/// Two decimals, without trailing zeros.
fn short(number: f32) -> String {
    let rounded = (f64::from(number) * 100.0).round() / 100.0;
    // Avoids a minus sign before zero.
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let told = [0.5, -0.001, 1.234_5, -2.0].map(short);
        assert_eq!(told, ["0.5", "0", "1.23", "-2"]);
    }
}
