//! Builds the variants of the worker and keeps them ready outside dist/.
//!
//! Cargo alone decides whether code must be compiled again; wasm-bindgen runs only if the module
//! that cargo made is another one than last time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::context::Context;
use crate::files::{self, Stamp};
use crate::process;
use crate::tools::{Tools, WASM_TARGET};

/// One build of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Computes on the processor.
    Cpu,
    /// Computes on the processor, in browsers that multiply and add by one instruction.
    CpuRelaxed,
    /// Computes through WebGPU.
    Gpu,
}

impl Variant {
    /// All, the quicker to build first.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::CpuRelaxed, Self::Gpu];
    /// Those without which a page can be served.
    pub const LATER: [Self; 2] = [Self::CpuRelaxed, Self::Gpu];

    /// The name in paths and in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuRelaxed => "cpu-relaxed",
            Self::Gpu => "gpu",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cpu => "CPU worker",
            Self::CpuRelaxed => "CPU worker, relaxed SIMD",
            Self::Gpu => "GPU worker",
        }
    }

    /// Cargo's profile.
    fn profile(self) -> &'static str {
        match self {
            Self::Cpu | Self::CpuRelaxed => "cpu-worker",
            Self::Gpu => "web",
        }
    }

    /// The crate that is built.
    fn package(self) -> &'static str {
        match self {
            Self::Cpu => "gan-worker-cpu",
            Self::CpuRelaxed => "gan-worker-relaxed",
            Self::Gpu => "gan-worker-gpu",
        }
    }

    /// Cargo's target folder of the variant. The one with WebGPU takes minutes, during which others can be built.
    fn target(self, ctx: &Context) -> PathBuf {
        match self {
            Self::Cpu | Self::CpuRelaxed => ctx.target.clone(),
            Self::Gpu => ctx.target.join("gpu-worker"),
        }
    }
}

/// The file that the page loads, without its extension.
const OUT_NAME: &str = "gan_worker";

/// Where the output of the programs that build goes.
#[derive(Clone, Copy)]
pub enum Output<'path> {
    /// To the terminal.
    Shown,
    /// To a file, behind what it holds.
    Logged(&'path Path),
}

impl Output<'_> {
    fn run(self, command: &mut Command) -> Result<()> {
        match self {
            Self::Shown => process::run(command),
            Self::Logged(log) => process::run_logged(command, log),
        }
    }
}

/// Builds `variant` into the stage, or finds it fresh there.
///
/// # Errors
/// If cargo or wasm-bindgen fails.
pub fn build(ctx: &Context, tools: &Tools, variant: Variant, output: Output) -> Result<()> {
    let target = variant.target(ctx);
    let mut cargo = ctx.cargo();
    cargo.env("CARGO_TARGET_DIR", &target);
    cargo.args(["build", "--package", variant.package(), "--lib"]);
    cargo.args(["--profile", variant.profile(), "--target", WASM_TARGET]);
    output.run(&mut cargo)?;

    let file = format!("{}.wasm", variant.package().replace('-', "_"));
    let module = target.join(WASM_TARGET).join(variant.profile()).join(file);
    bind(tools, &module, &staged(ctx, variant), OUT_NAME, &[], output)
}

/// Makes `module` loadable by browsers, as files named `name` in the folder `staged`, unless they
/// are there already. `more` are options of wasm-bindgen beside those of every module.
///
/// # Errors
/// If the module cannot be read or wasm-bindgen fails.
pub fn bind(
    tools: &Tools,
    module: &Path,
    staged: &Path,
    name: &str,
    more: &[&str],
    output: Output,
) -> Result<()> {
    let hash = files::sha256_hex(&files::read(module)?);
    let options = [WASM_BINDGEN_OPTIONS, more].concat().join(" ");
    let parts = [hash.as_str(), tools.wasm_bindgen_version(), &options, name];
    let stamp = Stamp::new(files::with_suffix(staged, ".stamp"), &parts);
    if stamp.is_fresh() && staged.join(format!("{name}_bg.wasm")).is_file() {
        return Ok(());
    }
    stamp.clear()?;
    files::remove_folder(staged)?;
    let mut bind = tools.wasm_bindgen();
    bind.args(WASM_BINDGEN_OPTIONS).args(more);
    bind.arg("--out-name").arg(name).arg("--out-dir").arg(staged).arg(module);
    output.run(&mut bind)?;
    stamp.write()
}

