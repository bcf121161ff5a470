//! Programs of many runs contain everything that their run has, and nothing else.

use gan_code::{Checkpoint, pytorch, pytorch_from};
use gan_protocol::{
    ActivationKind, AugmentationSpec, DataSource, DecaySpec, Degradation, Filter, Hole,
    InitialWeights, LabelSpec, LatentDistribution, LayerSpec, Named as _, Objective,
    OptimizerMethod, PenaltySpec, PointsSpec, RunSpec, ScheduleSpec, Tagged as _, TermSpec,
    difference, presets,
};
use serde_json::Value;
use support::specs;

mod support;

fn program(name: &str) -> String {
    let (_, spec) = specs().into_iter().find(|(known, _)| known == name).expect(name);
    pytorch(&spec).text
}

#[test]
fn no_preset_leaves_anything_out_but_drawn_digits() {
    for preset in presets() {
        let expected = match preset.name {
            // Its second set exists on the page alone.
            "digits-restyled" => {
                &["translation.from: outlines of other images stand in for the second set"][..]
            }
            _ => &[],
        };
        assert_eq!(pytorch(&preset.spec).left_out, expected, "{}", preset.name);
    }
}

#[test]
fn two_presets() {
    for name in ["ring", "mnist-conditional"] {
        insta::assert_snapshot!(name, program(name));
    }
}

#[test]
fn what_is_left_out_is_said_at_the_top() {
    let mut found = Vec::new();
    for (name, spec) in specs() {
        let program = pytorch(&spec);
        for missing in &program.left_out {
            let line = format!("# Left out: {missing}.");
            let mut first = program.text.lines().take_while(|line| line.starts_with('#'));
            assert!(first.any(|found| found == line), "{name}: {missing}");
            found.push(name.clone());
        }
    }
    assert_eq!(
        found,
        [
            "points_drawn_with_classes",
            "translation",
            "translation_with_more",
            "pre-trained",
            "drawn_digits",
            "digits-restyled"
        ]
    );
}

