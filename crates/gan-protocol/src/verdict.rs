//! Decides whether a report's silence says anything.

/// Steps before which a report's silence says nothing: since the run began, or since its settings
/// last changed. Also the first step at which most failures are diagnosed. The recorded healthy runs
/// (`docs/diagnoses.md`) look like a failure for up to 175 steps.
pub const FIRST_STEPS: u64 = 200;

/// Diversity, relative to that of real samples, at or below which samples hardly differ. Images that
/// still hardly differ after their first steps are diagnosed as a collapse.
pub const COLLAPSED_DIVERSITY: f64 = 0.15;

/// Diversity, relative to that of real samples, from which on images differ more than any data do:
/// they are noise, or strokes of no digit. The recorded healthy runs on images stay below 1.05; points of
/// healthy runs may lie further apart than real ones.
pub const UNLIKE_DIVERSITY: f64 = 1.08;

/// The outcome of a report as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was diagnosed, and nothing could have been.
    TooEarly,
    /// Nothing was diagnosed, but samples differ more than real ones do.
    Unlike,
    /// Nothing was diagnosed.
    NothingStandsOut,
    /// Something was diagnosed.
    Findings,
}

impl Verdict {
    /// The verdict on a run with or without diagnoses (`has_findings`) that has made `steps` steps
    /// with its settings, and whose samples have this `diversity`
    /// ([`Score::Diversity`](crate::Score::Diversity)) and are images or points.
    pub fn of(has_findings: bool, steps: u64, diversity: f64, are_images: bool) -> Self {
        if has_findings {
            Self::Findings
        } else if steps < FIRST_STEPS || diversity <= COLLAPSED_DIVERSITY {
            Self::TooEarly
        } else if are_images && diversity >= UNLIKE_DIVERSITY {
            Self::Unlike
        } else {
            Self::NothingStandsOut
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    #[test]
    fn silence_says_something_only_after_enough_steps_with_some_diversity() {
        for (steps, diversity, expected) in [
            (0, 1.0, Verdict::TooEarly),
            (FIRST_STEPS - 1, 1.0, Verdict::TooEarly),
            (FIRST_STEPS, 1.0, Verdict::NothingStandsOut),
            (FIRST_STEPS, 0.15, Verdict::TooEarly),
            (FIRST_STEPS, 0.16, Verdict::NothingStandsOut),
            (FIRST_STEPS, 1.07, Verdict::NothingStandsOut),
            (FIRST_STEPS, 1.08, Verdict::Unlike),
            (FIRST_STEPS - 1, 1.5, Verdict::TooEarly),
        ] {
            assert_eq!(Verdict::of(false, steps, diversity, true), expected, "{steps} {diversity}");
        }
    }

    #[test]
    fn a_finding_is_never_too_early() {
        assert_eq!(Verdict::of(true, 0, 0.0, true), Verdict::Findings);
        assert_eq!(Verdict::of(false, FIRST_STEPS, 1.2, false), Verdict::NothingStandsOut);
    }

    /// The observations of recorded runs, with the file's name: `healthy.NAME.json`, or the
    /// failure's name in place of `healthy`.
    fn recorded() -> Vec<(String, Vec<Value>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gan-cli/tests/recorded");
        let files = std::fs::read_dir(folder).expect("recordings");
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            let path = file.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("readable");
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).expect("a list of observations"))
        };
        files.map(read).collect()
    }

    #[test]
    fn healthy_runs_look_like_a_collapse_only_while_it_is_too_early() {
        let (mut runs, mut latest) = (0, 0);
        for (name, observations) in recorded() {
            if !name.starts_with("healthy.") {
                continue;
            }
            runs += 1;
            for one in observations {
                // A failure's limits, as in `gan-eval/src/diagnosis.rs`.
                let looks_partial = match one["occupied"].as_f64() {
                    Some(occupied) => occupied < 0.8,
                    None => one["diversity"].as_f64().expect("a number") < 0.6,
                };
                if looks_partial {
                    latest = latest.max(one["step"].as_u64().expect("a step"));
                }
            }
        }
        assert_eq!((runs, latest), (10, 175));
        assert!(latest < FIRST_STEPS);
    }

    #[test]
    fn samples_of_healthy_runs_are_never_called_unlike_the_reals() {
        for (name, observations) in recorded() {
            // Points have modes, or are two moons.
            let are_images = observations[0]["occupied"].is_null() && !name.contains("moons");
            for one in observations.iter().filter(|_| are_images && name.starts_with("healthy.")) {
                let step = one["step"].as_u64().expect("a step");
                let diversity = one["diversity"].as_f64().expect("a number");
                let verdict = Verdict::of(false, step, diversity, true);
                assert_ne!(verdict, Verdict::Unlike, "{name}: {diversity} at step {step}");
            }
        }
    }

    #[test]
    fn a_collapse_of_images_is_not_called_healthy_before_it_is_diagnosed() {
        let (_, observations) = recorded()
            .into_iter()
            .find(|(name, _)| name == "collapse.digits-plain-generator.json")
            .expect("a recording");
        // From step 1,000 on it is diagnosed. At step 200 its samples differ for a moment.
        let before = observations.iter().filter_map(|one| {
            let (step, diversity) = (one["step"].as_u64()?, one["diversity"].as_f64()?);
            (step < 1_000).then_some((step, Verdict::of(false, step, diversity, true)))
        });
        let silent = before.filter(|(_, verdict)| *verdict == Verdict::NothingStandsOut);
        assert_eq!(silent.map(|(step, _)| step).collect::<Vec<_>>(), [200]);
    }
}
