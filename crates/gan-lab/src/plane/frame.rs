//! Combines the worker's planes into a complete scene, because not every plane contains every part.

use std::collections::VecDeque;

use gan_plot::Square;
use gan_protocol::PlaneSet;

/// Number of generated points with trails.
const TRAILS: usize = 24;
/// Places in each trail.
const TRAIL_LENGTH: usize = 40;

/// A lattice of latents and its image in the plane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lattice {
    /// The latent coordinate of each column, and of each row.
    pub coordinates: Vec<f32>,
    /// The images of the nodes, row after row: x, y, x, y …
    pub nodes: Vec<f32>,
    /// Nodes in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// The newest version of each part.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Generator steps.
    pub step: u64,
    /// The visible square.
    pub view: Square,
    /// Real points: x, y, x, y …
    pub reals: Vec<f32>,
    /// Generated points, likewise.
    pub fakes: Vec<f32>,
    /// The pulls on the first of those.
    pub pulls: Vec<f32>,
    /// A lattice of latents with its image.
    pub lattice: Lattice,
    /// The discriminator's outputs, row after row from the top left.
    pub surface: Vec<f32>,
    /// Places in a row of the surface.
    pub surface_side: usize,
    /// Earlier places of some generated points, the oldest first: a list of x, y, x, y … for each
    /// moment.
    pub trails: VecDeque<Vec<f32>>,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            step: 0,
            view: Square { centre: [0.0; 2], half_side: 1.0 },
            reals: Vec::new(),
            fakes: Vec::new(),
            pulls: Vec::new(),
            lattice: Lattice::default(),
            surface: Vec::new(),
            surface_side: 0,
            trails: VecDeque::new(),
        }
    }
}

impl Scene {
    /// Takes in a plane; ignores it if its count of numbers is wrong. Returns whether it is of
    /// other data than the previous one.
    pub fn take(&mut self, step: u64, set: PlaneSet, numbers: &[f32]) -> bool {
        let Some(parts) = parts(set, numbers) else { return false };
        let [view, reals, fakes, pulls, coordinates, nodes, surface] = parts;
        // An earlier step, another view or other reals mean another run.
        let view = Square { centre: [view[0], view[1]], half_side: view[2] };
        let is_other = !self.reals.is_empty() && (view != self.view || reals != self.reals);
        if step < self.step || view != self.view || reals != self.reals {
            *self = Self { view, ..Self::default() };
        }
        // A plane that is repeated unchanged adds nothing to the trails.
        if step > self.step || self.trails.is_empty() {
            self.trails.push_back(fakes[..fakes.len().min(2 * TRAILS)].to_vec());
            if self.trails.len() > TRAIL_LENGTH {
                self.trails.pop_front();
            }
        }
        self.step = step;
        self.reals = reals.to_vec();
        self.fakes = fakes.to_vec();
        if set.lattice > 0 {
            // These three are of one moment. A missing surface is not available for this run.
            self.pulls = pulls.to_vec();
            self.lattice = Lattice {
                coordinates: coordinates.to_vec(),
                nodes: nodes.to_vec(),
                columns: set.lattice,
                rows: set.lattice_rows,
            };
            self.surface = surface.to_vec();
            self.surface_side = set.surface;
        }
        is_other
    }
}

fn parts(set: PlaneSet, numbers: &[f32]) -> Option<[&[f32]; 7]> {
    let sizes = [
        3,
        2 * set.reals,
        2 * set.fakes,
        2 * set.pulls,
        set.lattice,
        2 * set.lattice * set.lattice_rows,
        set.surface * set.surface,
    ];
    let mut rest = numbers;
    let mut parts: [&[f32]; 7] = [&[]; 7];
    for (part, size) in parts.iter_mut().zip(sizes) {
        (*part, rest) = rest.split_at_checked(size)?;
    }
    rest.is_empty().then_some(parts)
}

impl Lattice {
    /// The place of the node in `row` and `column`.
    pub fn node(&self, row: usize, column: usize) -> Option<[f32; 2]> {
        let place = 2 * (row * self.columns + column);
        let node = self.nodes.get(place..place + 2)?;
        (row < self.rows && column < self.columns).then(|| [node[0], node[1]])
    }

