//! Loads a run's real samples and makes them ready to be drawn in batches. Bytes of data sets come
//! from the caller's [`DataLoader`], the user's files come with the request.

mod asked;

use gan_core::Trainer;
use gan_data::{
    Augmented, DataError, EndlessPoints, ImageSet, RealSamples, Recipe, ShuffledImages,
    WeightedClasses, add_pictures, recipe,
};
use gan_protocol::{
    ConditionSpec, DataOrigin, DataSource, DataSpec, Fault, RealBatch, RunSpec, Shape, SpecError,
};

use self::asked::Asked;
pub(crate) use self::asked::SecondSpec;

/// Drawn images to choose from, where a run uses only some classes or weights them.
const LISTED_IMAGES: usize = 10_000;
/// Seed of such a list: the same for all runs, as an image set is the same for all runs.
const LIST_SEED: u64 = 1;
/// Sets the order of a second set apart from that of the data, unless they are pairs.
const SECOND_SET: u64 = 0x5EC0_4D5E;
/// Sets the order of labelled samples apart from that of all.
const LABELLED_SET: u64 = 0x1ABE_11ED;
/// Upper limit of a list of drawn images, which is drawn at the run's start.
const MOST_LISTED_IMAGES: usize = 20_000;

/// Called with the bytes received so far and the bytes expected, if known.
pub type Progress<'a> = &'a dyn Fn(f64, Option<f64>);

/// Brings the bytes of data sets that are not made at run time.
pub trait DataLoader {
    /// MNIST's training images with their labels.
    ///
    /// The error is the reason why they could not be loaded, for the user.
    fn mnist(&self, progress: Progress<'_>) -> impl Future<Output = Result<ImageSet, String>>;

    /// The file of the project's classifier of digits.
    ///
    /// The error is the reason why it could not be loaded, for the user.
    fn classifier(&self) -> impl Future<Output = Result<Vec<u8>, String>>;
}

/// Real samples, ready to be drawn.
pub struct LoadedData {
    /// Their source and, for images, the digest that distinguishes them from others.
    pub origin: DataOrigin,
    /// The samples.
    pub samples: Box<dyn RealSamples>,
    /// What the generator is given of another set.
    second: Option<SecondSet>,
    /// The few samples whose classes the discriminator learns from.
    labelled: Option<Box<dyn RealSamples>>,
}

/// Images that a generator is given.
struct SecondSet {
    samples: Box<dyn RealSamples>,
    /// Whether each belongs to the sample of the same place. Both sets are then drawn in the same order,
    /// and changed by the same augmentation, since these depend on seed, step and place alone.
    are_pairs: bool,
}

impl LoadedData {
    /// The real samples of a run. If drawn digits stand in for MNIST, the second value is the
    /// loader's error. `files` are those of all sets that come from files.
    ///
    /// # Errors
    /// Names the field or the file, and its fault.
    pub async fn load(
        spec: &RunSpec,
        files: &[(String, Vec<u8>)],
        loader: &impl DataLoader,
        progress: Progress<'_>,
    ) -> Result<(Self, Option<String>), Fault> {
        let (data, missing) = Self::set(Asked::of(spec), files, loader, progress).await?;
        data.check_labels(spec)?;
        let Some(second) = SecondSpec::of(spec) else { return Ok((data, missing)) };
        let (set, also_missing) =
            second.asks(Self::set(second.asked(spec.seed), files, loader, progress).await)?;
        Ok((data.beside(set, &second)?, missing.or(also_missing)))
    }

    /// The samples of a run that needs no loader; with `or_drawn`, drawn digits stand in for MNIST. `None`
    /// for runs that need one.
    ///
    /// # Errors
    /// Names the field or the file, and its fault.
    pub(crate) fn at_hand(
        spec: &RunSpec,
        files: &[(String, Vec<u8>)],
        or_drawn: bool,
    ) -> Result<Option<Self>, Fault> {
        let set = |asked: Asked<'_>| match Self::set_at_hand(asked, files)? {
            None if or_drawn => Self::stand_in(asked),
            set => Ok(set),
        };
        let Some(data) = set(Asked::of(spec))? else { return Ok(None) };
        data.check_labels(spec)?;
        let Some(second) = SecondSpec::of(spec) else { return Ok(Some(data)) };
        let Some(set) = second.asks(set(second.asked(spec.seed)))? else { return Ok(None) };
        data.beside(set, &second).map(Some)
    }

