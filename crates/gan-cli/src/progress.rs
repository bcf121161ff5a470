//! Progress bars on standard error, for whatever takes longer than half a second.
//!
//! A bar is drawn on a terminal only, and not before half a second has passed: what is quick leaves no
//! flicker. Standard output holds no part of it, so `--json` stays JSON. All bars share one place on
//! the terminal, so bars that overlap and lines that are printed meanwhile ([`beside_bars`]) do not
//! overwrite each other.

use std::io::{IsTerminal as _, stderr};
use std::sync::LazyLock;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is done before that gets no bar.
const SHOWN_AFTER: Duration = Duration::from_millis(500);
/// Another time, in milliseconds: tests see bars of work that is quick on every machine.
const SHOWN_AFTER_VARIABLE: &str = "GAN_BARS_AFTER_MS";
/// Between two pictures of a bar, however seldom it moves.
const DRAWN_EVERY: Duration = Duration::from_millis(200);

static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// A bar, which goes when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// Shows the bar later; ends when the sender goes.
    shower: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    /// For `total` things of a kind: "drawing ███ 64/10000 samples, 600/s, 16s left".
    pub(crate) fn counted(doing: impl Into<String>, total: u64, things: &str) -> Self {
        let counted = format!("{{pos}}/{{len}} {things}, {{per_sec}}, {{eta}} left");
        Self::new(doing, Some(total), &format!("{{msg}} {{bar:24}} {counted}"))
    }

    /// For work whose parts nobody counts: "comparing ███ 12 %, 16s left".
    pub(crate) fn of_work(doing: impl Into<String>, total: u64) -> Self {
        Self::new(doing, Some(total), "{msg} {bar:24} {percent} %, {eta} left")
    }

    /// For what does not say how far it is: "reading data.csv, 3s".
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

    /// So much more is done.
    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
    }

    /// So much is done in all.
    pub(crate) fn set_position(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// What is being done now.
    pub(crate) fn set_message(&self, doing: impl Into<String>) {
        self.bar.set_message(doing.into());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((sender, shower)) = self.shower.take() {
            drop(sender);
            // A bar that could not be shown is no reason to fail.
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

/// Prints while no bar is in the way.
pub(crate) fn beside_bars<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// What `work` gives, with a bar that does not say how far it is.
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
