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

/// The lab's modules: what is seen of it, what looks into nets, and what reads files, in workers of their
/// own.
const MODULES: [(&str, &str); 3] =
    [("gan-lab", "gan_lab"), ("gan-inspector", "gan_inspector"), ("gan-reader", "gan_reader")];

/// Builds the lab's modules into the stage, or finds them fresh there.
fn build(ctx: &Context, tools: &Tools) -> Result<()> {
    for (package, name) in MODULES {
        let mut cargo = ctx.cargo();
        cargo.args(["build", "--package", package, "--lib"]);
        cargo.args(["--profile", "web", "--target", WASM_TARGET]);
        process::run(&mut cargo)?;
        let module = ctx.target.join(WASM_TARGET).join(format!("web/{name}.wasm"));
        bind(tools, &module, &staged(ctx, name), name, &[], Output::Shown)?;
    }
    Ok(())
}

/// Puts the staged lab into the site, with its hand-written files.
fn install(ctx: &Context) -> Result<()> {
    let site = ctx.dist().join("lab");
    files::remove_folder(&site)?;
    for (_, name) in MODULES {
        files::copy_tree(&staged(ctx, name), &site)?;
    }
    for path in files::list(&ctx.root.join("web/lab"))? {
        if let Some(name) = path.file_name() {
            files::write_whole(&site.join(name), &files::read(&path)?)?;
        }
    }
    // Printed sheets that the lessons go with.
    files::replace_folder(&ctx.root.join("web/worksheets"), &ctx.dist().join("worksheets"))
}

fn staged(ctx: &Context, name: &str) -> PathBuf {
    ctx.stage().join("lab").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn the_site_gets_the_module_and_what_was_written_by_hand() {
        let folder = TempFolder::new();
        let root = folder.path();
        let ctx = Context::of_test(root);
        for (_, name) in MODULES {
            let glue = staged(&ctx, name).join(format!("{name}.js"));
            files::write_whole(&glue, b"glue").expect("written");
        }
        files::write_whole(&root.join("web/lab/entry.js"), b"entry").expect("written");
        let sheets = root.join("web/worksheets/index.html");
        files::write_whole(&sheets, b"sheets").expect("written");
        install(&ctx).expect("installed");
        let printed = files::read(&root.join("dist/worksheets/index.html"));
        assert_eq!(printed.expect("there"), b"sheets");
        for (name, text) in [
            ("gan_lab.js", b"glue".as_slice()),
            ("gan_inspector.js", b"glue"),
            ("entry.js", b"entry"),
        ] {
            assert_eq!(files::read(&root.join("dist/lab").join(name)).expect("there"), text);
        }
    }
}
