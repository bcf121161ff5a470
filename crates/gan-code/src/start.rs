//! Writes the initial weights, and spectral normalisation.

use gan_protocol::{InitialWeights, NetSpec, Parameter, Role, Shape};

use crate::lines::{Lines, number};
use crate::run::{Run, any};

/// Which classes of layers with weights a net has, and whether any has or lacks a bias.
#[derive(Clone, Copy, Default, PartialEq)]
struct Weighted {
    linear: bool,
    convolution: bool,
    transposed: bool,
    with_bias: bool,
    without_bias: bool,
}

impl Weighted {
    fn of(net: &NetSpec, input: Shape) -> Self {
        let mut found = Self::default();
        any(&net.layers, input, &mut |layer, input| {
            let parameters = layer.own_parameters(input);
            for parameter in &parameters {
                let Role::Weight { output_axis, .. } = parameter.role else { continue };
                // PyTorch keeps a transposed convolution's weights as [input, output, height, width].
                let kind = match (parameter.dimensions.len(), output_axis) {
                    (2, _) => &mut found.linear,
                    (_, 0) => &mut found.convolution,
                    _ => &mut found.transposed,
                };
                *kind = true;
                let is_bias = |other: &Parameter| matches!(other.role, Role::Bias { .. });
                let biased = parameters.iter().any(is_bias);
                *(if biased { &mut found.with_bias } else { &mut found.without_bias }) = true;
            }
            false
        });
        found
    }

    fn and(self, other: Self) -> Self {
        Self {
            linear: self.linear || other.linear,
            convolution: self.convolution || other.convolution,
            transposed: self.transposed || other.transposed,
            with_bias: self.with_bias || other.with_bias,
            without_bias: self.without_bias || other.without_bias,
        }
    }

    /// Whether `rule` differs from PyTorch's default for some of the weights.
    fn asks(self, rule: InitialWeights) -> bool {
        match rule {
            InitialWeights::KaimingUniform {} => self.transposed,
            _ => self.linear || self.convolution || self.transposed,
        }
    }

    /// The keyword of the transposed convolutions' case, which follows the others'.
    fn next(self) -> &'static str {
        if self.classes(false).is_some() { "elif" } else { "if" }
    }

    /// The classes for `isinstance`: all, or all but transposed convolutions.
    fn classes(self, transposed_too: bool) -> Option<String> {
        let named = [
            ("nn.Linear", self.linear),
            ("nn.Conv2d", self.convolution),
            ("nn.ConvTranspose2d", self.transposed && transposed_too),
        ];
        let there: Vec<&str> =
            named.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
        match there[..] {
            [] => None,
            [one] => Some(one.to_owned()),
            _ => Some(format!("({})", there.join(", "))),
        }
    }
}

/// The blocks for the nets' initial weights.
pub(crate) fn blocks(run: &Run<'_>) -> Vec<String> {
    let spec = run.spec;
    let (generator, discriminator) = (&spec.generator, &spec.discriminator);
    let made = Weighted::of(generator, spec.generator_input());
    let judged = Weighted::of(discriminator, spec.discriminator_input());
    let mut nets = vec![("G", generator, made), ("D", discriminator, judged)];
    if run.translation().is_some() {
        nets.extend([("G_back", generator, made), ("D_back", discriminator, judged)]);
    }
    let mut rules = vec![discriminator.initial_weights];
    let mut all = made.and(judged);
    if let Some(encoder) = run.encoder() {
        let weighted = Weighted::of(&encoder.net, spec.data.shape());
        nets.push(("E", &encoder.net, weighted));
        rules.push(encoder.net.initial_weights);
        all = all.and(weighted);
    }
    let mut blocks = Vec::new();
    let mut applied = Lines::default();
    if run.checkpoint.is_some() {
        // All weights come from the checkpoint.
    } else if rules.iter().all(|rule| *rule == generator.initial_weights) {
        if let Some(function) = function("initial", generator.initial_weights, all) {
            blocks.push(function);
            let rule = generator.initial_weights;
            for (net, ..) in nets.iter().filter(|(.., weighted)| weighted.asks(rule)) {
                applied.add(0, &format!("{net}.apply(initial)"));
            }
        }
    } else {
        for &(net, description, weighted) in &nets {
            let name = match &net[..1] {
                "G" => "initial_of_generator",
                "E" => "initial_of_encoder",
                _ => "initial_of_discriminator",
            };
            if let Some(function) = function(name, description.initial_weights, weighted) {
                if !net.ends_with("back") {
                    blocks.push(function);
                }
                applied.add(0, &format!("{net}.apply({name})"));
            }
        }
    }
    // After the initial weights: PyTorch starts its estimates from them.
    let is_normalised = nets.iter().any(|(_, description, _)| description.spectral_norm);
    for (net, description, weighted) in nets {
        if let (true, Some(classes)) = (description.spectral_norm, weighted.classes(true)) {
            applied.add(0, &format!("for module in list({net}.modules()):"));
            applied.add(1, &format!("if isinstance(module, {classes}):"));
            applied.add(2, "spectral_norm(module)");
        }
    }
    let applied = applied.block();
    if !applied.is_empty() {
        blocks.push(applied);
    }
    if is_normalised {
        blocks.extend([FOLLOW.to_owned(), POWER_ITERATION.to_owned()]);
    }
    blocks
}

