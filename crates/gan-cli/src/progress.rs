//! Shows progress bars on standard error for work that takes longer than half a second.
//!
//! A bar is drawn on a terminal only, and only after half a second, so that quick work causes no
//! flicker. Standard output contains no part of it, so `--json` stays JSON. All bars share one
//! place on the terminal, so that overlapping bars and lines printed meanwhile ([`beside_bars`]) do
//! not overwrite each other.

use std::io::{IsTerminal as _, stderr};
use std::sync::LazyLock;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that ends before this has no bar.
const SHOWN_AFTER: Duration = Duration::from_millis(500);
/// Another time, in milliseconds, so that tests see bars of work that is quick on every machine.
const SHOWN_AFTER_VARIABLE: &str = "GAN_BARS_AFTER_MS";
/// Time between two redraws of a bar, however seldom it moves.
const DRAWN_EVERY: Duration = Duration::from_millis(200);

static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// A bar, which is removed when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// Thread that shows the bar later; ends when the sender is dropped.
    shower: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    /// For `total` things of one kind: "drawing ███ 64/10000 samples, 600/s, 16s left".
    pub(crate) fn counted(doing: impl Into<String>, total: u64, things: &str) -> Self {
        let counted = format!("{{pos}}/{{len}} {things}, {{per_sec}}, {{eta}} left");
        Self::new(doing, Some(total), &format!("{{msg}} {{bar:24}} {counted}"))
    }

    /// For work without countable parts: "comparing ███ 12 %, 16s left".
    pub(crate) fn of_work(doing: impl Into<String>, total: u64) -> Self {
        Self::new(doing, Some(total), "{msg} {bar:24} {percent} %, {eta} left")
    }

    /// For work of unknown length: "reading data.csv, 3s".
    pub(crate) fn without_end(doing: impl Into<String>) -> Self {
        Self::new(doing, None, "{spinner} {msg}, {elapsed}")
    }

    fn new(doing: impl Into<String>, total: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        bar.set_message(doing.into());
        bar.set_style(ProgressStyle::with_template(template).expect("a template of this module"));
        let shower = stderr().is_terminal().then(|| shown_later(bar.clone()));
        Self { bar, shower }
    }

    /// Adds to the work done.
    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
    }

    /// Sets the work done in all.
    pub(crate) fn set_position(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// Sets the description of the work.
    pub(crate) fn set_message(&self, doing: impl Into<String>) {
        self.bar.set_message(doing.into());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((sender, shower)) = self.shower.take() {
            drop(sender);
            // A bar that could not be shown is not an error.
            let _ = shower.join();
        }
        self.bar.finish_and_clear();
        BARS.remove(&self.bar);
    }
}

fn shown_after() -> Duration {
    let asked = std::env::var(SHOWN_AFTER_VARIABLE).ok().and_then(|text| text.parse().ok());
    asked.map_or(SHOWN_AFTER, Duration::from_millis)
}

fn shown_later(bar: ProgressBar) -> (Sender<()>, JoinHandle<()>) {
    let (sender, receiver) = channel();
    let shower = spawn(move || {
        if receiver.recv_timeout(shown_after()) == Err(RecvTimeoutError::Timeout) {
            let bar = BARS.add(bar);
            bar.tick();
            bar.enable_steady_tick(DRAWN_EVERY);
        }
    });
    (sender, shower)
}

/// Prints while the bars are hidden.
pub(crate) fn beside_bars<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// The result of `work`, with a bar of unknown length.
pub(crate) fn waited<T>(doing: impl Into<String>, work: impl FnOnce() -> T) -> T {
    let _bar = Bar::without_end(doing);
    work()
}

/// As `eprintln!`, beside bars.
macro_rules! note {
    ($($words:tt)*) => {
        $crate::progress::beside_bars(|| eprintln!($($words)*))
    };
}

pub(crate) use note;
