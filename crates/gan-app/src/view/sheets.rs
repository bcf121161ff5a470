//! The two sheets of samples, and the charts.

use leptos::html;
use leptos::prelude::*;

use crate::effects::browser::on_resize;
use crate::effects::display::{Display, Sheet};
use crate::effects::page::{Page, with};
use crate::effects::requests;
use crate::effects::sheets::{FIXED_CANVAS, FRESH_CANVAS};
use crate::model::run_state::Column;
use crate::model::supervisor::Ask;
use crate::view::chart::{Chart, Line, Measure};
use crate::view::events::click;
use crate::view::numbers;
use crate::view::words::{derived, key, say, say_with, t};

/// Size of a canvas before its first drawing: eight by eight samples of 28 pixels with gaps of 2.
const FIRST_SIDE_PX: u32 = 238;

/// The sheets.
#[component]
pub(crate) fn Sheets() -> impl IntoView {
    let display = expect_context::<Display>();
    let settings = display.settings;
    // A generator that is given pictures has other sheets than one that is given noise, and one that
    // translates others than one that restores; one with an encoder shows what becomes of reals.
    let kind = Memo::new(move |_| {
        settings.with(|it| match (&it.spec.condition, &it.spec.translation) {
            (None, None) if it.spec.encoder.is_some() && it.spec.data.points.is_none() => 3,
            (None, None) => 0_usize,
            (Some(_), _) => 1,
            (None, Some(_)) => 2,
        })
    });
    let by_kind = move |keys: [&'static str; 4]| derived(move || say(keys[kind.get()]));
    let described = move |of_noise: &'static str, encoded: &'static str| {
        Signal::derive(move || {
            let given = [key("pictures-described"), key("translated-described")];
            [of_noise, given[0], given[1], encoded][kind.get()]
        })
    };
    view! {
        <section class="sheets" aria-label=t("samples")>
            <figure class="sheet">
                <figcaption>
                    <div>
                        <h2>{by_kind([key("fixed-title"), key("given-title"), key("there-title"), key("fixed-title")])}</h2>
                        <p class="hint">{by_kind([key("fixed-hint"), key("given-hint"), key("there-hint"), key("fixed-hint")])}</p>
                    </div>
                </figcaption>
                <SheetCanvas id=FIXED_CANVAS sheet=display.fixed label=described(key("fixed-described"), key("fixed-described"))/>
            </figure>
            <figure class="sheet">
                <figcaption>
                    <div>
                        <h2>{by_kind([key("fresh-title"), key("given-fresh-title"), key("back-title"), key("encoded-title")])}</h2>
                        <p class="hint">{by_kind([key("fresh-hint"), key("given-fresh-hint"), key("back-hint"), key("encoded-hint")])}</p>
                    </div>
                    <button
                        class="quiet icon"
                        on:click=click(|| requests::ask(Ask::FreshSheet))
                        aria-label=t("fresh-button")
                        title=t("fresh-button")
                    >
                        // Drawn, since a character that the page's font lacks costs a search of all fonts.
                        <svg viewBox="0 0 20 20" aria-hidden="true">
                            <path
                                d="M15.7 7A6.4 6.4 0 1 0 16.4 10M16 3v4.2h-4.2"
                                fill="none"
                                stroke="currentColor"
                                stroke-width="1.6"
                            />
                        </svg>
                    </button>
                </figcaption>
                <SheetCanvas id=FRESH_CANVAS sheet=display.fresh label=described(key("fresh-described"), key("encoded-described"))/>
            </figure>
        </section>
    }
}

#[component]
fn SheetCanvas(
    id: &'static str,
    sheet: RwSignal<Option<Sheet>>,
    label: Signal<&'static str>,
) -> impl IntoView {
    let described = derived(move || match sheet.get() {
        Some(Sheet { step, count }) => {
            say_with(label.get(), &[("count", count.to_string()), ("step", numbers::grouped(step))])
        }
        None => say(key("no-samples")),
    });
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            on_resize(&place, || with(Page::fit_sheets));
        }
    });
    view! {
        <div node_ref=place class="frame">
            <canvas
                id=id
                width=FIRST_SIDE_PX
                height=FIRST_SIDE_PX
                role="img"
                aria-label=described
            ></canvas>
        </div>
    }
}

/// The two nets and the charts, in a few sentences.
#[component]
pub(crate) fn Explanation() -> impl IntoView {
    view! {
        <details class="explanation">
            <summary>{t("what-is-this")}</summary>
            <div>
                <p><strong class="generator">{t("generator")}</strong>" "{t("generator-explained")}</p>
                <p>
                    <strong class="discriminator">{t("discriminator")}</strong>
                    " "
                    {t("discriminator-explained")}
                </p>
                <p><strong>{t("losses-title")}</strong>" "{t("losses-explained")}</p>
                <p><strong>{t("scores-title")}</strong>" "{t("scores-explained")}</p>
                <p><strong>{t("charts")}</strong>" "{t("charts-explained")}</p>
            </div>
        </details>
    }
}

/// The charts.
#[component]
pub(crate) fn Charts() -> impl IntoView {
    let line = |name, class, column| Line { name, class, column };
    view! {
        <section class="charts" aria-label=t("charts")>
            <Chart
                title=key("losses-title")
                explained=key("losses-explained")
                lines=[
                    line(key("generator"), "generator", Column::GeneratorLoss),
                    line(key("discriminator"), "discriminator", Column::DiscriminatorLoss),
                ]
                measure=Measure::Loss
            />
            <Chart
                title=key("scores-title")
                explained=key("scores-explained")
                lines=[
                    line(key("score-real"), "real", Column::RealScore),
                    line(key("score-fake"), "fake", Column::FakeScore),
                ]
                measure=Measure::Score
            />
        </section>
    }
}
