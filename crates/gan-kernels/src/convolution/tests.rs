//! Compares convolutions with loops over every image, channel, row, column and tap.

use super::*;
use crate::testing::numbers;

/// Calls `meet` with the places of each product's factors and sum: in images, weight and maps.
fn each_product(shape: &Convolution, mut meet: impl FnMut(usize, usize, usize)) {
    let [height, width] = shape.image;
    for image in 0..shape.batch {
        for output in 0..shape.outputs {
            for input in 0..shape.inputs {
                for (row, column) in pairs(shape.map) {
                    for (down, right) in pairs(shape.kernel) {
                        let y = (row * shape.stride[0] + down).checked_sub(shape.padding[0]);
                        let x = (column * shape.stride[1] + right).checked_sub(shape.padding[1]);
                        let (Some(y), Some(x)) = (y, x) else { continue };
                        if y >= height || x >= width {
                            continue;
                        }
                        let pixel = ((image * shape.inputs + input) * height + y) * width + x;
                        let tap = ((output * shape.inputs + input) * shape.kernel[0] + down)
                            * shape.kernel[1]
                            + right;
                        let place = ((image * shape.outputs + output) * shape.map[0] + row)
                            * shape.map[1]
                            + column;
                        meet(pixel, tap, place);
                    }
                }
            }
        }
    }
}

fn pairs(size: [usize; 2]) -> impl Iterator<Item = (usize, usize)> {
    (0..size[0]).flat_map(move |first| (0..size[1]).map(move |second| (first, second)))
}

fn assert_close(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() <= 1e-3, "{found}, not {expected}");
    }
}

fn shapes() -> Vec<Convolution> {
    let mut shapes = Vec::new();
    for (image, kernel, stride, padding) in [
        ([8, 8], [4, 4], [2, 2], [1, 1]),
        ([7, 7], [3, 3], [1, 1], [1, 1]),
        ([5, 9], [1, 1], [1, 1], [0, 0]),
        // The kernel does not reach the last row and column.
        ([8, 10], [3, 3], [2, 3], [0, 1]),
        // Some pixels are under no tap.
        ([9, 7], [2, 1], [3, 2], [0, 0]),
        // More padding than the kernel is wide, and a map larger than the image.
        ([2, 3], [2, 3], [1, 1], [3, 2]),
        ([1, 1], [7, 5], [4, 1], [3, 2]),
    ] {
        let map = [0, 1]
            .map(|side: usize| (image[side] + 2 * padding[side] - kernel[side]) / stride[side] + 1);
        for (batch, inputs, outputs) in [(1, 1, 1), (3, 2, 5), (2, 9, 1)] {
            let shape = Convolution { batch, inputs, image, outputs, map, kernel, stride, padding };
            shapes.push(shape);
        }
    }
    shapes
}

/// Numbers for the images, weight and maps of a shape.
fn operands(shape: &Convolution) -> [Vec<f32>; 3] {
    let images = shape.batch * shape.inputs * shape.image[0] * shape.image[1];
    let weight = shape.outputs * shape.inputs * shape.taps();
    let maps = shape.batch * shape.outputs * shape.map_len();
    [numbers(images), numbers(weight), numbers(maps)]
}

#[test]
fn maps_are_the_sums_of_their_products() {
    for shape in shapes() {
        let [images, weight, maps] = operands(&shape);
        let bias = numbers(shape.outputs);
        let mut expected = vec![0.0; maps.len()];
        for (place, sum) in expected.iter_mut().enumerate() {
            *sum = f64::from(bias[place / shape.map_len() % shape.outputs]);
        }
        each_product(&shape, |pixel, tap, place| {
            expected[place] += f64::from(images[pixel]) * f64::from(weight[tap]);
        });
        assert_close(&convolved(&shape, &images, &weight, Some(&bias)), &expected);
    }
}

#[test]
fn the_weights_gradient_is_the_sum_of_its_products() {
    for shape in shapes() {
        let [images, weight, maps] = operands(&shape);
        let mut expected = vec![0.0; weight.len()];
        each_product(&shape, |pixel, tap, place| {
            expected[tap] += f64::from(images[pixel]) * f64::from(maps[place]);
        });
        assert_close(&weight_gradient(&shape, &images, &maps), &expected);
    }
}

