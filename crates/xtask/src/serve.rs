//! The command `serve`: set up, build, serve; then build the other workers while the page is in use.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;
use crate::server::{self, Site};
use crate::stages::Stages;
use crate::tools::Tools;
use crate::worker::{Output, Variant};
use crate::{dist, process};

/// Builds and serves the site on `port` until interrupted.
///
/// # Errors
/// If the port is taken or the page cannot be built. A GPU worker that cannot be built is
/// reported, but the page goes on without it.
pub fn serve(ctx: &Context, port: u16, gpu: bool) -> Result<()> {
    // Taken first: better to fail now than after the build.
    let listener = server::listen(port)?;
    let mut stages = Stages::new();
    let tools = dist::build_for_cpu(ctx, &mut stages);
    if tools.is_err() {
        stages.print_table();
    }
    let tools = tools?;
    let address = server::start(listener, Site::new(ctx))?;
    process::interrupt_is_success();
    stages.print_table();
    println!("\n  GAN Playground is served at {address}  (Ctrl-C ends it)\n");

    for variant in Variant::LATER {
        if variant == Variant::Gpu && !gpu {
            continue;
        }
        let title = variant.title();
        match stages.run(title, || build_later(ctx, &tools, variant)) {
            Ok(()) => println!("The {title} is ready: reload the page to use it."),
            Err(error) => eprintln!("The page goes on without the {title}: {error:#}"),
        }
    }
    stages.print_table();
    println!("\n  GAN Playground is served at {address}  (Ctrl-C ends it)");
    loop {
        thread::park();
    }
}

/// Builds a worker with cargo's output in a file, so that the address stays in sight.
fn build_later(ctx: &Context, tools: &Tools, variant: Variant) -> Result<()> {
    let log = log_path(ctx, variant)?;
    let bar = progress(&format!(
        "building the {} (minutes when new); output in {}",
        variant.title(),
        log.display()
    ));
    let outcome = dist::build_and_install(ctx, tools, variant, Output::Logged(&log));
    bar.finish_and_clear();
    outcome
}

/// An empty file for the output.
fn log_path(ctx: &Context, variant: Variant) -> Result<PathBuf> {
    let log = ctx.stage().join(format!("{}-worker.log", variant.name()));
    fs::write(&log, "").with_context(|| format!("cannot write {}", log.display()))?;
    Ok(log)
}

/// One line that shows the time spent; printed once where there is no terminal.
fn progress(message: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        println!("{message}");
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(message.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
