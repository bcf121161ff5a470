//! Shows the real images nearest to generated samples, so that copies are noticed.

use gan_protocol::{COPY_DISTANCE, Neighbours};
use leptos::html;
use leptos::prelude::*;

use crate::copy::{Shown, look_at_copy};
use crate::observation::Run;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::picture::Picture;
use crate::refusals::failure;
use crate::words::{key, say_with, t};

/// Number of samples.
const SAMPLES: u32 = 8;
/// First seed of the samples: not one of the readings' or the verdicts'.
const FIRST_SEED: u32 = 5 << 20;

/// A sample with its nearest real image.
#[derive(Clone, Debug, PartialEq)]
struct Pair {
    sample: Vec<u8>,
    real: Vec<u8>,
    distance: f64,
}

#[component]
pub(super) fn NearestReals(run: RwSignal<Run>, hidden: Signal<bool>) -> impl IntoView {
    let pairs = RwSignal::new(Vec::<Pair>::new());
    let searched = RwSignal::new(0_u64);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let seed = StoredValue::new(FIRST_SEED);
    // The images shown are another run's.
    Effect::new(move |_| {
        run.track();
        pairs.set(Vec::new());
        failed.set(None);
    });
    let look = move |_| {
        if busy.get_untracked() {
            return;
        }
        seed.update_value(|seed| *seed += 1);
        busy.set(true);
        failed.set(None);
        let of = run.get_untracked();
        let asked = vec![("count", SAMPLES.into()), ("seed", seed.get_value().into())];
        look_at_copy("nearest", asked, move |answer| {
            busy.set(false);
            match answer {
                Ok(Shown::<Neighbours> { found, samples }) if run.get_untracked() == of => {
                    searched.set(found.searched);
                    pairs.set(paired(&of, &found, &samples));
                }
                Ok(_) => {}
                Err(message) => failed.set(Some(message)),
            }
        });
    };
    let none = Signal::derive(move || pairs.with(Vec::is_empty));
    let told = move || {
        let copies = pairs.with(|pairs| pairs.iter().filter(|one| one.is_copy()).count());
        let facts = [("copies", copies.to_string()), ("searched", searched.get().to_string())];
        say_with(key("nearest-told"), &facts)
    };
    view! {
        <div class="lab-nearest" hidden=hidden>
            <h2>{t("nearest-title")}</h2>
            <p class="hint">{t("nearest-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-remedies" hidden=move || run.with(cannot_copy)>
                <button aria-disabled=move || busy.get().to_string() on:click=look>{t("nearest-look")}</button>
            </div>
            {failure(move || failed.get())}
            <ul class="lab-sheet" hidden=none>
                {move || {
                    let image = run.get_untracked().image;
                    let row = |(number, pair)| view! { <Beside image=image number=number pair=pair/> };
                    pairs.get().into_iter().enumerate().map(row).collect_view()
                }}
            </ul>
            <p class="hint number" hidden=none aria-live="polite">{told}</p>
        </div>
    }
}

fn paired(run: &Run, neighbours: &Neighbours, samples: &[Vec<u8>]) -> Vec<Pair> {
    let [width, height, channels] = run.image;
    let size = (width * height * channels).max(1);
    let [samples, reals] = samples else { return Vec::new() };
    let images = samples.chunks_exact(size).zip(reals.chunks_exact(size));
    images
        .zip(&neighbours.distances)
        .map(|((sample, real), distance)| Pair {
            sample: sample.to_vec(),
            real: real.to_vec(),
            distance: *distance,
        })
        .collect()
}

impl Pair {
    fn is_copy(&self) -> bool {
        self.distance < COPY_DISTANCE
    }
}

#[component]
fn Beside(image: [usize; 3], number: usize, pair: Pair) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let both = [pair.sample.clone(), pair.real.clone()].concat();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            // One below the other.
            Picture::of_images(&both, image, 1).show(&canvas);
        }
    });
    let distance = format!("{:.0} %", 100.0 * pair.distance);
    let facts = [("number", (number + 1).to_string()), ("distance", distance.clone())];
    let label = move || say_with(key("nearest-of-sample"), &facts);
    let class = if pair.is_copy() { "copy" } else { "" };
    view! {
        <li class=class>
            <canvas node_ref=canvas role="img" aria-label=label></canvas>
            <span class="number" aria-hidden="true">{distance}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_stands_beside_its_nearest_real() {
        let run = Run { image: [2, 1, 1], ..Run::default() };
        let neighbours = Neighbours { distances: vec![0.1, 0.8], searched: 10 };
        let found = paired(&run, &neighbours, &[vec![1, 2, 3, 4], vec![5, 6, 7, 8]]);
        assert_eq!(found[1], Pair { sample: vec![3, 4], real: vec![7, 8], distance: 0.8 });
        assert_eq!(found.iter().map(Pair::is_copy).collect::<Vec<_>>(), [true, false]);
        assert!(paired(&run, &neighbours, &[]).is_empty());
    }
}