/// Lines that each run's program must contain, anywhere.
const EXPECTED: [(&str, &[&str]); 58] = [
    (
        "objective_non_saturating",
        &["return cross_entropy(real, 1) + cross_entropy(fake, 0)", "cross_entropy(D(fakes), 1)"],
    ),
    (
        "bigan",
        &[
            "# Encoder: pairs of sample and latent are judged (BiGAN).",
            "D = Told(",
            "Latent(),",
            "real, fake = D(reals, found), D(fakes, z)",
            "loss += 2 / 2 * squared_slopes(reals, found).mean()  # R1",
            "d_loss = discriminator_loss(reals, fakes.detach(), found.detach(), z)",
            "g_loss = generator_loss(fakes, z)",
            "return D(reals, found).square().mean() / 2",
            "(g_loss + e_loss).backward()",
            "average, average_e = copy.deepcopy((G, E))",
            "found = average_e(reals)",
        ],
    ),
    (
        "ali_with_more",
        &[
            "to images as planes.",
            "found, *_ = encoded(reals)",
            "power_iteration(E)",
            "return 0.5 * (cross_entropy(D(reals, found), 0))",
            "squared_slopes(fakes, z)",
            "squared_slopes(around, found)",
            "feature_distance(D[:3], fakes, reals, step, found, z)",
            "nn.utils.clip_grad_norm_(E.parameters(), 1)",
            "e_schedule.step()",
            "found = average_e(reals)[:, :4]  # the means",
        ],
    ),
    (
        "bigan_of_points",
        &[
            "D = Told(",
            "return D(reals, found).mean()",
            "found = E(reals)",
            "g_loss = g_loss + 2 * F.mse_loss(G(found).flatten(), reals.flatten())",
        ],
    ),
    (
        "vae_gan",
        &[
            "fakes = G(torch.cat([z, found.detach()]))",
            "features = D[:3]",
            "g_loss = g_loss + reconstruction(reals, fakes[len(reals):])",
            "e_loss = e_loss + divergence(mean, log_variance)",
            "e_loss.backward(inputs=list(E.parameters()))",
        ],
    ),
    (
        "vae_gan_with_more",
        &[
            "g_loss = g_loss + 0.1 * reconstruction(reals, fakes[len(reals):])",
            "e_loss = e_loss + 2 * divergence(mean, log_variance)",
            "found = E(reals)[:, :16]  # the means",
        ],
    ),
    (
        "style",
        &[
            "G = Styled(",
            "StyledConstant(12, (8, 7, 7), 2, mixing=0.9),",
            "ModulatedConv(8, 8, 3, 12),",
            "ModulatedConv(8, 1, 1, 12, demodulate=False, noise=False),",
            "x = layer(x, styles.pop(0))",
        ],
    ),
    (
        "style_with_more",
        &[
            "StyledConstant(12, (4, 7, 7), 2, momentum=0.01),",
            "elif isinstance(layer, (Label, EmbeddedLabel)):",
            "x = layer(x, *told)",
            "fakes = G(z, y)",
            "if isinstance(module, (nn.Linear, nn.Conv2d)):",
        ],
    ),
    ("objective_minimax", &["return -cross_entropy(D(fakes), 0)"]),
    (
        "objective_least_squares",
        &[
            "return (real - 1).square().mean() / 2 + fake.square().mean() / 2",
            "return (D(fakes) - 1).square().mean() / 2",
        ],
    ),
    ("objective_linear", &["return fake.mean() - real.mean()", "return -D(fakes).mean()"]),
    (
        "objective_hinge",
        &["F.relu(1 - real).mean() + F.relu(1 + fake).mean()", "return -D(fakes).mean()"],
    ),
    (
        "objective_relativistic_paired",
        &["F.softplus(fake - real).mean()", "F.softplus(D(reals) - D(fakes)).mean()"],
    ),
    (
        "objective_relativistic_average",
        &["return relativistic(real, fake)", "return relativistic(D(fakes), D(reals))"],
    ),
    ("smoothed_cross_entropy", &["cross_entropy(real, 1 - 0.1) + cross_entropy(fake, 0.05)"]),
    ("smoothed_squares", &["(real - (1 - 0.1)).square()", "(fake - 0.2).square()"]),
    (
        "penalty_gp",
        &[
            "between = fakes + share * (reals - fakes)",
            "over = (squared_slopes(between) + 1e-12).sqrt() - 1",
            "loss += 10 * over.square().mean()",
            "create_graph=True",
            "for _ in range(5):",
        ],
    ),
    ("penalty_gp_one_sided", &["sqrt() - 0.5", "loss += F.relu(over).square().mean()"]),
    ("penalty_dragan", &["reals + share * reals.std() / 2 * torch.rand_like(reals)", "5 * over"]),
    ("penalty_r1", &["loss += 2 / 2 * squared_slopes(reals).mean()"]),
    ("penalty_r2", &["loss += 3 / 2 * squared_slopes(fakes).mean()"]),
    ("weight_clip", &["for weight in D.parameters():", "weight.clamp_(-0.01, 0.01)"]),
    (
        "layers_of_vectors",
        &[
            "nn.Linear(8, 32, bias=False),",
            "nn.BatchNorm1d(32, eps=0.001, momentum=0.2),",
            "Maxout(32, 16, 3),",
            "nn.LayerNorm(16, eps=0.0001),",
            "PixelNorm(1e-8),",
            "Noise(0.1),",
            "nn.Dropout(0.2),",
            "nn.Identity(),",
            "nn.SiLU(),",
            "nn.Softplus(),",
            "nn.LeakyReLU(0.1),",
            "MinibatchStddev(),",
            "MinibatchDiscrimination(17, 4, 3),",
            "nn.Tanh(),",
            "nn.Sigmoid(),",
        ],
    ),
    (
        "start_normal",
        &[
            "nn.init.normal_(module.weight, std=0.05)",
            "nn.Unflatten(1, (8, 7, 7)),",
            "nn.GroupNorm(1, 8),",
            "nn.Upsample(scale_factor=2),",
            "nn.Conv2d(8, 4, 3, padding=1, bias=False),",
            "nn.ConvTranspose2d(4, 4, 4, stride=2, padding=1, bias=False),",
            "nn.BatchNorm2d(4),",
            "nn.AvgPool2d(2),",
            "nn.Flatten(),",
        ],
    ),
    ("start_kaiming_uniform", &["bound = 1 / math.sqrt(fan_in)", "G.apply(initial)"]),
    ("start_glorot_uniform", &["nn.init.xavier_uniform_(module.weight)"]),
    ("start_he_normal", &["nn.init.kaiming_normal_(module.weight, nonlinearity=\"relu\")"]),
    ("start_orthogonal", &["nn.init.orthogonal_(module.weight, 1.2)"]),
    ("start_differs", &["G.apply(initial_of_generator)", "D.apply(initial_of_discriminator)"]),
    (
        "conditional_images",
        &["fakes = G(z, y)", "squared_slopes(reals, y)", "EmbeddedLabel(10, 3),"],
    ),
    ("mnist-conditional", &["F.cross_entropy(outputs[:, 1:11], y)"]),
    (
        "codes",
        &[
            "2 * torch.rand(n, 16) - 1",
            "F.cross_entropy(outputs[:, 11:14], z[:, 26:29])",
            "0.1 / 2 * (outputs[:, 14:16] - z[:, 29:31]).square().sum(1).mean()",
        ],
    ),
    ("mixture", &["MixtureLinear(8, 16, 4),", "0.5 * F.cross_entropy(outputs[:, 1:5], k)"]),
    ("optimizer_sgd", &["torch.optim.SGD(G.parameters(), lr=0.01)"]),
    (
        "optimizer_nesterov",
        &[
            "momentum=0.9, nesterov=True, weight_decay=0.001",
            "lambda t: min(1, (t + 1) / 5) * (1 - (1 - 0.1) * min(1, max(0, t - 10) / 10))",
            "g_schedule.step()",
        ],
    ),
    (
        "optimizer_adam_w",
        &["weight_decay=0)", "clip_grad_norm_(D.parameters(), 1)", "math.cos(math.pi * "],
    ),
    ("optimizer_adam_w_decay", &["clip_grad_value_(G.parameters(), 0.5)", "0.5 ** (t / 100)"]),
    ("optimizer_rms_prop", &["alpha=0.9, momentum=0.5, eps=1e-6", "* 0.5 ** (t // 10)"]),
    ("ring", &["betas=(0.0, 0.9), eps=1e-6", "decay = min(0.99, (1 + step) / (10 + step))"]),
    (
        "unrolled",
        &[
            "ahead = copy.deepcopy((D, d_optimizer, d_schedule))",
            "discriminator_step(*ahead, reals, fakes.detach())",
            "generator_loss(ahead[0], reals, fakes)",
        ],
    ),
    ("packing_of_points", &["BATCH = 256 * PACK", "x = x.reshape(-1, PACK * 2)"]),
    ("packing_of_images", &["x.reshape(-1, PACK * 1, 28, 28)", "0.1 * torch.randn_like(x)"]),
    ("instance_noise", &["sd = 0.2 * max(0, 1 - (step - 1) / 1000)", "shown(fakes, step)"]),
    (
        "diff_augment",
        &["0.5 * (2 * torch.rand", "int(0.125 * height + 0.5)", "int(0.5 * side + 0.5)"],
    ),
    (
        "diff_augment_geometry",
        &["20 * torch.pi / 180", "1.2 ** -size", "F.affine_grid(maps", "int(0.125 * height + 0.5)"],
    ),
    (
        "spectral_norm",
        &[
            "spectral_norm(module)",
            "power_iteration(G)",
            "power_iteration(D)",
            "follow(ahead[0])",
            "follow(average)",
        ],
    ),
    ("points_grid", &["y = torch.randint(5 * 5, (n,))"]),
    ("points_moons_with_classes", &["lower = torch.tensor([1, 0.5]) - upper", ", y"]),
    ("points_swiss_roll", &["angle.sin()], 1) / 7.5"]),
    ("images_larger", &["3 * height >= 2 * 32 or 3 * width >= 2 * 36", "images = fitted(images)"]),
    ("images_in_colour", &["images = images.expand(-1, 3, -1, -1)"]),
    (
        "images_chosen",
        &[
            "classes = torch.tensor([3, 5])",
            "images[:20]",
            "yield augmented(images[chosen] / 127.5 - 1)",
            "torch.randint(-2, 3, (n, 2, 1))",
            "x.flip(3)",
        ],
    ),
    ("images_weighted", &["torch.multinomial(weights, count, replacement=True)"]),
    ("drawn_digits", &["# In place of the page's own drawn digits.", "datasets.MNIST("]),
    ("stacked_mnist", &["torch.randint(len(images), (BATCH, 3))"]),
    (
        "idx_files",
        &[
            "def read_idx(name):",
            "sys.argv[1:]",
            "# Pictures of a folder, as the page takes them, must become such files first.",
        ],
    ),
    ("cifar_files", &["images = records[:, 1:].reshape(-1, 3, 32, 32)"]),
    ("cifar_files_grey", &["grey(part)", "fill = grey(fill).byte()"]),
];

