//! Writes what is chosen by classes: a few samples of each, to learn from them alone, or to teach the
//! discriminator their classes (semi-supervised).

use crate::lines::Lines;
use crate::run::Run;
use crate::shown;

/// Chooses a few images of each class.
const FEW: &str = r#"def few(most):
    """The places of `most` images of each class, chosen at random."""
    order = torch.randperm(len(labels))
    return torch.cat([order[labels[order] == label][:most] for label in labels.unique()])"#;

/// Whether images are chosen by their classes.
pub(crate) fn chooses(run: &Run<'_>) -> bool {
    run.spec.data.per_class.is_some() || run.spec.semi_supervised.is_some()
}

/// The function that chooses, if the run needs one.
pub(crate) fn function(run: &Run<'_>) -> Option<String> {
    chooses(run).then(|| FEW.to_owned())
}

/// The only images of the run, if it takes a few of each class.
pub(crate) fn add_choice(run: &Run<'_>, lines: &mut Lines) {
    if let Some(most) = run.spec.data.per_class {
        lines.add(0, &format!("chosen = few({most})"));
        lines.add(0, "images, labels = images[chosen], labels[chosen]");
    }
}

/// Batches of labelled images, if the run has any; `x` are the images of the places `chosen`.
pub(crate) fn batches(run: &Run<'_>, x: &str) -> Option<String> {
    let semi_supervised = run.spec.semi_supervised?;
    let mut lines = Lines::default();
    lines.add(0, "def labelled_batches():");
    lines.add(1, "\"\"\"The few images whose classes the discriminator learns.\"\"\"");
    lines.add(1, &format!("labelled = few({})", semi_supervised.labelled));
    lines.add(1, "order = torch.empty(0, dtype=torch.long)");
    lines.add(1, "while True:");
    lines.add(2, "while len(order) < BATCH:");
    lines.add(3, "order = torch.cat([order, labelled[torch.randperm(len(labelled))]])");
    lines.add(2, "chosen, order = order[:BATCH], order[BATCH:]");
    lines.add(2, &format!("yield {x}, labels[chosen]"));
    lines.add(0, "");
    lines.add(0, "");
    lines.add(0, "labelled_images = labelled_batches()");
    Some(lines.block())
}

/// The labelled images of a step, as the discriminator sees them.
pub(crate) fn add_batch(run: &Run<'_>, lines: &mut Lines, depth: usize) {
    if run.spec.semi_supervised.is_none() {
        return;
    }
    lines.add(depth, "labelled, y = next(labelled_images)");
    if run.spec.growth.is_some() {
        lines.add(depth, "labelled = as_grown(labelled)");
    }
    if run.shows() {
        lines.add(depth, &format!("labelled = shown(labelled{})", shown::beside(run)));
    }
}
