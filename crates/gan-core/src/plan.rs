//! The structure of a net before it has numbers: its layers in order, and the names and shapes of
//! their parameters and buffers.

use std::ops::Range;

use gan_protocol::{LayerSpec, Parameter, Role, Shape};

/// A parameter of a layer.
pub(crate) struct ParameterPlan {
    pub(crate) name: String,
    pub(crate) dimensions: Vec<usize>,
    pub(crate) role: Role,
}

/// Numbers of a layer that are not trained, such as running statistics.
pub(crate) struct BufferPlan {
    pub(crate) name: String,
    pub(crate) size: usize,
    pub(crate) start: f32,
}

/// A layer with its place in the net.
#[derive(Clone, Debug)]
pub(crate) struct PlannedLayer {
    pub(crate) spec: LayerSpec,
    /// The shape of one input sample.
    pub(crate) input: Shape,
    /// The range of its parameters among the net's.
    pub(crate) parameters: Range<usize>,
    /// The range of its buffers among the net's.
    pub(crate) buffers: Range<usize>,
    /// Dimensions of each parameter.
    pub(crate) dimensions: Vec<Vec<usize>>,
    /// The body of a block; empty for other layers.
    pub(crate) body: Vec<PlannedLayer>,
    /// The shortcut of a residual block, or what stands for a stage before it is there; empty for other layers.
    pub(crate) shortcut: Vec<PlannedLayer>,
    /// The number of a stage of growth, from 0; 0 for other layers.
    pub(crate) stage: usize,
}

/// The parameters and buffers of all layers planned so far.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) parameters: Vec<ParameterPlan>,
    pub(crate) buffers: Vec<BufferPlan>,
    /// Stages around the layer that is being planned.
    stages: usize,
}

impl Plan {
    /// Plans `layers` for samples of shape `input`, which must fit; names begin with `prefix`.
    pub(crate) fn add(
        &mut self,
        prefix: &str,
        layers: &[LayerSpec],
        input: Shape,
    ) -> Vec<PlannedLayer> {
        let mut shape = input;
        let mut planned = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            planned.push(self.add_layer(&format!("{prefix}{index}"), layer, shape));
            shape = layer.output(shape).expect("a spec's shapes are checked before it is planned");
        }
        planned
    }

    fn add_layer(&mut self, name: &str, layer: &LayerSpec, shape: Shape) -> PlannedLayer {
        let (first_parameter, first_buffer) = (self.parameters.len(), self.buffers.len());
        for parameter in layer.own_parameters(shape) {
            let Parameter { name: own, dimensions, role } = parameter;
            self.parameters.push(ParameterPlan { name: format!("{name}.{own}"), dimensions, role });
        }
        if let LayerSpec::BatchNorm { .. } = layer {
            for (own, start) in [("running_mean", 0.0), ("running_variance", 1.0)] {
                let name = format!("{name}.{own}");
                self.buffers.push(BufferPlan { name, size: shape.features(), start });
            }
        }
        if let LayerSpec::StyledConstant { .. } = layer {
            let size = shape.size().expect("a spec's shapes are checked before it is planned");
            self.buffers.push(BufferPlan { name: format!("{name}.mean"), size, start: 0.0 });
        }
        let (parameters, buffers) =
            (first_parameter..self.parameters.len(), first_buffer..self.buffers.len());
        let dimensions =
            self.parameters[parameters.clone()].iter().map(|plan| plan.dimensions.clone());
        let dimensions = dimensions.collect();
        let stage = self.stages;
        let (body, shortcut) = match layer {
            LayerSpec::Grow { layers, early, .. } | LayerSpec::Shrink { layers, early, .. } => {
                self.stages += 1;
                let late = self.add(&format!("{name}.layers."), layers, shape);
                self.stages -= 1;
                let small = layer.inner_input("early", shape);
                (late, self.add(&format!("{name}.early."), early, small))
            }
            LayerSpec::Residual { layers, shortcut } => (
                self.add(&format!("{name}.layers."), layers, shape),
                self.add(&format!("{name}.shortcut."), shortcut, shape),
            ),
            LayerSpec::Skip { layers } => {
                (self.add(&format!("{name}.layers."), layers, shape), Vec::new())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let spec = layer.clone();
        PlannedLayer { spec, input: shape, parameters, buffers, dimensions, body, shortcut, stage }
    }
}
