//! The initial values of parameters.

use gan_protocol::{InitialWeights, Role};
use gan_random::{RandomNumbers, standard_normal, uniform_symmetric};

/// Starting values for a parameter of `role`.
pub(crate) fn initial_values(
    rule: InitialWeights,
    role: Role,
    dimensions: &[usize],
    randomness: &mut RandomNumbers,
) -> Vec<f32> {
    let count = dimensions.iter().product();
    let scaled = |values: Vec<f32>, scale: f32| values.into_iter().map(|x| x * scale).collect();
    match (role, rule) {
        (Role::Scale, _) => vec![1.0; count],
        (Role::Shift, _) => vec![0.0; count],
        (Role::Slope, _) => vec![0.25; count],
        (Role::Embedding, _) => standard_normal(randomness, count),
        (Role::Weight { .. }, InitialWeights::Normal { sd }) => {
            scaled(standard_normal(randomness, count), sd)
        }
        (Role::Weight { fan_in, .. }, InitialWeights::HeNormal {}) => {
            scaled(standard_normal(randomness, count), (2.0 / fan_in as f32).sqrt())
        }
        (Role::Weight { fan_in, fan_out, .. }, InitialWeights::GlorotUniform {}) => {
            scaled(uniform_symmetric(randomness, count), (6.0 / (fan_in + fan_out) as f32).sqrt())
        }
        (
            Role::Weight { fan_in, .. } | Role::Bias { fan_in },
            InitialWeights::KaimingUniform {},
        ) => scaled(uniform_symmetric(randomness, count), 1.0 / (fan_in as f32).sqrt()),
        (Role::Weight { output_axis, .. }, InitialWeights::Orthogonal { gain }) => {
            scaled(orthogonal(dimensions, output_axis, randomness), gain)
        }
        (Role::Bias { .. }, _) => vec![0.0; count],
    }
}

/// A matrix of `dimensions[output_axis]` rows by the rest, with orthonormal rows (or columns, if
/// those are fewer), drawn uniformly from all such matrices. The method is Gram-Schmidt on normal
/// draws in double precision. A second pass leaves no error that f32 could hold.
fn orthogonal(
    dimensions: &[usize],
    output_axis: usize,
    randomness: &mut RandomNumbers,
) -> Vec<f32> {
    let rows = dimensions[output_axis];
    let columns = dimensions.iter().product::<usize>() / rows;
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector: Vec<f64> =
            standard_normal(randomness, length).into_iter().map(f64::from).collect();
        for _ in 0..2 {
            for other in &vectors {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
        }
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|x| *x /= norm);
        vectors.push(vector);
    }
    let at = |row: usize, column: usize| {
        (if rows <= columns { vectors[row][column] } else { vectors[column][row] }) as f32
    };
    if output_axis == 0 {
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        return places.map(|(row, column)| at(row, column)).collect();
    }
    // The layout is [input, output, kernel…]: the output is the second axis.
    let area: usize = dimensions[2..].iter().product();
    let mut values = Vec::with_capacity(rows * columns);
    for first in 0..dimensions[0] {
        for row in 0..rows {
            values.extend((0..area).map(|place| at(row, first * area + place)));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_random::{Purpose, stream};

    fn drawn(rule: InitialWeights, role: Role) -> Vec<f32> {
        initial_values(rule, role, &[200, 200], &mut stream(1, Purpose::GeneratorWeights, 0))
    }

    fn sd(values: &[f32]) -> f32 {
        (values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32).sqrt()
    }

    #[test]
    fn weights_have_the_spread_that_their_rule_states() {
        let role = Role::Weight { fan_in: 50, fan_out: 100, output_axis: 0 };
        // The standard deviation of U(-a, a) is a / sqrt(3).
        let cases = [
            (InitialWeights::Normal { sd: 0.02 }, 0.02),
            (InitialWeights::HeNormal {}, 0.2),
            (InitialWeights::GlorotUniform {}, 0.2 / 3_f32.sqrt()),
            (InitialWeights::KaimingUniform {}, (1.0 / 50_f32.sqrt()) / 3_f32.sqrt()),
        ];
        for (rule, expected) in cases {
            let found = sd(&drawn(rule, role));
            assert!((found / expected - 1.0).abs() < 0.02, "{rule:?}: {found} for {expected}");
        }
    }

    #[test]
    fn orthogonal_weights_have_orthonormal_rows_or_columns() {
        // Dimensions, the axis of outputs, rows, columns, and the place of row r, column c in the
        // values.
        type At = fn(usize, usize) -> usize;
        let cases: [([usize; 4], usize, usize, usize, At); 3] = [
            ([5, 12, 1, 1], 0, 5, 12, |r, c| r * 12 + c),
            ([12, 5, 1, 1], 1, 5, 12, |r, c| c * 5 + r),
            // A transposed convolution of 2 to 9 channels, kernel 2: 9 rows, 2 * 4 columns.
            ([2, 9, 2, 2], 1, 9, 8, |r, c| ((c / 4) * 9 + r) * 4 + c % 4),
        ];
        for (dimensions, output_axis, rows, columns, at) in cases {
            let role = Role::Weight { fan_in: 1, fan_out: 1, output_axis };
            let rule = InitialWeights::Orthogonal { gain: 2.0 };
            let randomness = &mut stream(3, Purpose::GeneratorWeights, 0);
            let values = initial_values(rule, role, &dimensions, randomness);
            let (count, length) = (rows.min(columns), rows.max(columns));
            let vector = |i: usize| -> Vec<f32> {
                let place = |k: usize| if rows <= columns { at(i, k) } else { at(k, i) };
                (0..length).map(|k| values[place(k)]).collect()
            };
            for i in 0..count {
                for j in 0..count {
                    let product: f32 = vector(i).iter().zip(vector(j)).map(|(a, b)| a * b).sum();
                    let expected = if i == j { 4.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-5, "{dimensions:?} {i} {j}: {product}");
                }
            }
        }
    }

    #[test]
    fn biases_are_zero_except_with_pytorchs_rule() {
        let role = Role::Bias { fan_in: 50 };
        assert!(drawn(InitialWeights::HeNormal {}, role).iter().all(|x| *x == 0.0));
        assert!(sd(&drawn(InitialWeights::KaimingUniform {}, role)) > 0.07);
    }
}
