//! What a visitor downloads: the compressed sizes of the built site against their budgets.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::context::Context;
use crate::{files, module, process};

/// A part of the site that is loaded together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All that shows the page, in every language.
    Page,
    /// The worker without WebGPU.
    CpuWorker,
    /// The same, with relaxed SIMD: a browser loads one of the two.
    RelaxedWorker,
    /// The worker with WebGPU.
    GpuWorker,
    /// The sampler widget, without any generator.
    Widget,
    /// Loaded on demand: lessons, pictures, pretrained generators.
    OnDemand,
}

struct Budget {
    part: Part,
    name: &'static str,
    /// After brotli at quality 11; in bytes, 1 kB being 1000 of them.
    limit_bytes: Option<u64>,
    /// Whether the site is incomplete without it.
    required: bool,
}

const BUDGETS: [Budget; 6] = [
    Budget { part: Part::Page, name: "page", limit_bytes: Some(200_000), required: true },
    Budget {
        part: Part::CpuWorker,
        name: "CPU worker",
        limit_bytes: Some(450_000),
        required: true,
    },
    Budget {
        part: Part::RelaxedWorker,
        name: "CPU, relaxed",
        limit_bytes: Some(450_000),
        required: false,
    },
    Budget {
        part: Part::GpuWorker,
        name: "GPU worker",
        limit_bytes: Some(2_200_000),
        required: false,
    },
    Budget { part: Part::Widget, name: "widget", limit_bytes: Some(220_000), required: false },
    Budget { part: Part::OnDemand, name: "on demand", limit_bytes: None, required: false },
];

struct Measured {
    part: Part,
    name: String,
    bytes: u64,
    brotli_bytes: u64,
}

/// Prints the sizes and compares them with the budgets; looks at the modules' exports as well.
///
/// # Errors
/// If the site is not built, a budget is exceeded, or a module exports a command wrapper.
pub fn check(ctx: &Context) -> Result<()> {
    let dist = ctx.dist();
    let mut paths = files::list(&dist)?;
    // Not the data sets, nor what trunk leaves behind when it fails.
    let ignored = [dist.join("data"), dist.join(".stage")];
    paths.retain(|path| !ignored.iter().any(|folder| path.starts_with(folder)));
    ensure!(!paths.is_empty(), "dist/ is empty: run `cargo xtask build`");
    for path in paths.iter().filter(|path| has_extension(path, &["wasm"])) {
        module::check(&files::read(path)?).with_context(|| format!("{}", path.display()))?;
    }
    let measured = measure(ctx, &dist, &paths)?;
    println!("       bytes     brotli  file");
    for file in &measured {
        let (bytes, brotli_bytes) = (file.bytes, file.brotli_bytes);
        println!("  {bytes:>10}  {brotli_bytes:>9}  {}", file.name);
    }
    println!();
    let mut over = Vec::new();
    for budget in &BUDGETS {
        let (line, verdict) = judge(budget, &measured);
        println!("{line}");
        over.extend(verdict.err());
    }
    match over.is_empty() {
        true => Ok(()),
        false => bail!("{}", over.join("; ")),
    }
}

fn measure(ctx: &Context, dist: &Path, paths: &[PathBuf]) -> Result<Vec<Measured>> {
    let mut node = Command::new("node");
    node.arg(ctx.root.join("crates/xtask/js/brotli.mjs"));
    node.args(paths);
    let printed = process::output(&mut node).context("node compresses the files")?;
    let sizes: Vec<u64> = printed.lines().map(str::parse).collect::<Result<_, _>>()?;
    ensure!(sizes.len() == paths.len(), "node left out a file");
    let measure = |(path, brotli_bytes): (&PathBuf, u64)| {
        let path_in_site = path.strip_prefix(dist)?;
        Ok(Measured {
            part: part(path_in_site),
            name: path_in_site.display().to_string(),
            bytes: path.metadata()?.len(),
            brotli_bytes,
        })
    };
    paths.iter().zip(sizes).map(measure).collect()
}

