//! Reads how many tests passed and failed from what the test programs print.

use std::ops::Add;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that ran and succeeded.
    pub passed: u64,
    /// Tests that ran and did not.
    pub failed: u64,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Counts {
    /// The sum of all summaries in `text`: cargo test's and wasm-bindgen's (`test result: ok. 3
    /// passed; 0 failed`), nextest's (`Summary [..] 3 tests run: 3 passed, 0 skipped`), and those
    /// of Node's test runner (`# pass 3`).
    pub fn parse(text: &str) -> Self {
        let mut counts = Self::default();
        for line in text.lines().map(without_colours) {
            let line = line.trim();
            if line.starts_with("test result:") || is_nextest_summary(line) {
                counts.passed += number_before(line, "passed");
                counts.failed += number_before(line, "failed") + number_before(line, "timed");
            } else if let Some(summary) = line.strip_prefix(['#', 'ℹ']) {
                counts.passed += number_after(summary, "pass");
                counts.failed += number_after(summary, "fail") + number_after(summary, "cancelled");
            }
        }
        counts
    }
}

fn is_nextest_summary(line: &str) -> bool {
    line.starts_with("Summary [") && line.contains(" run:")
}

/// The number in front of the first `word`, as in `3 passed`.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    let pair = words.windows(2).find(|pair| pair[1] == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The number that follows `word`, if these two are all there is, as in `pass 3`.
fn number_after(summary: &str, word: &str) -> u64 {
    let mut words = summary.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(first), Some(number), None) if first == word => number.parse().unwrap_or(0),
        _ => 0,
    }
}

/// `line` without the escape sequences that colour it.
fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, sequence)) = rest.split_once("\u{1b}[") {
        plain += before;
        let end = sequence.find(|letter: char| letter.is_ascii_alphabetic());
        rest = end.map_or("", |end| &sequence[end + 1..]);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (u64, u64) {
        let counts = Counts::parse(text);
        (counts.passed, counts.failed)
    }

    #[test]
    fn summaries_of_cargo_test_add_up() {
        let text = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: \u{1b}[31mFAILED\u{1b}[0m. 1 passed; 2 failed; 0 ignored\n";
        assert_eq!(parsed(text), (4, 2));
    }

    #[test]
    fn summaries_of_nextest_are_read() {
        assert_eq!(
            parsed("     Summary [   0.010s] 12 tests run: 12 passed, 1 skipped\n"),
            (12, 0)
        );
        let text = "\u{1b}[31;1m     Summary\u{1b}[0m [   0.010s] \u{1b}[1m4\u{1b}[0m tests run: \
            \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 2 failed, 1 timed out, 0 skipped";
        assert_eq!(parsed(text), (1, 3));
        assert_eq!(parsed("Summary [ 1.2s] 3/4 tests run: 2 passed, 1 failed, 0 skipped"), (2, 1));
    }

    #[test]
    fn summaries_of_node_are_read_in_both_forms() {
        assert_eq!(parsed("# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 0\n"), (3, 2));
        assert_eq!(parsed("ℹ tests 2\nℹ pass 2\nℹ fail 0\n"), (2, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(parsed("# pass the salt 3\nsummary: 5 passed\n3 failed\n"), (0, 0));
    }
}
