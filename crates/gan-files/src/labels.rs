//! Finds the labels of images: in a column of their table, or in an array of the same source.

use crate::source::{ArrayInfo, Form, Source};

/// The column of a table that holds labels: the one with such a heading, or, without headings, the
/// first one if the table is one column too wide for a square.
pub(crate) fn label_place(info: &ArrayInfo) -> Option<usize> {
    let Form::Table(table) = &info.form else { return None };
    let is_label = |heading: &String| {
        ["label", "class", "target", "y"].contains(&heading.to_lowercase().as_str())
    };
    if !table.headings.is_empty() {
        return table.headings.iter().position(is_label);
    }
    let square = |count: usize| count.isqrt().pow(2) == count && count >= 16;
    let is_too_many = square(table.width - 1) && !square(table.width);
    let first = || table.values.iter().step_by(table.width);
    let are_labels =
        is_too_many && first().all(|label| label.fract() == 0.0 && (0.0..256.0).contains(label));
    are_labels.then_some(0)
}

/// Removes the column of labels from a table, and returns it.
pub(crate) fn label_column(info: &mut ArrayInfo) -> Option<Vec<f64>> {
    let place = label_place(info)?;
    let Form::Table(table) = &mut info.form else { return None };
    let taken = table.take_column(place);
    info.shape[1] -= 1;
    Some(taken)
}

/// The array with the labels of `images`: the one with a matching name, else the only one of the
/// same count.
pub(crate) fn labels_beside<'s>(
    source: &'s Source<'_>,
    images: &ArrayInfo,
) -> Option<&'s ArrayInfo> {
    let fits = |info: &&ArrayInfo| {
        let is_short = matches!(info.shape[..], [_] | [_, 1..=64]);
        let whole = info.is_whole || matches!(&info.form, Form::Table(table) if table.width == 1);
        info.path != images.path && is_short && whole && info.shape[0] == images.shape[0]
    };
    let all: Vec<&ArrayInfo> = source.arrays.iter().filter(fits).collect();
    let called = |name: &str| all.iter().copied().find(|info| stem(&info.path) == name);
    let name = stem(&images.path);
    let pairs = [
        ("images", "labels"),
        ("image", "label"),
        ("x_", "y_"),
        ("x", "y"),
        ("data", "labels"),
        ("data", "target"),
        ("imgs", "labels"),
    ];
    let renamed = pairs.iter().find_map(|(from, to)| {
        called(&name.replacen(from, to, 1).replace("idx3", "idx1").replace("idx4", "idx1"))
    });
    renamed.or_else(|| if let [only] = all[..] { Some(only) } else { None })
}

/// A path in lower case, without the endings of packed files.
fn stem(path: &str) -> String {
    let mut name = path.to_lowercase();
    for ending in [".npy", ".gz", ".csv"] {
        name = name.strip_suffix(ending).unwrap_or(&name).to_owned();
    }
    name
}
