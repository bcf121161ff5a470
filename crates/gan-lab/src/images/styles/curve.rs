//! Draws what truncation gives and takes: how far samples are from real ones, and how much they differ, for each
//! ψ.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, grid_svg, left_px, line_path};
use js_sys::{Float64Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::inspector::{Question, ask};
use crate::playground;
use crate::refusals::failure;
use crate::timeline::record::Samples;
use crate::words::{key, say, t};

const WIDTH_PX: f64 = 300.0;
const HEIGHT_PX: f64 = 150.0;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
/// ψ of the points.
const TRUNCATIONS: [f32; 8] = [0.0, 0.25, 0.5, 0.7, 0.85, 1.0, 1.25, 1.5];
/// Real images that samples are compared with.
const REALS: u32 = 1_000;
const REALS_SEED: u32 = 3;

/// One figure by ψ, with a mark at the ψ of the slider, as the content of an SVG.
fn picture(points: &[Point], truncation: f64) -> String {
    let most = points.iter().map(|point| point.y).fold(0.0_f64, f64::max);
    let up = Axis::nice(0.0, if most > 0.0 { most } else { 1.0 }, 4);
    let across = Axis::nice(0.0, f64::from(TRUNCATIONS[TRUNCATIONS.len() - 1]), 4);
    let ends_px = [left_px(&up), WIDTH_PX - RIGHT_PX];
    let x = Scale::new(across.domain, (ends_px[0], ends_px[1]));
    let y = Scale::new(up.domain, (HEIGHT_PX - BOTTOM_PX, TOP_PX));
    let grid = grid_svg((&across, &x), (&up, &y), ends_px, HEIGHT_PX);
    let at = x.to_px(truncation.max(0.0));
    let (top, bottom) = (TOP_PX, HEIGHT_PX - BOTTOM_PX);
    format!(
        "<g class='grid'>{grid}</g><path class='mark' d='M{at:.1} {top}V{bottom}'/><path class='line' d='{}'/>",
        line_path(points, &x, &y)
    )
}

/// The points of both figures: those of distances, and those of diversity in percent.
fn figures(pairs: &[f64]) -> [Vec<Point>; 2] {
    let point = |scale: f64, place: usize| {
        let values = TRUNCATIONS.iter().zip(pairs.chunks_exact(2));
        values.map(|(psi, pair)| Point::new(f64::from(*psi), scale * pair[place])).collect()
    };
    [point(1.0, 0), point(100.0, 1)]
}

/// A button, and the curves once they are known. `ready` calls its argument when the worker has the run's
/// generator.
#[component]
pub(super) fn Curve(
    truncation: RwSignal<f64>,
    ready: impl Fn(Box<dyn FnOnce(Result<(), String>)>) + Copy + 'static,
    /// Called when the worker may have lost the generator.
    lost: impl Fn() + Copy + 'static,
    /// Changes when the generator is to be taken anew.
    version: RwSignal<u32>,
) -> impl IntoView {
    let curves = RwSignal::new(None::<[Vec<Point>; 2]>);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        version.track();
        curves.set(None);
    });
    let fail = move |message: String| {
        lost();
        let _ = busy.try_set(false);
        let _ = failed.try_set(Some(message));
    };
    let draw = move |_| {
        busy.set(true);
        failed.set(None);
        playground::reals(REALS, REALS_SEED, move |reals| {
            let Some(Samples::Images(reals)) = reals else {
                return fail(say(key("styles-no-data")));
            };
            ready(Box::new(move |taken| {
                if let Err(message) = taken {
                    return fail(message);
                }
                let reals = Uint8Array::from(reals.as_slice());
                ask(Question::StyleCurve(reals, TRUNCATIONS.to_vec()), move |reply| match reply {
                    Err(message) => fail(message),
                    Ok(pairs) => {
                        let pairs = pairs.dyn_into::<Float64Array>().map(|it| it.to_vec());
                        let _ = curves.try_set(pairs.ok().map(|pairs| figures(&pairs)));
                        let _ = busy.try_set(false);
                    }
                });
            }));
        });
    };
    let none = Signal::derive(move || curves.with(Option::is_none));
    let plot = move |place: usize, title: &'static str| {
        let of = move || curves.with(|both| both.as_ref().map(|both| both[place].clone()));
        let described = move || {
            let points = of().unwrap_or_default();
            let told = points.iter().map(|point| format!("ψ {:.2}: {:.1}", point.x, point.y));
            format!("{}: {}", say(title), told.collect::<Vec<_>>().join("; "))
        };
        view! {
            <figure class="chart">
                <figcaption>{t(title)}</figcaption>
                <svg
                    class="lab-styles-curve"
                    viewBox=format!("0 0 {WIDTH_PX:.0} {HEIGHT_PX:.0}")
                    role="img"
                    aria-label=described
                    inner_html=move || picture(&of().unwrap_or_default(), truncation.get())
                ></svg>
            </figure>
        }
    };
    view! {
        <div class="lab-remedies">
            <button disabled=busy on:click=draw>{t("styles-curve")}</button>
        </div>
        {failure(move || failed.get())}
        <div class="lab-styles-curves" hidden=none aria-busy=move || busy.get().to_string()>
            {plot(0, key("styles-distance"))} {plot(1, key("styles-diversity"))}
        </div>
        <p class="hint" hidden=none>{t("styles-curve-hint")}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_a_point_for_each_truncation() {
        let pairs: Vec<f64> = (0..16).map(f64::from).collect();
        let [distance, diversity] = figures(&pairs);
        assert_eq!((distance.len(), diversity.len()), (8, 8));
        assert_eq!((distance[1].y, diversity[1].y), (2.0, 300.0));
        let markup = picture(&distance, 0.7);
        assert!(markup.contains("class='mark'") && !markup.contains("NaN"), "{markup}");
        picture(&[], -1.0);
    }
}
