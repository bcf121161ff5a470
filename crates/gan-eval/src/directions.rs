//! Directions of a latent space in which samples change in one way: linear algebra over latents,
//! weights, activations and measures.
//!
//! All are unit vectors. Where nothing else says which way a direction points, its largest number is
//! positive.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::error::{EvalError, at_least, same_size};
use crate::samples::Samples;

/// Directions, the most important first.
#[derive(Clone, Debug, PartialEq)]
pub struct Directions {
    /// Unit vectors.
    pub vectors: Vec<Vec<f64>>,
    /// The part of the whole that each accounts for, 0 to 1.
    pub shares: Vec<f64>,
}

/// Share of the samples' power that is added to a covariance's diagonal in a regression.
const RIDGE: f64 = 1e-3;
/// What is left of a vector after projections, below which it is nothing.
const NOTHING_LEFT: f64 = 1e-6;

/// The directions to which the first weights react most: the eigenvectors of `A Aᵀ`, for weights `A` of
/// a row for each number of the latent (SeFa, Shen & Zhou 2021, equation 4, whose `A` is transposed).
///
/// # Errors
/// If there are no rows.
pub fn factorised(weights: &Samples, count: usize) -> Result<Directions, EvalError> {
    at_least("numbers of a latent", weights.count(), 1)?;
    let a = matrix(weights);
    Ok(eigenvectors(&a.transpose() * &a, count, |vector| vector))
}

/// The directions along which a layer's activations vary most: latents regressed on the principal
/// components of the activations (GANSpace, Härkönen et al. 2020, section 2.2). `latents` and
/// `activations` are rows for the same samples.
///
/// # Errors
/// If there are fewer than two samples, or not equally many of both.
pub fn principal(
    latents: &Samples,
    activations: &Samples,
    count: usize,
) -> Result<Directions, EvalError> {
    at_least("samples for principal components", latents.count(), 2)?;
    same_size("activations", activations.count(), latents.count())?;
    let y = centred(matrix(activations));
    let z = centred(matrix(latents));
    // A component's coordinates are an eigenvector of the samples' products, times a number; the
    // regression on them is the sum of the latents, weighted by these.
    Ok(eigenvectors(y.transpose() * &y, count, |coordinates| &z * coordinates))
}

/// The principal components of samples: unit vectors along which they vary most, and the mean sample
/// (Pearson 1901; Hotelling 1933).
///
/// # Errors
/// If there are fewer than two samples.
pub fn components(samples: &Samples, count: usize) -> Result<(Directions, Vec<f64>), EvalError> {
    at_least("samples for principal components", samples.count(), 2)?;
    let columns = matrix(samples);
    let mean = columns.column_mean().as_slice().to_vec();
    let centred = centred(columns);
    // Of fewer samples than numbers, the samples' products have the same eigenvalues: a component is
    // their eigenvector's sum of samples.
    let found = if samples.size() > samples.count() {
        eigenvectors(centred.transpose() * &centred, count, |vector| &centred * vector)
    } else {
        eigenvectors(&centred * centred.transpose(), count, |vector| vector)
    };
    Ok((found, mean))
}

/// The direction of each measure: that in which a linear regression of it on the latents rises fastest,
/// without its part along the other measures' directions, and without its part that changes the
/// `kept` numbers (InterFaceGAN, Shen et al. 2020, section 2.3: conditional manipulation). `measures`
/// and `kept` have a row for each latent. A measure that nothing is left of has a direction of zeros.
///
/// # Errors
/// If there are fewer samples than numbers in a latent, or not equally many of all.
pub fn fitted(
    latents: &Samples,
    measures: &Samples<'_, f64>,
    kept: Option<&Samples>,
) -> Result<Vec<Vec<f64>>, EvalError> {
    let count = latents.count();
    at_least("samples for a regression", count, latents.size() + 1)?;
    same_size("measures", measures.count(), count)?;
    let z = centred(matrix(latents));
    let mut covariance = &z * z.transpose();
    let power = covariance.trace() / latents.size() as f64;
    for at in 0..latents.size() {
        covariance[(at, at)] += RIDGE * power;
    }
    let solver = covariance.lu();
    let slopes = |responses: DMatrix<f64>| -> DMatrix<f64> {
        let products = &z * centred(responses).transpose();
        solver
            .solve(&products)
            .unwrap_or_else(|| DMatrix::zeros(products.nrows(), products.ncols()))
    };
    let measured = slopes(matrix(measures));
    let mut held: Vec<DVector<f64>> = Vec::new();
    if let Some(kept) = kept {
        same_size("numbers to be kept", kept.count(), count)?;
        held = slopes(matrix(kept)).column_iter().map(DVector::from).collect();
    }
    let directions = (0..measures.size()).map(|which| {
        let others = (0..measures.size()).filter(|other| *other != which);
        let others = others.map(|other| measured.column(other).into_owned());
        let basis = orthonormal(held.iter().cloned().chain(others));
        let own = measured.column(which).into_owned();
        let scale = own.norm();
        let left = without(own, &basis);
        let length = left.norm();
        if length > NOTHING_LEFT * scale { left / length } else { left * 0.0 }
    });
    Ok(directions.map(|direction| direction.as_slice().to_vec()).collect())
}

