//! Compares the compressed sizes of the built site with their budgets.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use wasmparser::{Parser, Payload};

use crate::context::Context;
use crate::{files, process};

/// A group of files that browsers load together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    /// The page in all languages.
    Page,
    /// The worker without WebGPU.
    CpuWorker,
    /// The same with relaxed SIMD; a browser loads one of the two.
    RelaxedWorker,
    /// The worker with WebGPU.
    GpuWorker,
    /// The sampler widget, without any generator.
    Widget,
    /// Loaded on demand: lessons, pictures, pretrained generators.
    OnDemand,
}

struct Budget {
    load: Load,
    name: &'static str,
    /// Size after brotli at quality 11, in bytes; 1 kB is 1,000 bytes.
    limit_bytes: Option<u64>,
    /// Whether the site is incomplete without this group.
    required: bool,
}

const BUDGETS: [Budget; 6] = [
    Budget { load: Load::Page, name: "page", limit_bytes: Some(220_000), required: true },
    Budget {
        load: Load::CpuWorker,
        name: "CPU worker",
        limit_bytes: Some(500_000),
        required: true,
    },
    Budget {
        load: Load::RelaxedWorker,
        name: "CPU, relaxed",
        limit_bytes: Some(500_000),
        required: false,
    },
    Budget {
        load: Load::GpuWorker,
        name: "GPU worker",
        limit_bytes: Some(2_200_000),
        required: false,
    },
    Budget { load: Load::Widget, name: "widget", limit_bytes: Some(195_000), required: false },
    Budget { load: Load::OnDemand, name: "on demand", limit_bytes: None, required: false },
];

struct Measured {
    load: Load,
    name: String,
    bytes: u64,
    brotli_bytes: u64,
    /// The exports of a WebAssembly module; empty for other files.
    exports: Vec<String>,
}

