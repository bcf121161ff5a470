//! Writes the layers that PyTorch lacks, as classes, for those that the nets have.

use gan_protocol::{LayerSpec, Shape};

use crate::growing;
use crate::lines::listed;
use crate::run::{Run, is_told_any};
use crate::styles::{self, has_style};

const MAXOUT: &str = r#"class Maxout(nn.Linear):
    """The largest of several linear maps, for each unit."""

    def __init__(self, size, units, pieces):
        super().__init__(size, units * pieces)
        self.units = units

    def forward(self, x):
        return super().forward(x).unflatten(1, (self.units, -1)).max(2).values"#;

const MIXTURE: &str = r#"class MixtureLinear(nn.Linear):
    """As many linear layers as generators; a sample goes through that of its number k."""

    def __init__(self, size, units, generators):
        super().__init__(size, units * generators)
        self.generators = generators

    def forward(self, x, {told}):
        of_each = super().forward(x).unflatten(1, (self.generators, -1))
        return of_each[torch.arange(len(x)), k]"#;

const PIXEL_NORM: &str = r#"class PixelNorm(nn.Module):
    """Divides by the root of the mean square over the features (Karras et al. 2017)."""

    def __init__(self, epsilon):
        super().__init__()
        self.epsilon = epsilon

    def forward(self, x):
        return x / (x.square().mean(1, keepdim=True) + self.epsilon).sqrt()"#;

const STDDEV: &str = r#"class MinibatchStddev(nn.Module):
    """Appends how far the batch's samples lie apart, one number for all (Karras et al. 2017)."""

    def forward(self, x):
        spread = (x.var(0, correction=0) + 1e-8).sqrt().mean()
        return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)"#;

const DISCRIMINATION: &str = r#"class MinibatchDiscrimination(nn.Linear):
    """Appends how near each sample is to the others of its batch (Salimans et al. 2016)."""

    def __init__(self, size, features, dimensions):
        super().__init__(size, features * dimensions, bias=False)
        self.features = features

    def forward(self, x):
        rows = super().forward(x).unflatten(1, (self.features, -1))
        distances = (rows[:, None] - rows).abs().sum(3)
        return torch.cat([x, torch.exp(-distances).sum(1)], 1)"#;

const NOISE: &str = r#"class Noise(nn.Module):
    """Adds Gaussian noise, when samples are drawn too: further latents."""

    def __init__(self, sd):
        super().__init__()
        self.sd = sd

    def forward(self, x):
        return x + self.sd * torch.randn_like(x)"#;

const COMPOSITE: &str = r#"class Composite(nn.Module):
    """A picture, with another in its place where the mask between them is 1."""

    def forward(self, x):
        count = x.shape[1] // 2
        picture, mask, other = x.split([count, 1, count], 1)
        return picture + (1 + mask) / 2 * (other - picture)"#;

const LABEL: &str = r#"class Label(nn.Module):
    """Appends the class {as}."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, x, {told}):
        told = F.one_hot(y, self.classes).float()"#;

const EMBEDDED_LABEL: &str = r#"class EmbeddedLabel(nn.Module):
    """Appends an embedding of the class{as}."""

    def __init__(self, classes, size):
        super().__init__()
        self.embedding = nn.Embedding(classes, size)

    def forward(self, x, {told}):
        told = self.embedding(y)"#;

const LABEL_IMAGE: &str = r#"class LabelImage(nn.Module):
    """Appends a learned image of the class, as further channels."""

    def __init__(self, classes, size):
        super().__init__()
        self.embedding = nn.Embedding(classes, size)

    def forward(self, x, {told}):
        return torch.cat([x, self.embedding(y).view(len(x), -1, *x.shape[2:])], 1)"#;

const LABEL_PRODUCT: &str = r#"class LabelProduct(nn.Module):
    """Multiplies each feature by a learned number of the class."""

    def __init__(self, classes, size):
        super().__init__()
        self.embedding = nn.Embedding(classes, size)

    def forward(self, x, {told}):
        return x * self.embedding(y).view(*x.shape[:2], *[1] * (x.dim() - 2))"#;

const LATENT: &str = r#"class Latent(nn.Module):
    """Appends the latent{as}."""

    def forward(self, x, z):
        told = z"#;

const PLANES: &str = "
        if x.dim() == 4:
            told = told[:, :, None, None].expand(-1, -1, *x.shape[2:])";

const APPENDED: &str = "
        return torch.cat([x, told], 1)";

const LOG_SUM_EXP: &str = r#"class LogSumExp(nn.Module):
    """Puts the logit of being real before those of the classes (Salimans et al. 2016)."""

    def forward(self, x):
        return torch.cat([x.logsumexp(1, keepdim=True), x], 1)"#;

const RESIDUAL: &str = r#"class Residual(nn.Module):
    """What the body makes of x, plus what the shortcut makes of it."""

    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x{told}):
        return self.body(x{told}) + self.shortcut(x{told})"#;

const SKIP: &str = r#"class Skip(nn.Module):
    """x, and behind it what the body makes of x."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x{told}):
        return torch.cat([x, self.body(x{told})], 1)"#;

const TOLD: &str = r#"class Told(nn.Sequential):
    """A chain of which some layers are told {what}."""

    def forward(self, x, {told}):
        for layer in self:
            is_told = isinstance(layer, {layers})
            x = layer(x, {told}) if is_told else layer(x)
        return x"#;

