//! Writes the layers of a style-based generator, and the chain that passes the style on.

use gan_protocol::LayerSpec;

use crate::lines::{Lines, number};
use crate::nets::differing;
use crate::run::{Run, is_told_any};

const CONSTANT: &str = r#"class StyledConstant(nn.Module):
    """Ends the mapping: a learned image, and a style for each modulated convolution behind it."""

    def __init__(self, size, shape, layers, mixing=0, momentum=0.005):
        super().__init__()
        self.constant = nn.Parameter(torch.randn(shape))
        self.register_buffer("mean", torch.zeros(size))
        self.layers, self.mixing, self.momentum = layers, mixing, momentum

    def forward(self, w):
        styles = [w] * self.layers
        if self.training:
            self.mean.lerp_(w.detach().mean(0), self.momentum)
            if torch.rand((), device="cpu") < self.mixing:  # styles of two samples
                cut = int(torch.randint(1, max(self.layers, 2), (), device="cpu"))
                styles[cut:] = [w.roll(-1, 0)] * (self.layers - cut)
        return self.constant.expand(len(w), -1, -1, -1), styles"#;

const MODULATED: &str = r#"class ModulatedConv(nn.Conv2d):
    """A convolution whose weights depend on the style w (StyleGAN2, Karras et al. 2019)."""

    def __init__(self, inputs, outputs, kernel, style, demodulate=True, noise=True):
        super().__init__(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.style = nn.Linear(style, inputs, bias=False)
        self.scale = nn.Parameter(torch.ones(inputs))
        self.shift = nn.Parameter(torch.zeros(outputs))
        self.noise = nn.Parameter(torch.zeros(outputs)) if noise else None
        self.demodulate = demodulate

    def forward(self, x, w):
        scales = self.style(w) + self.scale
        x = super().forward(x * scales[:, :, None, None])
        if self.demodulate:
            power = scales.square() @ self.weight.square().sum((2, 3)).T
            x = x * (power + 1e-8).rsqrt()[:, :, None, None]
        if self.noise is not None:
            x = x + self.noise[:, None, None] * torch.randn(len(x), 1, *x.shape[2:])
        return x + self.shift[:, None, None]"#;

/// Whether the generator has a style.
pub(crate) fn has_style(run: &Run<'_>) -> bool {
    let is_constant = |layer: &LayerSpec| matches!(layer, LayerSpec::StyledConstant { .. });
    run.spec.generator.layers.iter().any(is_constant)
}

/// The classes of layers and of the chain. `told` are the kinds of layers that are told something.
pub(crate) fn blocks(run: &Run<'_>, told: &[&str]) -> Vec<String> {
    if !has_style(run) {
        return Vec::new();
    }
    let is_told = is_told_any(&run.spec.generator.layers);
    let mut lines = Lines::default();
    lines.add(0, "class Styled(nn.Sequential):");
    lines.add(
        1,
        "\"\"\"A chain whose modulated convolutions get the style that its mapping makes.\"\"\"",
    );
    lines.add(0, "");
    lines.add(1, &format!("def forward(self, x{}):", if is_told { ", *told" } else { "" }));
    lines.add(2, "for layer in self:");
    lines.add(3, "if isinstance(layer, StyledConstant):");
    lines.add(4, "x, styles = layer(x)");
    let modulates = run.spec.generator.styled_layers() > 0;
    if modulates {
        lines.add(3, "elif isinstance(layer, ModulatedConv):");
        lines.add(4, "x = layer(x, styles.pop(0))");
    }
    if is_told {
        let kinds = match told {
            [one] => (*one).to_owned(),
            _ => format!("({})", told.join(", ")),
        };
        lines.add(3, &format!("elif isinstance(layer, {kinds}):"));
        lines.add(4, "x = layer(x, *told)");
    }
    lines.add(3, "else:");
    lines.add(4, "x = layer(x)");
    lines.add(2, "return x");
    let modulated = modulates.then(|| MODULATED.to_owned());
    let constant = Some(CONSTANT.to_owned());
    constant.into_iter().chain(modulated).chain([lines.block()]).collect()
}

/// A layer with a style as an expression; `None` for other layers. `features` are the input's.
pub(crate) fn expression(layer: &LayerSpec, features: usize, layers: usize) -> Option<String> {
    match *layer {
        LayerSpec::StyledConstant { channels, height, width, mixing, momentum } => {
            let mixing = differing("mixing", mixing, 0.0);
            let momentum = match momentum {
                0.005 => String::new(),
                other => format!(", momentum={}", number(other)),
            };
            let shape = format!("({channels}, {height}, {width})");
            Some(format!("StyledConstant({features}, {shape}, {layers}{mixing}{momentum})"))
        }
        LayerSpec::ModulatedConv { channels, kernel, style, demodulate, noise } => {
            let demodulate = if demodulate { "" } else { ", demodulate=False" };
            let noise = if noise { "" } else { ", noise=False" };
            let settings = format!("{channels}, {kernel}, {style}{demodulate}{noise}");
            Some(format!("ModulatedConv({features}, {settings})"))
        }
        _ => None,
    }
}
