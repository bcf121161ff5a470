//! Computes the plane of a run on points, as numbers for the page to draw: generated points, their
//! pulls, the lattice of latents and the discriminator's surface.

use gan_core::{CoreError, Inputs, lattice_coordinates};
use gan_plot::Square;
use gan_protocol::{Event, Fault, FrameKind, PlaneSet, RealBatch, Shape};
use gan_random::Purpose;

use super::{Outgoing, Session, fault};
use crate::data::DataLoader;
use crate::drawing::point_bytes;
use crate::run::{PLANE_POINTS, Run};

/// Nodes along a side of the lattice of latents.
const LATTICE: usize = 20;
/// Squares along a side of the view, in whose middles the discriminator is evaluated.
const SURFACE: usize = 40;
/// Generated points whose pulls are computed.
const PULLED: usize = 96;

impl<L: DataLoader> Session<L> {
    pub(super) async fn watch(&mut self, plane: bool) -> Result<(), Fault> {
        self.watched = plane;
        if self.run.is_some() {
            self.draw_sheet(FrameKind::Fixed, Purpose::FixedLatents, 0).await.map_err(fault)?;
        }
        Ok(())
    }

    /// Whether the current run is on points and its plane is watched.
    pub(super) fn has_plane(&self) -> bool {
        let on_points = |run: &Run| run.trainer.spec().data.shape() == Shape::flat(2);
        self.watched && self.run.as_ref().is_some_and(on_points)
    }

    /// Sends the plane as it is now.
    pub(super) async fn show_plane(&mut self) -> Result<(), CoreError> {
        let begin_ms = (self.clock)();
        let Some(run) = &mut self.run else { return Ok(()) };
        let (set, numbers) = run.plane(begin_ms).await?;
        let end_ms = (self.clock)();
        if set.lattice > 0 {
            run.layers.done(begin_ms, end_ms);
        } else {
            run.plane.done(begin_ms, end_ms);
        }
        run.in_flight += 1;
        let event = Event::Plane { step: run.trainer.generator_steps(), set };
        (self.sink)(Outgoing { event, attachments: vec![point_bytes(&numbers)] });
        Ok(())
    }
}

impl Run {
    /// The plane as it is now, in the order of [`PlaneSet`].
    async fn plane(&mut self, now_ms: f64) -> Result<(PlaneSet, Vec<f32>), CoreError> {
        self.fill_backdrop();
        let spec = self.trainer.spec().clone();
        let view = self.view();
        let mut numbers = vec![view.centre[0], view.centre[1], view.half_side];
        numbers.extend(&self.backdrop);
        let inputs = Inputs::drawn(&spec, Purpose::FixedLatents, 0, PLANE_POINTS);
        let fakes = self.trainer.samples(&inputs, 0).await?;
        numbers.extend(&fakes);
        let mut set = PlaneSet {
            reals: self.backdrop.len() / 2,
            fakes: fakes.len() / 2,
            ..PlaneSet::default()
        };
        // At rest every plane is complete, because no later one would bring the missing parts.
        if !self.layers.is_due(now_ms) && self.goal != crate::run::Goal::Rest {
            return Ok((set, numbers));
        }
        if set.reals >= PULLED {
            let (values, labels) = (self.backdrop.clone(), self.backdrop_labels.clone());
            let reals = RealBatch { values, labels, ..RealBatch::default() };
            let pulls = self.trainer.pulls(&fakes[..2 * PULLED], &inputs, &reals).await?;
            set.pulls = pulls.len() / 2;
            numbers.extend(pulls);
        }
        let lattice = Inputs::lattice(&spec, LATTICE);
        (set.lattice, set.lattice_rows) = (LATTICE, lattice.count(&spec) / LATTICE);
        numbers.extend(lattice_coordinates(spec.latent.distribution, LATTICE));
        numbers.extend(self.trainer.samples(&lattice, 0).await?);
        if set.reals > 0 && !spec.discriminator.compares_samples() {
            set.surface = SURFACE;
            numbers.extend(self.surface(view).await?);
        }
        Ok((set, numbers))
    }

    /// The discriminator's first output at the middles of [`SURFACE`]² squares of `view`, row after
    /// row from the top left. With packing, each place is judged in a pack with real points.
    async fn surface(&self, view: Square) -> Result<Vec<f32>, CoreError> {
        let packing = self.trainer.spec().packing;
        let mut beside = self.backdrop.chunks_exact(2).cycle();
        let mut values = Vec::with_capacity(2 * packing * SURFACE * SURFACE);
        let middle = |place: usize| (place as f32 + 0.5) / SURFACE as f32 * 2.0 - 1.0;
        for row in 0..SURFACE {
            for column in 0..SURFACE {
                values.push(view.centre[0] + view.half_side * middle(column));
                values.push(view.centre[1] - view.half_side * middle(row));
                values.extend(beside.by_ref().take(packing - 1).flatten());
            }
        }
        let labels = vec![0; packing * SURFACE * SURFACE];
        let batch = RealBatch { values, labels, ..RealBatch::default() };
        let outputs = self.trainer.verdicts(&batch).await?;
        let each = outputs.len() / (SURFACE * SURFACE);
        Ok(outputs.into_iter().step_by(each).collect())
    }
}
