//! Debian's packages, installed where that can be done unasked.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

/// Installs `packages` by apt-get, as root or by a `sudo` that asks for no password.
///
/// # Errors
/// If there is no apt-get, it takes a password, or a package cannot be installed.
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
