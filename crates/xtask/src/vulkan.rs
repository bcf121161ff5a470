//! A Vulkan driver for the tests on a graphics processor: the machine's own, or Mesa's lavapipe,
//! which computes on the processor.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::packages;

/// Environment variables that name driver files to Vulkan's loader.
const NAMED: [&str; 2] = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];
/// The folders where the loader looks for driver files.
const FOLDERS: [&str; 3] =
    ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Finds a Vulkan driver. If there is none, Debian's packages of Mesa's driver are installed,
/// provided that this needs no password. Systems other than Linux have their own graphics
/// interface.
///
/// # Errors
/// If none can be installed; the error holds the command to run.
pub fn ensure() -> Result<()> {
    const REMEDY: &str = "a Vulkan driver is missing, the tests on a graphics processor need one \
        (Mesa's, which can do without one): run \
        `sudo apt-get update && sudo apt-get install libvulkan1 mesa-vulkan-drivers`";
    if !cfg!(target_os = "linux") || is_named() || FOLDERS.iter().any(has_driver) {
        return Ok(());
    }
    packages::install(&["libvulkan1", "mesa-vulkan-drivers"]).context(REMEDY)?;
    ensure!(FOLDERS.iter().any(has_driver), REMEDY);
    Ok(())
}

fn is_named() -> bool {
    let paths = NAMED.iter().filter_map(env::var_os);
    paths.flat_map(|value| env::split_paths(&value).collect::<Vec<PathBuf>>()).any(|p| p.is_file())
}

fn has_driver(folder: &impl AsRef<Path>) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|e| e == "json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn a_driver_is_a_description_in_the_folder() {
        let folder = TempFolder::new();
        assert!(!has_driver(&folder.path().join("missing")) && !has_driver(&folder.path()));
        fs::write(folder.path().join("lvp_icd.x86_64.json"), "{}").expect("written");
        assert!(has_driver(&folder.path()));
    }
}
