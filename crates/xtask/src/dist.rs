//! Assembles the static site from its parts, and finally adds the files for use without a network.

use anyhow::Result;

use crate::context::{Context, Profile};
use crate::module::Output;
use crate::part::Part;
use crate::scripts::Scripts;
use crate::stages::Stages;
use crate::tools::{self, Tools};
use crate::{data, files, offline};

/// Installs the tools, and the data that the site offers.
///
/// # Errors
/// If a tool cannot be installed. Missing MNIST is no error.
pub fn set_up(ctx: &Context, stages: &Stages) -> Result<Tools> {
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    stages.run("data", || {
        if let Err(error) = data::install(ctx) {
            println!("MNIST is not here, so the page trains on drawn digits: {error:#}");
        }
        Ok(())
    })?;
    Ok(tools)
}

/// Builds `parts` into the stage.
///
/// # Errors
/// The error of the first failing part.
pub fn build(
    ctx: &Context,
    tools: &Tools,
    parts: &[Part],
    stages: &Stages,
    output: Output,
) -> Result<()> {
    let build = |part: &Part| stages.run(part.title(), || part.build(ctx, tools, output));
    parts.iter().try_for_each(build)
}

/// Makes a site that consists of the built `parts` alone.
///
/// # Errors
/// If a part is not built, or a file cannot be written.
pub fn assemble(ctx: &Context, scripts: &Scripts, parts: &[Part]) -> Result<()> {
    files::remove_folder(&ctx.dist())?;
    install(ctx, scripts, parts)
}

/// Puts built `parts` into the site, in place of their earlier versions.
///
/// # Errors
/// If a part is not built, or a file cannot be written.
pub fn install(ctx: &Context, scripts: &Scripts, parts: &[Part]) -> Result<()> {
    parts.iter().try_for_each(|part| part.install(ctx, scripts))?;
    match ctx.profile {
        Profile::Shipped => offline::install(ctx, scripts),
        // A service worker's cache would hide newly built files.
        Profile::Development => Ok(()),
    }
}

/// The command `build`: the whole site of `parts`, with a copy of data/ for a static host.
///
/// # Errors
/// The error of the first failing stage.
pub fn build_site(ctx: &Context, parts: &[Part], with_data: bool, stages: &Stages) -> Result<()> {
    let tools = set_up(ctx, stages)?;
    build(ctx, &tools, parts, stages, Output::Shown)?;
    assemble(ctx, tools.scripts(), parts)?;
    if with_data {
        data::install(ctx)?;
        files::replace_folder(&ctx.data(), &ctx.dist().join("data"))?;
    }
    Ok(())
}

/// The command `build` with the names of parts, which are put into the present site.
///
/// # Errors
/// The error of the first failing stage.
pub fn renew(ctx: &Context, parts: &[Part], stages: &Stages) -> Result<()> {
    let tools = stages.run("tools", || tools::ensure(ctx))?;
    build(ctx, &tools, parts, stages, Output::Shown)?;
    install(ctx, tools.scripts(), parts)
}
