//! Edits a digit of a generator by its measures: a sample, or the sample that is nearest to a drawing or
//! to a real digit.

mod found;
mod shot;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use self::found::{Found, FoundSliders};
use self::shot::{Shot, Source, snippet};
use super::Pictured;
use super::board::{Board, BoardCanvas, Brush, Tool};
use super::generator::TRAINED;
use crate::copying::CopyButton;
use crate::inspector::{Question, ask};
use crate::observation::Run;
use crate::picture::Picture;
use crate::playground;
use crate::refusals::failure;
use crate::sampler::{is_seen, site};
use crate::saving::save_address;
use crate::ticks::every_ms;
use crate::timeline::record::Samples;
use crate::words::{key, say_with, t};

const SIDE: usize = 28;
const IMAGE: [usize; 3] = [SIDE, SIDE, 1];
const BRUSH: Brush = Brush { tool: Tool::Draw, radius: 1.6 };
/// Of the saved picture.
const ENLARGED: usize = 8;
/// Time between two looks whether there is something to ask.
const LOOK_EVERY_MS: i32 = 40;
/// Seed of the first sample: a digit that is easy to read.
const FIRST_SAMPLE: u32 = 3;
/// First seed of real digits: not one of the page's own.
const FIRST_SEED: u32 = 1 << 22;

/// A measure: the key of its name, the ends of its slider, the step, and the key of its text.
struct Measure {
    name: &'static str,
    ends: [f64; 2],
    step: f64,
    told: &'static str,
}

const MEASURES: [Measure; 3] = [
    Measure { name: key("edit-slant"), ends: [-30.0, 30.0], step: 1.0, told: key("edit-degrees") },
    Measure { name: key("edit-thickness"), ends: [1.6, 3.8], step: 0.1, told: key("edit-pixels") },
    Measure { name: key("edit-size"), ends: [5.0, 9.0], step: 0.1, told: key("edit-pixels") },
];

/// What is to be asked once the worker is free.
#[derive(Clone, Debug, PartialEq)]
enum Wish {
    Sample,
    /// The sample nearest to an image.
    Find(Vec<u8>),
    /// These measures of the sample at hand.
    Measures([f64; 3]),
    /// The sample at hand, moved along directions that nobody named.
    Found(Found),
}

#[component]
pub(super) fn Edit(run: RwSignal<Run>, hidden: Signal<bool>) -> impl IntoView {
    view! {
        <div class="lab-edit" hidden=hidden>
            <h2>{t("edit-title")}</h2>
            <p class="hint">{t("edit-hint")}</p>
            // Another run has another generator.
            {move || {
                let run = run.get();
                (!hidden.get()).then(|| view! { <Editing run=run/> })
            }}
        </div>
    }
}

