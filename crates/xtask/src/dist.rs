//! Puts the static site together in dist/: the page, the workers, their scripts, the manifest, and
//! at last what keeps all of it for use without a network.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::context::Context;
use crate::stages::Stages;
use crate::tools::{self, Tools};
use crate::worker::{self, Output, Variant};
use crate::{data, files, lab, offline, page, widget};

/// What a build of the site holds besides the page and the CPU worker.
#[derive(Clone, Copy)]
pub struct BuildOptions {
    /// The worker with WebGPU.
    pub gpu: bool,
    /// A copy of data/.
    pub with_data: bool,
}

/// Builds the whole site.
///
/// # Errors
/// What the first failing stage says. That MNIST cannot be had is none.
pub fn build(ctx: &Context, options: BuildOptions, stages: &mut Stages) -> Result<()> {
    let tools = build_for_cpu(ctx, stages)?;
    for variant in Variant::LATER {
        if variant != Variant::Gpu || options.gpu {
            stages
                .run(variant.title(), || build_and_install(ctx, &tools, variant, Output::Shown))?;
        }
    }
    if options.with_data {
        data::install(ctx)?;
        files::replace_folder(&ctx.data(), &ctx.dist().join("data"))?;
    }
    Ok(())
}

/// Builds what can be served first: the page and the CPU worker.
///
/// # Errors
/// What the first failing stage says. That MNIST cannot be had is none.
pub fn build_for_cpu(ctx: &Context, stages: &mut Stages) -> Result<Tools> {
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    stages.run("data", || {
        if let Err(error) = data::install(ctx) {
            println!("MNIST is not here, so the page trains on drawn digits: {error:#}");
        }
        Ok(())
    })?;
    stages.run(Variant::Cpu.title(), || worker::build(ctx, &tools, Variant::Cpu, Output::Shown))?;
    stages.run("page", || {
        page::build(ctx, &tools)?;
        install_workers(ctx, &[Variant::Cpu])
    })?;
    stages.run("lab", || lab::build_and_install(ctx, &tools))?;
    stages.run("widget", || widget::build_and_install(ctx, &tools))?;
    offline::install(ctx)?;
    Ok(tools)
}

/// Builds a worker, puts it into the site and says so in the manifest.
///
/// # Errors
/// If it cannot be built or installed.
pub fn build_and_install(
    ctx: &Context,
    tools: &Tools,
    variant: Variant,
    output: Output,
) -> Result<()> {
    worker::build(ctx, tools, variant, output)?;
    install_workers(ctx, &[variant])?;
    offline::install(ctx)
}

/// The command `build-worker`.
///
/// # Errors
/// If the tools or the worker fail.
pub fn build_worker_alone(ctx: &Context, variant: Variant) -> Result<()> {
    let mut stages = Stages::new();
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    stages.run(variant.title(), || build_and_install(ctx, &tools, variant, Output::Shown))
}

/// The command `build-page`: whatever worker was built before is put beside the page again.
///
/// # Errors
/// If the tools or the page fail.
pub fn build_page_alone(ctx: &Context) -> Result<()> {
    let mut stages = Stages::new();
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    stages.run("page", || {
        page::build(ctx, &tools)?;
        let mut ready = Variant::ALL.to_vec();
        ready.retain(|&variant| worker::staged(ctx, variant).is_dir());
        install_workers(ctx, &ready)
    })?;
    stages.run("lab", || lab::build_and_install(ctx, &tools))?;
    stages.run("widget", || widget::build_and_install(ctx, &tools))?;
    offline::install(ctx)
}

/// Puts staged workers and the hand-written scripts into the site, then renews the manifest.
fn install_workers(ctx: &Context, variants: &[Variant]) -> Result<()> {
    let site = ctx.dist().join("worker");
    fs::create_dir_all(&site).with_context(|| format!("cannot make {}", site.display()))?;
    for &variant in variants {
        worker::install(ctx, variant, &site)?;
    }
    let ready: Vec<Variant> =
        Variant::ALL.into_iter().filter(|variant| worker::is_ready(&site, *variant)).collect();
    for script in scripts(ctx)? {
        let name = script.file_name().context("a script without a name")?;
        let text = String::from_utf8(files::read(&script)?)?;
        files::write_whole(&site.join(name), with_builds(&text, &ready)?.as_bytes())?;
    }
    worker::write_manifest(&site)
}

/// The script with the names of the builds that are `ready` in place of its empty list, if it has one.
fn with_builds(script: &str, ready: &[Variant]) -> Result<String> {
    const LIST: &str = "const BUILDS = [];";
    ensure!(script.matches(LIST).count() <= 1, "a script has two lists of builds");
    let names: Vec<&str> = ready.iter().map(|variant| variant.name()).collect();
    let list = format!("const BUILDS = {};", serde_json::to_string(&names)?);
    Ok(script.replace(LIST, &list))
}

/// The hand-written scripts of the workers.
fn scripts(ctx: &Context) -> Result<Vec<PathBuf>> {
    let mut scripts = files::list(&ctx.root.join("web/worker"))?;
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workers_script_is_told_of_the_builds() {
        let ctx = Context::new().expect("this checkout");
        let entry = ctx.root.join("web/worker/entry.js");
        let script = std::fs::read_to_string(entry).expect("the script");
        let told = with_builds(&script, &[Variant::Cpu, Variant::CpuRelaxed]).expect("one list");
        assert!(told.contains(r#"const BUILDS = ["cpu","cpu-relaxed"];"#), "{told}");
        let twice = script.repeat(2);
        with_builds(&twice, &[]).expect_err("two lists");
    }
}
