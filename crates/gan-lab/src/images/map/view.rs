//! Shows a map with its controls.

use js_sys::Uint8Array;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::super::Pictured;
use super::draw::{draw, place_under};
use super::places::{Ground, Kinds, Places, Spot};
use crate::inspector::{Question, ask};
use crate::observation::Run;
use crate::playground;
use crate::refusals::failure;
use crate::ticks::every_ms;
use crate::timeline::record::Samples;
use crate::words::{key, say, say_with, t};

/// Real samples on a map, and the generator's.
const REALS: u32 = 500;
const MADE: u32 = 200;
/// Seed of both: not one of the page's own.
const SEED: u32 = 3 << 22;
/// How near to a sample a press counts, in shares of the map's side.
const REACH: f32 = 0.03;
/// Time between two looks whether there is something to ask.
const LOOK_EVERY_MS: i32 = 40;
/// Positions of a slider from one edge of the map to the other.
const POSITIONS: f32 = 100.0;

/// The samples of a map, as images, and their places.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    places: Places,
    reals: Vec<u8>,
    made: Vec<u8>,
    step: u64,
}

impl Drawn {
    fn pixels(&self, spot: Spot, image: [usize; 3]) -> Vec<u8> {
        let size = image.iter().product::<usize>().max(1);
        let (pixels, number) = match spot {
            Spot::Real(number) => (&self.reals, number),
            Spot::Made(number) => (&self.made, number),
        };
        pixels.chunks_exact(size).nth(number).map(<[u8]>::to_vec).unwrap_or_default()
    }
}

#[component]
pub(crate) fn MapView(run: RwSignal<Run>, hidden: Signal<bool>) -> impl IntoView {
    view! {
        <div class="lab-map" hidden=hidden>
            <h2>{t("map-title")}</h2>
            <p class="hint">
                {move || say(if run.get().encodes { key("map-hint-latents") } else { key("map-hint") })}
            </p>
            // Another run has another map.
            {move || {
                let run = run.get();
                (!hidden.get()).then(|| view! { <Mapping run=run/> })
            }}
        </div>
    }
}

#[component]
fn Mapping(run: Run) -> impl IntoView {
    let drawn = RwSignal::new(None::<Drawn>);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let fail = move |message: String| {
        let _ = busy.try_set(false);
        let _ = failed.try_set(Some(message));
    };
    let begin = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let no_data = || say(key("map-no-data"));
        playground::reals(REALS, SEED, move |reals| {
            let Some(Samples::Images(reals)) = reals else { return fail(no_data()) };
            playground::sample(MADE, SEED, move |made| {
                let Some(made) = made else { return fail(no_data()) };
                playground::checkpoint(move |checkpoint| match checkpoint {
                    Err(message) => fail(message),
                    Ok(checkpoint) => {
                        let step = crate::observation::observed().step;
                        let pixels = Uint8Array::from(reals.as_slice());
                        let files = [checkpoint, pixels, made.slice(0, made.length())];
                        ask(Question::Map(files, run.on_digits), move |reply| {
                            let text = reply.map(|text| text.as_string().unwrap_or_default());
                            match text.map(|text| Places::of_json(&text)) {
                                Ok(Some(places)) => {
                                    let made = made.to_vec();
                                    let _ =
                                        drawn.try_set(Some(Drawn { places, reals, made, step }));
                                    let _ = busy.try_set(false);
                                }
                                Ok(None) => fail(no_data()),
                                Err(message) => fail(message),
                            }
                        });
                    }
                });
            });
        });
    };
    view! {
        <div class="lab-remedies">
            <button
                class="primary"
                aria-disabled=move || busy.get().to_string()
                on:click=begin
            >
                {move || say(if drawn.with(Option::is_some) { key("map-anew") } else { key("map-draw") })}
            </button>
        </div>
        {failure(move || failed.get())}
        <p class="hint" role="status" hidden=move || !busy.get()>{t("map-busy")}</p>
        {move || drawn.get().map(|drawn| view! { <Explored run=run drawn=drawn/> })}
    }
}

