//! The command `test`: native tests, WebAssembly tests in a browser, tests of the built page, tests
//! of the programs of `gan code`, and on request tests on a graphics processor.
//!
//! No group is skipped: if it needs something that cannot be installed, it fails. The one exception
//! is reported in a line of its own: PyTorch is not installed automatically, and without it the
//! programs of `gan code` are tested only if their group is named.

use std::sync::OnceLock;

use anyhow::{Result, ensure};

use crate::browser::{self, Browser};
use crate::context::Context;
use crate::counts::Counts;
use crate::dist;
use crate::files;
use crate::module::Output;
use crate::packages;
use crate::part::Part;
use crate::process;
use crate::python;
use crate::server;
use crate::site::Site;
use crate::stages::Stages;
use crate::test_program::TestProgram;
use crate::tools::{self, WASM_TARGET};
use crate::vulkan;
use crate::worker::Variant;

/// The groups of tests to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups {
    native: bool,
    wasm: bool,
    e2e: bool,
    gpu: bool,
    python: Programs,
}

/// The condition for tests of the programs of `gan code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Programs {
    Never,
    /// If there is a Python with PyTorch.
    WherePossible,
    Always,
}

impl Groups {
    /// The groups that must pass before a change is merged. The tests on a graphics processor are
    /// not among them: they compile Burn for it, which takes longer than all the rest.
    pub const MERGING: Self =
        Self { native: true, wasm: true, e2e: true, gpu: false, python: Programs::WherePossible };
    /// The groups of [`Self::MERGING`] that need no browser.
    pub const NATIVE: Self = Self { wasm: false, e2e: false, ..Self::MERGING };
    /// The groups of [`Self::MERGING`] that need a browser.
    pub const IN_BROWSERS: Self = Self { native: false, python: Programs::Never, ..Self::MERGING };

    /// The named groups, or [`Self::MERGING`] if none is named.
    pub fn chosen(native: bool, wasm: bool, e2e: bool, gpu: bool, python: bool) -> Self {
        if native || wasm || e2e || gpu || python {
            let python = if python { Programs::Always } else { Programs::Never };
            return Self { native, wasm, e2e, gpu, python };
        }
        Self::MERGING
    }
}

/// The results of the groups.
#[derive(Default)]
pub struct Outcomes {
    ended: Vec<Outcome>,
    /// The reason why optional programs were not tested.
    missing: Option<anyhow::Error>,
}

/// The result of a group. A group that failed without a failed test, for example by not compiling,
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
    let stages = Stages::new();
    let mut outcomes = Outcomes::default();
    outcomes.run(ctx, groups, &stages);
    let counts = outcomes.print();
    stages.print_table();
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    ensure!(counts.failed == 0, "tests failed");
    Ok(())
}

impl Outcomes {
    /// Runs the groups.
    pub fn run(&mut self, ctx: &Context, groups: Groups, stages: &Stages) {
        type Group = (bool, &'static str, fn(&Context, &mut Counts) -> Result<()>);
        let missing = match groups.python {
            Programs::WherePossible => python::find().err(),
            Programs::Never | Programs::Always => None,
        };
        let programs = groups.python != Programs::Never && missing.is_none();
        let table: [Group; 7] = [
            (groups.native, "native tests", native),
            (programs, "tests of PyTorch programs", run_programs),
            (groups.wasm, "WebAssembly tests", wasm),
            (groups.e2e, "end-to-end tests", e2e),
            (groups.e2e, "smoke tests in Firefox", |ctx, counts| {
                smoke(ctx, &browser::FIREFOX, counts)
            }),
            (groups.e2e, "smoke tests in WebKit", |ctx, counts| {
                smoke(ctx, &browser::WEBKIT, counts)
            }),
            (groups.gpu, "tests on a graphics processor", gpu),
        ];
        for (_, name, group) in table.into_iter().filter(|(chosen, ..)| *chosen) {
            let mut counts = Counts::default();
            let mut error = stages.run(name, || group(ctx, &mut counts)).err();
            if error.is_none() && counts.failed > 0 {
                error = Some(anyhow::anyhow!("some tests failed"));
            }
            if error.is_some() && counts.failed == 0 {
                counts.failed = 1;
            }
            self.ended.push(Outcome { name, counts, error });
        }
        self.missing = self.missing.take().or(missing);
    }

    /// Prints a line about each group, and returns the sum.
    pub fn print(&self) -> Counts {
        println!();
        let mut sum = Counts::default();
        for outcome in &self.ended {
            let Counts { passed, failed } = outcome.counts;
            let reason = outcome.error.as_ref().map(|error| format!(" ({error:#})"));
            println!("{}: {passed} ok, {failed} not{}", outcome.name, reason.unwrap_or_default());
            sum += outcome.counts;
        }
        if let Some(reason) = &self.missing {
            println!("tests of PyTorch programs: not run ({reason:#})");
        }
        sum
    }
}

fn native(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let tests = TestProgram::native(ctx).run_some(counts);
    // Next the examples in the documentation, of which there may be none.
    let mut examples = TestProgram::cargo_test(ctx);
    examples.command.arg("--doc");
    let examples = examples.run(counts);
    tests.and(examples)
}

/// Tests of the mathematics on a device that wgpu finds: a graphics processor, or a software
/// driver.
fn gpu(ctx: &Context, counts: &mut Counts) -> Result<()> {
    vulkan::ensure()?;
    let mut tests = TestProgram::native(ctx);
    tests.command.args(["--package", "gan-core", "--features", "gpu"]);
    tests.command.env("GAN_TEST_DEVICE", "gpu");
    tests.run_some(counts)
}

/// Runs the tests in the files `python.rs`, which other groups ignore.
fn run_programs(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let python = python::find()?;
    let mut tests = TestProgram::cargo_test(ctx);
    // The tests of all crates are built, so that no crate is compiled with features other than for
    // the native tests.
    tests.command.args(["--test", "python", "--", "--ignored"]);
    tests.command.env("PYTHON", python);
    tests.run_some(counts)
}

/// Runs the worker's tests, compiled with the profile of the published worker. If the site was
/// built, its crates need no compilation.
fn wasm(ctx: &Context, counts: &mut Counts) -> Result<()> {
    let tools = tools::ensure(ctx)?;
    let browser = browser::CHROMIUM.ensure()?;
    let capabilities = ctx.stage().join("webdriver.json");
    browser.write_capabilities(&capabilities)?;
    let mut tests = wasm_tests(ctx);
    let cargo = &mut tests.command;
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools.test_runner());
    browser.name_to(cargo);
    cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
    cargo.env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    tests.run_some(counts)
}

