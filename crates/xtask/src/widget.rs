//! Builds the module of the sampler widget and puts the widget's package, its demo post and the
//! pretrained generators into the site.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::context::Context;
use crate::files;
use crate::process;
use crate::script;
use crate::tools::{Tools, WASM_TARGET};
use crate::worker::{Output, bind};

/// Where the package keeps what is built; `npm pack` takes it from there.
const MODULE_FOLDER: &str = "web/widget/wasm";

/// The page goes on after a trap with a new instance of the same module. Another import of the glue would
/// give one as well, but by an address that bundlers do not follow.
const WASM_BINDGEN_OPTIONS: [&str; 1] = ["--experimental-reset-state-function"];

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
    bind(tools, &module, &staged(ctx), "gan_widget", &WASM_BINDGEN_OPTIONS, Output::Shown)?;
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

/// Copies the files of a folder that have one of the extensions, scripts without their comments.
fn copy(from: &Path, to: &Path, extensions: &[&str]) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if let (Some(name), true) =
            (path.file_name(), extensions.contains(&extension.unwrap_or("")))
        {
            let mut content = files::read(&path)?;
            if extension == Some("js") {
                content = script::without_comments(&String::from_utf8(content)?).into_bytes();
            }
            files::write_whole(&to.join(name), &content)?;
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
        let root = folder.path();
        let ctx = Context::of_test(root);
        for (path, text) in [
            (staged(&ctx).join("gan_widget_bg.wasm"), "module"),
            (root.join("web/widget/gan-sampler.js"), "// comment\nelement"),
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

    /// Engines that make pages of Markdown take a tag that goes over several lines for text, or break it.
    #[test]
    fn no_tag_of_the_post_or_of_the_examples_goes_over_several_lines() {
        let root = crate::context::root();
        let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
        let post = read("web/embed/index.html");
        let readme = read("web/widget/README.md");
        let mut examples = readme.split("```html\n").skip(1).peekable();
        assert!(examples.peek().is_some(), "an example in HTML");
        let examples = examples.map(|rest| rest.split("```").next().unwrap_or_default());
        for text in examples.chain([post.as_str()]) {
            assert!(text.contains("<gan-sampler "), "{text}");
            for line in text.lines() {
                assert!(has_whole_tags(line), "a tag goes over several lines: {line}");
            }
        }
        assert!(!has_whole_tags("<gan-sampler") && !has_whole_tags("controls>"));
    }

    /// Whether each tag that begins in `line` ends there, and the other way round.
    fn has_whole_tags(line: &str) -> bool {
        let mut is_open = false;
        for letter in line.chars() {
            match (letter, is_open) {
                ('<', true) | ('>', false) => return false,
                ('<', false) => is_open = true,
                ('>', true) => is_open = false,
                _ => {}
            }
        }
        !is_open
    }
}
