//! The command `ci`: formatting, lints, documentation, tests and budgets, all of them reported.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::context::Context;
use crate::stages::Stages;
use crate::test::{self, Groups};
use crate::tools::WASM_TARGET;
use crate::{process, size, tools};

/// A stage that runs cargo with these arguments.
struct CargoStage {
    name: &'static str,
    arguments: &'static [&'static str],
}

/// Arguments of cargo clippy for the crates that exist for the browser alone.
macro_rules! clippy_wasm {
    ($($argument:literal),+) => {
        &["clippy", "--target", WASM_TARGET, $($argument),+, "--", "--deny", "warnings"]
    };
}

const CHECKS: [CargoStage; 12] = [
    CargoStage {
        name: "lock file",
        arguments: &["tree", "--locked", "--quiet", "--workspace", "--depth", "0"],
    },
    CargoStage { name: "formatting", arguments: &["fmt", "--all", "--check"] },
    CargoStage {
        name: "clippy, native",
        arguments: &["clippy", "--all-targets", "--", "--deny", "warnings"],
    },
    CargoStage { name: "clippy, page", arguments: clippy_wasm!("--package", "gan-app") },
    CargoStage { name: "clippy, widget", arguments: clippy_wasm!("--package", "gan-widget") },
    CargoStage { name: "clippy, inspector", arguments: clippy_wasm!("--package", "gan-inspector") },
    CargoStage { name: "clippy, reader", arguments: clippy_wasm!("--package", "gan-reader") },
    CargoStage { name: "clippy, lab", arguments: clippy_wasm!("--package", "gan-lab") },
    CargoStage {
        name: "clippy, CPU worker",
        arguments: clippy_wasm!("--package", "gan-worker", "--all-targets"),
    },
    CargoStage {
        name: "clippy, CPU worker, relaxed SIMD",
        arguments: clippy_wasm!("--package", "gan-worker-relaxed"),
    },
    CargoStage {
        name: "clippy, GPU worker",
        arguments: clippy_wasm!(
            "--package",
            "gan-worker",
            "--no-default-features",
            "--features",
            "gpu"
        ),
    },
    CargoStage {
        name: "documentation",
        arguments: &["doc", "--no-deps", "--document-private-items"],
    },
];

/// The command `ci`.
///
/// # Errors
/// If any stage failed; all are run nevertheless.
pub fn run() -> Result<()> {
    let ctx = Context::new()?;
    let mut stages = Stages::new();
    let mut failures = 0;
    // Clippy for the browser needs the target that the tools' stage installs.
    let outcome = stages.run("tools", || tools::ensure(&ctx).map(drop));
    failures += report(outcome);
    for check in &CHECKS {
        let outcome = stages.run(check.name, || process::run(&mut command(&ctx, check)));
        failures += report(outcome);
    }
    let mut counts = test::run_groups(&ctx, Groups::MERGING, &mut stages);
    let outcome = stages.run("sizes", || size::check(&ctx));
    failures += report(outcome);

    stages.print_table();
    let failed = stages.failed().join(", ");
    if !failed.is_empty() {
        println!("\nfailed stages: {failed}");
    }
    // A check that failed counts as a test that did, so that the last line is never green alone.
    counts.failed += failures;
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    ensure!(counts.failed == 0, "ci failed");
    Ok(())
}

fn command(ctx: &Context, check: &CargoStage) -> Command {
    let mut cargo = ctx.cargo();
    cargo.args(check.arguments);
    cargo.env("RUSTDOCFLAGS", "--deny warnings");
    cargo
}

/// Prints why a stage failed; the number of failures that is.
fn report(outcome: Result<()>) -> u64 {
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("error: {error:#}");
            1
        }
    }
}