/// Prints the sizes and compares them with the budgets; also checks the modules' exports.
///
/// # Errors
/// If the site is not built, a budget is exceeded, or a module exports a command wrapper.
pub fn check(ctx: &Context) -> Result<()> {
    let dist = ctx.dist();
    let mut paths = files::list(&dist)?;
    // The data sets have no budget.
    paths.retain(|path| !path.starts_with(dist.join("data")));
    ensure!(!paths.is_empty(), "dist/ is empty: run `cargo xtask build`");
    let measured = measure(ctx, &dist, &paths)?;
    measured.iter().try_for_each(check_exports)?;
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

/// Measures the files. Node compresses them, so that xtask links no compressor.
fn measure(ctx: &Context, dist: &Path, paths: &[PathBuf]) -> Result<Vec<Measured>> {
    let mut node = Command::new("node");
    node.arg(ctx.root.join("crates/xtask/js/measure.mjs"));
    node.args(paths);
    let printed = process::output(&mut node).context("node measures the files")?;
    let sizes: Vec<u64> = serde_json::from_str(&printed)?;
    ensure!(sizes.len() == paths.len(), "node left out a file");
    let measure = |(path, brotli_bytes): (&PathBuf, u64)| {
        let path_in_site = path.strip_prefix(dist)?;
        let bytes = files::read(path)?;
        Ok(Measured {
            load: load(path_in_site),
            name: path_in_site.display().to_string(),
            bytes: bytes.len() as u64,
            brotli_bytes,
            exports: match has_extension(path, &["wasm"]) {
                true => exports(&bytes).with_context(|| path.display().to_string())?,
                false => Vec::new(),
            },
        })
    };
    paths.iter().zip(sizes).map(measure).collect()
}

/// The names that a module exports. They are read here because older versions of Node refuse
/// modules with relaxed SIMD.
fn exports(module: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(section) = payload? {
            for export in section {
                names.push(export?.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// Refuses a module that exports a command wrapper. If the linker takes a module for a command, it
/// wraps each export into `NAME.command_export`, which runs all constructors and destructors at
/// every call. A training step through such a wrapper took thirty times as long.
fn check_exports(file: &Measured) -> Result<()> {
    let wrapper = file.exports.iter().find(|export| export.ends_with(".command_export"));
    match wrapper {
        None => Ok(()),
        Some(wrapper) => bail!(
            "{} exports `{wrapper}`: the linker made a command of it, which is some 30 times slower",
            file.name
        ),
    }
}

/// The group with which a file of the site is loaded.
fn load(path: &Path) -> Load {
    let is_code = has_extension(path, &["html", "js", "wasm", "css", "json", "ftl"]);
    let mut folders = path.iter().map(|name| name.to_string_lossy());
    let first = folders.next().unwrap_or_default();
    let second = folders.next();
    match (&*first, second.as_deref()) {
        // These files are for use without a network, and are loaded after the page's start.
        ("service-worker.js" | "offline.json", None) => Load::OnDemand,
        ("worker", Some("cpu-relaxed")) => Load::RelaxedWorker,
        ("worker", Some("gpu")) => Load::GpuWorker,
        ("worker", _) => Load::CpuWorker,
        ("widget", _) => Load::Widget,
        ("locales" | "snippets", _) | (_, None) if is_code => Load::Page,
        _ => Load::OnDemand,
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

/// A line about one group, and the error if it breaks its budget.
fn judge(budget: &Budget, measured: &[Measured]) -> (String, Result<(), String>) {
    let name = budget.name;
    let mut files = measured.iter().filter(|file| file.load == budget.load).peekable();
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
    use crate::files::testing::TempFolder;

    #[test]
    fn files_are_loaded_together() {
        for (path, expected) in [
            ("index.html", Load::Page),
            ("gan-app-0123_bg.wasm", Load::Page),
            ("locales/de.ftl", Load::Page),
            ("snippets/dom/inline0.js", Load::Page),
            ("worker/boot.js", Load::CpuWorker),
            ("worker/cpu/gan_worker_bg.wasm", Load::CpuWorker),
            ("worker/cpu-relaxed/gan_worker_bg.wasm", Load::RelaxedWorker),
            ("worker/gpu/gan_worker.js", Load::GpuWorker),
            ("widget/wasm/gan_widget_bg.wasm", Load::Widget),
            ("models/digits.safetensors", Load::OnDemand),
            ("lessons/one.json", Load::OnDemand),
            ("icon.png", Load::OnDemand),
            ("icons/icon.svg", Load::OnDemand),
            ("manifest.webmanifest", Load::OnDemand),
            ("service-worker.js", Load::OnDemand),
            ("offline.json", Load::OnDemand),
        ] {
            assert_eq!(load(Path::new(path)), expected, "{path}");
        }
    }

    fn cpu_worker(brotli_bytes: u64) -> Vec<Measured> {
        let half = |brotli_bytes| Measured {
            load: Load::CpuWorker,
            name: String::new(),
            bytes: 0,
            brotli_bytes,
            exports: Vec::new(),
        };
        vec![half(brotli_bytes / 2), half(brotli_bytes - brotli_bytes / 2)]
    }

    #[test]
    fn a_budget_holds_to_the_byte() {
        let budget = &BUDGETS[1];
        judge(budget, &cpu_worker(500_000)).1.expect("within");
        judge(budget, &cpu_worker(500_001)).1.expect_err("over");
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

    /// A module that exports a function under `name`.
    fn exporting(name: &str) -> Vec<u8> {
        let length = name.len() as u8;
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend(b"\x01\x04\x01\x60\0\0"); // a type: nothing comes in or out
        module.extend(b"\x03\x02\x01\0"); // a function of that type
        module.extend([7, length + 4, 1, length]);
        module.extend(name.as_bytes());
        module.extend([0, 0]);
        module.extend(b"\x0a\x04\x01\x02\0\x0b"); // its code: none
        module
    }

    #[test]
    fn files_are_measured_and_command_wrappers_refused() {
        let folder = TempFolder::new();
        let ctx = Context { root: crate::context::root(), ..Context::of_test(folder.path()) };
        let paths = ["index.html", "good.wasm", "bad.wasm"].map(|name| folder.path().join(name));
        for (path, content) in paths.iter().zip([
            "a".repeat(1_000).into_bytes(),
            exporting("train"),
            exporting("train.command_export"),
        ]) {
            files::write_whole(path, &content).expect("written");
        }
        let [page, good, bad] = measure(&ctx, folder.path(), &paths)
            .expect("measured")
            .try_into()
            .ok()
            .expect("three files");
        assert_eq!((page.bytes, page.load), (1_000, Load::Page));
        assert!((1..50).contains(&page.brotli_bytes), "{} bytes", page.brotli_bytes);
        check_exports(&page).expect("no module");
        assert_eq!(good.exports, ["train"]);
        check_exports(&good).expect("no wrapper");
        let error = check_exports(&bad).expect_err("a wrapper").to_string();
        assert!(error.contains("bad.wasm exports `train.command_export`"), "{error}");
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(kilobytes(450_001), "450.1");
        assert_eq!(kilobytes(99), "0.1");
    }
}
