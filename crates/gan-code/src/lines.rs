//! Builds Python text: lines, numbers, blocks, and the imports that they need.

use gan_protocol::decimal;

/// The imports of programs, each with the text in a program that needs it.
const IMPORTS: [(&str, &str); 16] = [
    ("copy.deepcopy(", "import copy"),
    ("gzip.", "import gzip"),
    ("math.", "import math"),
    ("re.", "import re"),
    ("struct.", "import struct"),
    ("sys.", "import sys"),
    ("", ""),
    ("plt.", "import matplotlib.pyplot as plt"),
    ("torch.", "import torch"),
    ("F.", "import torch.nn.functional as F"),
    ("load_file(", "from safetensors.torch import load_file"),
    ("nn.", "from torch import nn"),
    ("parametrize.", "from torch.nn.utils import parametrize"),
    ("spectral_norm(", "from torch.nn.utils.parametrizations import spectral_norm"),
    ("datasets.", "from torchvision import datasets"),
    ("save_image(", "from torchvision.utils import save_image"),
];

/// Longest line, in characters.
pub(crate) const LINE: usize = 96;

/// Lines of Python.
#[derive(Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// Adds a line at an indentation of `depth` blocks.
    pub(crate) fn add(&mut self, depth: usize, line: &str) {
        for _ in 0..depth {
            self.0.push_str("    ");
        }
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Adds lines of text that are already indented.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// All lines.
    pub(crate) fn block(self) -> String {
        self.0.trim_end().to_owned()
    }
}

/// A number in as few digits as identify it.
pub(crate) fn number(value: f32) -> String {
    decimal(f64::from(value))
}

/// A number that Python does not read as an integer: Adam needs floats.
pub(crate) fn float(value: f32) -> String {
    let text = number(value);
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

/// Text in quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => quoted += &format!("\\x{:02x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Names with commas between them.
pub(crate) fn listed(names: &[&str]) -> String {
    names.join(", ")
}

/// A tensor of numbers or of rows, with as many items in each line as fit.
pub(crate) fn tensor(name: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    let whole = format!("{name} = torch.tensor([{}])", items.join(", "));
    if whole.len() < LINE - 8 {
        return whole;
    }
    let mut text = format!("{name} = torch.tensor([");
    let mut width = LINE;
    for item in items {
        if width + item.len() + 2 > LINE {
            text.push_str("\n   ");
            width = 3;
        }
        text.push(' ');
        text.push_str(&item);
        text.push(',');
        width += item.len() + 2;
    }
    text + "\n])"
}

/// The whole file: header, imports, blocks. Two empty lines separate definitions, as in PEP 8.
pub(crate) fn program(header: &str, blocks: &[String]) -> String {
    let mut text = header.to_owned();
    text.push('\n');
    text.push_str(&imports(blocks));
    let mut after_definition = false;
    for block in blocks {
        let definition =
            ["def ", "class ", "@"].into_iter().any(|opening| block.starts_with(opening));
        text.push_str(if definition || after_definition { "\n\n" } else { "\n" });
        text.push_str(block);
        text.push('\n');
        after_definition = definition;
    }
    text
}

fn imports(blocks: &[String]) -> String {
    let needs = |sign: &str| blocks.iter().any(|block| uses(block, sign));
    let mut lines = Lines::default();
    for (sign, line) in IMPORTS {
        if sign.is_empty() && !lines.0.is_empty() || !sign.is_empty() && needs(sign) {
            lines.add(0, line);
        }
    }
    lines.0
}

/// Whether `sign` occurs in `block` as a name of its own, not as the end of another.
fn uses(block: &str, sign: &str) -> bool {
    let mut before = block;
    while let Some(place) = before.rfind(sign) {
        before = &before[..place];
        if !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.') {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_imported_where_it_is_named() {
        let blocks = ["x = torch.nn.functional.relu(y)".to_owned(), "# cosmath.".to_owned()];
        assert_eq!(imports(&blocks), "import torch\n");
        let blocks = ["x = F.relu(math.pi)".to_owned()];
        assert_eq!(imports(&blocks), "import math\n\nimport torch.nn.functional as F\n");
    }

    #[test]
    fn names_of_files_are_quoted() {
        assert_eq!(quoted("a b/läuft.safetensors"), "\"a b/läuft.safetensors\"");
        assert_eq!(quoted("C:\\new \"one\"\n"), "\"C:\\\\new \\\"one\\\"\\x0a\"");
    }

    #[test]
    fn floats_keep_their_point() {
        let found = [0.0, 0.5, 1e-8, 2.0].map(float);
        assert_eq!(found, ["0.0", "0.5", "1e-8", "2.0"]);
    }
}
