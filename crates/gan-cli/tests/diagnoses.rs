//! The diagnoses of recorded runs: with each failure, and without any.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gan_eval::diagnosis::{Doctor, Observation};
use gan_protocol::{Ailment, Named as _};
use serde_json::Value;

/// Name of the runs without failures.
const HEALTHY: &str = "healthy";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// A recorded run. Files are named `KIND.NAME.json`, or `healthy.NAME.json`.
struct Recorded {
    kind: String,
    name: String,
    observations: Vec<Observation>,
}

fn recorded() -> Vec<Recorded> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("recordings")
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Recorded {
    let file = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let mut parts = file.split('.');
    let (kind, name) = (parts.next().expect("a kind"), parts.next().expect("a name"));
    let text = std::fs::read_to_string(path).expect("readable");
    let rows: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let number = |row: &Value, name: &str| row[name].as_f64();
    let whole = |row: &Value, name: &str| number(row, name).unwrap_or(f64::NAN);
    let middles: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| {
            let middle = row["middle"].as_array().into_iter().flatten();
            middle.filter_map(Value::as_f64).collect()
        })
        .collect();
    // Coordinates that a row lacks are zero.
    let size = middles.iter().map(Vec::len).max().unwrap_or(0);
    let observations = rows.iter().zip(middles).map(|(row, mut middle)| {
        middle.resize(size, 0.0);
        Observation {
            step: row["step"].as_u64().expect("a step"),
            separation: number(row, "separation"),
            loss: whole(row, "loss"),
            generator_gradient_norm: whole(row, "generator_gradient_norm"),
            gradient_share: number(row, "gradient_share"),
            diversity: whole(row, "diversity"),
            occupied: number(row, "occupied"),
            high_quality: number(row, "high_quality"),
            copies: number(row, "copies"),
            middle,
        }
    });
    Recorded { kind: kind.to_owned(), name: name.to_owned(), observations: observations.collect() }
}

/// Every kind that is diagnosed in any observation, with the step of the first.
fn told(observations: &[Observation]) -> BTreeMap<&'static str, u64> {
    let mut doctor = Doctor::default();
    let mut found = BTreeMap::new();
    for observation in observations {
        let step = observation.step;
        for diagnosis in doctor.observe(observation.clone()) {
            found.entry(diagnosis.kind.name()).or_insert(step);
        }
    }
    found
}

#[test]
fn nothing_is_said_of_a_run_that_does_well() {
    let healthy: Vec<Recorded> = recorded().into_iter().filter(|run| run.kind == HEALTHY).collect();
    assert!(healthy.len() >= 6, "{} healthy runs", healthy.len());
    for run in healthy {
        assert!(run.observations.len() >= 30, "{}: {} looks", run.name, run.observations.len());
        let said = told(&run.observations);
        assert!(said.is_empty(), "{}: {said:?}", run.name);
    }
}

#[test]
fn every_illness_is_told_in_the_runs_that_have_it() {
    let mut kinds = BTreeSet::new();
    for run in recorded().iter().filter(|run| run.kind != HEALTHY) {
        let said = told(&run.observations);
        assert!(said.contains_key(run.kind.as_str()), "{} {}: {said:?}", run.kind, run.name);
        kinds.insert(run.kind.clone());
    }
    let all: BTreeSet<String> = Ailment::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    assert_eq!(kinds, all);
}

#[test]
fn the_confusion_table_in_the_docs_is_that_of_the_recordings() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/diagnoses.md");
    let text = std::fs::read_to_string(docs).expect("docs/diagnoses.md");
    let table = table(&recorded());
    assert!(text.contains(&table), "docs/diagnoses.md should hold:\n\n{table}");
}

/// A row for each recorded run: its failure, and the step at which each diagnosis is first made.
fn table(runs: &[Recorded]) -> String {
    let mut text = String::from("| run | has |");
    for kind in Ailment::ALL {
        let _ = write!(text, " {} |", kind.name().replace('_', " "));
    }
    text += "\n|---|---|";
    text += &"---|".repeat(Ailment::ALL.len());
    for run in runs {
        let said = told(&run.observations);
        let _ = write!(text, "\n| {} | {} |", run.name, run.kind.replace('_', " "));
        for kind in Ailment::ALL {
            let step = said.get(kind.name()).map_or_else(String::new, u64::to_string);
            let _ = write!(text, " {step} |");
        }
    }
    text + "\n"
}