/// The classes of the nets' layers that PyTorch lacks.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let has = |found: fn(&LayerSpec) -> bool| run.any(|layer, _| found(layer));
    let plain = [
        (has(|l| matches!(l, LayerSpec::Maxout { .. })), MAXOUT),
        (has(|l| matches!(l, LayerSpec::PixelNorm { .. })), PIXEL_NORM),
        (has(|l| matches!(l, LayerSpec::MinibatchStddev {})), STDDEV),
        (has(|l| matches!(l, LayerSpec::MinibatchDiscrimination { .. })), DISCRIMINATION),
        (has(|l| matches!(l, LayerSpec::Noise { .. })), NOISE),
        (has(|l| matches!(l, LayerSpec::Composite {})), COMPOSITE),
        (has(|l| matches!(l, LayerSpec::LogSumExp {})), LOG_SUM_EXP),
    ];
    let mut blocks: Vec<String> =
        plain.iter().filter(|(there, _)| *there).map(|(_, text)| (*text).to_owned()).collect();
    blocks.extend(told_layers(run));
    let kinds = [
        (has(|l| matches!(l, LayerSpec::Residual { .. })), RESIDUAL),
        (has(|l| matches!(l, LayerSpec::Skip { .. })), SKIP),
    ];
    for (_, text) in kinds.iter().filter(|(there, _)| *there) {
        blocks.push(text.replace("{told}", if run.told_blocks { ", *told" } else { "" }));
    }
    blocks.extend(growing::layers(run));
    blocks.extend(styles::blocks(run, &told_kinds(run)));
    let in_chain = |layers: &[LayerSpec]| is_told_any(layers);
    let by_told = in_chain(&run.spec.discriminator.layers)
        || (!has_style(run) && in_chain(&run.spec.generator.layers));
    if by_told {
        blocks.push(chain(run));
    }
    blocks
}

/// Layers that get the class or the generator's number beside their input.
fn told_layers(run: &Run<'_>) -> Vec<String> {
    let (told, several) = (run.told(), run.spec.mixture.is_some());
    let is_image = |shape| matches!(shape, Shape::Image { .. });
    let mut blocks = Vec::new();
    let is_latent = |layer: &LayerSpec| matches!(layer, LayerSpec::Latent { .. });
    if run.any(|layer, _| is_latent(layer)) {
        let on_images = run.any(|layer, shape| is_latent(layer) && is_image(shape));
        let head = LATENT.replace("{as}", if on_images { ", to images as planes" } else { "" });
        blocks.push(head + if on_images { PLANES } else { "" } + APPENDED);
    }
    if several {
        blocks.push(MIXTURE.replace("{told}", &listed(&told)));
    }
    for (embeds, text) in [(false, LABEL), (true, EMBEDDED_LABEL)] {
        let kind = |layer: &LayerSpec| match layer {
            LayerSpec::Label { embedding, per_pixel, .. } => {
                embedding.is_some() == embeds && !per_pixel
            }
            _ => false,
        };
        if !run.any(|layer, _| kind(layer)) {
            continue;
        }
        let on_images = run.any(|layer, shape| kind(layer) && is_image(shape));
        let numbers = if embeds { "" } else { "as one-hot numbers" };
        let form =
            if on_images { format!("{numbers}, to images as planes") } else { numbers.into() };
        let arguments = if several { "y, k=None" } else { "y" };
        let head = text.replace("{as}", &form).replace("{told}", arguments);
        blocks.push(head + if on_images { PLANES } else { "" } + APPENDED);
    }
    let arguments = if several { "y, k=None" } else { "y" };
    let kinds = [
        (is_label_image as fn(&LayerSpec) -> bool, LABEL_IMAGE),
        (is_label_product, LABEL_PRODUCT),
    ];
    for (_, text) in kinds.iter().filter(|(kind, _)| run.any(|layer, _| kind(layer))) {
        blocks.push(text.replace("{told}", arguments));
    }
    blocks
}

fn is_label_image(layer: &LayerSpec) -> bool {
    matches!(layer, LayerSpec::Label { per_pixel: true, .. })
}

fn is_label_product(layer: &LayerSpec) -> bool {
    matches!(layer, LayerSpec::LabelProduct { .. })
}

/// The classes of layers that are told something.
fn told_kinds(run: &Run<'_>) -> Vec<&'static str> {
    let has = |found: fn(&LayerSpec) -> bool| run.any(|layer, _| found(layer));
    let kinds = [
        ("Latent", has(|l| matches!(l, LayerSpec::Latent { .. }))),
        ("Label", has(|l| matches!(l, LayerSpec::Label { embedding: None, .. }))),
        (
            "EmbeddedLabel",
            has(|l| matches!(l, LayerSpec::Label { embedding: Some(_), per_pixel: false, .. })),
        ),
        ("LabelImage", has(is_label_image)),
        ("LabelProduct", has(is_label_product)),
        ("MixtureLinear", run.spec.mixture.is_some()),
        ("Residual", run.told_blocks && has(|l| matches!(l, LayerSpec::Residual { .. }))),
        ("Skip", run.told_blocks && has(|l| matches!(l, LayerSpec::Skip { .. }))),
        ("Grow", run.told_blocks && has(|l| matches!(l, LayerSpec::Grow { .. }))),
        ("Shrink", run.told_blocks && has(|l| matches!(l, LayerSpec::Shrink { .. }))),
    ];
    kinds.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

fn chain(run: &Run<'_>) -> String {
    let told = if run.spec.judges_pairs() { vec!["z"] } else { run.told() };
    let kinds = told_kinds(run);
    let layers =
        if kinds.len() == 1 { kinds[0].to_owned() } else { format!("({})", listed(&kinds)) };
    let what = match told[..] {
        ["y"] => "the class",
        ["k"] => "which generator is asked",
        ["z"] => "the latent",
        _ => "the class and which generator is asked",
    };
    // The discriminator gets fewer of these than the generator, or none.
    let arguments = if run.told_blocks || told.len() > 1 { "*told" } else { told[0] };
    TOLD.replace("{what}", what).replace("{layers}", &layers).replace("{told}", arguments)
}
