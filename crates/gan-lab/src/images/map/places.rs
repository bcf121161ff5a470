//! The places on a map, as the lab's worker tells of them, and ways from one to another.

use gan_plot::Square;
use serde_json::Value;

/// A sample on a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// A real one, by its number.
    Real(usize),
    /// One of the generator's.
    Made(usize),
}

/// The space that a map is a plane of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// An encoder's latents.
    Latents,
    /// The classifier's features.
    Features,
    /// The samples' own numbers.
    Pixels,
}

/// Which samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) reals: bool,
    pub(super) made: bool,
}

/// Samples with their places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    pub(super) reals: Vec<[f32; 2]>,
    pub(super) made: Vec<[f32; 2]>,
    /// The digit as which each real is read; empty where nobody reads them.
    pub(super) classes: Vec<u64>,
    pub(super) made_classes: Vec<u64>,
    /// The space that the map is a plane of.
    pub(super) ground: Ground,
    /// The part of the reals' variance in that space along both axes together, 0 to 1.
    pub(super) share: f64,
    /// The part of the plane that is shown.
    pub(super) square: Square,
}

impl Places {
    pub(super) fn of_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let numbers = |name: &str| -> Option<Vec<f64>> {
            value[name].as_array()?.iter().map(Value::as_f64).collect()
        };
        let spots = |name: &str| -> Option<Vec<[f32; 2]>> {
            Some(numbers(name)?.chunks_exact(2).map(|at| [at[0] as f32, at[1] as f32]).collect())
        };
        let whole = |name: &str| -> Option<Vec<u64>> {
            value[name].as_array()?.iter().map(Value::as_u64).collect()
        };
        let (reals, made) = (spots("reals")?, spots("made")?);
        // Samples of an untrained generator may lie far away, and so may a real or two: most of the reals are
        // the map.
        let square = Square::around(within_quantiles(&reals).as_flattened());
        let (classes, made_classes) = (whole("classes")?, whole("madeClasses")?);
        let share = numbers("shares")?.iter().sum();
        let ground = match value["ground"].as_str()? {
            "latents" => Ground::Latents,
            "features" => Ground::Features,
            _ => Ground::Pixels,
        };
        Some(Self { reals, made, classes, made_classes, ground, share, square })
    }

    /// The place of a sample, if there is one of its number.
    pub(super) fn of(&self, spot: Spot) -> Option<[f32; 2]> {
        match spot {
            Spot::Real(number) => self.reals.get(number).copied(),
            Spot::Made(number) => self.made.get(number).copied(),
        }
    }

    /// The digit as which a sample is read.
    pub(super) fn class(&self, spot: Spot) -> Option<u64> {
        match spot {
            Spot::Real(number) => self.classes.get(number).copied(),
            Spot::Made(number) => self.made_classes.get(number).copied(),
        }
    }

    /// All samples of the kinds with their places.
    fn all(&self, kinds: Kinds) -> impl Iterator<Item = (Spot, [f32; 2])> {
        let reals = self.reals.iter().enumerate().filter(move |_| kinds.reals);
        let made = self.made.iter().enumerate().filter(move |_| kinds.made);
        let reals = reals.map(|(number, at)| (Spot::Real(number), *at));
        reals.chain(made.map(|(number, at)| (Spot::Made(number), *at)))
    }

    /// The sample nearest to a place, if one is `within` this distance.
    pub(super) fn nearest(&self, at: [f32; 2], within: f32, kinds: Kinds) -> Option<Spot> {
        let distance = |other: [f32; 2]| (other[0] - at[0]).hypot(other[1] - at[1]);
        let near = self.all(kinds).map(|(spot, other)| (spot, distance(other)));
        let near = near.filter(|(_, distance)| *distance <= within);
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(spot, _)| spot)
    }

    /// The next sample from `spot` in a direction (a unit vector along an axis): near, and not far to the
    /// side. From nowhere, the one in the middle.
    pub(super) fn next(
        &self,
        spot: Option<Spot>,
        direction: [f32; 2],
        kinds: Kinds,
    ) -> Option<Spot> {
        let Some(from) = spot.and_then(|spot| self.of(spot)) else {
            return self.nearest(self.square.centre(), f32::INFINITY, kinds);
        };
        let ways = self.all(kinds).filter_map(|(other, at)| {
            let [x, y] = [at[0] - from[0], at[1] - from[1]];
            let ahead = x * direction[0] + y * direction[1];
            let beside = (x * direction[1] - y * direction[0]).abs();
            // Within 45 degrees of the direction.
            (ahead > 0.0 && beside <= ahead).then_some((other, ahead + 2.0 * beside))
        });
        ways.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(other, _)| other)
    }
}

