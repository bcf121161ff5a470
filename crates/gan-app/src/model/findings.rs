//! Steps at which failures were diagnosed, for the charts' step axis.

use serde_json::Value;

/// The failures that the reports on a run have told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The steps at which a failure was told that the report before had not, oldest first.
    pub steps: Vec<u64>,
    /// The kinds in the newest report.
    now: Vec<String>,
}

impl Findings {
    /// Takes the report at `step`, as JSON (see [`gan_protocol::Event::Report`]).
    pub fn note(&mut self, step: u64, report: &str) {
        let report: Value = serde_json::from_str(report).unwrap_or_default();
        let diagnoses = report["diagnoses"].as_array().map(Vec::as_slice).unwrap_or_default();
        let kinds = diagnoses.iter().filter_map(|one| one["kind"].as_str());
        let kinds: Vec<String> = kinds.map(str::to_string).collect();
        let is_new = kinds.iter().any(|kind| !self.now.contains(kind));
        if is_new && self.steps.last() != Some(&step) {
            self.steps.push(step);
        }
        self.now = kinds;
    }

    /// Forgets everything: another run has begun.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.now.clear();
    }

    /// The run has returned to before `step`: what comes goes on from there.
    pub fn return_to(&mut self, step: u64) {
        self.steps.retain(|told| *told < step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_marked_when_it_is_first_told_and_when_it_returns() {
        let mut findings = Findings::default();
        for (step, kinds) in [
            (1, &[][..]),
            (2, &["collapse"][..]),
            (3, &["collapse"]),
            (4, &["collapse", "oscillation"]),
            (5, &["oscillation"]),
            (6, &["oscillation", "collapse"]),
        ] {
            let told = kinds.iter().map(|kind| format!(r#"{{"kind":"{kind}"}}"#));
            let told = told.collect::<Vec<_>>().join(",");
            findings.note(step, &format!(r#"{{"scores":{{}},"diagnoses":[{told}]}}"#));
        }
        assert_eq!(findings.steps, [2, 4, 6]);
        findings.note(7, "no report");
        findings.return_to(4);
        assert_eq!(findings.steps, [2]);
        findings.clear();
        assert_eq!(findings, Findings::default());
    }
}
