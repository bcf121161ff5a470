//! The system's browsers and their drivers, installed if that needs no password.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{files, packages, process};

/// Flags that make headless Chromium quiet, able to run as root, and able to use WebGPU.
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

/// A browser's program, or its driver.
struct Program {
    /// The environment variable with its path. The tests read the variable; a user may set it to
    /// another program.
    variable: &'static str,
    /// Names under which systems install it.
    names: &'static [&'static str],
    /// Its folders below [`LIBRARIES`], for a program that is not in PATH.
    folders: &'static [&'static str],
}

/// The systems' folders for programs that only other programs start.
const LIBRARIES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/libexec"];

/// A browser for the tests.
pub struct Browser {
    /// Its name for the tests (see `tests/e2e/support/engines`).
    pub name: &'static str,
    /// Its name in messages.
    title: &'static str,
    programs: &'static [Program],
    /// Debian's packages.
    packages: &'static [&'static str],
}

/// Chromium and chromedriver.
pub const CHROMIUM: Browser = Browser {
    name: "chromium",
    title: "Chromium",
    programs: &[
        Program {
            variable: "CHROMIUM",
            names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
            folders: &[],
        },
        Program { variable: "CHROMEDRIVER", names: &["chromedriver"], folders: &[] },
    ],
    packages: &["chromium", "chromium-driver"],
};

/// Firefox, which needs no driver.
pub const FIREFOX: Browser = Browser {
    name: "firefox",
    title: "Firefox",
    programs: &[Program { variable: "FIREFOX", names: &["firefox-esr", "firefox"], folders: &[] }],
    packages: &["firefox-esr"],
};

/// WebKit from WebKitGTK: a small browser, its driver, and the virtual screen that it needs.
pub const WEBKIT: Browser = Browser {
    name: "webkit",
    title: "WebKit",
    programs: &[
        Program {
            variable: "MINIBROWSER",
            names: &["MiniBrowser"],
            folders: &["webkit2gtk-4.1", "webkitgtk-6.0"],
        },
        Program { variable: "WEBKIT_DRIVER", names: &["WebKitWebDriver"], folders: &[] },
        Program { variable: "XVFB", names: &["Xvfb"], folders: &[] },
    ],
    packages: &["webkit2gtk-driver", "libwebkit2gtk-4.1-0", "xvfb"],
};

/// The programs of an installed browser.
pub struct Found {
    programs: Vec<(&'static str, PathBuf)>,
}

impl Browser {
    /// Finds the browser's programs. Environment variables may name others. If one is missing,
    /// Debian's packages are installed, provided that this needs no password.
    ///
    /// # Errors
    /// If they cannot be installed; the error holds the command to run.
    pub fn ensure(&self) -> Result<Found> {
        if let Some(found) = self.find() {
            return Ok(found);
        }
        packages::install(self.packages).with_context(|| self.remedy())?;
        self.find().with_context(|| self.remedy())
    }

    fn find(&self) -> Option<Found> {
        let find = |program: &Program| Some((program.variable, program.find(&LIBRARIES)?));
        Some(Found { programs: self.programs.iter().map(find).collect::<Option<_>>()? })
    }

    fn remedy(&self) -> String {
        let variables: Vec<&str> = self.programs.iter().map(|program| program.variable).collect();
        format!(
            "{} is missing, the browser tests need it: run `sudo apt-get update && sudo apt-get install {}`, \
             or name its programs in {}",
            self.title,
            self.packages.join(" "),
            variables.join(", "),
        )
    }
}

impl Program {
    fn find(&self, libraries: &[impl AsRef<Path>]) -> Option<PathBuf> {
        let named = env::var_os(self.variable).map(PathBuf::from).filter(|path| path.is_file());
        let on_path = || self.names.iter().find_map(|name| process::on_path(name));
        named.or_else(on_path).or_else(|| self.find_below(libraries))
    }

    /// Looks in a library folder itself, and in its subfolders such as Debian's folder per
    /// processor type.
    fn find_below(&self, libraries: &[impl AsRef<Path>]) -> Option<PathBuf> {
        let mut places = Vec::new();
        for library in libraries {
            let library = library.as_ref();
            let inner = library.read_dir().into_iter().flatten().flatten();
            places.push(library.to_path_buf());
            places.extend(inner.map(|entry| entry.path()));
        }
        let folders =
            self.folders.iter().flat_map(|folder| places.iter().map(move |p| p.join(folder)));
        let programs =
            folders.flat_map(|folder| self.names.iter().map(move |name| folder.join(name)));
        programs.into_iter().find(|path| path.is_file())
    }
}

impl Found {
    /// Sets the variables of the programs for `command`.
    pub fn name_to(&self, command: &mut Command) {
        for (variable, path) in &self.programs {
            command.env(variable, path);
        }
    }

    /// Writes the WebDriver capabilities of the WebAssembly tests to `path`. The tests run in
    /// Chromium.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_capabilities(&self, path: &Path) -> Result<()> {
        let chromium = self.programs.iter().find(|(variable, _)| *variable == "CHROMIUM");
        let binary = chromium.map(|(_, path)| path);
        let capabilities = serde_json::json!({
            "goog:chromeOptions": { "binary": binary, "args": CHROMIUM_FLAGS }
        });
        files::write_whole(path, capabilities.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn what_is_missing_is_said_in_one_line_with_its_remedy() {
        assert_eq!(
            FIREFOX.remedy(),
            "Firefox is missing, the browser tests need it: run `sudo apt-get update && sudo apt-get \
             install firefox-esr`, or name its programs in FIREFOX"
        );
        let remedy = WEBKIT.remedy();
        for part in ["WebKit is missing", "webkit2gtk-driver", " xvfb`", "MINIBROWSER", "XVFB"] {
            assert!(remedy.contains(part), "{part} in {remedy}");
        }
        assert!(!remedy.contains('\n'), "{remedy}");
    }

    #[test]
    fn a_program_on_no_path_is_found_in_its_folder() {
        let folder = TempFolder::new();
        let program = Program {
            variable: "NO_SUCH_VARIABLE",
            names: &["no-such-browser"],
            folders: &["kit-4", "kit-6"],
        };
        let (lib, libexec) = (folder.path().join("lib"), folder.path().join("libexec"));
        let libraries = [lib.clone(), libexec.clone()];
        assert_eq!(program.find(&libraries), None);
        let [plain, by_kind] =
            [libexec.join("kit-6/no-such-browser"), lib.join("x86_64/kit-4/no-such-browser")];
        files::write_whole(&plain, b"").expect("written");
        assert_eq!(program.find(&libraries), Some(plain));
        files::write_whole(&by_kind, b"").expect("written");
        assert_eq!(program.find(&libraries), Some(by_kind));
    }
}