#[test]
fn the_images_gradient_is_the_sum_of_its_products() {
    for shape in shapes() {
        let [images, weight, maps] = operands(&shape);
        let bias = numbers(shape.inputs);
        let mut expected = vec![0.0; images.len()];
        for (pixel, sum) in expected.iter_mut().enumerate() {
            *sum = f64::from(bias[pixel / (shape.image[0] * shape.image[1]) % shape.inputs]);
        }
        each_product(&shape, |pixel, tap, place| {
            expected[pixel] += f64::from(weight[tap]) * f64::from(maps[place]);
        });
        for function in [scatter, gather] {
            let mut found = vec![0.0; images.len()];
            function(&shape, &maps, &weight, Some(&bias), &mut found);
            assert_close(&found, &expected);
        }
        assert_close(&image_gradient(&shape, &maps, &weight, Some(&bias)), &expected);
    }
}

mod shared {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::super::sharing::{Helpers, Task, Wanted, share_with};
    use super::*;

    /// Helpers that compute at once. One may refuse its task, and one may fail.
    struct Prompt {
        count: usize,
        refuses: Option<usize>,
        fails: Option<usize>,
        results: RefCell<Vec<Option<Vec<f32>>>>,
        taken: RefCell<usize>,
    }

    impl Helpers for Prompt {
        fn count(&self) -> usize {
            self.count
        }

        fn begin(&self, index: usize, task: &Task<'_>) -> bool {
            if self.refuses == Some(index) {
                return false;
            }
            let mut out = vec![0.0; task.len()];
            task.run(&mut out);
            self.results.borrow_mut()[index] = Some(out);
            *self.taken.borrow_mut() += 1;
            true
        }

        fn finish(&self, index: usize, out: &mut [f32]) -> bool {
            let result = self.results.borrow_mut()[index].take().expect("a task was begun");
            let ok = self.fails != Some(index);
            out.copy_from_slice(&result);
            if !ok {
                out.fill(f32::NAN);
            }
            ok
        }
    }

    fn all_three(shape: &Convolution) -> [Vec<f32>; 3] {
        let [images, weight, maps] = operands(shape);
        let (of_outputs, of_inputs) = (numbers(shape.outputs), numbers(shape.inputs));
        [
            convolved(shape, &images, &weight, Some(&of_outputs)),
            weight_gradient(shape, &images, &maps),
            image_gradient(shape, &maps, &weight, Some(&of_inputs)),
        ]
    }

    #[test]
    fn numbers_are_the_same_to_the_last_bit_however_many_compute() {
        let shape = Convolution {
            batch: 13,
            inputs: 16,
            image: [14, 14],
            outputs: 48,
            map: [7, 7],
            kernel: [4, 4],
            stride: [2, 2],
            padding: [1, 1],
        };
        let alone = all_three(&shape);
        // The number of helpers, the one that refuses, the one that fails, and how many take a
        // piece.
        for (count, refuses, fails, take) in [
            (1, None, None, 1),
            (2, None, None, 1),
            (3, None, None, 3),
            (3, Some(1), Some(2), 2),
            (9, None, None, 3),
        ] {
            let helpers = Rc::new(Prompt {
                count,
                refuses,
                fails,
                results: RefCell::new(vec![None; count]),
                taken: RefCell::new(0),
            });
            share_with(Some(helpers.clone()));
            let shared = all_three(&shape);
            share_with(None);
            assert!(alone == shared, "{count} helpers");
            assert_eq!(*helpers.taken.borrow(), 3 * take, "{count} helpers");
        }
    }

    #[test]
    fn a_task_outlives_its_way_to_a_helper() {
        let [images, weight, _] = operands(&shapes()[9]);
        let task = Task {
            wanted: Wanted::Maps,
            shape: shapes()[9],
            parts: 2,
            first: &images,
            second: &weight,
            bias: &[],
        };
        let received = Task::received(&task.header(), &images, &weight, &[]).expect("a task");
        assert_eq!(format!("{received:?}"), format!("{task:?}"));
        assert!(Task::received(&task.header()[1..], &images, &weight, &[]).is_none());
        let mut strange = task.header();
        strange[0] = 3;
        assert!(Task::received(&strange, &images, &weight, &[]).is_none());
    }
}
