//! The spec of a run's real samples. The module holds no samples.

mod points;

use serde::Serialize;

use crate::error::{SpecError, in_range};
use crate::names::named;
use crate::read::reads_struct;
use crate::shape::Shape;
pub use points::{GaussianSpec, MAX_DRAWN_POINTS, MAX_MODES, PointsSpec};

/// Real samples: where they come from and in which shape the nets see them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataSpec {
    /// Which set.
    pub source: DataSource,
    /// The distribution, for [`DataSource::Points`] and no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsSpec>,
    /// Channels of an image; 0 for points.
    #[serde(skip_serializing_if = "is_zero")]
    pub channels: usize,
    /// Rows of an image, in pixels; 0 for points.
    #[serde(skip_serializing_if = "is_zero")]
    pub height: usize,
    /// Columns of an image, in pixels; 0 for points.
    #[serde(skip_serializing_if = "is_zero")]
    pub width: usize,
    /// The only classes to learn from; empty is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<u8>,
    /// How often each class is drawn, relative to the others; empty is as they come. One weight
    /// for each class from 0 on; 0 leaves a class out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub class_weights: Vec<f32>,
    /// Only the first so many samples, to show what memorising looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Only so many samples of each class, chosen by the run's seed, to learn from few labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_class: Option<u32>,
    /// Random changes of each real sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub augmentation: Option<AugmentationSpec>,
}

named! {
    /// A set of real samples.
    pub enum DataSource {
        /// MNIST's training images (LeCun, Cortes & Burges): 60,000 of 28 x 28.
        Mnist = "mnist",
        /// Digits drawn by strokes at run time: unlimited, nothing to download; a list of them where
        /// a run chooses from one.
        DrawnDigits = "drawn_digits",
        /// IDX files that the user chose: MNIST, Fashion-MNIST and whatever has their form.
        IdxFiles = "idx_files",
        /// CIFAR-10's binary files that the user chose (Krizhevsky 2009): 3 x 32 x 32.
        CifarFiles = "cifar_files",
        /// Three of MNIST's digits as the channels of one image: 1,000 modes (Metz et al. 2016,
        /// section 3.3.1).
        StackedMnist = "stacked_mnist",
        /// Points of the plane.
        Points = "points",
    }
}

/// The origin of a source's samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// Made from a seed at run time.
    Made,
    /// Files of the user, which exist only with the user.
    UsersFiles,
    /// Made from MNIST's images, which are downloaded.
    Fetched,
}

/// Properties of all runs on a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// The name in English, within a sentence.
    pub title: &'static str,
    /// The origin of the samples.
    pub supply: Supply,
    /// The only shape that samples have; `None` if images are fitted to the run's shape.
    pub shape: Option<Shape>,
    /// Whether the images are a list, so that a run can select classes, weight them, or use only
    /// the first images.
    pub has_list: bool,
    /// Whether each image shows one digit.
    pub is_of_digits: bool,
    /// Whether the page offers the source in its list. Files are offered once, whatever their format.
    pub is_offered: bool,
}

impl DataSource {
    /// Properties of all runs on this source.
    pub const fn facts(self) -> SourceFacts {
        match self {
            Self::Mnist => SourceFacts {
                title: "MNIST",
                supply: Supply::Fetched,
                shape: None,
                has_list: true,
                is_of_digits: true,
                is_offered: true,
            },
            Self::DrawnDigits => SourceFacts {
                title: "drawn digits",
                supply: Supply::Made,
                shape: Some(Shape::image(1, 28, 28)),
                has_list: true,
                is_of_digits: true,
                is_offered: true,
            },
            Self::IdxFiles => SourceFacts {
                title: "IDX files",
                supply: Supply::UsersFiles,
                shape: None,
                has_list: true,
                is_of_digits: false,
                is_offered: true,
            },
            Self::CifarFiles => SourceFacts {
                title: "CIFAR-10",
                supply: Supply::UsersFiles,
                shape: None,
                has_list: true,
                is_of_digits: false,
                is_offered: false,
            },
            Self::StackedMnist => SourceFacts {
                title: "stacked MNIST, a digit in each channel",
                supply: Supply::Fetched,
                shape: Some(Shape::image(3, 28, 28)),
                has_list: false,
                is_of_digits: false,
                is_offered: false,
            },
            Self::Points => SourceFacts {
                title: "points of the plane",
                supply: Supply::Made,
                shape: Some(Shape::flat(2)),
                has_list: false,
                is_of_digits: false,
                is_offered: true,
            },
        }
    }

    /// Whether the samples are in files that the user brings: nobody else has them.
    pub fn is_users_files(self) -> bool {
        self.facts().supply == Supply::UsersFiles
    }
}

/// Random changes of real images, each drawn uniformly up to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AugmentationSpec {
    /// Largest shift, in whole pixels, in each direction.
    pub shift_px: u32,
    /// Largest rotation, in degrees, to each side.
    pub rotation_degrees: f32,
    /// Largest change of size, as a factor: 1.1 is 1/1.1 to 1.1 times the size.
    pub scale: f32,
    /// Whether half of the images are mirrored left to right.
    pub flip: bool,
}

