//! Entropy and divergences of distributions over finitely many cells, in nats.
//!
//! The caller decides what a cell is: a mode, a square of the plane, a class.

use crate::error::{EvalError, all_finite, at_least, same_size};

/// Counts as shares of their sum; `None` when the sum is 0.
pub fn shares(counts: &[usize]) -> Option<Vec<f64>> {
    let total: usize = counts.iter().sum();
    (total > 0).then(|| counts.iter().map(|&count| count as f64 / total as f64).collect())
}

/// Entropy `-Σ p ln p` of a distribution, in nats: 0 to `ln n`.
///
/// # Errors
/// As [`kl`].
pub fn entropy(p: &[f64]) -> Result<f64, EvalError> {
    distribution(p)?;
    Ok(raw_entropy(p))
}

/// Kullback-Leibler divergence `KL(p || q) = Σ p ln(p / q)` in nats. Infinite when `q` is 0 in a
/// cell where `p` is not.
///
/// # Errors
/// When there are no cells, when `p` or `q` holds a number that is negative or not finite or does
/// not sum to 1 within 1e-6, when they are not equally long.
pub fn kl(p: &[f64], q: &[f64]) -> Result<f64, EvalError> {
    distribution(p)?;
    distribution(q)?;
    same_size("cells of the second distribution", q.len(), p.len())?;
    Ok(raw_kl(p, q))
}

/// Jensen-Shannon divergence `½KL(p || m) + ½KL(q || m)`, `m = ½(p + q)`, in nats: 0 to `ln 2`
/// (Lin 1991, equation 4.1 with equal weights).
///
/// # Errors
/// As [`kl`].
pub fn js(p: &[f64], q: &[f64]) -> Result<f64, EvalError> {
    distribution(p)?;
    distribution(q)?;
    same_size("cells of the second distribution", q.len(), p.len())?;
    let middle: Vec<f64> = p.iter().zip(q).map(|(p, q)| 0.5 * (p + q)).collect();
    Ok(0.5 * raw_kl(p, &middle) + 0.5 * raw_kl(q, &middle))
}

/// KL divergence of the generated samples' histogram over classes from the real one, in nats: the
/// Stacked-MNIST score (Metz et al. 2017: 1,000 classes, 25,600 samples; VEEGAN takes 26,000).
/// `generated` and `real` are counts per class. Infinite when a generated sample is of a class
/// without real samples.
///
/// # Errors
/// When either holds no sample, when they are not equally long.
pub fn kl_of_counts(generated: &[usize], real: &[usize]) -> Result<f64, EvalError> {
    same_size("classes of the real histogram", real.len(), generated.len())?;
    let needed = |what| EvalError::TooFew { what, found: 0, needed: 1 };
    let generated = shares(generated).ok_or_else(|| needed("generated samples"))?;
    let real = shares(real).ok_or_else(|| needed("real samples"))?;
    Ok(raw_kl(&generated, &real))
}

/// [`kl`] from the uniform distribution: `ln n - entropy(p)`, for distributions known to be such.
pub(crate) fn kl_from_uniform(p: &[f64]) -> f64 {
    ((p.len() as f64).ln() - raw_entropy(p)).max(0.0)
}

/// [`entropy`] for numbers known to be a distribution.
pub(crate) fn raw_entropy(p: &[f64]) -> f64 {
    p.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum()
}

/// [`kl`] for numbers known to be distributions of one length.
pub(crate) fn raw_kl(p: &[f64], q: &[f64]) -> f64 {
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    // Rounding may leave a sum of about -1e-17 for equal distributions.
    terms.map(|(p, q)| p * (p / q).ln()).sum::<f64>().max(0.0)
}

fn distribution(p: &[f64]) -> Result<(), EvalError> {
    at_least("cells of a distribution", p.len(), 1)?;
    all_finite("distribution", p)?;
    let sum: f64 = p.iter().sum();
    let smallest = p.iter().copied().fold(f64::INFINITY, f64::min);
    if smallest < 0.0 || (sum - 1.0).abs() > 1e-6 {
        return Err(EvalError::NotProbabilities { row: 0, smallest, sum });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn divergences_have_their_known_values() {
        // KL((½, ½) || (¼, ¾)) = ½ ln 2 + ½ ln(2/3) = ½ ln(4/3)
        let found = kl(&[0.5, 0.5], &[0.25, 0.75]).unwrap();
        assert!((found - 0.5 * (4.0f64 / 3.0).ln()).abs() < 1e-15);
        // Disjoint: every cell of one is twice its share of the mean, so ln 2.
        assert!((js(&[1.0, 0.0], &[0.0, 1.0]).unwrap() - LN_2).abs() < 1e-15);
        assert_eq!(kl(&[1.0, 0.0], &[0.0, 1.0]).unwrap(), f64::INFINITY);
        assert!((entropy(&[0.25; 4]).unwrap() - 4.0f64.ln()).abs() < 1e-15);
        assert_eq!(entropy(&[0.0, 1.0]).unwrap(), 0.0);
    }

    #[test]
    fn counts_of_classes_are_compared_as_shares() {
        // (½, ½, 0) from (¼, ¼, ½): ln 2
        assert!((kl_of_counts(&[3, 3, 0], &[5, 5, 10]).unwrap() - LN_2).abs() < 1e-15);
        assert_eq!(kl_of_counts(&[1, 1], &[7, 0]).unwrap(), f64::INFINITY);
        assert!(matches!(kl_of_counts(&[0, 0], &[1, 1]), Err(EvalError::TooFew { .. })));
        assert!(matches!(kl_of_counts(&[1], &[1, 1]), Err(EvalError::SizesDiffer { .. })));
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        assert!(matches!(entropy(&[]), Err(EvalError::TooFew { .. })));
        assert!(matches!(entropy(&[0.5, 0.6]), Err(EvalError::NotProbabilities { .. })));
        assert!(matches!(entropy(&[1.5, -0.5]), Err(EvalError::NotProbabilities { .. })));
        assert!(matches!(kl(&[1.0], &[f64::NAN]), Err(EvalError::NotFinite { .. })));
        assert!(matches!(js(&[1.0], &[0.5, 0.5]), Err(EvalError::SizesDiffer { .. })));
    }

    fn counts() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
        (1usize..20).prop_flat_map(|cells| {
            let counts = || prop::collection::vec(0usize..50, cells);
            (counts(), counts())
        })
    }

    proptest! {
        #[test]
        fn js_is_symmetric_and_bounded_and_kl_is_not_negative((p, q) in counts()) {
            let (Some(p), Some(q)) = (shares(&p), shares(&q)) else { return Ok(()) };
            let there = js(&p, &q).unwrap();
            prop_assert!((there - js(&q, &p).unwrap()).abs() < 1e-15);
            prop_assert!((0.0..=LN_2 + 1e-12).contains(&there));
            prop_assert!(kl(&p, &q).unwrap() >= 0.0);
            prop_assert_eq!(js(&p, &p).unwrap(), 0.0);
            let uniform = vec![1.0 / p.len() as f64; p.len()];
            prop_assert!((kl_from_uniform(&p) - kl(&p, &uniform).unwrap()).abs() < 1e-12);
        }
    }
}
