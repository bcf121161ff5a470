//! The content of a server: the files of a site by their URLs, and the site's version.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tokio::sync::watch;

use crate::context::Context;

/// The content of the server: the site, and data sets outside of it.
#[derive(Clone)]
pub struct Site {
    dist: PathBuf,
    data: PathBuf,
    version: Version,
}

impl Site {
    /// The site of a checkout.
    pub fn new(ctx: &Context) -> Self {
        Self { dist: ctx.dist(), data: ctx.data(), version: Version::new() }
    }

    /// The version of the site, shared with all its clones.
    pub fn version(&self) -> Version {
        self.version.clone()
    }

    /// The file or folder for the URL `url` (path and query).
    pub fn find(&self, url: &str) -> Found {
        let Some(path) = clean_path(url) else {
            return Found::Nothing;
        };
        let mut candidates = vec![self.dist.join(&path)];
        if let Ok(path) = Path::new(&path).strip_prefix("data") {
            candidates.insert(0, self.data.join(path));
        }
        let is_folder_url = path.is_empty() || path.ends_with('/');
        for candidate in candidates {
            if candidate.is_file() && !is_folder_url {
                return Found::File(candidate);
            }
            let index = candidate.join("index.html");
            if index.is_file() {
                return if is_folder_url { Found::File(index) } else { Found::Folder };
            }
        }
        Found::Nothing
    }
}

/// The result of a look-up by URL.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A file.
    File(PathBuf),
    /// A folder whose URL lacks the final slash that relative links need.
    Folder,
    /// No file or folder.
    Nothing,
}

/// The longest time that a request for another version waits.
const VERSION_WAIT: Duration = Duration::from_secs(60);

/// The version of a site while it is served. Two runs of a server have different versions.
#[derive(Clone)]
pub struct Version(watch::Sender<u128>);

impl Version {
    fn new() -> Self {
        let since = UNIX_EPOCH.elapsed().unwrap_or_default();
        Self(watch::Sender::new(since.as_nanos()))
    }

    /// Changes to a new version.
    pub fn raise(&self) {
        self.0.send_modify(|version| *version += 1);
    }

    /// The version, as soon as it differs from `seen`, or after `VERSION_WAIT`.
    pub async fn other_than(&self, seen: &str) -> String {
        let mut versions = self.0.subscribe();
        let other = versions.wait_for(|version| version.to_string() != seen);
        drop(tokio::time::timeout(VERSION_WAIT, other).await);
        self.0.borrow().to_string()
    }
}

/// The path below the site's root for a URL's path, without a leading slash; `None` if it is
/// invalid or could lead outside.
fn clean_path(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decode(path)?;
    let is_plain = |part: &str| !matches!(part, "." | "..") && !part.contains(['\\', '\0', ':']);
    let folders = path.strip_suffix('/').unwrap_or(&path);
    let is_safe =
        folders.is_empty() || folders.split('/').all(|part| !part.is_empty() && is_plain(part));
    is_safe.then_some(path)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

/// The media type of a file by its extension. Gzip files are sent as files, without a content
/// encoding, because the page itself unpacks the data sets.
pub fn mime_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "txt" | "md" | "ftl" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
pub mod testing {
    use super::*;
    use crate::files;
    use crate::files::testing::TempFolder;

    /// A site with a page, a module and a data set.
    pub fn site(folder: &TempFolder) -> Site {
        let root = folder.path();
        for (path, content) in [
            ("dist/index.html", "<!doctype html>"),
            ("dist/widget/index.html", "widget"),
            ("dist/a b.wasm", "wasm"),
            ("data/mnist/x.gz", "gz"),
            ("secret.txt", "secret"),
        ] {
            files::write_whole(&root.join(path), content.as_bytes()).expect("written");
        }
        Site::new(&Context::of_test(root))
    }
}

#[cfg(test)]
mod tests {
    use super::testing::site;
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn urls_lead_to_files_of_the_site_only() {
        let folder = TempFolder::new();
        let site = site(&folder);
        let file = |path: &str| Found::File(folder.path().join(path));
        assert_eq!(site.find("/"), file("dist/index.html"));
        assert_eq!(site.find("/?lang=de"), file("dist/index.html"));
        assert_eq!(site.find("/a%20b.wasm"), file("dist/a b.wasm"));
        assert_eq!(site.find("/data/mnist/x.gz"), file("data/mnist/x.gz"));
        assert_eq!(site.find("/widget/"), file("dist/widget/index.html"));
        assert_eq!(site.find("/widget"), Found::Folder);
        for outside in [
            "/missing",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "/data/../../secret.txt",
            "//etc/passwd",
            "/a%",
            "/index.html/",
            "secret.txt",
        ] {
            assert_eq!(site.find(outside), Found::Nothing, "{outside}");
        }
    }
}
