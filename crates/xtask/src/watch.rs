//! Rebuilds the parts of the site that a changed file belongs to, for `serve --watch`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use notify_debouncer_mini::notify::RecommendedWatcher;
use notify_debouncer_mini::notify::RecursiveMode::{self, NonRecursive, Recursive};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use crate::context::Context;
use crate::module::Output;
use crate::part::Part;
use crate::site::Version;
use crate::stages::seconds;
use crate::tools::Tools;
use crate::{dist, files};

/// The quiet time after a change before a build begins, because editors write a file in several
/// steps.
const QUIET: Duration = Duration::from_millis(200);
/// The folders of sources.
const WATCHED: [(&str, RecursiveMode); 3] =
    [("", NonRecursive), ("crates", Recursive), ("web", Recursive)];
/// Files that affect the compilation of every module.
const MANIFESTS: [&str; 3] = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"];

/// Builds the parts `later` one by one. Before each of them, and from then on, builds the parts
/// that a changed file belongs to. Puts them into the site and raises the version, until the
/// program ends.
///
/// # Errors
/// If the files cannot be watched. A part that cannot be built is reported, and is built again with
/// the next change.
pub fn run(ctx: &Context, tools: &Tools, later: &[Part], version: &Version) -> Result<()> {
    let changes = Changes::of(&ctx.root)?;
    println!("watching the sources: a saved file is built and shown");
    let mut parts = Part::FIRST.to_vec();
    let mut later = later.iter().copied();
    // Parts with changes that are not built yet.
    let mut waiting = BTreeSet::new();
    loop {
        let mut changed = changes.until_now()?;
        let next = if changed.is_empty() { later.next() } else { None };
        if changed.is_empty() && next.is_none() {
            changed = changes.wait()?;
        }
        let inputs: Vec<Inputs> = parts.iter().map(|&part| Inputs::of(ctx, part)).collect();
        let affected = affected(&changed, &inputs);
        if affected.is_empty() && next.is_none() {
            continue;
        }
        waiting.extend(affected);
        waiting.extend(next);
        parts.extend(next);
        let start = Instant::now();
        let names: Vec<&str> = waiting.iter().map(|part| part.title()).collect();
        let names = names.join(", ");
        match renew(ctx, tools, &waiting) {
            Ok(()) => {
                waiting.clear();
                version.raise();
                println!("{names}: built in {}", seconds(start.elapsed()));
            }
            Err(error) => eprintln!("{names}: {error:#}; the page stays as it is"),
        }
    }
}

/// The files that were saved.
struct Changes {
    events: mpsc::Receiver<DebounceEventResult>,
    /// The watch ends when this is dropped.
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl Changes {
    /// Watches the sources at `root` from now on.
    fn of(root: &Path) -> Result<Self> {
        let (sender, events) = mpsc::channel();
        let mut debouncer = new_debouncer(QUIET, sender)?;
        for (folder, mode) in WATCHED {
            let path = root.join(folder);
            let watched = debouncer.watcher().watch(&path, mode);
            watched.with_context(|| format!("cannot watch {}", path.display()))?;
        }
        Ok(Self { events, _debouncer: debouncer })
    }

    /// The files saved since the last call; empty if there are none.
    fn until_now(&self) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for event in self.events.try_iter() {
            paths.extend(event?.into_iter().map(|event| event.path));
        }
        Ok(paths)
    }

    /// The files saved since the last call; waits until there is one.
    fn wait(&self) -> Result<Vec<PathBuf>> {
        let first = self.events.recv().context("the watch has ended")??;
        let mut paths: Vec<PathBuf> = first.into_iter().map(|event| event.path).collect();
        paths.extend(self.until_now()?);
        Ok(paths)
    }
}

fn renew(ctx: &Context, tools: &Tools, parts: &BTreeSet<Part>) -> Result<()> {
    parts.iter().try_for_each(|part| part.build(ctx, tools, Output::Shown))?;
    let parts: Vec<Part> = parts.iter().copied().collect();
    dist::install(ctx, tools.scripts(), &parts)
}

/// The files that a part is made of.
struct Inputs {
    part: Part,
    /// The sources of its modules; `None` before these were first compiled.
    compiled: Option<BTreeSet<PathBuf>>,
    /// Files and folders that are copied into the site.
    copied: Vec<PathBuf>,
}

impl Inputs {
    fn of(ctx: &Context, part: Part) -> Self {
        let lists =
            part.modules().iter().map(|module| files::read_text(&module.compiled(ctx, "d")));
        let lists: Result<Vec<String>> = lists.collect();
        let compiled =
            lists.ok().map(|lists| lists.iter().flat_map(|list| sources(list)).collect());
        let copied = part.copied().iter().map(|path| ctx.root.join(path)).collect();
        Self { part, compiled, copied }
    }

    fn hold(&self, path: &Path) -> bool {
        let is_compiled = match &self.compiled {
            Some(compiled) => compiled.contains(path),
            None => path.extension().is_some_and(|extension| extension == "rs"),
        };
        is_compiled || self.copied.iter().any(|copied| path.starts_with(copied))
    }
}

