//! Generators that come from other frameworks and go to them, by the command. One program, since each links Burn.

mod architectures;
mod export;
mod import;
#[path = "../support/mod.rs"]
mod support;
