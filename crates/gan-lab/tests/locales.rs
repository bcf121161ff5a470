//! Both languages of the lab say the same things, and say everything that the code asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use fluent_syntax::parser;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The messages of a locale with the arguments of each. The lab reads less than Fluent allows: text
/// on one line, and arguments as they are.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = root().join("../../web/locales").join(format!("lab.{language}.ftl"));
    let text = fs::read_to_string(path).expect("the locale is there");
    let resource = parser::parse(text).expect("the locale is valid Fluent");
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let mut arguments = BTreeSet::new();
        for element in message.value.expect("every message has a value").elements {
            match element {
                PatternElement::TextElement { value } => assert!(!value.contains('\n'), "{value}"),
                PatternElement::Placeable {
                    expression: Expression::Inline(InlineExpression::VariableReference { id }),
                } => drop(arguments.insert(id.name)),
                PatternElement::Placeable { expression } => panic!("not read: {expression:?}"),
            }
        }
        let before = messages.insert(message.id.name.clone(), arguments);
        assert_eq!(before, None, "{language}: {} is there twice", message.id.name);
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

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    assert_eq!(messages("en"), messages("zh"));
}

#[test]
fn the_code_asks_for_exactly_the_messages_that_there_are() {
    let mut text = String::new();
    sources(&root().join("src"), &mut text);
    let mut asked = BTreeSet::new();
    for call in ["key(\"", "t(\"", "say(\"", "say_with(\""] {
        for (start, _) in text.match_indices(call) {
            let before = text[..start].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == '.' {
                continue;
            }
            let rest = &text[start + call.len()..];
            asked.insert(rest[..rest.find('"').expect("a literal ends")].to_string());
        }
    }
    let there: BTreeSet<String> = messages("en").into_keys().collect();
    assert!(asked.len() > 30, "only {} keys found in the code", asked.len());
    assert_eq!(there, asked);
}
