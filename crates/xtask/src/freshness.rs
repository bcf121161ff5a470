//! Makes sure that `ci` never passes on what was built from other sources.
//!
//! Cargo compares times: a source older than what was built counts as built. That is wrong when
//! several checkouts share a target folder, or when a checkout's files carry the time of their
//! commit. So unless the last `ci` in the folder succeeded on this very content in this very
//! checkout, all sources are given the present time, and the workspace's own crates are built
//! anew; their dependencies are not.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::context::Context;
use crate::files::{self, Stamp};

const LOCK: &str = ".ci-lock";
const SOURCES: &str = ".ci-sources";
/// Folders of the checkout's root without sources.
const NOT_SOURCES: [&str; 4] = [".git", "target", "dist", "data"];

/// The target folder, held for one run of `ci`.
pub struct Held {
    /// Unlocked when dropped.
    _lock: File,
    note: Stamp,
}

impl Held {
    /// Notes that all was built from these sources and found right.
    ///
    /// # Errors
    /// If the note cannot be written.
    pub fn succeeded(&self) -> Result<()> {
        self.note.write()
    }
}

/// Waits for the target folder, takes it, and makes cargo see the sources as they are.
///
/// # Errors
/// If the folder cannot be written or a source cannot be read or touched.
pub fn hold(ctx: &Context) -> Result<Held> {
    let lock = lock_file(&ctx.target)?;
    if let Err(TryLockError::WouldBlock) = lock.try_lock() {
        println!("another run of ci builds in this folder; waiting for it");
        lock.lock()?;
    }
    let sources = sources(&ctx.root)?;
    let root = ctx.root.to_string_lossy();
    let note = Stamp::new(ctx.target.join(SOURCES), &[&root, &hash(&sources)?]);
    if !note.is_fresh() {
        touch(&sources)?;
    }
    note.clear()?;
    Ok(Held { _lock: lock, note })
}

/// Whether a run of `ci` holds the target folder.
pub fn is_held(target: &Path) -> bool {
    let lock = lock_file(target);
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn lock_file(target: &Path) -> Result<File> {
    let path = target.join(LOCK);
    let open = || -> std::io::Result<File> {
        fs::create_dir_all(target)?;
        File::options().create(true).append(true).open(&path)
    };
    open().with_context(|| format!("cannot write {}", path.display()))
}

/// All files of the checkout that a build may read.
fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if NOT_SOURCES.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            sources.extend(files::list(&path)?);
        } else {
            sources.push(path);
        }
    }
    let made = root.join("web/widget/wasm");
    sources
        .retain(|path| path.iter().all(|name| name != "node_modules") && !path.starts_with(&made));
    sources.sort();
    Ok(sources)
}

fn hash(sources: &[PathBuf]) -> Result<String> {
    let mut summary = String::new();
    for path in sources {
        let hash = files::sha256_hex(&files::read(path)?);
        summary += &format!("{} {hash}\n", path.display());
    }
    Ok(files::sha256_hex(summary.as_bytes()))
}

fn touch(sources: &[PathBuf]) -> Result<()> {
    let now = SystemTime::now();
    for path in sources {
        let file = File::options().append(true).open(path);
        file.and_then(|file| file.set_modified(now))
            .with_context(|| format!("cannot set the time of {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::files::testing::TempFolder;

    fn age(path: &Path) -> Duration {
        let written = fs::metadata(path).and_then(|metadata| metadata.modified());
        written.expect("a time").elapsed().unwrap_or_default()
    }

    fn make_old(path: &Path) {
        let file = File::options().append(true).open(path).expect("opened");
        let long_ago = SystemTime::now() - Duration::from_secs(10_000);
        file.set_modified(long_ago).expect("set");
    }

    #[test]
    fn sources_are_touched_unless_the_last_run_succeeded_on_them() {
        let folder = TempFolder::new();
        let root = folder.path().join("checkout");
        let ctx = Context::with_target(root.clone(), folder.path().join("cache")).expect("context");
        let source = root.join("crates/a/src/lib.rs");
        files::write_whole(&source, b"one").expect("written");
        let is_touched_by_a_run = |succeeds: bool| {
            make_old(&source);
            let held = hold(&ctx).expect("held");
            if succeeds {
                held.succeeded().expect("noted");
            }
            age(&source) < Duration::from_secs(5_000)
        };
        assert!(is_touched_by_a_run(false), "first run");
        assert!(is_touched_by_a_run(true), "after a failure");
        assert!(!is_touched_by_a_run(true), "after a success");
        fs::write(&source, b"two").expect("written");
        assert!(is_touched_by_a_run(true), "after a change");
    }

    #[test]
    fn built_files_are_no_sources() {
        let folder = TempFolder::new();
        for path in ["dist/a", "target/a", ".git/a", "e2e/node_modules/a", "crates/data/a"] {
            files::write_whole(&folder.path().join(path), b"").expect("written");
        }
        let found = sources(folder.path()).expect("listed");
        assert_eq!(found, [folder.path().join("crates/data/a")]);
    }

    #[test]
    fn a_held_folder_is_seen_as_such() {
        let folder = TempFolder::new();
        let root = folder.path().join("checkout");
        fs::create_dir_all(&root).expect("made");
        let ctx = Context::with_target(root, folder.path().join("cache")).expect("context");
        assert!(!is_held(&ctx.target));
        let held = hold(&ctx).expect("held");
        assert!(is_held(&ctx.target));
        drop(held);
        assert!(!is_held(&ctx.target));
    }
}