/// Samples as columns.
fn matrix<T: crate::Number>(samples: &Samples<'_, T>) -> DMatrix<f64> {
    let values = samples.values().iter().map(|value| (*value).into());
    DMatrix::from_iterator(samples.size(), samples.count(), values)
}

/// Columns without their mean.
fn centred(mut columns: DMatrix<f64>) -> DMatrix<f64> {
    let mean = columns.column_mean();
    for mut column in columns.column_iter_mut() {
        column -= &mean;
    }
    columns
}

/// `vector` without its parts along an orthonormal `basis`.
fn without(mut vector: DVector<f64>, basis: &[DVector<f64>]) -> DVector<f64> {
    // Twice, since rounding leaves something of a part that is nearly all.
    for _ in 0..2 {
        for along in basis {
            vector -= along * along.dot(&vector);
        }
    }
    vector
}

/// An orthonormal basis of what `vectors` span.
fn orthonormal(vectors: impl Iterator<Item = DVector<f64>>) -> Vec<DVector<f64>> {
    let mut basis: Vec<DVector<f64>> = Vec::new();
    for vector in vectors {
        let scale = vector.norm();
        let left = without(vector, &basis);
        let length = left.norm();
        if length > NOTHING_LEFT * scale {
            basis.push(left / length);
        }
    }
    basis
}

/// The first `count` eigenvectors of a symmetric matrix, by `told` made into directions.
fn eigenvectors(
    matrix: DMatrix<f64>,
    count: usize,
    told: impl Fn(DVector<f64>) -> DVector<f64>,
) -> Directions {
    let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(matrix);
    let whole: f64 = eigenvalues.iter().map(|value| value.max(0.0)).sum();
    let mut order: Vec<usize> = (0..eigenvalues.len()).collect();
    order.sort_by(|a, b| eigenvalues[*b].total_cmp(&eigenvalues[*a]));
    let (mut vectors, mut shares) = (Vec::new(), Vec::new());
    for at in order.into_iter().take(count) {
        let vector = told(eigenvectors.column(at).into_owned());
        let length = vector.norm();
        if length > 0.0 && whole > 0.0 {
            let sign = vector[vector.icamax()].signum();
            vectors.push((vector * (sign / length)).as_slice().to_vec());
            shares.push(eigenvalues[at].max(0.0) / whole);
        }
    }
    Directions { vectors, shares }
}

#[cfg(test)]
mod tests {
    use gan_random::{Purpose, standard_normal, stream};

    use super::*;

    const SIZE: usize = 6;
    const COUNT: usize = 400;

    fn latents() -> Vec<f32> {
        standard_normal(&mut stream(5, Purpose::FreshLatents, 0), COUNT * SIZE)
    }

