//! Defines the module of the sampler widget, and puts the widget's package, its demo post and the
//! pretrained generators into the site.

use std::path::Path;

use anyhow::Result;

use crate::context::{Context, Profile};
use crate::files;
use crate::module::Module;
use crate::scripts::Scripts;

/// The module.
pub const MODULE: Module = Module {
    package: "gan-widget",
    file: "gan_widget",
    profile: "web",
    name: "gan_widget",
    // After a trap the page goes on with a new instance of the same module. Importing the glue
    // again under another address would also give one, but bundlers do not follow such an address.
    options: &["--experimental-reset-state-function"],
};

/// The package's hand-written files.
pub const PACKAGE: &str = "web/widget";
/// The module's folder in the package, from which `npm pack` takes it.
const MODULE_FOLDER: &str = "web/widget/wasm";
/// A demo post that embeds the widget.
pub const POST: &str = "web/embed";
/// Pretrained generators for the widget.
pub const GENERATORS: &str = "web/pretrained";

/// Puts the package with its staged module into the site, its scripts joined. A build for publication
/// also puts the module into the package, whose scripts stay as they are.
///
/// # Errors
/// If a file cannot be read or written.
pub fn install(ctx: &Context, scripts: &Scripts) -> Result<()> {
    if ctx.profile == Profile::Shipped {
        files::replace_folder(&MODULE.staged(ctx), &ctx.root.join(MODULE_FOLDER))?;
    }
    let (package, site) = (ctx.root.join(PACKAGE), ctx.dist().join("widget"));
    let element = site.join("element");
    files::remove_folder(&site)?;
    copy(&package, &site, &["js"])?;
    copy(&package.join("element"), &element, &["js"])?;
    copy(&MODULE.staged(ctx), &site.join("wasm"), &["js", "wasm"])?;
    let post = ctx.dist().join("embed");
    copy(&ctx.root.join(POST), &post, &["html", "css", "js", "png"])?;
    scripts.finish_folder(&post)?;
    scripts.join(&site.join("gan-sampler.js"), &element, &site.join("wasm"))?;
    scripts.finish_folder(&site.join("wasm"))?;
    copy(&ctx.root.join(GENERATORS), &ctx.dist().join("pretrained"), &["safetensors"])
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
            (MODULE.staged(&ctx).join("gan_widget_bg.wasm"), "module"),
            (root.join("web/widget/gan-sampler.js"), "element"),
            (root.join("web/widget/README.md"), "not served"),
            (root.join("web/widget/element/words.js"), "words"),
            (root.join("web/embed/index.html"), "post"),
            (root.join("web/pretrained/digits.safetensors"), "weights"),
        ] {
            files::write_whole(&path, text.as_bytes()).expect("written");
        }
        install(&ctx, &Scripts::AsTheyAre).expect("installed");
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

    /// Programs that make pages of Markdown read a tag over several lines as text, or break it.
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

    /// Whether each tag that begins in `line` also ends there, and each tag that ends there begins
    /// there.
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
