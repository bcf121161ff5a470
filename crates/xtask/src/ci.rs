//! The command `ci`: formatting, lints, documentation, tests and budgets. It reports every failure,
//! not only the first.

use std::process::Command;
use std::thread;

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

/// The check of the lock file comes first, since any other command could change the file.
const LOCK_FILE: CargoStage = CargoStage {
    name: "lock file",
    arguments: &["tree", "--locked", "--quiet", "--workspace", "--depth", "0"],
};

/// Crates that are checked together share the features of their dependencies. Each group therefore
/// holds only crates with the same needs, so that none hides a feature that another lacks. Their
/// dependencies are checked with them.
const CHECKS: [CargoStage; 9] = [
    CargoStage { name: "formatting", arguments: &["fmt", "--all", "--check"] },
    CargoStage {
        name: "clippy, native",
        arguments: &["clippy", "--all-targets", "--", "--deny", "warnings"],
    },
    CargoStage {
        name: "clippy, page and lab",
        arguments: clippy_wasm!("--package", "gan-app", "--package", "gan-lab"),
    },
    CargoStage {
        name: "clippy, widget and inspector",
        arguments: clippy_wasm!("--package", "gan-widget", "--package", "gan-inspector"),
    },
    CargoStage {
        name: "clippy, reader and importer",
        arguments: clippy_wasm!("--package", "gan-reader", "--package", "gan-importer"),
    },
    CargoStage {
        name: "clippy, CPU worker",
        arguments: clippy_wasm!(
            "--package",
            "gan-worker-cpu",
            "--package",
            "gan-worker",
            "--all-targets"
        ),
    },
    CargoStage {
        name: "clippy, CPU worker, relaxed SIMD",
        arguments: clippy_wasm!("--package", "gan-worker-relaxed"),
    },
    CargoStage {
        name: "clippy, GPU worker",
        arguments: clippy_wasm!("--package", "gan-worker-gpu"),
    },
    CargoStage {
        name: "documentation",
        arguments: &["doc", "--no-deps", "--document-private-items"],
    },
];

/// The command `ci`. The site and the browser tests are built, and the site is weighed, beside the checks and the native
/// tests, because each of the two leaves a core idle now and then, while it links. The browser
/// tests run alone.
///
/// # Errors
/// If any stage failed; all stages run nevertheless.
pub fn run() -> Result<()> {
    let ctx = Context::new()?;
    let stages = Stages::new();
    let mut outcomes = test::Outcomes::default();
    // Clippy for the browser needs the compilation target.
    let mut failures = report(stages.run("target", || tools::ensure_target(&ctx.root)));
    let check = |check: &CargoStage| {
        report(stages.run(check.name, || process::run(&mut command(&ctx, check))))
    };
    failures += check(&LOCK_FILE);
    thread::scope(|scope| {
        let prepared = scope.spawn(|| {
            report(test::prepare_browsers(&ctx, &stages))
                + report(stages.run("sizes", || size::check(&ctx)))
        });
        failures += CHECKS.iter().map(check).sum::<u64>();
        outcomes.run(&ctx, Groups::NATIVE, &stages);
        failures += prepared.join().unwrap_or(1);
    });
    outcomes.run(&ctx, Groups::IN_BROWSERS, &stages);

    let mut counts = outcomes.print();
    stages.print_table();
    let failed = stages.failed().join(", ");
    if !failed.is_empty() {
        println!("\nfailed stages: {failed}");
    }
    // A failed check counts as a failed test, so that the last line alone shows whether everything
    // passed.
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

/// Prints why a stage failed. Returns the count of failures, 0 or 1.
fn report(outcome: Result<()>) -> u64 {
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("error: {error:#}");
            1
        }
    }
}
