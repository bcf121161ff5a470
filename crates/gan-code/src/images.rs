//! Images: where they come from, which of them, in which shape, in which order.

use gan_protocol::{AugmentationSpec, DataSource, DataSpec};

use crate::lines::{Lines, number, tensor};
use crate::run::Run;

/// Sides of the images of MNIST and of CIFAR-10, in pixels.
const MNIST_SIDE: usize = 28;
const CIFAR_SIDE: usize = 32;

const READ: &str = r#"def read(name):
    with (gzip.open if name.endswith(".gz") else open)(name, "rb") as file:
        return bytearray(file.read())"#;

/// The header's fourth byte is the count of dimensions, each a number of four bytes.
const READ_IDX: &str = r#"def read_idx(name):
    data = read(name)
    sizes = struct.unpack_from(f">{data[3]}i", data, 4)
    return torch.frombuffer(data, dtype=torch.uint8, offset=4 + 4 * data[3]).reshape(sizes)"#;

/// The blocks that bring real images: reading them, and `batches`, which draws from them.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let data = &run.spec.data;
    let mut blocks = Vec::new();
    match data.source {
        DataSource::IdxFiles => blocks.extend([READ.to_owned(), READ_IDX.to_owned()]),
        DataSource::CifarFiles => blocks.push(READ.to_owned()),
        _ => {}
    }
    let needs_labels =
        run.told_classes() || !data.classes.is_empty() || !data.class_weights.is_empty();
    let mut lines = Lines::default();
    add_source(&mut lines, data, needs_labels);
    add_choice(&mut lines, data, needs_labels);
    if let Some(augmentation) = &data.augmentation {
        add_augmentation(&mut lines, data, augmentation);
    }
    blocks.push(lines.block());
    blocks.push(batches(run));
    blocks.push("real_batches = batches()".to_owned());
    blocks
}

/// Whether an augmentation changes anything.
fn changes(augmentation: &AugmentationSpec) -> bool {
    augmentation.flip || moves(augmentation)
}

fn moves(augmentation: &AugmentationSpec) -> bool {
    let AugmentationSpec { shift_px, rotation_degrees, scale, .. } = *augmentation;
    shift_px > 0 || rotation_degrees > 0.0 || scale > 1.0
}

