//! The command `bench`: our training step beside those of other engines, in one run.
//!
//! The measurements are defined in `tests/bench`. This module builds the programs that they need
//! and starts them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::context::Context;
use crate::part::Part;
use crate::server;
use crate::site::Site;
use crate::stages::Stages;
use crate::tools::WASM_TARGET;
use crate::{browser, dist, packages, process};

/// The options of `bench`.
pub struct Wanted {
    /// Fewer repetitions.
    pub quick: bool,
    /// The file for the rows, as JSON.
    pub json: Option<PathBuf>,
    /// The nets to time, with commas between them; `None` for all.
    pub nets: Option<String>,
    /// The engines to time, with commas between them; `None` for all.
    pub engines: Option<String>,
    /// Whether our native program is built for a graphics processor.
    pub native_gpu: bool,
    /// The Python interpreter, which may have PyTorch.
    pub python: String,
}

impl Wanted {
    fn wants(&self, engine: &str) -> bool {
        self.engines.as_ref().is_none_or(|list| list.split(',').any(|name| name == engine))
    }
}

/// Builds everything, times it and prints the table.
///
/// # Errors
/// If something cannot be built or started. An engine that fails is reported and left out.
pub fn run(ctx: &Context, wanted: &Wanted) -> Result<()> {
    if process::on_path("node").is_none() {
        bail!("node is missing: install Node.js with npm");
    }
    let browser = browser::CHROMIUM.ensure()?;
    let mut parts = Part::ALL.to_vec();
    parts.retain(|part| *part != Part::GpuWorker || wanted.wants("gpu"));
    let stages = Stages::new();
    dist::build_site(ctx, &parts, false, &stages)?;
    let folder = ctx.root.join("tests/bench");
    stages.run("packages", || packages::install_node(&folder))?;
    let built = ctx.target.join("bench");
    stages.run("peaks", || build_peaks(&folder.join("peak"), &built))?;
    let gan = stages.run("native program", || build_gan(ctx, wanted.native_gpu))?;
    let address = server::start(server::listen(0)?, Site::new(ctx))?;

    let mut node = Command::new("node");
    // Node keeps the caller's working directory: paths on the command line are relative to it.
    node.arg(folder.join("run.mjs"));
    browser.name_to(&mut node);
    node.args(["--site", &address, "--python", &wanted.python]);
    node.arg("--built").arg(&built).arg("--gan").arg(&gan);
    for (name, value) in [("--nets", &wanted.nets), ("--engines", &wanted.engines)] {
        if let Some(value) = value {
            node.args([name, value]);
        }
    }
    if let Some(path) = &wanted.json {
        node.arg("--json").arg(path);
    }
    if wanted.quick {
        node.arg("--quick");
    }
    if wanted.native_gpu {
        node.arg("--native-gpu");
    }
    process::run(&mut node)
}

/// Compiles the programs and modules that measure the peak of one core.
fn build_peaks(sources: &Path, built: &Path) -> Result<()> {
    std::fs::create_dir_all(built)?;
    let compile = |source: &str, name: &str, options: &[&str]| {
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition", "2024", "-O"]).args(options);
        rustc.arg(sources.join(source)).arg("-o").arg(built.join(name));
        process::run(&mut rustc)
    };
    compile("native.rs", &format!("peak{}", env::consts::EXE_SUFFIX), &[])?;
    for (name, features) in [("simd", "+simd128"), ("relaxed", "+simd128,+relaxed-simd")] {
        let features = format!("target-feature={features}");
        let module = ["--crate-type", "cdylib", "--target", WASM_TARGET, "-C", "panic=abort", "-C"];
        let options = [&module[..], &[features.as_str()]].concat();
        compile("wasm.rs", &format!("{name}.wasm"), &options)?;
    }
    Ok(())
}

/// Builds the program `gan`, optimised.
fn build_gan(ctx: &Context, gpu: bool) -> Result<PathBuf> {
    let mut cargo = ctx.cargo();
    cargo.args(["build", "--release", "--package", "gan-cli"]);
    if gpu {
        cargo.args(["--features", "gpu"]);
    }
    process::run(&mut cargo)?;
    Ok(ctx.target.join("release").join(format!("gan{}", env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naming_no_engine_wants_all() {
        let wanted = |engines: Option<&str>| Wanted {
            quick: true,
            json: None,
            nets: None,
            engines: engines.map(str::to_owned),
            native_gpu: false,
            python: String::new(),
        };
        assert!(wanted(None).wants("gpu"));
        assert!(wanted(Some("cpu,gpu")).wants("gpu"));
        assert!(!wanted(Some("tfjs-webgpu")).wants("gpu"));
    }
}
