//! How weights are drawn at the start.

use gan_protocol::InitialWeights;
use gan_random::{Generator, standard_normal, uniform_symmetric};

/// What a parameter is for; decides how it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    /// Weights of a linear layer or convolution.
    Weight {
        /// Inputs that one output number depends on.
        fan_in: usize,
        /// Outputs that one input number reaches.
        fan_out: usize,
    },
    /// Bias of a linear layer or convolution.
    Bias {
        /// As for the layer's weights.
        fan_in: usize,
    },
    /// Scale of a normalisation layer: starts at one.
    Scale,
    /// Shift of a normalisation layer: starts at zero.
    Shift,
}

/// `count` starting values for a parameter of `role`.
pub(crate) fn initial_values(
    rule: InitialWeights,
    role: Role,
    count: usize,
    generator: &mut Generator,
) -> Vec<f32> {
    let scaled = |values: Vec<f32>, scale: f32| values.into_iter().map(|x| x * scale).collect();
    match (role, rule) {
        (Role::Scale, _) => vec![1.0; count],
        (Role::Shift, _) => vec![0.0; count],
        (Role::Weight { .. }, InitialWeights::Normal { sd }) => {
            scaled(standard_normal(generator, count), sd)
        }
        (Role::Weight { fan_in, .. }, InitialWeights::HeNormal {}) => {
            scaled(standard_normal(generator, count), (2.0 / fan_in as f32).sqrt())
        }
        (Role::Weight { fan_in, fan_out }, InitialWeights::GlorotUniform {}) => {
            scaled(uniform_symmetric(generator, count), (6.0 / (fan_in + fan_out) as f32).sqrt())
        }
        (
            Role::Weight { fan_in, .. } | Role::Bias { fan_in },
            InitialWeights::KaimingUniform {},
        ) => scaled(uniform_symmetric(generator, count), 1.0 / (fan_in as f32).sqrt()),
        (Role::Bias { .. }, _) => vec![0.0; count],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_random::{Purpose, stream};

    fn drawn(rule: InitialWeights, role: Role) -> Vec<f32> {
        initial_values(rule, role, 40_000, &mut stream(1, Purpose::GeneratorWeights, 0))
    }

    fn sd(values: &[f32]) -> f32 {
        (values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32).sqrt()
    }

    #[test]
    fn weights_have_the_spread_that_their_rule_states() {
        let role = Role::Weight { fan_in: 50, fan_out: 100 };
        // The standard deviation of U(-a, a) is a / sqrt(3).
        let cases = [
            (InitialWeights::Normal { sd: 0.02 }, 0.02),
            (InitialWeights::HeNormal {}, 0.2),
            (InitialWeights::GlorotUniform {}, 0.2 / 3_f32.sqrt()),
            (InitialWeights::KaimingUniform {}, (1.0 / 50_f32.sqrt()) / 3_f32.sqrt()),
        ];
        for (rule, expected) in cases {
            let found = sd(&drawn(rule, role));
            assert!((found / expected - 1.0).abs() < 0.02, "{rule:?}: {found} for {expected}");
        }
    }

    #[test]
    fn biases_are_zero_except_with_pytorchs_rule() {
        let role = Role::Bias { fan_in: 50 };
        assert!(drawn(InitialWeights::HeNormal {}, role).iter().all(|x| *x == 0.0));
        assert!(sd(&drawn(InitialWeights::KaimingUniform {}, role)) > 0.07);
    }
}
