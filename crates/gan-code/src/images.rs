//! Writes the loading of real images: their source, selection, shape and order.

use gan_protocol::{DataSource, DataSpec, Degradation, RunSpec, Shape};

use crate::augment;
use crate::few_labels;
use crate::fit::{self, Channels};
use crate::lines::{Lines, number, tensor};
use crate::run::Run;

const READ: &str = r#"def read(name):
    with open(name, "rb") as file:
        data = file.read()
    return bytearray(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)"#;

/// The header's fourth byte is the number of dimensions, each a number of four bytes.
const READ_IDX: &str = r#"def read_idx(name):
    data = read(name)
    sizes = struct.unpack_from(f">{data[3]}i", data, 4)
    return torch.frombuffer(data, dtype=torch.uint8, offset=4 + 4 * data[3]).reshape(sizes)"#;

/// As in the run, a class is drawn for each sample, and the images of a class are used one after
/// another.
const WEIGHTED_EPOCH: &str = r#"def epoch():
    """An epoch: classes are drawn by their weights, each class's images come one after another."""
    count = int((weights > 0)[labels].sum())
    drawn = torch.multinomial(weights, count, replacement=True)
    chosen = torch.empty_like(drawn)
    for y in drawn.unique():
        own, places = torch.where(labels == y)[0], torch.where(drawn == y)[0]
        own = own[torch.randperm(len(own))]
        chosen[places] = own[torch.arange(len(places)) % len(own)]
    return chosen"#;

/// The blocks for real images: reading them, and `batches`, which draws from them.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let data = &run.spec.data;
    let mut blocks = Vec::new();
    match data.source {
        DataSource::IdxFiles => blocks.extend([READ.to_owned(), READ_IDX.to_owned()]),
        DataSource::CifarFiles => blocks.push(READ.to_owned()),
        DataSource::Mnist
        | DataSource::DrawnDigits
        | DataSource::StackedMnist
        | DataSource::Points => {}
    }
    let (channels, has_size) = found(data);
    if !has_size {
        blocks.extend(fit::blocks(data, channels));
    }
    let second = second(run.spec);
    let chooses = |data: &DataSpec| !data.classes.is_empty() || !data.class_weights.is_empty();
    let needs_labels = run.told_classes()
        || few_labels::chooses(run)
        || chooses(data)
        || second.as_ref().is_some_and(chooses);
    let add_set = |lines: &mut Lines, data: &DataSpec| {
        add_choice(lines, data, needs_labels);
        if has_size {
            fit::add_colour(lines, data, channels);
        } else {
            fit::add_call(lines, data, channels);
        }
    };
    blocks.extend(few_labels::function(run));
    let named = if needs_labels { "images, labels" } else { "images" };
    let mut lines = Lines::default();
    add_source(&mut lines, data, needs_labels);
    if second.is_some() {
        lines.add(0, &format!("whole = {named}"));
    }
    add_set(&mut lines, data);
    few_labels::add_choice(run, &mut lines);
    if let Some(second) = &second {
        lines.add(0, "# The second set, of which the generator is given images.");
        lines.add(0, &format!("first = {named}"));
        lines.add(0, &format!("{named} = whole"));
        add_set(&mut lines, second);
        lines.add(0, "others = images");
        lines.add(0, &format!("{named} = first"));
    }
    if run.is_paired() {
        lines.add(0, "# Each image has the other half of its pair as further channels.");
        lines.add(0, "assert len(images) == len(others), \"pairs are equally many\"");
        lines.add(0, "images = torch.cat([images, others], 1)");
    }
    if !data.class_weights.is_empty() {
        let weights = data.class_weights.iter().map(|weight| number(*weight));
        lines.text(&(tensor("weights", weights) + ".float()"));
    }
    blocks.push(lines.block());
    if !data.class_weights.is_empty() {
        blocks.push(WEIGHTED_EPOCH.to_owned());
    }
    if let Some(augmentation) = augment::of(data) {
        blocks.push(augment::block(&augmentation));
    }
    blocks.push(batches(run));
    blocks.push(match has_order_of_its_own(run) {
        true => "real_batches, other_batches = batches(images), batches(others)".to_owned(),
        false => "real_batches = batches()".to_owned(),
    });
    blocks.extend(few_labels::batches(run, &numbers(data)));
    blocks
}

/// The set of which a generator is given images, if a program can load it: another part of the run's own
/// source.
pub(crate) fn second(spec: &RunSpec) -> Option<DataSpec> {
    let data = &spec.data;
    if let Some(Degradation::Paired { class }) = spec.condition.map(|it| it.picture) {
        return Some(DataSpec { classes: vec![class], ..data.clone() });
    }
    let from = &spec.translation.as_ref()?.from;
    let alike = from.source == data.source && from.augmentation == data.augmentation;
    let plain = data.class_weights.is_empty() && from.class_weights.is_empty();
    let is_loaded = stand_in(from.source).is_none() && from.source != DataSource::StackedMnist;
    (alike && plain && is_loaded).then(|| from.clone())
}

/// Whether the second set is drawn in an order of its own: no image belongs to one of the first set.
fn has_order_of_its_own(run: &Run<'_>) -> bool {
    run.translation().is_some() && second(run.spec).is_some()
}

/// The source that a program loads in place of one that only the page has.
pub(crate) fn stand_in(source: DataSource) -> Option<DataSource> {
    match source {
        DataSource::DrawnDigits => Some(DataSource::Mnist),
        DataSource::Mnist
        | DataSource::IdxFiles
        | DataSource::CifarFiles
        | DataSource::StackedMnist
        | DataSource::Points => None,
    }
}