/// The part to which a file of the site belongs.
fn part(path: &Path) -> Part {
    let is_code = has_extension(path, &["html", "js", "wasm", "css", "json", "ftl"]);
    let mut folders = path.iter().map(|name| name.to_string_lossy());
    let first = folders.next().unwrap_or_default();
    let second = folders.next();
    match (&*first, second.as_deref()) {
        // For use without a network; loaded once the page works.
        ("service-worker.js" | "offline.json", None) => Part::OnDemand,
        ("worker", Some("cpu-relaxed")) => Part::RelaxedWorker,
        ("worker", Some("gpu")) => Part::GpuWorker,
        ("worker", _) => Part::CpuWorker,
        ("widget", _) => Part::Widget,
        ("locales" | "snippets", _) | (_, None) if is_code => Part::Page,
        _ => Part::OnDemand,
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

/// A line on one part, and what is wrong with it.
fn judge(budget: &Budget, measured: &[Measured]) -> (String, Result<(), String>) {
    let name = budget.name;
    let mut files = measured.iter().filter(|file| file.part == budget.part).peekable();
    if files.peek().is_none() {
        let line = format!("{name:>12}: not built");
        let missing = Err(format!("the {name} is not built: run `cargo xtask build`"));
        return (line, if budget.required { missing } else { Ok(()) });
    }
    let bytes: u64 = files.map(|file| file.brotli_bytes).sum();
    let Some(limit) = budget.limit_bytes else {
        return (format!("{name:>12}: {:>8} kB", kilobytes(bytes)), Ok(()));
    };
    let (size, limit_kb) = (kilobytes(bytes), kilobytes(limit));
    let line = format!("{name:>12}: {size:>8} kB of {limit_kb} kB");
    if bytes > limit {
        let error = format!("the {name} has {size} kB of at most {limit_kb} kB");
        return (line + "  OVER", Err(error));
    }
    (line, Ok(()))
}

/// Thousands of bytes, with one decimal, rounded up.
fn kilobytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_parts() {
        for (path, expected) in [
            ("index.html", Part::Page),
            ("gan-app-0123_bg.wasm", Part::Page),
            ("locales/de.ftl", Part::Page),
            ("snippets/dom/inline0.js", Part::Page),
            ("worker/boot.js", Part::CpuWorker),
            ("worker/cpu/gan_worker_bg.wasm", Part::CpuWorker),
            ("worker/cpu-relaxed/gan_worker_bg.wasm", Part::RelaxedWorker),
            ("worker/gpu/gan_worker.js", Part::GpuWorker),
            ("widget/wasm/gan_widget_bg.wasm", Part::Widget),
            ("models/digits.safetensors", Part::OnDemand),
            ("lessons/one.json", Part::OnDemand),
            ("icon.png", Part::OnDemand),
            ("icons/icon.svg", Part::OnDemand),
            ("manifest.webmanifest", Part::OnDemand),
            ("service-worker.js", Part::OnDemand),
            ("offline.json", Part::OnDemand),
        ] {
            assert_eq!(part(Path::new(path)), expected, "{path}");
        }
    }

    fn cpu_worker(brotli_bytes: u64) -> Vec<Measured> {
        let half = |brotli_bytes| Measured {
            part: Part::CpuWorker,
            name: String::new(),
            bytes: 0,
            brotli_bytes,
        };
        vec![half(brotli_bytes / 2), half(brotli_bytes - brotli_bytes / 2)]
    }

    #[test]
    fn a_budget_holds_to_the_byte() {
        let budget = &BUDGETS[1];
        judge(budget, &cpu_worker(450_000)).1.expect("within");
        judge(budget, &cpu_worker(450_001)).1.expect_err("over");
    }

    #[test]
    fn only_required_parts_may_not_be_missing() {
        let missing: Vec<&str> = BUDGETS
            .iter()
            .filter(|budget| judge(budget, &[]).1.is_err())
            .map(|budget| budget.name)
            .collect();
        assert_eq!(missing, ["page", "CPU worker"]);
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(kilobytes(450_001), "450.1");
        assert_eq!(kilobytes(99), "0.1");
    }
}
