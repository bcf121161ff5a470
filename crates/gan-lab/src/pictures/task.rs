//! What a generator can learn to make of the user's pictures, and the runs for that.

use gan_protocol::preset;
use serde_json::{Value, json};

use crate::words::key;

/// Channels of a picture in colour.
const CHANNELS: usize = 3;

/// What a generator that is given pictures learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// The picture from one of a quarter of its width and height.
    Enlarged,
    /// The picture from one with a hole.
    Filled,
    /// The picture from a noisy one.
    Denoised,
    /// The picture from a grey one.
    Coloured,
    /// A picture of the second of two folders from one of the first, and back, without pairs (CycleGAN).
    Translated,
    /// A picture of the second of two folders from that of the same place in the first (pix2pix).
    Paired,
}

impl Task {
    pub(super) const ALL: [Self; 6] = [
        Self::Enlarged,
        Self::Filled,
        Self::Denoised,
        Self::Coloured,
        Self::Translated,
        Self::Paired,
    ];

    /// Its name as a choice in the document.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Enlarged => "enlarged",
            Self::Filled => "filled",
            Self::Denoised => "denoised",
            Self::Coloured => "coloured",
            Self::Translated => "translated",
            Self::Paired => "paired",
        }
    }

    /// The key of its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Enlarged => key("pictures-enlarged"),
            Self::Filled => key("pictures-filled"),
            Self::Denoised => key("pictures-denoised"),
            Self::Coloured => key("pictures-coloured"),
            Self::Translated => key("pictures-translated"),
            Self::Paired => key("pictures-paired"),
        }
    }

    /// Whether the first of two folders is given, and the second wanted.
    pub(super) fn is_between_folders(self) -> bool {
        matches!(self, Self::Translated | Self::Paired)
    }

    /// The preset whose nets learn it.
    fn preset(self) -> &'static str {
        match self {
            Self::Enlarged => "mnist-super-resolution",
            Self::Filled => "mnist-inpainting",
            Self::Denoised => "mnist-denoising",
            Self::Coloured | Self::Paired => "edges-to-digits",
            Self::Translated => "digits-restyled",
        }
    }

    /// The run on pictures of `side` pixels, in the form in which the page loads it.
    pub(super) fn run(self, side: usize) -> Option<Value> {
        let set = |class: u8| {
            let mut set = json!({
                "source": "idx_files",
                "channels": CHANNELS,
                "height": side,
                "width": side,
            });
            if self.is_between_folders() {
                set["classes"] = json!([class]);
            }
            set
        };
        let name = self.preset();
        let mut layers = preset(name)?.spec.to_value()["generator"]["layers"].clone();
        ends_in_colour(&mut layers)?;
        let mut run = json!({ "preset": name, "data": set(1), "generator": { "layers": layers } });
        match self {
            Self::Enlarged | Self::Denoised => {}
            Self::Filled => {
                // As large a part of the picture as in the preset. The classifier of digits has nothing to
                // say of other pictures.
                let hole = json!({ "kind": "square", "side": side * 3 / 7 });
                let picture = json!({ "kind": "masked", "hole": hole });
                run["condition"] = json!({ "picture": picture, "shown": false });
                run["adversarial_weight"] = 1.into();
                run["terms"] = json!([{ "kind": "l1", "weight": 20 }]);
            }
            Self::Coloured => run["condition"] = json!({ "picture": { "kind": "grey" } }),
            Self::Paired => {
                run["condition"] = json!({ "picture": { "kind": "paired", "class": 0 } });
            }
            Self::Translated => run["translation"] = json!({ "from": set(0) }),
        }
        Some(run)
    }
}

/// Gives the last convolution of `layers`, which may be inside of another layer, three channels.
fn ends_in_colour(layers: &mut Value) -> Option<()> {
    for layer in layers.as_array_mut()?.iter_mut().rev() {
        if layer["kind"] == "conv" {
            layer["channels"] = CHANNELS.into();
            return Some(());
        }
        if let Some(inner) = layer.get_mut("layers") {
            return ends_in_colour(inner);
        }
    }
    None
}

/// The size of pictures that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Side(usize);

impl Side {
    /// Multiples of 16, since nets halve them up to three times.
    pub(super) const ALL: [Self; 3] = [Self(0), Self(1), Self(2)];

    /// In pixels.
    pub(super) fn pixels(self) -> usize {
        32 + 16 * self.0
    }

    /// That of so many pixels.
    pub(super) fn of_pixels(pixels: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.pixels() == pixels)
    }
}
