//! Prints to standard output, without a panic when its reader has gone.

use std::fmt::{self, Display};
use std::io::{self, Write as _};

use anyhow::Result;

use crate::progress::beside_bars;

/// The reader of the output has gone (`gan presets | head -1`), which is no failure, but ends the
/// command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReaderGone;

impl Display for ReaderGone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("nobody reads standard output any more")
    }
}

impl std::error::Error for ReaderGone {}

/// Writes `words` unchanged, where `print!` would panic once the reader has gone.
pub(crate) fn tell(words: fmt::Arguments<'_>) -> Result<()> {
    let mut output = io::stdout().lock();
    match beside_bars(|| output.write_fmt(words).and_then(|()| output.flush())) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        written => Ok(written?),
    }
}

/// As `println!`, with an error instead of a panic.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::tell(format_args!("{}\n", format_args!($($words)*)))
    };
}

pub(crate) use say;
