//! Converts pictures to a run's data: their shape, the nets for them, and the IDX files.

use std::collections::{HashMap, HashSet};

use gan_data::idx;
use gan_protocol::preset;
use serde_json::{Value, json};

use super::task::{Side, Task};
use crate::words::key;

/// Most classes: a byte stores the number of one.
const MOST_CLASSES: usize = 256;

/// The form of the pictures, and the nets for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// 28 × 28 and grey, for the nets with which the page opens.
    #[default]
    Grey,
    /// The same, with the folder as the nets' class.
    GreyByFolder,
    /// 32 × 32 in colour, for wider nets of the same kind.
    Colour,
    /// In colour and of a size that can be chosen, for a generator that is given pictures.
    Given(Task, Side),
}

impl Form {
    /// Every form, of the smallest size.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let plain = [Self::Grey, Self::Colour, Self::GreyByFolder];
        plain.into_iter().chain(Task::ALL.map(|task| Self::Given(task, Side::default())))
    }

    /// Its name as a choice in the document.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::GreyByFolder => "folders",
            Self::Colour => "colour",
            Self::Given(task, _) => task.name(),
        }
    }

    /// The key of its name.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Grey => key("pictures-grey"),
            Self::GreyByFolder => key("pictures-folders"),
            Self::Colour => key("pictures-colour"),
            Self::Given(task, _) => task.title(),
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|form| form.name() == name)
    }

    /// Whether pictures of so many folders can be learnt from in this form; 0 and 1 mean that folders
    /// say nothing.
    pub(super) fn suits(self, folders: usize) -> bool {
        match self {
            Self::Grey | Self::Colour => true,
            Self::GreyByFolder => folders > 1,
            Self::Given(task, _) => !task.is_between_folders() || folders == 2,
        }
    }

    pub(super) fn is_colour(self) -> bool {
        !matches!(self, Self::Grey | Self::GreyByFolder)
    }

    /// Number of rows, which equals that of columns.
    pub(super) fn side(self) -> usize {
        match self {
            Self::Grey | Self::GreyByFolder => 28,
            Self::Colour => 32,
            Self::Given(_, side) => side.pixels(),
        }
    }

    pub(super) fn channels(self) -> usize {
        if self.is_colour() { 3 } else { 1 }
    }

    /// The run on pictures of so many folders, in the form in which the page loads it: a preset and the
    /// differences.
    pub(super) fn run(self, classes: usize) -> Option<Value> {
        let data = json!({ "source": "idx_files" });
        match self {
            _ if !self.suits(classes) => None,
            Self::Grey => Some(json!({ "preset": "mnist-dcgan-small", "data": data })),
            Self::Colour => serde_json::from_str(include_str!("colour.json")).ok(),
            Self::Given(task, side) => task.run(side.pixels()),
            Self::GreyByFolder => {
                let name = "mnist-conditional";
                let spec = preset(name)?.spec.to_value();
                let (mut generator, mut discriminator) =
                    (spec["generator"].clone(), spec["discriminator"].clone());
                for layer in generator["layers"].as_array_mut()? {
                    if layer["kind"] == "label" {
                        layer["classes"] = classes.into();
                    }
                }
                // One output for real or fake, one for each class.
                discriminator["layers"].as_array_mut()?.last_mut()?["units"] = (1 + classes).into();
                Some(json!({
                    "preset": name,
                    "data": data,
                    "generator": { "layers": generator["layers"] },
                    "discriminator": { "layers": discriminator["layers"] },
                    "labels": { "classes": classes },
                }))
            }
        }
    }

    /// Pixels in this form from RGB pixels, picture after picture: grey by the weights of ITU-R
    /// BT.601, or channel after channel in colour.
    pub(super) fn planes(self, rgb: &[u8]) -> Vec<u8> {
        if !self.is_colour() {
            let grey = |pixel: &[u8]| {
                let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
                ((77 * r + 150 * g + 29 * b + 128) >> 8) as u8
            };
            return rgb.chunks_exact(3).map(grey).collect();
        }
        let pictures = rgb.chunks_exact(3 * self.side() * self.side());
        let channels = |picture: &[u8]| -> Vec<u8> {
            (0..3).flat_map(|channel| picture.iter().skip(channel).step_by(3).copied()).collect()
        };
        pictures.flat_map(channels).collect()
    }

    /// The pictures as an IDX file.
    pub(super) fn file(self, rgb: &[u8]) -> Vec<u8> {
        let (side, planes) = (self.side(), self.planes(rgb));
        let count = planes.len() / (self.channels() * side * side);
        if self.is_colour() {
            idx::written(&[count, 3, side, side], &planes)
        } else {
            idx::written(&[count, side, side], &planes)
        }
    }
}

