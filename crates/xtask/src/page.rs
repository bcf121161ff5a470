//! Builds the page with trunk, which writes it to dist/ after emptying that folder.

use anyhow::{Result, ensure};

use crate::context::Context;
use crate::tools::Tools;
use crate::{files, module, process};

/// Builds the page. What else the site needs must be installed afterwards.
///
/// # Errors
/// If trunk fails, or there is no page to build.
pub fn build(ctx: &Context, tools: &Tools) -> Result<()> {
    let index = ctx.root.join("index.html");
    ensure!(index.is_file(), "there is no {}", index.display());
    let mut trunk = tools.trunk()?;
    trunk.current_dir(&ctx.root);
    trunk.env("CARGO_TARGET_DIR", &ctx.target);
    trunk.args(["build", "--release", "--cargo-profile", "web"]);
    // Trunk refuses the value that the convention gives this variable.
    trunk.env_remove("NO_COLOR");
    process::run(&mut trunk)?;
    strip_module(ctx)
}

/// Trunk leaves names of functions in the module, which are a few kilobytes of every visit.
fn strip_module(ctx: &Context) -> Result<()> {
    for path in files::list(&ctx.dist())? {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            files::write_whole(&path, &module::stripped(&files::read(&path)?)?)?;
        }
    }
    Ok(())
}
