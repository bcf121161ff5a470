//! Shows the plane with its layers, its legend and a walk through latent space.

use gan_plot::Square;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::draw::Layers;
use super::sketch::{SketchButton, SketchControls};
use super::state::Plane;
use super::state::Points;
use crate::focus;
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, say, t};

/// Time between two readings of the run's description, and between two updates of texts.
const LOOK_EVERY_MS: i32 = 400;

/// The plane; nothing is seen of it while the run's data are no points. `points` is kept at the newest.
#[component]
pub(crate) fn PlaneView(layers: RwSignal<Layers>, points: StoredValue<Points>) -> impl IntoView {
    let plane = Plane::new(layers);
    playground::watch(move |step, set, numbers| {
        let is_other = plane.scene.try_update_value(|scene| scene.take(step, set, &numbers));
        if is_other == Some(true) {
            plane.sketch.make_way();
        }
        plane.scene.with_value(|scene| {
            points.set_value(Points {
                view: Some(scene.view),
                reals: scene.reals.clone(),
                fakes: scene.fakes.clone(),
            });
        });
        plane.draw();
    });
    every_ms(LOOK_EVERY_MS, move || plane.look());
    plane.look();
    // The picture depends on these; planes redraw it as well.
    Effect::new(move |_| {
        plane.layers.track();
        plane.chosen.track();
        plane.run.track();
        plane.sketch.on.track();
        plane.sketch.points.track();
        plane.sketch.cursor.track();
        plane.draw();
    });
    Effect::new(move |_| {
        if let Some(canvas) = plane.canvas.get() {
            redraw_when_resized(&canvas, plane);
        }
    });
    Effect::new(move |_| mark_page(plane.run.with(|run| run.on_points)));
    let hidden = Signal::derive(move || !plane.run.with(|run| run.on_points));
    // Built when the first points come, and kept.
    let is_needed = Memo::new(move |before| before == Some(&true) || !hidden.get());
    let picture = move || is_needed.get().then(|| view! { <Picture plane=plane/> });
    view! {
        <section class="lab-plane-panel" hidden=hidden aria-label=t("plane-title")>{picture}</section>
    }
}

/// The picture with its controls.
#[component]
fn Picture(plane: Plane) -> impl IntoView {
    // While drawing, the keyboard needs the focus on the picture.
    let focusable = Signal::derive(move || if plane.sketch.on.get() { "0" } else { "-1" });
    let role = Signal::derive(move || if plane.sketch.on.get() { "application" } else { "img" });
    let frame: Box<dyn Fn() -> Square> =
        Box::new(move || plane.scene.with_value(|scene| scene.view));
    let frame = StoredValue::new_local(frame);
    // The focus moves to the picture for drawing by the keyboard, and back to the button at the
    // end.
    let begins = NodeRef::<html::Button>::new();
    let under = NodeRef::<html::Div>::new();
    let ended: Box<dyn Fn()> = Box::new(move || {
        // In place: whoever trains on a drawing goes on looking at it.
        focus::soon_in_place(move || {
            let (plane, under) = (plane.canvas.get_untracked()?, under.get_untracked()?);
            let is_here = focus::is_free_or_within(&plane) || focus::is_free_or_within(&under);
            begins.get_untracked().filter(|_| is_here).map(Into::into)
        });
    });
    let ended = StoredValue::new_local(ended);
    let begun = || focus::soon_in_place(|| focus::found(".lab-plane canvas"));
    view! {
            <figure>
                <figcaption>
                    <h2>{t("plane-title")}</h2>
                    <p class="hint">{t("plane-hint")}</p>
                </figcaption>
                <LayerChips plane=plane/>
                <div class="lab-plane">
                    <canvas
                        node_ref=plane.canvas
                        role=role
                        aria-label=Signal::derive(move || plane.summary())
                        on:pointermove=move |event| plane.point_at(&event)
                        on:pointerdown=move |event| plane.point_at(&event)
                        tabindex=focusable
                        class:drawing=plane.sketch.on
                        on:keydown=move |event| plane.press(&event)
                    ></canvas>
                </div>
                // The controls of the picture and of a drawing, in the same place.
                <div node_ref=under class="lab-one-place">
                    <div class="lab-under" class:away=plane.sketch.on>
                        <Legend plane=plane/>
                        <Walk plane=plane/>
                        <SketchButton
                            sketch=plane.sketch
                            node=begins
                            frame=frame
                            begun=begun
                        />
                    </div>
                    <div class:away=move || !plane.sketch.on.get()>
                        <SketchControls sketch=plane.sketch ended=ended/>
                    </div>
                </div>
            </figure>
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
fn LayerChips(plane: Plane) -> impl IntoView {
    let chips = LAYERS.map(|(name, class, of)| {
        let shown = Signal::derive(move || *of(&mut plane.layers.get()));
        let toggle = move |_| {
            plane.layers.update(|layers| {
                let layer = of(layers);
                *layer = !*layer;
            });
        };
        view! {
            <label class=format!("lab-chip {class}")>
                <input
                    type="checkbox"
                    prop:checked=shown
                    disabled=plane.sketch.on
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
fn Legend(plane: Plane) -> impl IntoView {
    let hidden = Signal::derive(move || {
        plane.told.track();
        !plane.layers.get().surface || plane.scene.with_value(|scene| scene.surface.is_empty())
    });
    let end = move |at: usize| {
        let word = if at == 0 { key("legend-fake") } else { key("legend-real") };
        Signal::derive(move || {
            let [fake, real] = plane.ends();
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
fn Walk(plane: Plane) -> impl IntoView {
    let sides = Memo::new(move |_| {
        plane.told.track();
        plane.scene.with_value(|scene| (scene.lattice.rows, scene.lattice.columns))
    });
    let hidden = Signal::derive(move || !plane.layers.get().lattice || sides.get().1 == 0);
    let one_row = Signal::derive(move || sides.get().0 < 2);
    let at = move || plane.chosen.get().unwrap_or_else(|| (sides.get().0 / 2, sides.get().1 / 2));
    let told = Signal::derive(move || plane.walk().unwrap_or_else(|| say(key("walk-hint"))));
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
            plane.chosen.set(Some(if along_row { (row, place) } else { (place, column) }));
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

/// Hides the page's own pictures of points while the plane shows them.
fn mark_page(watched_plane: bool) {
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.document_element());
    if let Some(root) = root {
        // The attribute's name is a constant, which is never refused.
        let _ = match watched_plane {
            true => root.set_attribute("data-plane", ""),
            false => root.remove_attribute("data-plane"),
        };
    }
}

fn redraw_when_resized(canvas: &HtmlCanvasElement, plane: Plane) {
    let resized = Closure::<dyn FnMut()>::new(move || plane.draw()).into_js_value();
    if let Ok(observer) = web_sys::ResizeObserver::new(resized.unchecked_ref()) {
        observer.observe(canvas);
        std::mem::forget(observer);
    }
}
