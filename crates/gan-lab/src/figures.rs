//! Writes scores and the figures behind diagnoses, each in one way wherever it stands.

use std::collections::BTreeMap;

use gan_protocol::{Figure, Score, Share};

use crate::words::{key, say};

/// The text of a share in percent: `12 %`; a dash for NaN, which is no share.
pub(crate) fn percent(share: f64) -> String {
    if share.is_nan() { "–".to_string() } else { format!("{:.0} %", 100.0 * share) }
}

/// The standard error of a share, in points of percent: `± 3`. It is 1 at least, because the share
/// itself is rounded to whole points.
pub(crate) fn points_of_error(share: Share) -> String {
    format!("± {:.0}", (100.0 * share.standard_error()).max(1.0))
}

/// The text of a score: `12 % ± 3` for a share of the samples, `12 %` for another share, and whole
/// numbers for counts. `None` if it has not been measured.
pub(crate) fn score_text(scores: &BTreeMap<Score, f64>, score: Score) -> Option<String> {
    let value = *scores.get(&score)?;
    let is_estimated =
        matches!(score, Score::HighQuality | Score::HighQualityOfReals | Score::Copies);
    let is_count = matches!(
        score,
        Score::Samples
            | Score::Modes
            | Score::ModesCovered
            | Score::ModesCoveredOfReals
            | Score::Digits
    );
    let is_ratio = matches!(
        score,
        Score::Psnr
            | Score::PsnrOfPictures
            | Score::PsnrThereAndBack
            | Score::PsnrOfReconstructions
    );
    if is_ratio {
        return Some(format!("{value:.1} dB"));
    }
    Some(match scores.get(&Score::Samples) {
        Some(samples) if is_estimated => {
            let error = points_of_error(Share { value, samples: *samples as u64 });
            format!("{} {error}", percent(value))
        }
        _ if is_count => format!("{value:.0}"),
        _ => percent(value),
    })
}

/// The key of a figure's name; `None` for figures that only the diagnosis needs.
fn figure_name(figure: Figure) -> Option<&'static str> {
    Some(match figure {
        Figure::Diversity => key("figure-diversity"),
        Figure::Occupied => key("figure-occupied"),
        Figure::Separation => key("figure-separation"),
        Figure::GradientLeft => key("figure-gradient-left"),
        Figure::HighQuality => key("figure-high-quality"),
        Figure::Stride => key("figure-stride"),
        Figure::Loss => key("figure-loss"),
        Figure::Copies => key("figure-copies"),
        Figure::Way | Figure::Net | Figure::LossBefore => return None,
    })
}

/// The text of a figure. A figure that is a median of a score shows the score itself, as it stands in
/// the list of scores: one thing has one number. Other shares are in percent, the rest has two
/// decimals.
fn figure_text(figure: Figure, value: f64, scores: &BTreeMap<Score, f64>) -> String {
    let median_of = |score| score_text(scores, score).unwrap_or_else(|| percent(value));
    match figure {
        Figure::Diversity => median_of(Score::Diversity),
        Figure::HighQuality => median_of(Score::HighQuality),
        Figure::Copies => median_of(Score::Copies),
        Figure::Occupied | Figure::GradientLeft => percent(value),
        Figure::Separation
        | Figure::Stride
        | Figure::Way
        | Figure::Net
        | Figure::Loss
        | Figure::LossBefore => format!("{value:.2}"),
    }
}

/// The figures behind a diagnosis, with their names.
pub(crate) fn figures_text(
    figures: &BTreeMap<Figure, f64>,
    scores: &BTreeMap<Score, f64>,
) -> String {
    let told = figures.iter().filter_map(|(figure, value)| {
        Some(format!("{} {}", say(figure_name(*figure)?), figure_text(*figure, *value, scores)))
    });
    told.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_their_units() {
        let none = BTreeMap::new();
        assert_eq!(figure_text(Figure::Occupied, 0.125, &none), "12 %");
        assert_eq!(figure_text(Figure::Copies, 0.5, &none), "50 %");
        assert_eq!(figure_text(Figure::Separation, 0.97, &none), "0.97");
        assert_eq!(percent(f64::NAN), "–");
    }

    #[test]
    fn shares_of_samples_have_their_error() {
        let scores = [(Score::Samples, 100.0), (Score::HighQuality, 0.12), (Score::Copies, 0.0)];
        let scores: BTreeMap<Score, f64> =
            scores.into_iter().chain([(Score::Diversity, 0.12), (Score::Modes, 8.0)]).collect();
        let text = |score| score_text(&scores, score);
        assert_eq!(text(Score::HighQuality).as_deref(), Some("12 % ± 3"));
        assert_eq!(text(Score::Copies).as_deref(), Some("0 % ± 1"));
        // A ratio of distances, and a number of modes: no shares of the samples.
        assert_eq!(text(Score::Diversity).as_deref(), Some("12 %"));
        assert_eq!(text(Score::Modes).as_deref(), Some("8"));
        assert_eq!(text(Score::HighQualityOfReals), None);
    }

    #[test]
    fn a_finding_s_figure_is_that_of_the_list() {
        let scores = BTreeMap::from([
            (Score::Samples, 1_000.0),
            (Score::Diversity, 0.87),
            (Score::HighQuality, 0.3),
        ]);
        // Medians of eight looks, which differ from the newest scores.
        let figures = BTreeMap::from([
            (Figure::Diversity, 0.84),
            (Figure::HighQuality, 0.26),
            (Figure::Separation, -0.086),
        ]);
        assert_eq!(
            figures_text(&figures, &scores),
            "diversity 87 % · samples at a mode 30 % ± 1 · real minus generated -0.09"
        );
    }
}
