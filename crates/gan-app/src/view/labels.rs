//! The texts of the protocol's values. The key of a value consists of its kind and its name:
//! `objective-hinge`, `phase-ready`.

use crate::view::words::{key, say};

/// Marks the first part of a kind's keys, so that tests find all kinds.
pub(crate) const fn kind(kind: &'static str) -> &'static str {
    kind
}

/// The text of the value called `name`.
pub(crate) fn named(kind: &str, name: &str) -> String {
    say(&[kind, "-", name].concat())
}

pub(crate) fn task(name: &str) -> Option<&'static str> {
    match name {
        "worker" => Some(key("task-worker")),
        "data" => Some(key("task-data")),
        "device" => Some(key("task-device")),
        "nets" => Some(key("task-nets")),
        "first_step" => Some(key("task-first-step")),
        "proof" => Some(key("task-proof")),
        "checkpoint" => Some(key("task-checkpoint")),
        "sample" => Some(key("task-sample")),
        _ => None,
    }
}
