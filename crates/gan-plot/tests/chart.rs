//! A whole chart's geometry, as the page draws it, compared with a snapshot.

use gan_plot::{Axis, History, Point, Scale, Summary, decimated, line_path, smoothed};

/// A loss that falls, with a ripple and one gap.
fn losses() -> Vec<Point> {
    let mut history = History::<1>::new(1_000);
    for step in 1..=3_000u32 {
        let x = f64::from(step);
        let value = if step == 1_500 { f64::NAN } else { 0.4 + 300.0 / (x + 200.0) };
        history.push(u64::from(step), [value + 0.05 * f64::from(step % 7 % 2)]);
    }
    history.series(0)
}

#[test]
fn a_chart_stays_as_it_is() {
    let points = smoothed(&losses(), 0.9);
    let few = decimated(&points, 12);
    let across = Axis::exact(1.0, 3_000.0, 6);
    let up = Axis::nice(0.0, 1.9, 4);
    let horizontal = Scale::new(across.domain, (0.0, 360.0));
    let vertical = Scale::new(up.domain, (120.0, 0.0));
    let labels = |axis: &Axis| {
        axis.ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(format!(
        "across: {}\nup: {}\npath: {}\nsummary: {:.3?}",
        labels(&across),
        labels(&up),
        line_path(&few, &horizontal, &vertical),
        Summary::of(&points),
    ));
}
