//! Computes the Fréchet distance of two sets' means and covariances: the distance behind FID.
//!
//! For Gaussians it is the squared Wasserstein-2 distance (Dowson & Landau 1982),
//! `|m₁ - m₂|² + tr(C₁ + C₂ - 2(C₁C₂)^½)`; Heusel et al. (2017, equation 6) apply it to features of
//! an Inception net and call it FID. The caller chooses the features; numbers from different
//! features cannot be compared. The distance is biased upwards for finite sets, the more so the
//! fewer samples and the more numbers in each.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::error::{EvalError, all_finite, at_least, same_size};
use crate::samples::{Number, Samples};

/// Entries of a covariance may differ from their mirror image by this share of the largest one.
const ASYMMETRY: f64 = 1e-9;
/// Eigenvalues below zero by more than this share of the largest are not rounding errors.
const NEGATIVE: f64 = 1e-9;
/// Eigenvalues whose sum differs from the trace by more than this share of it are wrong.
const WRONG_TRACE: f64 = 1e-6;
/// Steps of the eigenvalue iteration for each row of the matrix; two or three are usual.
const STEPS_PER_ROW: usize = 100;
/// Approximate cost of three sets of eigenvalues, in pairs of samples for each number of a
/// covariance.
const MATRIX_WORK: usize = 30;
/// Samples that are centred and multiplied at once.
const BLOCK_ROWS: usize = 512;

/// A mean and a covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Gaussian {
    /// From a mean of `d` numbers and `d * d` numbers of covariance, row after row.
    ///
    /// # Errors
    /// When there are no numbers, when a number is not finite, when the covariance is not `d * d`
    /// or not symmetric.
    pub fn new(mean: &[f64], covariance: &[f64]) -> Result<Self, EvalError> {
        let size = mean.len();
        at_least("numbers in a mean", size, 1)?;
        all_finite("mean", mean)?;
        all_finite("covariance", covariance)?;
        same_size("numbers in a covariance", covariance.len(), size * size)?;
        let covariance = DMatrix::from_row_slice(size, size, covariance);
        let allowed = ASYMMETRY * covariance.amax();
        for row in 0..size {
            for column in 0..row {
                if (covariance[(row, column)] - covariance[(column, row)]).abs() > allowed {
                    return Err(EvalError::NotSymmetric { row, column });
                }
            }
        }
        Ok(Self { mean: DVector::from_column_slice(mean), covariance })
    }

    /// The mean and the unbiased covariance (divided by `n - 1`) of `samples`.
    ///
    /// # Errors
    /// When there are fewer than two samples.
    pub fn of_samples<T: Number>(samples: &Samples<T>) -> Result<Self, EvalError> {
        let (count, size) = (samples.count(), samples.size());
        at_least("samples for a covariance", count, 2)?;
        let mut mean = DVector::zeros(size);
        for row in samples.rows() {
            mean += DVector::from_iterator(size, row.iter().map(|&value| value.into()));
        }
        mean /= count as f64;
        let mut covariance = DMatrix::zeros(size, size);
        for block in samples.values().chunks(BLOCK_ROWS * size) {
            let values = block.iter().map(|&value| value.into());
            let mut centred = DMatrix::from_iterator(size, block.len() / size, values);
            for mut column in centred.column_iter_mut() {
                column -= &mean;
            }
            covariance.gemm(1.0, &centred, &centred.transpose(), 1.0);
            samples.tell(centred.ncols() * size);
        }
        covariance /= (count - 1) as f64;
        Ok(Self { mean, covariance })
    }

    /// The mean.
    pub fn mean(&self) -> &[f64] {
        self.mean.as_slice()
    }

    /// The covariance, row after row.
    pub fn covariance(&self) -> &[f64] {
        // Column after column; it is symmetric.
        self.covariance.as_slice()
    }

    /// The Fréchet distance to `other` as in FID, i.e. squared; covariances may be singular.
    ///
    /// Good to about 1e-7 of the covariances' traces where they are singular and to rounding
    /// elsewhere.
    ///
    /// # Errors
    /// When the two differ in size, when a covariance has a negative eigenvalue beyond rounding,
    /// when eigenvalues do not converge or their products overflow.
    pub fn distance(&self, other: &Self) -> Result<f64, EvalError> {
        same_size("numbers in a mean", other.mean.len(), self.mean.len())?;
        let apart = (&self.mean - &other.mean).norm_squared();
        let traces = self.covariance.trace() + other.covariance.trace();
        // Numbers that vary in neither set add nothing, and nalgebra's eigenvalues of matrices with
        // many empty rows, as of images with much background, may be NaN.
        let varies = |index: &usize| {
            self.covariance[(*index, *index)] != 0.0 || other.covariance[(*index, *index)] != 0.0
        };
        let kept: Vec<usize> = (0..self.mean.len()).filter(varies).collect();
        let of = |matrix: &DMatrix<f64>| matrix.select_rows(&kept).select_columns(&kept);
        let root = trace_of_root(&of(&self.covariance), &of(&other.covariance))?;
        let distance = apart + traces - 2.0 * root;
        // Equal Gaussians leave a rounding error of either sign.
        Ok(distance.max(0.0))
    }
}

