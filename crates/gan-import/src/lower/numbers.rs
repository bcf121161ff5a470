//! Layers with numbers of their own for each feature: normalisations, `x scale + shift`, slopes.

use gan_protocol::LayerSpec;

use super::flow::Flow;
use crate::error::ImportError;
use crate::state_dict::Values;
use crate::steps::{self, Step};

impl Flow {
    /// A layer with numbers for each feature.
    pub(super) fn per_feature(
        &mut self,
        spec: LayerSpec,
        parts: &[(&'static str, &Values)],
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        let features = self.features(is_channels_last)?;
        let put = |(name, values): &(&'static str, &Values)| {
            let numbers = of_features(&values.numbers, &features)?;
            Ok::<_, ImportError>((*name, Values { shape: vec![features.len()], numbers }))
        };
        let tensors = parts.iter().map(put).collect::<Result<_, _>>()?;
        self.add(Step::with(spec, tensors))
    }

    /// A normalisation by the sample's own numbers.
    pub(super) fn norm(
        &mut self,
        spec: LayerSpec,
        [scale, shift]: &[Values; 2],
        is_channels_last: bool,
    ) -> Result<(), ImportError> {
        self.per_feature(spec, &[("scale", scale), ("shift", shift)], is_channels_last)
    }

    /// A normalisation of each row of a matrix: of an image's channels, group by group, as PyTorch's exporter writes that of
    /// groups.
    pub(super) fn norm_of_rows(
        &mut self,
        parts: &[Values; 2],
        epsilon: f32,
    ) -> Result<(), ImportError> {
        let (groups, features) = (self.view.dims[0], self.shape.features());
        if !self.view.is_plain() || !features.is_multiple_of(groups.max(1)) {
            return Err(ImportError::file(
                "a normalisation of rows that are no groups of channels",
            ));
        }
        let of_groups = |values: &Values| {
            let number = |feature: usize| match values.numbers[..] {
                [one] => Some(one),
                _ => values.numbers.get(feature / (features / groups)).copied(),
            };
            let numbers: Option<Vec<f32>> = (0..features).map(number).collect();
            let numbers =
                numbers.ok_or_else(|| ImportError::file("a number of a group is missing"))?;
            Ok::<_, ImportError>(Values { shape: vec![features], numbers })
        };
        let [scale, shift] = parts;
        let tensors = vec![("scale", of_groups(scale)?), ("shift", of_groups(shift)?)];
        self.add(Step::with(LayerSpec::GroupNorm { groups, epsilon }, tensors))
    }

    /// `x scale + shift`.
    pub(super) fn affine(&mut self, scale: &Values, shift: &Values) -> Result<(), ImportError> {
        let scale = self.of_each_feature(scale)?;
        let shift = self.of_each_feature(shift)?;
        if steps::take_up(&mut self.steps, &scale, &shift) {
            return Ok(());
        }
        self.add(steps::affine(scale, shift))
    }

    /// `max(0, x) + slope min(0, x)`.
    pub(super) fn prelu(&mut self, slope: &Values) -> Result<(), ImportError> {
        let numbers = self.of_each_feature(slope)?;
        let slope = Values { shape: vec![numbers.len()], numbers };
        self.add(Step::with(LayerSpec::Prelu {}, vec![("slope", slope)]))
    }

    /// Numbers whose axes are the last ones of this value, as one for each of the features here.
    fn of_each_feature(&self, values: &Values) -> Result<Vec<f32>, ImportError> {
        let features = self.shape.features();
        if let [number] = values.numbers[..] {
            return Ok(vec![number; features]);
        }
        let (dims, own) = (&self.view.dims, &values.shape);
        let lead = dims.len().checked_sub(own.len());
        let fits = |lead: usize| own.iter().zip(&dims[lead..]).all(|(a, b)| a == b || *a == 1);
        let Some(lead) = lead.filter(|lead| fits(*lead)) else {
            return Err(ImportError::file(format!(
                "numbers of the axes {own:?} do not fit a value of {dims:?}"
            )));
        };
        let area = self.shape.pixels();
        let mut found: Vec<Option<f32>> = vec![None; features];
        for (index, place) in self.view.order.iter().enumerate() {
            let (mut left, mut at, mut stride) = (index, 0, 1);
            for axis in (lead..dims.len()).rev() {
                let length = own[axis - lead];
                at += if length == 1 { 0 } else { left % dims[axis] * stride };
                left /= dims[axis];
                stride *= length;
            }
            let number = values.numbers[at];
            let feature = &mut found[place / area];
            if feature.is_some_and(|other| other != number) {
                return Err(ImportError::file(
                    "numbers of their own for each pixel have no layer here",
                ));
            }
            *feature = Some(number);
        }
        Ok(found.into_iter().map(|number| number.unwrap_or(0.0)).collect())
    }
}

/// The framework's numbers of its features as those of the features here; one number is that of all.
fn of_features(numbers: &[f32], features: &[usize]) -> Result<Vec<f32>, ImportError> {
    if let [number] = numbers {
        return Ok(vec![*number; features.len()]);
    }
    if numbers.len() != features.len() {
        return Err(ImportError::file(format!(
            "there are {} numbers for {} features",
            numbers.len(),
            features.len()
        )));
    }
    let mut own = vec![0.0; numbers.len()];
    for (number, feature) in numbers.iter().zip(features) {
        own[*feature] = *number;
    }
    Ok(own)
}