/// A map to be explored.
#[component]
fn Explored(run: Run, drawn: Drawn) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let drawn = StoredValue::new(drawn);
    let kinds = RwSignal::new(Kinds { reals: true, made: true });
    let chosen = RwSignal::new(None::<Spot>);
    let moved = RwSignal::new(None::<[f32; 2]>);
    // What is made of the chosen real's latent, where that is known.
    let made = RwSignal::new(None::<Vec<u8>>);
    let failed = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let wish = StoredValue::new(None::<(usize, Option<[f32; 2]>)>);
    let is_dragged = StoredValue::new(false);
    // Whether the sample was chosen by a press or a key: the pointer then only passes over others.
    let is_pinned = StoredValue::new(false);
    let redraw = move || {
        if let Some(canvas) = canvas.get_untracked() {
            drawn.with_value(|drawn| {
                let (kinds, chosen) = (kinds.get_untracked(), chosen.get_untracked());
                draw(&canvas, &drawn.places, kinds, chosen, moved.get_untracked());
            });
        }
    };
    Effect::new(move |_| {
        kinds.track();
        chosen.track();
        moved.track();
        if canvas.get().is_some() {
            redraw();
        }
    });
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let resized = Closure::<dyn FnMut()>::new(redraw).into_js_value();
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.unchecked_ref()) {
            observer.observe(&canvas);
            on_cleanup(move || observer.disconnect());
        }
    });
    // Points are dragged faster than pictures are made: the newest wish is asked after the last answer.
    let look = move || {
        if busy.get_value() {
            return;
        }
        let Some((real, place)) = wish.try_update_value(Option::take).flatten() else { return };
        busy.set_value(true);
        ask(Question::MoveOnMap(real as u32, place), move |reply| {
            let _ = busy.try_update_value(|busy| *busy = false);
            match reply {
                Ok(pixels) => {
                    let pixels = pixels.dyn_into::<Uint8Array>().map(|it| it.to_vec());
                    let _ = made.try_set(pixels.ok().filter(|pixels| !pixels.is_empty()));
                    let _ = failed.try_set(None);
                }
                Err(message) => {
                    let _ = failed.try_set(Some(message));
                }
            }
        });
    };
    every_ms(LOOK_EVERY_MS, look);
    let choose = move |spot: Option<Spot>| {
        if chosen.get_untracked() == spot && moved.get_untracked().is_none() {
            return;
        }
        if chosen.get_untracked() != spot {
            made.set(None);
        }
        chosen.set(spot);
        moved.set(None);
        match spot {
            Some(Spot::Real(real)) if run.encodes => wish.set_value(Some((real, None))),
            _ => wish.set_value(None),
        }
    };
    let move_to = move |place: [f32; 2]| {
        let Some(Spot::Real(real)) = chosen.get_untracked() else { return };
        moved.set(Some(place));
        wish.set_value(Some((real, Some(place))));
    };
    let under = move |event: &ev::PointerEvent| {
        let canvas = canvas.get_untracked()?;
        let side = f64::from(canvas.client_width().max(1));
        let share = [f64::from(event.offset_x()) / side, f64::from(event.offset_y()) / side];
        Some(drawn.with_value(|drawn| place_under(&drawn.places, share)))
    };
    let reach = drawn.with_value(|drawn| {
        let [low, high] = drawn.places.square.corners();
        REACH * (high[0] - low[0])
    });
    let pointed = move |event: ev::PointerEvent| {
        let Some(place) = under(&event) else { return };
        if is_dragged.get_value() {
            if event.buttons() == 0 {
                return is_dragged.set_value(false);
            }
            return move_to(place);
        }
        if is_pinned.get_value() {
            return;
        }
        let kinds = kinds.get_untracked();
        let near = drawn.with_value(|drawn| drawn.places.nearest(place, reach, kinds));
        if near.is_some() {
            choose(near);
        }
    };
    let pressed = move |event: ev::PointerEvent| {
        is_dragged.set_value(false);
        let Some(place) = under(&event) else { return };
        let kinds = kinds.get_untracked();
        let near = drawn.with_value(|drawn| drawn.places.nearest(place, reach, kinds));
        // A press on nothing lets the pointer look around again.
        is_pinned.set_value(near.is_some());
        if near.is_none() {
            return;
        }
        choose(near);
        if run.encodes && matches!(near, Some(Spot::Real(_))) {
            is_dragged.set_value(true);
            if let Some(canvas) = canvas.get_untracked() {
                // The pointer is there, since it has just been pressed.
                let _ = canvas.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let by_key = move |event: ev::KeyboardEvent| {
        let direction = match event.key().as_str() {
            "ArrowRight" => [1.0, 0.0],
            "ArrowLeft" => [-1.0, 0.0],
            "ArrowUp" => [0.0, 1.0],
            "ArrowDown" => [0.0, -1.0],
            _ => return,
        };
        event.prevent_default();
        let (from, kinds) = (chosen.get_untracked(), kinds.get_untracked());
        if let Some(next) = drawn.with_value(|it| it.places.next(from, direction, kinds)) {
            is_pinned.set_value(true);
            choose(Some(next));
        }
    };
    let toggled =
        move |name: &'static str, class: &'static str, of: fn(&mut Kinds) -> &mut bool| {
            let shown = move || *of(&mut kinds.get());
            view! {
                <label class=format!("lab-chip {class}")>
                    <input
                        type="checkbox"
                        prop:checked=shown
                        on:change=move |_| kinds.update(|kinds| {
                            let kind = of(kinds);
                            *kind = !*kind;
                        })
                    />
                    <span class="lab-swatch" aria-hidden="true"></span>
                    {t(name)}
                </label>
            }
        };
    let words = move || {
        let Some(spot) = chosen.get() else { return say(key("map-choose")) };
        let class = drawn.with_value(|drawn| drawn.places.class(spot));
        let facts = [("digit", class.map_or_else(|| "?".to_owned(), |class| class.to_string()))];
        match (spot, class) {
            (Spot::Real(_), Some(_)) => say_with(key("map-real-read"), &facts),
            (Spot::Made(_), Some(_)) => say_with(key("map-made-read"), &facts),
            (Spot::Real(_), None) => say(key("map-real")),
            (Spot::Made(_), None) => say(key("map-made")),
        }
    };
    let about = drawn.with_value(|drawn| {
        let share = format!("{:.0}", 100.0 * drawn.places.share);
        let facts = [
            ("reals", drawn.places.reals.len().to_string()),
            ("made", drawn.places.made.len().to_string()),
            ("share", share),
            ("step", drawn.step.to_string()),
        ];
        facts.map(|(name, value)| (name, value))
    });
    let label = say_with(key("map-label"), &about);
    let told = drawn.with_value(|drawn| match drawn.places.ground {
        Ground::Latents => key("map-told-latents"),
        Ground::Features => key("map-told-features"),
        Ground::Pixels => key("map-told"),
    });
    let told = say_with(told, &about);
    let image = run.image;
    let is_real = Signal::derive(move || matches!(chosen.get(), Some(Spot::Real(_))));
    let slider = move |name: &'static str, id: &'static str, axis: usize| {
        let ends = drawn.with_value(|drawn| drawn.places.square.corners());
        let at = move || {
            let own = chosen.get().and_then(|spot| drawn.with_value(|it| it.places.of(spot)));
            moved.get().or(own).unwrap_or_default()
        };
        let value = move || {
            let share = (at()[axis] - ends[0][axis]) / (ends[1][axis] - ends[0][axis]);
            (share * POSITIONS).round().to_string()
        };
        let slid = move |event| {
            let Ok(position) = event_target_value(&event).parse::<f32>() else { return };
            let mut place = untrack(at);
            place[axis] = ends[0][axis] + position / POSITIONS * (ends[1][axis] - ends[0][axis]);
            move_to(place);
        };
        view! {
            <label for=id>{t(name)}</label>
            <input id=id type="range" min="0" max=POSITIONS.to_string() step="1" prop:value=value on:input=slid/>
        }
    };
    let shown = move || {
        let spot = chosen.get()?;
        let pixels = drawn.with_value(|drawn| drawn.pixels(spot, image));
        let name = if is_real.get() { key("map-real-picture") } else { key("map-made-picture") };
        Some(view! { <Pictured name=name pixels=Signal::stored(pixels) image=image/> })
    };
    let again = move || {
        let name = if moved.get().is_some() { key("map-moved") } else { key("map-reconstruction") };
        let pixels = made.get().filter(|_| is_real.get())?;
        Some(view! { <Pictured name=name pixels=Signal::stored(pixels) image=image/> })
    };
    view! {
        <div class="lab-chips" role="group" aria-label=t("map-kinds")>
            {toggled(key("map-reals"), "real", |kinds| &mut kinds.reals)}
            {toggled(key("map-mades"), "fake", |kinds| &mut kinds.made)}
        </div>
        <div class="lab-map-beside">
            <canvas
                node_ref=canvas
                class="lab-map-canvas"
                class:movable=run.encodes
                tabindex="0"
                role="application"
                aria-label=label
                aria-describedby="lab-map-words"
                on:pointermove=pointed
                on:pointerdown=pressed
                on:pointerup=move |_| is_dragged.set_value(false)
                on:pointercancel=move |_| is_dragged.set_value(false)
                on:keydown=by_key
            ></canvas>
            <div class="lab-map-chosen">
                <p id="lab-map-words" role="status" class="number">{words}</p>
                <div class="lab-edit-pictures">{shown}{again}</div>
                <div class="lab-map-sliders" hidden=move || !(run.encodes && is_real.get())>
                    {slider(key("map-first-axis"), "lab-map-first", 0)}
                    {slider(key("map-second-axis"), "lab-map-second", 1)}
                </div>
                <div class="lab-remedies" hidden=move || moved.get().is_none()>
                    <button on:click=move |_| choose(chosen.get_untracked())>{t("map-back")}</button>
                </div>
                {failure(move || failed.get())}
            </div>
        </div>
        <p class="hint number">{told}</p>
    }
}
