//! The lab, which the page loads after its start, and its place in the site.

use anyhow::Result;

use crate::context::Context;
use crate::files;
use crate::module::Module;
use crate::scripts::Scripts;

const LAB: Module =
    Module { package: "gan-lab", file: "gan_lab", profile: "web", name: "gan_lab", options: &[] };
/// The lab's modules: its views, the inspector of nets, the reader of files and the importer of generators. The last three
/// run in workers of their own.
pub const MODULES: [Module; 4] = [
    LAB,
    Module { package: "gan-inspector", file: "gan_inspector", name: "gan_inspector", ..LAB },
    Module { package: "gan-reader", file: "gan_reader", name: "gan_reader", ..LAB },
    Module { package: "gan-importer", file: "gan_importer", name: "gan_importer", ..LAB },
];

/// The lab's hand-written files.
pub const SCRIPTS: &str = "web/lab";
/// Printable worksheets for the lessons.
pub const WORKSHEETS: &str = "web/worksheets";

/// Puts the staged lab into the site, with its hand-written files.
///
/// # Errors
/// If a file cannot be read or written.
pub fn install(ctx: &Context, scripts: &Scripts) -> Result<()> {
    let site = ctx.dist().join("lab");
    files::remove_folder(&site)?;
    for module in &MODULES {
        files::copy_tree(&module.staged(ctx), &site)?;
    }
    files::copy_tree(&ctx.root.join(SCRIPTS), &site)?;
    scripts.finish_folder(&site)?;
    files::replace_folder(&ctx.root.join(WORKSHEETS), &ctx.dist().join("worksheets"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn the_site_gets_the_modules_and_what_was_written_by_hand() {
        let folder = TempFolder::new();
        let root = folder.path();
        let ctx = Context::of_test(root);
        for module in &MODULES {
            let glue = module.staged(&ctx).join(format!("{}.js", module.name));
            files::write_whole(&glue, b"glue").expect("written");
        }
        files::write_whole(&root.join("web/lab/entry.js"), b"entry").expect("written");
        let sheets = root.join("web/worksheets/index.html");
        files::write_whole(&sheets, b"sheets").expect("written");
        install(&ctx, &Scripts::AsTheyAre).expect("installed");
        for (path, text) in [
            ("lab/gan_lab.js", b"glue".as_slice()),
            ("lab/gan_inspector.js", b"glue"),
            ("lab/gan_reader.js", b"glue"),
            ("lab/gan_importer.js", b"glue"),
            ("lab/entry.js", b"entry"),
            ("worksheets/index.html", b"sheets"),
        ] {
            assert_eq!(files::read(&root.join("dist").join(path)).expect(path), text);
        }
    }
}