#[test]
fn each_part_of_a_run_has_its_lines() {
    for (name, lines) in EXPECTED {
        let text = program(name);
        for line in lines {
            assert!(text.contains(line), "{name} lacks {line}:\n{text}");
        }
    }
}

#[test]
fn programs_are_well_formed_with_nothing_unused_or_undefined() {
    let both = |(name, spec): (String, RunSpec)| {
        [(name.clone(), pytorch(&spec)), (name + ", going on", pytorch_from(&spec, CHECKPOINT))]
    };
    for (name, program) in specs().into_iter().flat_map(both) {
        let text = program.text;
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
            assert_eq!(line.trim_end(), line, "{name}");
        }
        for pair in ["()", "[]", "{}"] {
            let counts: Vec<usize> = pair.chars().map(|side| text.matches(side).count()).collect();
            assert_eq!(counts[0], counts[1], "{name}: {pair}");
        }
        for line in text.lines() {
            let name_of = |prefix: &str| {
                let rest = line.strip_prefix(prefix)?;
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
            };
            let Some(defined) = name_of("def ").or_else(|| name_of("class ")) else { continue };
            let uses = text.matches(&format!("{defined}(")).count()
                + text.matches(&format!("({defined})")).count();
            assert!(uses > 1, "{name}: {defined} is defined and not used");
        }
        for line in text.lines().filter(|line| line.starts_with(' ')) {
            let Some((called, _)) = line.trim_start().split_once('(') else { continue };
            let is_class = called.starts_with(char::is_uppercase);
            if is_class && called.chars().all(char::is_alphanumeric) {
                let class = format!("class {called}(");
                assert!(text.contains(&class), "{name}: {called} is used and not defined");
            }
        }
    }
}

