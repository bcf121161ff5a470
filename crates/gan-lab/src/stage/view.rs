//! Shows the stage with its layers, its legend and a walk through latent space.

use gan_plot::{Heat, Square, Verdicts};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::draw::{Layers, Painter};
use super::frame::Scene;
use super::sketch::{Sketch, SketchButton, SketchControls, Stroke, stroke};
use crate::focus;
use crate::playground::{self, Run};
use crate::words::{key, say, say_with, t};

/// Time between two readings of the run's description, and between two updates of texts.
const LOOK_EVERY_MS: i32 = 400;

/// The state of the stage, shared by handlers and watchers.
#[derive(Clone, Copy)]
struct Stage {
    scene: StoredValue<Scene, LocalStorage>,
    canvas: NodeRef<html::Canvas>,
    surface: StoredValue<HtmlCanvasElement, LocalStorage>,
    run: RwSignal<Run>,
    layers: RwSignal<Layers>,
    /// Row and column of a node of the lattice.
    chosen: RwSignal<Option<(usize, usize)>>,
    sketch: Sketch,
    /// Changes when texts must be updated.
    told: RwSignal<u64>,
}

impl Stage {
    fn new(layers: RwSignal<Layers>) -> Self {
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

    fn draw(self) {
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
    fn look(self) {
        let run = playground::run();
        if self.run.with_untracked(|old| *old != run) {
            self.run.set(run);
        }
        self.told.set(self.scene.with_value(|scene| scene.step));
    }

    /// Draws at the pressed pointer, or marks the node nearest to it.
    fn point_at(self, event: &web_sys::PointerEvent) {
        let Some(canvas) = self.canvas.get_untracked() else { return };
        let side = f64::from(canvas.client_width().max(1));
        let (x, y) = (f64::from(event.offset_x()) / side, f64::from(event.offset_y()) / side);
        let place = [2.0 * x as f32 - 1.0, 1.0 - 2.0 * y as f32];
        if self.sketch.on.get_untracked() {
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
    fn press(self, event: &web_sys::KeyboardEvent) {
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
            Stroke::Dot(at) => self.sketch.draw(at),
        }
    }

    /// The marked node's latent and image, in words.
    fn walk(self) -> Option<String> {
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
    fn summary(self) -> String {
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
                key("stage-summary"),
                &[("step", step.to_string()), ("count", count), ("seen", seen)],
            )
        })
    }

    /// The values at the ends of the legend.
    fn ends(self) -> [String; 2] {
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

/// The stage; hidden while the run's data are not points.
#[component]
pub(crate) fn StageView(layers: RwSignal<Layers>) -> impl IntoView {
    let stage = Stage::new(layers);
    playground::watch(move |step, set, numbers| {
        let is_other = stage.scene.try_update_value(|scene| scene.take(step, set, &numbers));
        if is_other == Some(true) {
            stage.sketch.make_way();
        }
        stage.draw();
    });
    playground::every_ms(LOOK_EVERY_MS, move || stage.look());
    stage.look();
    // The picture depends on these; stages redraw it as well.
    Effect::new(move |_| {
        stage.layers.track();
        stage.chosen.track();
        stage.run.track();
        stage.sketch.on.track();
        stage.sketch.points.track();
        stage.sketch.cursor.track();
        stage.draw();
    });
    Effect::new(move |_| {
        if let Some(canvas) = stage.canvas.get() {
            redraw_when_resized(&canvas, stage);
        }
    });
    Effect::new(move |_| mark_page(stage.run.with(|run| run.on_points)));
    let hidden = Signal::derive(move || !stage.run.with(|run| run.on_points));
    // While drawing, the keyboard needs the focus on the picture.
    let focusable = Signal::derive(move || if stage.sketch.on.get() { "0" } else { "-1" });
    let role = Signal::derive(move || if stage.sketch.on.get() { "application" } else { "img" });
    let frame: Box<dyn Fn() -> Square> =
        Box::new(move || stage.scene.with_value(|scene| scene.view));
    let frame = StoredValue::new_local(frame);
    // The focus moves to the picture for drawing by the keyboard, and back to the button at the
    // end.
    let begins = NodeRef::<html::Button>::new();
    let under = NodeRef::<html::Div>::new();
    let ended: Box<dyn Fn()> = Box::new(move || {
        focus::soon(move || {
            let (plane, under) = (stage.canvas.get_untracked()?, under.get_untracked()?);
            let is_here = focus::is_free_or_within(&plane) || focus::is_free_or_within(&under);
            begins.get_untracked().filter(|_| is_here).map(Into::into)
        });
    });
    let ended = StoredValue::new_local(ended);
    let begun = || focus::soon(|| focus::found(".lab-plane canvas"));
    view! {
        <section class="lab-stage" hidden=hidden aria-label=t("stage-title")>
            <figure>
                <figcaption>
                    <h2>{t("stage-title")}</h2>
                    <p class="hint">{t("stage-hint")}</p>
                </figcaption>
                <LayerChips stage=stage/>
                <div class="lab-plane">
                    <canvas
                        node_ref=stage.canvas
                        role=role
                        aria-label=Signal::derive(move || stage.summary())
                        on:pointermove=move |event| stage.point_at(&event)
                        on:pointerdown=move |event| stage.point_at(&event)
                        tabindex=focusable
                        class:drawing=stage.sketch.on
                        on:keydown=move |event| stage.press(&event)
                    ></canvas>
                </div>
                // The controls of the picture and of a drawing, in the same place.
                <div node_ref=under class="lab-one-place">
                    <div class="lab-under" class:away=stage.sketch.on>
                        <Legend stage=stage/>
                        <Walk stage=stage/>
                        <SketchButton
                            sketch=stage.sketch
                            node=begins
                            frame=frame
                            begun=begun
                        />
                    </div>
                    <div class:away=move || !stage.sketch.on.get()>
                        <SketchControls sketch=stage.sketch ended=ended/>
                    </div>
                </div>
            </figure>
        </section>
    }
}

type Layer = (&'static str, &'static str, fn(&mut Layers) -> &mut bool);

const LAYERS: [Layer; 6] = [
    (key("layer-reals"), "real", |layers| &mut layers.reals),
    (key("layer-fakes"), "fake", |layers| &mut layers.fakes),
    (key("layer-surface"), "heat", |layers| &mut layers.surface),
    (key("layer-lattice"), "lattice", |layers| &mut layers.lattice),
    (key("layer-pulls"), "pulls", |layers| &mut layers.pulls),
    (key("layer-trails"), "trails", |layers| &mut layers.trails),
];

#[component]
fn LayerChips(stage: Stage) -> impl IntoView {
    let chips = LAYERS.map(|(name, class, of)| {
        let shown = Signal::derive(move || *of(&mut stage.layers.get()));
        let toggle = move |_| {
            stage.layers.update(|layers| {
                let layer = of(layers);
                *layer = !*layer;
            });
        };
        view! {
            <label class=format!("lab-chip {class}")>
                <input
                    type="checkbox"
                    prop:checked=shown
                    disabled=stage.sketch.on
                    on:change=toggle
                />
                <span class="lab-swatch" aria-hidden="true"></span>
                {t(name)}
            </label>
        }
    });
    view! {
        <div class="lab-chips" role="group" aria-label=t("layers")>
            {chips.into_iter().collect_view()}
        </div>
    }
}

#[component]
fn Legend(stage: Stage) -> impl IntoView {
    let hidden = Signal::derive(move || {
        stage.told.track();
        !stage.layers.get().surface || stage.scene.with_value(|scene| scene.surface.is_empty())
    });
    let end = move |at: usize| {
        let word = if at == 0 { key("legend-fake") } else { key("legend-real") };
        Signal::derive(move || {
            let [fake, real] = stage.ends();
            format!("{} · {}", say(word), if at == 0 { fake } else { real })
        })
    };
    view! {
        <div class="lab-legend" hidden=hidden>
            <span>{end(0)}</span>
            <span class="lab-bar" aria-hidden="true"></span>
            <span>{end(1)}</span>
        </div>
    }
}

/// Two sliders that walk over the lattice, and the current node.
#[component]
fn Walk(stage: Stage) -> impl IntoView {
    let sides = Memo::new(move |_| {
        stage.told.track();
        stage.scene.with_value(|scene| (scene.lattice.rows, scene.lattice.columns))
    });
    let hidden = Signal::derive(move || !stage.layers.get().lattice || sides.get().1 == 0);
    let one_row = Signal::derive(move || sides.get().0 < 2);
    let at = move || stage.chosen.get().unwrap_or_else(|| (sides.get().0 / 2, sides.get().1 / 2));
    let told = Signal::derive(move || stage.walk().unwrap_or_else(|| say(key("walk-hint"))));
    let slider = move |name: &'static str, id: &'static str, along_row: bool| {
        let most = Signal::derive(move || {
            let (rows, columns) = sides.get();
            (if along_row { columns } else { rows }).saturating_sub(1).to_string()
        });
        let value = Signal::derive(move || {
            let (row, column) = at();
            (if along_row { column } else { row }).to_string()
        });
        let slid = move |event| {
            let Ok(place) = event_target_value(&event).parse::<usize>() else { return };
            let (row, column) = at();
            stage.chosen.set(Some(if along_row { (row, place) } else { (place, column) }));
        };
        view! {
            <label for=id>{t(name)}</label>
            <input
                id=id
                type="range"
                min="0"
                max=most
                step="1"
                prop:value=value
                aria-valuetext=told
                on:input=slid
            />
        }
    };
    view! {
        <div class="lab-walk" hidden=hidden>
            <div>{slider(key("walk-first"), "lab-walk-first", true)}</div>
            <div hidden=one_row>{slider(key("walk-second"), "lab-walk-second", false)}</div>
            <p class="hint number">{told}</p>
        </div>
    }
}

/// Hides the page's own pictures of points while the stage shows them.
fn mark_page(staged: bool) {
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.document_element());
    if let Some(root) = root {
        // The attribute's name is a constant, which is never refused.
        let _ = match staged {
            true => root.set_attribute("data-staged", ""),
            false => root.remove_attribute("data-staged"),
        };
    }
}

fn redraw_when_resized(canvas: &HtmlCanvasElement, stage: Stage) {
    let resized = Closure::<dyn FnMut()>::new(move || stage.draw()).into_js_value();
    if let Ok(observer) = web_sys::ResizeObserver::new(resized.unchecked_ref()) {
        observer.observe(canvas);
        std::mem::forget(observer);
    }
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
