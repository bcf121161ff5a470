//! Shares large convolutions among helpers: each computes some of the images.
//!
//! Results do not depend on the number of helpers: a weight's gradient, which is a sum over all
//! images, is always made of the same [`PARTS`] sums (one, for a small convolution), added up in
//! the same order.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::add;

use super::{Convolution, convolve, differentiate_by_images, differentiate_by_weight};

/// The result that is wanted of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The maps, from images and weight.
    Maps,
    /// The images' gradient, or a transposed convolution, from maps and weight.
    Images,
    /// The weight's gradient, from images and maps.
    Weight,
}

/// A convolution, or one of its gradients, with its operands.
#[derive(Clone, Copy, Debug)]
pub struct Task<'numbers> {
    /// The result.
    pub wanted: Wanted,
    /// The convolution.
    pub shape: Convolution,
    /// Number of sums that make up a weight's gradient; a power of two.
    pub parts: usize,
    /// Images; maps if images are wanted.
    pub first: &'numbers [f32],
    /// The weight; maps if the weight is wanted.
    pub second: &'numbers [f32],
    /// A bias for each channel of the result; empty for none.
    pub bias: &'numbers [f32],
}

/// Number of parts of a large task's batch.
pub const PARTS: usize = 4;
/// Tasks with fewer multiplications and additions, about a fifth of a millisecond, are not shared.
const LARGE: usize = 8_000_000;

/// Numbers that describe a task apart from its operands.
const HEADER: usize = 15;

impl<'numbers> Task<'numbers> {
    /// The task's description apart from its operands.
    pub fn header(&self) -> [u32; HEADER] {
        let wanted = match self.wanted {
            Wanted::Maps => 0,
            Wanted::Images => 1,
            Wanted::Weight => 2,
        };
        let Convolution { batch, inputs, image, outputs, map, kernel, stride, padding } =
            self.shape;
        let [[a, b], [c, d], [e, f], [g, h], [i, j]] = [image, map, kernel, stride, padding];
        [wanted, self.parts, batch, inputs, outputs, a, b, c, d, e, f, g, h, i, j]
            .map(|number| number as u32)
    }

    /// The task of a header and its operands; `None` if the header is invalid.
    pub fn received(
        header: &[u32],
        first: &'numbers [f32],
        second: &'numbers [f32],
        bias: &'numbers [f32],
    ) -> Option<Self> {
        let header: [u32; HEADER] = header.try_into().ok()?;
        let [wanted, parts, batch, inputs, outputs, a, b, c, d, e, f, g, h, i, j] =
            header.map(|number| number as usize);
        let wanted = match wanted {
            0 => Wanted::Maps,
            1 => Wanted::Images,
            2 => Wanted::Weight,
            _ => return None,
        };
        let (image, map, kernel, stride, padding) = ([a, b], [c, d], [e, f], [g, h], [i, j]);
        let shape = Convolution { batch, inputs, image, outputs, map, kernel, stride, padding };
        Some(Self { wanted, shape, parts, first, second, bias })
    }
}

