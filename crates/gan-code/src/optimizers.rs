//! Writes the optimisers, the schedules of their step sizes, and updates by them.

use gan_protocol::{DecaySpec, OptimizerMethod, OptimizerSpec, ScheduleSpec, decimal};

use crate::lines::{LINE, Lines, float, number};
use crate::nets::differing;
use crate::run::Run;
use crate::weights::Checkpoint;

/// Both optimisers and their schedules.
pub(crate) fn block(run: &Run<'_>) -> String {
    let mut lines = Lines::default();
    let spec = run.spec;
    let mut nets =
        vec![("g", "G", &spec.generator_optimizer), ("d", "D", &spec.discriminator_optimizer)];
    if run.translation().is_some() {
        nets.push(("g_back", "G_back", &spec.generator_optimizer));
        nets.push(("d_back", "D_back", &spec.discriminator_optimizer));
    }
    if run.encoder().is_some() {
        nets.push(("e", "E", &spec.generator_optimizer));
    }
    for &(name, net, optimizer) in &nets {
        let (class, arguments) = method(optimizer);
        let start = format!("{name}_optimizer = torch.optim.{class}(");
        let arguments = format!("{net}.parameters(), {arguments}");
        if start.len() + arguments.len() < LINE {
            lines.add(0, &format!("{start}{arguments})"));
        } else {
            lines.add(0, &start);
            lines.add(1, &arguments);
            lines.add(0, ")");
        }
    }
    for (name, _, optimizer) in nets {
        if let Some(factor) = factor(optimizer) {
            lines.add(0, &format!("{name}_schedule = torch.optim.lr_scheduler.LambdaLR("));
            lines.add(1, &format!("{name}_optimizer, lambda t: {factor}"));
            lines.add(0, ")");
            if let Some(Checkpoint { step, discriminator_step, .. }) = run.checkpoint {
                let done = if name.starts_with('d') { discriminator_step } else { step };
                add_start(&mut lines, name, done);
            }
        }
    }
    lines.block()
}

/// Lines that set the schedule of `name` to its state after `done` updates.
fn add_start(lines: &mut Lines, name: &str, done: u64) {
    lines.add(0, &format!("{name}_schedule.last_epoch = {done}"));
    let rate = format!("{name}_schedule.base_lrs[0] * {name}_schedule.lr_lambdas[0]({done})");
    let target = format!("{name}_optimizer.param_groups[0][\"lr\"]");
    if target.len() + rate.len() + 3 < LINE {
        lines.add(0, &format!("{target} = {rate}"));
    } else {
        lines.add(0, &format!("rate = {rate}"));
        lines.add(0, &format!("{target} = rate"));
    }
}

/// The class of an optimiser, and its arguments after the parameters.
fn method(optimizer: &OptimizerSpec) -> (&'static str, String) {
    let eps = |epsilon: f32| differing("eps", epsilon, 1e-8);
    let adam = |beta_1: f32, beta_2: f32, epsilon: f32| {
        format!(", betas=({}, {}){}", float(beta_1), float(beta_2), eps(epsilon))
    };
    // PyTorch's own default for AdamW's decay is not zero.
    let (class, arguments, decay) = match optimizer.method {
        OptimizerMethod::Sgd { momentum, nesterov } => {
            let nesterov = if nesterov { ", nesterov=True" } else { "" };
            ("SGD", differing("momentum", momentum, 0.0) + nesterov, 0.0)
        }
        OptimizerMethod::Adam { beta_1, beta_2, epsilon } => {
            ("Adam", adam(beta_1, beta_2, epsilon), 0.0)
        }
        OptimizerMethod::AdamW { beta_1, beta_2, epsilon } => {
            ("AdamW", adam(beta_1, beta_2, epsilon), 0.01)
        }
        OptimizerMethod::RmsProp { decay, momentum, epsilon } => {
            let momentum = differing("momentum", momentum, 0.0);
            ("RMSprop", differing("alpha", decay, 0.99) + &momentum + &eps(epsilon), 0.0)
        }
    };
    let decay = differing("weight_decay", optimizer.weight_decay, decay);
    (class, format!("lr={}{arguments}{decay}", decimal(optimizer.learning_rate)))
}

