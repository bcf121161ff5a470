//! Debian's packages, installed if that needs no password, and those of Node.

use std::env;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::files::{self, Stamp};
use crate::process;

/// Installs `packages` by apt-get, as root or by `sudo` without a password.
///
/// # Errors
/// If there is no apt-get, a password is needed, or a package cannot be installed.
pub fn install(packages: &[&str]) -> Result<()> {
    let apt_get = process::on_path("apt-get").context("there is no apt-get here")?;
    let id = process::output(Command::new("id").arg("-u"))?;
    let may_sudo = || process::output(Command::new("sudo").args(["-n", "true"])).is_ok();
    let command = || match id.trim() {
        "0" => Ok(Command::new(&apt_get)),
        _ if may_sudo() => {
            let mut sudo = Command::new("sudo");
            sudo.arg("-n").arg(&apt_get);
            Ok(sudo)
        }
        _ => bail!("installing it takes a password"),
    };
    process::run(command()?.arg("update"))?;
    let mut install = command()?;
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    process::run(&mut install)
}

/// Installs the Node packages of `folder` as its lock file names them, unless they are installed.
///
/// # Errors
/// If there is no npm, or a package cannot be installed.
pub fn install_node(folder: &Path) -> Result<()> {
    let lock = files::read(&folder.join("package-lock.json"))?;
    let stamp = Stamp::new(folder.join("node_modules/.installed"), &[&files::sha256_hex(&lock)]);
    if stamp.is_fresh() {
        return Ok(());
    }
    // Two programs that install at once would undo each other's work: the second waits, and looks again.
    let name = files::sha256_hex(folder.display().to_string().as_bytes());
    let turn = File::create(env::temp_dir().join(format!("gan-playground-{}.lock", &name[..16])))?;
    turn.lock()?;
    if stamp.is_fresh() {
        return Ok(());
    }
    if process::on_path("npm").is_none() {
        bail!("npm is missing: install Node.js with npm");
    }
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    // No package needs an installation script, so none is allowed to run.
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    let what = || format!("the packages of {} cannot be installed", folder.display());
    process::run(&mut npm).with_context(what)?;
    stamp.write()
}
