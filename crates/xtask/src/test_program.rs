//! Programs that run tests, and the reports with the counts of their tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::context::Context;
use crate::counts::{self, Counts};
use crate::{files, process};

/// A program that runs tests.
pub struct TestProgram {
    /// The command, to which more arguments may be added.
    pub command: Command,
    report: Report,
}

/// The source of the counts of tests.
enum Report {
    /// The summaries that cargo test prints.
    Printed,
    /// A file that the program writes, and its reader.
    File(PathBuf, fn(&str) -> Result<Counts>),
}

impl TestProgram {
    /// `cargo test`.
    pub fn cargo_test(ctx: &Context) -> Self {
        let mut command = ctx.cargo();
        command.args(["test", "--no-fail-fast"]);
        Self { command, report: Report::Printed }
    }

    /// All targets of the crates: by `cargo nextest run` if it is installed, otherwise by
    /// `cargo test`.
    pub fn native(ctx: &Context) -> Self {
        let mut query = ctx.cargo();
        query.args(["nextest", "--version"]);
        if process::output(&mut query).is_err() {
            println!("cargo-nextest is not installed: `cargo test` runs one crate's tests a time");
            let mut program = Self::cargo_test(ctx);
            program.command.arg("--all-targets");
            return program;
        }
        let mut command = ctx.cargo();
        command.args(["nextest", "run", "--no-fail-fast"]);
        let report = ctx.target.join("nextest/default/junit.xml");
        Self { command, report: Report::File(report, Counts::of_junit) }
    }

    /// `node --test`.
    pub fn node(ctx: &Context) -> Self {
        let report = ctx.stage().join("node-tests.json");
        let mut command = Command::new("node");
        command.arg("--test").args(counts::node_reporters(&ctx.root, &report));
        Self { command, report: Report::File(report, Counts::of_node) }
    }

    /// Runs the program and adds to `counts`.
    ///
    /// # Errors
    /// Unless the program succeeds and leaves a report.
    pub fn run(&mut self, counts: &mut Counts) -> Result<()> {
        self.run_any(counts).map(drop)
    }

    /// As `run`, but a program without any test is an error, too.
    ///
    /// # Errors
    /// Unless the program succeeds and reports at least one test.
    pub fn run_some(&mut self, counts: &mut Counts) -> Result<()> {
        let found = self.run_any(counts)?;
        ensure!(found != Counts::default(), "`{}` ran no tests", process::line(&self.command));
        Ok(())
    }

    fn run_any(&mut self, counts: &mut Counts) -> Result<Counts> {
        let (succeeded, found) = match &self.report {
            Report::Printed => {
                let (status, printed) = process::run_kept(&mut self.command)?;
                let succeeded = || match status.success() {
                    true => Ok(()),
                    false => bail!("`{}` ended with {status}", process::line(&self.command)),
                };
                (succeeded(), Ok(Counts::of_cargo_test(&printed)))
            }
            Report::File(path, reader) => {
                files::remove_file(path)?;
                let succeeded = process::run(&mut self.command);
                (succeeded, files::read_text(path).and_then(|report| reader(&report)))
            }
        };
        // The tests of a failed program count as well.
        *counts += found.as_ref().copied().unwrap_or_default();
        succeeded.and(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    /// A program that exits with 0, and writes `report` to its file if there is one.
    fn program(folder: &TempFolder, report: Option<&str>) -> TestProgram {
        let path = folder.path().join("report.json");
        let mut command = Command::new("node");
        command.arg("--eval");
        match report {
            Some(_) => command.arg("fs.writeFileSync(process.argv[1], process.argv[2])"),
            None => command.arg(""),
        };
        command.arg(&path).args(report);
        TestProgram { command, report: Report::File(path, Counts::of_node) }
    }

    #[test]
    fn a_program_without_a_report_fails() {
        let folder = TempFolder::new();
        let mut counts = Counts::default();
        let report = r#"{"passed": 2, "failed": 0}"#;
        program(&folder, Some(report)).run_some(&mut counts).expect("a report");
        assert_eq!(counts, Counts { passed: 2, failed: 0 });
        // The report of an earlier run does not count.
        program(&folder, None).run(&mut counts).expect_err("no report");
        assert_eq!(counts, Counts { passed: 2, failed: 0 });
    }

    #[test]
    fn a_program_without_tests_fails_where_some_are_expected() {
        let folder = TempFolder::new();
        let mut counts = Counts::default();
        let report = r#"{"passed": 0, "failed": 0}"#;
        program(&folder, Some(report)).run(&mut counts).expect("a report");
        let error = program(&folder, Some(report)).run_some(&mut counts).expect_err("no tests");
        assert!(error.to_string().contains("ran no tests"), "{error}");
    }

    #[test]
    fn tests_of_a_program_that_fails_count() {
        let folder = TempFolder::new();
        let mut failing = program(&folder, None);
        failing.command = Command::new("node");
        failing.command.args([
            "--eval",
            "fs.writeFileSync(process.argv[1], '{\"passed\": 1, \"failed\": 3}'); process.exit(1)",
        ]);
        failing.command.arg(folder.path().join("report.json"));
        let mut counts = Counts::default();
        failing.run(&mut counts).expect_err("it failed");
        assert_eq!(counts, Counts { passed: 1, failed: 3 });
    }
}