/// The parts to build after files have `changed`. A new source counts as soon as another source
/// names it.
fn affected(changed: &[PathBuf], inputs: &[Inputs]) -> Vec<Part> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_manifest = |path: &Path| MANIFESTS.contains(&name(path).as_str());
    // Editors write such files for themselves.
    let is_hidden = |path: &Path| name(path).starts_with('.') || name(path).ends_with('~');
    let affects =
        |inputs: &Inputs, path: &Path| !is_hidden(path) && (is_manifest(path) || inputs.hold(path));
    let affected = inputs.iter().filter(|inputs| changed.iter().any(|path| affects(inputs, path)));
    affected.map(|inputs| inputs.part).collect()
}

/// The sources in cargo's list of the form `PRODUCT: SOURCE SOURCE …`. A backslash precedes a space
/// within a path.
fn sources(list: &str) -> Vec<PathBuf> {
    const SPACE: &str = "\\ ";
    const STAND_IN: &str = "\0";
    let Some((_, sources)) = list.lines().next().unwrap_or_default().split_once(": ") else {
        return Vec::new();
    };
    let sources = sources.replace(SPACE, STAND_IN);
    sources.split_whitespace().map(|path| PathBuf::from(path.replace(STAND_IN, " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::testing::TempFolder;

    #[test]
    fn a_saved_file_is_a_change_wherever_sources_lie() {
        let folder = TempFolder::new();
        let root = folder.path();
        for path in ["crates/a/src/lib.rs", "web/lab/entry.js", "target/debug/a.d"] {
            files::write_whole(&root.join(path), b"before").expect("written");
        }
        let changes = Changes::of(root).expect("watched");
        assert!(changes.until_now().expect("none").is_empty());
        for path in ["target/debug/a.d", "crates/a/src/lib.rs", "index.html", "web/lab/entry.js"] {
            files::write_whole(&root.join(path), b"after").expect("written");
        }
        let mut changed = BTreeSet::new();
        let start = Instant::now();
        while changed.len() < 3 && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(QUIET);
            let saved = changes.until_now().expect("changes").into_iter();
            changed.extend(saved.filter(|path| path.extension().is_some_and(|e| e != "part")));
        }
        let expected = ["crates/a/src/lib.rs", "index.html", "web/lab/entry.js"];
        assert!(changed.into_iter().eq(expected.map(|path| root.join(path))));
    }

    fn inputs(part: Part, compiled: &[&str]) -> Inputs {
        Inputs {
            part,
            compiled: Some(compiled.iter().map(PathBuf::from).collect()),
            copied: part.copied().iter().map(|path| Path::new("/root").join(path)).collect(),
        }
    }

    /// A page and a worker that share a crate, and a lab.
    fn site() -> [Inputs; 3] {
        [
            inputs(
                Part::CpuWorker,
                &["/root/crates/core/src/lib.rs", "/root/crates/wire/src/lib.rs"],
            ),
            inputs(Part::Page, &["/root/crates/app/src/lib.rs", "/root/crates/wire/src/lib.rs"]),
            inputs(Part::Lab, &["/root/crates/lab/src/lib.rs", "/root/web/locales/en.ftl"]),
        ]
    }

    fn after(path: &str) -> Vec<Part> {
        affected(&[PathBuf::from(path)], &site())
    }

    #[test]
    fn a_source_affects_the_parts_that_were_compiled_from_it() {
        assert_eq!(after("/root/crates/app/src/lib.rs"), [Part::Page]);
        assert_eq!(after("/root/crates/wire/src/lib.rs"), [Part::CpuWorker, Part::Page]);
        // A text file that is included in the module.
        assert_eq!(after("/root/web/locales/en.ftl"), [Part::Lab]);
    }

    #[test]
    fn a_file_that_is_copied_affects_its_part() {
        assert_eq!(after("/root/index.html"), [Part::Page]);
        assert_eq!(after("/root/web/style/page.css"), [Part::Page]);
        assert_eq!(after("/root/web/worker/entry.js"), [Part::CpuWorker]);
        assert_eq!(after("/root/web/lab/new.js"), [Part::Lab]);
    }

    #[test]
    fn a_manifest_affects_every_part() {
        for manifest in ["/root/Cargo.toml", "/root/crates/wire/Cargo.toml", "/root/Cargo.lock"] {
            assert_eq!(after(manifest), [Part::CpuWorker, Part::Page, Part::Lab], "{manifest}");
        }
    }

    #[test]
    fn other_files_affect_nothing() {
        for other in [
            "/root/README.md",
            "/root/crates/app/tests/a.rs",
            "/root/crates/app/src/unused.rs",
            "/root/web/lab/.entry.js.swp",
            "/root/web/lab/entry.js~",
        ] {
            assert!(after(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_part_that_was_never_compiled_is_affected_by_every_source() {
        let never = Inputs { compiled: None, ..inputs(Part::Widget, &[]) };
        let changed = [PathBuf::from("/root/crates/any/src/lib.rs")];
        assert_eq!(affected(&changed, &[never]), [Part::Widget]);
    }

    #[test]
    fn cargos_list_of_sources_is_read() {
        let list = "/t/gan_lab.wasm: /root/a.rs /root/a\\ b.rs /root/c.ftl\n\n/root/a.rs:\n";
        assert_eq!(sources(list), ["/root/a.rs", "/root/a b.rs", "/root/c.ftl"].map(PathBuf::from));
        assert!(sources("").is_empty());
    }
}