impl Default for AugmentationSpec {
    fn default() -> Self {
        Self { shift_px: 0, rotation_degrees: 0.0, scale: 1.0, flip: false }
    }
}

fn is_zero(value: &usize) -> bool {
    *value == 0
}

impl DataSpec {
    /// The shape of one sample.
    pub fn shape(&self) -> Shape {
        match self.source {
            DataSource::Points => Shape::flat(2),
            _ => Shape::image(self.channels, self.height, self.width),
        }
    }

    pub(crate) fn validate(&self) -> Result<(), SpecError> {
        if self.source == DataSource::Points {
            self.validate_points()?;
        } else {
            self.validate_images()?;
        }
        if !self.class_weights.is_empty() {
            in_range("class_weights", self.class_weights.len(), 1, 256)?;
            for (index, weight) in self.class_weights.iter().enumerate() {
                in_range(&format!("class_weights[{index}]"), *weight, 0.0, 1e6)?;
            }
            if self.class_weights.iter().sum::<f32>() <= 0.0 {
                return Err(SpecError::new("class_weights", "are all zero"));
            }
        }
        if let Some(limit) = self.limit {
            in_range("limit", limit, 1, 1_000_000)?;
        }
        if let Some(most) = self.per_class {
            in_range("per_class", most, 1, 1_000_000)?;
        }
        Ok(())
    }

    fn validate_points(&self) -> Result<(), SpecError> {
        let Some(points) = &self.points else {
            let message = "is missing: it names the distribution of the points";
            return Err(SpecError::new("points", message));
        };
        for (name, size) in
            [("channels", self.channels), ("height", self.height), ("width", self.width)]
        {
            if size != 0 {
                return Err(SpecError::new(name, format!("is {size}; points are no images")));
            }
        }
        let images_only = [
            ("classes", !self.classes.is_empty()),
            ("class_weights", !self.class_weights.is_empty()),
            ("limit", self.limit.is_some()),
            ("per_class", self.per_class.is_some()),
            ("augmentation", self.augmentation.is_some()),
        ];
        if let Some((name, _)) = images_only.into_iter().find(|(_, is_set)| *is_set) {
            let message = "is for images; a mixture's weights do the same for points";
            return Err(SpecError::new(name, message));
        }
        points.validate().map_err(|error| error.within("points"))
    }

    fn validate_images(&self) -> Result<(), SpecError> {
        if self.points.is_some() {
            return Err(SpecError::new("points", "is set, but the source is not `points`"));
        }
        if !matches!(self.channels, 1 | 3) {
            let message = format!("is {}; allowed is 1 (grey) and 3 (colour)", self.channels);
            return Err(SpecError::new("channels", message));
        }
        in_range("height", self.height, 1, 128)?;
        in_range("width", self.width, 1, 128)?;
        let facts = self.source.facts();
        if let Some(fixed) = facts.shape.filter(|fixed| *fixed != self.shape()) {
            let message = format!("its samples are {fixed}; the spec asks for {}", self.shape());
            return Err(SpecError::new("source", message));
        }
        let chosen = [
            ("classes", !self.classes.is_empty()),
            ("class_weights", !self.class_weights.is_empty()),
            ("limit", self.limit.is_some()),
            ("per_class", self.per_class.is_some()),
        ];
        if let Some((name, _)) = chosen.into_iter().find(|(_, is_set)| !facts.has_list && *is_set) {
            let message = "chooses from a list of images; this source has none";
            return Err(SpecError::new(name, message));
        }
        if let Some(augmentation) = &self.augmentation {
            augmentation.validate(self.shape()).map_err(|error| error.within("augmentation"))?;
        }
        Ok(())
    }
}

impl AugmentationSpec {
    /// Checks every number, for samples of `shape`.
    ///
    /// # Errors
    /// The first field that is not allowed, and what is; of the spec as a whole if the samples are no images.
    pub fn validate(&self, shape: Shape) -> Result<(), SpecError> {
        let Shape::Image { height, width, .. } = shape else {
            return Err(SpecError::new(".", format!("is for images; the samples are {shape}")));
        };
        // Beyond half a side a shift would leave nothing of an image.
        in_range("shift_px", self.shift_px, 0, (height.min(width) / 2) as u32)?;
        in_range("rotation_degrees", self.rotation_degrees, 0.0, 180.0)?;
        in_range("scale", self.scale, 1.0, 2.0)
    }
}

reads_struct!(DataSpec {
    source,
    points = None,
    channels = 0,
    height = 0,
    width = 0,
    classes = Vec::new(),
    class_weights = Vec::new(),
    limit = None,
    per_class = None,
    augmentation = None,
});
reads_struct!(AugmentationSpec { shift_px = 0, rotation_degrees = 0.0, scale = 1.0, flip = false });
