//! Reads tables of numbers in text files, one sample on each line.
//!
//! Separators are commas, tabs, semicolons (then `1,5` may mean 1.5) or blanks. Headings and the
//! index column of pandas are recognised and left out; ambiguous ones are refused with the remedy.

use csv::{ReaderBuilder, Trim};

use crate::error::FileError;

/// Lines that are examined for the separator.
const LOOKED_AT: usize = 50;

/// A table of numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Headings of the columns; empty if there are none.
    pub(crate) headings: Vec<String>,
    /// Number of columns.
    pub(crate) width: usize,
    /// Row after row.
    pub(crate) values: Vec<f64>,
    /// Parts left out, and interpretations that the user might not expect.
    pub(crate) notes: Vec<String>,
}

/// A line's number and its cells.
type Line = (u64, Vec<String>);

/// Reads a table.
///
/// # Errors
/// The line and the column of the error.
pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Table, FileError> {
    let told = |message: String| FileError::new(path, message);
    let text = str::from_utf8(bytes).map_err(|_| told("is not text in UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    let separator = Separator::of(text);
    let mut lines = separator.cells(path, text)?;
    drop_empty_last_column(&mut lines);
    let number = |cell: &str| separator.number(cell);
    let mut table = Table { headings: Vec::new(), width: 0, values: Vec::new(), notes: Vec::new() };
    if let Some((_, first)) = lines.first() {
        let is_heading = first.iter().all(|cell| number(cell).is_none())
            || first[0].is_empty() && first.len() > 1;
        if is_heading || are_column_numbers(&lines, &separator, path)? {
            table.headings = lines.remove(0).1;
        }
    }
    let Some((_, first)) = lines.first() else {
        return Err(told("holds no samples".to_owned()));
    };
    table.width = first.len();
    if !table.headings.is_empty() && table.headings.len() != table.width {
        let found = table.headings.len();
        return Err(told(format!("has {found} headings for {} columns", table.width)));
    }
    for (line, cells) in &lines {
        if cells.len() != table.width {
            let (found, width) = (cells.len(), table.width);
            return Err(told(format!(
                "line {line}: has {found} numbers; the lines before have {width}"
            )));
        }
        for (column, cell) in cells.iter().enumerate() {
            let value = number(cell).ok_or_else(|| {
                told(format!("line {line}, column {}: `{cell}` is no number", column + 1))
            })?;
            if !value.is_finite() {
                return Err(told(format!("line {line}: holds NaN or infinity")));
            }
            table.values.push(value);
        }
    }
    table.without_index(path)
}

/// Whether the first line is pandas' headings for columns without names, which are the columns'
/// numbers.
///
/// # Errors
/// If the first line could be such numbers as well as a sample.
fn are_column_numbers(
    lines: &[Line],
    separator: &Separator,
    path: &str,
) -> Result<bool, FileError> {
    let Some(((line, first), others)) = lines.split_first() else { return Ok(false) };
    let counts =
        first.len() > 1 && first.iter().enumerate().all(|(at, cell)| *cell == at.to_string());
    if !counts {
        return Ok(false);
    }
    let cells = || others.iter().flat_map(|(_, cells)| cells);
    // Numbers of columns have no fractions; and pixels are at most 255.
    let has_fractions =
        cells().any(|cell| cell.contains(['.', 'e', 'E']) || separator.has_comma(cell));
    let largest = cells().filter_map(|cell| separator.number(cell)).fold(0.0, f64::max);
    if has_fractions || first.len() > 256 && largest <= 255.0 {
        return Ok(true);
    }
    let message = format!(
        "line {line} counts 0, 1, …: it may be headings, as pandas writes them, or a sample; name the \
         columns, or write none (header=False)"
    );
    Err(FileError::new(path, message))
}

/// Removes the empty cell after a separator at the end of all lines.
fn drop_empty_last_column(lines: &mut [Line]) {
    let width = lines.first().map_or(0, |(_, cells)| cells.len());
    let all = lines
        .iter()
        .all(|(_, cells)| cells.len() == width && cells.last().is_some_and(String::is_empty));
    if width > 1 && all {
        for (_, cells) in lines {
            cells.pop();
        }
    }
}

impl Table {
    /// Number of rows.
    pub(crate) fn count(&self) -> usize {
        self.values.len() / self.width
    }

    fn column(&self, at: usize) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().skip(at).step_by(self.width).copied()
    }

    /// Removes the column `at`, and returns its numbers.
    pub(crate) fn take_column(&mut self, at: usize) -> Vec<f64> {
        let taken = self.column(at).collect();
        let width = self.width;
        let mut place = 0;
        self.values.retain(|_| {
            place += 1;
            (place - 1) % width != at
        });
        self.width -= 1;
        if !self.headings.is_empty() {
            self.headings.remove(at);
        }
        taken
    }

    /// Removes the index that pandas writes as the first column.
    fn without_index(mut self, path: &str) -> Result<Self, FileError> {
        let counts_from = |start: f64| {
            let mut numbers = self.column(0).enumerate();
            numbers.all(|(row, value)| value == start + row as f64)
        };
        let counts = self.width > 1 && self.count() > 2 && (counts_from(0.0) || counts_from(1.0));
        let heading = self.headings.first().map(|heading| heading.to_lowercase());
        let is_nameless = |heading: &str| heading.is_empty() || heading.starts_with("unnamed: 0");
        match heading.as_deref() {
            Some(heading) if self.width > 1 && is_nameless(heading) => {}
            Some("index" | "id") if counts => {}
            None if counts => {
                let message = "its first column counts the rows: it may be an index, or a coordinate; give \
                               the columns headings, or leave the index out (index=False)";
                return Err(FileError::new(path, message));
            }
            _ => return Ok(self),
        }
        self.take_column(0);
        self.notes.push("the first column is an index and was left out".to_owned());
        Ok(self)
    }
}

/// The separator of a table's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    /// One character.
    Mark(u8),
    /// One blank or more.
    Blanks,
}

