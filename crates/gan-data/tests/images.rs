//! Sets of images: construction from files, and conversion to another size.

use gan_data::{DataError, ImageSet};

fn file(dimensions: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dimensions.len() as u8];
    bytes.extend(dimensions.iter().flat_map(|length| length.to_be_bytes()));
    bytes.extend_from_slice(body);
    bytes
}

fn named(name: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    (name.into(), bytes)
}

fn grey(height: usize, width: usize, pixels: &[u8]) -> ImageSet {
    ImageSet::new("set", [1, height, width], pixels.to_vec(), None).unwrap()
}

#[test]
fn two_files_make_a_set_in_any_order() {
    let images = named("images", file(&[2, 1, 3], &[1, 2, 3, 4, 5, 6]));
    let labels = named("labels", file(&[2], &[7, 0]));
    let set = ImageSet::from_idx_files(&[images.clone(), labels.clone()]).unwrap();
    assert_eq!(set.name(), "images");
    assert_eq!([set.channels(), set.height(), set.width(), set.image_count()], [1, 1, 3, 2]);
    // The labels have two values.
    assert_eq!((set.labels(), set.classes()), (Some(&[1, 0][..]), Some(2)));
    assert_eq!([0, 1].map(|class| set.class_value(class)), [Some(0), Some(7)]);
    assert_eq!(set.image(1), Some(&[4, 5, 6][..]));
    assert_eq!(set.image(2), None);
    assert_eq!(ImageSet::from_idx_files(&[labels.clone(), images.clone()]).unwrap(), set);
    let direct = ImageSet::from_idx((&images.0, &images.1), Some((&labels.0, &labels.1)));
    // `from_idx`, which reads MNIST's own files, keeps the labels as they are.
    assert_eq!(direct.unwrap().labels(), Some(&[7, 0][..]));
}

#[test]
fn images_alone_make_a_set_without_classes() {
    let set = ImageSet::from_idx_files(&[named("rgb", file(&[2, 3, 1, 1], &[9; 6]))]).unwrap();
    assert_eq!([set.channels(), set.image_count()], [3, 2]);
    assert_eq!((set.labels(), set.classes()), (None, None));
}

#[test]
fn refuses_files_that_make_no_set() {
    let images = named("images", file(&[2, 1, 1], &[1, 2]));
    let labels = named("labels", file(&[2], &[7, 0]));
    let fault = |files: &[(String, Vec<u8>)]| ImageSet::from_idx_files(files).unwrap_err();
    assert_eq!(fault(&[]), DataError::FileCount { found: 0 });
    let three = [images.clone(), labels.clone(), labels.clone()];
    assert_eq!(fault(&three), DataError::FileCount { found: 3 });
    let missing = DataError::ImagesMissing { file: "labels".into() };
    assert_eq!(fault(&three[1..2]), missing);
    assert_eq!(fault(&three[1..]), missing);
    let both = DataError::TwoImageFiles { first: "images".into(), second: "images".into() };
    assert_eq!(fault(&[images.clone(), images.clone()]), both);
    let table = named("table", file(&[2, 2], &[0; 4]));
    let not_images = DataError::NotImages { file: "table".into(), dimensions: vec![2, 2] };
    assert!(not_images.to_string().contains("2 x 2"), "{not_images}");
    assert_eq!(fault(&[table]), not_images);
    let few = named("few", file(&[1], &[0]));
    let count = DataError::LabelCount { file: "few".into(), found: 1, expected: 2 };
    assert_eq!(fault(&[few, images.clone()]), count);
    let swapped = ImageSet::from_idx(("images", &images.1), Some(("images", &images.1)));
    let not_labels = DataError::NotLabels { file: "images".into(), dimensions: vec![2, 1, 1] };
    assert_eq!(swapped.unwrap_err(), not_labels);
}

#[test]
fn refuses_shapes_that_images_do_not_have() {
    let fault = |dimensions: &[u32]| {
        let body = vec![0; dimensions.iter().product::<u32>() as usize];
        ImageSet::from_idx(("a", &file(dimensions, &body)), None).unwrap_err()
    };
    let size = |height, width| DataError::ImageSize { file: "a".into(), height, width, limit: 256 };
    assert_eq!(fault(&[1, 257, 4]), size(257, 4));
    assert_eq!(fault(&[1, 4, 257]), size(4, 257));
    // Channels last is a common mistake.
    let last = DataError::NotImages { file: "a".into(), dimensions: vec![2, 4, 4, 3] };
    assert_eq!(fault(&[2, 4, 4, 3]), last);
    let new = |shape, pixels: usize| ImageSet::new("a", shape, vec![0; pixels], None).unwrap_err();
    assert_eq!(new([2, 1, 1], 2), DataError::Channels { file: "a".into(), found: 2 });
    let pixels =
        |found_bytes| DataError::PixelCount { file: "a".into(), found_bytes, image_bytes: 6 };
    assert_eq!(new([1, 2, 3], 7), pixels(7));
    assert_eq!(new([1, 2, 3], 0), pixels(0));
}

#[test]
fn a_fitting_set_keeps_its_pixels_where_they_are() {
    let set = grey(2, 2, &[1, 2, 3, 4]);
    let address = set.pixels().as_ptr();
    let fitted = set.fitted(1, 2, 2).unwrap();
    assert_eq!(fitted.pixels().as_ptr(), address);
    assert_eq!(fitted.pixels(), [1, 2, 3, 4]);
}

