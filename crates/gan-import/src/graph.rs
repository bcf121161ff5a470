//! A net as another framework describes it: operations on values whose axes stand in the framework's order.
//!
//! The readers of files make a [`Graph`]; `lower` makes layers of it. Neither knows the other's formats.

use gan_protocol::ActivationKind;

use crate::lower::Table;
use crate::state_dict::Values;

/// The operations of a net; each stands behind those whose values it takes.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// The node that gives the samples.
    pub(crate) output: usize,
    /// Whether the axes of an image are height, width, channels; otherwise channels stand first.
    pub(crate) is_channels_last: bool,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The framework's name of it, for messages.
    pub(crate) name: String,
    pub(crate) op: Op,
    /// The nodes whose values it takes.
    pub(crate) inputs: Vec<usize>,
}

/// What an operation does. Axes are counted without the batch's.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// An input of numbers: a latent, or an image.
    Numbers {
        dims: Vec<usize>,
    },
    /// An input that is the number of a class.
    Class {
        dims: Vec<usize>,
    },
    /// A product with `[inputs, outputs]` along the last axis.
    Dense {
        weight: Values,
        bias: Option<Values>,
    },
    /// `[outputs, inputs, kernel, kernel]`.
    Conv {
        weight: Values,
        bias: Option<Values>,
        stride: usize,
        padding: Sides,
    },
    /// `[inputs, outputs, kernel, kernel]`; `crop` is cut off the full result.
    ConvTranspose {
        weight: Values,
        bias: Option<Values>,
        stride: usize,
        crop: Sides,
    },
    BatchNorm {
        parts: [Values; 4],
        epsilon: f32,
    },
    /// Over groups of neighbouring channels.
    GroupNorm {
        groups: usize,
        parts: [Values; 2],
        epsilon: f32,
    },
    /// Over each channel's own pixels.
    InstanceNorm {
        parts: [Values; 2],
        epsilon: f32,
    },
    /// Over all numbers of a vector.
    LayerNorm {
        parts: [Values; 2],
        epsilon: f32,
    },
    Activation(ActivationKind),
    Prelu {
        slope: Values,
    },
    /// `x scale + shift`, whose axes are the last ones of `x`.
    Affine {
        scale: Values,
        shift: Values,
    },
    Reshape {
        dims: Vec<usize>,
    },
    Permute {
        axes: Vec<usize>,
    },
    Upsample {
        scale: usize,
        is_bilinear: bool,
    },
    /// Pixels that are repeated, by a factor of its own in each direction.
    Enlarge {
        down: usize,
        across: usize,
    },
    /// Channels become pixels; `blocks_first` where those of one place in the block stand together.
    PixelShuffle {
        scale: usize,
        blocks_first: bool,
    },
    AveragePool {
        size: usize,
    },
    /// Zeros at the sides, or pixels cut off where negative.
    Pad {
        sides: [i32; 4],
    },
    /// What lies between `begin` and `end` along an axis, each counted from its own side.
    Crop {
        axis: usize,
        begin: usize,
        end: usize,
    },
    /// The numbers along an axis again and again.
    Repeat {
        axis: usize,
        times: usize,
    },
    /// Nothing, where `axis` of all axes, the batch's first, is the channels' (or a vector's); refused otherwise.
    AlongChannels {
        axis: i64,
    },
    /// An image's channels as its last axis; a vector stays.
    ChannelsLast,
    Identity,
    /// A number without its fraction: a class, which has none.
    Whole,
    /// Numbers of each class that were computed already.
    Table(Table),
    /// A row of the table for each class.
    Embedding {
        table: Values,
    },
    OneHot {
        classes: usize,
    },
    Concat {
        axis: usize,
    },
    Multiply,
    Add,
}

/// Pixels at the sides of an image: above, beneath, left, right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sides {
    /// As `same` means it in TensorFlow: the smaller half before.
    Same,
    Given([i32; 4]),
}

impl Graph {
    /// Adds an operation, and returns its number.
    pub(crate) fn add(&mut self, name: impl Into<String>, op: Op, inputs: Vec<usize>) -> usize {
        self.nodes.push(Node { name: name.into(), op, inputs });
        self.nodes.len() - 1
    }
}

/// The last axis, whichever number it has.
pub(crate) const LAST_AXIS: usize = usize::MAX;
/// A length that the others leave.
pub(crate) const OPEN: usize = usize::MAX;

/// The axes `dims` of `size` numbers, one of which may be open.
pub(crate) fn closed(dims: &[usize], size: usize) -> Vec<usize> {
    let others: usize = dims.iter().filter(|length| **length != OPEN).product();
    let open = size / others.max(1);
    dims.iter().map(|length| if *length == OPEN { open } else { *length }).collect()
}

/// One number as a value that stands for all features.
pub(crate) fn one(number: f32) -> Values {
    Values { shape: Vec::new(), numbers: vec![number] }
}