impl Separator {
    fn of(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !is_void(line)).take(LOOKED_AT);
        let has = |mark: char| {
            let mut lines = lines.clone();
            lines.next().is_some_and(|line| outside_quotes(line, mark))
                && lines.all(|line| outside_quotes(line, mark))
        };
        for mark in [';', '\t', ','] {
            if has(mark) {
                return Self::Mark(mark as u8);
            }
        }
        // One column needs no separator.
        if lines.any(|line| line.split_whitespace().nth(1).is_some()) {
            Self::Blanks
        } else {
            Self::Mark(b',')
        }
    }

    /// The cells of each line that has any.
    fn cells(self, path: &str, text: &str) -> Result<Vec<Line>, FileError> {
        let Self::Mark(mark) = self else {
            let lines = text.lines().zip(1..).filter(|(line, _)| !is_void(line));
            let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect();
            return Ok(lines.map(|(line, number)| (number, cells(line))).collect());
        };
        let mut reader = ReaderBuilder::new();
        reader
            .delimiter(mark)
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .comment(Some(b'#'));
        let mut lines = Vec::new();
        for record in reader.from_reader(text.as_bytes()).records() {
            let record = record.map_err(|error| FileError::new(path, error.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if cells.len() > 1 || !cells.iter().all(String::is_empty) {
                lines.push((line, cells));
            }
        }
        Ok(lines)
    }

    /// Whether a cell contains a decimal comma.
    fn has_comma(self, cell: &str) -> bool {
        self != Self::Mark(b',') && cell.contains(',')
    }

    fn number(self, cell: &str) -> Option<f64> {
        // Rust's words for infinity and NaN are parsed as well; the caller refuses them.
        if self.has_comma(cell) && !cell.contains('.') && cell.matches(',').count() == 1 {
            return cell.replace(',', ".").parse().ok();
        }
        cell.parse().ok()
    }
}

/// Whether a line is empty or a comment.
fn is_void(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn outside_quotes(line: &str, mark: char) -> bool {
    let mut quoted = false;
    line.chars().any(|one| {
        quoted ^= one == '"';
        one == mark && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<f64>, usize) {
        let table =
            parse("t.csv", text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        (table.values, table.width)
    }

    fn refusal(text: &str) -> String {
        parse("t.csv", text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn separators_are_recognised() {
        let expected = (vec![1.5, -2.0, 3.0, 4e-3], 2);
        for text in [
            "1.5,-2\n3,4e-3\n",
            "1.5, -2\r\n3, 4e-3\r\n",
            "1.5\t-2\n3\t4e-3\n",
            "1.5;-2\n3;4e-3\n",
            "1,5;-2\n3;0,004\n",
            "1,5\t-2\n3\t0,004\n",
            "1.5 -2\n3 4e-3\n",
            "  1.5   -2\n  3     4e-3\n",
            "# x y\n1.5 -2\n\n3 4e-3\n",
            "\"1.5\",\"-2\"\n\"3\",\"4e-3\"\n",
            "\"1,5\";\"-2\"\n\"3\";\"0,004\"\n",
            "\u{feff}1.5,-2\n3,4e-3",
            "1.5,-2,\n3,4e-3,\n",
            "x,y\n1.5,-2\n3,4e-3\n",
            "\"x, in m\",y\n1.5,-2\n3,4e-3\n",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("1\n2\n"), (vec![1.0, 2.0], 1));
    }

    #[test]
    fn numbers_keep_double_precision() {
        assert_eq!(read("16777217.25,1\n0.1,2\n").0, [16_777_217.25, 1.0, 0.1, 2.0]);
    }

    #[test]
    fn the_index_that_pandas_writes_is_no_coordinate() {
        let table = parse("t.csv", b",x,y\n0,1.5,2\n1,3,4\n").expect("a table");
        assert_eq!((table.values, table.width), (vec![1.5, 2.0, 3.0, 4.0], 2));
        assert_eq!((table.headings.len(), table.notes.len()), (2, 1));
        assert_eq!(read(",0,1\n0,1.5,2\n1,3,4\n").1, 2);
        assert_eq!(read("Unnamed: 0,x\n0,1.5\n1,3\n").1, 1);
        assert_eq!(read("index,x\n0,1.5\n1,3\n2,5\n").1, 1);
        // A coordinate that happens to have an index's heading.
        assert_eq!(read("id,x\n7,1.5\n1,3\n2,5\n").1, 2);
        assert!(refusal("0,1.5\n1,3\n2,5\n").contains("index=False"));
    }

    #[test]
    fn numbers_of_columns_are_headings() {
        assert_eq!(read("0,1\n1.5,2\n3,4\n"), (vec![1.5, 2.0, 3.0, 4.0], 2));
        assert_eq!(read("0,1\n1e3,2\n"), (vec![1e3, 2.0], 2));
        assert!(refusal("0,1\n5,2\n3,4\n").contains("header=False"));
        let pixels = |first: &str| format!("{first}\n{}\n", vec!["7"; 784].join(","));
        let heading: Vec<String> = (0..784).map(|at| at.to_string()).collect();
        assert_eq!(read(&pixels(&heading.join(","))), (vec![7.0; 784], 784));
    }

    #[test]
    fn broken_tables_are_named_by_line() {
        assert!(refusal("1,2\n3\n").contains("line 2: has 1 numbers"));
        assert!(refusal("1,2\n3,x\n").contains("line 2, column 2: `x`"));
        assert!(refusal("1,x\n3,4\n").contains("line 1"), "half a heading is none");
        assert!(refusal("1,2\n3,inf\n").contains("line 2: holds NaN or infinity"));
        assert!(refusal("1,2\n3,\n").contains("line 2, column 2"));
        assert!(refusal("x,y\n").contains("no samples"));
        assert!(refusal("x,y,z\n1,2\n").contains("3 headings"));
    }

    #[test]
    fn columns_can_be_taken_out() {
        let mut table = parse("t.csv", b"label,a,b\n7,1,2\n8,3,4\n").expect("a table");
        assert_eq!(table.take_column(0), [7.0, 8.0]);
        assert_eq!((table.values, table.width), (vec![1.0, 2.0, 3.0, 4.0], 2));
        assert_eq!(table.headings, ["a", "b"]);
    }
}
