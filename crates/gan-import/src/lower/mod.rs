//! Makes this program's layers of another framework's operations.
//!
//! A value is one of three: numbers that depend on the latent, as the layers that compute them ([`Flow`]); the number of a
//! class; numbers of each class ([`Table`]), which are computed here, whatever the framework computes them by.

mod convolution;
mod flow;
mod merge;
mod numbers;
mod table;

use gan_protocol::{LayerSpec, Shape};

use crate::error::ImportError;
use crate::graph::{Graph, LAST_AXIS, Node, Op, closed};
use crate::steps::Step;
use crate::view::{View, limited};

pub(crate) use flow::Flow;
pub(crate) use table::Table;

/// The value of an operation.
#[derive(Clone, Debug)]
enum Value {
    Flow(Flow),
    Class { dims: Vec<usize> },
    Table(Table),
}

/// What a net is given, and what the graph does not say of that.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    /// How many of the latent's last numbers are a class as one-hot numbers.
    pub(crate) one_hot: usize,
}

/// A net as layers.
#[derive(Debug)]
pub(crate) struct Net {
    /// The layers up to the samples.
    pub(crate) flow: Flow,
    /// What it is given.
    pub(crate) input: Shape,
    /// The count of its classes.
    pub(crate) classes: Option<usize>,
    /// Whether its samples have their channels last in the framework.
    pub(crate) is_channels_last: bool,
}

/// The layers of `graph`.
///
/// # Errors
/// If an operation has no layer, with its name.
pub(crate) fn net(graph: &Graph, given: Given) -> Result<Net, ImportError> {
    let mut lowered = Lowered::new(graph.is_channels_last, given);
    for (index, node) in graph.nodes.iter().enumerate() {
        let users = graph.nodes.iter().flat_map(|node| &node.inputs);
        let is_shared = users.filter(|input| **input == index).count() > 1;
        lowered.add(node.clone(), is_shared)?;
    }
    lowered.net(graph.output)
}

/// Operations that were lowered, one after the other.
pub(crate) struct Lowered {
    is_channels_last: bool,
    given: Given,
    names: Vec<String>,
    values: Vec<Value>,
}

impl Lowered {
    pub(crate) fn new(is_channels_last: bool, given: Given) -> Self {
        Self { is_channels_last, given, names: Vec::new(), values: Vec::new() }
    }

    /// Adds an operation, and returns its number. `is_shared` says that several others take its value.
    ///
    /// # Errors
    /// If it has no layer, with its name.
    pub(crate) fn add(&mut self, node: Node, is_shared: bool) -> Result<usize, ImportError> {
        let mut value = self.value(&node.op, &node.inputs).map_err(|error| at(&node, error))?;
        if let Value::Flow(flow) = &mut value
            && flow.view.dims.len() == 3
            && is_shared
            // With channels first, three axes may be those of an image that is permuted yet.
            && self.is_channels_last
        {
            // Once for all that use it, so that what they compute has the same beginning.
            flow.as_image(self.is_channels_last).map_err(|error| at(&node, error))?;
        }
        self.values.push(value);
        self.names.push(node.name);
        Ok(self.values.len() - 1)
    }

    /// The axes of a value, without the batch's.
    pub(crate) fn dims(&self, index: usize) -> &[usize] {
        self.values[index].dims()
    }

    /// The net that gives the value of an operation.
    ///
    /// # Errors
    /// If the value is no sample.
    pub(crate) fn net(self, output: usize) -> Result<Net, ImportError> {
        let Value::Flow(mut flow) = self.values[output].clone() else {
            return Err(ImportError::file("the net's output does not depend on a latent"));
        };
        let is_channels_last = finish(&mut flow, self.is_channels_last)?;
        let classes = classes(&flow.steps);
        Ok(Net { input: flow.input, flow, classes, is_channels_last })
    }
}

