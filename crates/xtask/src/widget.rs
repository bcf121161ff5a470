//! Builds the module of the sampler widget and puts the widget's package, its demo post and the
//! pretrained generators into the site.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::context::Context;
use crate::files;
use crate::process;
use crate::tools::{Tools, WASM_TARGET};
use crate::worker::{Output, bind};

/// Where the package keeps what is built; `npm pack` takes it from there.
const MODULE_FOLDER: &str = "web/widget/wasm";

/// Builds the widget and puts it into the site.
///
/// # Errors
/// If it cannot be built or installed.
pub fn build_and_install(ctx: &Context, tools: &Tools) -> Result<()> {
    let mut cargo = ctx.cargo();
    cargo.args(["build", "--package", "gan-widget", "--lib"]);
    cargo.args(["--profile", "web", "--target", WASM_TARGET]);
    process::run(&mut cargo)?;
    let module = ctx.target.join(WASM_TARGET).join("web/gan_widget.wasm");
    bind(tools, &module, &staged(ctx), "gan_widget", Output::Shown)?;
    install(ctx)
}

/// Puts the staged module beside the package's scripts, and all of it into the site.
fn install(ctx: &Context) -> Result<()> {
    files::replace_folder(&staged(ctx), &ctx.root.join(MODULE_FOLDER))?;
    let dist = ctx.dist();
    files::remove_folder(&dist.join("widget"))?;
    for folder in [".", "element", "wasm"] {
        let from = ctx.root.join("web/widget").join(folder);
        copy(&from, &dist.join("widget").join(folder), &["js", "wasm"])?;
    }
    copy(&ctx.root.join("web/embed"), &dist.join("embed"), &["html", "css", "js"])?;
    copy(&ctx.root.join("web/pretrained"), &dist.join("pretrained"), &["safetensors"])
}

/// Copies the files of a folder that have one of the extensions.
fn copy(from: &Path, to: &Path, extensions: &[&str]) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if let (Some(name), true) =
            (path.file_name(), extensions.contains(&extension.unwrap_or("")))
        {
            files::write_whole(&to.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
}

fn staged(ctx: &Context) -> PathBuf {
    ctx.stage().join("widget")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn the_site_gets_the_package_the_post_and_the_generators() {
        let folder = TempFolder::new();
        let root = folder.path().to_path_buf();
        let ctx = Context::with_target(root.clone(), root.join("target")).expect("context");
        for (path, text) in [
            (staged(&ctx).join("gan_widget_bg.wasm"), "module"),
            (root.join("web/widget/gan-sampler.js"), "element"),
            (root.join("web/widget/README.md"), "not served"),
            (root.join("web/widget/element/words.js"), "words"),
            (root.join("web/embed/index.html"), "post"),
            (root.join("web/pretrained/digits.safetensors"), "weights"),
        ] {
            files::write_whole(&path, text.as_bytes()).expect("written");
        }
        install(&ctx).expect("installed");
        for (path, text) in [
            ("widget/gan-sampler.js", "element"),
            ("widget/element/words.js", "words"),
            ("widget/wasm/gan_widget_bg.wasm", "module"),
            ("embed/index.html", "post"),
            ("pretrained/digits.safetensors", "weights"),
        ] {
            let found = files::read(&root.join("dist").join(path)).expect(path);
            assert_eq!(found, text.as_bytes(), "{path}");
        }
        assert!(!root.join("dist/widget/README.md").exists());
        assert!(root.join(MODULE_FOLDER).join("gan_widget_bg.wasm").is_file());
    }
}
