//! Tests the list of refusals: each that the code makes is in it, and none besides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gan_protocol::{Preset, RunSpec, merged, preset};
use gan_words::Refusals;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::json;

const LIST: &str = include_str!("../../../web/locales/refusals.zh.txt");

/// Where refusals are made that reach the page.
const SOURCES: [&str; 12] = [
    "gan-protocol/src",
    "gan-core/src",
    "gan-files/src",
    "gan-data/src",
    "gan-session/src",
    "gan-worker/src",
    "gan-import/src",
    "gan-reader/src",
    "gan-latent/src",
    "gan-inspector/src",
    "gan-eval/src",
    "gan-app/src",
];

/// Files of these sources whose texts are no refusals.
const OTHER_TEXTS: [&str; 4] =
    ["gan-app/src/view", "gan-app/src/lib.rs", "gan-app/src/effects/sheets.rs", "reference_tests"];

/// Texts of several words that are no refusals: titles of objectives, what files begin with, and names in English of what is
/// told in another way.
const NO_REFUSALS: [&str; 20] = [
    "unsupported Python type '",
    "Expected a dictionary",
    "non-saturating (Goodfellow et al. 2014)",
    "minimax (Goodfellow et al. 2014)",
    "least squares (LSGAN)",
    "relativistic, to the average (RaGAN)",
    "version https://git-lfs",
    "<!doctype html",
    "{} to {}",
    "unsigned byte",
    "signed byte",
    "16-bit integer",
    "32-bit integer",
    "32-bit float",
    "64-bit float",
    "no type of the IDX format",
    "basic render",
    "at least ",
    "relativistic, paired (RpGAN)",
    "validation refuses a penalty on a critic with such a layer",
];

/// Calls after which a text is for developers.
const FOR_DEVELOPERS: [&str; 10] = [
    "expect",
    "panic",
    "unreachable",
    "todo",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "expect_throw",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A template without the names of its placeholders.
fn nameless(template: &str) -> String {
    let (mut text, mut depth) = (String::new(), 0);
    for letter in template.replace("{{", "{").replace("}}", "}").chars() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                text.push_str("{}");
            }
            _ if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text
}

/// Whether a text has two words in a row, or a word and a placeholder, as what is told to people has.
fn is_told(text: &str) -> bool {
    let is_word = |word: &str| {
        word == "a" || word.chars().filter(|letter| letter.is_ascii_lowercase()).count() > 1
    };
    let words: Vec<&str> = text.split(' ').collect();
    words
        .windows(2)
        .any(|pair| is_word(pair[0]) && (is_word(pair[1]) || pair[1].starts_with(['{', '`'])))
}

/// Adds the texts in `tokens` that are neither tests', attributes' (but those of errors) nor for developers.
fn collect(tokens: TokenStream, texts: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let ident = |at: usize| match tokens.get(at) {
        Some(TokenTree::Ident(ident)) => ident.to_string(),
        _ => String::new(),
    };
    let is_mark = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let behind = if is_mark(at + 1, '!') { at + 2 } else { at + 1 };
                if let Some(TokenTree::Group(group)) = tokens.get(behind) {
                    let attribute = group.stream().to_string();
                    if attribute.starts_with("error") {
                        collect(group.stream(), texts);
                    }
                    at = behind;
                    if attribute.starts_with("cfg")
                        && attribute.contains("test")
                        && !attribute.contains("not")
                    {
                        // What it is for ends in a block or with a semicolon.
                        while at + 1 < tokens.len() {
                            at += 1;
                            let is_block = matches!(&tokens[at],
                                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                            if is_block || is_mark(at, ';') {
                                break;
                            }
                        }
                    }
                }
            }
            TokenTree::Ident(name) if FOR_DEVELOPERS.contains(&name.to_string().as_str()) => {
                let behind = if is_mark(at + 1, '!') { at + 2 } else { at + 1 };
                if matches!(tokens.get(behind), Some(TokenTree::Group(_))) {
                    at = behind;
                }
            }
            TokenTree::Group(group) => collect(group.stream(), texts),
            TokenTree::Literal(literal) if ident(at.wrapping_sub(1)) != "key" => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    texts.extend(Some(nameless(&text.value())).filter(|text| is_told(text)));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn read(path: &Path, texts: &mut BTreeSet<String>) {
    if OTHER_TEXTS.iter().any(|other| path.to_string_lossy().contains(other)) {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder of sources") {
            read(&entry.expect("an entry").path(), texts);
        }
    } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
        let source = fs::read_to_string(path).expect("a source in UTF-8");
        collect(source.parse().expect("Rust"), texts);
    }
}

