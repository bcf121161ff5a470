//! A Python that has PyTorch, for the tests that run the programs of `gan code`.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process;

/// The modules that the programs import, under the names of their packages.
const MODULES: [&str; 4] = ["torch", "torchvision", "matplotlib", "safetensors"];

/// Names under which systems install Python.
const NAMES: [&str; 2] = ["python3", "python"];

/// The Python that `PYTHON` names, otherwise the system's, if it has PyTorch and the other modules.
///
/// # Errors
/// If something is missing; the error holds the command to install it. It is not installed
/// automatically, since PyTorch takes gigabytes.
pub fn find() -> Result<PathBuf> {
    const MISSING: &str = "Python is missing, the programs of `gan code` are not run: install Python 3, or name one in PYTHON";
    let named = env::var_os("PYTHON").filter(|name| !name.is_empty()).map(PathBuf::from);
    let python = named.or_else(|| NAMES.iter().find_map(|name| process::on_path(name)));
    let python = python.context(MISSING)?;
    let mut imports = Command::new(&python);
    imports.arg("-c").arg(format!("import {}", MODULES.join(", ")));
    process::output(&mut imports).with_context(|| remedy(&python.display().to_string()))?;
    Ok(python)
}

fn remedy(python: &str) -> String {
    format!(
        "PyTorch is missing, the programs of `gan code` are not run: run `{python} -m pip install {}` \
         (on Linux 2 to 3 GB), or name a Python that has them in PYTHON",
        MODULES.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_is_a_command() {
        let told = remedy("python3");
        assert!(told.starts_with("PyTorch is missing"), "{told}");
        let command = "`python3 -m pip install torch torchvision matplotlib safetensors`";
        assert!(told.contains(command), "{told}");
    }
}
