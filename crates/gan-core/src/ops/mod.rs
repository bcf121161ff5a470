//! Float tensors and the operations on them: the layer between the nets and Burn's backends.
//!
//! | module | holds |
//! |---|---|
//! | [`tensor`] | [`tensor::Tensor`], Burn's tensors restricted to 32-bit floats |
//! | [`linear_map`] | products of matrices, convolutions and transposed convolutions |
//! | [`fused`] | element-wise functions, Adam and sums, each in one pass |
//! | [`largest`] | the largest number of each row |
//! | [`affine_sampling`] | images read along affine maps |
//! | [`normalisation`] | batch and layer normalisation, and the logistic function |
//!
//! An operation with kernels of its own has a file for each backend: `flex.rs` for the CPU,
//! `cube.rs` (or a folder `cube`) for WebGPU, `autodiff.rs` for its gradient.

#[cfg(feature = "training")]
pub(crate) mod affine_sampling;
pub(crate) mod fused;
pub(crate) mod largest;
pub(crate) mod linear_map;
pub(crate) mod normalisation;
pub(crate) mod tensor;
