//! The command, and folders for its files.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder for one test, removed at its end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gan-runs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain name").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn command(arguments: &[&str]) -> Command {
    let mut gan = Command::new(env!("CARGO_BIN_EXE_gan"));
    gan.args(arguments);
    gan
}

fn gan(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the command runs")
}

/// The message of a refused command, which ends with this exit code.
pub fn refused(arguments: &[&str], code: i32) -> String {
    let output = gan(arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

pub fn done(arguments: &[&str]) -> Output {
    let output = gan(arguments);
    assert!(output.status.success(), "{output:?}");
    output
}
