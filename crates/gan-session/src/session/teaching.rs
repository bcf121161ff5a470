//! Teaches classifiers with few labelled images of the run's data, on request.

use gan_protocol::{CourseSpec, Fault, Reply};

use super::{Attached, Session, fault, no_data};
use crate::course::{Course, Made, affordable};
use crate::data::{DataLoader, LoadedData};

/// The most images that examine the classifiers.
const MOST_HELD_OUT: usize = 1_000;

impl<L: DataLoader> Session<L> {
    /// `count` steps of a course; one that is not under way begins.
    pub(super) async fn teach(&mut self, spec: CourseSpec, count: u32) -> Result<Attached, Fault> {
        let under_way = self.ready_run()?.course.as_ref().map(Course::spec);
        if under_way != Some(spec) {
            let course = self.new_course(spec).await?;
            self.current().course = Some(course);
        }
        let course = self.current().course.as_mut().expect("just begun");
        course.advance(count).await.map_err(fault)?;
        let accuracy = course.accuracies().await.map_err(fault)?;
        let step = course.step();
        let [labelled, held_out] = course.counts().map(|count| count as u32);
        Ok((Reply::Course { step, accuracy, labelled, held_out }, Vec::new()))
    }

    async fn new_course(&mut self, spec: CourseSpec) -> Result<Course, Fault> {
        spec.validate()?;
        let ready = self.ready_run()?;
        let mut run = ready.trainer.spec().clone();
        // Drawn digits may stand in for MNIST.
        run.data.source = ready.data.as_ref().ok_or_else(no_data)?.origin.source;
        let images = LoadedData::images(&run, &self.files, &self.loader).await?;
        let others = affordable(MOST_HELD_OUT, images.dims());
        let parts = images.parted(spec.per_class as usize, others, spec.seed);
        let parts = parts.map_err(|error| Fault::File { message: error.to_string() })?;
        let made = Made::by(&self.current().trainer, &parts[0], spec.seed).await.map_err(fault)?;
        Course::new(spec, parts, made.as_ref(), &self.device)
    }
}
