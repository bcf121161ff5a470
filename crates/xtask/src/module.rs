//! Modules for browsers: compiled by cargo, made loadable by wasm-bindgen, and kept ready in the stage.
//!
//! Cargo alone decides whether code must be compiled again; wasm-bindgen runs only if the module
//! that cargo made is another one than last time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::context::{Context, Profile};
use crate::files::{self, Stamp};
use crate::process;
use crate::tools::{Tools, WASM_TARGET};

/// A crate that becomes a module.
pub struct Module {
    /// The crate.
    pub package: &'static str,
    /// The file that cargo makes, without its extension.
    pub file: &'static str,
    /// The profile of what is shipped.
    pub profile: &'static str,
    /// The name of the files that wasm-bindgen makes.
    pub name: &'static str,
    /// Options of wasm-bindgen beside those of every module.
    pub options: &'static [&'static str],
}

/// The profile of what is to be compiled soon.
const DEVELOPMENT_PROFILE: &str = "wasm-dev";
/// Options of wasm-bindgen for every module.
const OPTIONS: &[&str] = &["--target", "web", "--no-typescript"];
/// Names of functions and the producers section are of no use to the browser.
const SHIPPED_OPTIONS: &[&str] = &["--remove-name-section", "--remove-producers-section"];

/// Where the output of the programs that build goes.
#[derive(Clone, Copy)]
pub enum Output<'path> {
    /// To the terminal.
    Shown,
    /// To a file, behind what it holds.
    Logged(&'path Path),
}

impl Output<'_> {
    /// Runs `command`.
    ///
    /// # Errors
    /// If it fails.
    pub fn run(self, command: &mut Command) -> Result<()> {
        match self {
            Self::Shown => process::run(command),
            Self::Logged(log) => process::run_logged(command, log),
        }
    }
}

impl Module {
    /// Builds the module into the stage, or finds it fresh there.
    ///
    /// # Errors
    /// If cargo or wasm-bindgen fails.
    pub fn build(&self, ctx: &Context, tools: &Tools, output: Output) -> Result<()> {
        let mut cargo = ctx.cargo();
        cargo.args(["build", "--package", self.package]);
        cargo.args(["--profile", self.profile(ctx), "--target", WASM_TARGET]);
        output.run(&mut cargo)?;
        self.bind(ctx, tools, output)
    }

    fn bind(&self, ctx: &Context, tools: &Tools, output: Output) -> Result<()> {
        let more = match ctx.profile {
            Profile::Shipped => SHIPPED_OPTIONS,
            Profile::Development => &[],
        };
        let options = [OPTIONS, more, self.options].concat();
        let compiled = self.compiled(ctx, "wasm");
        let hash = files::sha256_hex(&files::read(&compiled)?);
        let parts = [hash.as_str(), tools.wasm_bindgen_version(), &options.join(" "), self.name];
        let staged = self.staged(ctx);
        let stamp = Stamp::new(files::with_suffix(&staged, ".stamp"), &parts);
        if stamp.is_fresh() && staged.join(self.wasm_file()).is_file() {
            return Ok(());
        }
        stamp.clear()?;
        files::remove_folder(&staged)?;
        let mut bind = tools.wasm_bindgen();
        bind.args(options).arg("--out-name").arg(self.name);
        bind.arg("--out-dir").arg(staged).arg(&compiled);
        output.run(&mut bind)?;
        stamp.write()
    }

    /// The folder in which the finished module waits.
    pub fn staged(&self, ctx: &Context) -> PathBuf {
        ctx.stage().join(self.package)
    }

    /// The file that holds the WebAssembly in the staged folder.
    pub fn wasm_file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// What cargo makes of the crate: a module (`wasm`), and the list of the files it was made of (`d`).
    pub fn compiled(&self, ctx: &Context, extension: &str) -> PathBuf {
        let folder = ctx.target.join(WASM_TARGET).join(self.profile(ctx));
        folder.join(format!("{}.{extension}", self.file))
    }

    /// The profile that cargo compiles the crate with.
    pub fn profile(&self, ctx: &Context) -> &'static str {
        match ctx.profile {
            Profile::Shipped => self.profile,
            Profile::Development => DEVELOPMENT_PROFILE,
        }
    }
}
