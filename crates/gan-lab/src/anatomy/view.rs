//! Shows the picture.

use gan_protocol::RunSpec;
use leptos::html;
use leptos::prelude::*;

use super::facts::{Facts, Moment, NetFacts, short};
use super::pictures::{
    self, COLUMNS, ROWS, show_from_sheet, show_images, show_latent, show_points,
};
use crate::observation::{self, Run};
use crate::picture::{FAKE, REAL};
use crate::places::{Place, Places};
use crate::plane::state::Points;
use crate::playground;
use crate::ticks::every_ms;
use crate::timeline::record::Samples;
use crate::words::{key, say, say_with, t};

/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;
/// Readings for which a moment of the step is lit.
const LOOKS_A_MOMENT: u32 = 3;
/// Readings after which other reals are shown.
const LOOKS_A_BATCH: u32 = 8;

/// The numbers that change during the run.
#[derive(Clone, Debug, Default, PartialEq)]
struct Now {
    is_running: bool,
    /// Of the generator and of the discriminator.
    losses: [Option<f64>; 2],
    /// D(x) and D(G(z)).
    verdicts: [Option<f64>; 2],
}

fn now() -> Now {
    // As the charts' legends have them: one figure for one thing.
    let averages = observation::averages();
    let of = |names: [&str; 2]| names.map(|name| averages.get(name).copied());
    Now {
        is_running: playground::is_running(),
        losses: of(["generatorLoss", "discriminatorLoss"]),
        verdicts: of(["realScore", "fakeScore"]),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or("–".to_string(), |value| format!("{value:.3}"))
}

/// The canvases.
#[derive(Clone, Copy)]
struct Canvases {
    latent: NodeRef<html::Canvas>,
    fakes: NodeRef<html::Canvas>,
    reals: NodeRef<html::Canvas>,
}

impl Canvases {
    /// Draws what moves: samples, from the page's own canvas or the plane's points.
    fn draw(self, run: Run, points: StoredValue<Points>) {
        let (Some(fakes), Some(reals)) = (self.fakes.get_untracked(), self.reals.get_untracked())
        else {
            return;
        };
        if !run.on_points {
            if run.is_given
                && let Some(given) = self.latent.get_untracked()
            {
                show_from_sheet(&given, run, pictures::Part::Given);
            }
            return show_from_sheet(&fakes, run, pictures::Part::Made);
        }
        points.with_value(|points| {
            if let Some(view) = points.view {
                show_points(&fakes, view, &points.fakes, FAKE);
                show_points(&reals, view, &points.reals, REAL);
            }
        });
    }

    /// Asks for other real images and draws them; until the data are there, the next reading asks again.
    fn draw_reals(self, run: Run, seed: u32, done: impl FnOnce(bool) + 'static) {
        playground::reals((COLUMNS * ROWS) as u32, seed, move |samples| {
            let drawn = match (samples, self.reals.get_untracked()) {
                (Some(Samples::Images(pixels)), Some(canvas)) if observation::run() == run => {
                    show_images(&canvas, &pixels, run.image);
                    true
                }
                _ => false,
            };
            done(drawn);
        });
    }
}

/// The picture of the run.
#[component]
pub(crate) fn Anatomy(places: Places, points: StoredValue<Points>) -> impl IntoView {
    let facts = RwSignal::new(Facts::default());
    let state = RwSignal::new(Now::default());
    let moment = RwSignal::new(Moment::Making);
    let canvases =
        Canvases { latent: NodeRef::new(), fakes: NodeRef::new(), reals: NodeRef::new() };
    let (looks, seed) = (StoredValue::new(0_u32), StoredValue::new(0_u32));
    // The runs that the facts and the real samples are of.
    let (facts_of, reals_of) = (StoredValue::new(None::<Run>), StoredValue::new(None::<Run>));
    let step = StoredValue::new(u64::MAX);
    let still = prefers_stillness();
    let look = move || {
        let (run, seen) = (observation::run(), now());
        // What changes while a run goes on is no part of them.
        if facts_of.get_value() != Some(run)
            && let Ok(spec) = RunSpec::from_value(playground::spec())
        {
            facts_of.set_value(Some(run));
            facts.set(Facts::of(&spec));
        }
        looks.update_value(|looks| *looks = looks.wrapping_add(1));
        let looked = looks.get_value();
        if seen.is_running && !still && looked.is_multiple_of(LOOKS_A_MOMENT) {
            moment.update(|moment| *moment = moment.next());
        }
        let at = observation::observed().step;
        let is_other = reals_of.get_value() != Some(run);
        if step.get_value() != at || is_other {
            step.set_value(at);
            canvases.draw(run, points);
        }
        let is_due = is_other || (seen.is_running && looked.is_multiple_of(LOOKS_A_BATCH));
        if is_due && !run.on_points {
            seed.update_value(|seed| *seed = seed.wrapping_add(1));
            canvases.draw_reals(run, seed.get_value(), move |drawn| {
                reals_of.set_value(drawn.then_some(run));
            });
        } else if is_other {
            reals_of.set_value(Some(run));
        }
        if state.with_untracked(|before| *before != seen) {
            state.set(seen);
        }
    };
    every_ms(LOOK_EVERY_MS, look);
    // The first reading once the canvases are there.
    Effect::new(move |_| {
        if canvases.reals.get().is_some() {
            look();
        }
    });
    Effect::new(move |_| {
        let (latent, is_given) =
            facts.with(|facts| (facts.first_latent.clone(), facts.picture.is_some()));
        // Pictures stand in the latents' place: they are drawn with the samples.
        if let Some(canvas) = canvases.latent.get().filter(|_| !is_given) {
            show_latent(&canvas, &latent);
        }
    });
    let played = move || match state.with(|state| state.is_running) {
        true if !still => moment.get().name(),
        _ => "rests",
    };
    let told = move || match state.with(|state| state.is_running) {
        true if !still => say(facts.with(|facts| facts.told(moment.get()))),
        _ => say(facts.with(Facts::at_rest)),
    };
    let source = Signal::derive(move || {
        let is_given = facts.with(|facts| facts.picture.is_some());
        if is_given { key("anatomy-pictures") } else { key("anatomy-noise") }
    });
    view! {
        <section class="lab-anatomy" data-moment=played aria-label=t("anatomy-title")>
            <div class="lab-anatomy-picture">
                <Part class="latents generator" name=source place=Place::Build places=places>
                    <canvas node_ref=canvases.latent aria-hidden="true"></canvas>
                    <span class="hint number">{move || facts.with(Facts::given)}</span>
                </Part>
                <Arrow class="to-generator"/>
                <Net net=0 facts=facts state=state places=places/>
                <Arrow class="to-fakes"/>
                <Part class="fakes generator" name=key("anatomy-fakes") place=Place::Look places=places>
                    <canvas node_ref=canvases.fakes aria-hidden="true"></canvas>
                </Part>
                <Arrow class="from-fakes"/>
                <Part class="reals discriminator" name=key("anatomy-reals") place=Place::Data places=places>
                    <canvas node_ref=canvases.reals aria-hidden="true"></canvas>
                </Part>
                <Arrow class="from-reals"/>
                <Net net=1 facts=facts state=state places=places/>
                <p class="lab-anatomy-told hint">{told}</p>
            </div>
            <p class="lab-unseen">{move || say(facts.with(Facts::in_words))}</p>
        </section>
    }
}

/// An arrow to the right; a moment of the step may light it, and turn it round.
#[component]
fn Arrow(class: &'static str) -> impl IntoView {
    view! {
        <svg class=format!("lab-arrow {class}") viewBox="0 0 24 12" aria-hidden="true">
            <path d="M1 6H22M17 1.5L22.5 6L17 10.5"/>
        </svg>
    }
}

/// A part of the picture: a button that leads to its place, if that is offered.
#[component]
fn Part(
    class: &'static str,
    #[prop(into)] name: Signal<&'static str>,
    place: Place,
    places: Places,
    children: Children,
) -> impl IntoView {
    let opens = match place {
        Place::Build => key("anatomy-opens-build"),
        Place::Data => key("anatomy-opens-data"),
        _ => key("anatomy-opens-look"),
    };
    view! {
        <button
            class=class
            title=t(opens)
            disabled=!places.is_offered(place)
            on:click=move |_| places.lead_to(place)
        >
            <strong>{move || say(name.get())}</strong>
            {children()}
        </button>
    }
}

/// The generator (0) or the discriminator (1), and the way to its panel.
#[component]
fn Net(net: usize, facts: RwSignal<Facts>, state: RwSignal<Now>, places: Places) -> impl IntoView {
    let (class, name, place) = if net == 0 {
        ("net generator", key("builder-generator"), Place::Build)
    } else {
        ("net discriminator", key("builder-discriminator"), Place::Look)
    };
    let size = move || {
        facts.with(|facts| {
            let NetFacts { layers, parameters } = &facts.nets[net];
            let values = [("layers", layers.to_string()), ("count", short(*parameters))];
            say_with(key("anatomy-net"), &values)
        })
    };
    let particular = move || facts.with(|facts| facts.particular(net));
    let loss = move || {
        let loss = state.with(|state| state.losses[net]);
        say_with(key("anatomy-loss"), &[("loss", number(loss))])
    };
    let verdicts = move || {
        let [real, fake] = state.with(|state| state.verdicts);
        say_with(key("anatomy-verdicts"), &[("real", number(real)), ("fake", number(fake))])
    };
    view! {
        <Part class=class name=name place=place places=places>
            <span class="hint number">{size}</span>
            <span class="hint" hidden=move || particular().is_empty()>{particular}</span>
            <span class="number">{loss}</span>
            {(net == 1).then(|| view! { <span class="hint number">{verdicts}</span> })}
            <span class="lab-learns hint" aria-hidden="true">
                <span class="learns">{t("anatomy-learns")}</span>
                <span class="frozen">{t("anatomy-frozen")}</span>
            </span>
        </Part>
    }
}

/// Whether the system is set to do without movement.
pub(crate) fn prefers_stillness() -> bool {
    let query = "(prefers-reduced-motion: reduce)";
    let list = web_sys::window().and_then(|window| window.match_media(query).ok()?);
    list.is_some_and(|list| list.matches())
}
