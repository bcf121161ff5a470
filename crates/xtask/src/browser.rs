//! The system's browsers and what drives them, installed where that can be done unasked.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// A browser, or what drives one.
struct Program {
    /// The variable that names it to the tests, and by which a user names another one.
    variable: &'static str,
    /// Names under which systems install it.
    names: &'static [&'static str],
    /// Folders below those of [`LIBRARIES`] where it lies if it is on no path.
    folders: &'static [&'static str],
}

/// Where systems keep programs that only other programs start.
const LIBRARIES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/libexec"];

/// A browser as tests need it.
pub struct Browser {
    /// Its name for the tests (`tests/e2e/support/engines`).
    pub name: &'static str,
    /// Its name for people.
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

/// WebKit as WebKitGTK brings it: a small browser, its driver, and a screen in memory, which it needs.
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

/// A browser that is there.
pub struct Found {
    programs: Vec<(&'static str, PathBuf)>,
}

impl Browser {
    /// Finds the browser's programs, installing Debian's packages if one is missing and it can be done without
    /// a password. Their variables name others.
    ///
    /// # Errors
    /// If they are not to be had; the error holds the command to run.
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

    /// In a folder of its own, or in one within that of a processor's kind, as Debian has it.
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
    /// Names the programs to `command` by their variables.
    pub fn name_to(&self, command: &mut Command) {
        for (variable, path) in &self.programs {
            command.env(variable, path);
        }
    }

    /// Writes the WebDriver capabilities of the WebAssembly tests, which run in Chromium, to `path`.
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
