//! The measurements of a training step.

use serde::Serialize;

use crate::read::{Fields, Read, Reading, deserializes_by_value, number_or_nan};
use crate::report::Score;

/// Defines [`Metrics`] from a list of its numbers, so that each is written once: as a field, as a
/// name, and in every list of all.
macro_rules! metrics {
    ($($(#[$about:meta])* $number:ident),+ $(,)?) => {
        /// Measurements of one generator step. As JSON, a number that is not finite is `null`.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
        pub struct Metrics {
            /// Generator steps done, this one included.
            pub step: u64,
            $($(#[$about])* pub $number: f64),+
        }

        impl Metrics {
            /// Number of values.
            pub const COUNT: usize = Self::NAMES.len();
            /// Names of the numbers on the wire and in tables, in the order of the fields.
            pub const NAMES: [&'static str; [$(stringify!($number)),+].len()] =
                [$(stringify!($number)),+];

            /// The numbers, in the order of [`Self::NAMES`].
            pub fn numbers(&self) -> [f64; Self::COUNT] {
                [$(self.$number),+]
            }

            /// The measurements of `step`, from the numbers in the order of [`Self::NAMES`].
            pub fn from_numbers(step: u64, numbers: [f64; Self::COUNT]) -> Self {
                let [$($number),+] = numbers;
                Self { step, $($number),+ }
            }
        }

        impl Read for Metrics {
            fn read(value: &serde_json::Value, reading: &mut Reading) -> Self {
                let fields = Fields::of(value, None, &["step", $(stringify!($number)),+], reading);
                Self {
                    step: fields.required("step", reading),
                    $($number: fields.required_by(stringify!($number), reading, number_or_nan)),+
                }
            }
        }
        deserializes_by_value!(Metrics);
    };
}

metrics! {
    /// The generator's loss over the batch, without auxiliary terms, as
    /// [`Objective`](crate::Objective) defines it: in nats where the loss is a logarithm of a probability.
    generator_loss,
    /// The discriminator's loss over the batch, likewise, in the last of its steps: without penalties and auxiliary
    /// terms.
    discriminator_loss,
    /// Mean of σ(D(x)) over the reals of the discriminator's last step, where
    /// [`Objective::gives_probability`](crate::Objective::gives_probability); elsewhere the mean of D(x).
    real_score,
    /// Mean of σ(D(G(z))), or of D(G(z)), likewise, over the fakes of the generator's step.
    fake_score,
    /// The penalties' part of the discriminator's loss ([`PenaltySpec`](crate::PenaltySpec)); 0 without any.
    penalty,
    /// What further tasks (classes, codes, several generators) add to the discriminator's loss; 0 without any.
    auxiliary,
    /// The weighted sum of the generator's terms beside the verdict ([`TermSpec`](crate::TermSpec)), and of its
    /// reconstruction ([`EncoderMethod::VaeGan`](crate::EncoderMethod::VaeGan)); 0 without any.
    terms,
    /// The encoder's loss ([`EncoderMethod`](crate::EncoderMethod)): of a VAE-GAN, reconstruction and divergence;
    /// 0 without an encoder.
    encoder_loss,
    /// Euclidean norm of the gradient of all that the generator minimises, over all its parameters, before any
    /// clipping.
    generator_gradient_norm,
    /// The discriminator's, likewise, in the last of its steps.
    discriminator_gradient_norm,
}

impl Metrics {
    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        self.numbers().iter().all(|number| number.is_finite())
    }

    /// The numbers that scripts receive as scores. The two losses are separate.
    pub fn scores(&self) -> [(Score, f64); 8] {
        // Without `..`: a new number is a score, or is left out here on purpose.
        let Self {
            step: _,
            generator_loss: _,
            discriminator_loss: _,
            real_score,
            fake_score,
            penalty,
            auxiliary,
            terms,
            encoder_loss,
            generator_gradient_norm,
            discriminator_gradient_norm,
        } = *self;
        [
            (Score::RealScore, real_score),
            (Score::FakeScore, fake_score),
            (Score::Penalty, penalty),
            (Score::Auxiliary, auxiliary),
            (Score::Terms, terms),
            (Score::EncoderLoss, encoder_loss),
            (Score::GeneratorGradientNorm, generator_gradient_norm),
            (Score::DiscriminatorGradientNorm, discriminator_gradient_norm),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn metrics() -> Metrics {
        Metrics::from_numbers(3, std::array::from_fn(|place| place as f64 + 0.5))
    }

    #[test]
    fn every_number_goes_by_its_name() {
        let written = serde_json::to_value(metrics()).expect("plain data");
        assert_eq!(written.as_object().map(serde_json::Map::len), Some(1 + Metrics::COUNT));
        for (name, number) in Metrics::NAMES.into_iter().zip(metrics().numbers()) {
            assert_eq!(written[name], number, "{name}");
        }
        assert_eq!(serde_json::from_value::<Metrics>(written).expect("written"), metrics());
    }

    #[test]
    fn a_number_that_is_not_finite_is_null_and_comes_back_as_none() {
        for place in 0..Metrics::COUNT {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let mut numbers = metrics().numbers();
                numbers[place] = bad;
                let written = Metrics::from_numbers(3, numbers);
                assert!(!written.is_finite());
                let json = serde_json::to_value(written).expect("plain data");
                assert_eq!(json[Metrics::NAMES[place]], Value::Null);
                let read: Metrics = serde_json::from_value(json).expect("written");
                assert!(read.numbers()[place].is_nan());
            }
        }
        assert!(metrics().is_finite());
    }

    #[test]
    fn a_step_without_one_of_the_numbers_is_refused_by_name() {
        let mut json = serde_json::to_value(metrics()).expect("plain data");
        json.as_object_mut().and_then(|fields| fields.remove("penalty"));
        let told = |json: Value| {
            serde_json::from_value::<Metrics>(json).expect_err("incomplete").to_string()
        };
        assert_eq!(told(json), "penalty: is missing");
        assert!(told(json!({"step": 1, "loss": 2})).contains("unknown field `loss`"));
    }

    #[test]
    fn a_step_s_scores_have_the_step_s_numbers() {
        let found = metrics().scores().map(|(_, number)| number);
        assert_eq!(found, metrics().numbers()[2..]);
    }
}