    /// The same data with the second set.
    ///
    /// # Errors
    /// [`Fault::Spec`] if the sets are to be pairs and have not equally many images.
    fn beside(mut self, set: Self, asked: &SecondSpec) -> Result<Self, Fault> {
        if asked.are_pairs && set.origin.samples != self.origin.samples {
            let count = |origin: &DataOrigin| origin.samples.unwrap_or_default();
            let message = format!(
                "has {} images, the samples are {}: pairs are equally many",
                count(&set.origin),
                count(&self.origin)
            );
            return Err(Fault::Spec { path: format!("{}.class", asked.path), message });
        }
        if let (Some(digest), Some(other)) = (&mut self.origin.digest, set.origin.digest) {
            *digest = format!("{digest} {other}");
        }
        self.second = Some(SecondSet { samples: set.samples, are_pairs: asked.are_pairs });
        Ok(self)
    }

    /// The images with classes that a run by `spec` learns from, all of each class: as they are, with equal
    /// weights. `files` are those of all sets that come from files.
    ///
    /// # Errors
    /// The loader's, or [`Fault::State`] where the data are no list of images.
    pub(crate) async fn images(
        spec: &RunSpec,
        files: &[(String, Vec<u8>)],
        loader: &impl DataLoader,
    ) -> Result<ImageSet, Fault> {
        let images = match recipe(spec.data.source) {
            Recipe::Mnist => match loader.mnist(&|_, _| ()).await {
                Ok(images) => images,
                Err(message) => return Err(Fault::File { message }),
            },
            Recipe::Files(read) => read(files).map_err(file)?,
            Recipe::Drawn { listed, .. } => listed(LIST_SEED, LISTED_IMAGES).map_err(file)?,
            Recipe::Points | Recipe::OfMnist(_) => {
                let message = "the data are no list of images with classes".to_owned();
                return Err(Fault::State { message });
            }
        };
        let data = DataSpec { per_class: None, ..spec.data.clone() };
        Self::chosen(Asked { data: &data, seed: spec.seed, labelled: None }, images)
    }

    /// One set of a run, as [`LoadedData::load`].
    async fn set(
        asked: Asked<'_>,
        files: &[(String, Vec<u8>)],
        loader: &impl DataLoader,
        progress: Progress<'_>,
    ) -> Result<(Self, Option<String>), Fault> {
        match Self::set_at_hand(asked, files)? {
            Some(data) => Ok((data, None)),
            None => Self::mnist(asked, loader, progress).await,
        }
    }

    /// Samples that need no loader: made at run time, or read from the user's files. `None` for
    /// MNIST, plain or stacked.
    ///
    /// # Errors
    /// Names the field or the file, and its fault.
    fn set_at_hand(asked: Asked<'_>, files: &[(String, Vec<u8>)]) -> Result<Option<Self>, Fault> {
        let spec = asked.data;
        let samples: Box<dyn RealSamples> = match recipe(spec.source) {
            Recipe::Mnist | Recipe::OfMnist(_) => return Ok(None),
            Recipe::Points => {
                let points = spec.points.clone().ok_or_else(|| missing("data.points"))?;
                Box::new(EndlessPoints::new(points).map_err(setting("data.points"))?)
            }
            Recipe::Drawn { .. } => return Self::drawn(spec.source, asked),
            Recipe::Files(read) => {
                let mut data = Self::of_images(asked, read(files).map_err(file)?)?;
                data.origin.files = files.iter().map(|(name, _)| name.clone()).collect();
                return Ok(Some(data));
            }
        };
        Ok(Some(Self::made(spec.source, samples)))
    }

    /// Samples that are made at run time.
    fn made(source: DataSource, samples: Box<dyn RealSamples>) -> Self {
        let count = samples.len();
        let origin = DataOrigin { source, samples: count, digest: None, files: Vec::new() };
        Self { origin, samples, second: None, labelled: None }
    }