/// Classes by folders: their names in order, and the class of each picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Classes {
    pub(super) names: Vec<String>,
    pub(super) labels: Vec<u8>,
}

impl Classes {
    /// Classes by the folder of each picture; none if all are in one folder, or in too many.
    pub(super) fn of(paths: &[String]) -> Self {
        let folder = |path: &String| -> String {
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            above.rsplit('/').next().unwrap_or_default().to_owned()
        };
        let names: HashSet<String> = paths.iter().map(folder).collect();
        let mut names: Vec<String> = names.into_iter().collect();
        // In natural order of numbered folders: 1, 2, 10.
        names.sort_by(|one, other| natord::compare(one, other).then_with(|| one.cmp(other)));
        if !(2..=MOST_CLASSES).contains(&names.len()) {
            return Self::default();
        }
        let place: HashMap<&str, usize> =
            names.iter().enumerate().map(|(place, name)| (&**name, place)).collect();
        let label = |path| place.get(&*folder(path)).copied().unwrap_or_default() as u8;
        Self { labels: paths.iter().map(label).collect(), names }
    }

    /// The labels as an IDX file; `None` without classes.
    pub(super) fn file(&self) -> Option<Vec<u8>> {
        (!self.names.is_empty()).then(|| idx::written(&[self.labels.len()], &self.labels))
    }

    /// Which pictures have the other half of their pair, of those at `paths` in two folders: the one of the
    /// same name in the other folder, whatever its ending; where most names differ, the one of the same
    /// place. The numbers of `unread` pictures, in order, have no picture; the answer leaves them out.
    pub(super) fn in_pairs(paths: &[String], unread: &[usize]) -> Vec<bool> {
        let labels = Self::of(paths).labels;
        let name = |path: &String| -> String {
            let file = path.rsplit('/').next().unwrap_or_default();
            file.rsplit_once('.').map_or(file, |(name, _)| name).to_owned()
        };
        let names: Vec<String> = paths.iter().map(name).collect();
        let of = |class: u8| -> HashSet<&str> {
            let own = names.iter().zip(&labels).filter(|(_, label)| **label == class);
            own.map(|(name, _)| &**name).collect()
        };
        let (first, second) = (of(0), of(1));
        let shared = first.intersection(&second).count();
        // A name that stands twice in a folder says nothing.
        let are_unique = first.len() + second.len() == paths.len();
        let by_name = are_unique && 2 * shared > first.len().min(second.len());
        let mut places = [0, 0];
        let mut halves: HashMap<String, usize> = HashMap::new();
        let mut read = Vec::new();
        for (number, label) in labels.iter().enumerate() {
            let place = &mut places[usize::from(*label).min(1)];
            let half = if by_name { names[number].clone() } else { place.to_string() };
            if unread.binary_search(&number).is_err() {
                *halves.entry(half.clone()).or_default() += 1;
                read.push(half);
            }
            *place += 1;
        }
        read.iter().map(|half| halves[half] == 2).collect()
    }

