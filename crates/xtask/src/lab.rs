//! Builds the lab, which the page loads once it works, and keeps it ready outside dist/.

use std::path::PathBuf;

use anyhow::Result;

use crate::context::Context;
use crate::files;
use crate::process;
use crate::tools::{Tools, WASM_TARGET};
use crate::worker::{Output, bind};

/// Builds the lab and puts it into the site.
///
/// # Errors
/// If it cannot be built or installed.
pub fn build_and_install(ctx: &Context, tools: &Tools) -> Result<()> {
    build(ctx, tools)?;
    install(ctx)
}

/// Builds the lab into the stage, or finds it fresh there.
fn build(ctx: &Context, tools: &Tools) -> Result<()> {
    let mut cargo = ctx.cargo();
    cargo.args(["build", "--package", "gan-lab", "--lib"]);
    cargo.args(["--profile", "web", "--target", WASM_TARGET]);
    process::run(&mut cargo)?;
    let module = ctx.target.join(WASM_TARGET).join("web/gan_lab.wasm");
    bind(tools, &module, &staged(ctx), "gan_lab", Output::Shown)
}

/// Puts the staged lab into the site, with its hand-written files.
fn install(ctx: &Context) -> Result<()> {
    let site = ctx.dist().join("lab");
    files::replace_folder(&staged(ctx), &site)?;
    for path in files::list(&ctx.root.join("web/lab"))? {
        if let Some(name) = path.file_name() {
            files::write_whole(&site.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
}

fn staged(ctx: &Context) -> PathBuf {
    ctx.stage().join("lab")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn the_site_gets_the_module_and_what_was_written_by_hand() {
        let folder = TempFolder::new();
        let root = folder.path().to_path_buf();
        let ctx = Context::with_target(root.clone(), root.join("target")).expect("context");
        files::write_whole(&staged(&ctx).join("gan_lab.js"), b"glue").expect("written");
        files::write_whole(&root.join("web/lab/entry.js"), b"entry").expect("written");
        install(&ctx).expect("installed");
        for (name, text) in [("gan_lab.js", b"glue".as_slice()), ("entry.js", b"entry")] {
            assert_eq!(files::read(&root.join("dist/lab").join(name)).expect("there"), text);
        }
    }
}