/// The templates of the code.
fn made() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for source in SOURCES {
        read(&root().join(source), &mut texts);
    }
    texts
}

#[test]
fn every_refusal_of_the_code_is_listed_and_no_other() {
    let made = made();
    assert!(made.len() > 250, "only {} texts were found", made.len());
    let mut listed = BTreeMap::new();
    for (template, translation) in Refusals::read(LIST).all() {
        let before = listed.insert(nameless(&template), translation);
        assert_eq!(before, None, "`{template}` is listed twice");
    }
    let others: BTreeSet<String> = NO_REFUSALS.map(str::to_string).into();
    let missing: Vec<_> =
        made.iter().filter(|text| !listed.contains_key(*text) && !others.contains(*text)).collect();
    assert!(missing.is_empty(), "not in web/locales/refusals.zh.txt: {missing:#?}");
    // Of one word, or put together: not found in the code as they are here.
    let apart = ["{}: {}", "at least {}", "is {}, expected a name"];
    let stale: Vec<_> = listed
        .keys()
        .filter(|text| !made.contains(*text) && !apart.contains(&text.as_str()))
        .collect();
    assert!(stale.is_empty(), "the code makes no such refusals: {stale:#?}");
    let unknown: Vec<_> = others.difference(&made).collect();
    assert!(unknown.is_empty(), "the code has no such texts: {unknown:#?}");
}

#[test]
fn a_translation_is_chinese_and_takes_over_what_its_template_does() {
    let names = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|from| from.split_once('}'))
            .map(|(name, _)| name.into())
            .collect()
    };
    for (template, translation) in Refusals::read(LIST).all() {
        assert_eq!(names(&template), names(translation), "{template}");
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        let says = template.contains(|letter: char| letter.is_ascii_lowercase());
        let is_punctuation_alone = nameless(&template) == "{}: {}";
        assert!(!says || is_punctuation_alone || translation.contains(is_chinese), "{translation}");
    }
}

#[test]
fn refusals_are_told_in_chinese() {
    let refusals = Refusals::read(LIST);
    let Preset { spec, .. } = preset("mnist-dcgan-small").expect("a preset");
    let of = |patch| {
        let broken = RunSpec::from_value(merged(&spec.to_value(), &patch)).expect_err("broken");
        refusals.told(&broken.to_string())
    };
    assert_eq!(of(json!({"batch_size": 0})), "batch_size：现为 0；允许 2 到 4096");
    assert_eq!(of(json!({"seed": "seven"})), "seed：类型不对：是 \"seven\"，应为整数");
    let no_layers = json!({"generator": {"layers": []}});
    assert_eq!(of(no_layers), "generator.layers：有 0 层；允许 1 到 64 层");
    let first = json!({"generator": {"layers": [{"kind": "flatten"}]}});
    let told =
        "generator.layers[0].kind：flatten 需要图像，却得到长 16 的向量：请先变形（reshape）";
    assert_eq!(of(first), told);
    assert_eq!(
        refusals.told("the checkpoint cannot be used: tensor generator.0.weight is missing"),
        "这个检查点不能使用：缺少张量 generator.0.weight"
    );
    assert_eq!(
        refusals.told(
            "a.idx: the data goes on after its end: found at least 12 bytes after the header, expected 9"
        ),
        "a.idx：数据在结尾之后还有内容：文件头之后有至少 12 字节，应为 9"
    );
    let unknown = "nobody said this yet";
    assert_eq!(refusals.told(unknown), unknown);
}