    /// Images, with their digest.
    fn of_images(asked: Asked<'_>, images: ImageSet) -> Result<Self, Fault> {
        let images = Self::chosen(asked, images)?;
        let digest = images.digest();
        let labelled = Self::labelled(asked, &images)?;
        let data = Self::made(asked.data.source, Self::drawn_from(asked.data, images)?);
        Ok(Self { labelled, ..data.with_digest(digest) })
    }

    /// The samples of `images` that are to be labelled, if any are.
    fn labelled(
        asked: Asked<'_>,
        images: &ImageSet,
    ) -> Result<Option<Box<dyn RealSamples>>, Fault> {
        let Some(most) = asked.labelled else { return Ok(None) };
        let few = images.clone().few_of_each_class(most, asked.seed);
        let few = few.map_err(field("semi_supervised"))?;
        Self::augmented(asked.data, Box::new(ShuffledImages::new(few))).map(Some)
    }

    fn with_digest(mut self, digest: String) -> Self {
        self.origin.digest = Some(digest);
        self
    }

    /// MNIST in the form that `spec` requests, plain or stacked; drawn digits with the loader's
    /// error if MNIST could not be loaded.
    ///
    /// # Errors
    /// The loader's error, if drawn digits cannot stand in; a setting or the images, if they do not
    /// fit.
    async fn mnist(
        asked: Asked<'_>,
        loader: &impl DataLoader,
        progress: Progress<'_>,
    ) -> Result<(Self, Option<String>), Fault> {
        let spec = asked.data;
        match loader.mnist(progress).await {
            Ok(images) => {
                let Recipe::OfMnist(made) = recipe(spec.source) else {
                    return Ok((Self::of_images(asked, images)?, None));
                };
                let digest = images.digest();
                let samples = Self::augmented(spec, made(images).map_err(file)?)?;
                Ok((Self::made(spec.source, samples).with_digest(digest), None))
            }
            Err(message) => match Self::stand_in(asked)? {
                Some(drawn) => Ok((drawn, Some(message))),
                None => Err(Fault::File { message }),
            },
        }
    }

    /// Drawn digits in MNIST's place. `None` where `spec` is not plain MNIST of 1 × 28 × 28, the
    /// only shape of drawn digits.
    fn stand_in(asked: Asked<'_>) -> Result<Option<Self>, Fault> {
        let spec = asked.data;
        let alike = spec.source == DataSource::Mnist && spec.shape() == Shape::image(1, 28, 28);
        if !alike {
            return Ok(None);
        }
        Self::drawn(DataSource::DrawnDigits, asked)
    }

    /// The images drawn by `source`, if it draws any: endless, or a list if `spec` chooses from
    /// one.
    fn drawn(source: DataSource, asked: Asked<'_>) -> Result<Option<Self>, Fault> {
        let Recipe::Drawn { endless, listed } = recipe(source) else { return Ok(None) };
        let spec = asked.data;
        let chooses = !spec.classes.is_empty()
            || !spec.class_weights.is_empty()
            || spec.per_class.is_some()
            || asked.labelled.is_some();
        let mut labelled = None;
        let samples = if chooses || spec.limit.is_some() {
            // A class keeps only some of the images; the limit counts those kept.
            let all = if chooses { LISTED_IMAGES } else { 0 };
            let count = spec.limit.map_or(all, |limit| all.max(limit as usize));
            let images = listed(LIST_SEED, count.min(MOST_LISTED_IMAGES)).map_err(file)?;
            let images = Self::chosen(asked, images)?;
            labelled = Self::labelled(asked, &images)?;
            Self::drawn_from(spec, images)?
        } else {
            Self::augmented(spec, endless())?
        };
        Ok(Some(Self { labelled, ..Self::made(source, samples) }))
    }

    /// The part of `images` that is asked for (classes, limit, a few of each class), in its shape.
    fn chosen(asked: Asked<'_>, images: ImageSet) -> Result<ImageSet, Fault> {
        let spec = asked.data;
        let mut images = images;
        if !spec.classes.is_empty() {
            images = images.subset(&spec.classes).map_err(field("data.classes"))?;
        }
        if let Some(limit) = spec.limit {
            images = images.limited(limit as usize).map_err(file)?;
        }
        if let Some(most) = spec.per_class {
            images = images
                .few_of_each_class(most as usize, asked.seed)
                .map_err(field("data.per_class"))?;
        }
        images.fitted(spec.channels, spec.height, spec.width).map_err(file)
    }