/// Whether the step size changes.
pub(crate) fn is_scheduled(optimizer: &OptimizerSpec) -> bool {
    factor(optimizer).is_some()
}

/// The factor of the step size after `t` updates; `None` if it is always one.
fn factor(optimizer: &OptimizerSpec) -> Option<String> {
    let ScheduleSpec { warm_up, decay } = optimizer.schedule?;
    let rise = (warm_up > 0).then(|| format!("min(1, (t + 1) / {warm_up})"));
    let fall = match decay {
        DecaySpec::Constant {} => None,
        DecaySpec::Linear { begin, end, factor } => {
            let length = end - begin;
            let gone = format!("min(1, max(0, t - {begin}) / {length})");
            Some(format!("(1 - (1 - {}) * {gone})", decimal(factor)))
        }
        DecaySpec::Cosine { updates, factor } => {
            let (left, gone) = (decimal(factor), format!("min(1, t / {updates})"));
            Some(format!("({left} + (1 - {left}) * (1 + math.cos(math.pi * {gone})) / 2)"))
        }
        DecaySpec::Exponential { updates, factor } => {
            Some(format!("{} ** (t / {updates})", decimal(factor)))
        }
        DecaySpec::Staircase { updates, factor } => {
            Some(format!("{} ** (t // {updates})", decimal(factor)))
        }
    };
    match (rise, fall) {
        (Some(rise), Some(fall)) => Some(format!("{rise} * {fall}")),
        (rise, fall) => rise.or(fall),
    }
}

/// Adds an update of a net by its loss; `names` are the names of both, the optimiser and the
/// schedule.
pub(crate) fn add_update(
    run: &Run<'_>,
    lines: &mut Lines,
    depth: usize,
    optimizer: &OptimizerSpec,
    names: &Names,
) {
    let zeros = if run.spec.growth.is_some() {
        lines
            .add(depth, "# Zeros: what is not in use yet, or no more, is updated by its momentum.");
        "set_to_none=False"
    } else {
        ""
    };
    lines.add(depth, &format!("{}.zero_grad({zeros})", names.optimizer));
    lines.add(depth, &format!("{}.backward()", names.loss));
    add_step(lines, depth, optimizer, names);
}

/// Adds a step of an optimiser by gradients that are there.
pub(crate) fn add_step(lines: &mut Lines, depth: usize, optimizer: &OptimizerSpec, names: &Names) {
    let Names { net, optimizer: name, schedule, .. } = names;
    if let Some(limit) = optimizer.clip_value {
        let limit = number(limit);
        lines.add(depth, &format!("nn.utils.clip_grad_value_({net}.parameters(), {limit})"));
    }
    if let Some(limit) = optimizer.clip_norm {
        let limit = number(limit);
        lines.add(depth, &format!("nn.utils.clip_grad_norm_({net}.parameters(), {limit})"));
    }
    lines.add(depth, &format!("{name}.step()"));
    if is_scheduled(optimizer) {
        lines.add(depth, &format!("{schedule}.step()"));
    }
}

/// The Python names in an update.
pub(crate) struct Names {
    pub(crate) loss: &'static str,
    pub(crate) net: &'static str,
    pub(crate) optimizer: &'static str,
    pub(crate) schedule: &'static str,
}

/// Adds an update of the discriminator, or of a copy that is named `D` too.
pub(crate) fn add_discriminator_update(
    run: &Run<'_>,
    lines: &mut Lines,
    depth: usize,
    names: &Names,
) {
    add_update(run, lines, depth, &run.spec.discriminator_optimizer, names);
    if let Some(limit) = run.spec.weight_clip {
        let limit = number(limit);
        lines.add(depth, "with torch.no_grad():");
        lines.add(depth + 1, &format!("for weight in {}.parameters():", names.net));
        lines.add(depth + 2, &format!("weight.clamp_(-{limit}, {limit})"));
    }
}
