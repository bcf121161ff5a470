//! Products of matrices in any layout, transposed or not, with an optional bias.

use burn::backend::Cube;
use burn::backend::ops::FloatTensorOps as _;
use burn::backend::tensor::FloatTensor;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{SIDE, SPREAD, cubes, empty};

type Floats = FloatTensor<Cube>;

/// Sums of at least this length may be split into parts.
const LONG: usize = 1024;
/// Length of a part; a multiple of `BLOCK`.
const PART: usize = 256;
/// Length of a block with a sum of its own; a multiple of four.
const BLOCK: usize = 64;

/// The way to read four numbers of a side's lines at once. Each row or column of the output has one
/// line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reads {
    /// One by one.
    Single,
    /// A vector of four lines.
    Across,
    /// A vector of four numbers of one line.
    Along,
}

/// One side of a product, as lines of `depth` numbers.
struct Side {
    tensor: CubeTensor,
    /// Distance from a number to the same number of the next line.
    line: usize,
    /// Distance from a number to the next of its line.
    depth: usize,
    reads: Reads,
}

impl Side {
    /// `lines` is the dimension that counts the lines.
    fn of(tensor: CubeTensor, lines: usize) -> Self {
        let is_matrix = tensor.meta.strides().contains(&1);
        let tensor = if is_matrix { tensor } else { into_contiguous(tensor) };
        let (shape, strides) = (tensor.meta.shape(), tensor.meta.strides());
        let (line, depth) = (strides[lines], strides[1 - lines]);
        let (lines, numbers) = (shape[lines], shape[1 - lines]);
        let fits = |stride: usize, side: usize| {
            stride == 1 && [line * depth, side].iter().all(|size| size.is_multiple_of(SIDE))
        };
        let reads = if fits(line, lines) {
            Reads::Across
        } else if fits(depth, numbers) {
            Reads::Along
        } else {
            Reads::Single
        };
        Self { line, depth, reads, tensor }
    }

    fn vector(&self) -> VectorSize {
        if self.reads == Reads::Single { 1 } else { SIDE }
    }
}

/// `[rows, depth]` times `[depth, columns]`, plus a number for each column.
///
/// If a small output needs long sums, the sums are split into parts, which run in parallel and are
/// added afterwards. Otherwise too few units would share the work.
pub(super) fn product(left: Floats, right: Floats, bias: Option<Floats>) -> Floats {
    let (rows, depth) = (left.meta.shape()[0], left.meta.shape()[1]);
    let columns = right.meta.shape()[1];
    let (across, down) = (columns.div_ceil(SIDE), rows.div_ceil(SIDE));
    let is_long = depth >= LONG && across * down * depth.div_ceil(PART) <= SPREAD;
    let share = if is_long { PART } else { depth };
    let parts = depth.div_ceil(share);
    let output = empty(&left, vec![parts, rows * columns]);
    let (left, right) = (Side::of(left, 0), Side::of(right, 1));
    let (count, dim) = cubes(across, down, parts);
    // Positions of the depth that a unit reads before it uses them.
    let steps = [SIDE, 2, 1].into_iter().find(|steps| depth.is_multiple_of(*steps));
    let client = output.client.clone();
    // SAFETY: lines beyond the last are read as the last; a side whose lines are read four at once
    // has none. Units, rows and columns beyond the output write nothing. `steps` divides the depth
    // and each part of it.
    unsafe {
        matrix_product::launch_unchecked(
            &client,
            count,
            dim,
            left.vector(),
            right.vector(),
            if columns.is_multiple_of(SIDE) { SIDE } else { 1 },
            left.tensor.into_buffer_arg(),
            right.tensor.into_buffer_arg(),
            bias.map(|bias| into_contiguous(bias).into_buffer_arg()).into(),
            output.clone().into_buffer_arg(),
            rows,
            columns,
            depth,
            share,
            left.line,
            left.depth,
            right.line,
            right.depth,
            left.reads,
            right.reads,
            steps.unwrap_or(1),
        );
    }
    let output = if parts == 1 { output } else { Cube::float_sum_dim(output, 0) };
    Cube::float_reshape(output, [rows, columns].into())
}

