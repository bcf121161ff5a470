//! The build cache of `ci`: a target folder outside the checkout, one for each set of things that
//! decide what all of a build's parts look like.
//!
//! What in it is fresh is decided elsewhere, by cargo and by `freshness`. The key only keeps
//! builds of another compiler, lock file or profile out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};

use crate::context::Context;
use crate::{files, freshness, process};

const PREFIX: &str = "target-";
const LAST_USED: &str = ".last-used";
/// Older caches are removed.
const KEEP_FOR: Duration = Duration::from_secs(3 * 24 * 3600);
/// More than these, the one in use among them, are removed from the oldest on.
const KEEP_COUNT: usize = 2;

/// The context that builds the checkout at `root` in its cache, after removing stale caches.
///
/// # Errors
/// If the key's parts cannot be read or the cache folder cannot be written.
pub fn open(root: &Path) -> Result<Context> {
    let mut query = Command::new("rustc");
    query.current_dir(root).arg("-vV");
    let compiler = process::output(&mut query)?;
    let read = |name: &str| -> Result<String> {
        let path = root.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let key = key(&[
        &compiler,
        &read("Cargo.lock")?,
        &profiles(&read("Cargo.toml")?),
        &read(".cargo/config.toml")?,
    ]);
    let mut ctx = Context::with_target(root.to_path_buf(), PathBuf::new())?;
    ctx.target = ctx.cache.join(format!("{PREFIX}{key}"));
    files::write_whole(&ctx.target.join(LAST_USED), b"")?;
    for stale in stale(&caches(&ctx.cache)?, &ctx.target, SystemTime::now()) {
        if freshness::is_held(&stale) {
            continue;
        }
        println!("removing the old build cache {}", stale.display());
        files::remove_folder(&stale)?;
    }
    Ok(ctx)
}

/// A short name for the whole of `parts`.
fn key(parts: &[&str]) -> String {
    let hashes: Vec<String> = parts.iter().map(|part| files::sha256_hex(part.as_bytes())).collect();
    files::sha256_hex(hashes.concat().as_bytes())[..16].to_owned()
}

/// The tables `[profile...]` of a manifest's text.
fn profiles(manifest: &str) -> String {
    let mut in_profile = false;
    let mut profiles = String::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_profile = line.starts_with("[profile");
        }
        if in_profile && !line.is_empty() && !line.starts_with('#') {
            profiles.push_str(line);
            profiles.push('\n');
        }
    }
    profiles
}

struct Cache {
    path: PathBuf,
    last_used: SystemTime,
}

/// The build caches in `folder`.
fn caches(folder: &Path) -> Result<Vec<Cache>> {
    let mut caches = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let path = entry.path();
        let last_used = fs::metadata(path.join(LAST_USED)).and_then(|note| note.modified());
        let last_used = last_used.unwrap_or(SystemTime::UNIX_EPOCH);
        caches.push(Cache { path, last_used });
    }
    Ok(caches)
}

/// Which of `caches` to remove, given the one in use.
fn stale(caches: &[Cache], in_use: &Path, now: SystemTime) -> Vec<PathBuf> {
    let mut others: Vec<&Cache> = caches.iter().filter(|cache| cache.path != in_use).collect();
    others.sort_by_key(|cache| std::cmp::Reverse(cache.last_used));
    let is_stale = |(place, cache): &(usize, &Cache)| {
        let age = now.duration_since(cache.last_used).unwrap_or_default();
        *place + 1 >= KEEP_COUNT || age > KEEP_FOR
    };
    let stale = others.into_iter().enumerate().filter(is_stale);
    stale.map(|(_, cache)| cache.path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_tells_its_parts_apart() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab", ""]));
        assert_ne!(key(&["a", "b"]), key(&["b", "a"]));
    }

    #[test]
    fn only_profiles_of_the_manifest_matter() {
        let manifest = "[package]\nname = \"a\"\n\n[profile.web]\n# why\nlto = \"fat\"\n\n\
                        [profile.dev.package]\nserde = {}\n[workspace]\nmembers = []\n";
        assert_eq!(
            profiles(manifest),
            "[profile.web]\nlto = \"fat\"\n[profile.dev.package]\nserde = {}\n"
        );
    }

    #[test]
    fn old_and_surplus_caches_go_but_never_the_one_in_use() {
        let now = SystemTime::now();
        let aged = |name: &str, hours: u64| Cache {
            path: PathBuf::from(name),
            last_used: now - Duration::from_secs(hours * 3600),
        };
        let caches = [aged("b", 2), aged("used", 200), aged("c", 3)];
        assert_eq!(stale(&caches, Path::new("used"), now), [PathBuf::from("c")]);
        let caches = [aged("used", 0), aged("old", 73)];
        assert_eq!(stale(&caches, Path::new("used"), now), [PathBuf::from("old")]);
        let caches = [aged("used", 0), aged("new", 71)];
        assert!(stale(&caches, Path::new("used"), now).is_empty());
    }
}