/// Channels of the source's images, and whether they have the nets' size and need no conversion to
/// grey.
fn found(data: &DataSpec) -> (Channels, bool) {
    let (channels, side) = match data.source {
        DataSource::IdxFiles => return (Channels::OfFiles, false),
        DataSource::CifarFiles => (Channels::Colour, 32),
        DataSource::StackedMnist => (Channels::Colour, 28),
        DataSource::Mnist | DataSource::DrawnDigits => (Channels::Grey, 28),
        DataSource::Points => unreachable!("points are no images"),
    };
    let is_greyed = channels == Channels::Colour && data.channels == 1;
    let same = data.shape() == Shape::image(data.channels, side, side);
    (channels, same && !is_greyed)
}

/// `images`, bytes of [image, channel, row, column], and `labels` if needed.
fn add_source(lines: &mut Lines, data: &DataSpec, labels: bool) {
    match data.source {
        DataSource::IdxFiles => {
            let names = if labels { "images and labels" } else { "images; labels may be there" };
            lines.add(0, &format!("# Names of IDX files are given on the command line: {names}."));
            lines.add(
                0,
                "# Pictures of a folder, as the page takes them, must become such files first.",
            );
            lines.add(0, "files = [read_idx(name) for name in sys.argv[1:]]");
            if labels {
                lines.add(0, "labels, images = sorted(files, key=torch.Tensor.dim)");
                lines.add(0, "labels, images = labels.to(device), images.to(device)");
                lines.add(0, "# Classes are those that the labels name, from 0 on.");
                lines.add(0, "names, labels = labels.unique(return_inverse=True)");
            } else {
                lines.add(0, "images = max(files, key=torch.Tensor.dim).to(device)");
            }
            lines.add(0, "images = images.reshape(len(images), -1, *images.shape[-2:])");
        }
        DataSource::CifarFiles => {
            lines.add(0, "# Names of CIFAR-10's binary files are given on the command line.");
            let record = "torch.frombuffer(read(name), dtype=torch.uint8)";
            lines.add(0, &format!("records = [{record} for name in sys.argv[1:]]"));
            lines.add(0, "records = torch.cat(records).reshape(-1, 1 + 3 * 32 * 32).to(device)");
            lines.add(0, "images = records[:, 1:].reshape(-1, 3, 32, 32)");
            if labels {
                lines.add(0, "labels = records[:, 0].long()");
            }
        }
        DataSource::Points => unreachable!("points are no images"),
        source @ (DataSource::Mnist | DataSource::DrawnDigits | DataSource::StackedMnist) => {
            if source == DataSource::DrawnDigits {
                lines.add(0, "# In place of the page's own drawn digits.");
            }
            lines.add(0, "mnist = datasets.MNIST(\"data\", download=True)");
            let channel = if source == DataSource::StackedMnist { "" } else { "[:, None]" };
            lines.add(0, &format!("images = mnist.data{channel}.to(device)"));
            if labels {
                lines.add(0, "labels = mnist.targets.to(device)");
            }
        }
    }
}

/// The selection of images.
fn add_choice(lines: &mut Lines, data: &DataSpec, labels: bool) {
    if !data.classes.is_empty() {
        lines.text(&tensor("classes", data.classes.iter().map(u8::to_string)));
        // A file's classes are chosen by the values of its labels.
        let named = if data.source == DataSource::IdxFiles { "names[labels]" } else { "labels" };
        lines.add(0, &format!("chosen = torch.isin({named}, classes)"));
        lines.add(0, "images, labels = images[chosen], labels[chosen]");
    }
    if let Some(limit) = data.limit {
        if labels {
            lines.add(0, &format!("images, labels = images[:{limit}], labels[:{limit}]"));
        } else {
            lines.add(0, &format!("images = images[:{limit}]"));
        }
    }
}

/// The chosen images in [-1, 1].
fn numbers(data: &DataSpec) -> String {
    let x = "images[chosen] / 127.5 - 1";
    if augment::of(data).is_some() { format!("augmented({x})") } else { x.to_owned() }
}

/// `batches`, a Python generator of images in [-1, 1], with their labels if the run has labels.
fn batches(run: &Run<'_>) -> String {
    let data = &run.spec.data;
    let stacked = data.source == DataSource::StackedMnist;
    let mut lines = Lines::default();
    let parameter = if has_order_of_its_own(run) { "images" } else { "" };
    lines.add(0, &format!("def batches({parameter}):"));
    if stacked {
        lines.add(1, "while True:");
        lines.add(2, "chosen = torch.randint(len(images), (BATCH, 3))  # a digit for each channel");
    } else {
        let weighted = !data.class_weights.is_empty();
        let epoch = if weighted { "epoch()" } else { "torch.randperm(len(images))" };
        lines.add(1, "order = torch.empty(0, dtype=torch.long)");
        lines.add(1, "while True:");
        lines.add(2, "while len(order) < BATCH:  # each epoch has an order of its own");
        lines.add(3, &format!("order = torch.cat([order, {epoch}])"));
        lines.add(2, "chosen, order = order[:BATCH], order[BATCH:]");
    }
    let x = numbers(data);
    let labels = match (run.told_classes(), stacked) {
        (false, _) => "",
        (true, false) => ", labels[chosen]",
        (true, true) => ", (labels[chosen] * torch.tensor([100, 10, 1])).sum(1)",
    };
    lines.add(2, &format!("yield {x}{labels}"));
    lines.block()
}
