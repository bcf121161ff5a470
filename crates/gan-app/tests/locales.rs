//! Both languages say the same things, and say everything that the code asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

type Messages = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page reads less than Fluent allows: text on one line, and arguments as they are.
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
fn messages(language: &str) -> Messages {
    let path = root().join("../../web/locales").join(format!("{language}.ftl"));
    let text = fs::read_to_string(path).expect("the locale is there");
    let resource = parser::parse(text).expect("the locale is valid Fluent");
    let mut messages = Messages::new();
    for entry in resource.body {
        if let Entry::Message(message) = entry {
            let mut found = BTreeSet::new();
            arguments(message.value.as_ref().expect("every message has a value"), &mut found);
            let before = messages.insert(message.id.name.clone(), found);
            assert_eq!(before, None, "{language}: {} is there twice", message.id.name);
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

/// Every key that the code asks for: the literals handed to the functions that say something.
fn keys_in_code() -> BTreeSet<String> {
    let mut text = String::new();
    sources(&root().join("src"), &mut text);
    let mut keys = BTreeSet::new();
    for call in ["key(\"", "t(\"", "say(\"", "say_with(\""] {
        for (start, _) in text.match_indices(call) {
            let before = text[..start].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == '.' {
                continue;
            }
            let rest = &text[start + call.len()..];
            keys.insert(rest[..rest.find('"').expect("a literal ends")].to_string());
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    assert_eq!(messages("en"), messages("zh"));
}

#[test]
fn the_code_asks_for_exactly_the_messages_that_there_are() {
    let there: BTreeSet<String> = messages("en").into_keys().collect();
    let asked = keys_in_code();
    assert!(asked.len() > 80, "only {} keys found in the code", asked.len());
    let missing: Vec<_> = asked.difference(&there).collect();
    let unused: Vec<_> = there.difference(&asked).collect();
    assert!(missing.is_empty(), "not in the locales: {missing:?}");
    assert!(unused.is_empty(), "never said: {unused:?}");
}

#[test]
fn arguments_are_filled_in() {
    use gan_app::view::words::{Language, text};
    let count = [("name", "MNIST".to_string()), ("count", "60,000".to_string())];
    assert_eq!(text(Language::English, "data-count", &count), "MNIST, 60,000 images");
    assert_eq!(text(Language::Chinese, "data-count", &count), "MNIST，60,000 张图像");
    assert_eq!(text(Language::English, "no-such-key", &[]), "no-such-key");
}

#[test]
fn every_text_is_what_fluent_makes_of_it() {
    use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
    use gan_app::view::words::{Language, text};
    for (language, code) in [(Language::English, "en"), (Language::Chinese, "zh")] {
        let path = root().join("../../web/locales").join(format!("{code}.ftl"));
        let locale = fs::read_to_string(path).expect("the locale is there");
        let resource = FluentResource::try_new(locale).expect("the locale is valid Fluent");
        let mut bundle = FluentBundle::new(vec![code.parse().expect("a language's code")]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("no key is there twice");
        for (key, names) in messages(code) {
            let ours: Vec<_> =
                names.iter().map(|name| (name.as_str(), format!("<{name}>"))).collect();
            let mut theirs = FluentArgs::new();
            for (name, value) in &ours {
                theirs.set(*name, value.clone());
            }
            let pattern = bundle.get_message(&key).and_then(|message| message.value());
            let pattern = pattern.expect("every message has a value");
            let expected = bundle.format_pattern(pattern, Some(&theirs), &mut Vec::new());
            assert_eq!(text(language, &key, &ours), expected, "{code}: {key}");
        }
    }
}

#[test]
fn languages_are_known_by_their_codes() {
    use gan_app::view::words::Language;
    assert_eq!(Language::of_code("zh-TW"), Some(Language::Chinese));
    assert_eq!(Language::of_code("en-GB"), Some(Language::English));
    assert_eq!(Language::of_code("fr"), None);
}
