//! Adds the files that let the site work without a network: the service worker, the web app
//! manifest with its icons, and the list of the site's files.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::files;
use crate::scripts::Scripts;

const LIST: &str = "offline.json";
const SERVICE_WORKER: &str = "service-worker.js";
/// Folders whose files a browser keeps after their first use, but does not load in advance.
const ON_DEMAND: [&str; 1] = ["worker/gpu/"];
/// Data sets are not listed, since the workers keep them.
const DATA: &str = "data/";

/// Installs the hand-written files, then lists the site. Nothing may change in the site afterwards.
///
/// # Errors
/// If a file cannot be read or written.
pub fn install(ctx: &Context, scripts: &Scripts) -> Result<()> {
    let dist = ctx.dist();
    files::copy_tree(&ctx.root.join("web/offline"), &dist)?;
    scripts.finish(&dist.join(SERVICE_WORKER))?;
    let text = serde_json::to_string_pretty(&list(&dist)?)? + "\n";
    files::write_whole(&dist.join(LIST), text.as_bytes())
}

/// The site's files with their SHA-256, and a version that changes with any of them.
fn list(dist: &Path) -> Result<Value> {
    let mut in_advance = Map::new();
    let mut on_demand = Map::new();
    let mut summary = String::new();
    for file in files::list(dist)? {
        let path = url_path(file.strip_prefix(dist)?)?;
        if !is_listed(&path) {
            continue;
        }
        let hash = files::sha256_hex(&files::read(&file)?);
        summary += &format!("{path} {hash}\n");
        let is_on_demand = ON_DEMAND.iter().any(|folder| path.starts_with(folder));
        let files = if is_on_demand { &mut on_demand } else { &mut in_advance };
        files.insert(path, Value::String(hash));
    }
    let version = &files::sha256_hex(summary.as_bytes())[..16];
    Ok(json!({ "version": version, "files": in_advance, "on_demand": on_demand }))
}

/// Whether the list contains the file `path`. Browsers renew the service worker by themselves. Some
/// hosts do not serve names that begin with a dot.
fn is_listed(path: &str) -> bool {
    let is_hidden = path.split('/').any(|part| part.starts_with('.'));
    path != LIST && path != SERVICE_WORKER && !path.starts_with(DATA) && !is_hidden
}

/// The path in the form of a URL.
fn url_path(path: &Path) -> Result<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    let parts = parts.with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    fn write(folder: &TempFolder, path: &str, text: &str) {
        files::write_whole(&folder.path().join(path), text.as_bytes()).expect("written");
    }

    fn names(list: &Value, kind: &str) -> Vec<String> {
        list[kind].as_object().expect("an object").keys().cloned().collect()
    }

    #[test]
    fn the_list_holds_the_site_without_data_and_without_itself() {
        let folder = TempFolder::new();
        for path in [
            "index.html",
            "lab/entry.js",
            "worker/entry.js",
            "worker/gpu/gan_worker.js",
            "data/mnist/images.gz",
            ".stage/index.html",
            "service-worker.js",
            "offline.json",
        ] {
            write(&folder, path, "abc");
        }
        let list = list(folder.path()).expect("listed");
        assert_eq!(names(&list, "files"), ["index.html", "lab/entry.js", "worker/entry.js"]);
        assert_eq!(names(&list, "on_demand"), ["worker/gpu/gan_worker.js"]);
        let hash = files::sha256_hex(b"abc");
        assert_eq!(list["files"]["lab/entry.js"], hash.as_str());
        assert_eq!(list["on_demand"]["worker/gpu/gan_worker.js"], hash.as_str());
    }

    #[test]
    fn the_version_changes_with_every_listed_file() {
        let folder = TempFolder::new();
        let version = || list(folder.path()).expect("listed")["version"].clone();
        write(&folder, "index.html", "one");
        let first = version();
        assert_eq!(version(), first);
        write(&folder, "offline.json", "not listed");
        assert_eq!(version(), first);
        write(&folder, "index.html", "two");
        let second = version();
        assert_ne!(second, first);
        write(&folder, "worker/gpu/gan_worker.js", "on demand");
        assert_ne!(version(), second);
        std::fs::rename(folder.path().join("index.html"), folder.path().join("start.html"))
            .expect("renamed");
        assert_ne!(version(), second);
    }

    #[test]
    fn the_site_gets_the_service_worker_and_lists_the_rest() {
        let folder = TempFolder::new();
        let root = folder.path();
        let ctx = Context::of_test(root);
        write(&folder, "web/offline/service-worker.js", "worker");
        write(&folder, "web/offline/icons/icon.svg", "icon");
        write(&folder, "dist/index.html", "page");
        install(&ctx, &Scripts::AsTheyAre).expect("installed");
        let dist = root.join("dist");
        assert_eq!(files::read(&dist.join("service-worker.js")).expect("there"), b"worker");
        let text = files::read(&dist.join("offline.json")).expect("there");
        let list: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(names(&list, "files"), ["icons/icon.svg", "index.html"]);
    }
}
