//! The command `serve`: sets up, builds and serves; then builds the other parts while the page is
//! in use.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::{Context, Profile};
use crate::module::Output;
use crate::part::Part;
use crate::server;
use crate::site::Site;
use crate::stages::Stages;
use crate::tools::Tools;
use crate::{dist, process, watch};

/// The options of `serve`.
pub struct Options {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Whether the worker for WebGPU is built.
    pub gpu: bool,
    /// Whether to compile quickly, and to build again when a source changes.
    pub watch: bool,
}

/// Builds and serves the site until interrupted.
///
/// # Errors
/// If the port is taken, or the page or the CPU worker cannot be built. A failure of another part
/// is reported, and the page goes on without it.
pub fn serve(mut ctx: Context, options: &Options) -> Result<()> {
    if options.watch {
        ctx.profile = Profile::Development;
    }
    // The port comes first, so that a taken port is reported before the build.
    let listener = server::listen(options.port)?;
    let stages = Stages::new();
    let tools = build_first(&ctx, &stages);
    stages.print_table();
    let tools = tools?;
    let site = Site::new(&ctx);
    let version = site.version();
    let address = server::start(listener, site)?;
    process::interrupt_is_success();
    let invitation = format!("\n  GAN Playground is served at {address}  (Ctrl-C ends it)");
    println!("{invitation}\n");

    let later = later(options);
    if options.watch {
        return watch::run(&ctx, &tools, &later, &version);
    }
    for part in later {
        let title = part.title();
        match stages.run(title, || build_later(&ctx, &tools, part)) {
            Ok(()) => println!("The {title} is ready: reload the page to use it."),
            Err(error) => eprintln!("The page goes on without the {title}: {error:#}"),
        }
    }
    stages.print_table();
    println!("{invitation}");
    loop {
        thread::park();
    }
}

/// Builds the page and the CPU worker, the first parts to be served, and makes the site of them.
fn build_first(ctx: &Context, stages: &Stages) -> Result<Tools> {
    let tools = dist::set_up(ctx, stages)?;
    dist::build(ctx, &tools, &Part::FIRST, stages, Output::Shown)?;
    dist::assemble(ctx, tools.scripts(), &Part::FIRST)?;
    Ok(tools)
}

/// The parts that are built while the page is in use. With `watch`, parts that compile Burn once
/// more are left out: browsers do without them, and a developer would only wait.
fn later(options: &Options) -> Vec<Part> {
    let mut later = Part::ALL.to_vec();
    later.retain(|part| match part {
        Part::CpuWorker | Part::Page => false,
        Part::Lab | Part::Widget => true,
        Part::RelaxedWorker => !options.watch,
        Part::GpuWorker => !options.watch && options.gpu,
    });
    later
}

/// Builds and installs a part. Cargo's output goes to a file, so that the address stays visible.
fn build_later(ctx: &Context, tools: &Tools, part: Part) -> Result<()> {
    let log = log_path(ctx, part)?;
    let bar = progress(&format!(
        "building the {} (minutes when new); output in {}",
        part.title(),
        log.display()
    ));
    let outcome = part.build(ctx, tools, Output::Logged(&log));
    bar.finish_and_clear();
    outcome?;
    dist::install(ctx, tools.scripts(), &[part])
}

/// A new, empty log file for the part.
fn log_path(ctx: &Context, part: Part) -> Result<PathBuf> {
    let name = part.title().replace([' ', ','], "-");
    let log = ctx.stage().join(format!("{name}.log"));
    fs::write(&log, "").with_context(|| format!("cannot write {}", log.display()))?;
    Ok(log)
}

/// One line that shows the time spent. Without a terminal the message is printed once.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_served_first_or_later() {
        let options = Options { port: 0, gpu: true, watch: false };
        assert_eq!([&Part::FIRST, later(&options).as_slice()].concat(), Part::ALL);
    }

    #[test]
    fn somebody_who_changes_sources_does_not_wait_for_other_builds_of_the_worker() {
        let options = Options { port: 0, gpu: true, watch: true };
        assert_eq!(later(&options), [Part::Lab, Part::Widget]);
    }
}
