//! A minimal classifier, to check that labels belong to shapes: the class whose mean image is
//! nearest.

use std::io::Write;

/// The mean image of each class.
pub struct NearestMean {
    means: Vec<Vec<f32>>,
}

impl NearestMean {
    /// The means of labelled images of `pixels` px with labels below 10.
    pub fn new<'a>(pixels: usize, images: impl Iterator<Item = (u8, &'a [u8])>) -> Self {
        let mut means = vec![vec![0.0; pixels]; 10];
        let mut counts = [0.0_f32; 10];
        for (label, image) in images {
            counts[usize::from(label)] += 1.0;
            let mean = &mut means[usize::from(label)];
            mean.iter_mut().zip(image).for_each(|(sum, &pixel)| *sum += f32::from(pixel));
        }
        for (mean, count) in means.iter_mut().zip(counts) {
            assert!(count > 0.0, "a class without images");
            mean.iter_mut().for_each(|sum| *sum /= count);
        }
        Self { means }
    }

    /// The class of `image`.
    pub fn classify(&self, image: &[u8]) -> u8 {
        let distance = |mean: &Vec<f32>| -> f32 {
            mean.iter().zip(image).map(|(m, &p)| (m - f32::from(p)).powi(2)).sum()
        };
        let by_distance =
            |a: &usize, b: &usize| distance(&self.means[*a]).total_cmp(&distance(&self.means[*b]));
        (0..self.means.len()).min_by(by_distance).unwrap() as u8
    }

    /// The share of labelled images that are classified correctly.
    pub fn accuracy<'a>(&self, images: impl Iterator<Item = (u8, &'a [u8])>) -> f32 {
        let (mut right, mut all) = (0.0, 0.0);
        for (label, image) in images {
            all += 1.0;
            right += f32::from(u8::from(self.classify(image) == label));
        }
        right / all
    }
}

/// Writes a line past the test harness, which captures the output of passing tests.
pub fn report(line: &str) {
    let mut terminal = std::io::stderr();
    writeln!(terminal, "{line}").unwrap();
}