    /// The number of pictures in each class.
    pub(super) fn counts(&self) -> Vec<(String, usize)> {
        let count =
            |class: usize| self.labels.iter().filter(|label| usize::from(**label) == class).count();
        self.names.iter().cloned().enumerate().map(|(class, name)| (name, count(class))).collect()
    }
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, merged};

    use super::*;

    #[test]
    fn every_form_has_nets_that_fit_it() {
        let larger = Task::ALL.map(|task| Form::Given(task, Side::ALL[2]));
        for form in Form::all().chain(larger) {
            let run = form.run(2).expect("a run");
            let base = preset(run["preset"].as_str().expect("a preset")).expect("it is there");
            let mut changes = run.clone();
            changes.as_object_mut().expect("an object").remove("preset");
            let spec = merged(&base.spec.to_value(), &changes).to_string();
            let spec = RunSpec::from_json(&spec).expect("valid");
            let sides = [spec.data.channels, spec.data.height, spec.data.width];
            assert_eq!(sides, [form.channels(), form.side(), form.side()], "{form:?}");
            let same = Form::of_name(form.name()).expect("it is offered");
            assert_eq!(same.title(), form.title());
        }
    }

    #[test]
    fn forms_by_folder_need_their_folders() {
        assert_eq!(Form::GreyByFolder.run(1), None);
        assert!(Form::GreyByFolder.run(3).is_some());
        for task in [Task::Translated, Task::Paired] {
            let form = Form::Given(task, Side::default());
            assert_eq!([form.run(0), form.run(1), form.run(3)], [None, None, None]);
        }
    }

    #[test]
    fn two_folders_are_what_is_given_and_what_is_wanted() {
        let run = |task| Form::Given(task, Side::default()).run(2).expect("a run");
        let (run, translated) = (run(Task::Paired), run(Task::Translated));
        assert_eq!(run["condition"]["picture"], json!({"kind": "paired", "class": 0}));
        assert_eq!(run["data"]["classes"], json!([1]));
        assert_eq!(translated["translation"]["from"]["classes"], json!([0]));
        assert_eq!(translated["data"]["classes"], json!([1]));
    }

    #[test]
    fn pixels_become_files_that_a_run_reads() {
        let side = Form::Colour.side();
        let one: Vec<u8> = [[200, 100, 50]; 32 * 32].concat();
        let other: Vec<u8> = [[0, 0, 255]; 32 * 32].concat();
        let file = Form::Colour.file(&[one, other].concat());
        let read = idx::parse("pictures", &file).expect("an IDX file");
        assert_eq!(read.dimensions, [2, 3, side, side]);
        assert_eq!(read.bytes[side * side], 100);
        assert_eq!(read.bytes[5 * side * side], 255);

        let file = Form::Grey.file(&[[255, 255, 255]; 28 * 28].concat());
        let read = idx::parse("pictures", &file).expect("an IDX file");
        assert_eq!((read.dimensions, read.bytes[0]), (vec![1, 28, 28], 255));
    }

    #[test]
    fn folders_are_classes() {
        let paths = ["all/dogs/1.png", "all/cats/1.png", "all/more/cats/2.png"].map(String::from);
        let classes = Classes::of(&paths);
        assert_eq!(classes.names, ["cats", "dogs"]);
        assert_eq!(classes.labels, [1, 0, 0]);
        assert_eq!(classes.counts(), [("cats".to_owned(), 2), ("dogs".to_owned(), 1)]);
        let file = classes.file().expect("labels");
        assert_eq!(idx::parse("labels", &file).expect("an IDX file").bytes, [1, 0, 0]);
    }

    #[test]
    fn half_a_pair_is_none() {
        let in_pairs = |paths: &[&str], unread: &[usize]| {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            Classes::in_pairs(&paths, unread)
        };
        let paths = ["in/1.png", "in/2.png", "in/3.png", "out/1.jpg", "out/2.jpg"];
        assert_eq!(in_pairs(&paths, &[]), [true, true, false, true, true]);
        // Without the first picture, 2.jpg still belongs to 2.png.
        assert_eq!(in_pairs(&paths, &[0]), [true, false, false, true]);
        // By name, even where the places differ.
        let paths = ["in/2.png", "in/3.png", "in/4.png", "out/1.png", "out/2.png", "out/3.png"];
        assert_eq!(in_pairs(&paths, &[]), [true, true, false, false, true, true]);
        // By place, where names say nothing.
        let paths = ["in/a.png", "in/b.png", "in/c.png", "out/x.png", "out/y.png"];
        assert_eq!(in_pairs(&paths, &[1]), [true, false, true, false]);
    }

    #[test]
    fn numbered_folders_come_in_their_order() {
        let paths = ["d/10/a.png", "d/2/a.png", "d/1/a.png"].map(String::from);
        let classes = Classes::of(&paths);
        assert_eq!(classes.names, ["1", "2", "10"]);
        assert_eq!(classes.labels, [2, 1, 0]);
    }

    #[test]
    fn one_folder_is_no_class() {
        for paths in [vec![], vec!["a.png", "b.png"], vec!["all/a.png", "all/b.png"]] {
            let paths: Vec<String> = paths.into_iter().map(String::from).collect();
            assert_eq!(Classes::of(&paths), Classes::default());
            assert_eq!(Classes::of(&paths).file(), None);
        }
    }
}
