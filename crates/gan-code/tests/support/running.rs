//! Runs programs: all of a test in one Python, each in a namespace of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use gan_data::idx;
use serde_json::{Value, json};

/// A folder for one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gan-code-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain name").to_owned()
    }

    /// Writes a file, and returns its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(Path::new(&path).parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the programs in a list.
const SCRIPT: &str = include_str!("../python/run.py");

/// A program to run: its name, its text, and the files on its command line.
pub struct Case {
    pub name: String,
    pub text: String,
    pub arguments: Vec<String>,
}

/// Runs the programs in one Python, in `folder`. Returns the output of those that failed, by name.
fn failures(folder: &Folder, cases: &[Case]) -> BTreeMap<String, String> {
    let listed = cases.iter().map(|Case { name, text, arguments }| {
        let program = folder.write(&format!("{name}.py"), text.as_bytes());
        json!({"program": program, "folder": folder.0, "arguments": arguments})
    });
    let listed: Vec<Value> = listed.collect();
    let list = folder.write("cases.json", json!(listed).to_string().as_bytes());
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    command.args(["-c", SCRIPT, &list]).env("MPLBACKEND", "Agg");
    let output = command.output().unwrap_or_else(|error| panic!("{python}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{python} with torch, torchvision, matplotlib: {told}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Runs the programs and asserts that none ends with an error or a warning.
pub fn assert_none_fails(folder: &Folder, cases: &[Case]) {
    let failures = failures(folder, cases);
    let told: Vec<String> =
        failures.iter().map(|(program, told)| format!("{program}:\n{told}")).collect();
    assert!(told.is_empty(), "{} of {} fail\n{}", told.len(), cases.len(), told.join("\n"));
}

/// Images whose pixels all differ from their neighbours', none of them blank.
pub fn noise(count: usize, [channels, height, width]: [usize; 3]) -> Vec<u8> {
    (0..count * channels * height * width).map(|i| ((i * 2_654_435_761) >> 7) as u8).collect()
}

/// Classes 0 to 9, one after another.
pub fn labels(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % 10) as u8).collect()
}

/// Small files at the place of torchvision's MNIST.
pub fn write_mnist(folder: &Folder, count: usize) {
    for part in ["train", "t10k"] {
        let images = idx::written(&[count, 28, 28], &noise(count, [1, 28, 28]));
        folder.write(&format!("data/MNIST/raw/{part}-images-idx3-ubyte"), &images);
        let labels = idx::written(&[count], &labels(count));
        folder.write(&format!("data/MNIST/raw/{part}-labels-idx1-ubyte"), &labels);
    }
}

/// The classifier of digits, which programs with a perceptual term read.
pub fn write_classifier(folder: &Folder) {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/pretrained/digit-classifier.safetensors");
    let bytes = std::fs::read(path).expect("the project's own file");
    folder.write("digit-classifier.safetensors", &bytes);
}

/// `text` with this number of steps, each reported.
pub fn with_steps(text: &str, steps: usize) -> String {
    for line in ["STEPS = 5000\n", "if step % 100 == 0:\n"] {
        assert!(text.contains(line), "{line} is in every program");
    }
    text.replace("STEPS = 5000\n", &format!("STEPS = {steps}\n"))
        .replace("if step % 100 == 0:\n", "if True:\n")
}