fn classes(steps: &[std::rc::Rc<Step>]) -> Option<usize> {
    steps.iter().find_map(|step| {
        let inside = || step.inside.iter().find_map(|(_, steps)| classes(steps));
        step.spec.classes().or_else(inside)
    })
}

/// The error with the operation's name.
fn at(node: &Node, error: ImportError) -> ImportError {
    ImportError::file(format!("{}: {error}", node.name))
}

/// The most channels of a sample.
const MOST_CHANNELS: usize = 4;

/// Puts the samples into this program's order; returns whether the framework has their channels last.
fn finish(flow: &mut Flow, is_channels_last: bool) -> Result<bool, ImportError> {
    if let [height, width] = flow.view.dims[..] {
        let dims = if is_channels_last { vec![height, width, 1] } else { vec![1, height, width] };
        flow.view.dims = dims;
    }
    // A net may be computed with channels first and give its samples with channels last.
    let seen = match flow.shape {
        Shape::Image { channels, height, width } => flow.view.axes([channels, height, width]),
        Shape::Flat { .. } => None,
    };
    let is_channels_last = match flow.view.dims[..] {
        _ if seen == Some([0, 1, 2]) => false,
        _ if seen == Some([1, 2, 0]) => true,
        [first, _, last] => last <= MOST_CHANNELS && (is_channels_last || first > MOST_CHANNELS),
        _ => is_channels_last,
    };
    match flow.view.dims.len() {
        1 => flow.in_order()?,
        _ => {
            flow.as_image(is_channels_last)?;
            let channels = flow.features(is_channels_last)?;
            if channels.iter().enumerate().any(|(index, channel)| index != *channel) {
                return Err(ImportError::file(
                    "the samples' channels stand in another order than their weights",
                ));
            }
        }
    }
    Ok(is_channels_last)
}

impl Lowered {
    fn value(&self, op: &Op, inputs: &[usize]) -> Result<Value, ImportError> {
        if let Op::Numbers { dims } | Op::Class { dims } | Op::Reshape { dims } = op {
            limited(dims)?;
        }
        let inputs: Vec<&Value> = inputs.iter().map(|input| &self.values[*input]).collect();
        match (op, inputs.as_slice()) {
            (Op::Numbers { dims }, _) => {
                let root = self.values.len();
                Ok(Value::Flow(Flow::of_input(dims, root, self.given.one_hot)?))
            }
            (Op::Table(table), []) => Ok(Value::Table(table.clone())),
            (Op::Class { dims }, _) => Ok(Value::Class { dims: dims.clone() }),
            (Op::Embedding { table }, [Value::Class { dims }]) => {
                Ok(Value::Table(Table::embedding(table, dims)?))
            }
            (Op::OneHot { classes }, [Value::Class { dims }]) => {
                Ok(Value::Table(Table::one_hot(*classes, dims)?))
            }
            (
                Op::Identity | Op::Whole | Op::Reshape { .. } | Op::Permute { .. },
                [Value::Class { dims }],
            ) => {
                let dims = match op {
                    Op::Reshape { dims } => closed(dims, 1),
                    _ => dims.clone(),
                };
                Ok(Value::Class { dims })
            }
            (op, [Value::Table(table)]) => Ok(Value::Table(table.after(op, self.is_last())?)),
            (op, [Value::Flow(flow)]) => Ok(Value::Flow(self.one(op, flow.clone())?)),
            (Op::Concat { axis }, [first, others @ ..]) => {
                let last = first.dims().len().saturating_sub(1);
                let axis = if *axis == LAST_AXIS { last } else { *axis };
                others.iter().try_fold((*first).clone(), |joined, other| {
                    self.concat(joined, (*other).clone(), axis)
                })
            }
            (Op::Multiply, [Value::Flow(flow), Value::Table(table)])
            | (Op::Multiply, [Value::Table(table), Value::Flow(flow)]) => {
                Ok(Value::Flow(self.product(flow.clone(), table)?))
            }
            (Op::Add, [Value::Flow(one), Value::Flow(other)]) => {
                Ok(Value::Flow(self.sum(one.clone(), other.clone())?))
            }
            (_, [one, other]) => Err(ImportError::file(format!(
                "this program has no layer for {} of {} and {}",
                op.told(),
                one.told(),
                other.told()
            ))),
            _ => Err(ImportError::file(format!(
                "this program has no layer for {} of {}",
                op.told(),
                inputs.first().map_or("nothing", |value| value.told())
            ))),
        }
    }

