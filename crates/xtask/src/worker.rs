//! The variants of the worker, and their place in the site.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::context::Context;
use crate::files;
use crate::module::Module;
use crate::scripts::Scripts;

/// One build of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// Computes on the processor.
    Cpu,
    /// Computes on the processor, in browsers with relaxed SIMD, which multiply and add in one
    /// instruction.
    CpuRelaxed,
    /// Computes through WebGPU.
    Gpu,
}

/// The name of the files that the page loads.
const NAME: &str = "gan_worker";
/// Hand-written scripts of the workers.
pub const SCRIPTS: &str = "web/worker";

const CPU: Module = Module {
    package: "gan-worker-cpu",
    file: "gan_worker_cpu",
    profile: "cpu-worker",
    name: NAME,
    options: &[],
};
const CPU_RELAXED: Module =
    Module { package: "gan-worker-relaxed", file: "gan_worker_relaxed", ..CPU };
const GPU: Module =
    Module { package: "gan-worker-gpu", file: "gan_worker_gpu", profile: "web", ..CPU };

impl Variant {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::CpuRelaxed, Self::Gpu];

    /// The name in paths and in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuRelaxed => "cpu-relaxed",
            Self::Gpu => "gpu",
        }
    }

    /// The module that is built.
    pub fn module(self) -> &'static Module {
        match self {
            Self::Cpu => &CPU,
            Self::CpuRelaxed => &CPU_RELAXED,
            Self::Gpu => &GPU,
        }
    }
}

/// Puts the staged `variant` and the hand-written scripts into the site, then writes the manifest
/// again.
///
/// # Errors
/// If the variant is not staged, or a file cannot be copied.
pub fn install(ctx: &Context, scripts: &Scripts, variant: Variant) -> Result<()> {
    let site = ctx.dist().join("worker");
    let staged = variant.module().staged(ctx);
    wasm_bytes(&staged).context("the worker is not built")?;
    let folder = site.join(variant.name());
    files::replace_folder(&staged, &folder)?;
    scripts.finish_folder(&folder)?;
    let ready = |variant: &Variant| wasm_bytes(&site.join(variant.name())).is_ok();
    let ready: Vec<Variant> = Variant::ALL.into_iter().filter(ready).collect();
    for script in hand_written(ctx)? {
        let path = site.join(script.file_name().context("a script without a name")?);
        let text = with_builds(&files::read_text(&script)?, &ready)?;
        files::write_whole(&path, text.as_bytes())?;
        scripts.finish(&path)?;
    }
    write_manifest(&site)
}

/// The script with the names of the `ready` builds in its empty list, if it has one.
fn with_builds(script: &str, ready: &[Variant]) -> Result<String> {
    const LIST: &str = "const BUILDS = [];";
    ensure!(script.matches(LIST).count() <= 1, "a script has two lists of builds");
    let names: Vec<&str> = ready.iter().map(|variant| variant.name()).collect();
    let list = format!("const BUILDS = {};", serde_json::to_string(&names)?);
    Ok(script.replace(LIST, &list))
}

/// The hand-written scripts of the workers.
fn hand_written(ctx: &Context) -> Result<Vec<PathBuf>> {
    let mut scripts = files::list(&ctx.root.join(SCRIPTS))?;
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    Ok(scripts)
}

/// Writes `manifest.json`, which says for each variant whether it is in `site`, and the size of its
/// module in bytes.
fn write_manifest(site: &Path) -> Result<()> {
    let mut manifest = serde_json::Map::new();
    for variant in Variant::ALL {
        let entry = match wasm_bytes(&site.join(variant.name())) {
            Ok(bytes) => serde_json::json!({ "ready": true, "bytes": bytes }),
            Err(_) => serde_json::json!({ "ready": false }),
        };
        manifest.insert(variant.name().to_owned(), entry);
    }
    let text = serde_json::to_string_pretty(&manifest)? + "\n";
    files::write_whole(&site.join("manifest.json"), text.as_bytes())
}

/// The size of the module in a variant's folder.
fn wasm_bytes(folder: &Path) -> Result<u64> {
    let path = folder.join(CPU.wasm_file());
    let metadata = fs::metadata(&path).with_context(|| format!("no {}", path.display()))?;
    ensure!(metadata.len() > 0, "{} is empty", path.display());
    Ok(metadata.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn the_site_gets_a_staged_variant_and_says_what_is_ready() {
        let folder = TempFolder::new();
        let ctx = Context::of_test(folder.path());
        let staged = CPU.staged(&ctx);
        for (path, text) in [
            (staged.join("gan_worker_bg.wasm"), "module"),
            (staged.join("gan_worker.js"), "glue"),
            (folder.path().join("web/worker/entry.js"), "const BUILDS = [];"),
        ] {
            files::write_whole(&path, text.as_bytes()).expect("written");
        }
        install(&ctx, &Scripts::AsTheyAre, Variant::Gpu).expect_err("not built");
        install(&ctx, &Scripts::AsTheyAre, Variant::Cpu).expect("installed");
        let site = folder.path().join("dist/worker");
        let read = |path: &str| files::read_text(&site.join(path)).expect(path);
        assert_eq!(read("cpu/gan_worker.js"), "glue");
        assert_eq!(read("entry.js"), r#"const BUILDS = ["cpu"];"#);
        let manifest: serde_json::Value =
            serde_json::from_str(&read("manifest.json")).expect("JSON");
        let expected = serde_json::json!({
            "cpu": { "ready": true, "bytes": 6 },
            "cpu-relaxed": { "ready": false }, "gpu": { "ready": false }
        });
        assert_eq!(manifest, expected);
    }

    #[test]
    fn the_workers_script_is_told_of_the_builds() {
        let entry = crate::context::root().join(SCRIPTS).join("entry.js");
        let script = files::read_text(&entry).expect("the script");
        let told = with_builds(&script, &[Variant::Cpu, Variant::CpuRelaxed]).expect("one list");
        assert!(told.contains(r#"const BUILDS = ["cpu","cpu-relaxed"];"#), "{told}");
        let twice = script.repeat(2);
        with_builds(&twice, &[]).expect_err("two lists");
    }
}