const CHECKPOINT: Checkpoint<'_> = Checkpoint {
    file: "runs/a \"run\".safetensors",
    step: 1_234,
    discriminator_step: 2_468,
    moments_since: None,
};

/// Lines that each run's program must contain when it continues from a checkpoint.
const TAKEN_OVER: [(&str, &[&str]); 6] = [
    (
        "mnist-conditional",
        &[
            "run = load_file(\"runs/a \\\"run\\\".safetensors\", str(torch.get_default_device()))",
            "DONE = 1234  # steps of the run before",
            "for step in range(DONE + 1, DONE + STEPS + 1):",
            "(average, \"average\")]:",
            "net.load_state_dict(net.state_dict() | numbers(part))",
            "remember(g_optimizer, G, \"generator\", DONE, exp_avg=\"first\", exp_avg_sq=\"second\")",
            "remember(d_optimizer, D, \"discriminator\", 2468, exp_avg",
            "name.replace(\"running_variance\", \"running_var\")",
        ],
    ),
    (
        "optimizer_nesterov",
        &[
            "g_schedule.last_epoch = 1234",
            "d_schedule.last_epoch = 2468",
            "momentum_buffer=\"first\")",
        ],
    ),
    ("optimizer_rms_prop_plain", &["DONE, square_avg=\"second\")"]),
    ("conditional_images", &["name.replace(\"embedding\", \"embedding.weight\")"]),
    ("layers_of_vectors", &["name.replace(\"layers\", \"body\")"]),
    ("spectral_norm", &["name.replace(\"weight_u\", \"parametrizations.weight.0._u\")"]),
];

