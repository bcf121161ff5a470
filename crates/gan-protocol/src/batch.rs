//! A batch of real samples on the host: data sources give it, training takes it.

/// Real samples one after another, with their classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RealBatch {
    /// Laid out [sample, channel, row, column] or [sample, number]: images in [-1, 1]
    /// (byte / 127.5 - 1), points in the units of their distribution.
    pub values: Vec<f32>,
    /// One class a sample; empty where the data have none.
    pub labels: Vec<u16>,
    /// The picture of each sample that the generator is given, laid out as `values`; empty where it
    /// is given none.
    pub pictures: Vec<f32>,
    /// Further samples with the classes that the run may use, where it may use only some.
    pub labelled: Option<Box<Self>>,
}
