//! The command `test`: native tests, WebAssembly tests in a browser, tests of the built page, the
//! programs of `gan code`, and where they are asked for tests on a graphics processor.
//!
//! Nothing is skipped: what a group needs and cannot get is a failure of that group. One exception is
//! said in a line of its own: PyTorch is not installed unasked, and without it programs are not run
//! unless that group is named.

use std::sync::OnceLock;

use anyhow::{Result, ensure};

use crate::browser::{self, Browser};
use crate::context::Context;
use crate::counts::Counts;
use crate::dist;
use crate::files;
use crate::packages;
use crate::part::Part;
use crate::python;
use crate::server;
use crate::site::Site;
use crate::stages::Stages;
use crate::test_program::TestProgram;
use crate::tools::{self, WASM_TARGET};
use crate::vulkan;

/// The groups of tests to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups {
    native: bool,
    wasm: bool,
    e2e: bool,
    gpu: bool,
    python: Programs,
}

/// When the programs of `gan code` are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Programs {
    Never,
    /// If there is a Python that has PyTorch.
    WherePossible,
    Always,
}

impl Groups {
    /// The groups that must pass before a change is merged. Those on a graphics processor compile
    /// Burn for it, which takes longer than all the rest.
    pub const MERGING: Self =
        Self { native: true, wasm: true, e2e: true, gpu: false, python: Programs::WherePossible };

    /// The named groups; [`Self::MERGING`] if none is named.
    pub fn chosen(native: bool, wasm: bool, e2e: bool, gpu: bool, python: bool) -> Self {
        if native || wasm || e2e || gpu || python {
            let python = if python { Programs::Always } else { Programs::Never };
            return Self { native, wasm, e2e, gpu, python };
        }
        Self::MERGING
    }
}

/// The packages with WebAssembly tests, each with the features to test it with.
const WASM_PACKAGES: [(&str, &str); 1] = [("gan-worker", "cpu")];

/// How a group ended. A group that failed without a failed test, by not compiling for example,
/// counts as one failure.
struct Outcome {
    name: &'static str,
    counts: Counts,
    error: Option<anyhow::Error>,
}

/// The command `test`.
///
/// # Errors
/// If anything failed.
pub fn run(ctx: &Context, groups: Groups) -> Result<()> {
    let mut stages = Stages::new();
    let counts = run_groups(ctx, groups, &mut stages);
    stages.print_table();
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    ensure!(counts.failed == 0, "tests failed");
    Ok(())
}