/// Names of functions and the producers section are of no use to the browser.
const WASM_BINDGEN_OPTIONS: &[&str] =
    &["--target", "web", "--no-typescript", "--remove-name-section", "--remove-producers-section"];

/// The folder in which a finished variant waits.
pub fn staged(ctx: &Context, variant: Variant) -> PathBuf {
    ctx.stage().join("worker").join(variant.name())
}

/// Puts the staged `variant` into `dist_worker`, the site's folder of workers.
///
/// # Errors
/// If it is not staged or cannot be copied.
pub fn install(ctx: &Context, variant: Variant, dist_worker: &Path) -> Result<()> {
    let staged = staged(ctx, variant);
    wasm_bytes(&staged).context("the worker is not built")?;
    files::replace_folder(&staged, &dist_worker.join(variant.name()))
}

/// Whether `variant` lies in `dist_worker`.
pub fn is_ready(dist_worker: &Path, variant: Variant) -> bool {
    wasm_bytes(&dist_worker.join(variant.name())).is_ok()
}

/// Writes `manifest.json`: which variants lie ready in `dist_worker`, and the size of their
/// modules in bytes.
///
/// # Errors
/// If the file cannot be written.
pub fn write_manifest(dist_worker: &Path) -> Result<()> {
    let mut manifest = serde_json::Map::new();
    for variant in Variant::ALL {
        let entry = match wasm_bytes(&dist_worker.join(variant.name())) {
            Ok(bytes) => serde_json::json!({ "ready": true, "bytes": bytes }),
            Err(_) => serde_json::json!({ "ready": false }),
        };
        manifest.insert(variant.name().to_owned(), entry);
    }
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    files::write_whole(&dist_worker.join("manifest.json"), text.as_bytes())
}

/// The size of the module in a variant's folder.
fn wasm_bytes(folder: &Path) -> Result<u64> {
    let path = folder.join(format!("{OUT_NAME}_bg.wasm"));
    let metadata = fs::metadata(&path).with_context(|| format!("no {}", path.display()))?;
    ensure!(metadata.len() > 0, "{} is empty", path.display());
    Ok(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    fn manifest(folder: &Path) -> serde_json::Value {
        write_manifest(folder).expect("written");
        let bytes = files::read(&folder.join("manifest.json")).expect("read");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn the_manifest_tells_what_is_ready() {
        let folder = TempFolder::new();
        let path = folder.path();
        let none = serde_json::json!({
            "cpu": { "ready": false }, "cpu-relaxed": { "ready": false }, "gpu": { "ready": false }
        });
        assert_eq!(manifest(path), none);

        files::write_whole(&path.join("cpu/gan_worker_bg.wasm"), &[0; 7]).expect("written");
        let cpu = serde_json::json!({
            "cpu": { "ready": true, "bytes": 7 },
            "cpu-relaxed": { "ready": false }, "gpu": { "ready": false }
        });
        assert_eq!(manifest(path), cpu);
    }

    #[test]
    fn a_staged_variant_is_installed_and_a_missing_one_refused() {
        let folder = TempFolder::new();
        let root = folder.path();
        let ctx = Context::of_test(root);
        let staged = staged(&ctx, Variant::Cpu);
        files::write_whole(&staged.join("gan_worker_bg.wasm"), b"module").expect("written");
        files::write_whole(&staged.join("gan_worker.js"), b"glue").expect("written");
        let site = root.join("dist/worker");
        install(&ctx, Variant::Cpu, &site).expect("installed");
        assert_eq!(files::read(&site.join("cpu/gan_worker.js")).expect("read"), b"glue");
        install(&ctx, Variant::Gpu, &site).expect_err("not built");
    }
}
