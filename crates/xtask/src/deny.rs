//! The command `deny`: checks licences, versions and origins of the dependencies by the rules of
//! `deny.toml`.
//!
//! Not a part of `ci`: compiling cargo-deny takes longer than most stages.

use anyhow::Result;

use crate::context::Context;
use crate::{process, tools};

/// Checks the dependencies. With `advisories` the check includes the RustSec database, downloaded
/// from GitHub.
///
/// # Errors
/// If a rule is broken, or cargo-deny cannot be installed.
pub fn run(ctx: &Context, advisories: bool) -> Result<()> {
    let mut deny = tools::cargo_deny(ctx)?;
    deny.current_dir(&ctx.root);
    deny.args(["--locked", "check", "bans", "licenses", "sources"]);
    if advisories {
        deny.arg("advisories");
    }
    process::run(&mut deny)
}
