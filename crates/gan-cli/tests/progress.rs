//! Progress bars appear on a terminal at standard error, and nowhere else.
#![cfg(unix)]

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::pty::{Winsize, openpty};
use serde_json::Value;

/// A folder for one test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gan-bars-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain name").to_owned()
    }

    /// A table of `count` points, different ones for each `shift`.
    fn points(&self, name: &str, count: usize, shift: f64) -> String {
        let path = self.path(name);
        let row = |place: usize| {
            let turn = place as f64 * 0.618 + shift;
            format!("{},{}\n", turn.sin(), (1.7 * turn).cos())
        };
        std::fs::write(&path, (0..count).map(row).collect::<String>()).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut gan = Command::new(env!("CARGO_BIN_EXE_gan"));
    gan.args(arguments).env("TERM", "xterm").env("GAN_BARS_AFTER_MS", "1");
    gan
}

/// Standard output, and the output of a terminal at standard error.
fn on_terminal(arguments: &[&str]) -> (String, String) {
    let size = Winsize { ws_row: 24, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(Some(&size), None).expect("a terminal");
    let mut gan = command(arguments);
    gan.stdout(Stdio::piped()).stderr(Stdio::from(terminal.slave));
    let mut child = gan.spawn().expect("the command runs");
    // Otherwise this process would keep the terminal open.
    drop(gan);
    let mut output = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).expect("text");
        text
    });
    let mut shown = Vec::new();
    // Ends with an error once the other end is closed.
    let _ = File::from(terminal.master).read_to_end(&mut shown);
    assert!(child.wait().expect("an end").success());
    let shown = String::from_utf8_lossy(&shown).into_owned();
    (reader.join().expect("no panic"), shown)
}

#[test]
fn what_takes_long_shows_how_far_it_is() {
    let folder = Folder::new("shown");
    let run = folder.path("run.safetensors");
    assert!(command(&["train", "ring", "--steps", "1", "--out", &run]).status().is_ok());
    let (real, fake) =
        (folder.points("real.csv", 2_000, 0.0), folder.points("fake.csv", 2_000, 0.3));
    let out = folder.path("samples.csv");
    // Each command with the description in its bar.
    for (arguments, doing) in [
        (vec!["bench", "toy-small", "--seconds", "1"], "timing toy-small"),
        (vec!["evaluate", "--real", &real, "--fake", &fake], "comparing"),
        (vec!["sample", &run, "--count", "200000", "--out", &out], "drawing"),
        (vec!["diagnose", "ring", "--steps", "60"], "training"),
        (vec!["lessons", "what-is-a-gan", "--seeds", "1"], "what-is-a-gan, seed 1"),
        (
            vec![
                "reproduce",
                "unrolled-ring",
                "--arms",
                "baseline",
                "--steps",
                "60",
                "--seeds",
                "1",
            ],
            "baseline seed 1",
        ),
    ] {
        let (_, shown) = on_terminal(&arguments);
        assert!(shown.contains(doing), "{arguments:?}: {shown}");
    }
}

#[test]
fn no_bar_gets_into_json_or_into_a_pipe() {
    let folder = Folder::new("pipes");
    let (real, fake) =
        (folder.points("real.csv", 2_000, 0.0), folder.points("fake.csv", 2_000, 0.3));
    let arguments = ["evaluate", "--json", "--real", &real, "--fake", &fake];
    let (output, shown) = on_terminal(&arguments);
    assert!(serde_json::from_str::<Value>(&output).is_ok(), "{output}");
    assert!(shown.contains("comparing"), "{shown}");
    let output = command(&arguments).output().expect("the command runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert!(serde_json::from_slice::<Value>(&output.stdout).is_ok(), "{output:?}");
}
