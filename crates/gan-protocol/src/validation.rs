//! Reads a run and checks all of it. Each part is checked where it is defined; this module checks
//! the run's own fields, and whether its nets fit its data.

use serde_json::Value;

use crate::combination;
use crate::error::{SpecError, in_range};
use crate::feed::Feed;
use crate::read;
use crate::run::RunSpec;
use crate::shape::Shape;

impl RunSpec {
    /// Reads a spec from JSON and validates it.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn from_json(json: &str) -> Result<Self, SpecError> {
        // Read by way of a value, so that the page contains one reader of specs and not two.
        let value =
            serde_json::from_str(json).map_err(|error| SpecError::new(".", error.to_string()))?;
        Self::from_value(value)
    }

    /// Reads a spec from a JSON value and validates it.
    ///
    /// # Errors
    /// As [`RunSpec::from_json`].
    pub fn from_value(value: Value) -> Result<Self, SpecError> {
        let spec: Self = read::whole(&value).map_err(|error| match error.path.as_str() {
            "" => SpecError { path: ".".to_owned(), ..error },
            _ => error,
        })?;
        spec.validate()?;
        Ok(spec)
    }

    /// Checks every field, and whether the fields fit together.
    ///
    /// # Errors
    /// The path of the first wrong field, its value and the allowed ones.
    pub fn validate(&self) -> Result<(), SpecError> {
        self.data.validate().map_err(|e| e.within("data"))?;
        if let Some(condition) = self.condition {
            condition.shape(self.data.shape()).map_err(|e| e.within("condition"))?;
        }
        if let Some(translation) = &self.translation {
            translation.validate(&self.data).map_err(|error| match error.path.as_str() {
                "." => SpecError { path: "translation".to_owned(), ..error },
                _ => error.within("translation"),
            })?;
        }
        if let Some(initial) = &self.initial {
            initial.validate().map_err(|e| e.within("initial"))?;
        }
        Feed::from(self).validate()?;
        if let Some(semi_supervised) = self.semi_supervised {
            semi_supervised.validate().map_err(|e| e.within("semi_supervised"))?;
        }
        in_range("batch_size", self.batch_size, 2, 4_096)?;
        in_range("discriminator_steps", self.discriminator_steps, 1, 100)?;
        in_range("packing", self.packing, 1, 8)?;
        in_range("unrolled_steps", self.unrolled_steps, 0, 20)?;
        in_range("label_smoothing", self.label_smoothing, 0.0, 0.5)?;
        in_range("fake_label_smoothing", self.fake_label_smoothing, 0.0, 0.5)?;
        in_range("penalties", self.penalties.len(), 0, 4)?;
        for (index, penalty) in self.penalties.iter().enumerate() {
            penalty.validate().map_err(|e| e.within(&format!("penalties[{index}]")))?;
        }
        in_range("terms", self.terms.len(), 0, 8)?;
        for (index, term) in self.terms.iter().enumerate() {
            let layers = self.discriminator.layers.len();
            term.validate(layers).map_err(|e| e.within(&format!("terms[{index}]")))?;
        }
        in_range("adversarial_weight", self.adversarial_weight, 0.0, 1e6)?;
        in_range("pretraining_steps", self.pretraining_steps, 0, 1_000_000)?;
        if let Some(limit) = self.weight_clip {
            in_range("weight_clip", limit, 1e-6, 1e3)?;
        }
        self.generator_optimizer.validate().map_err(|e| e.within("generator_optimizer"))?;
        self.discriminator_optimizer.validate().map_err(|e| e.within("discriminator_optimizer"))?;
        if let Some(noise) = self.instance_noise {
            in_range("instance_noise.sd", noise.sd, 0.0, 100.0)?;
        }
        if let Some(augment) = self.diff_augment {
            augment.validate().map_err(|e| e.within("diff_augment"))?;
        }
        if let Some(growth) = self.growth {
            growth.validate().map_err(|e| e.within("growth"))?;
        }
        if let Some(ema) = self.ema {
            in_range("ema.decay", ema.decay, 0.0, 0.999_999)?;
        }
        self.validate_nets()?;
        combination::validate(self)
    }

    fn validate_nets(&self) -> Result<(), SpecError> {
        let sample = self.data.shape();
        let made = self.generator.shapes(self.generator_input());
        let made = made.map_err(|e| e.within("generator"))?;
        let made = made[made.len() - 1];
        // A vector of the right size is read as an image, channels first.
        if made != sample && made != Shape::flat(sample.size().unwrap_or(0)) {
            return Err(SpecError::new(
                "generator.layers",
                format!("end in {made}; the data are {sample}"),
            ));
        }
        let judged = self.discriminator.shapes(self.discriminator_input());
        let judged = judged.map_err(|e| e.within("discriminator"))?;
        let (found, asked) = (judged[judged.len() - 1], self.discriminator_outputs());
        // One channel is a map of verdicts, each on a patch of the sample (Isola et al. 2017).
        let is_map = asked == 1 && matches!(found, Shape::Image { channels: 1, .. });
        if found != Shape::flat(asked) && !is_map {
            let message = if asked == 1 {
                format!("end in {found}; they must end in one number, or a map of one channel")
            } else {
                let further = asked - 1;
                format!("end in {found}; they must end in {asked}: the verdict and {further} more")
            };
            return Err(SpecError::new("discriminator.layers", message));
        }
        match &self.encoder {
            Some(encoder) => encoder
                .validate(sample, self.latent.size, self.discriminator.layers.len())
                .map_err(|e| e.within("encoder")),
            None => Ok(()),
        }
    }
}
