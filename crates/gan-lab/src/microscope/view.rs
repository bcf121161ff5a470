//! Shows a step moment by moment, with buttons for whole and half steps.

use leptos::html;
use leptos::prelude::*;

use super::flow::Flow;
use super::moments::Moment;
use super::plane::{plane, points};
use super::step::{Kind, Step};
use crate::copy::{ask_copy, look_at_copy};
use crate::driving;
use crate::images::verdict_text;
use crate::leaving::restore_half_step;
use crate::observation;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::picture::Picture;
use crate::playground;
use crate::refusals::failure;
use crate::ticks::every_ms;
use crate::timeline::animation::for_file;
use crate::words::{key, say, say_with, t};

/// Time for which slow motion shows a moment.
const MOMENT_MS: i32 = 2_500;
/// Time between two readings of the run.
const LOOK_EVERY_MS: i32 = 500;
/// Images in a row.
const COLUMNS: usize = 8;

#[derive(Clone, Copy)]
struct Scope {
    step: RwSignal<Option<Step>>,
    place: RwSignal<usize>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    slow: RwSignal<bool>,
}

impl Scope {
    fn fail(self, message: String) {
        self.busy.set(false);
        self.slow.set(false);
        self.failed.set(Some(message));
    }

    /// Takes the next step apart, and pauses the run.
    fn take(self) {
        self.busy.set(true);
        self.failed.set(None);
        playground::pause(move || {
            look_at_copy("dissect", Vec::new(), move |answer| match answer.map(Step::of) {
                Ok(step) => {
                    self.step.set(Some(step));
                    self.place.set(0);
                    self.busy.set(false);
                }
                Err(message) => self.fail(message),
            });
        });
    }

    /// Makes the step that was taken apart, then takes the next one apart.
    fn make(self) {
        self.busy.set(true);
        driving::step(move || self.take());
    }

    /// Makes a step of one net alone, then takes the next step apart.
    fn half(self, net: &'static str) {
        self.busy.set(true);
        playground::pause(move || {
            ask_copy("stepAlone", vec![("net", net.into())], move |answer| match answer {
                Ok(checkpoint) => restore_half_step(&checkpoint, move |restored| match restored {
                    Ok(()) => self.take(),
                    Err(message) => self.fail(message),
                }),
                Err(message) => self.fail(message),
            });
        });
    }

    /// Acts, unless a request is under way.
    fn if_free(self, act: impl FnOnce(Self)) {
        if !self.busy.get_untracked() {
            act(self);
        }
    }

    fn go_on(self) {
        let place = self.place.get_untracked();
        if place + 1 < Moment::ALL.len() {
            self.place.set(place + 1);
        } else if !self.busy.get_untracked() {
            self.make();
        }
    }
}

