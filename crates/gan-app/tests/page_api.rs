//! `docs/page-api.md` agrees with the code about the page's address and `window.ganPlayground`.

use std::collections::BTreeSet;

use gan_app::model::refusal::Refusal;
use gan_app::model::run_state::RunState;
use gan_app::model::snapshot::{Averages, Snapshot};
use gan_protocol::{Ailment, Backend, Named, Phase, Score, Tuning, examples};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../docs/page-api.md");

/// The text between `begin` and the next `end`.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let rest = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}")).1;
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} behind {begin}")).0
}

/// The parts of `text` inside of a pair of `mark`s, such as quotation marks.
fn quoted(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.split(mark).skip(1).step_by(2)
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

/// A TypeScript interface of the document, without its comments.
fn interface(name: &str) -> String {
    let body = between(DOCUMENT, &format!("interface {name} {{\n"), "\n}");
    body.lines().map(|line| line.split("//").next().unwrap_or_default()).collect()
}

/// The names of an interface's fields.
fn fields(interface: &str) -> BTreeSet<&str> {
    let mut depth = 0;
    let statements = interface.split(|sign| {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        sign == ';' && depth == 0
    });
    let names = statements.filter_map(|statement| statement.split_once(':'));
    names.map(|(name, _)| name.trim().trim_end_matches('?')).collect()
}

/// The texts that a field of an interface allows.
fn allowed<'a>(interface: &'a str, field: &str) -> Vec<&'a str> {
    quoted(between(interface, &format!("{field}:"), ";"), '"').collect()
}

fn keys(value: &Value) -> BTreeSet<&str> {
    set(value.as_object().expect("an object").keys().map(String::as_str))
}

#[test]
fn every_call_is_documented_and_every_documented_call_is_there() {
    let table = between(DOCUMENT, "| call | returns or does |", "### `Snapshot`");
    let cells = table.lines().filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    let documented: Vec<&str> = cells
        .flat_map(|cell| cell.split("`, `"))
        .filter_map(|call| call.split_once('('))
        .map(|(name, _)| name)
        .collect();
    let of_page = include_str!("../src/effects/api.rs").split("    add(\"").skip(1);
    let of_lab = [
        include_str!("../../gan-lab/src/lessons/scripts.rs"),
        include_str!("../../gan-lab/src/places/tabs.rs"),
        include_str!("../../gan-lab/src/pretrained.rs"),
        include_str!("../../gan-lab/src/refusals.rs"),
    ];
    let of_lab = of_lab.into_iter().flat_map(|source| source.split(" extend(\"").skip(1));
    let added = of_page.chain(of_lab).filter_map(|rest| rest.split('"').next());
    assert_eq!(set(documented), set(added));
}

#[test]
fn a_snapshot_is_as_documented() {
    let snapshot =
        serde_json::to_value(Snapshot::of(&RunState::default(), "ring", Averages::default()));
    let snapshot = snapshot.expect("plain data");
    let documented = interface("Snapshot");
    assert_eq!(fields(&documented), keys(&snapshot));
    assert_eq!(allowed(&documented, "phase"), Phase::NAMES);
    assert_eq!(allowed(&documented, "backend"), Backend::NAMES);
}

#[test]
fn scores_and_diagnoses_are_as_documented() {
    // The lab adds this score to its display; the page's snapshot lacks it.
    let of_page = Score::ALL.iter().filter(|score| **score != Score::Digits);
    assert_eq!(fields(&interface("Scores")), set(of_page.map(|score| score.name())));
    let documented = interface("Diagnosis");
    assert_eq!(allowed(&documented, "kind"), Ailment::NAMES);
    assert_eq!(fields(&documented), set(["kind", "severity", "figures"]));
}

#[test]
fn every_code_of_a_refusal_is_documented() {
    let documented = between(DOCUMENT, "a message and a `code`:", ".\n");
    let faults = examples::faults();
    let codes = faults.iter().map(|fault| Refusal::from(fault).code);
    let own = [Refusal::usage("").code, Refusal::worker_lost("").code];
    assert_eq!(set(quoted(documented, '`')), set(codes.chain(own)));
}

#[test]
fn settings_that_change_as_a_run_goes_are_as_documented() {
    let tuning = serde_json::to_value(Tuning::default()).expect("plain data");
    let documented = between(DOCUMENT, "`tune({", "})`").split(", ");
    assert_eq!(set(documented), keys(&tuning));
}
