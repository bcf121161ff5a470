//! Tests the locales of the page and of the lab: both languages have the same messages, and exactly
//! those that the code uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use gan_protocol::{Backend, DataSource, Named as _, Objective, Phase, preset_names};
use gan_words::{Language, Texts};

type Messages = BTreeMap<String, BTreeSet<String>>;

/// A crate with texts, the prefix of its locales' names, and the least number of its messages.
const SPEAKERS: [(&str, &str, usize); 2] = [("gan-app", "", 80), ("gan-lab", "lab.", 40)];
const LANGUAGES: [&str; 2] = ["en", "zh"];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn locale(prefix: &str, language: &str) -> String {
    let path = crates().join("../web/locales").join(format!("{prefix}{language}.ftl"));
    fs::read_to_string(path).expect("the locale is there")
}

/// The reader supports less than Fluent: text on one line, and plain arguments.
fn arguments(pattern: &Pattern<String>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => assert!(!value.contains('\n'), "{value}"),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => {
                found.insert(id.name.clone());
            }
            PatternElement::Placeable { expression } => panic!("not read: {expression:?}"),
        }
    }
}

/// The messages of a locale with the arguments of each.
fn messages(prefix: &str, language: &str) -> Messages {
    let text = locale(prefix, language);
    let resource = parser::parse(text).expect("the locale is valid Fluent");
    let mut messages = Messages::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut found = BTreeSet::new();
            arguments(message.value.as_ref().expect("every message has a value"), &mut found);
            let before = messages.insert(message.id.name.clone(), found);
            assert_eq!(before, None, "{prefix}{language}: {} is there twice", message.id.name);
        }
    }
    messages
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, text);
        } else {
            text.push_str(&fs::read_to_string(path).expect("sources are text"));
        }
    }
}

/// The literals in calls of `functions` in the code of a crate.
fn literals(speaker: &str, functions: &[&str]) -> BTreeSet<String> {
    let mut text = String::new();
    sources(&crates().join(speaker).join("src"), &mut text);
    let mut found = BTreeSet::new();
    for function in functions {
        let call = format!("{function}(\"");
        for (start, _) in text.match_indices(&call) {
            let before = text[..start].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == '.' {
                continue;
            }
            let rest = &text[start + call.len()..];
            found.insert(rest[..rest.find('"').expect("a literal ends")].to_string());
        }
    }
    found
}

/// The names of all values of a kind, for texts that are looked up by kind and name.
fn names_of(kind: &str) -> Vec<&'static str> {
    match kind {
        "backend" => [&["auto"], Backend::NAMES].concat(),
        "data" => DataSource::NAMES.to_vec(),
        "objective" => Objective::NAMES.to_vec(),
        "phase" => Phase::NAMES.to_vec(),
        "preset" => preset_names().chain(["own"]).collect(),
        _ => panic!("which names have values of the kind `{kind}`?"),
    }
}

/// Every key that the code of a crate looks up: the literals in calls of functions for texts, and a
/// key for each value of the kinds that are marked in the code.
fn keys_in_code(speaker: &str) -> BTreeSet<String> {
    let mut keys = literals(speaker, &["key", "t", "say", "say_with"]);
    for kind in literals(speaker, &["kind"]) {
        keys.extend(names_of(&kind).into_iter().map(|name| format!("{kind}-{name}")));
    }
    keys
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    for (_, prefix, _) in SPEAKERS {
        assert_eq!(messages(prefix, "en"), messages(prefix, "zh"));
    }
}

#[test]
fn the_code_asks_for_exactly_the_messages_that_there_are() {
    for (speaker, prefix, least) in SPEAKERS {
        let there: BTreeSet<String> = messages(prefix, "en").into_keys().collect();
        let asked = keys_in_code(speaker);
        assert!(asked.len() >= least, "only {} keys found in {speaker}", asked.len());
        let missing: Vec<_> = asked.difference(&there).collect();
        let unused: Vec<_> = there.difference(&asked).collect();
        assert!(missing.is_empty(), "{speaker}: not in the locales: {missing:?}");
        assert!(unused.is_empty(), "{speaker}: never said: {unused:?}");
    }
}

#[test]
fn the_lab_asks_the_page_for_texts_that_the_page_has() {
    let there: BTreeSet<String> = messages("", "en").into_keys().collect();
    let mut asked = literals("gan-lab", &["page_key"]);
    for kind in literals("gan-lab", &["page_kind"]) {
        asked.extend(names_of(&kind).into_iter().map(|name| format!("{kind}-{name}")));
    }
    assert!(asked.len() >= 8, "only {} keys found", asked.len());
    let missing: Vec<_> = asked.difference(&there).collect();
    assert!(missing.is_empty(), "not among the page's texts: {missing:?}");
}

#[test]
fn arguments_are_filled_in() {
    let texts = Texts::read("data-count = { $name }, { $count } images\nplain = as it is\n");
    let count = [("name", "MNIST".to_string()), ("count", "60,000".to_string())];
    assert_eq!(texts.text("data-count", &count), "MNIST, 60,000 images");
    assert_eq!(texts.text("plain", &count), "as it is");
    assert_eq!(texts.text("no-such-key", &[]), "no-such-key");
}

#[test]
fn every_text_is_what_fluent_makes_of_it() {
    for (_, prefix, _) in SPEAKERS {
        for code in LANGUAGES {
            let locale = locale(prefix, code);
            let texts = Texts::read(Box::leak(locale.clone().into_boxed_str()));
            let resource = FluentResource::try_new(locale).expect("the locale is valid Fluent");
            let mut bundle = FluentBundle::new(vec![code.parse().expect("a language's code")]);
            bundle.set_use_isolating(false);
            bundle.add_resource(resource).expect("no key is there twice");
            for (key, names) in messages(prefix, code) {
                let ours: Vec<_> =
                    names.iter().map(|name| (name.as_str(), format!("<{name}>"))).collect();
                let mut theirs = FluentArgs::new();
                for (name, value) in &ours {
                    theirs.set(*name, value.clone());
                }
                let pattern = bundle.get_message(&key).and_then(|message| message.value());
                let pattern = pattern.expect("every message has a value");
                let expected = bundle.format_pattern(pattern, Some(&theirs), &mut Vec::new());
                assert_eq!(texts.text(&key, &ours), expected, "{prefix}{code}: {key}");
            }
        }
    }
}

#[test]
fn languages_are_known_by_their_codes() {
    assert_eq!(Language::of_code("zh-TW"), Some(Language::Chinese));
    assert_eq!(Language::of_code("en-GB"), Some(Language::English));
    assert_eq!(Language::of_code("fr"), None);
    for code in LANGUAGES {
        assert_eq!(Language::of_code(code).map(Language::code), Some(code));
    }
}
