//! The locations of the checkout, cargo's target folder, the cache of tools and the built site.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// The way to compile modules for browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Small and fast, for the published site.
    Shipped,
    /// Quick to compile.
    Development,
}

/// The folders that every command works in.
#[derive(Clone)]
pub struct Context {
    /// The checkout's root.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// The project's cache outside the checkout, for its tools.
    pub cache: PathBuf,
    /// The way to compile modules for browsers; each has a site of its own.
    pub profile: Profile,
}

impl Context {
    /// The folders that cargo and the environment name.
    ///
    /// # Errors
    /// If cargo cannot read the workspace, or no home folder is known.
    pub fn new() -> Result<Self> {
        let root = root();
        let mut command = cargo_command(&root);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: serde_json::Value = serde_json::from_str(&process::output(&mut command)?)
            .context("cargo metadata printed what is not JSON")?;
        let target = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names no target folder")?;
        Ok(Self {
            root,
            target: PathBuf::from(target),
            cache: cache_dir()?,
            profile: Profile::Shipped,
        })
    }

    /// A checkout for a test at `root`, with all folders inside it.
    #[cfg(test)]
    pub fn of_test(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            target: root.join("target"),
            cache: root.join("cache"),
            profile: Profile::Shipped,
        }
    }

    /// The static site. All its files are published, and no others.
    pub fn dist(&self) -> PathBuf {
        match self.profile {
            Profile::Shipped => self.root.join("dist"),
            Profile::Development => self.stage().join("site"),
        }
    }

    /// Data sets, which are not under version control.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Finished modules, from which the site is assembled.
    pub fn stage(&self) -> PathBuf {
        match self.profile {
            Profile::Shipped => self.target.join("web-stage"),
            Profile::Development => self.target.join("web-stage-dev"),
        }
    }

    /// `cargo` at the checkout's root, building into [`Self::target`].
    pub fn cargo(&self) -> Command {
        let mut command = cargo_command(&self.root);
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// The checkout's root. Cargo tells a running program the folder of its package. The folder known
/// at compile time is only the fallback, because a shared target folder may hold another checkout's
/// build.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.ancestors().nth(2).map_or_else(|| package.clone(), Path::to_path_buf)
}

/// `cargo` at `root`, without the variables that `cargo run` set for this program alone.
pub fn cargo_command(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// `$XDG_CACHE_HOME/gan-playground`, by default `~/.cache/gan-playground`.
fn cache_dir() -> Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = set("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(cache).join("gan-playground"));
    }
    if let Some(home) = set("HOME").or_else(|| set("USERPROFILE")) {
        return Ok(PathBuf::from(home).join(".cache").join("gan-playground"));
    }
    bail!("no folder for the tools is known: set HOME or XDG_CACHE_HOME")
}
