//! Chinese texts use the terms of `docs/terms.md`, one term for each thing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Files with Chinese texts whose English ones are elsewhere or beside them.
const TEXTS: [&str; 6] = [
    "web/locales/zh.ftl",
    "web/locales/lab.zh.ftl",
    "web/worksheets/index.html",
    "web/worksheets/worksheets.js",
    "web/widget/element/words.js",
    "index.html",
];

struct Term {
    english: String,
    chinese: Vec<String>,
    replaced: Vec<String>,
    always: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `a` for `a (explanation)`.
fn plain(cell: &str) -> String {
    cell.split(" (").next().unwrap_or(cell).trim().to_string()
}

fn terms() -> Vec<Term> {
    let list = |cell: &str| {
        let parts = cell.split([',', ';']).map(plain);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    };
    let table = read(&root().join("docs/terms.md"));
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let terms = rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [english, chinese, replaced, always] = cells[..] else { panic!("four cells: {row}") };
        Term {
            english: plain(english),
            chinese: list(chinese),
            replaced: list(replaced),
            always: always == "always",
        }
    });
    let terms: Vec<_> = terms.collect();
    assert!(terms.len() > 20, "the table is read");
    terms
}

fn lessons() -> Vec<(String, Value)> {
    let folder = fs::read_dir(root().join("web/lessons")).expect("the lessons are there");
    let paths = folder.map(|entry| entry.expect("readable").path());
    let lessons = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    lessons
        .map(|path| {
            let value = serde_json::from_str(&read(&path)).expect("JSON");
            (path.display().to_string(), value)
        })
        .collect()
}

/// All pairs of an English text and its Chinese translation, with their places.
fn pairs() -> Vec<(String, String, String)> {
    let mut pairs = Vec::new();
    for prefix in ["", "lab."] {
        let texts = |language: &str| -> BTreeMap<String, String> {
            let locale = read(&root().join(format!("web/locales/{prefix}{language}.ftl")));
            let lines = locale.lines().filter_map(|line| line.split_once(" = "));
            lines.map(|(key, text)| (key.to_string(), text.to_string())).collect()
        };
        let mut chinese = texts("zh");
        for (key, english) in texts("en") {
            let text = chinese.remove(&key).expect("both languages have it");
            pairs.push((format!("{prefix}{key}"), english, text));
        }
    }
    for (place, lesson) in lessons() {
        collect(&place, &lesson, &mut pairs);
    }
    pairs
}

fn collect(place: &str, value: &Value, pairs: &mut Vec<(String, String, String)>) {
    match value {
        Value::Object(fields) => {
            if let (Some(Value::String(english)), Some(Value::String(chinese))) =
                (fields.get("en"), fields.get("zh"))
            {
                pairs.push((place.to_string(), english.clone(), chinese.clone()));
            }
            fields.values().for_each(|field| collect(place, field, pairs));
        }
        Value::Array(all) => all.iter().for_each(|one| collect(place, one, pairs)),
        _ => {}
    }
}

/// Whether `text` holds `term` as a word, or its plural.
fn says(text: &str, term: &str) -> bool {
    let (text, term) = (text.to_lowercase(), term.to_lowercase());
    text.match_indices(&term).any(|(start, _)| {
        let is_letter = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
        let rest = &text[start + term.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        !is_letter(text[..start].chars().next_back()) && !is_letter(rest.chars().next())
    })
}

#[test]
fn terms_that_were_replaced_do_not_come_back() {
    let mut texts: Vec<_> = TEXTS.map(|path| (path.to_string(), read(&root().join(path)))).into();
    texts.extend(lessons().into_iter().map(|(place, lesson)| (place, lesson.to_string())));
    for term in terms() {
        for replaced in &term.replaced {
            for (place, text) in &texts {
                assert!(!text.contains(replaced), "{place}: {replaced}; say {:?}", term.chinese);
            }
        }
    }
}

#[test]
fn one_thing_has_one_term() {
    let pairs = pairs();
    assert!(pairs.len() > 400, "only {} texts found", pairs.len());
    let mut missing = Vec::new();
    for term in terms().iter().filter(|term| term.always) {
        for (place, english, chinese) in &pairs {
            let is_said = term.chinese.iter().any(|one| chinese.contains(one));
            if says(english, &term.english) && !is_said {
                missing.push(format!(
                    "{place}: {} is not {:?}: {chinese}",
                    term.english, term.chinese
                ));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
