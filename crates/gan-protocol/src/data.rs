//! Which real samples a run learns from. This module describes them; it holds none.

use serde::{Deserialize, Serialize};

use crate::error::{SpecError, in_range};
use crate::read::{reads_names, reads_struct, reads_tagged};
use crate::shape::Shape;

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
    /// Random changes of each real sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub augmentation: Option<AugmentationSpec>,
}

/// A set of real samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSource {
    /// MNIST's training images (LeCun, Cortes & Burges): 60,000 of 28 x 28.
    Mnist,
    /// Digits drawn by strokes at run time: unlimited, nothing to download; a list of them where
    /// a run chooses from one.
    DrawnDigits,
    /// IDX files that the user chose: MNIST, Fashion-MNIST and whatever has their form.
    IdxFiles,
    /// CIFAR-10's binary files that the user chose (Krizhevsky 2009): 3 x 32 x 32.
    CifarFiles,
    /// Three of MNIST's digits as the channels of one image: 1,000 modes (Metz et al. 2016,
    /// section 3.3.1).
    StackedMnist,
    /// Points of the plane.
    Points,
}

/// A distribution of points of the plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PointsSpec {
    /// Gaussians at equal angles on a circle. PacGAN: 8 modes, radius 1, sd 0.01; Unrolled GAN:
    /// radius 2, sd 0.02.
    Ring {
        /// Count of Gaussians.
        modes: usize,
        /// Of the circle.
        radius: f32,
        /// Standard deviation of each Gaussian.
        sd: f32,
    },
    /// Gaussians on a square grid around the origin. PacGAN: side 5, spacing 2, sd 0.05.
    Grid {
        /// Gaussians on a side.
        side: usize,
        /// Distance of neighbours.
        spacing: f32,
        /// Standard deviation of each Gaussian.
        sd: f32,
    },
    /// A segment with Gaussian noise.
    Line {
        /// Of the segment.
        length: f32,
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// Arms of an Archimedean spiral with Gaussian noise.
    Spiral {
        /// Count of arms.
        arms: usize,
        /// Turns of each arm.
        turns: f32,
        /// At the end of an arm.
        radius: f32,
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// Two interleaving half circles with Gaussian noise.
    Moons {
        /// Standard deviation of the noise.
        sd: f32,
    },
    /// The Swiss roll in the plane (WGAN-GP's toy: scale 7.5, sd 0.033).
    SwissRoll {
        /// Standard deviation of the noise, after scaling.
        sd: f32,
        /// What the roll's coordinates, up to about 15, are divided by.
        scale: f32,
    },
    /// Any mixture of Gaussians.
    Mixture {
        /// The Gaussians.
        components: Vec<GaussianSpec>,
    },
    /// Points that somebody drew, with Gaussian noise.
    Drawn {
        /// The points.
        points: Vec<[f32; 2]>,
        /// Standard deviation of the noise.
        sd: f32,
        /// The lower left and the upper right corner of the square that they were drawn in: it is
        /// shown again, so that they stay where they were drawn. `None` shows what holds them all.
        #[serde(skip_serializing_if = "Option::is_none")]
        frame: Option<[[f32; 2]; 2]>,
    },
}

/// One Gaussian of a mixture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GaussianSpec {
    /// Its centre.
    pub mean: [f32; 2],
    /// Symmetric and positive semi-definite.
    pub covariance: [[f32; 2]; 2],
    /// How often it is drawn, relative to the others.
    pub weight: f32,
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

/// Most samples a list of points or of Gaussians may hold.
const MOST_DRAWN_POINTS: usize = 20_000;
const MOST_GAUSSIANS: usize = 1_024;
/// Nets see points as they are: coordinates beyond this are no use to anybody.
const LARGEST_COORDINATE: f32 = 1_000.0;
/// A picture has a margin around its points.
const LARGEST_CORNER: f32 = 10.0 * LARGEST_COORDINATE;

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
        in_range("channels", self.channels, 1, 4)?;
        in_range("height", self.height, 1, 128)?;
        in_range("width", self.width, 1, 128)?;
        let fixed = match self.source {
            DataSource::DrawnDigits => Some(Shape::image(1, 28, 28)),
            DataSource::StackedMnist => Some(Shape::image(3, 28, 28)),
            _ => None,
        };
        if let Some(fixed) = fixed.filter(|fixed| *fixed != self.shape()) {
            let message = format!("its samples are {fixed}; the spec asks for {}", self.shape());
            return Err(SpecError::new("source", message));
        }
        let made = self.source == DataSource::StackedMnist;
        let chosen = [
            ("classes", !self.classes.is_empty()),
            ("class_weights", !self.class_weights.is_empty()),
            ("limit", self.limit.is_some()),
        ];
        if let Some((name, _)) = chosen.into_iter().find(|(_, is_set)| made && *is_set) {
            let message = "chooses from a list of images; this source has none";
            return Err(SpecError::new(name, message));
        }
        if let Some(augmentation) = &self.augmentation {
            augmentation.validate().map_err(|error| error.within("augmentation"))?;
        }
        Ok(())
    }
}

