//! The progress of a long command, and the time of each of its stages.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;

/// The timed stages of one command; some may run at the same time.
pub struct Stages {
    started: Instant,
    rows: Mutex<Vec<Row>>,
}

struct Row {
    name: String,
    took: Duration,
    ok: bool,
}

impl Stages {
    /// Starts without stages; the total time counts from here.
    pub fn new() -> Self {
        Self { started: Instant::now(), rows: Mutex::default() }
    }

    /// Runs one stage; prints its name before and its time after.
    ///
    /// # Errors
    /// The error of the stage.
    pub fn run<T>(&self, name: &str, stage: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("== {name}");
        let start = Instant::now();
        let outcome = stage();
        let took = start.elapsed();
        let word = if outcome.is_ok() { "done" } else { "FAILED" };
        println!("== {name}: {word} in {}", seconds(took));
        self.rows().push(Row { name: name.to_owned(), took, ok: outcome.is_ok() });
        outcome
    }

    /// The names of the stages that failed.
    pub fn failed(&self) -> Vec<String> {
        let rows = self.rows();
        let failed = rows.iter().filter(|row| !row.ok);
        failed.map(|row| row.name.clone()).collect()
    }

    /// The stages that have ended, in the order of their ends.
    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints all stages with their times.
    pub fn print_table(&self) {
        println!("\n{}", self.table(self.started.elapsed()));
    }

    fn table(&self, total: Duration) -> String {
        let rows = self.rows();
        let names = rows.iter().map(|row| row.name.chars().count());
        let width = names.max().unwrap_or(0).max("total".len());
        let mut table = String::new();
        for row in rows.iter() {
            let word = if row.ok { "" } else { "  FAILED" };
            let took = seconds(row.took);
            table += &format!("  {:width$}  {took:>9}{word}\n", row.name);
        }
        table + &format!("  {:width$}  {:>9}", "total", seconds(total))
    }
}

/// `4.2 s`, or `3 min 05 s` from a hundred seconds on.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 100 {
        return format!("{:.1} s", duration.as_secs_f64());
    }
    format!("{} min {:02} s", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable() {
        assert_eq!(seconds(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_failed_stage_is_marked_and_listed() {
        let stages = Stages::new();
        stages.run("good", || Ok(())).expect("succeeds");
        stages.run("bad one", || -> Result<()> { anyhow::bail!("no") }).expect_err("fails");
        assert_eq!(stages.failed(), ["bad one"]);
        let table = stages.table(Duration::from_secs(1));
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(!lines[0].contains("FAILED") && lines[1].ends_with("FAILED"));
        assert!(lines[2].trim_start().starts_with("total"));
    }
}
