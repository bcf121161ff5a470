//! Decides whether the user's files can be copied for a copy of the run.

use leptos::prelude::*;

use crate::observation::Run;
use crate::words::{key, say_with};

/// Larger files are not copied: the page's run and its copy, each with the files and their samples,
/// would fill the memory of a small machine. All of CIFAR-10 is below the limit.
const MOST_COPIED_MB: u64 = 200;

/// The size in MB of files that are too large to copy; `None` if they are not.
fn excess(run: &Run) -> Option<u64> {
    let size_mb = run.file_bytes.div_ceil(1_000_000);
    (size_mb > MOST_COPIED_MB).then_some(size_mb)
}

/// Whether the run cannot be copied.
pub(crate) fn cannot_copy(run: &Run) -> bool {
    excess(run).is_some()
}

/// The reason why the run cannot be copied; empty if it can.
#[component]
pub(crate) fn WhyNoCopy(run: RwSignal<Run>) -> impl IntoView {
    let told = move || {
        let facts = |size: u64| [("size", size.to_string()), ("most", MOST_COPIED_MB.to_string())];
        run.with(excess).map(|size| say_with(key("files-too-large-to-copy"), &facts(size)))
    };
    view! { <p class="lab-why-not" hidden=move || !run.with(cannot_copy)>{told}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_copied_up_to_a_limit() {
        let of = |file_bytes| Run { file_bytes, ..Run::default() };
        assert!(!cannot_copy(&of(0)));
        // The six files of CIFAR-10.
        assert!(!cannot_copy(&of(6 * 30_730_000)));
        assert_eq!(excess(&of(200_000_001)), Some(201));
    }
}
