//! Counts of passed and failed tests, from the reports of test programs.

use std::ops::AddAssign;
use std::path::Path;

use anyhow::{Context as _, Result};
use roxmltree::Document;
use serde_json::Value;

/// Counts of passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that ran and succeeded.
    pub passed: u64,
    /// Tests that ran and failed.
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// The tests of a report in JUnit's format, as nextest writes it.
    ///
    /// # Errors
    /// If `report` is not XML.
    pub fn of_junit(report: &str) -> Result<Self> {
        let document = Document::parse(report).context("the JUnit report is not XML")?;
        let mut counts = Self::default();
        for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
            let has = |names: &[&str]| {
                case.children().any(|child| names.contains(&child.tag_name().name()))
            };
            if has(&["failure", "error"]) {
                counts.failed += 1;
            } else if !has(&["skipped"]) {
                counts.passed += 1;
            }
        }
        Ok(counts)
    }

    /// The counts in a report that `js/counts.mjs` wrote about Node's tests.
    ///
    /// # Errors
    /// If `report` is not such a report.
    pub fn of_node(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Node's report is not JSON")?;
        let number = |name: &str| {
            report[name].as_u64().with_context(|| format!("Node's report has no count `{name}`"))
        };
        Ok(Self { passed: number("passed")?, failed: number("failed")? })
    }

    /// The sum of all summaries that `cargo test` printed, one per test program. Wasm-bindgen's
    /// runner prints the same format: `test result: ok. 3 passed; 0 failed; 0 ignored`.
    pub fn of_cargo_test(printed: &str) -> Self {
        let mut counts = Self::default();
        for summary in printed.lines().filter_map(|line| line.strip_prefix("test result: ")) {
            let number = |name: &str| -> u64 {
                let counted = summary.split([';', '.']).filter_map(|part| part.strip_suffix(name));
                counted.filter_map(|number| number.trim().parse::<u64>().ok()).sum()
            };
            counts += Self { passed: number("passed"), failed: number("failed") };
        }
        counts
    }
}

/// Options of `node --test`: Node's own report goes to the terminal, the one for
/// [`Counts::of_node`] to the file `report`.
pub fn node_reporters(root: &Path, report: &Path) -> [String; 4] {
    let counts = root.join("crates/xtask/js/counts.mjs");
    [
        "--test-reporter=spec".to_owned(),
        "--test-reporter-destination=stdout".to_owned(),
        format!("--test-reporter={}", counts.display()),
        format!("--test-reporter-destination={}", report.display()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;
    use crate::files::testing::TempFolder;
    use crate::{context, files, process};

    #[test]
    fn tests_of_a_junit_report_are_counted() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nextest-run" tests="4" failures="1" errors="1">
                <testsuite name="a" tests="3">
                    <testcase name="one" classname="a" time="0.1"></testcase>
                    <testcase name="two" classname="a"><failure type="test failure"/></testcase>
                    <testcase name="three"><error type="execution failure"/><system-out/></testcase>
                </testsuite>
                <testsuite name="b" tests="1">
                    <testcase name="one"><system-out>a failure</system-out></testcase>
                    <testcase name="two"><skipped/></testcase>
                </testsuite>
            </testsuites>"#;
        let counts = Counts::of_junit(report).expect("a report");
        assert_eq!(counts, Counts { passed: 2, failed: 2 });
        Counts::of_junit("<testsuites>").expect_err("cut off");
    }

    #[test]
    fn summaries_of_cargo_test_add_up() {
        let printed = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 10 passed; 2 failed; 7 ignored\n\
            5 passed; 5 failed\n";
        assert_eq!(Counts::of_cargo_test(printed), Counts { passed: 13, failed: 2 });
    }

    #[test]
    fn nodes_tests_are_counted_by_the_reporter() {
        const TESTS: &str = r#"
            import { describe, test } from "node:test";
            const fail = () => { throw new Error("as it should"); };
            test("passes", () => {});
            test("fails", fail);
            describe("a suite is no test", () => {
              test("passes", () => {});
              test("is skipped", { skip: true }, fail);
              test("is to be done", { todo: true }, fail);
            });
        "#;
        let folder = TempFolder::new();
        let tests = folder.path().join("some.test.mjs");
        files::write_whole(&tests, TESTS.as_bytes()).expect("written");
        let count = |tests: &Path| {
            let report = folder.path().join("report.json");
            let mut node = Command::new("node");
            node.arg("--test").args(node_reporters(&context::root(), &report)).arg(tests);
            // Node fails, since some tests fail on purpose.
            let _ = process::output(&mut node);
            Counts::of_node(&fs::read_to_string(report).expect("written")).expect("a report")
        };
        assert_eq!(count(&tests), Counts { passed: 2, failed: 1 });
        // A file that cannot be loaded counts as a failed test.
        files::write_whole(&tests, b"throw 1;").expect("written");
        assert_eq!(count(&tests), Counts { passed: 0, failed: 1 });
        Counts::of_node("{}").expect_err("without counts");
    }
}
