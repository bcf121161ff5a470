//! Compares the maps and their gradients with Burn's own.

use super::*;
use crate::reference_tests::device;

fn numbers<const D: usize>(dimensions: [usize; D], shift: f32) -> Tensor<D> {
    let count = dimensions.iter().product::<usize>();
    let values = (0..count).map(|index| (index * 37 % 101) as f32 / 50.0 - shift);
    Tensor::from_values(values.collect(), dimensions, &device())
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.burn().into_data().try_to_vec().expect("single precision")
}

fn assert_close(ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len());
    let size = theirs.iter().fold(1.0_f32, |most, number| most.max(number.abs()));
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() <= 1e-5 * size, "{ours}, not {theirs}");
    }
}

fn by_burn<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<D>,
    bias: Option<Tensor<1>>,
    map: LinearMap,
) -> Tensor<D> {
    let bias = bias.map(Tensor::primitive);
    Tensor::of(super::burns::mapped::<Dispatch>(x.primitive(), weight.primitive(), bias, map))
}

/// Asserts that values and all gradients are those of Burn, for a sum that weights every output
/// differently.
fn assert_burns<const D: usize>(x: Tensor<D>, weight: Tensor<D>, outputs: usize, map: LinearMap) {
    for biased in [false, true] {
        let found = [mapped, by_burn].map(|function| {
            let (x, weight) = (x.clone().leaf(), weight.clone().leaf());
            let bias = biased.then(|| numbers([outputs], 0.7).leaf());
            let y = function(x.clone(), weight.clone(), bias.clone(), map);
            let gradients = (y.clone() * numbers(y.dims(), 0.9)).sum().backward();
            let mut found = vec![values(y), values(x.grad(&gradients).expect("a leaf"))];
            found.push(values(weight.grad(&gradients).expect("a leaf")));
            found.extend(bias.map(|bias| values(bias.grad(&gradients).expect("a leaf"))));
            found
        });
        for (ours, theirs) in found[0].iter().zip(&found[1]) {
            assert_close(ours, theirs);
        }
    }
}

#[test]
fn products_are_burns() {
    assert_burns(numbers([7, 40], 1.0), numbers([40, 33], 0.8), 33, LinearMap::Product);
    let turned = numbers([40, 7], 1.0).transpose();
    assert_burns(turned.clone(), numbers([33, 40], 0.8).transpose(), 33, LinearMap::Product);
    assert_burns(
        turned.narrow(0, 2, 3),
        numbers([40, 33], 0.8).narrow(1, 5, 9),
        9,
        LinearMap::Product,
    );
}

/// Sides that are read in fours and others that are not, plain and transposed.
#[test]
fn products_of_all_sides_are_burns() {
    for rows in [8, 6] {
        for depth in [16, 18, 19, 2] {
            for columns in [36, 35, 2, 1] {
                let (x, weight) = (numbers([rows, depth], 1.0), numbers([depth, columns], 0.8));
                assert_burns(x.clone(), weight.clone(), columns, LinearMap::Product);
                let x = numbers([depth, rows], 1.0).transpose();
                assert_burns(x.clone(), weight, columns, LinearMap::Product);
                let weight = numbers([columns, depth], 0.8).transpose();
                assert_burns(x, weight, columns, LinearMap::Product);
            }
        }
    }
    // More than one cube of units along each side.
    assert_burns(numbers([70, 24], 1.0), numbers([24, 72], 0.8), 72, LinearMap::Product);
    // Long enough for sums in parts, the last of which is shorter.
    assert_burns(numbers([6, 1100], 1.0), numbers([1100, 3], 0.8), 3, LinearMap::Product);
    assert_burns(numbers([6, 1101], 1.0), numbers([1101, 4], 0.8), 4, LinearMap::Product);
}

#[test]
fn convolutions_are_burns() {
    for (stride, padding, kernel) in [(1, 0, 1), (1, 1, 3), (2, 1, 4), (2, 0, 3), (3, 2, 5)] {
        let map = LinearMap::Convolution { stride, padding };
        let weight = numbers([6, 3, kernel, kernel], 0.8);
        assert_burns(numbers([4, 3, 9, 8], 1.0), weight, 6, map);
    }
}

#[test]
fn transposed_convolutions_are_burns() {
    for (stride, padding, kernel, end) in
        [(1, 0, 1, 0), (1, 1, 3, 0), (2, 1, 4, 0), (2, 1, 3, 1), (3, 0, 2, 2)]
    {
        let map = LinearMap::Transposed { stride, padding, output_padding: [end, 0] };
        let weight = numbers([3, 6, kernel, kernel], 0.8);
        assert_burns(numbers([4, 3, 5, 4], 1.0), weight, 6, map);
    }
}

#[test]
fn convolutions_of_many_and_of_one_channel_are_burns() {
    let map = LinearMap::Convolution { stride: 2, padding: 1 };
    // The weight is so large that images are added up in pairs; one image is left over.
    assert_burns(numbers([7, 64, 6, 6], 1.0), numbers([64, 64, 4, 4], 0.8), 64, map);
    assert_burns(numbers([3, 40, 6, 5], 1.0), numbers([1, 40, 3, 3], 0.8), 1, map);
    assert_burns(numbers([3, 1, 6, 5], 1.0), numbers([40, 1, 3, 3], 0.8), 40, map);
    let map = LinearMap::Transposed { stride: 2, padding: 1, output_padding: [0, 0] };
    assert_burns(numbers([3, 40, 4, 5], 1.0), numbers([40, 1, 4, 4], 0.8), 1, map);
}

#[test]
fn convolutions_of_what_does_not_lie_together_are_burns() {
    let map = LinearMap::Convolution { stride: 1, padding: 1 };
    let images = numbers([5, 4, 9, 7], 1.0);
    assert_burns(images.clone().narrow(1, 1, 2), numbers([3, 2, 3, 3], 0.8), 3, map);
    assert_burns(images.narrow(0, 1, 3), numbers([6, 8, 3, 3], 0.8).narrow(1, 3, 4), 6, map);
}

#[test]
fn an_input_alone_has_a_gradient() {
    let (x, weight) = (numbers([3, 4], 1.0).leaf(), numbers([4, 5], 0.8));
    let gradients = mapped(x.clone(), weight.clone(), None, LinearMap::Product).sum().backward();
    let expected = weight.transpose().sum_dim(0).expand([3, 4]);
    assert_close(&values(x.grad(&gradients).expect("a leaf")), &values(expected));
}
