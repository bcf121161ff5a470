//! A game: the user judges images as real or generated, in competition with the discriminator.

use gan_protocol::{Dissection, Objective};
use leptos::html;
use leptos::prelude::*;

use super::verdict_text;
use crate::copy::{Shown, look_at_copy};
use crate::observation::Run;
use crate::own_files::{WhyNoCopy, cannot_copy};
use crate::picture::Picture;
use crate::refusals::failure;
use crate::words::{key, say, say_with, t};

/// Least side of the picture, in the canvas's own pixels.
const SIDE_PX: usize = 224;

/// An image to be judged.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    pixels: Vec<u8>,
    is_real: bool,
    /// The discriminator's output.
    verdict: f32,
}

/// The state of a game.
#[derive(Clone, Debug, Default, PartialEq)]
struct Game {
    run: Run,
    cards: Vec<Card>,
    /// The least output for which the discriminator takes an image for real.
    threshold: f32,
    /// The user's answers, card after card: whether the image is real.
    answers: Vec<bool>,
}

impl Game {
    fn right_of_reader(&self) -> usize {
        self.answers.iter().zip(&self.cards).filter(|(said, card)| **said == card.is_real).count()
    }

    /// The discriminator's right answers among the cards that the user has judged.
    fn right_of_net(&self) -> usize {
        let judged = self.cards.iter().take(self.answers.len());
        judged.filter(|card| (card.verdict >= self.threshold) == card.is_real).count()
    }

    fn is_over(&self) -> bool {
        self.answers.len() == self.cards.len()
    }
}

/// The output from which on the discriminator counts a sample as real: the output at which it is
/// undecided, or the middle between its mean outputs for reals and fakes.
fn threshold(objective: Option<Objective>, of: &Dissection) -> f32 {
    let between = 0.5 * (of.on_reals.mean + of.on_fakes.mean) as f32;
    objective.and_then(Objective::undecided_output).unwrap_or(between)
}

/// A game with all images, shuffled by `chance`, which returns numbers in 0..1.
fn dealt(
    run: Run,
    dissection: &Dissection,
    samples: &[Vec<u8>],
    mut chance: impl FnMut() -> f64,
) -> Game {
    let [width, height, channels] = run.image;
    let size = (width * height * channels).max(1);
    let cards = |place: usize, is_real: bool, verdicts: &[f32]| -> Vec<Card> {
        let images = samples.get(place).map(Vec::as_slice).unwrap_or_default().chunks_exact(size);
        let card = |(pixels, verdict): (&[u8], &f32)| Card {
            pixels: pixels.to_vec(),
            is_real,
            verdict: *verdict,
        };
        images.zip(verdicts).map(card).collect()
    };
    let mut all = cards(0, true, &dissection.on_reals.first);
    all.extend(cards(1, false, &dissection.on_fakes.first));
    for last in (1..all.len()).rev() {
        let other = (chance() * (last + 1) as f64) as usize;
        all.swap(last, other.min(last));
    }
    Game { run, cards: all, threshold: threshold(run.objective, dissection), answers: Vec::new() }
}

#[component]
pub(super) fn GameView(run: RwSignal<Run>, hidden: Signal<bool>) -> impl IntoView {
    let game = RwSignal::new(None::<Game>);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let games = StoredValue::new(0_u32);
    Effect::new(move |_| {
        run.track();
        game.set(None);
        failed.set(None);
    });
    let deal = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        games.update_value(|games| *games += 1);
        let of = run.get_untracked();
        // Other images each time, even if the run rests.
        let asked = vec![("ahead", games.get_value().into())];
        look_at_copy("dissect", asked, move |answer| {
            busy.set(false);
            match answer {
                Ok(Shown { found, samples }) if run.get_untracked() == of => {
                    game.set(Some(dealt(of, &found, &samples, js_sys::Math::random)));
                }
                Ok(_) => {}
                Err(message) => failed.set(Some(message)),
            }
        });
    };
    let answer = move |is_real: bool| {
        game.update(|game| {
            if let Some(game) = game.as_mut().filter(|game| !game.is_over()) {
                game.answers.push(is_real);
            }
        });
    };
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        game.with(|game| {
            let Some(game) = game else { return };
            if let Some(card) = game.cards.get(game.answers.len()) {
                let picture = Picture::of_images(&card.pixels, game.run.image, 1);
                picture.enlarged((SIDE_PX / picture.width.max(1)).max(1)).show(&canvas);
            }
        });
    });
    let is_open = Signal::derive(move || game.with(Option::is_some));
    let is_over = Signal::derive(move || game.with(|game| game.as_ref().is_none_or(Game::is_over)));
    let begin = move || {
        if is_open.get() { say(key("game-again")) } else { say(key("game-begin")) }
    };
    view! {
        <div class="lab-game" hidden=hidden>
            <h2>{t("game-title")}</h2>
            <p class="hint">{t("game-hint")}</p>
            <WhyNoCopy run=run/>
            <div class="lab-remedies" hidden=move || run.with(cannot_copy)>
                <button aria-disabled=move || busy.get().to_string() on:click=deal>{begin}</button>
            </div>
            {failure(move || failed.get())}
            <div class="lab-game-table" hidden=move || !is_open.get()>
                <canvas
                    node_ref=canvas
                    role="img"
                    aria-label=t("game-card")
                    hidden=is_over
                ></canvas>
                <div class="lab-remedies" hidden=is_over>
                    <button on:click=move |_| answer(true)>{t("game-real")}</button>
                    <button on:click=move |_| answer(false)>{t("game-fake")}</button>
                </div>
                <p aria-live="polite">{move || game.with(|game| game.as_ref().map(said))}</p>
                <p class="hint number">{move || game.with(|game| game.as_ref().map(tally))}</p>
            </div>
        </div>
    }
}

