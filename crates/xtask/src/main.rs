//! The project's commands, run as `cargo xtask <command>`.
//!
//! This crate knows how the pieces are built, laid out, served and checked. It knows nothing of
//! what they compute, and links none of them.

mod bench;
mod browser;
mod ci;
mod context;
mod counts;
mod data;
mod deny;
mod dist;
mod files;
mod lab;
mod module;
mod offline;
mod packages;
mod page;
mod part;
mod process;
mod python;
mod scripts;
mod serve;
mod server;
mod site;
mod size;
mod stages;
mod test;
mod test_program;
mod tools;
mod vulkan;
mod watch;
mod widget;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use context::Context;
use part::Part;
use stages::Stages;

/// The commands of GAN Playground.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build the release page and serve it on this machine
    Serve(ServeArgs),
    /// Set up and build the whole static site into dist/, or parts of it
    Build(BuildArgs),
    /// Run the tests; all groups but `--gpu` unless some are named
    Test(TestArgs),
    /// Time a training step beside other engines, and print one table
    Bench(BenchArgs),
    /// Everything that must pass before a change is merged
    Ci,
    /// Put MNIST into data/mnist/
    Data,
    /// Compare the compressed sizes of what is in dist/ with their budgets
    Size,
    /// Check licences, versions and origins of the dependencies by the rules of deny.toml
    Deny(DenyArgs),
    /// Install the pinned build tools
    Tools,
}

#[derive(Args)]
struct ServeArgs {
    /// Port to listen on, on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Leave out the WebGPU worker, which takes the longest to build
    #[arg(long)]
    no_gpu: bool,
    /// Compile quickly, not small and fast, and build and reload the page when a source is saved.
    /// Without the workers for relaxed SIMD and for WebGPU
    #[arg(long)]
    watch: bool,
}

#[derive(Args)]
struct BuildArgs {
    /// Only these parts, which are put into the site that is there
    parts: Vec<Part>,
    /// Leave out the WebGPU worker, which takes the longest to build
    #[arg(long, conflicts_with = "parts")]
    no_gpu: bool,
    /// Copy data/ into dist/data/, for a static host that shall offer MNIST (11.6 MB)
    #[arg(long, conflicts_with = "parts")]
    with_data: bool,
}

#[derive(Args)]
struct TestArgs {
    /// Tests that run on this machine's own processor
    #[arg(long)]
    native: bool,
    /// WebAssembly tests in headless Chromium
    #[arg(long)]
    wasm: bool,
    /// Tests of the built page in headless Chromium, and their smoke part in Firefox and WebKit
    #[arg(long)]
    e2e: bool,
    /// Tests of the mathematics on a graphics processor, or on Mesa's software device
    #[arg(long)]
    gpu: bool,
    /// Tests that run the programs of `gan code`, by a Python that has PyTorch (PYTHON names another
    /// than the system's). Without a named group they are run where there is one
    #[arg(long)]
    python: bool,
}

#[derive(Args)]
struct BenchArgs {
    /// Fewer goes; ends within ten minutes once everything is built
    #[arg(long)]
    quick: bool,
    /// Write the rows to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only these nets of tests/bench/nets, with commas between them
    #[arg(long)]
    nets: Option<String>,
    /// Only these engines: cpu, cpu-isolated, gpu (our workers), tfjs-wasm, tfjs-cpu, tfjs-webgpu,
    /// tfjs-webgl, native-cpu, native-gpu, torch-1, torch-2, with commas between them
    #[arg(long)]
    engines: Option<String>,
    /// Time our native program on a graphics processor too, which takes long to build
    #[arg(long)]
    native_gpu: bool,
    /// The Python that has PyTorch
    #[arg(long, default_value = "python3")]
    python: String,
}

#[derive(Args)]
struct DenyArgs {
    /// Look for known vulnerabilities too, in the RustSec database on GitHub
    #[arg(long)]
    advisories: bool,
}

fn main() -> ExitCode {
    process::end_children_on_signal();
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Serve(ServeArgs { port, no_gpu, watch }) => {
            serve::serve(Context::new()?, &serve::Options { port, gpu: !no_gpu, watch })
        }
        Command::Build(args) => {
            let stages = Stages::new();
            let ctx = Context::new()?;
            let outcome = if args.parts.is_empty() {
                let mut parts = Part::ALL.to_vec();
                parts.retain(|part| !args.no_gpu || *part != Part::GpuWorker);
                dist::build_site(&ctx, &parts, args.with_data, &stages)
            } else {
                dist::renew(&ctx, &args.parts, &stages)
            };
            stages.print_table();
            outcome
        }
        Command::Test(args) => {
            let TestArgs { native, wasm, e2e, gpu, python } = args;
            let groups = test::Groups::chosen(native, wasm, e2e, gpu, python);
            test::run(&Context::new()?, groups)
        }
        Command::Bench(args) => {
            let wanted = bench::Wanted {
                quick: args.quick,
                json: args.json,
                nets: args.nets,
                engines: args.engines,
                native_gpu: args.native_gpu,
                python: args.python,
            };
            bench::run(&Context::new()?, &wanted)
        }
        Command::Ci => ci::run(),
        Command::Data => data::install(&Context::new()?),
        Command::Deny(args) => deny::run(&Context::new()?, args.advisories),
        Command::Size => size::check(&Context::new()?),
        Command::Tools => tools::ensure(&Context::new()?).map(drop),
    }
}
