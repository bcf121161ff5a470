//! A course under way: asks the worker for steps, and keeps what each classifier came to.

use gan_plot::Point;
use gan_protocol::{CourseSpec, Diet, Named as _};
use js_sys::{Array, JSON};
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::playground::{self, count, member, settle};
use crate::workers;

/// Steps of each classifier.
pub(super) const STEPS: u32 = 200;
/// Steps between two examinations.
const BETWEEN: u32 = 10;

/// A course with its curves.
#[derive(Clone, Copy)]
pub(super) struct Taught {
    /// Shares of other images that each classifier names rightly, in percent, by steps.
    pub(super) curves: RwSignal<Vec<Vec<Point>>>,
    pub(super) step: RwSignal<u32>,
    /// Counts of labelled and of other images, once they are known.
    pub(super) counts: RwSignal<Option<[usize; 2]>>,
    pub(super) busy: RwSignal<bool>,
    pub(super) failed: RwSignal<Option<String>>,
    /// Number of courses begun.
    begun: StoredValue<u32>,
}

impl Taught {
    pub(super) fn new() -> Self {
        Self {
            curves: RwSignal::new(Vec::new()),
            step: RwSignal::new(0),
            counts: RwSignal::new(None),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            begun: StoredValue::new(0),
        }
    }

    /// Without any curve.
    pub(super) fn forget(self) {
        self.curves.set(Vec::new());
        self.step.set(0);
        self.counts.set(None);
        self.failed.set(None);
    }

    /// Begins a course with so many labelled images of each class; the page's run rests meanwhile.
    pub(super) fn begin(self, per_class: u32) {
        self.forget();
        self.busy.set(true);
        self.begun.update_value(|begun| *begun += 1);
        let number = self.begun.get_value();
        let seed = playground::spec()["seed"].as_u64().unwrap_or(1);
        let course = CourseSpec { per_class, steps: STEPS, seed };
        let (spec, files) = (playground::spec_value(), playground::run_files());
        playground::pause(move || {
            playground::checkpoint(move |checkpoint| match checkpoint {
                Err(message) => self.fail(number, message),
                // It may have been ended meanwhile: no worker is to be left behind.
                Ok(_) if !self.is_current(number) => {}
                Ok(checkpoint) => {
                    let fields = [
                        ("spec", spec),
                        ("checkpoint", checkpoint.into()),
                        ("files", files.into()),
                    ];
                    settle(&workers::ask("course", "begin", &fields), move |ready| match ready {
                        Err(message) => self.fail(number, message),
                        Ok(_) if !self.is_current(number) => {}
                        Ok(_) => self.advance(number, course),
                    });
                }
            });
        });
    }

    fn advance(self, number: u32, course: CourseSpec) {
        if !self.is_current(number) {
            return;
        }
        let asked = serde_json::to_string(&course).unwrap_or_default();
        let asked = JSON::parse(&asked).unwrap_or(JsValue::UNDEFINED);
        let fields = [("course", asked), ("count", BETWEEN.into())];
        settle(&workers::ask("course", "advance", &fields), move |reply| match reply {
            Err(message) => self.fail(number, message),
            Ok(_) if !self.is_current(number) => {}
            Ok(reply) => {
                self.note(&reply);
                if self.step.get_untracked() < STEPS {
                    self.advance(number, course);
                } else {
                    self.end();
                }
            }
        });
    }

    fn note(self, reply: &JsValue) {
        let step = count(reply, "step") as u32;
        let shares = Array::from(&member(reply, "accuracy"));
        let shares = shares.iter().filter_map(|share| share.as_f64());
        self.curves.update(|curves| {
            for (place, share) in shares.enumerate() {
                if curves.len() <= place {
                    curves.push(Vec::new());
                }
                curves[place].push(Point::new(f64::from(step), 100.0 * share));
            }
        });
        self.step.set(step);
        self.counts.set(Some(["labelled", "held_out"].map(|name| count(reply, name))));
    }

    /// Whether the course with this number is under way, and the panel is there.
    fn is_current(self, number: u32) -> bool {
        self.busy.try_get_untracked() == Some(true) && self.begun.try_get_value() == Some(number)
    }

    fn fail(self, number: u32, message: String) {
        if self.is_current(number) {
            self.failed.set(Some(message));
            self.end();
        }
    }

    /// Ends the course; its curves stay.
    pub(super) fn end(self) {
        if self.busy.try_get_untracked() == Some(true) {
            self.busy.set(false);
            workers::ask("course", "end", &[]);
        }
    }

    /// What the classifiers that have curves are taught with.
    pub(super) fn diets(self) -> impl Iterator<Item = Diet> {
        let there = self.curves.with(Vec::len);
        Diet::ALL.iter().copied().take(there)
    }
}

/// What the page is to load so that a generator by class learns from `per_class` labelled images of each class
/// alone: the run of `spec` if its generator is told the class, else a preset on the same data.
pub(super) fn fair_run(spec: &Value, per_class: u32) -> Value {
    let changed = json!({"translation": 0.1, "rotation_degrees": 10.0, "scale": 1.1});
    let is_told = spec["labels"]["classes"].is_u64();
    let mut run = match is_told {
        true => spec.clone(),
        false => json!({"preset": "mnist-conditional", "seed": spec["seed"]}),
    };
    // Nets of another run have seen more.
    run.as_object_mut().map(|run| run.remove("initial"));
    for field in ["source", "classes", "limit"] {
        if !is_told && !spec["data"][field].is_null() {
            run["data"][field] = spec["data"][field].clone();
        }
    }
    run["data"]["per_class"] = per_class.into();
    if run["diff_augment"].is_null() {
        // So few images are soon learned by heart (Zhao et al. 2020).
        run["diff_augment"] = changed;
    }
    run
}

#[cfg(test)]
mod tests {
    use gan_protocol::{RunSpec, merged, preset};

    use super::*;

    #[test]
    fn a_fair_run_is_one_by_class_on_few_images_of_the_same_data() {
        let whole = |name: &str| preset(name).expect("a preset").spec.to_value();
        let told = fair_run(&whole("mnist-conditional"), 50);
        let told = RunSpec::from_value(told).expect("a valid run");
        assert_eq!((told.data.per_class, told.diff_augment.is_some()), (Some(50), true));
        let mut drawn = whole("mnist-dcgan-small");
        drawn["data"]["source"] = "drawn_digits".into();
        drawn["data"]["classes"] = json!([3, 8]);
        let mut untold = fair_run(&drawn, 10);
        let name = untold.as_object_mut().expect("an object").remove("preset");
        assert_eq!(name, Some("mnist-conditional".into()));
        let untold = merged(&whole("mnist-conditional"), &untold);
        let untold = RunSpec::from_value(untold).expect("a valid run");
        assert_eq!((untold.data.per_class, &untold.data.classes[..]), (Some(10), &[3, 8][..]));
        let mut begun = whole("mnist-conditional");
        begun["initial"] = json!({"checkpoint": "0".repeat(16), "nets": "both"});
        assert!(fair_run(&begun, 10)["initial"].is_null());
        assert_eq!(untold.data.source.facts().title, "drawn digits");
    }
}