#[component]
pub(crate) fn Microscope() -> impl IntoView {
    let scope = Scope {
        step: RwSignal::new(None),
        place: RwSignal::new(0),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
        slow: RwSignal::new(false),
    };
    let run = RwSignal::new(observation::run());
    every_ms(LOOK_EVERY_MS, move || {
        let now = observation::run();
        if now != run.get_untracked() {
            run.set(now);
            scope.step.set(None);
            scope.slow.set(false);
            scope.failed.set(None);
        }
        // If the run has made steps, the step shown is in the past.
        let step = observation::observed().step;
        let is_past = scope.step.with_untracked(|taken| {
            taken.as_ref().is_some_and(|taken| taken.dissection.metrics.step != step + 1)
        });
        if is_past && !scope.busy.get_untracked() {
            scope.step.set(None);
            scope.slow.set(false);
        }
    });
    every_ms(MOMENT_MS, move || {
        if scope.slow.get_untracked() && !scope.busy.get_untracked() {
            scope.go_on();
        }
    });
    let moment = Signal::derive(move || Moment::ALL[scope.place.get()]);
    let is_open = Signal::derive(move || scope.step.with(Option::is_some));
    let busy = Signal::derive(move || scope.busy.get().to_string());
    let is_last = move || scope.place.get() + 1 == Moment::ALL.len();
    let next = move || if is_last() { say(key("scope-make")) } else { say(key("scope-next")) };
    view! {
        <section class="lab-scope" aria-label=t("scope-title")>
            <h2>{t("scope-title")}</h2>
            <p class="hint">{t("scope-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-remedies" hidden=move || run.with(cannot_copy)>
                // Not disabled during a request: the pressed button keeps the focus.
                <button aria-disabled=busy on:click=move |_| scope.if_free(Scope::take)>
                    {t("scope-take")}
                </button>
                <button
                    aria-disabled=busy
                    on:click=move |_| scope.if_free(|scope| scope.half("discriminator"))
                >
                    {t("scope-discriminator")}
                </button>
                <button
                    aria-disabled=busy
                    on:click=move |_| scope.if_free(|scope| scope.half("generator"))
                >
                    {t("scope-generator")}
                </button>
                <button aria-disabled=busy on:click=move |_| scope.if_free(Scope::make)>
                    {t("scope-both")}
                </button>
            </div>
            {failure(move || scope.failed.get())}
            <div class="lab-scope-step" hidden=move || !is_open.get()>
                <Flow moment=moment/>
                <ol class="lab-moments">
                    {Moment::ALL.iter().enumerate().map(|(place, of)| {
                        let current = move || (scope.place.get() == place).then_some("step");
                        view! {
                            <li aria-current=current>
                                <button on:click=move |_| scope.place.set(place)>{t(of.name())}</button>
                            </li>
                        }
                    }).collect_view()}
                </ol>
                <p class="lab-scope-told" aria-live="polite">{move || told(scope, moment.get())}</p>
                <Shown scope=scope moment=moment/>
                <div class="lab-remedies">
                    <button
                        aria-disabled=move || (scope.place.get() == 0).to_string()
                        on:click=move |_| scope.place.update(|place| *place = place.saturating_sub(1))
                    >
                        {t("scope-back")}
                    </button>
                    <button aria-disabled=busy on:click=move |_| scope.if_free(Scope::go_on)>
                        {next}
                    </button>
                    <button
                        aria-pressed=move || scope.slow.get().to_string()
                        on:click=move |_| scope.slow.update(|slow| *slow = !*slow)
                    >
                        {t("scope-slow")}
                    </button>
                </div>
            </div>
        </section>
    }
}

fn told(scope: Scope, moment: Moment) -> String {
    scope.step.with(|step| {
        let Some(step) = step else { return String::new() };
        let mut facts = moment.facts(&step.dissection, |output| verdict_text(&step.run, output));
        facts.push(("step", step.dissection.metrics.step.to_string()));
        // A generator that is given pictures alone has no latents.
        let has_latents = step.dissection.latents.iter().any(|latent| !latent.is_empty());
        let told = match moment {
            Moment::Draw if step.run.translates => key("moment-draw-translated-told"),
            Moment::Draw if !has_latents => key("moment-draw-pictures-told"),
            other => other.told(),
        };
        say_with(told, &facts)
    })
}

/// The samples at the moment, each with its verdict.
#[component]
fn Shown(scope: Scope, moment: Signal<Moment>) -> impl IntoView {
    move || {
        let step = scope.step.get()?;
        let kinds = step.kinds(moment.get());
        Some(match kinds {
            None => latents(&step.dissection.latents).into_any(),
            Some(kinds) if step.run.on_points => few_points(&step, &kinds).into_any(),
            Some(kinds) => {
                let strip = |kind: Kind| view! { <Strip image=step.run.image kind=kind/> };
                kinds.into_iter().map(strip).collect_view().into_any()
            }
        })
    }
}

/// Points in the plane, in the same square during the whole step.
fn few_points(step: &Step, kinds: &[Kind]) -> impl IntoView + use<> {
    let all = [&step.reals, &step.fakes, &step.new_fakes];
    plane(&all.map(|bytes| points(bytes)), kinds)
}

/// Latents as rows of numbers.
fn latents(latents: &[Vec<f32>]) -> impl IntoView + use<> {
    let row = |latent: &Vec<f32>| {
        let numbers: Vec<String> = latent.iter().map(|x| format!("{x:.2}")).collect();
        view! { <li class="number">{numbers.join("  ")}</li> }
    };
    view! { <ol class="lab-latents">{latents.iter().map(row).collect_view()}</ol> }
}

/// Images side by side, with a note for each.
#[component]
fn Strip(image: [usize; 3], kind: Kind) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let (words, told) = (kind.name, kind.notes.join(", "));
    let label = move || format!("{}. {told}", say(words));
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            for_file(&Picture::of_images(&kind.bytes, image, COLUMNS)).show(&canvas);
        }
    });
    view! {
        <figure class="lab-strip">
            <figcaption>{t(words)}</figcaption>
            <canvas node_ref=canvas role="img" aria-label=label></canvas>
            <ol class="number" aria-hidden="true">
                {kind.notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ol>
        </figure>
    }
}
