//! Requests to the worker that examines nets while the run goes on.

use js_sys::{Float32Array, Float64Array, Uint8Array, Uint16Array};
use wasm_bindgen::prelude::*;

use crate::playground::settle;
use crate::workers;

/// An image whose picture the generator is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Restored {
    /// In the page's layout of pixels.
    pub(crate) pixels: Vec<u8>,
    /// A byte for each pixel, not 0 where it is missing; empty for a hole as the run draws it.
    pub(crate) missing: Vec<u8>,
    /// Determines noise, holes and latents.
    pub(crate) seed: u32,
    /// Whether it is a whole image, not a drawing of outlines.
    pub(crate) is_sample: bool,
    /// Its class, for a generator that is told it.
    pub(crate) label: u16,
}

/// A request.
pub(crate) enum Question {
    /// Loads the nets of this checkpoint. Reply: nothing.
    Inspect(Uint8Array),
    /// The discriminator's outputs for images of these classes. Reply: a `Float32Array`.
    Verdicts(Uint8Array, Vec<u16>),
    /// The file of this checkpoint's generator, with 8 bits a number or else 16; the loaded nets stay. Reply:
    /// a `Uint8Array`.
    Generator(Uint8Array, bool),
    /// What the generator makes of an image: the picture it is given and the sample, as images. Reply: a
    /// `Uint8Array` of both.
    Restored(Restored),
    /// The header of the trained generator of this name (`web/pretrained`). Reply: JSON.
    Header(&'static str),
    /// Samples of a trained generator for latents with their codes, of these classes; in turn where there
    /// are none. Reply: a `Uint8Array` of images.
    Make(&'static str, Vec<f32>, Vec<u16>),
    /// Takes a trained generator by its name to be edited. Reply: nothing.
    TakeTrained(&'static str),
    /// Takes the generator of this checkpoint to be edited. Reply: nothing.
    TakeRun(Uint8Array),
    /// A sample drawn by this seed. Reply, as of the next two: JSON (see `gan_inspector::editor`).
    DrawToEdit(u32),
    /// The sample that is nearest to an image.
    Invert(Vec<u8>),
    /// The sample near that of an input (JSON) whose measures are these.
    Edit(String, [f64; 3]),
    /// The sample of an input (JSON) moved by these amounts along directions that nobody named: by activations, or
    /// else by the first weights. Reply: as of the last.
    MoveFound(String, bool, Vec<f64>),
    /// A map of reals with samples of this checkpoint's generator on it, both as images; and whether the
    /// classifier reads them. Reply: JSON (see `gan_inspector::mapper`).
    Map([Uint8Array; 3], bool),
    /// What is made of the latent of this real, moved to a place on the map; where it is, for `None`.
    /// Reply: a `Uint8Array`, empty on a map of another kind.
    MoveOnMap(u32, Option<[f32; 2]>),
    /// Takes the style-based generator of this checkpoint. Reply: nothing.
    TakeStyles(Uint8Array),
    /// A table of so many rows and columns of samples whose styles are mixed, by seed, layer and
    /// truncation. Reply: a `Uint8Array` of images.
    MixStyles([u32; 2], (u32, usize, f64)),
    /// Fréchet distance and diversity of samples of that generator for each of these truncations, against these
    /// reals. Reply: a `Float64Array` of pairs.
    StyleCurve(Uint8Array, Vec<f32>),
    /// The probability of each digit, image after image. Reply: a `Float32Array`.
    Read(Uint8Array),
}

/// Sends a request; `done` is called with the reply or the error.
pub(crate) fn ask(question: Question, done: impl FnOnce(Result<JsValue, String>) + 'static) {
    let (kind, fields) = match question {
        Question::Inspect(checkpoint) => ("inspect", vec![("checkpoint", checkpoint.into())]),
        Question::Verdicts(pixels, labels) => {
            let labels = Uint16Array::from(labels.as_slice());
            ("verdicts", vec![("pixels", pixels.into()), ("labels", labels.into())])
        }
        Question::Generator(checkpoint, is_small) => {
            ("generator", vec![("checkpoint", checkpoint.into()), ("isSmall", is_small.into())])
        }
        Question::Restored(of) => (
            "restored",
            vec![
                ("pixels", Uint8Array::from(of.pixels.as_slice()).into()),
                ("missing", Uint8Array::from(of.missing.as_slice()).into()),
                ("seed", of.seed.into()),
                ("isSample", of.is_sample.into()),
                ("label", of.label.into()),
            ],
        ),
        Question::Header(name) => ("header", vec![("name", name.into())]),
        Question::Make(name, values, labels) => {
            let values = Float32Array::from(values.as_slice());
            let labels = Uint16Array::from(labels.as_slice());
            let name = ("name", name.into());
            ("make", vec![name, ("values", values.into()), ("labels", labels.into())])
        }
        Question::TakeTrained(name) => ("takeToEdit", vec![("name", name.into())]),
        Question::TakeRun(checkpoint) => ("takeToEdit", vec![("checkpoint", checkpoint.into())]),
        Question::DrawToEdit(seed) => ("drawToEdit", vec![("seed", seed.into())]),
        Question::Invert(pixels) => {
            ("invert", vec![("pixels", Uint8Array::from(pixels.as_slice()).into())])
        }
        Question::Edit(input, wanted) => {
            let wanted = Float64Array::from(wanted.as_slice());
            ("edit", vec![("input", input.into()), ("wanted", wanted.into())])
        }
        Question::MoveFound(input, by_activations, amounts) => {
            let amounts = Float64Array::from(amounts.as_slice());
            let by_activations = ("byActivations", by_activations.into());
            (
                "moveFound",
                vec![("input", input.into()), by_activations, ("amounts", amounts.into())],
            )
        }
        Question::Map([checkpoint, reals, made], on_digits) => (
            "map",
            vec![
                ("checkpoint", checkpoint.into()),
                ("reals", reals.into()),
                ("made", made.into()),
                ("onDigits", on_digits.into()),
            ],
        ),
        Question::MoveOnMap(real, place) => {
            let place = Float32Array::from(place.as_ref().map_or(&[][..], |place| &place[..]));
            ("moveOnMap", vec![("real", real.into()), ("place", place.into())])
        }
        Question::TakeStyles(checkpoint) => ("takeStyles", vec![("checkpoint", checkpoint.into())]),
        Question::MixStyles([rows, columns], (seed, from, truncation)) => (
            "mixStyles",
            vec![
                ("rows", rows.into()),
                ("columns", columns.into()),
                ("seed", seed.into()),
                ("from", (from as u32).into()),
                ("truncation", truncation.into()),
            ],
        ),
        Question::StyleCurve(reals, truncations) => {
            let truncations = Float32Array::from(truncations.as_slice());
            ("styleCurve", vec![("reals", reals.into()), ("truncations", truncations.into())])
        }
        Question::Read(pixels) => ("read", vec![("pixels", pixels.into())]),
    };
    settle(&workers::ask("ask", kind, &fields), done);
}