/// Each unit computes four rows by four columns of the output.
#[cube(launch_unchecked)]
fn matrix_product<L: Size, R: Size, O: Size>(
    left: &[Vector<f32, L>],
    right: &[Vector<f32, R>],
    bias: ComptimeOption<&[f32]>,
    output: &mut [Vector<f32, O>],
    rows: usize,
    columns: usize,
    depth: usize,
    share: usize,
    left_line: usize,
    left_depth: usize,
    right_line: usize,
    right_depth: usize,
    #[comptime] left_reads: Reads,
    #[comptime] right_reads: Reads,
    #[comptime] steps: usize,
) {
    let row = ABSOLUTE_POS_Y as usize * SIDE;
    let column = ABSOLUTE_POS_X as usize * SIDE;
    if row >= rows || column >= columns {
        terminate!();
    }

    let part = CUBE_POS_Z as usize;
    let mut start = Vector::<f32, Const<SIDE>>::new(0.0);
    #[comptime]
    if let ComptimeOption::Some(bias) = bias {
        #[unroll]
        for index in 0..SIDE {
            let number = bias[clamp_max(column + index, columns - 1)];
            start.insert(index, select(part == 0, number, 0.0));
        }
    }
    let mut sums = Array::<Vector<f32, Const<SIDE>>>::new(SIDE);
    #[unroll]
    for index in 0..SIDE {
        sums[index] = start;
    }

    // Each block has a sum of its own: adding fewer small numbers to a large one loses less in
    // rounding.
    let mut blocks = Array::<Vector<f32, Const<SIDE>>>::new(SIDE);
    let end = clamp_max((part + 1) * share, depth);
    for begin in range_stepped(part * share, end, BLOCK) {
        #[unroll]
        for index in 0..SIDE {
            blocks[index] = Vector::new(0.0);
        }
        for at in range_stepped(begin, clamp_max(begin + BLOCK, end), steps) {
            let left = lines(left, row, rows, left_line, at, left_depth, left_reads, steps);
            let right =
                lines(right, column, columns, right_line, at, right_depth, right_reads, steps);
            #[unroll]
            for step in 0..steps {
                #[unroll]
                for index in 0..SIDE {
                    blocks[index] += Vector::new(left[step].extract(index)) * right[step];
                }
            }
        }
        #[unroll]
        for index in 0..SIDE {
            sums[index] += blocks[index];
        }
    }

    let width = O::value();
    #[unroll]
    for index in 0..SIDE {
        if row + index < rows {
            let start = (part * rows + row + index) * columns + column;
            if comptime!(width == SIDE) {
                output[start / SIDE] = Vector::cast_from(sums[index]);
            } else {
                #[unroll]
                for place in 0..SIDE {
                    if column + place < columns {
                        output[start + place] = Vector::new(sums[index].extract(place));
                    }
                }
            }
        }
    }
}

/// `steps` numbers, from `at` on, of four lines from `first` on: for each step a vector over the
/// lines.
#[cube]
fn lines<N: Size>(
    numbers: &[Vector<f32, N>],
    first: usize,
    count: usize,
    line: usize,
    at: usize,
    depth: usize,
    #[comptime] reads: Reads,
    #[comptime] steps: usize,
) -> Array<Vector<f32, Const<SIDE>>> {
    let mut found = Array::<Vector<f32, Const<SIDE>>>::new(steps);
    match reads {
        Reads::Across =>
        {
            #[unroll]
            for step in 0..steps {
                found[step] = Vector::cast_from(numbers[(first + (at + step) * depth) / SIDE]);
            }
        }
        Reads::Along =>
        {
            #[unroll]
            for index in 0..SIDE {
                let start = clamp_max(first + index, count - 1) * line + at;
                let read = numbers[start / SIDE];
                #[unroll]
                for step in 0..steps {
                    let mut gathered = found[step];
                    gathered.insert(index, read.extract(step));
                    found[step] = gathered;
                }
            }
        }
        Reads::Single =>
        {
            #[unroll]
            for index in 0..SIDE {
                let start = clamp_max(first + index, count - 1) * line + at * depth;
                #[unroll]
                for step in 0..steps {
                    let mut gathered = found[step];
                    gathered.insert(index, numbers[start + step * depth].extract(0usize));
                    found[step] = gathered;
                }
            }
        }
    }
    found
}
