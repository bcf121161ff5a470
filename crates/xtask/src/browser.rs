//! The system's Chromium and its WebDriver, installed where that can be done unasked.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::{files, packages, process};

/// What makes headless Chromium quiet, able to run as root, and able to use WebGPU.
const CHROMIUM_FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-webgpu",
];

/// Names under which systems install the browser.
const CHROMIUM_NAMES: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// An installed browser and the program that drives it.
pub struct Browser {
    /// Chromium.
    pub chromium: PathBuf,
    /// chromedriver.
    pub driver: PathBuf,
}

/// Finds Chromium and chromedriver, installing Debian's packages if they are missing and it can
/// be done without a password. `CHROMIUM` and `CHROMEDRIVER` name others.
///
/// # Errors
/// If they are not to be had; the error holds the command to run.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    const REMEDY: &str = "Chromium and chromedriver are missing, the browser tests need them: run \
        `sudo apt-get update && sudo apt-get install chromium chromium-driver`, or name them in \
        CHROMIUM and CHROMEDRIVER";
    packages::install(&["chromium", "chromium-driver"]).context(REMEDY)?;
    find().context(REMEDY)
}

fn find() -> Option<Browser> {
    let named = |variable| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file());
    let installed = || CHROMIUM_NAMES.iter().find_map(|name| process::on_path(name));
    Some(Browser {
        chromium: named("CHROMIUM").or_else(installed)?,
        driver: named("CHROMEDRIVER").or_else(|| process::on_path("chromedriver"))?,
    })
}

impl Browser {
    /// Writes the WebDriver capabilities of the WebAssembly tests to `path`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_capabilities(&self, path: &Path) -> Result<()> {
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "binary": self.chromium, "args": CHROMIUM_FLAGS }
        });
        files::write_whole(path, capabilities.to_string().as_bytes())
    }
}
