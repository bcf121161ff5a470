//! A sample of a generator that is edited, as the lab's worker tells of it, and the lines that show it in a page.

use serde_json::Value;

/// A generator that is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The run's, as of the moment when it is chosen.
    Run,
    /// A trained one, by its file's name.
    Trained(&'static str),
}

/// A sample as the lab's worker tells of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    pub(super) pixels: Vec<u8>,
    /// The generator's input.
    pub(super) input: Value,
    /// Slant, thickness and size; `None` of a black image.
    pub(super) measures: Option<[f64; 3]>,
    pub(super) digit: u64,
    pub(super) share: f64,
    /// How near it is to the picture that it was found for, in dB.
    pub(super) psnr: Option<f64>,
}

impl Shot {
    pub(super) fn of_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let pixels = value["pixels"].as_array()?.iter();
        let pixels: Option<Vec<u8>> =
            pixels.map(|pixel| u8::try_from(pixel.as_u64()?).ok()).collect();
        let measures = value["measures"].as_array().and_then(|measures| {
            let numbers: Option<Vec<f64>> = measures.iter().map(Value::as_f64).collect();
            numbers?.try_into().ok()
        });
        Some(Self {
            pixels: pixels?,
            input: value["input"].clone(),
            measures,
            digit: value["class"].as_u64()?,
            share: value["share"].as_f64()?,
            psnr: value["psnr"].as_f64(),
        })
    }

    /// The input's numbers, and its class, for the widget's attributes.
    fn attributes(&self) -> String {
        let numbers = self.input["values"].as_array().into_iter().flatten();
        let numbers: Vec<String> = numbers
            .filter_map(Value::as_f64)
            .map(|number| ((number * 1e3).round() / 1e3 + 0.0).to_string())
            .collect();
        let label = self.input["labels"][0].as_u64();
        let label = label.map_or_else(String::new, |label| format!(" label=\"{label}\""));
        format!("count=\"1\"{label} latent=\"{}\"", numbers.join(" "))
    }
}

/// The HTML for one sample of a generator's file.
pub(super) fn snippet(site: &str, source: Source, shot: &Shot) -> String {
    let file = match source {
        Source::Run => "generator.safetensors".to_owned(),
        Source::Trained(name) => format!("{site}pretrained/{name}.safetensors"),
    };
    format!(
        "<script type=\"module\" src=\"{site}widget/gan-sampler.js\"></script>\n\
         <gan-sampler src=\"{file}\" {} style=\"width: 160px\"></gan-sampler>",
        shot.attributes()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"pixels": [0, 255], "input": {"values": [0.12345, -0.0001], "labels": [7],
        "generators": []}, "measures": [1.5, 2, 3], "class": 7, "share": 0.75, "psnr": 18.5}"#;

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let shot = Shot::of_json(TEXT).expect("whole");
        assert_eq!(shot.pixels, [0, 255]);
        assert_eq!((shot.measures, shot.digit, shot.psnr), (Some([1.5, 2.0, 3.0]), 7, Some(18.5)));
        let black = TEXT.replace("[1.5, 2, 3]", "null").replace(", \"psnr\": 18.5", "");
        let black = Shot::of_json(&black).expect("whole");
        assert_eq!((black.measures, black.psnr), (None, None));
        for broken in ["", "{}", &TEXT.replace("255", "256"), &TEXT.replace("\"class\": 7,", "")] {
            assert_eq!(Shot::of_json(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_snippet_holds_the_input() {
        let shot = Shot::of_json(TEXT).expect("whole");
        let text = snippet("https://example.org/", Source::Trained("mnist-conditional"), &shot);
        assert!(text.contains("count=\"1\" label=\"7\" latent=\"0.123 0\""), "{text}");
        assert!(text.contains("https://example.org/pretrained/mnist-conditional.safetensors"));
        assert!(snippet("", Source::Run, &shot).contains("src=\"generator.safetensors\""));
    }
}