/// `images`, bytes of [image, channel, row, column], and `labels` where they are needed.
fn add_source(lines: &mut Lines, data: &DataSpec, labels: bool) {
    match data.source {
        DataSource::IdxFiles => {
            lines.add(0, "# Names of IDX files are given on the command line: images and labels.");
            lines.add(0, "files = [read_idx(name) for name in sys.argv[1:]]");
            lines.add(0, "files.sort(key=torch.Tensor.dim)  # labels have one dimension");
            lines.add(0, "images = files[-1].to(device)");
            lines.add(0, "images = images.reshape(len(images), -1, *images.shape[-2:])");
            if labels {
                lines.add(0, "labels = files[0].long().to(device)");
            }
            lines.add(0, "# Images of another size are cut off, or get black edges.");
            let sides = format!("[{}, {}]", data.height, data.width);
            lines.add(0, &format!("images = functional.center_crop(images, {sides})"));
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
        source => {
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
    match (data.source, data.channels) {
        (DataSource::StackedMnist, _) | (DataSource::CifarFiles, 3) => {}
        (DataSource::CifarFiles, 1) => {
            lines.add(0, "images = functional.rgb_to_grayscale(images)");
        }
        (_, 1) => {}
        (_, channels) => {
            lines.add(0, &format!("images = images.expand(-1, {channels}, -1, -1)"));
        }
    }
}

/// Which of the images are used, and how often.
fn add_choice(lines: &mut Lines, data: &DataSpec, labels: bool) {
    if !data.classes.is_empty() {
        lines.text(&tensor("classes", data.classes.iter().map(u8::to_string)));
        lines.add(0, "chosen = torch.isin(labels, classes)");
        lines.add(0, "images, labels = images[chosen], labels[chosen]");
    }
    if let Some(limit) = data.limit {
        if labels {
            lines.add(0, &format!("images, labels = images[:{limit}], labels[:{limit}]"));
        } else {
            lines.add(0, &format!("images = images[:{limit}]"));
        }
    }
    if !data.class_weights.is_empty() {
        lines.text(&tensor("weights", data.class_weights.iter().map(|weight| number(*weight))));
        lines.add(0, "of_class = torch.bincount(labels, minlength=len(weights)).clamp(min=1)");
        lines.add(0, "chances = (weights / of_class)[labels]");
    }
}

fn add_augmentation(lines: &mut Lines, data: &DataSpec, augmentation: &AugmentationSpec) {
    if !changes(augmentation) {
        return;
    }
    lines.add(0, "augmented = v2.Compose([");
    if augmentation.flip {
        lines.add(1, "v2.RandomHorizontalFlip(),");
    }
    if moves(augmentation) {
        let AugmentationSpec { shift_px, rotation_degrees, scale, .. } = *augmentation;
        lines.add(1, "v2.RandomAffine(");
        lines.add(2, &format!("{},", number(rotation_degrees)));
        if shift_px > 0 {
            let (width, height) = (data.width, data.height);
            lines.add(2, &format!("translate=({shift_px} / {width}, {shift_px} / {height}),"));
        }
        if scale > 1.0 {
            let scale = number(scale);
            lines.add(2, &format!("scale=(1 / {scale}, {scale}),"));
        }
        lines.add(2, "interpolation=InterpolationMode.BILINEAR,");
        lines.add(2, "fill=-1,");
        lines.add(1, "),");
    }
    lines.add(0, "])");
}

/// `batches`, a generator of images in [-1, 1], with their labels where classes take part.
fn batches(run: &Run<'_>) -> String {
    let data = &run.spec.data;
    let stacked = data.source == DataSource::StackedMnist;
    let mut lines = Lines::default();
    lines.add(0, "def batches():");
    if stacked {
        lines.add(1, "while True:");
        lines.add(2, "chosen = torch.randint(len(images), (BATCH, 3))  # a digit for each channel");
    } else if data.class_weights.is_empty() {
        lines.add(1, "order = torch.empty(0, dtype=torch.long)");
        lines.add(1, "while True:");
        lines.add(2, "while len(order) < BATCH:  # each epoch has an order of its own");
        lines.add(3, "order = torch.cat([order, torch.randperm(len(images))])");
        lines.add(2, "chosen, order = order[:BATCH], order[BATCH:]");
    } else {
        lines.add(1, "while True:");
        lines.add(2, "chosen = torch.multinomial(chances, BATCH, replacement=True)");
    }
    let mut x = "images[chosen] / 127.5 - 1";
    let mut changed = fitted(data);
    if data.augmentation.as_ref().is_some_and(changes) {
        changed.push("x = torch.stack([augmented(image) for image in x])".to_owned());
    }
    if !changed.is_empty() {
        lines.add(2, &format!("x = {x}"));
        changed.iter().for_each(|line| lines.add(2, line));
        x = "x";
    }
    let labels = match (run.told_classes(), stacked) {
        (false, _) => "",
        (true, false) => ", labels[chosen]",
        (true, true) => ", (labels[chosen] * torch.tensor([100, 10, 1])).sum(1)",
    };
    lines.add(2, &format!("yield {x}{labels}"));
    lines.block()
}

/// Lines that bring `x` to the size that the nets want: black edges where an image is nearly large
/// enough, scaling elsewhere.
fn fitted(data: &DataSpec) -> Vec<String> {
    let side = match data.source {
        DataSource::Mnist | DataSource::DrawnDigits => MNIST_SIDE,
        DataSource::CifarFiles => CIFAR_SIDE,
        _ => return Vec::new(),
    };
    let wanted = [data.height, data.width];
    let [least, most] = [data.height.min(data.width), data.height.max(data.width)];
    if (least, most) == (side, side) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut sides = side;
    if least < side || 3 * side < 2 * least {
        sides = least;
        lines.push(format!("x = F.interpolate(x, ({sides}, {sides}), mode=\"area\")"));
    }
    let [(above, below), (left, right)] = wanted.map(|wanted| {
        let room = wanted - sides;
        (room / 2, room - room / 2)
    });
    if most > sides {
        lines.push(format!("x = F.pad(x, ({left}, {right}, {above}, {below}), value=-1)"));
    }
    lines
}