    /// Samples of `images`, drawn with the classes' weights and augmented.
    fn drawn_from(spec: &DataSpec, images: ImageSet) -> Result<Box<dyn RealSamples>, Fault> {
        let samples: Box<dyn RealSamples> = if spec.class_weights.is_empty() {
            Box::new(ShuffledImages::new(images))
        } else {
            Box::new(
                WeightedClasses::new(images, &spec.class_weights)
                    .map_err(field("data.class_weights"))?,
            )
        };
        Self::augmented(spec, samples)
    }

    fn augmented(
        spec: &DataSpec,
        samples: Box<dyn RealSamples>,
    ) -> Result<Box<dyn RealSamples>, Fault> {
        let Some(asked) = spec.augmentation else { return Ok(samples) };
        let changed = Augmented::new(samples, asked);
        Ok(Box::new(changed.map_err(setting("data.augmentation"))?))
    }

    /// Each batch of a run's training, by its number ([`Trainer::next_batch`]).
    pub fn batches<'a>(&'a mut self, trainer: &Trainer) -> impl FnMut(u64) -> RealBatch + use<'a> {
        let (seed, size) = (trainer.spec().seed, trainer.reals_per_step());
        let condition = trainer.spec().condition;
        move |step| self.batch(condition, [seed, step], size)
    }

    /// `size` samples, those of a step in the run with a seed, with the pictures that `condition` asks
    /// for, or images of the second set of a translation.
    pub fn batch(
        &mut self,
        condition: Option<ConditionSpec>,
        [seed, step]: [u64; 2],
        size: usize,
    ) -> RealBatch {
        let mut batch = self.samples.batch(seed, step, size);
        if let Some(labelled) = &mut self.labelled {
            batch.labelled = Some(Box::new(labelled.batch(seed ^ LABELLED_SET, step, size)));
        }
        match (&mut self.second, condition) {
            (Some(second), _) => {
                let seed = if second.are_pairs { seed } else { seed ^ SECOND_SET };
                batch.pictures = second.samples.batch(seed, step, size).values;
            }
            (None, Some(condition)) => {
                add_pictures(&mut batch, condition.picture, self.samples.shape(), [seed, step]);
            }
            (None, None) => {}
        }
        batch
    }

    /// Checks the number of the data's classes against the labels of `spec`.
    ///
    /// # Errors
    /// [`Fault::Spec`] at the classes that the run asks for if the data have more classes than that, or no labels.
    pub(crate) fn check_labels(&self, spec: &RunSpec) -> Result<(), Fault> {
        let (asked, path) = match (spec.labels, spec.semi_supervised) {
            (Some(labels), _) => (labels.classes(), "labels.classes"),
            (None, Some(semi_supervised)) => (semi_supervised.classes, "semi_supervised.classes"),
            (None, None) => return Ok(()),
        };
        let message = match self.samples.classes() {
            Some(found) if found <= asked => return Ok(()),
            Some(found) => format!("is {asked}; the data have {found} classes"),
            None => format!("is {asked}; the data have no labels"),
        };
        Err(Fault::Spec { path: path.to_owned(), message })
    }
}

fn file(error: DataError) -> Fault {
    Fault::File { message: error.to_string() }
}

/// Turns a data error into a fault of the setting at `path`, which requests something that the data
/// lack.
fn field(path: &'static str) -> impl Fn(DataError) -> Fault {
    move |error| Fault::Spec { path: path.to_owned(), message: error.to_string() }
}

/// Turns an error within the setting at `path` into a fault with the full path.
fn setting(path: &'static str) -> impl Fn(SpecError) -> Fault {
    move |error| {
        let path =
            if error.path == "." { path.to_owned() } else { format!("{path}.{}", error.path) };
        Fault::Spec { path, message: error.message }
    }
}

fn missing(path: &str) -> Fault {
    Fault::Spec { path: path.to_owned(), message: "is missing".to_owned() }
}