/// The places but for the outermost hundredth on each side, if there are so many.
fn within_quantiles(places: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let left_out = places.len() / 100;
    let ends = [0, 1].map(|axis| {
        let mut along: Vec<f32> = places.iter().map(|place| place[axis]).collect();
        along.sort_by(f32::total_cmp);
        let last = along.len().saturating_sub(1 + left_out);
        [along.get(left_out).copied(), along.get(last).copied()]
    });
    let is_within = |place: &&[f32; 2]| {
        ends.iter().zip(*place).all(|([low, high], at)| {
            low.is_none_or(|low| *at >= low) && high.is_none_or(|high| *at <= high)
        })
    };
    places.iter().filter(is_within).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Kinds = Kinds { reals: true, made: true };
    const TEXT: &str = r#"{"ground": "features", "reals": [0, 0, 1, 0.1, 2, -0.1, 0, 3], "made": [0.4, 0, -9, -9],
        "classes": [7, 1, 2, 3], "madeClasses": [4, 5], "shares": [0.5, 0.125]}"#;

    fn places() -> Places {
        Places::of_json(TEXT).expect("whole")
    }

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let places = places();
        assert_eq!((places.reals.len(), places.made.len(), places.share), (4, 2, 0.625));
        assert_eq!(places.ground, Ground::Features);
        assert_eq!(places.class(Spot::Real(1)), Some(1));
        assert_eq!(places.class(Spot::Made(1)), Some(5));
        assert_eq!(places.of(Spot::Real(9)), None);
        for broken in ["", "{}", &TEXT.replace("\"made\":", "\"other\":")] {
            assert_eq!(Places::of_json(broken), None, "{broken}");
        }
        // A sample far away does not shrink the reals.
        assert!(places.square.corners()[0].iter().all(|corner| *corner > -2.0));
    }

    #[test]
    fn a_real_far_away_does_not_shrink_the_others() {
        let mut reals: Vec<f32> = (0..400).map(|i| (i as f32).sin()).collect();
        reals[0] = 50.0;
        let text = format!(
            r#"{{"ground": "pixels", "reals": {reals:?}, "made": [], "classes": [], "madeClasses": [], "shares": [1]}}"#
        );
        let places = Places::of_json(&text).expect("whole");
        let [low, high] = places.square.corners();
        assert!(high[0] - low[0] < 3.0, "{low:?} to {high:?}");
        assert_eq!(places.reals.len(), 200);
    }

    #[test]
    fn the_nearest_of_the_kinds_that_are_shown_is_found() {
        let places = places();
        assert_eq!(places.nearest([0.3, 0.0], 0.5, BOTH), Some(Spot::Made(0)));
        let reals = Kinds { made: false, ..BOTH };
        assert_eq!(places.nearest([0.3, 0.0], 0.5, reals), Some(Spot::Real(0)));
        assert_eq!(places.nearest([5.0, 5.0], 0.5, BOTH), None);
    }

    #[test]
    fn arrows_lead_from_one_sample_to_the_next() {
        let (places, reals) = (places(), Kinds { reals: true, made: false });
        let right = |spot| places.next(Some(spot), [1.0, 0.0], reals);
        assert_eq!(right(Spot::Real(0)), Some(Spot::Real(1)));
        assert_eq!(right(Spot::Real(1)), Some(Spot::Real(2)));
        assert_eq!(right(Spot::Real(2)), None, "the last one");
        assert_eq!(places.next(Some(Spot::Real(0)), [0.0, 1.0], reals), Some(Spot::Real(3)));
        assert_eq!(places.next(None, [1.0, 0.0], reals), Some(Spot::Real(1)), "the middle");
    }
}