    fn is_last(&self) -> bool {
        self.is_channels_last
    }

    /// What `op` makes of one flow.
    fn one(&self, op: &Op, mut flow: Flow) -> Result<Flow, ImportError> {
        let last = self.is_last();
        match op {
            Op::Identity => {}
            Op::AlongChannels { axis } => {
                let rank = flow.view.dims.len() as i64 + 1;
                let own = if *axis < 0 { *axis + rank } else { *axis };
                let channels = if last { rank - 1 } else { 1 };
                if own != channels {
                    return Err(ImportError::file(format!(
                        "it works along axis {axis}, and this program's layer along the channels"
                    )));
                }
            }
            Op::ChannelsLast => {
                if flow.view.dims.len() == 3 {
                    flow.view = flow.view.permuted(&[1, 2, 0]);
                }
            }
            Op::Activation(function) => {
                flow.add(Step::plain(LayerSpec::Activation { function: *function }))?;
            }
            Op::Reshape { dims } => flow.reshape(dims)?,
            Op::Permute { axes } => {
                let mut sorted = axes.clone();
                sorted.sort_unstable();
                if sorted != (0..flow.view.dims.len()).collect::<Vec<_>>() {
                    return Err(ImportError::file(format!("there are no axes {axes:?}")));
                }
                flow.view = flow.view.permuted(axes);
            }
            Op::Dense { weight, bias } => flow.dense(weight, bias.as_ref(), last)?,
            Op::BatchNorm { parts: [scale, shift, mean, variance], epsilon } => {
                let spec = LayerSpec::BatchNorm { epsilon: *epsilon, momentum: 0.1 };
                let parts = [
                    ("scale", scale),
                    ("shift", shift),
                    ("running_mean", mean),
                    ("running_variance", variance),
                ];
                flow.per_feature(spec, &parts, last)?;
            }
            Op::GroupNorm { groups, parts, epsilon } => {
                flow.in_channel_order(last)?;
                let spec = LayerSpec::GroupNorm { groups: *groups, epsilon: *epsilon };
                flow.norm(spec, parts, last)?;
            }
            Op::InstanceNorm { parts, epsilon } => {
                if flow.view.dims.len() == 2 {
                    flow.norm_of_rows(parts, *epsilon)?;
                } else {
                    let spec = LayerSpec::InstanceNorm { epsilon: *epsilon, affine: true };
                    flow.norm(spec, parts, last)?;
                }
            }
            Op::LayerNorm { parts, epsilon } => {
                if flow.view.dims.len() != 1 {
                    return Err(ImportError::file(
                        "a layer normalisation of images over other axes than all of them with a scale for each channel is no \
                         layer here",
                    ));
                }
                flow.norm(LayerSpec::LayerNorm { epsilon: *epsilon }, parts, last)?;
            }
            Op::Prelu { slope } => flow.prelu(slope)?,
            Op::Affine { scale, shift } => flow.affine(scale, shift)?,
            Op::Crop { axis, begin, end } => flow.crop(*axis, *begin, *end, last)?,
            Op::Repeat { axis, times } => flow.view = flow.view.repeated(*axis, *times)?,
            Op::Conv { .. } | Op::ConvTranspose { .. } => convolution::add(&mut flow, op, last)?,
            Op::Enlarge { down, across } if down != across => {
                return Err(ImportError::file("an enlargement by two factors has no layer here"));
            }
            Op::Enlarge { down, .. } => {
                flow.of_pixels(LayerSpec::Upsample { scale: *down }, last)?
            }
            Op::Upsample { scale, is_bilinear } => {
                let scale = *scale;
                let spec = if *is_bilinear {
                    LayerSpec::UpsampleBilinear { scale }
                } else {
                    LayerSpec::Upsample { scale }
                };
                flow.of_pixels(spec, last)?;
            }
            Op::AveragePool { size } => {
                flow.of_pixels(LayerSpec::AveragePool { size: *size }, last)?
            }
            Op::Pad { sides } => flow.pad(*sides, last)?,
            Op::PixelShuffle { scale, blocks_first } => {
                flow.pixel_shuffle(*scale, *blocks_first, last)?;
            }
            Op::Whole
            | Op::Numbers { .. }
            | Op::Class { .. }
            | Op::Embedding { .. }
            | Op::OneHot { .. }
            | Op::Table(_)
            | Op::Concat { .. }
            | Op::Multiply
            | Op::Add => {
                return Err(ImportError::file(format!(
                    "this program has no layer for {} of numbers alone",
                    op.told()
                )));
            }
        }
        Ok(flow)
    }
}

