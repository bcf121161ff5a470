//! The innermost loop: computes a tile of sums held in registers.

/// Sums of `MR` rows and `NR` columns.
pub(super) type Tile<const MR: usize, const NR: usize> = [[f32; NR]; MR];

/// The instruction set of a processor.
pub(super) trait Machine<const MR: usize, const NR: usize> {
    /// Fills the first `rows` rows of `tile` with the sums of products of `a` and `b`, which have
    /// the same length.
    fn tile(rows: usize, a: &[[f32; MR]], b: &[[f32; NR]], tile: &mut Tile<MR, NR>);
}

/// A task that runs on any instruction set.
pub(super) trait Use {
    /// Runs it with the instructions of machine `M`.
    fn on<const MR: usize, const NR: usize, M: Machine<MR, NR>>(self);
}

/// Defines a machine from its vector instructions: the vectors' width; a vector of zeros; one with
/// the same number everywhere; a load; `a b + c`; a store. The instructions stand in the function
/// that has their feature: if functions lay between, they would have to be inlined, which is not
/// guaranteed.
macro_rules! machine {
    ($(#[$doc:meta])* $name:ident, $mr:expr, $nr:expr, $(#[$features:meta])? vectors of $width:literal,
     $zero:expr, $all:expr, $load:expr, $fused:expr, $store:expr) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl Machine<{ $mr }, { $nr }> for $name {
            fn tile(
                rows: usize,
                a: &[[f32; $mr]],
                b: &[[f32; $nr]],
                tile: &mut Tile<{ $mr }, { $nr }>,
            ) {
                /// The sums of `ROWS` rows, in registers during the loop.
                $(#[$features])?
                fn sums<const ROWS: usize>(
                    a: &[[f32; $mr]],
                    b: &[[f32; $nr]],
                    tile: &mut Tile<{ $mr }, { $nr }>,
                ) {
                    const VECTORS: usize = $nr / $width;
                    let mut sums = [[$zero; VECTORS]; ROWS];
                    for (a, b) in a.iter().zip(b) {
                        let mut vectors = [$zero; VECTORS];
                        for (vector, numbers) in vectors.iter_mut().zip(b.as_chunks::<$width>().0) {
                            *vector = $load(numbers);
                        }
                        for (sums, number) in sums.iter_mut().zip(a) {
                            let number = $all(*number);
                            for (sum, vector) in sums.iter_mut().zip(vectors) {
                                *sum = $fused(number, vector, *sum);
                            }
                        }
                    }
                    for (row, sums) in tile.iter_mut().zip(sums) {
                        for (numbers, sum) in row.as_chunks_mut::<$width>().0.iter_mut().zip(sums) {
                            $store(numbers, sum);
                        }
                    }
                }

                // SAFETY: `on_this_machine` has checked that the processor has the feature that is
                // needed.
                #[allow(unused_unsafe)]
                unsafe {
                    match rows {
                        1 => sums::<1>(a, b, tile),
                        2 => sums::<2>(a, b, tile),
                        3 => sums::<3>(a, b, tile),
                        _ if rows <= $mr / 2 + 1 => sums::<{ $mr / 2 + 1 }>(a, b, tile),
                        _ => sums::<{ $mr }>(a, b, tile),
                    }
                }
            }
        }
    };
}

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use native::on_this_machine;
#[cfg(target_arch = "wasm32")]
pub(super) use wasm::on_this_machine;