impl Task<'_> {
    fn batch(&self) -> usize {
        self.shape.batch
    }

    fn image_len(&self) -> usize {
        self.shape.inputs * self.shape.image[0] * self.shape.image[1]
    }

    fn maps_len(&self) -> usize {
        self.shape.outputs * self.shape.map_len()
    }

    /// Length of the result.
    pub fn len(&self) -> usize {
        match self.wanted {
            Wanted::Maps => self.batch() * self.maps_len(),
            Wanted::Images => self.batch() * self.image_len(),
            Wanted::Weight => self.shape.outputs * self.shape.inputs * self.shape.taps(),
        }
    }

    /// Whether the result is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn is_large(&self) -> bool {
        let products = self.batch() * self.maps_len() * self.shape.inputs * self.shape.taps();
        2 * products >= LARGE && self.batch() >= PARTS
    }

    /// The same task for some of the images.
    fn of_images(&self, range: Range<usize>, parts: usize) -> Self {
        let of = |numbers: usize| range.start * numbers..range.end * numbers;
        let (first, second) = match self.wanted {
            Wanted::Maps => (&self.first[of(self.image_len())], self.second),
            Wanted::Images => (&self.first[of(self.maps_len())], self.second),
            Wanted::Weight => {
                (&self.first[of(self.image_len())], &self.second[of(self.maps_len())])
            }
        };
        let shape = Convolution { batch: range.len(), ..self.shape };
        Self { shape, parts, first, second, ..*self }
    }

    /// Computes the task in this thread; `out` has the length of the result, and is zero.
    pub fn run(&self, out: &mut [f32]) {
        let bias = Some(self.bias).filter(|bias| !bias.is_empty());
        match self.wanted {
            Wanted::Maps => convolve(&self.shape, self.first, self.second, bias, out),
            Wanted::Images => {
                differentiate_by_images(&self.shape, self.first, self.second, bias, out);
            }
            Wanted::Weight if self.parts == 1 => {
                differentiate_by_weight(&self.shape, self.first, self.second, out);
            }
            Wanted::Weight => {
                let [left, right] = self.halves();
                left.run(out);
                let mut sums = vec![0.0; out.len()];
                right.run(&mut sums);
                add(out, &sums);
            }
        }
    }

    fn halves(&self) -> [Self; 2] {
        let (batch, parts) = (self.batch(), self.parts / 2);
        [self.of_images(0..batch / 2, parts), self.of_images(batch / 2..batch, parts)]
    }

    /// The task in `count` equal pieces: halves, or halves of halves.
    fn pieces(&self, count: usize) -> Vec<Self> {
        match count {
            1 => vec![*self],
            _ => self.halves().iter().flat_map(|half| half.pieces(count / 2)).collect(),
        }
    }

    /// Computes the task together with this thread's helpers, if there are any and it is large.
    fn shared(mut self) -> Vec<f32> {
        self.parts = if self.is_large() { PARTS } else { 1 };
        let helpers = HELPERS.with_borrow(Clone::clone);
        let Some(helpers) = helpers.filter(|_| self.parts > 1) else {
            let mut out = vec![0.0; self.len()];
            self.run(&mut out);
            return out;
        };
        // One, two or four pieces in all, so that all have equal work.
        let pieces = self.pieces(1 << (helpers.count() + 1).min(PARTS).ilog2());
        let begun: Vec<bool> = pieces
            .iter()
            .skip(1)
            .enumerate()
            .map(|(index, piece)| helpers.begin(index, piece))
            .collect();
        let result = |(index, piece): (usize, &Self)| {
            let mut result = vec![0.0; piece.len()];
            let is_done = index > 0 && begun[index - 1] && helpers.finish(index - 1, &mut result);
            if !is_done {
                result.fill(0.0);
                piece.run(&mut result);
            }
            result
        };
        let mut results: Vec<Vec<f32>> = pieces.iter().enumerate().map(result).collect();
        if self.wanted != Wanted::Weight {
            return results.concat();
        }
        // The sums are paired in the order in which `run` adds up halves of halves.
        while results.len() > 1 {
            let sum = |pair: &[Vec<f32>]| {
                let mut sum = pair[0].clone();
                add(&mut sum, &pair[1]);
                sum
            };
            results = results.chunks_exact(2).map(sum).collect();
        }
        results.swap_remove(0)
    }
}

/// Workers that compute tasks at the same time as this thread.
pub trait Helpers {
    /// Number of helpers.
    fn count(&self) -> usize;

    /// Starts a task on helper `index`; `false` if the helper cannot take it.
    fn begin(&self, index: usize, task: &Task<'_>) -> bool;

    /// Waits for the task of helper `index` and writes its result to `out`; `false` if it failed.
    fn finish(&self, index: usize, out: &mut [f32]) -> bool;
}

thread_local! {
    static HELPERS: RefCell<Option<Rc<dyn Helpers>>> = const { RefCell::new(None) };
}

/// From now on large tasks of this thread are shared with `helpers`.
pub fn share_with(helpers: Option<Rc<dyn Helpers>>) {
    HELPERS.set(helpers);
}

/// Maps of `images` by `weight`, `[outputs, inputs, rows, columns]`, plus a `bias` for each output
/// channel.
pub fn convolved(
    shape: &Convolution,
    images: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
) -> Vec<f32> {
    task(Wanted::Maps, shape, images, weight, bias).shared()
}

/// The gradient with respect to the weight, from `images` and the gradient with respect to `maps`.
pub fn weight_gradient(shape: &Convolution, images: &[f32], maps: &[f32]) -> Vec<f32> {
    task(Wanted::Weight, shape, images, maps, None).shared()
}

/// The gradient with respect to the images, from the gradient with respect to `maps`, plus a `bias`
/// for each of the images' channels; or a transposed convolution of `maps` with `weight`.
pub fn image_gradient(
    shape: &Convolution,
    maps: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
) -> Vec<f32> {
    task(Wanted::Images, shape, maps, weight, bias).shared()
}

fn task<'numbers>(
    wanted: Wanted,
    shape: &Convolution,
    first: &'numbers [f32],
    second: &'numbers [f32],
    bias: Option<&'numbers [f32]>,
) -> Task<'numbers> {
    Task { wanted, shape: *shape, parts: 1, first, second, bias: bias.unwrap_or_default() }
}