    fn rows(values: &[f32], size: usize) -> Samples<'_> {
        Samples::new(values, size).expect("whole rows")
    }

    /// How far a unit vector points along place `at`.
    fn along(vector: &[f64], at: usize) -> f64 {
        assert!((vector.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-9);
        vector[at]
    }

    #[test]
    fn the_weights_strongest_rows_are_the_first_directions() {
        // Each number of the latent has an output of its own, with a weight of its own.
        let scales = [1.0, 4.0, 2.0, 0.5, 0.25, 0.125];
        let weights: Vec<f32> = (0..SIZE * SIZE)
            .map(|at| if at / SIZE == at % SIZE { scales[at / SIZE] } else { 0.0 })
            .collect();
        let found = factorised(&rows(&weights, SIZE), 3).expect("weights");
        assert_eq!(found.vectors.len(), 3);
        for (vector, at) in found.vectors.iter().zip([1, 2, 0]) {
            assert!((along(vector, at) - 1.0).abs() < 1e-9, "{vector:?}");
        }
        let power: f64 = scales.iter().map(|x| f64::from(x * x)).sum();
        assert!((found.shares[0] - 16.0 / power).abs() < 1e-9);
    }

    #[test]
    fn components_are_the_axes_of_a_stretched_cloud() {
        let scales = [1.0, 0.1, 5.0, 0.1, 2.0, 0.1];
        let stretched = |z: &[f32]| -> Vec<f32> {
            z.iter().zip(scales).map(|(x, scale)| scale * x + 3.0).collect()
        };
        let values: Vec<f32> = latents().chunks_exact(SIZE).flat_map(stretched).collect();
        let (found, mean) = components(&rows(&values, SIZE), 2).expect("enough");
        assert!(along(&found.vectors[0], 2) > 0.99, "{:?}", found.vectors);
        assert!(along(&found.vectors[1], 4) > 0.98, "{:?}", found.vectors);
        assert!(found.shares[0] > 0.75 && found.shares[1] > 0.1, "{:?}", found.shares);
        for (mean, scale) in mean.iter().zip(scales) {
            // Four standard errors.
            assert!((mean - 3.0).abs() < 0.2 * f64::from(scale), "{mean}");
        }
        assert!(components(&rows(&values[..SIZE], SIZE), 2).is_err());
        // Three long samples: the same whether by numbers or by samples.
        let few = &values[..4 * SIZE];
        let long: Vec<f32> =
            few.chunks_exact(SIZE).flat_map(|row| [row, &[0.0; 40]].concat()).collect();
        let (by_numbers, _) = components(&rows(few, SIZE), 2).expect("enough");
        let (by_samples, _) = components(&rows(&long, SIZE + 40), 2).expect("enough");
        for (a, b) in by_numbers.vectors.iter().zip(&by_samples.vectors) {
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} and {b:?}");
        }
        assert!((by_numbers.shares[0] - by_samples.shares[0]).abs() < 1e-9);
    }

    #[test]
    fn components_of_activations_lead_back_to_their_latents() {
        let latents = latents();
        // Activations are of two numbers of the latent, each spread over several.
        let activations: Vec<f32> = latents
            .chunks_exact(SIZE)
            .flat_map(|z| [3.0 * z[4], -3.0 * z[4], z[1], z[1] + 7.0])
            .collect();
        let found = principal(&rows(&latents, SIZE), &rows(&activations, 4), 2).expect("enough");
        assert!(along(&found.vectors[0], 4) > 0.99, "{:?}", found.vectors);
        assert!(along(&found.vectors[1], 1) > 0.98, "{:?}", found.vectors);
        assert!(found.shares[0] > 0.8 && found.shares.iter().sum::<f64>() < 1.0 + 1e-9);
    }

    #[test]
    fn a_fitted_direction_moves_its_measure_alone() {
        let latents = latents();
        let measures: Vec<f64> = latents
            .chunks_exact(SIZE)
            .flat_map(|z| {
                let [a, b, c] = [z[0], z[1], z[2]].map(f64::from);
                [2.0 * a + b + 0.5 * c, 5.0 - b]
            })
            .collect();
        let measures = Samples::new(&measures, 2).expect("whole rows");
        // The third number of the latent decides what must stay.
        let kept: Vec<f32> = latents.chunks_exact(SIZE).map(|z| z[2].powi(3)).collect();
        let kept = rows(&kept, 1);
        let found = fitted(&rows(&latents, SIZE), &measures, Some(&kept)).expect("enough");
        assert!(along(&found[0], 0) > 0.99, "{found:?}");
        assert!(along(&found[1], 1) < -0.4, "{found:?}");
        for direction in &found {
            assert!(direction[2].abs() < 0.1, "{found:?}");
        }
        // Without it the measure's own slope counts.
        let free = fitted(&rows(&latents, SIZE), &measures, None).expect("enough");
        assert!((along(&free[0], 2) / along(&free[0], 0) - 0.25).abs() < 0.02, "{free:?}");
    }

    #[test]
    fn a_measure_that_nothing_moves_has_no_direction() {
        let latents = latents();
        let measures: Vec<f64> =
            latents.chunks_exact(SIZE).flat_map(|z| [f64::from(z[0]), f64::from(z[0])]).collect();
        let measures = Samples::new(&measures, 2).expect("whole rows");
        let found = fitted(&rows(&latents, SIZE), &measures, None).expect("enough");
        assert!(found.iter().flatten().all(|x| *x == 0.0), "{found:?}");
        assert!(fitted(&rows(&latents[..SIZE], SIZE), &measures, None).is_err());
    }
}
