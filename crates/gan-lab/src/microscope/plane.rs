//! Draws a few points of the plane with the verdict on each, and the way that each has moved.

use leptos::prelude::*;

use super::step::Kind;
use crate::timeline::animation::square_around;
use crate::timeline::record::Samples;
use crate::words::say;

/// Side of the picture, in its own units.
const SIDE: f32 = 320.0;
/// Margin around the points, for the texts beside them.
const MARGIN: f32 = 28.0;

/// The numbers in little-endian bytes.
pub(super) fn points(bytes: &[u8]) -> Vec<f32> {
    let numbers = bytes.chunks_exact(4);
    numbers.map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// Draws `kinds` in the square around `all`; points of the kind `left` are joined with the points
/// at the same place in the list.
pub(super) fn plane(all: &[Vec<f32>], kinds: &[Kind]) -> impl IntoView + use<> {
    let all: Vec<Samples> = all.iter().cloned().map(Samples::Points).collect();
    let square = square_around(&all);
    let place = |point: &[f32]| {
        let at = |axis: usize| {
            let share = (point[axis] - square.centre[axis]) / square.half_side;
            (0.5 * SIDE - MARGIN) * share.clamp(-1.0, 1.0)
        };
        (0.5 * SIDE + at(0), 0.5 * SIDE - at(1))
    };
    let placed: Vec<Vec<(f32, f32)>> =
        kinds.iter().map(|kind| points(&kind.bytes).chunks_exact(2).map(place).collect()).collect();
    // Numbers and classes only, no text of a user.
    let mut markup = String::new();
    if let [left, new] = &placed[..]
        && kinds[0].class == "left"
    {
        for ((x, y), (to_x, to_y)) in left.iter().zip(new) {
            markup += &format!("<line x1='{x:.1}' y1='{y:.1}' x2='{to_x:.1}' y2='{to_y:.1}'/>");
        }
    }
    for (kind, placed) in kinds.iter().zip(&placed) {
        for (number, (x, y)) in placed.iter().enumerate() {
            markup += &format!("<circle class='{}' cx='{x:.1}' cy='{y:.1}' r='4.5'/>", kind.class);
            if let Some(note) = kind.notes.get(number).filter(|_| kind.class != "left") {
                let (x, y) = (x + 7.0, y - 6.0);
                markup += &format!("<text x='{x:.1}' y='{y:.1}'>{note}</text>");
            }
        }
    }
    let told: Vec<(&'static str, String)> =
        kinds.iter().map(|kind| (kind.name, kind.notes.join(", "))).collect();
    let label = move || {
        let parts = told.iter().map(|(name, notes)| format!("{}. {notes}", say(name)));
        parts.collect::<Vec<_>>().join(" ")
    };
    let legend = kinds.iter().map(|kind| (kind.name, kind.class)).collect::<Vec<_>>();
    let caption = move || {
        let names = legend.iter().map(|(name, _)| say(name));
        names.collect::<Vec<_>>().join(" · ")
    };
    view! {
        <figure class="lab-strip">
            <figcaption>{caption}</figcaption>
            <svg
                class="lab-few-points"
                viewBox=format!("0 0 {SIDE} {SIDE}")
                role="img"
                aria-label=label
                inner_html=markup
            ></svg>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_little_endian_numbers() {
        let bytes: Vec<u8> = [1.5_f32, -2.0].into_iter().flat_map(f32::to_le_bytes).collect();
        assert_eq!(points(&bytes), [1.5, -2.0]);
        assert!(points(&bytes[..3]).is_empty());
    }
}
