//! The page's own files: its module, its style, and the HTML that names them.
//!
//! Each file's name in the site holds a hash of its content, so that no browser shows an old file with a new one.

use anyhow::{Result, ensure};

use crate::context::{Context, Profile};
use crate::files;
use crate::module::Module;
use crate::script;

/// The module.
pub const MODULE: Module =
    Module { package: "gan-app", file: "gan-app", profile: "web", name: "gan-app", options: &[] };

/// The HTML.
pub const HTML: &str = "index.html";
/// The style.
pub const STYLE: &str = "web/style/page.css";
/// Loads the page anew when another version of it was built; for development alone.
const RELOAD: &str = "crates/xtask/js/reload.js";

/// Scripts within the module's crates, which its glue imports.
const SNIPPETS: &str = "snippets";

/// Puts the staged page into the site, in the place of the one that is there.
///
/// # Errors
/// If a file cannot be read or written, or the HTML does not name one.
pub fn install(ctx: &Context) -> Result<()> {
    let (staged, site) = (MODULE.staged(ctx), ctx.dist());
    let style = ctx.root.join(STYLE);
    let glue = script::without_comments(&files::read_text(&staged.join("gan-app.js"))?);
    let mut html = files::read_text(&ctx.root.join(HTML))?;
    let mut current = Vec::new();
    for (name, content) in [
        ("gan-app.js", glue.into_bytes()),
        ("gan-app_bg.wasm", files::read(&staged.join(MODULE.wasm_file()))?),
        ("page.css", files::read(&style)?),
    ] {
        let hashed = hashed(name, &content);
        ensure!(html.contains(name), "{HTML} does not name {name}");
        html = html.replace(name, &hashed);
        files::write_whole(&site.join(&hashed), &content)?;
        current.push(hashed);
    }
    let snippets = staged.join(SNIPPETS);
    files::remove_folder(&site.join(SNIPPETS))?;
    if snippets.is_dir() {
        files::copy_tree(&snippets, &site.join(SNIPPETS))?;
    }
    if ctx.profile == Profile::Development {
        let reload = files::read_text(&ctx.root.join(RELOAD))?;
        html += &format!("<script type=\"module\">\n{reload}</script>\n");
    }
    files::write_whole(&site.join(HTML), html.as_bytes())?;
    // Those of the version before, which no page asks for any more.
    for path in files::list_folder(&site)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = name.starts_with("gan-app-") || name.starts_with("page-");
        if is_ours && !current.iter().any(|current| *current == name) {
            files::remove_file(&path)?;
        }
    }
    Ok(())
}

/// `gan-app_bg.wasm` with a hash of the file's content: `gan-app-0123456789abcdef_bg.wasm`.
fn hashed(name: &str, content: &[u8]) -> String {
    let hash = &files::sha256_hex(content)[..16];
    let (stem, rest) = name.split_at(name.find(['_', '.']).unwrap_or(name.len()));
    format!("{stem}-{hash}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    fn write(ctx: &Context, glue: &str) {
        for (path, text) in [
            (MODULE.staged(ctx).join("gan-app.js"), glue),
            (MODULE.staged(ctx).join("gan-app_bg.wasm"), "module"),
            (MODULE.staged(ctx).join("snippets/app/inline0.js"), "snippet"),
            (ctx.root.join(STYLE), "style"),
            (ctx.root.join(RELOAD), "watch();\n"),
        ] {
            files::write_whole(&path, text.as_bytes()).expect("written");
        }
        let html = files::read(&crate::context::root().join(HTML)).expect("the page");
        files::write_whole(&ctx.root.join(HTML), &html).expect("written");
    }

    /// The files in the site's root.
    fn names(ctx: &Context) -> Vec<String> {
        let paths = files::list_folder(&ctx.dist()).expect("listed");
        let name = |path: &std::path::PathBuf| path.file_name()?.to_str().map(str::to_owned);
        paths.iter().map(|path| name(path).expect("a name")).collect()
    }

    #[test]
    fn a_changed_file_gets_another_name_and_the_html_has_it() {
        let folder = TempFolder::new();
        let ctx = Context::of_test(folder.path());
        write(&ctx, "// comment\none");
        install(&ctx).expect("installed");
        let first = names(&ctx);
        assert_eq!(first.len(), 4, "{first:?}");
        let glue = first.iter().find(|name| name.ends_with(".js")).expect("the glue");
        assert_eq!(files::read(&ctx.dist().join(glue)).expect("read"), b"one");
        assert!(ctx.dist().join("snippets/app/inline0.js").is_file());

        write(&ctx, "two");
        install(&ctx).expect("installed");
        let second = names(&ctx);
        let html = files::read_text(&ctx.dist().join(HTML)).expect("the page");
        for (before, name) in first.iter().zip(&second) {
            assert_eq!(before == name, !name.ends_with(".js"), "{before} and {name}");
            assert!(name == HTML || html.contains(&format!("\"./{name}\"")), "{name}");
        }
        for name in ["/page.css\"", "/gan-app.js\"", "/gan-app_bg.wasm\""] {
            assert!(!html.contains(name), "{name}");
        }
    }

    #[test]
    fn a_page_in_development_alone_asks_for_other_versions() {
        let folder = TempFolder::new();
        let mut ctx = Context::of_test(folder.path());
        let asks = |ctx: &Context| {
            write(ctx, "glue");
            install(ctx).expect("installed");
            files::read_text(&ctx.dist().join(HTML)).expect("the page").contains("watch();")
        };
        assert!(!asks(&ctx));
        ctx.profile = Profile::Development;
        assert!(asks(&ctx));
    }

    #[test]
    fn a_page_that_does_not_name_its_files_is_refused() {
        let folder = TempFolder::new();
        let ctx = Context::of_test(folder.path());
        write(&ctx, "glue");
        files::write_whole(&ctx.root.join(HTML), b"<!doctype html>").expect("written");
        let error = install(&ctx).expect_err("no names").to_string();
        assert_eq!(error, "index.html does not name gan-app.js");
    }
}
