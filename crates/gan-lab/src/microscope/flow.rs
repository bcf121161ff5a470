//! Draws the flow of a step as a picture: from latents through the generator, beside the reals,
//! into the discriminator, to a verdict, and back as gradients. The parts of the current moment are
//! highlighted.

use leptos::prelude::*;

use super::moments::Moment;
use crate::words::{key, t};

/// A box of the picture: its name, its place, and the key of its text.
const BOXES: [(&str, [f64; 4], &str); 6] = [
    ("latents", [8.0, 28.0, 136.0, 44.0], key("flow-latents")),
    ("generator", [172.0, 28.0, 136.0, 44.0], key("flow-generator")),
    ("fakes", [336.0, 28.0, 136.0, 44.0], key("flow-fakes")),
    ("reals", [336.0, 128.0, 136.0, 44.0], key("flow-reals")),
    ("discriminator", [172.0, 128.0, 136.0, 44.0], key("flow-discriminator")),
    ("verdict", [8.0, 128.0, 136.0, 44.0], key("flow-verdict")),
];

/// A line between two boxes: its name, its path, and whether it carries numbers or gradients.
const LINES: [(&str, &str, &str); 7] = [
    ("draw", "M144 50 H166", "forward"),
    ("make", "M308 50 H330", "forward"),
    ("show-fakes", "M404 72 C404 104 290 92 286 122", "forward"),
    ("show-reals", "M336 150 H314", "forward"),
    ("judge", "M172 150 H150", "forward"),
    ("to-discriminator", "M76 172 V196 H240 V178", "backward"),
    ("to-generator", "M76 128 V100 H240 V78", "backward"),
];

/// The parts highlighted at a moment.
fn parts(moment: Moment) -> &'static [&'static str] {
    match moment {
        Moment::Draw => &["latents", "draw"],
        Moment::Generate => &["latents", "draw", "generator", "make", "fakes"],
        Moment::JudgeReals => &["reals", "show-reals", "discriminator", "judge", "verdict"],
        Moment::JudgeFakes | Moment::JudgeAgain => {
            &["fakes", "show-fakes", "discriminator", "judge", "verdict"]
        }
        Moment::DiscriminatorLoss => &["verdict"],
        Moment::DiscriminatorUpdate => &["verdict", "to-discriminator", "discriminator"],
        Moment::GeneratorUpdate => &["verdict", "to-generator", "generator"],
    }
}

/// The picture. It is not read aloud, because its texts are those of the list of moments.
#[component]
pub(super) fn Flow(moment: Signal<Moment>) -> impl IntoView {
    let class = move |kind: &'static str, name: &'static str| {
        move || {
            let state = if parts(moment.get()).contains(&name) { "lit" } else { "dim" };
            format!("{kind} {name} {state}")
        }
    };
    let boxes = BOXES.map(|(name, [x, y, width, height], words)| {
        let (middle, base) = (x + width / 2.0, y + height / 2.0);
        view! {
            <g class=class("box", name)>
                <rect x=x y=y width=width height=height rx="8"/>
                <text x=middle y=base text-anchor="middle" dominant-baseline="central">{t(words)}</text>
            </g>
        }
    });
    let lines = LINES.map(|(name, path, way)| {
        view! { <path class=class(way, name) d=path marker-end=format!("url(#lab-arrow-{way})")/> }
    });
    view! {
        <svg class="lab-flow" viewBox="0 0 480 204" aria-hidden="true">
            <defs inner_html=ARROWS></defs>
            {lines.collect_view()}
            {boxes.collect_view()}
        </svg>
    }
}

const ARROWS: &str = "<marker id='lab-arrow-forward' viewBox='0 0 8 8' refX='6' refY='4' markerWidth='6' \
    markerHeight='6' orient='auto'><path d='M0 0L8 4L0 8z'/></marker>\
    <marker id='lab-arrow-backward' viewBox='0 0 8 8' refX='6' refY='4' markerWidth='6' \
    markerHeight='6' orient='auto'><path d='M0 0L8 4L0 8z'/></marker>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_is_in_the_picture() {
        let names: Vec<&str> = BOXES
            .iter()
            .map(|(name, ..)| *name)
            .chain(LINES.iter().map(|(name, ..)| *name))
            .collect();
        for part in Moment::ALL.into_iter().flat_map(parts) {
            assert!(names.contains(part), "{part}");
        }
    }
}
