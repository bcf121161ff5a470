//! Follows the browser's history: an address that someone typed or pressed loads its run; an entry that
//! the lab added for one of its panels leaves the run as it is.
//!
//! Every entry has a mark, which grows with each address from outside. The lab copies the mark to the
//! entries that it adds. Going back among entries of one mark therefore changes the panel alone.

use std::cell::Cell;

use js_sys::Date;

use crate::effects::browser::{entry_mark, hash, mark_entry, on_window};
use crate::effects::page::with;
use crate::effects::requests;

thread_local! {
    static MARK: Cell<f64> = const { Cell::new(0.0) };
}

/// Marks the entry that the browser is at, unless it has a mark since before a reload.
fn mark() -> f64 {
    entry_mark().unwrap_or_else(|| {
        let mark = Date::now();
        mark_entry(mark);
        mark
    })
}

/// Begins with the entry with which the page was opened.
pub fn follow() {
    MARK.set(mark());
    on_window("hashchange", |_| {
        if entry_mark() == Some(MARK.get()) {
            with(|page| page.write_address());
        } else {
            MARK.set(mark());
            requests::follow_address(&hash());
        }
    });
}