/// Runs the groups, prints a line on each, and gives the sum.
pub fn run_groups(ctx: &Context, groups: Groups, stages: &mut Stages) -> Counts {
    type Group = (bool, &'static str, fn(&Context, &mut Counts) -> Result<()>);
    let missing = match groups.python {
        Programs::WherePossible => python::find().err(),
        Programs::Never | Programs::Always => None,
    };
    let programs = groups.python != Programs::Never && missing.is_none();
    let table: [Group; 7] = [
        (groups.native, "native tests", native),
        (groups.wasm, "WebAssembly tests", wasm),
        (groups.e2e, "end-to-end tests", e2e),
        (groups.e2e, "smoke tests in Firefox", |ctx, counts| smoke(ctx, &browser::FIREFOX, counts)),
        (groups.e2e, "smoke tests in WebKit", |ctx, counts| smoke(ctx, &browser::WEBKIT, counts)),
        (groups.gpu, "tests on a graphics processor", gpu),
        (programs, "tests of PyTorch programs", run_programs),
    ];
    let mut outcomes = Vec::new();
    for (_, name, group) in table.into_iter().filter(|(chosen, ..)| *chosen) {
        let mut counts = Counts::default();
        let mut error = stages.run(name, || group(ctx, &mut counts)).err();
        if error.is_none() && counts.failed > 0 {
            error = Some(anyhow::anyhow!("some tests failed"));
        }
        if error.is_some() && counts.failed == 0 {
            counts.failed = 1;
        }
        outcomes.push(Outcome { name, counts, error });
    }
    println!();
    let mut sum = Counts::default();
    for outcome in outcomes {
        let Counts { passed, failed } = outcome.counts;
        let reason = outcome.error.map(|error| format!(" ({error:#})"));
        println!("{}: {passed} ok, {failed} not{}", outcome.name, reason.unwrap_or_default());
        sum += outcome.counts;
    }
    if let Some(reason) = missing {
        println!("tests of PyTorch programs: not run ({reason:#})");
    }
    sum
}

fn native(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let tests = TestProgram::native(ctx).run_some(counts);
    // The examples in the documentation; that there are none is no failure.
    let mut examples = TestProgram::cargo_test(ctx);
    examples.command.arg("--doc");
    let examples = examples.run(counts);
    tests.and(examples)
}

/// The mathematics on what wgpu finds: a graphics processor, or a driver that does without one.
fn gpu(ctx: &Context, counts: &mut Counts) -> Result<()> {
    vulkan::ensure()?;
    let mut tests = TestProgram::native(ctx);
    tests.command.args(["--package", "gan-core", "--features", "gpu"]);
    tests.command.env("GAN_TEST_DEVICE", "gpu");
    tests.run_some(counts)
}

/// The tests in the files `python.rs`, which are ignored elsewhere.
fn run_programs(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let python = python::find()?;
    let mut tests = TestProgram::cargo_test(ctx);
    // Of all crates, so that nothing is compiled with other features than for the native tests.
    tests.command.args(["--test", "python", "--", "--ignored"]);
    tests.command.env("PYTHON", python);
    tests.run_some(counts)
}

fn wasm(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let tools = tools::ensure(ctx)?;
    let browser = browser::CHROMIUM.ensure()?;
    let capabilities = ctx.stage().join("webdriver.json");
    browser.write_capabilities(&capabilities)?;
    for (package, features) in WASM_PACKAGES {
        let mut tests = TestProgram::cargo_test(ctx);
        let cargo = &mut tests.command;
        cargo.args(["--tests", "--target", WASM_TARGET, "--package", package]);
        cargo.args(["--no-default-features", "--features", features]);
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools.test_runner());
        browser.name_to(cargo);
        cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
        cargo.env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
        cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
        tests.run_some(counts)?;
    }
    Ok(())
}

/// The folder of the end-to-end tests, and that of their smoke part, which every browser must pass.
const E2E: &str = "tests/e2e";
const SMOKE: &str = "smoke";

/// All tests of the page, the smoke part among them, in Chromium.
fn e2e(ctx: &Context, counts: &mut Counts) -> Result<()> {
    node_tests(ctx, &browser::CHROMIUM)?.run_some(counts)
}

/// The smoke part in another browser.
fn smoke(ctx: &Context, browser: &Browser, counts: &mut Counts) -> Result<()> {
    let mut node = node_tests(ctx, browser)?;
    let mut tests = files::list(&ctx.root.join(E2E).join(SMOKE))?;
    tests.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    node.command.args(tests);
    node.run_some(counts)
}

/// One file at a time: the pages under test compute, and timing matters to some of them.
fn node_tests(ctx: &Context, browser: &Browser) -> Result<TestProgram> {
    let found = browser.ensure()?;
    let address = site(ctx)?;
    let mut tests = TestProgram::node(ctx);
    let node = &mut tests.command;
    node.current_dir(ctx.root.join(E2E));
    node.arg("--test-concurrency=1");
    node.env("GAN_URL", address);
    node.env("GAN_BROWSER", browser.name);
    found.name_to(node);
    Ok(tests)
}

/// The address of the site, which the first group that needs it builds and serves.
fn site(ctx: &Context) -> Result<&'static str> {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    if let Some(address) = ADDRESS.get() {
        return Ok(address);
    }
    dist::build_site(ctx, &Part::ALL, false, &mut Stages::new())?;
    for folder in [E2E, "tests/bundlers"] {
        packages::install_node(&ctx.root.join(folder))?;
    }
    let address = server::start(server::listen(0)?, Site::new(ctx))?;
    Ok(ADDRESS.get_or_init(|| address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naming_no_group_means_all_that_merging_needs() {
        assert_eq!(Groups::chosen(false, false, false, false, false), Groups::MERGING);
        let gpu = Groups::chosen(false, false, false, true, false);
        assert!(gpu.gpu && !gpu.wasm && !gpu.native && !gpu.e2e);
        assert_eq!(gpu.python, Programs::Never);
        let python = Groups::chosen(false, false, false, false, true);
        assert!(!python.gpu && !python.native && python.python == Programs::Always);
    }
}
