//! Points of the plane from the user's tables: shown, and trained on.

use gan_plot::Square;
use gan_protocol::{MAX_DRAWN_POINTS, POINTS_PRESET, PointsSpec, RunSpec, preset};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;

use crate::anatomy::pictures::show_points;
use crate::driving;
use crate::picture::REAL;
use crate::playground;
use crate::words::{key, say_with, t};

/// Coordinates up to this are left as they are. Larger ones are scaled: nets get them as they are, and
/// learn nothing from large numbers.
const LARGEST: f32 = 6.0;
/// Largest coordinate after scaling.
const SCALED: f32 = 3.0;
/// Noise around each point, as a share of the points' extent.
const NOISE: f32 = 0.005;

/// Points from a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FilePoints {
    name: String,
    points: Vec<[f32; 2]>,
    /// Number of points in the file.
    of: usize,
    /// How coordinates were changed: the centre that was moved to the origin, and the factor.
    scaling: Option<([f32; 2], f32)>,
}

impl FilePoints {
    /// The points of a file: x, y, x, y …; evenly spaced ones where there are too many.
    pub(super) fn of(name: String, numbers: &[f32]) -> Self {
        let all: Vec<[f32; 2]> =
            numbers.chunks_exact(2).map(|point| [point[0], point[1]]).collect();
        let of = all.len();
        let every = of.div_ceil(MAX_DRAWN_POINTS).max(1);
        let mut points: Vec<_> = all.into_iter().step_by(every).collect();
        let largest = points.iter().flatten().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scaling = (largest > LARGEST).then(|| {
            let flat: Vec<f32> = points.iter().flatten().copied().collect();
            let Square { centre, .. } = Square::around(&flat);
            let reach = points.iter().fold(0.0_f32, |most, [x, y]| {
                most.max((x - centre[0]).abs()).max((y - centre[1]).abs())
            });
            // Points at one place are only moved.
            (centre, if reach > 0.0 { SCALED / reach } else { 1.0 })
        });
        if let Some((centre, factor)) = scaling {
            for point in &mut points {
                *point = [0, 1].map(|axis| (point[axis] - centre[axis]) * factor);
            }
        }
        Self { name, points, of, scaling }
    }

    fn square(&self) -> Square {
        let flat: Vec<f32> = self.points.iter().flatten().copied().collect();
        Square::around(&flat)
    }

    /// The run on these points: `present` with other data, or a preset's if its samples are images.
    fn run(&self, present: &Value) -> Option<Value> {
        let spec = RunSpec::from_value(present.clone()).ok();
        let on_points = spec.filter(|spec| spec.data.points.is_some());
        let mut spec = on_points.or_else(|| preset(POINTS_PRESET).map(|preset| preset.spec))?;
        let sd = NOISE * self.square().half_side;
        spec.data.points = Some(PointsSpec::Drawn { points: self.points.clone(), sd, frame: None });
        // Classes of the points before are none of these.
        spec.labels = None;
        let value = spec.to_value();
        RunSpec::from_value(value.clone()).ok().map(|_| value)
    }

    fn told(&self) -> String {
        let mut facts = vec![("name", self.name.clone()), ("count", self.points.len().to_string())];
        let mut told = vec![say_with(key("points-read"), &facts)];
        if self.points.len() < self.of {
            facts.push(("of", self.of.to_string()));
            told.push(say_with(key("points-some"), &facts));
        }
        if let Some((centre, factor)) = self.scaling {
            let place = centre.map(|x| format!("{x:.3}")).join(", ");
            let facts = [("centre", place), ("factor", format!("{factor:.3e}"))];
            told.push(say_with(key("points-scaled"), &facts));
        }
        told.join(" ")
    }
}

/// The points that were read, with a button that trains on them.
#[component]
pub(super) fn PointsRead(found: RwSignal<Option<FilePoints>>) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let refused = RwSignal::new(false);
    Effect::new(move |_| {
        refused.set(false);
        let (Some(canvas), Some(found)) = (canvas.get(), found.get()) else { return };
        let flat: Vec<f32> = found.points.iter().flatten().copied().collect();
        show_points(&canvas, found.square(), &flat, REAL);
    });
    let told = Signal::derive(move || {
        found.with(|found| found.as_ref().map(FilePoints::told)).unwrap_or_default()
    });
    let train = move |_| {
        let run = found.with_untracked(|found| found.as_ref()?.run(&playground::spec()));
        match run {
            Some(run) => driving::load_run(&run, true),
            None => refused.set(true),
        }
    };
    view! {
        <div class="lab-pictures-taken lab-points-read" hidden=move || found.with(Option::is_none)>
            <p class="number" role="status">{told}</p>
            <canvas node_ref=canvas role="img" aria-label=told></canvas>
            <p class="lab-refusal" role="alert" hidden=move || !refused.get()>{t("points-refused")}</p>
            <div class="lab-remedies"><button on:click=train>{t("points-train")}</button></div>
        </div>
    }
}

/// Samples of points as a table with headings.
pub(crate) fn csv(points: &[f32]) -> String {
    let rows = points.chunks_exact(2).map(|point| format!("{},{}\n", point[0], point[1]));
    std::iter::once("x,y\n".to_string()).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_coordinates_stay_and_large_ones_are_scaled() {
        let small = FilePoints::of("a.csv".into(), &[0.5, -1.0, 2.0, 3.0]);
        assert_eq!((small.points.clone(), small.scaling), (vec![[0.5, -1.0], [2.0, 3.0]], None));
        let large = FilePoints::of("b.csv".into(), &[0.0, 0.0, 640.0, 480.0]);
        let (centre, factor) = large.scaling.expect("scaled");
        assert!((centre[0] - 320.0).abs() < 1e-3 && (factor * 320.0 - SCALED).abs() < 1e-4);
        assert!(large.points.iter().flatten().all(|x| x.abs() <= SCALED + 1e-4));
        let one_place = FilePoints::of("c.csv".into(), &[1_000.0; 6]);
        assert_eq!(one_place.scaling, Some(([1_000.0; 2], 1.0)));
    }

    #[test]
    fn too_many_points_are_thinned_out() {
        let numbers = vec![0.25; 2 * (2 * MAX_DRAWN_POINTS + 5)];
        let found = FilePoints::of("c.csv".into(), &numbers);
        assert_eq!(found.of, 2 * MAX_DRAWN_POINTS + 5);
        assert!(
            found.points.len() <= MAX_DRAWN_POINTS && found.points.len() > MAX_DRAWN_POINTS / 2
        );
    }

    #[test]
    fn a_run_on_images_gets_nets_for_points_and_one_on_points_keeps_its_own() {
        let found = FilePoints::of("a.csv".into(), &[0.5, -1.0, 2.0, 3.0]);
        for name in ["mnist-dcgan", "mnist-conditional", "ring", "ring-collapse"] {
            let before = preset(name).expect("a preset").spec;
            let run = found.run(&before.to_value()).expect("a run");
            let run = RunSpec::from_value(run).expect("valid");
            assert!(
                matches!(&run.data.points, Some(PointsSpec::Drawn { points, .. }) if points.len() == 2)
            );
            if before.data.points.is_some() {
                assert_eq!((run.generator, run.objective), (before.generator, before.objective));
            }
        }
    }

    #[test]
    fn points_become_a_table() {
        assert_eq!(csv(&[0.5, -1.0, 2.0, 3.0]), "x,y\n0.5,-1\n2,3\n");
    }
}
