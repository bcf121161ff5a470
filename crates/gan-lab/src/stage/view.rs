//! Shows the stage with its layers, its legend and a walk through latent space.

use gan_plot::Square;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::draw::Layers;
use super::sketch::{SketchButton, SketchControls};
use super::state::Stage;
use crate::focus;
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say, t};

/// Time between two readings of the run's description, and between two updates of texts.
const LOOK_EVERY_MS: i32 = 400;

/// The stage; nothing is seen of it while the run's data are no points.
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
    every_ms(LOOK_EVERY_MS, move || stage.look());
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
