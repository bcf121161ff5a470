//! The site's scripts in their published form: minified, and the widget's in one file.
//!
//! Every script is compressed alone, so 25 small ones cost a reader more bytes than one large one,
//! and a request for each.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::context::{Context, Profile};
use crate::{files, packages, process};

/// The folder that names esbuild's version.
const PACKAGE: &str = "crates/xtask/node";

/// The way to publish scripts.
pub enum Scripts {
    /// As they were written, for development.
    AsTheyAre,
    /// Minified by the esbuild of this path.
    Minified(PathBuf),
}

impl Scripts {
    /// The way that `ctx` asks for. Installs esbuild if it is needed and missing.
    ///
    /// # Errors
    /// If it cannot be installed.
    pub fn ensure(ctx: &Context) -> Result<Self> {
        match ctx.profile {
            Profile::Development => Ok(Self::AsTheyAre),
            Profile::Shipped => esbuild(&ctx.root).map(Self::Minified),
        }
    }

    /// Publishes the scripts of `folder` and of its folders, in place.
    ///
    /// # Errors
    /// If a script is invalid, or cannot be read or written.
    pub fn finish_folder(&self, folder: &Path) -> Result<()> {
        files::list(folder)?.iter().try_for_each(|path| self.finish(path))
    }

    /// Publishes the script `path`, in place. Files of other kinds stay as they are.
    ///
    /// # Errors
    /// If it is invalid, or cannot be read or written.
    pub fn finish(&self, path: &Path) -> Result<()> {
        match self {
            Self::Minified(esbuild) if path.extension().is_some_and(|kind| kind == "js") => {
                run(esbuild, path, &[])
            }
            _ => Ok(()),
        }
    }

    /// Publishes the script `path` in place, together with the scripts of the folder `parts`, which
    /// it imports. The folder goes. What it imports from the folder `beside` stays where it is.
    ///
    /// # Errors
    /// If a script is invalid or missing, or cannot be read or written.
    pub fn join(&self, path: &Path, parts: &Path, beside: &Path) -> Result<()> {
        let Self::Minified(esbuild) = self else {
            return Ok(());
        };
        let beside = format!("--external:{}/*", beside.display());
        run(esbuild, path, &["--bundle", "--format=esm", &beside])?;
        files::remove_folder(parts)
    }
}

/// The path of esbuild, whose packages are installed if they are missing.
fn esbuild(root: &Path) -> Result<PathBuf> {
    let folder = root.join(PACKAGE);
    packages::install_node(&folder).context("esbuild minifies the site's scripts")?;
    // Npm puts a shell script there on Windows, whose commands end in .cmd.
    let suffix = if env::consts::FAMILY == "windows" { ".cmd" } else { "" };
    Ok(folder.join(format!("node_modules/.bin/esbuild{suffix}")))
}

/// Minifies `path` in place. All browsers with the WebAssembly that the site needs know ES2022.
fn run(esbuild: &Path, path: &Path, options: &[&str]) -> Result<()> {
    let mut command = Command::new(esbuild);
    command.arg(path).args(options);
    command.args(["--minify", "--target=es2022", "--charset=utf8", "--log-level=warning"]);
    command.arg("--allow-overwrite").arg(format!("--outfile={}", path.display()));
    process::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    fn write(folder: &TempFolder, path: &str, text: &str) -> PathBuf {
        let path = folder.path().join(path);
        files::write_whole(&path, text.as_bytes()).expect("written");
        path
    }

    // One test, because two at once would install esbuild at once.
    #[test]
    fn scripts_lose_comments_and_long_names_and_the_widgets_are_joined() {
        let minified = Scripts::Minified(esbuild(&crate::context::root()).expect("esbuild"));
        let folder = TempFolder::new();
        let read = |path: &PathBuf| files::read_text(path).expect("there");
        let module = write(
            &folder,
            "a/module.js",
            "// one\nconst lengthy = f('零');\nexport const other = lengthy;\ng(import.meta.url);\n",
        );
        let style = write(&folder, "a/page.css", "a { }\n");
        // No module: other scripts may use its names.
        let script = write(&folder, "a/b/script.js", "function shared() {}\n/* two */\n");
        minified.finish_folder(folder.path()).expect("finished");
        let text = read(&module);
        assert!(text.contains("零") && text.contains("import.meta.url"), "{text}");
        assert!(text.contains("other") && !text.contains("lengthy"), "{text}");
        assert!(!text.contains("one"), "{text}");
        assert_eq!(read(&script), "function shared(){}\n");
        assert_eq!(read(&style), "a { }\n");
        write(&folder, "a/b/script.js", "function (");
        minified.finish(&script).expect_err("no script");

        let element = write(&folder, "w/element.js", "import { x } from './parts/x.js';\nx();\n");
        let x = "import start from '../wasm/glue.js';\nexport const x = () => start('x');\n";
        let part = write(&folder, "w/parts/x.js", x);
        write(&folder, "w/wasm/glue.js", "export default (x) => console.log(x);\n");
        let (parts, beside) = (folder.path().join("w/parts"), folder.path().join("w/wasm"));
        Scripts::AsTheyAre.join(&element, &parts, &beside).expect("nothing to do");
        assert!(part.is_file());
        minified.join(&element, &parts, &beside).expect("joined");
        let text = read(&element);
        assert!(text.contains("from\"./wasm/glue.js\"") && !text.contains("parts"), "{text}");
        assert!(!parts.exists() && beside.join("glue.js").is_file());
    }
}
