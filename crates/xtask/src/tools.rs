//! The build tools at pinned versions, in the project's own cache; the user's installations are not
//! used.
//!
//! They are built for short compile times rather than for speed, since a newcomer waits for them
//! once.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::context::{Context, cargo_command};
use crate::scripts::Scripts;
use crate::{files, process};

/// The target that the page and the workers are compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    /// Further arguments of `cargo install`.
    arguments: &'static [&'static str],
    /// The optimisation level, a choice between compile time and the tool's speed.
    opt_level: &'static str,
    purpose: &'static str,
}

// Without `--locked`: the lock file of this version names a yanked dependency.
const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    version: "0.2.130",
    arguments: &["--no-default-features"],
    opt_level: "1",
    purpose: "it writes the JavaScript side of the WebAssembly modules",
};

// The default features are an update check and its own TLS. Trunk downloads nothing here.
const TRUNK: Tool = Tool {
    package: "trunk",
    program: "trunk",
    version: "0.21.14",
    arguments: &["--no-default-features", "--locked"],
    // Trunk only copies and hashes a few files.
    opt_level: "0",
    purpose: "it puts the page together",
};

const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    program: "cargo-deny",
    version: "0.20.2",
    arguments: &["--locked"],
    // The tool only reads a graph of a few hundred crates.
    opt_level: "0",
    purpose: "it checks the dependencies",
};

/// The installed tools.
pub struct Tools {
    wasm_bindgen: PathBuf,
    trunk: PathBuf,
    scripts: Scripts,
}

impl Tools {
    /// A command that runs wasm-bindgen.
    pub fn wasm_bindgen(&self) -> Command {
        Command::new(program(&self.wasm_bindgen, WASM_BINDGEN.program))
    }

    /// The way to publish scripts.
    pub fn scripts(&self) -> &Scripts {
        &self.scripts
    }

    /// The program that runs WebAssembly tests, a part of wasm-bindgen's tools.
    pub fn test_runner(&self) -> PathBuf {
        program(&self.wasm_bindgen, "wasm-bindgen-test-runner")
    }

    /// A command that runs trunk, with the pinned wasm-bindgen first in PATH.
    ///
    /// # Errors
    /// If a folder's name is not allowed in PATH.
    pub fn trunk(&self) -> Result<Command> {
        let mut folders = vec![self.wasm_bindgen.join("bin")];
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new(program(&self.trunk, TRUNK.program));
        command.env("PATH", env::join_paths(folders)?);
        Ok(command)
    }

    /// The version of wasm-bindgen, on which the output of a build depends.
    pub fn wasm_bindgen_version(&self) -> &'static str {
        WASM_BINDGEN.version
    }
}

/// Installs missing tools: the compilation target, wasm-bindgen, trunk and esbuild.
///
/// # Errors
/// If something cannot be installed; the error names it, its purpose, and the command to run.
pub fn ensure(ctx: &Context) -> Result<Tools> {
    check_lock(&ctx.root)?;
    ensure_target(&ctx.root)?;
    Ok(Tools {
        wasm_bindgen: ensure_tool(ctx, &WASM_BINDGEN)?,
        trunk: ensure_tool(ctx, &TRUNK)?,
        scripts: Scripts::ensure(ctx)?,
    })
}

/// A command that runs cargo-deny, which is installed if it is missing. Only `cargo xtask deny`
/// needs it.
///
/// # Errors
/// If it cannot be installed.
pub fn cargo_deny(ctx: &Context) -> Result<Command> {
    let folder = ensure_tool(ctx, &CARGO_DENY)?;
    Ok(Command::new(program(&folder, CARGO_DENY.program)))
}

/// Checks the version of wasm-bindgen in the lock file: the program refuses modules of any other
/// version of its library.
fn check_lock(root: &Path) -> Result<()> {
    let path = root.join("Cargo.lock");
    let lock = fs::read_to_string(&path).context("cannot read Cargo.lock")?;
    match locked_version(&lock, "wasm-bindgen") {
        Some(version) if version != WASM_BINDGEN.version => bail!(
            "Cargo.lock has wasm-bindgen {version}, but the pinned tool is {}: \
             change the version in crates/xtask/src/tools.rs, or run \
             `cargo update -p wasm-bindgen --precise {}`",
            WASM_BINDGEN.version,
            WASM_BINDGEN.version
        ),
        _ => Ok(()),
    }
}

/// The version of `package` in the text of a Cargo.lock.
fn locked_version<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Installs the compilation target if it is missing.
///
/// # Errors
/// If it cannot be installed.
pub fn ensure_target(root: &Path) -> Result<()> {
    let mut query = Command::new("rustc");
    query.current_dir(root);
    query.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    if Path::new(process::output(&mut query)?.trim()).is_dir() {
        return Ok(());
    }
    let mut install = Command::new("rustup");
    install.current_dir(root);
    install.args(["target", "add", WASM_TARGET]);
    process::run(&mut install).with_context(|| {
        format!(
            "the standard library for {WASM_TARGET} is missing, the page needs it: \
             run `rustup target add {WASM_TARGET}`"
        )
    })
}

/// The folder of a tool, which is installed if it is missing.
fn ensure_tool(ctx: &Context, tool: &Tool) -> Result<PathBuf> {
    let tools = ctx.cache.join("tools");
    let folder = tools.join(format!("{}-{}", tool.program, tool.version));
    if is_installed(&folder, tool) {
        return Ok(folder);
    }
    println!("installing {} {}", tool.package, tool.version);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let build = tools.join("build");
    // Cargo runs outside the checkout, whose .cargo/config.toml must not affect the tools.
    let mut install = cargo_command(&tools);
    install.arg("install").arg(tool.package);
    install.args(["--version", tool.version]);
    install.args(tool.arguments);
    install.arg("--root").arg(&folder);
    install.env("CARGO_TARGET_DIR", &build);
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", tool.opt_level);
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    install.env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    let by_hand = process::line(&install);
    let is_done = process::run(&mut install).is_ok() && is_installed(&folder, tool);
    // Cargo has printed the reason. This error adds the purpose and the command to run.
    ensure!(
        is_done,
        "{} {} is missing, {}: run `{by_hand}`",
        tool.package,
        tool.version,
        tool.purpose
    );
    files::remove_folder(&build)?;
    Ok(folder)
}

fn is_installed(folder: &Path, tool: &Tool) -> bool {
    let mut query = Command::new(program(folder, tool.program));
    query.arg("--version");
    let printed = process::output(&mut query).unwrap_or_default();
    printed.split_whitespace().any(|word| word == tool.version)
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.9\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn the_lock_names_a_version() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn the_checkout_is_locked_to_the_pinned_version() {
        check_lock(&crate::context::root()).expect("the versions agree");
    }

    #[test]
    fn another_version_is_refused_with_the_remedy() {
        let folder = files::testing::TempFolder::new();
        let lock = LOCK.replace("0.2.130", "0.2.131");
        fs::write(folder.path().join("Cargo.lock"), lock).expect("written");
        let error = check_lock(folder.path()).expect_err("must fail").to_string();
        assert!(error.contains("cargo update -p wasm-bindgen"), "{error}");
    }
}
