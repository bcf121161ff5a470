//! File operations for builds: hashes, atomic writes, copies of folder trees.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest, Sha256};

/// SHA-256 as lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a whole file; the error names the file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a whole text file; the error names the file.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Removes a file; a missing file is no error.
pub fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes a file so that readers see the old content or the new, never a part. Makes its folder.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = with_suffix(path, ".part");
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&part, bytes)?;
        fs::rename(&part, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Removes a folder with its content; a missing folder is no error.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Replaces the folder `to` by a copy of the tree `from`.
pub fn replace_folder(from: &Path, to: &Path) -> Result<()> {
    let part = with_suffix(to, ".part");
    remove_folder(&part)?;
    copy_tree(from, &part)?;
    remove_folder(to)?;
    fs::rename(&part, to).with_context(|| format!("cannot write {}", to.display()))
}

/// Copies the tree `from` into the folder `to`, and overwrites files of the same names.
pub fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for file in list(from)? {
        let target = to.join(file.strip_prefix(from)?);
        write_whole(&target, &read(&file)?)?;
    }
    Ok(())
}

/// The files in `folder` itself, sorted by path; an empty list if there is no such folder.
pub fn list_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = list(folder)?;
    found.retain(|path| path.parent() == Some(folder));
    Ok(found)
}

/// All files below `folder`, sorted by path; an empty list if there is no such folder.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot read the folder {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `path` with `suffix` appended to its last component.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}

/// A file beside a product that records its ingredients, so that an unchanged product is not made
/// again.
pub struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    /// The stamp at `path` for `ingredients`, in this order.
    pub fn new(path: PathBuf, ingredients: &[&str]) -> Self {
        let content = ingredients.join("\n") + "\n";
        Self { path, content }
    }

    /// Whether the product was made from exactly these ingredients.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|content| content == self.content)
    }

    /// Records that the product is finished. Call it last.
    pub fn write(&self) -> Result<()> {
        write_whole(&self.path, self.content.as_bytes())
    }

    /// Removes the record; call it before the product is changed.
    pub fn clear(&self) -> Result<()> {
        remove_file(&self.path)
    }
}

#[cfg(test)]
pub mod testing {
    //! Folders that are removed at the end of a test.

    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// An empty folder, removed when dropped.
    pub struct TempFolder(PathBuf);

    impl TempFolder {
        /// A new folder in the system's folder for temporary files.
        pub fn new() -> Self {
            static COUNT: AtomicUsize = AtomicUsize::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("gan-playground-xtask-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&path).expect("the temporary folder can be made");
            Self(path)
        }

        /// The folder's path.
        pub fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for TempFolder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::TempFolder;
    use super::*;

    #[test]
    fn sha256_matches_the_published_example() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), expected);
    }

    #[test]
    fn a_stamp_is_fresh_for_the_same_ingredients_only() {
        let folder = TempFolder::new();
        let at = |ingredients: &[&str]| Stamp::new(folder.path().join("stamp"), ingredients);
        let stamp = at(&["wasm", "0.2.1"]);
        assert!(!stamp.is_fresh());
        stamp.write().expect("written");
        assert!(stamp.is_fresh());
        assert!(!at(&["wasm", "0.2.2"]).is_fresh());
        assert!(!at(&["other", "0.2.1"]).is_fresh());
        stamp.clear().expect("cleared");
        assert!(!stamp.is_fresh());
        stamp.clear().expect("clearing twice is fine");
    }

    #[test]
    fn a_replaced_folder_keeps_nothing_of_the_old() {
        let folder = TempFolder::new();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        write_whole(&from.join("a/b.js"), b"new").expect("written");
        write_whole(&to.join("old.js"), b"old").expect("written");
        replace_folder(&from, &to).expect("replaced");
        assert_eq!(list(&to).expect("listed"), [to.join("a").join("b.js")]);
        assert_eq!(read(&to.join("a/b.js")).expect("read"), b"new");
    }
}
