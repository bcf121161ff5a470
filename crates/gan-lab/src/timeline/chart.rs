//! Draws both losses over the run's steps, with a hair line at the moment shown.

use gan_plot::{Axis, Point, RIGHT_PX, Scale, grid_svg, left_px, line_path, reading_svg};

use super::record::{Figures, Timeline};

const HEIGHT_PX: f64 = 150.0;
const TOP_PX: f64 = 8.0;
const BOTTOM_PX: f64 = 22.0;
/// The nets, in the order of the losses.
const NETS: [&str; 2] = ["generator", "discriminator"];
/// Loss of which share the axis reaches: the rest, spikes of the first steps above all, is cut off.
const SHOWN_SHARE: f64 = 0.98;

/// The chart of a run, for a width.
pub(super) struct LossChart {
    curves: [Vec<Point>; 2],
    across: Axis,
    up: Axis,
    x: Scale,
    y: Scale,
}

impl LossChart {
    /// `None` before two steps have been recorded.
    pub(super) fn of(timeline: &Timeline, width_px: f64) -> Option<Self> {
        let figures = timeline.figures();
        let [first, .., last] = figures else { return None };
        let curves = [0, 1].map(|net| curve(figures, net));
        let up = up(&curves)?;
        let across = Axis::exact(first.step as f64, last.step as f64, 4);
        let x = Scale::new(across.domain, (left_px(&up), width_px - RIGHT_PX));
        let y = Scale::new(up.domain, (HEIGHT_PX - BOTTOM_PX, TOP_PX));
        Some(Self { curves, across, up, x, y })
    }

    /// The content of the chart's SVG, of [`height_px`]; the hair line is at `step`, where the losses
    /// are `losses`.
    pub(super) fn picture(&self, step: u64, losses: [Option<f64>; 2]) -> String {
        let ends_px = [self.x.to_px(self.across.domain.0), self.x.to_px(self.across.domain.1)];
        let mut svg = format!(
            "<g class='grid'>{}</g>",
            grid_svg((&self.across, &self.x), (&self.up, &self.y), ends_px, HEIGHT_PX)
        );
        for (net, curve) in NETS.iter().zip(&self.curves) {
            let path = line_path(curve, &self.x, &self.y);
            svg += &format!("<g class='curve {net}'><path class='average' d='{path}'/></g>");
        }
        let dots = [0, 1].map(|net| (NETS[net], losses[net].unwrap_or(f64::NAN)));
        svg + "<g class='reading'>"
            + &reading_svg(step as f64, dots, (&self.x, &self.y), "")
            + "</g>"
    }

    /// The step at a distance from the chart's left side.
    pub(super) fn step_at(&self, px: f64) -> f64 {
        self.x.to_value(px)
    }
}

pub(super) fn height_px() -> f64 {
    HEIGHT_PX
}

fn curve(figures: &[Figures], net: usize) -> Vec<Point> {
    let point = |at: &Figures| Some(Point::new(at.step as f64, at.losses[net]?));
    figures.iter().filter_map(point).filter(|point| point.y.is_finite()).collect()
}

/// An axis from zero, or from the least loss below it, up to most losses.
fn up(curves: &[Vec<Point>; 2]) -> Option<Axis> {
    let mut all: Vec<f64> = curves.iter().flatten().map(|point| point.y).collect();
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all.get((share * all.len().saturating_sub(1) as f64).round() as usize);
    let (least, most) = (at(1.0 - SHOWN_SHARE)?.min(0.0), at(SHOWN_SHARE)?.max(0.0));
    Some(Axis::nice(least, (most * 1.1).max(least + 1e-6), 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(losses: &[(u64, [f64; 2])]) -> Timeline {
        let mut timeline = Timeline::default();
        for (step, losses) in losses {
            let losses = losses.map(Some);
            timeline.note(Figures { step: *step, losses, ..Figures::default() });
        }
        timeline
    }

    #[test]
    fn the_hair_line_is_at_its_step_and_a_press_there_finds_it() {
        let timeline = recorded(&[(1, [0.5, 1.0]), (50, [0.75, 1.5]), (101, [1.0, f64::NAN])]);
        let chart = LossChart::of(&timeline, 400.0).expect("two steps");
        let at_px = chart.x.to_px(51.0);
        let svg = chart.picture(51, [Some(0.75), None]);
        assert!(
            svg.contains(&format!("M{at_px:.1}")) || svg.contains(&format!("M{at_px}")),
            "{svg}"
        );
        assert_eq!(svg.matches("<circle").count(), 1);
        assert!((chart.step_at(at_px) - 51.0).abs() < 1e-9);
    }

    #[test]
    fn a_spike_does_not_flatten_the_rest_and_nothing_is_drawn_of_one_step() {
        let mut losses: Vec<_> = (1..200).map(|step| (step, [1.0, -0.5])).collect();
        losses[3].1[0] = 1e6;
        let up = LossChart::of(&recorded(&losses), 400.0).expect("many steps").up;
        assert!(up.domain.1 < 3.0 && up.domain.0 <= -0.5, "{:?}", up.domain);
        assert!(LossChart::of(&recorded(&[(1, [1.0; 2])]), 400.0).is_none());
        assert!(
            LossChart::of(&recorded(&[(1, [f64::NAN; 2]), (2, [f64::NAN; 2])]), 400.0).is_none()
        );
    }
}