/// The outcome of the last answer, or of the whole game.
fn said(game: &Game) -> String {
    let Some((answer, card)) = game.answers.last().zip(game.cards.get(game.answers.len() - 1))
    else {
        return String::new();
    };
    let verdict = verdict_text(&game.run, card.verdict);
    let name = match (*answer == card.is_real, card.is_real) {
        (true, true) => key("game-right-real"),
        (true, false) => key("game-right-fake"),
        (false, true) => key("game-wrong-real"),
        (false, false) => key("game-wrong-fake"),
    };
    let told = say_with(name, &[("verdict", verdict)]);
    if !game.is_over() {
        return told;
    }
    let (reader, net) = (game.right_of_reader(), game.right_of_net());
    let end = match reader.cmp(&net) {
        std::cmp::Ordering::Greater => key("game-won"),
        std::cmp::Ordering::Equal => key("game-drawn"),
        std::cmp::Ordering::Less => key("game-lost"),
    };
    format!("{told} {}", say(end))
}

fn tally(game: &Game) -> String {
    let facts = [
        ("judged", game.answers.len().to_string()),
        ("all", game.cards.len().to_string()),
        ("reader", game.right_of_reader().to_string()),
        ("net", game.right_of_net().to_string()),
    ];
    say_with(key("game-tally"), &facts)
}

#[cfg(test)]
mod tests {
    use gan_protocol::{Verdicts, examples};

    use super::*;

    fn dissection() -> Dissection {
        Dissection {
            on_reals: Verdicts { first: vec![2.0, -1.0], mean: 5.0 },
            on_fakes: Verdicts { first: vec![-2.0, 1.0], mean: 1.0 },
            ..examples::dissection()
        }
    }

    fn game(chance: impl FnMut() -> f64) -> Game {
        let run =
            Run { image: [1, 1, 1], objective: Some(Objective::NonSaturating), ..Run::default() };
        dealt(run, &dissection(), &[vec![10, 20], vec![30, 40]], chance)
    }

    #[test]
    fn every_image_is_dealt_once_with_its_verdict() {
        let mut pixels: Vec<(u8, bool, f32)> =
            game(|| 0.3).cards.iter().map(|c| (c.pixels[0], c.is_real, c.verdict)).collect();
        pixels.sort_by_key(|one| one.0);
        let expected = [(10, true, 2.0), (20, true, -1.0), (30, false, -2.0), (40, false, 1.0)];
        assert_eq!(pixels, expected);
    }

    #[test]
    fn the_reader_and_the_net_are_counted_over_the_same_images() {
        // Never swapped: reals first.
        let mut game = game(|| 0.999);
        assert_eq!((game.right_of_reader(), game.right_of_net()), (0, 0));
        game.answers = vec![true, true];
        assert_eq!((game.right_of_reader(), game.right_of_net(), game.is_over()), (2, 1, false));
        game.answers = vec![true, true, true, true];
        assert_eq!((game.right_of_reader(), game.right_of_net(), game.is_over()), (2, 2, true));
    }

    #[test]
    fn a_critic_speaks_for_real_where_it_says_more_than_between_the_kinds() {
        let of = dissection();
        assert_eq!(threshold(Some(Objective::Linear), &of), 3.0);
        assert_eq!(threshold(Some(Objective::LeastSquares), &of), 0.5);
    }
}
