//! The page's own files, which trunk builds: its module, its style, and the HTML that names them.
//!
//! Trunk builds into the stage, since it empties its output folder.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wasm_encoder::RawSection;
use wasmparser::{Parser, Payload};

use crate::context::{Context, Profile};
use crate::files;
use crate::module::{Module, Output};
use crate::scripts::Scripts;
use crate::tools::Tools;

/// The module.
pub const MODULE: Module =
    Module { package: "gan-app", file: "gan-app", profile: "web", name: "gan-app", options: &[] };

/// The HTML.
pub const HTML: &str = "index.html";
/// The style.
pub const STYLE: &str = "web/style/page.css";
/// Reloads the page when another version was built; only in development.
const RELOAD: &str = "crates/xtask/js/reload.js";

/// Scripts in the module's crates, which its glue imports.
const SNIPPETS: &str = "snippets";
/// Sections of a module that browsers do not need: a few kilobytes of every visit. Trunk has no
/// option for wasm-bindgen's own removal of them.
const UNUSED: [&str; 2] = ["name", "producers"];

/// Builds the page into the stage.
///
/// # Errors
/// If trunk fails, or its output is no valid module.
pub fn build(ctx: &Context, tools: &Tools, output: Output) -> Result<()> {
    let mut trunk = tools.trunk()?;
    trunk.current_dir(&ctx.root);
    trunk.env("CARGO_TARGET_DIR", &ctx.target);
    // Trunk refuses the value that the convention gives this variable.
    trunk.env_remove("NO_COLOR");
    trunk.args(["build", "--cargo-profile", MODULE.profile(ctx), "--dist"]).arg(staged(ctx));
    if ctx.profile == Profile::Shipped {
        trunk.arg("--release");
    }
    output.run(&mut trunk)?;
    if ctx.profile == Profile::Development { Ok(()) } else { reduce(ctx, tools.scripts()) }
}

/// Leaves out what browsers do not need of the staged page's module and scripts.
fn reduce(ctx: &Context, scripts: &Scripts) -> Result<()> {
    for path in files::list(&staged(ctx))? {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let module = stripped(&files::read(&path)?);
            files::write_whole(&path, &module.context("the page's module is broken")?)?;
        }
    }
    // Trunk's own reduction fails on the glue with a warning, and leaves it as it is.
    scripts.finish_folder(&staged(ctx))
}

/// Puts the staged page into the site, in place of its earlier version.
///
/// # Errors
/// If the page is not built, or a file cannot be read or written.
pub fn install(ctx: &Context) -> Result<()> {
    let (staged, site) = (staged(ctx), ctx.dist());
    let mut html = files::read_text(&staged.join(HTML))?;
    files::remove_folder(&site.join(SNIPPETS))?;
    if site.is_dir() {
        // Files of the earlier version may have other names, under which no page would use them.
        for path in files::list_folder(&site)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("gan-app-") || name.starts_with("page-") {
                files::remove_file(&path)?;
            }
        }
    }
    files::copy_tree(&staged, &site)?;
    if ctx.profile == Profile::Development {
        let reload = files::read_text(&ctx.root.join(RELOAD))?;
        html += &format!("<script type=\"module\">\n{reload}</script>\n");
        files::write_whole(&site.join(HTML), html.as_bytes())?;
    }
    Ok(())
}

/// Trunk's output folder.
fn staged(ctx: &Context) -> PathBuf {
    ctx.stage().join("page")
}

/// `module` without the sections that browsers do not need.
fn stripped(module: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if matches!(&payload, Payload::CustomSection(section) if UNUSED.contains(&section.name())) {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let data = &module[range.start as usize..range.end as usize];
            kept.section(&RawSection { id, data });
        }
    }
    Ok(kept.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    fn write(ctx: &Context, version: &str) {
        for (path, text) in [
            (staged(ctx).join(HTML), "<!doctype html>"),
            (staged(ctx).join(format!("gan-app-{version}.js")), "glue"),
            (staged(ctx).join(format!("gan-app-{version}_bg.wasm")), "module"),
            (staged(ctx).join("snippets/app/inline0.js"), "snippet"),
            (staged(ctx).join("page-1.css"), "style"),
            (ctx.root.join(RELOAD), "watch();\n"),
        ] {
            files::write_whole(&path, text.as_bytes()).expect("written");
        }
    }

    #[test]
    fn a_page_takes_the_place_of_the_one_before() {
        let folder = TempFolder::new();
        let ctx = Context::of_test(folder.path());
        write(&ctx, "1");
        install(&ctx).expect("installed");
        files::write_whole(&ctx.dist().join("worker/entry.js"), b"worker").expect("written");
        files::remove_folder(&staged(&ctx)).expect("removed");
        write(&ctx, "2");
        install(&ctx).expect("installed");
        let there = |name: &str| ctx.dist().join(name).is_file();
        assert!(there("gan-app-2.js") && there("gan-app-2_bg.wasm") && there("page-1.css"));
        assert!(there("snippets/app/inline0.js") && there(HTML) && there("worker/entry.js"));
        assert!(!there("gan-app-1.js") && !there("gan-app-1_bg.wasm"));
    }

    #[test]
    fn a_page_in_development_alone_asks_for_other_versions() {
        let folder = TempFolder::new();
        let mut ctx = Context::of_test(folder.path());
        let asks = |ctx: &Context| {
            write(ctx, "1");
            install(ctx).expect("installed");
            files::read_text(&ctx.dist().join(HTML)).expect("the page").contains("watch();")
        };
        assert!(!asks(&ctx));
        ctx.profile = Profile::Development;
        assert!(asks(&ctx));
    }

    #[test]
    fn a_reduced_page_has_a_module_without_names() {
        let folder = TempFolder::new();
        let ctx = Context::of_test(folder.path());
        let module = staged(&ctx).join("gan-app-1_bg.wasm");
        let names = wasm_encoder::CustomSection { name: "name".into(), data: b"data"[..].into() };
        let full = wasm_encoder::Module::new().section(&names).clone().finish();
        files::write_whole(&module, &full).expect("written");
        reduce(&ctx, &Scripts::AsTheyAre).expect("reduced");
        let empty = wasm_encoder::Module::new().finish();
        assert_eq!(files::read(&module).expect("there"), empty);
    }

    #[test]
    fn names_and_producers_are_left_out_and_all_else_stays() {
        let custom = |name: &'static str| wasm_encoder::CustomSection {
            name: name.into(),
            data: b"data".as_slice().into(),
        };
        let mut types = wasm_encoder::TypeSection::new();
        types.ty().function([], []);
        let mut full = wasm_encoder::Module::new();
        full.section(&types).section(&custom("name")).section(&custom("target_features"));
        let full = full.section(&custom("producers")).clone().finish();
        let mut kept = wasm_encoder::Module::new();
        let kept = kept.section(&types).section(&custom("target_features")).clone().finish();
        assert_eq!(stripped(&full).expect("a module"), kept);
        stripped(&full[..full.len() - 3]).expect_err("cut off");
    }
}
