//! Modules for browsers: compiled by cargo, made loadable by wasm-bindgen, and kept in the stage.
//!
//! Cargo alone decides whether code must be compiled again. Wasm-bindgen runs only if cargo's
//! module has changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::context::{Context, Profile};
use crate::files::{self, Stamp};
use crate::process;
use crate::tools::{Tools, WASM_TARGET};

/// A crate that is compiled to a module.
pub struct Module {
    /// The crate.
    pub package: &'static str,
    /// The file that cargo writes, without its extension.
    pub file: &'static str,
    /// The cargo profile of the published module.
    pub profile: &'static str,
    /// The base name of the files that wasm-bindgen writes.
    pub name: &'static str,
    /// Options of wasm-bindgen in addition to those of every module.
    pub options: &'static [&'static str],
}

/// The cargo profile for quick compilation.
const DEVELOPMENT_PROFILE: &str = "wasm-dev";
/// Options of wasm-bindgen for every module.
const OPTIONS: &[&str] = &["--target", "web", "--no-typescript"];
/// Browsers need neither the names of functions nor the producers section.
const SHIPPED_OPTIONS: &[&str] = &["--remove-name-section", "--remove-producers-section"];

/// The destination of the output of cargo and wasm-bindgen.
#[derive(Clone, Copy)]
pub enum Output<'path> {
    /// To the terminal.
    Shown,
    /// Appended to a file.
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
    /// Builds the module into the stage, unless a fresh one is there.
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

    /// The stage folder of the finished module.
    pub fn staged(&self, ctx: &Context) -> PathBuf {
        ctx.stage().join(self.package)
    }

    /// The file that holds the WebAssembly in the staged folder.
    pub fn wasm_file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// A file that cargo writes for the crate: the module (`wasm`), or the list of its sources
    /// (`d`).
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