#[test]
fn a_program_that_goes_on_takes_over_what_its_run_has() {
    let all = specs();
    for (name, lines) in TAKEN_OVER {
        let (_, spec) = all.iter().find(|(known, _)| known == name).expect(name);
        let text = pytorch_from(spec, CHECKPOINT).text;
        for line in lines {
            assert!(text.contains(line), "{name} lacks {line}:\n{text}");
        }
    }
    let (_, plain) = all.iter().find(|(name, _)| name == "optimizer_sgd").expect("there");
    let text = pytorch_from(plain, CHECKPOINT).text;
    assert!(!text.contains("remember") && !text.contains("embedding"), "{text}");
    assert!(!text.contains("nn.init"), "weights that are taken over are not drawn: {text}");
}

/// All values that result from a change of `value` in one place, valid or not.
fn changed(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(flag) => vec![(!flag).into()],
        Value::Number(number) if number.is_u64() => {
            let number = number.as_u64().unwrap_or_default();
            vec![
                (number + 1).into(),
                number.saturating_sub(1).into(),
                (2 * number).into(),
                0.5.into(),
            ]
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            vec![(number / 2.0).into(), (number + 0.25).into(), 0.0.into()]
        }
        Value::String(_) => NAMES.concat().into_iter().map(Value::from).collect(),
        Value::Array(items) => {
            let mut all: Vec<Value> = (0..items.len())
                .map(|place| {
                    let mut fewer = items.clone();
                    fewer.remove(place);
                    fewer.into()
                })
                .collect();
            for (place, item) in items.iter().enumerate() {
                for other in changed(item) {
                    let mut items = items.clone();
                    items[place] = other;
                    all.push(items.into());
                }
            }
            all
        }
        Value::Object(fields) => {
            let mut all = Vec::new();
            for (name, value) in fields {
                let mut fewer = fields.clone();
                fewer.remove(name);
                all.push(fewer.into());
                for other in changed(value) {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), other);
                    all.push(fields.into());
                }
            }
            all
        }
        Value::Null => Vec::new(),
    }
}

/// The alternatives to a text in a spec: every name of each of its parts.
const NAMES: [&[&str]; 15] = [
    DataSource::NAMES,
    PointsSpec::KINDS,
    LatentDistribution::NAMES,
    Objective::NAMES,
    PenaltySpec::KINDS,
    LabelSpec::KINDS,
    LayerSpec::KINDS,
    ActivationKind::KINDS,
    InitialWeights::KINDS,
    OptimizerMethod::KINDS,
    DecaySpec::KINDS,
    Degradation::KINDS,
    Filter::NAMES,
    Hole::KINDS,
    TermSpec::KINDS,
];

/// `spec` without settings that affect no run: weights of absent codes, the distribution of latents of
/// no numbers, a schedule with a constant step size, an augmentation that changes nothing, a filter
/// without reduction.
fn essence(spec: &RunSpec) -> RunSpec {
    let mut spec = spec.clone();
    if let Some(codes) = &mut spec.codes {
        if codes.categorical.is_empty() {
            codes.categorical_weight = 1.0;
        }
        if codes.continuous == 0 {
            codes.continuous_weight = 1.0;
        }
    }
    if spec.latent.size == 0 {
        spec.latent.distribution = LatentDistribution::Normal;
    }
    let constant = ScheduleSpec { warm_up: 0, decay: DecaySpec::Constant {} };
    for optimizer in [&mut spec.generator_optimizer, &mut spec.discriminator_optimizer] {
        optimizer.schedule = optimizer.schedule.filter(|schedule| *schedule != constant);
    }
    let nothing = AugmentationSpec::default();
    spec.data.augmentation = spec.data.augmentation.filter(|changes| *changes != nothing);
    spec
}

#[test]
fn no_change_of_a_run_goes_unseen() {
    let (mut tried, mut unseen) = (0, Vec::new());
    for (name, spec) in specs() {
        let before = pytorch(&spec);
        for value in changed(&spec.to_value()) {
            let Ok(other) = RunSpec::from_value(value) else { continue };
            if essence(&other) != essence(&spec) {
                tried += 1;
                if pytorch(&other) == before {
                    unseen.push((name.clone(), difference(&spec.to_value(), &other.to_value())));
                }
            }
        }
    }
    assert!(unseen.is_empty(), "{unseen:#?}");
    assert!(tried > 3_000, "{tried} changes make valid runs");
}
