//! The largest number of each row.

use crate::ops::fused::relu;
use crate::ops::tensor::Tensor;

/// The largest number of each row to within rounding, `[batch, 1]`, which keeps an exponential from
/// overflowing. Halves are compared until one column is left. Burn's maximum over a dimension would
/// add scatter and gather for every number type to the binary.
pub(crate) fn largest(rows: Tensor<2>) -> Tensor<2> {
    let mut rows = rows;
    loop {
        let columns = rows.dims()[1];
        if columns == 1 {
            return rows;
        }
        let half = columns.div_ceil(2);
        let (left, right) = (rows.clone().narrow(1, 0, half), rows.narrow(1, columns - half, half));
        rows = right.clone() + relu(left - right);
    }
}