#[component]
fn Editing(run: Run) -> impl IntoView {
    let has_generator = run.on_digits && !run.is_given;
    let place = NodeRef::<html::Div>::new();
    let source = RwSignal::new(Source::Trained(TRAINED[0].1));
    let (before, after) = (RwSignal::new(None::<Shot>), RwSignal::new(None::<Shot>));
    // The picture that the sample before was found for.
    let yours = RwSignal::new(None::<Vec<u8>>);
    let sliders = RwSignal::new([0.0; 3]);
    let moved = RwSignal::new(Found::default());
    let failed = RwSignal::new(None::<String>);
    let draws = RwSignal::new(false);
    let board = RwSignal::new(Board::new(IMAGE));
    let seed = StoredValue::new(FIRST_SAMPLE);
    let taken = StoredValue::new(None::<Source>);
    let busy = RwSignal::new(false);
    // Sliders move faster than samples are found: the newest wish is asked after the last answer.
    let wish = StoredValue::new(Some(Wish::Sample));
    let waiting = wish;
    let release = move |error: Option<String>| {
        let _ = busy.try_set(false);
        let _ = failed.try_set(error);
    };
    let answered = move |wish: Wish, reply: Result<JsValue, String>| {
        let shot = match reply {
            Ok(text) => text.as_string().and_then(|text| Shot::of_json(&text)),
            Err(message) => {
                // The worker is started anew then, and knows no generator.
                let _ = taken.try_update_value(|taken| *taken = None);
                return release(Some(message));
            }
        };
        release(None);
        let Some(shot) = shot else { return };
        // A slider that was moved meanwhile stays where it is.
        let is_newest = waiting.try_with_value(Option::is_none) == Some(true);
        match wish {
            Wish::Found(_) if is_newest => {
                let _ = sliders.try_set(shot.measures.unwrap_or_default());
            }
            Wish::Found(_) => {}
            _ if is_newest => {
                // What was moved before is left behind.
                let _ = moved.try_update(Found::rest);
            }
            _ => {}
        }
        if !matches!(wish, Wish::Measures(_) | Wish::Found(_)) {
            let _ = sliders.try_set(shot.measures.unwrap_or_default());
            let _ = before.try_set(Some(shot.clone()));
            let picture = if let Wish::Find(pixels) = wish { Some(pixels) } else { None };
            let _ = yours.try_set(picture);
        }
        let _ = after.try_set(Some(shot));
    };
    let input = move || {
        let input = before.with_untracked(|shot| Some(shot.as_ref()?.input.to_string()));
        input.unwrap_or_default()
    };
    let grant = move |granted: Wish| {
        let question = match &granted {
            Wish::Sample => Question::DrawToEdit(seed.get_value()),
            Wish::Find(pixels) => Question::Invert(pixels.clone()),
            Wish::Measures(wanted) => Question::Edit(input(), *wanted),
            Wish::Found(found) => {
                Question::MoveFound(input(), found.by_activations, found.amounts.to_vec())
            }
        };
        ask(question, move |reply| answered(granted, reply));
    };
    let look = move || {
        let is_idle = busy.try_get_untracked() == Some(false);
        if !is_idle || !place.get_untracked().is_some_and(|place| is_seen(&place)) {
            return;
        }
        let Some(next) = wish.try_update_value(Option::take).flatten() else { return };
        busy.set(true);
        let of = source.get_untracked();
        if taken.get_value() == Some(of) {
            return grant(next);
        }
        let took = move |reply: Result<JsValue, String>| match reply {
            Ok(_) => {
                let _ = taken.try_update_value(|taken| *taken = Some(of));
                grant(next);
            }
            Err(message) => release(Some(message)),
        };
        match of {
            Source::Trained(name) => ask(Question::TakeTrained(name), took),
            Source::Run => playground::checkpoint(move |checkpoint| match checkpoint {
                Ok(checkpoint) => ask(Question::TakeRun(checkpoint), took),
                Err(message) => release(Some(message)),
            }),
        }
    };
    every_ms(LOOK_EVERY_MS, look);
    let ask_for = move |next: Wish| wish.set_value(Some(next));
    let another = move || {
        seed.update_value(|seed| *seed += 1);
        ask_for(Wish::Sample);
    };
    let choose = move |of: Source| {
        // The run may have gone on since.
        taken.set_value(None);
        source.set(of);
        ask_for(yours.get_untracked().map_or(Wish::Sample, Wish::Find));
    };
    let offered = move |name: &'static str, of: Source| {
        view! {
            <button
                aria-pressed=move || (source.get() == of).to_string()
                on:click=move |_| choose(of)
            >
                {t(name)}
            </button>
        }
    };
    let made_of_latents = TRAINED.into_iter().filter(|(.., is_given)| !is_given);
    let find_real = move || {
        seed.update_value(|seed| *seed += 1);
        playground::reals(1, FIRST_SEED + seed.get_value(), move |samples| {
            let Some(Samples::Images(pixels)) = samples else { return };
            let _ = wish.try_update_value(|wish| *wish = Some(Wish::Find(pixels)));
        });
    };
    let slider = move |which: usize| {
        let Measure { name, ends, step, told } = &MEASURES[which];
        let id = format!("lab-edit-{which}");
        let value = move || format!("{:.1}", sliders.get()[which]);
        let text = Signal::derive(move || say_with(told, &[("value", value())]));
        let slid = move |event| {
            let Ok(value) = event_target_value(&event).parse::<f64>() else { return };
            sliders.update(|all| all[which] = value);
            ask_for(Wish::Measures(sliders.get_untracked()));
        };
        view! {
            <label for=id.clone()>{t(name)}</label>
            <input
                id=id
                type="range"
                min=ends[0].to_string()
                max=ends[1].to_string()
                step=step.to_string()
                prop:value=value
                aria-valuetext=text
                disabled=move || before.with(|shot| shot.as_ref().is_none_or(|it| it.measures.is_none()))
                on:input=slid
            />
            <span class="number">{text}</span>
        }
    };
    let black = || vec![0; SIDE * SIDE];
    let pixels_of = move |shot: RwSignal<Option<Shot>>| {
        Signal::derive(move || {
            shot.with(|shot| shot.as_ref().map_or_else(black, |it| it.pixels.clone()))
        })
    };
    let words = move || {
        after.with(|shot| {
            let Some(shot) = shot else { return String::new() };
            let share = format!("{:.0}", 100.0 * shot.share);
            say_with(key("hand-told"), &[("digit", shot.digit.to_string()), ("share", share)])
        })
    };
    let nearness = move || {
        before.with(|shot| {
            let psnr = shot.as_ref().and_then(|shot| shot.psnr);
            psnr.map(|psnr| say_with(key("edit-nearness"), &[("psnr", format!("{psnr:.1}"))]))
        })
    };
    let save = move || {
        let pixels = after.with_untracked(|shot| shot.as_ref().map(|shot| shot.pixels.clone()));
        let picture = Picture::of_images(&pixels.unwrap_or_default(), IMAGE, 1).enlarged(ENLARGED);
        if let Some(address) = picture.address() {
            save_address(&address, "digit.png");
        }
    };
    let code = Signal::derive(move || {
        after.with(|shot| {
            shot.as_ref().map_or_else(String::new, |shot| snippet(&site(), source.get(), shot))
        })
    });
    let shown = NodeRef::<html::Code>::new();
    let none = Signal::derive(move || after.with(Option::is_none));
    view! {
        <div class="lab-remedies">
            {has_generator.then(|| offered(key("edit-run"), Source::Run))}
            {made_of_latents.map(|(name, file, _)| offered(name, Source::Trained(file))).collect_view()}
        </div>
        <div class="lab-remedies">
            <button on:click=move |_| another()>{t("edit-another")}</button>
            <button hidden=!run.on_digits on:click=move |_| find_real()>{t("edit-real")}</button>
            <button
                aria-pressed=move || draws.get().to_string()
                on:click=move |_| draws.update(|draws| *draws = !*draws)
            >
                {t("edit-draw")}
            </button>
        </div>
        {move || draws.get().then(|| view! {
            <div class="lab-drawing">
                <BoardCanvas board=board brush=BRUSH label=key("drawing-title")/>
                <div class="lab-remedies">
                    <button
                        class="primary"
                        disabled=move || board.with(Board::is_empty)
                        on:click=move |_| ask_for(Wish::Find(board.with_untracked(|it| it.pixels.clone())))
                    >
                        {t("edit-find")}
                    </button>
                    <button on:click=move |_| board.set(Board::new(IMAGE))>{t("drawing-clear")}</button>
                </div>
            </div>
        })}
        <div node_ref=place class="lab-edit-pictures" aria-busy=move || busy.get().to_string()>
            {move || yours.get().map(|pixels| view! {
                <Pictured name=key("edit-yours") pixels=Signal::stored(pixels) image=IMAGE/>
            })}
            <Pictured name=key("edit-before") pixels=pixels_of(before) image=IMAGE/>
            <Pictured name=key("edit-after") pixels=pixels_of(after) image=IMAGE/>
        </div>
        <p role="status" class="number">{words}</p>
        <p class="hint number" hidden=move || nearness().is_none()>{nearness}</p>
        {failure(move || failed.get())}
        <div class="lab-edit-sliders">{(0..MEASURES.len()).map(slider).collect_view()}</div>
        <FoundSliders found=moved hidden=none asked=move |found| ask_for(Wish::Found(found))/>
        <div class="lab-remedies" hidden=none>
            <button on:click=move |_| {
                moved.update(Found::rest);
                let first = before.get_untracked();
                sliders.set(first.as_ref().and_then(|shot| shot.measures).unwrap_or_default());
                after.set(first);
            }>
                {t("edit-back")}
            </button>
            <button on:click=move |_| save()>{t("edit-save")}</button>
        </div>
        <details hidden=none>
            <summary>{t("edit-embed")}</summary>
            <p class="hint" hidden=move || source.get() != Source::Run>{t("edit-embed-run")}</p>
            <pre tabindex="0"><code node_ref=shown>{code}</code></pre>
            <CopyButton label=key("generator-copy") text=code shown=shown/>
        </details>
    }
}