impl Value {
    fn dims(&self) -> &[usize] {
        match self {
            Self::Flow(flow) => &flow.view.dims,
            Self::Class { dims } => dims,
            Self::Table(table) => &table.dims,
        }
    }

    /// In messages.
    fn told(&self) -> &'static str {
        match self {
            Self::Flow(_) => "numbers of the latent",
            Self::Class { .. } => "a class",
            Self::Table(_) => "numbers of a class",
        }
    }
}

impl Op {
    /// In messages.
    pub(crate) fn told(&self) -> &'static str {
        match self {
            Self::Numbers { .. } | Self::Class { .. } => "an input",
            Self::Dense { .. } => "a product with weights",
            Self::Conv { .. } => "a convolution",
            Self::ConvTranspose { .. } => "a transposed convolution",
            Self::BatchNorm { .. } => "a batch normalisation",
            Self::GroupNorm { .. } => "a group normalisation",
            Self::InstanceNorm { .. } => "an instance normalisation",
            Self::LayerNorm { .. } => "a layer normalisation",
            Self::Activation(_) => "an activation",
            Self::Prelu { .. } => "a PReLU",
            Self::Affine { .. } => "a scale and a shift",
            Self::Reshape { .. } => "a reshape",
            Self::Permute { .. } => "permuted axes",
            Self::Upsample { .. } | Self::Enlarge { .. } => "an enlargement",
            Self::PixelShuffle { .. } => "a pixel shuffle",
            Self::AveragePool { .. } => "an average",
            Self::Pad { .. } => "a padding",
            Self::Identity | Self::AlongChannels { .. } => "a copy",
            Self::ChannelsLast => "permuted axes",
            Self::Whole => "a cast to whole numbers",
            Self::Embedding { .. } | Self::Table(_) => "an embedding",
            Self::Crop { .. } => "a slice",
            Self::Repeat { .. } => "a repetition",
            Self::OneHot { .. } => "one-hot numbers",
            Self::Concat { .. } => "a concatenation",
            Self::Multiply => "a product",
            Self::Add => "a sum",
        }
    }
}

/// The view of `dims` in which a value of the same count of numbers is read.
fn reshaped(view: &View, dims: &[usize]) -> Result<View, ImportError> {
    let dims = &closed(dims, view.order.len());
    if dims.iter().product::<usize>() != view.order.len() {
        return Err(ImportError::file(format!(
            "a value of {} numbers is not read as one of {}",
            view.order.len(),
            dims.iter().map(ToString::to_string).collect::<Vec<_>>().join("x")
        )));
    }
    Ok(View { dims: dims.to_vec(), order: view.order.clone() })
}