impl AugmentationSpec {
    fn validate(&self) -> Result<(), SpecError> {
        in_range("shift_px", self.shift_px, 0, 64)?;
        in_range("rotation_degrees", self.rotation_degrees, 0.0, 180.0)?;
        in_range("scale", self.scale, 1.0, 2.0)
    }
}

impl PointsSpec {
    fn validate(&self) -> Result<(), SpecError> {
        let spread = |sd: f32| in_range("sd", sd, 0.0, LARGEST_COORDINATE);
        let length = |name: &str, value: f32| in_range(name, value, 1e-3, LARGEST_COORDINATE);
        match self {
            Self::Ring { modes, radius, sd } => {
                in_range("modes", *modes, 1, MOST_GAUSSIANS)?;
                length("radius", *radius)?;
                spread(*sd)
            }
            Self::Grid { side, spacing, sd } => {
                in_range("side", *side, 1, 32)?;
                length("spacing", *spacing)?;
                spread(*sd)
            }
            Self::Line { length: l, sd } => {
                length("length", *l)?;
                spread(*sd)
            }
            Self::Spiral { arms, turns, radius, sd } => {
                in_range("arms", *arms, 1, 16)?;
                in_range("turns", *turns, 0.1, 10.0)?;
                length("radius", *radius)?;
                spread(*sd)
            }
            Self::Moons { sd } => spread(*sd),
            Self::SwissRoll { sd, scale } => {
                length("scale", *scale)?;
                spread(*sd)
            }
            Self::Mixture { components } => {
                in_range("components", components.len(), 1, MOST_GAUSSIANS)?;
                for (index, component) in components.iter().enumerate() {
                    let at = |error: SpecError| error.within(&format!("components[{index}]"));
                    component.validate().map_err(at)?;
                }
                if components.iter().map(|component| component.weight).sum::<f32>() <= 0.0 {
                    return Err(SpecError::new("components", "have weights that are all zero"));
                }
                Ok(())
            }
            Self::Drawn { points, sd, frame } => {
                in_range("points", points.len(), 1, MOST_DRAWN_POINTS)?;
                for (index, point) in points.iter().enumerate() {
                    coordinates(&format!("points[{index}]"), point)?;
                }
                if let Some([low, high]) = frame {
                    for axis in 0..2 {
                        let [first, second] = [0, 1].map(|at| format!("frame[{at}][{axis}]"));
                        in_range(&first, low[axis], -LARGEST_CORNER, LARGEST_CORNER)?;
                        in_range(&second, high[axis], low[axis] + 1e-4, LARGEST_CORNER)?;
                    }
                }
                spread(*sd)
            }
        }
    }
}

impl GaussianSpec {
    fn validate(&self) -> Result<(), SpecError> {
        coordinates("mean", &self.mean)?;
        in_range("weight", self.weight, 0.0, 1e6)?;
        let [[a, b], [c, d]] = self.covariance;
        let most = LARGEST_COORDINATE * LARGEST_COORDINATE;
        in_range("covariance[0][0]", a, 0.0, most)?;
        in_range("covariance[1][1]", d, 0.0, most)?;
        // Rounding may leave a singular covariance a little below zero.
        if b != c || a * d - b * c < -1e-6 * (a * d).max(1e-12) {
            let message = "must be symmetric and positive semi-definite";
            return Err(SpecError::new("covariance", message));
        }
        Ok(())
    }
}

fn coordinates(path: &str, point: &[f32; 2]) -> Result<(), SpecError> {
    for value in point {
        in_range(path, *value, -LARGEST_COORDINATE, LARGEST_COORDINATE)?;
    }
    Ok(())
}

reads_names!(DataSource, Mnist);
reads_struct!(DataSpec {
    source,
    points = None,
    channels = 0,
    height = 0,
    width = 0,
    classes = Vec::new(),
    class_weights = Vec::new(),
    limit = None,
    augmentation = None,
});
reads_tagged!(PointsSpec by "kind" {
    "ring" => Ring { modes, radius, sd },
    "grid" => Grid { side, spacing, sd },
    "line" => Line { length, sd },
    "spiral" => Spiral { arms, turns, radius, sd },
    "moons" => Moons { sd },
    "swiss_roll" => SwissRoll { sd, scale },
    "mixture" => Mixture { components },
    "drawn" => Drawn { points, sd, frame = None },
});
reads_struct!(GaussianSpec { mean, covariance, weight });
reads_struct!(AugmentationSpec { shift_px = 0, rotation_degrees = 0.0, scale = 1.0, flip = false });