/// The Fréchet distance (squared, as in FID) of two sets of samples; [`Gaussian::distance`] of
/// their means and unbiased covariances.
///
/// # Errors
/// When a set has fewer than two samples, when their samples differ in size, when eigenvalues do
/// not converge.
pub fn frechet_distance<T: Number>(
    real: &Samples<T>,
    generated: &Samples<T>,
) -> Result<f64, EvalError> {
    real.same_size(generated)?;
    let of_reals = Gaussian::of_samples(real)?;
    let of_generated = Gaussian::of_samples(&generated.watched_as(real))?;
    let distance = of_reals.distance(&of_generated)?;
    real.tell(MATRIX_WORK * real.size() * real.size());
    Ok(distance)
}

/// The approximate cost of [`frechet_distance`] for `counts` samples of `size` numbers, in pairs of
/// samples: the sum that a watcher gets.
pub fn frechet_work(counts: [usize; 2], size: usize) -> u64 {
    ((counts[0] + counts[1] + MATRIX_WORK * size) * size) as u64
}

/// `tr((A^½ B A^½)^½)`, which is `tr((AB)^½)`.
///
/// With `A = F Fᵀ` and `B = G Gᵀ`, the non-zero eigenvalues of `A^½ B A^½` are those of `M Mᵀ`,
/// `M = Fᵀ G`. Factors without the null spaces keep M small and its eigenvalues away from zero.
/// (The singular values of M would do at once, but nalgebra's are wrong for some matrices.)
fn trace_of_root(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Result<f64, EvalError> {
    let m = factor(a)?.transpose() * factor(b)?;
    let gram = if m.nrows() <= m.ncols() { &m * m.transpose() } else { m.transpose() * &m };
    let (eigenvalues, _) = eigen(gram)?;
    Ok(eigenvalues.iter().map(|value| value.max(0.0).sqrt()).sum())
}

/// `F` with `F Fᵀ = matrix` and as many columns as the matrix has rank.
fn factor(matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, EvalError> {
    let (eigenvalues, vectors) = eigen(matrix.clone())?;
    let largest = eigenvalues.amax();
    let smallest = eigenvalues.min();
    if smallest < -NEGATIVE * largest {
        return Err(EvalError::NotPositiveSemidefinite { eigenvalue: smallest });
    }
    let rounding = largest * f64::EPSILON * eigenvalues.len() as f64;
    let kept: Vec<usize> =
        (0..eigenvalues.len()).filter(|&index| eigenvalues[index] > rounding).collect();
    let mut factor = vectors.select_columns(&kept);
    for (mut column, &index) in factor.column_iter_mut().zip(&kept) {
        column *= eigenvalues[index].sqrt();
    }
    Ok(factor)
}

fn eigen(matrix: DMatrix<f64>) -> Result<(DVector<f64>, DMatrix<f64>), EvalError> {
    let size = matrix.nrows();
    if size == 0 {
        return Ok((DVector::zeros(0), matrix));
    }
    // A product of finite covariances may overflow, and the iteration does not handle NaN.
    all_finite("product of covariances", matrix.as_slice())?;
    let trace = matrix.trace();
    let allowed = WRONG_TRACE * matrix.diagonal().abs().sum();
    SymmetricEigen::try_new(matrix, f64::EPSILON, STEPS_PER_ROW * size)
        .map(|found| (found.eigenvalues, found.eigenvectors))
        .filter(|(eigenvalues, _)| (eigenvalues.sum() - trace).abs() <= allowed)
        .ok_or(EvalError::NoConvergence { size })
}