#[test]
fn slightly_smaller_images_are_put_in_the_middle() {
    // The border's most frequent value is 5, on half of its pixels.
    let fitted = grey(2, 2, &[5, 5, 3, 4]).fitted(1, 3, 3).unwrap();
    assert_eq!(fitted.pixels(), [5, 5, 5, 3, 4, 5, 5, 5, 5]);
    // No value is frequent: black.
    let fitted = grey(2, 2, &[1, 2, 3, 4]).fitted(1, 2, 3).unwrap();
    assert_eq!(fitted.pixels(), [1, 2, 0, 3, 4, 0]);
}

#[test]
fn blank_margins_are_cut_off_and_the_rest_stays_sharp() {
    #[rustfmt::skip]
    let framed = [
        9, 9, 9, 9,
        9, 1, 2, 9,
        9, 3, 4, 9,
        9, 9, 9, 9,
    ];
    assert_eq!(grey(4, 4, &framed).fitted(1, 2, 2).unwrap().pixels(), [1, 2, 3, 4]);
    // If one image's margin is not blank, the whole set is resampled.
    let mut second = framed;
    second[0] = 5;
    let both = [framed, second].concat();
    let fitted = grey(4, 4, &both).fitted(1, 2, 2).unwrap();
    assert_eq!(fitted.pixels(), [7, 7, 8, 8, 6, 7, 8, 8]);
}

#[test]
fn scaling_keeps_aspect_and_means() {
    // Twice as wide as high: half of the wanted square stays free, filled with the border's value.
    let wide = [8, 8, 8, 8, 8, 8, 8, 16];
    let fitted = grey(2, 4, &wide).fitted(1, 8, 8).unwrap();
    let rows: Vec<&[u8]> = fitted.pixels().chunks(8).collect();
    assert_eq!(rows[..2], [[8; 8]; 2]);
    assert_eq!(rows[2], [8; 8]);
    assert_eq!(rows[5], [8, 8, 8, 8, 8, 8, 16, 16]);
    assert_eq!(rows[6..], [[8; 8]; 2]);
    // Three columns as two: each the mean of one and a half.
    let fitted = grey(3, 3, &[30, 60, 90].repeat(3)).fitted(1, 2, 2).unwrap();
    assert_eq!(fitted.pixels(), [40, 80, 40, 80]);
}

#[test]
fn shrinking_averages_areas_and_does_not_alias() {
    // 28 to 8: each new pixel covers 3.5 × 3.5 old ones. Stripes and checks of single pixels are
    // nearly even grey as means of areas; picked pixels would give broad bands.
    for pattern in [|x: usize, _: usize| x % 2, |_, y| y % 2, |x, y| (x + y) % 2] {
        let pixels: Vec<u8> = (0..784).map(|at| 255 * pattern(at % 28, at / 28) as u8).collect();
        let small = grey(28, 28, &pixels).fitted(1, 8, 8).unwrap();
        // Of 3.5 pixels in a row, 1.5 to 2 are white.
        let even = |&value: &u8| (109..=146).contains(&value);
        assert!(small.pixels().iter().all(even), "{:?}", small.pixels());
    }
    // Light is neither lost nor added: a single white pixel keeps its sum, wherever it lies.
    let places = [0, 3, 101, 406, 783];
    let mut pixels = vec![0; 784 * places.len()];
    places.iter().enumerate().for_each(|(i, at)| pixels[784 * i + at] = 245);
    let small = grey(28, 28, &pixels).fitted(1, 8, 8).unwrap();
    for (&at, image) in places.iter().zip(small.pixels().chunks_exact(64)) {
        let sum: u32 = image.iter().map(|&value| u32::from(value)).sum();
        // 245 / 3.5² = 20, in at most four pixels, each rounded.
        assert!(sum.abs_diff(20) <= 2, "{at}: {sum}");
        // And it stays at its place.
        let brightest = (0..64).max_by_key(|&i| image[i]).unwrap();
        let middle = |at: usize, side: usize| [at % side, at / side].map(|x| x as f32 + 0.5);
        let (new, old) = (middle(brightest, 8), middle(at, 28));
        assert!((0..2).all(|axis| (3.5 * new[axis] - old[axis]).abs() <= 1.75), "{at}");
    }
}

#[test]
fn colours_become_grey_and_back() {
    let colours = vec![255, 10, 0, 10, 0, 10];
    let set = ImageSet::new("rgb", [3, 1, 2], colours, Some(vec![1, 2])).unwrap_err();
    assert_eq!(set, DataError::LabelCount { file: "rgb".into(), found: 2, expected: 1 });
    let colours = vec![255, 10, 0, 10, 0, 10];
    let set = ImageSet::new("rgb", [3, 1, 2], colours, Some(vec![4])).unwrap();
    let grey = set.fitted(1, 1, 2).unwrap();
    assert_eq!(grey.pixels(), [76, 10]);
    assert_eq!(grey.labels(), Some(&[4][..]));
    assert_eq!(grey.fitted(3, 1, 2).unwrap().pixels(), [76, 10, 76, 10, 76, 10]);
}

#[test]
fn fitting_refuses_bad_shapes_and_too_much_memory() {
    let set = grey(1, 1, &[3; 3000]);
    let fault = |shape: [usize; 3]| set.clone().fitted(shape[0], shape[1], shape[2]).unwrap_err();
    assert!(matches!(fault([1, 0, 1]), DataError::ImageSize { .. }));
    assert!(matches!(fault([1, 1, 257]), DataError::ImageSize { .. }));
    assert!(matches!(fault([2, 1, 1]), DataError::Channels { found: 2, .. }));
    // 3,000 images of 192 KiB.
    assert!(matches!(fault([3, 256, 256]), DataError::TooLarge { found_bytes: 589_824_000, .. }));
}
