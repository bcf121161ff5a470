//! The command `bench`: a training step of ours beside those of other engines, in one run.
//!
//! What is timed, and how, is in `tests/bench`; this builds what it needs and starts it.

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

/// What is to be timed, and what becomes of it.
pub struct Wanted {
    /// Fewer goes.
    pub quick: bool,
    /// Where the rows go.
    pub json: Option<PathBuf>,
    /// Nets, with commas between them; all of them otherwise.
    pub nets: Option<String>,
    /// Engines, likewise.
    pub engines: Option<String>,
    /// Whether our native program is built for a graphics processor.
    pub native_gpu: bool,
    /// The Python that may have PyTorch.
    pub python: String,
}

impl Wanted {
    fn wants(&self, engine: &str) -> bool {
        self.engines.as_ref().is_none_or(|list| list.split(',').any(|name| name == engine))
    }
}

/// Builds everything, times it, prints the table.
///
/// # Errors
/// If something cannot be built or started. An engine that fails is told, and left out.
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
    // What the command line names is seen from where it was typed.
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

/// The programs and modules that measure what one core can do.
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

/// The program `gan`, optimised.
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
