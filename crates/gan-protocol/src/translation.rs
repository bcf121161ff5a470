//! Translation between two sets of images without pairs: two generators, one each way, and two
//! discriminators, one for each set (CycleGAN, Zhu et al. 2017).

use serde::Serialize;

use crate::data::DataSpec;
use crate::error::{SpecError, in_range};
use crate::names::Named as _;
use crate::read::reads_struct;
use crate::shape::Shape;

/// A run that translates the images `x` of a second set to those of the run's data, `y`, and back. The
/// generator `G` is given an `x` and makes a `y`; a second one, `F`, is given a `y` and makes an `x`. Each
/// way has a discriminator. The nets, optimisers and the objective of the way back are those of the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TranslationSpec {
    /// The second set. Its images are of the data's shape; no image of the one set belongs to one of the
    /// other. Files are the data's own, of which `classes` chooses others: a folder each, for pictures.
    pub from: DataSpec,
    /// λ: `cycle * (E|F(G(x)) - x| + E|G(F(y)) - y|)` is added to the generators' loss (equation 2). The
    /// paper's is 10.
    pub cycle: f32,
    /// `identity * (E|G(y) - y| + E|F(x) - x|)` is added to the generators' loss: what is right already
    /// stays as it is (section 5.2). The paper's is half of `cycle`, for photographs of paintings alone.
    pub identity: f32,
}

impl TranslationSpec {
    /// Checks the second set against the data.
    pub(crate) fn validate(&self, data: &DataSpec) -> Result<(), SpecError> {
        self.from.validate().map_err(|error| error.within("from"))?;
        let (source, data) = (data.source, data.shape());
        let Shape::Image { .. } = data else {
            return Err(SpecError::new(".", "is of images; the data are points"));
        };
        if self.from.shape() != data {
            let message = format!("has images of {}; the data are {data}", self.from.shape());
            return Err(SpecError::new("from", message));
        }
        if self.from.source.is_users_files() && self.from.source != source {
            let message = format!("is {}; files are those of the data", self.from.source.name());
            return Err(SpecError::new("from.source", message));
        }
        in_range("cycle", self.cycle, 0.0, 1e6)?;
        in_range("identity", self.identity, 0.0, 1e6)
    }
}

reads_struct!(TranslationSpec { from, cycle = 10.0, identity = 0.0 });