fn wasm_tests(ctx: &Context) -> TestProgram {
    let mut tests = TestProgram::cargo_test(ctx);
    let worker = Variant::Cpu.module();
    tests.command.args(["--tests", "--package", "gan-worker"]);
    tests.command.args(["--profile", worker.profile, "--target", WASM_TARGET]);
    tests
}

/// Prepares the groups [`Groups::IN_BROWSERS`]: installs browsers and packages, and builds the
/// site and the tests, with cargo's output in a file.
///
/// # Errors
/// If something cannot be installed or built. The groups report the error again, with all output.
pub fn prepare_browsers(ctx: &Context, stages: &Stages) -> Result<()> {
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    stages.run("browsers", || {
        for browser in [browser::CHROMIUM, browser::FIREFOX, browser::WEBKIT] {
            browser.ensure()?;
        }
        install_packages(ctx)
    })?;
    let log = ctx.target.join("site.log");
    files::remove_file(&log)?;
    dist::build(ctx, &tools, &Part::ALL, stages, Output::Logged(&log))?;
    dist::assemble(ctx, tools.scripts(), &Part::ALL)?;
    stages.run("WebAssembly tests, built", || {
        process::run_logged(wasm_tests(ctx).command.arg("--no-run"), &log)
    })
}

/// The folder of the end-to-end tests.
const E2E: &str = "tests/e2e";
/// The subfolder with their smoke part, which must pass in every browser.
const SMOKE: &str = "smoke";

/// Runs all tests of the page, including the smoke part, in Chromium.
fn e2e(ctx: &Context, counts: &mut Counts) -> Result<()> {
    node_tests(ctx, &browser::CHROMIUM)?.run_some(counts)
}

/// Runs the smoke part in another browser.
fn smoke(ctx: &Context, browser: &Browser, counts: &mut Counts) -> Result<()> {
    let mut node = node_tests(ctx, browser)?;
    let mut tests = files::list(&ctx.root.join(E2E).join(SMOKE))?;
    tests.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    node.command.args(tests);
    node.run_some(counts)
}

/// Prepares Node's tests. They run one file at a time, because the pages under test compute and
/// some tests depend on timing.
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

/// Installs the Node packages that the page's tests import.
fn install_packages(ctx: &Context) -> Result<()> {
    [E2E, "tests/bundlers"].iter().try_for_each(|path| packages::install_node(&ctx.root.join(path)))
}

/// The address of the site. The first group that needs the site builds and serves it.
fn site(ctx: &Context) -> Result<&'static str> {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    if let Some(address) = ADDRESS.get() {
        return Ok(address);
    }
    dist::build_site(ctx, &Part::ALL, false, &Stages::new())?;
    install_packages(ctx)?;
    let address = server::start(server::listen(0)?, Site::new(ctx))?;
    Ok(ADDRESS.get_or_init(|| address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_merging_needs_is_native_or_in_browsers() {
        let (native, browsers) = (Groups::NATIVE, Groups::IN_BROWSERS);
        let both = Groups {
            native: native.native,
            python: native.python,
            wasm: browsers.wasm,
            e2e: browsers.e2e,
            gpu: native.gpu || browsers.gpu,
        };
        assert_eq!(both, Groups::MERGING);
    }

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
