//! The keys of the texts for the protocol's values.

use gan_protocol::{Backend, DataSource, Objective, Phase};

use crate::view::words::key;

pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Loading => key("phase-loading"),
        Phase::Ready => key("phase-ready"),
        Phase::Running => key("phase-running"),
        Phase::Paused => key("phase-paused"),
        Phase::Failed => key("phase-failed"),
    }
}

pub(crate) fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::Cpu => key("backend-cpu"),
        Backend::Webgpu => key("backend-webgpu"),
    }
}

pub(crate) fn dataset(source: DataSource) -> &'static str {
    match source {
        DataSource::Mnist => key("data-mnist"),
        DataSource::DrawnDigits => key("data-drawn-digits"),
        DataSource::IdxFiles => key("data-idx-files"),
        DataSource::CifarFiles => key("data-cifar-files"),
        DataSource::StackedMnist => key("data-stacked-mnist"),
        DataSource::Points => key("data-points"),
    }
}

pub(crate) fn objective(objective: Objective) -> &'static str {
    match objective {
        Objective::NonSaturating => key("objective-non-saturating"),
        Objective::Minimax => key("objective-minimax"),
        Objective::LeastSquares => key("objective-least-squares"),
        Objective::Linear => key("objective-linear"),
        Objective::Hinge => key("objective-hinge"),
        Objective::RelativisticPaired => key("objective-relativistic-paired"),
        Objective::RelativisticAverage => key("objective-relativistic-average"),
    }
}

pub(crate) fn preset(name: &str) -> Option<&'static str> {
    match name {
        "mnist-dcgan-small" => Some(key("preset-mnist-dcgan-small")),
        "mnist-dcgan" => Some(key("preset-mnist-dcgan")),
        "mnist-mlp" => Some(key("preset-mnist-mlp")),
        "mnist-conditional" => Some(key("preset-mnist-conditional")),
        "ring" => Some(key("preset-ring")),
        "ring-collapse" => Some(key("preset-ring-collapse")),
        _ => None,
    }
}

pub(crate) fn task(name: &str) -> Option<&'static str> {
    match name {
        "worker" => Some(key("task-worker")),
        "data" => Some(key("task-data")),
        "device" => Some(key("task-device")),
        "nets" => Some(key("task-nets")),
        "first_step" => Some(key("task-first-step")),
        "proof" => Some(key("task-proof")),
        "checkpoint" => Some(key("task-checkpoint")),
        "sample" => Some(key("task-sample")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_protocol::presets;

    #[test]
    fn every_preset_is_offered() {
        for one in presets() {
            assert!(preset(one.name).is_some(), "{} has no words", one.name);
        }
    }
}