    /// Row and column of the node nearest to `point`.
    pub fn nearest(&self, point: [f32; 2]) -> Option<(usize, usize)> {
        let distance = |node: &[f32]| (node[0] - point[0]).hypot(node[1] - point[1]);
        let nodes = self.nodes.chunks_exact(2).enumerate();
        let nearest = nodes.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
        nearest.map(|(place, _)| (place / self.columns, place % self.columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: PlaneSet =
        PlaneSet { reals: 1, fakes: 2, pulls: 1, lattice: 2, lattice_rows: 2, surface: 2 };

    fn numbers(set: PlaneSet, first: f32) -> Vec<f32> {
        let count = 3
            + 2 * (set.reals + set.fakes + set.pulls)
            + set.lattice
            + 2 * set.lattice * set.lattice_rows
            + set.surface * set.surface;
        // View and real point are the same in every plane of the run.
        let head = [0.5, -0.5, 2.0, 1.0, 1.0];
        let rest = (0..count - head.len()).map(|i| first + i as f32);
        head.into_iter().chain(rest).collect()
    }

    #[test]
    fn parts_that_a_plane_leaves_out_stay() {
        let mut scene = Scene::default();
        scene.take(1, WHOLE, &numbers(WHOLE, 10.0));
        assert_eq!(scene.view, Square { centre: [0.5, -0.5], half_side: 2.0 });
        assert_eq!((scene.reals.as_slice(), scene.fakes.len()), (&[1.0, 1.0][..], 4));
        assert_eq!(scene.pulls, [14.0, 15.0]);
        assert_eq!(scene.lattice.coordinates, [16.0, 17.0]);
        assert_eq!(scene.lattice.node(1, 0), Some([22.0, 23.0]));
        assert_eq!(
            (scene.surface.as_slice(), scene.surface_side),
            (&[26.0, 27.0, 28.0, 29.0][..], 2)
        );
        let points = PlaneSet { reals: 1, fakes: 2, ..PlaneSet::default() };
        scene.take(2, points, &numbers(points, 50.0));
        assert_eq!((scene.step, scene.fakes[0], scene.pulls[0]), (2, 50.0, 14.0));
        assert_eq!(scene.trails.len(), 2);
    }

    #[test]
    fn another_run_starts_with_nothing() {
        let mut scene = Scene::default();
        scene.take(9, WHOLE, &numbers(WHOLE, 10.0));
        let points = PlaneSet { reals: 1, fakes: 2, ..PlaneSet::default() };
        scene.take(1, points, &numbers(points, 50.0));
        assert_eq!((scene.trails.len(), scene.lattice.columns), (1, 0));
    }

    #[test]
    fn other_data_are_told_from_the_same_ones() {
        let mut scene = Scene::default();
        assert!(!scene.take(9, WHOLE, &numbers(WHOLE, 10.0)), "the first ones are no others");
        assert!(!scene.take(0, WHOLE, &numbers(WHOLE, 50.0)), "begun anew");
        let mut others = numbers(WHOLE, 50.0);
        others[3] += 1.0;
        assert!(scene.take(1, WHOLE, &others), "another real point");
        others[2] += 1.0;
        assert!(scene.take(1, WHOLE, &others), "another view");
    }

    #[test]
    fn a_plane_sent_again_is_no_moment_of_its_own() {
        let mut scene = Scene::default();
        for step in [3, 3, 4] {
            scene.take(step, WHOLE, &numbers(WHOLE, 10.0));
        }
        assert_eq!(scene.trails.len(), 2);
        for step in 5..200 {
            scene.take(step, WHOLE, &numbers(WHOLE, 10.0));
        }
        assert_eq!(scene.trails.len(), TRAIL_LENGTH);
    }

    #[test]
    fn numbers_that_are_not_as_announced_are_left_out() {
        let mut scene = Scene::default();
        scene.take(1, WHOLE, &numbers(WHOLE, 1.0)[1..]);
        let longer = [numbers(WHOLE, 1.0), vec![0.0]].concat();
        scene.take(1, WHOLE, &longer);
        scene.take(1, PlaneSet { surface: usize::MAX >> 40, ..WHOLE }, &[0.0; 9]);
        assert_eq!(scene, Scene::default());
    }

    #[test]
    fn the_nearest_node_is_found() {
        let nodes = vec![0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let lattice = Lattice { coordinates: vec![-1.0, 1.0], nodes, columns: 2, rows: 2 };
        assert_eq!(lattice.nearest([0.9, 0.2]), Some((0, 1)));
        assert_eq!(lattice.nearest([0.1, 5.0]), Some((1, 0)));
        assert_eq!(lattice.node(2, 0), None);
        assert_eq!(Lattice::default().nearest([0.0, 0.0]), None);
    }
}
