//! The reader's summary of the user's data files, and the nets that fit them.

use gan_protocol::merged;
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::Form;
use crate::words::{key, say_with};

/// Classes that are listed; there may be 256.
const LISTED: usize = 62;

/// The images that were read from files.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    /// Path of the array.
    pub(super) path: String,
    /// Paths of all arrays that may be images.
    pub(super) entries: Vec<String>,
    /// Numbers of images read, and in the file.
    pub(super) count: usize,
    pub(super) of: usize,
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    /// The values of black and white in the file.
    pub(super) range: [f64; 2],
    /// Classes by labels, if there are labels.
    pub(super) classes: Option<Vec<Class>>,
    pub(super) notes: Vec<String>,
    pub(super) left_out: Vec<LeftOut>,
    /// Whether the name is that of a set whose images lie on their side.
    pub(super) lies_on_its_side: bool,
}

/// A class with its number of images.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) count: usize,
}

/// A part of the files that is not read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct LeftOut {
    pub(super) path: String,
    pub(super) reason: String,
    pub(super) message: String,
}

impl Summary {
    /// Number of classes with images: the number of classes of a run with labels.
    pub(super) fn class_count(&self) -> usize {
        let classes = self.classes.iter().flatten();
        classes.filter(|class| class.count > 0).count()
    }

    /// What was read, and what was left out.
    pub(super) fn in_words(&self) -> String {
        let Self { count, of, height, width, range: [low, high], .. } = self;
        let facts = [
            ("name", self.path.clone()),
            ("count", count.to_string()),
            ("height", height.to_string()),
            ("width", width.to_string()),
            ("low", low.to_string()),
            ("high", high.to_string()),
        ];
        let colours =
            if self.channels == 3 { key("data-read-colour") } else { key("data-read-grey") };
        let mut told = vec![say_with(colours, &facts)];
        if count < of {
            let kept = if self.classes.is_some() { key("data-shared") } else { key("data-first") };
            told.push(say_with(kept, &[("of", of.to_string())]));
        }
        told.extend(self.notes.iter().map(|note| format!("{note}.")));
        let hidden = self.left_out.iter().filter(|one| one.reason == "hidden").count();
        if hidden > 0 {
            told.push(say_with(key("data-hidden"), &[("count", hidden.to_string())]));
        }
        for one in self.left_out.iter().filter(|one| one.reason != "hidden") {
            told.push(format!("{}: {}.", one.path, one.message));
        }
        told.join(" ")
    }

    /// The classes with their numbers of images.
    pub(super) fn classes_in_words(&self) -> Option<String> {
        let classes = self.classes.as_ref()?;
        let listed = classes.iter().take(LISTED);
        let listed: Vec<String> =
            listed.map(|class| format!("{} {}", class.name, class.count)).collect();
        let more = if classes.len() > LISTED { " …" } else { "" };
        let facts = [("count", classes.len().to_string())];
        Some(format!("{} {}{more}", say_with(key("data-classes"), &facts), listed.join(" · ")))
    }
}

/// The nets for the user's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nets {
    /// The nets of the present run.
    Present,
    /// The nets of a form.
    Of(Form),
}

impl Nets {
    pub(super) const ALL: [Self; 4] =
        [Self::Present, Self::Of(Form::Grey), Self::Of(Form::GreyByFolder), Self::Of(Form::Colour)];

    /// Its name as a choice in the document.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Of(form) => form.name(),
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nets| nets.name() == name)
    }

    /// The key of its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Present => key("data-nets-present"),
            Self::Of(Form::GreyByFolder) => key("data-nets-classes"),
            Self::Of(form) => form.title(),
        }
    }

    /// Whether these nets can learn such images: the present run's nets need images with as many
    /// channels, and, if they are conditional, with as many classes.
    pub(super) fn fit(self, summary: &Summary, present: &Value) -> bool {
        match self {
            Self::Present => {
                let channels = present["data"]["channels"].as_u64();
                let classes = present["labels"]["classes"].as_u64().map(|classes| classes as usize);
                let told = classes.is_none_or(|classes| classes == summary.class_count());
                channels == Some(summary.channels as u64) && told
            }
            Self::Of(Form::GreyByFolder) => summary.class_count() > 1,
            Self::Of(_) => true,
        }
    }

    /// The nets that fit best.
    pub(super) fn fitting(summary: &Summary, present: &Value) -> Self {
        let fallback = if summary.channels == 3 { Form::Colour } else { Form::Grey };
        if Self::Present.fit(summary, present) { Self::Present } else { Self::Of(fallback) }
    }

    /// The run, in the form in which the page loads it.
    pub(super) fn run(self, summary: &Summary, present: &Value) -> Option<Value> {
        match self {
            Self::Of(form) => form.run(summary.class_count()),
            Self::Present => {
                // The choice of classes of another data set does not apply to this one.
                let data = json!({ "source": "idx_files", "classes": null, "class_weights": null });
                Some(merged(present, &json!({ "data": data })))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, preset};

    use super::*;

    fn summary(channels: usize, classes: usize) -> Summary {
        let class = |place: usize| Class { name: place.to_string(), count: 3 };
        let classes = (classes > 0).then(|| (0..classes).map(class).collect());
        Summary { channels, classes, ..Summary::default() }
    }

    fn spec(name: &str) -> Value {
        preset(name).expect("a preset").spec.to_value()
    }

    #[test]
    fn grey_images_are_learnt_by_the_nets_at_hand() {
        let present = spec("mnist-mlp");
        let found = summary(1, 26);
        assert_eq!(Nets::fitting(&found, &present), Nets::Present);
        let run = Nets::Present.run(&found, &present).expect("a run");
        let run = RunSpec::from_value(run).expect("valid");
        assert_eq!(serde_json::to_value(run.data.source).expect("a name"), "idx_files");
        assert_eq!(run.generator, preset("mnist-mlp").expect("a preset").spec.generator);
    }

    #[test]
    fn colour_images_get_nets_for_colour() {
        assert_eq!(Nets::fitting(&summary(3, 10), &spec("mnist-mlp")), Nets::Of(Form::Colour));
        assert_eq!(Nets::fitting(&summary(1, 0), &spec("ring")), Nets::Of(Form::Grey));
    }

    #[test]
    fn nets_that_are_told_classes_need_as_many() {
        let present = spec("mnist-conditional");
        assert_eq!(Nets::fitting(&summary(1, 10), &present), Nets::Present);
        assert_eq!(Nets::fitting(&summary(1, 26), &present), Nets::Of(Form::Grey));
        assert!(Nets::Of(Form::GreyByFolder).fit(&summary(1, 26), &present));
        assert!(!Nets::Of(Form::GreyByFolder).fit(&summary(1, 0), &present));
    }
}