/// As in `gan-core`, the right singular vector is always that of the left one and of the current
/// weights; PyTorch would keep that of the weights before their last update.
const FOLLOW: &str = r#"@torch.no_grad()
def follow(net):
    """Lets each estimate of a largest singular value follow the weights."""
    for module in net.modules():
        if parametrize.is_parametrized(module):
            estimate = module.parametrizations.weight
            norm, weight = estimate[0], estimate.original
            if isinstance(module, nn.ConvTranspose2d):
                weight = weight.transpose(0, 1)
            norm._u.copy_(F.normalize(norm._u, dim=0))
            norm._v.copy_(F.normalize(weight.flatten(1).T @ norm._u, dim=0))"#;

/// PyTorch would iterate in every pass.
const POWER_ITERATION: &str = r#"@torch.no_grad()
def power_iteration(net):
    """Brings each estimate of a largest singular value nearer; passes leave it as it is."""
    follow(net)
    for module in net.modules():
        if parametrize.is_parametrized(module):
            module.parametrizations.train()
            module.parametrizations.weight()
            module.parametrizations.eval()"#;

/// The function that draws a module's weights, if `rule` differs from PyTorch's default.
fn function(name: &str, rule: InitialWeights, weighted: Weighted) -> Option<String> {
    let all = weighted.classes(true).filter(|_| weighted.asks(rule))?;
    let mut lines = Lines::default();
    if let InitialWeights::Orthogonal { .. } = rule {
        lines.add(0, "@torch.no_grad()");
    }
    lines.add(0, &format!("def {name}(module):"));
    match rule {
        InitialWeights::Normal { sd } => {
            lines.add(1, &format!("if isinstance(module, {all}):"));
            lines.add(2, &format!("nn.init.normal_(module.weight, std={})", number(sd)));
        }
        InitialWeights::KaimingUniform {} => {
            add_fans(&mut lines, "if");
            lines.add(2, "bound = 1 / math.sqrt(fan_in)");
            lines.add(2, "nn.init.uniform_(module.weight, -bound, bound)");
            if weighted.with_bias {
                lines.add(2, "if module.bias is not None:");
                lines.add(3, "nn.init.uniform_(module.bias, -bound, bound)");
            }
            return Some(lines.block());
        }
        InitialWeights::HeNormal {} => {
            let others = "nn.init.kaiming_normal_(module.weight, nonlinearity=\"relu\")";
            add_rule(
                &mut lines,
                weighted,
                others,
                &["nn.init.normal_(module.weight, std=math.sqrt(2 / fan_in))"],
            );
        }
        InitialWeights::GlorotUniform {} => {
            let others = "nn.init.xavier_uniform_(module.weight)";
            add_rule(
                &mut lines,
                weighted,
                others,
                &[
                    "fan_out = module.out_channels * module.kernel_size[0] ** 2",
                    "bound = math.sqrt(6 / (fan_in + fan_out))",
                    "nn.init.uniform_(module.weight, -bound, bound)",
                ],
            );
        }
        InitialWeights::Orthogonal { gain } => {
            let gain = number(gain);
            if let Some(others) = weighted.classes(false) {
                lines.add(1, &format!("if isinstance(module, {others}):"));
                lines.add(2, &format!("nn.init.orthogonal_(module.weight, {gain})"));
            }
            if weighted.transposed {
                let condition = weighted.next();
                lines.add(1, &format!("{condition} isinstance(module, nn.ConvTranspose2d):"));
                lines.add(2, "# Its weights are inputs by outputs; the rows are to be outputs.");
                lines.add(2, "weight = module.weight.transpose(0, 1).contiguous()");
                lines.add(2, &format!("nn.init.orthogonal_(weight, {gain})"));
                lines.add(2, "module.weight.copy_(weight.transpose(0, 1))");
            }
        }
    }
    if weighted.with_bias {
        let depth = if weighted.transposed && !matches!(rule, InitialWeights::Normal { .. }) {
            lines.add(1, &format!("if isinstance(module, {all}){}:", with_bias(weighted)));
            2
        } else if weighted.without_bias {
            lines.add(2, "if module.bias is not None:");
            3
        } else {
            2
        };
        lines.add(depth, "nn.init.zeros_(module.bias)");
    }
    Some(lines.block())
}

fn with_bias(weighted: Weighted) -> &'static str {
    if weighted.without_bias { " and module.bias is not None" } else { "" }
}

/// `others` for linear layers and convolutions, `transposed` for transposed convolutions, whose fan
/// in PyTorch counts differently.
fn add_rule(lines: &mut Lines, weighted: Weighted, others: &str, transposed: &[&str]) {
    if let Some(classes) = weighted.classes(false) {
        lines.add(1, &format!("if isinstance(module, {classes}):"));
        lines.add(2, others);
    }
    if weighted.transposed {
        add_fans(lines, weighted.next());
        transposed.iter().for_each(|line| lines.add(2, line));
    }
}

fn add_fans(lines: &mut Lines, condition: &str) {
    lines.add(1, &format!("{condition} isinstance(module, nn.ConvTranspose2d):"));
    lines.add(2, "# (kernel / stride)² pixels of each input channel reach a pixel of the output.");
    lines.add(2, "area = module.kernel_size[0] ** 2 / module.stride[0] ** 2");
    lines.add(2, "fan_in = math.ceil(module.in_channels * area)");
}
