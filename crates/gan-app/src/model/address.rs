//! Reads and writes the page's address, which shares a run by a link.
//!
//! `#preset=…&spec=…&backend=auto|cpu|webgpu&autostart=1&lang=en|zh`, every part optional. `spec`
//! is a percent-encoded JSON merge patch of the preset: only the differences. The lab has parts of its
//! own, [`LAB_PARTS`]: it begins a lesson at a step, shows a panel, opens a checkpoint or a generator
//! from another address, and writes these parts as the reader goes on.

use gan_protocol::{DEFAULT_PRESET, RunSpec, difference, preset};
use serde_json::Value;

use crate::model::backends::Preference;
use crate::model::refusal::Refusal;
use crate::model::settings;
use crate::model::supervisor::Run;

/// The content of an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Address {
    /// The preset's name, if there is one.
    pub preset: Option<String>,
    /// The differences from the preset.
    pub patch: Option<Value>,
    /// The backend.
    pub backend: Preference,
    /// Whether training starts automatically.
    pub autostart: bool,
    /// The language, `en` or `zh`.
    pub language: Option<String>,
    /// The lab's parts, in the order of [`LAB_PARTS`].
    pub lab: [Option<String>; LAB_PARTS.len()],
}

/// The names of the lab's parts: a lesson and its step (from 1), a panel, and addresses of a checkpoint
/// and of a generator. The panel is no part of a run: links leave it out.
pub const LAB_PARTS: [&str; 5] = ["lesson", "step", "panel", "checkpoint", "generator"];

impl Address {
    /// Reads a hash, with or without its `#`. Invalid parts are left out and returned as refusals.
    pub fn parse(hash: &str) -> (Self, Vec<Refusal>) {
        let mut address = Self::default();
        let mut refusals = Vec::new();
        let parts = hash.trim_start_matches('#').split('&').filter(|part| !part.is_empty());
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let Some(value) = decoded(value) else {
                refusals.push(Refusal::usage(format!("{key}: is not percent-encoded UTF-8")));
                continue;
            };
            if let Err(message) = address.set(key, value) {
                refusals.push(Refusal::usage(format!("{key}: {message}")));
            }
        }
        (address, refusals)
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), String> {
        match (key, value.as_str()) {
            ("preset", _) => self.preset = Some(value),
            ("spec", json) => {
                self.patch = Some(serde_json::from_str(json).map_err(|error| error.to_string())?);
            }
            ("backend", name) => {
                self.backend = preference(name)
                    .ok_or_else(|| format!("is `{name}`; allowed is auto, cpu, webgpu"))?;
            }
            ("autostart", "1") => self.autostart = true,
            ("autostart", "0" | "") => self.autostart = false,
            ("autostart", other) => return Err(format!("is `{other}`; allowed is 0, 1")),
            ("lang", "en" | "zh") => self.language = Some(value),
            ("lang", other) => return Err(format!("is `{other}`; allowed is en, zh")),
            _ => match LAB_PARTS.iter().position(|name| *name == key) {
                Some(place) => self.lab[place] = Some(value),
                None => {
                    let lab = LAB_PARTS.join(", ");
                    return Err(format!(
                        "is not known; allowed is preset, spec, backend, autostart, lang, {lab}"
                    ));
                }
            },
        }
        Ok(())
    }

    /// The run of the address, without the files that it may need; or the default run with the
    /// reason.
    pub fn run<B: Clone>(&self) -> (Run<B>, Option<Refusal>) {
        let name = self.preset.as_deref().unwrap_or(DEFAULT_PRESET);
        let empty = Value::Object(serde_json::Map::new());
        let patch = self.patch.as_ref().unwrap_or(&empty);
        let resolved =
            settings::preset_named(name).and_then(|preset| settings::patched(preset, patch));
        match resolved {
            Ok(run) => (run, None),
            Err(refusal) => (settings::default_run(), Some(refusal)),
        }
    }

    /// The address of a run, without default values.
    pub fn of<B>(
        run: &Run<B>,
        backend: Preference,
        autostart: bool,
        language: Option<&str>,
    ) -> Self {
        let base = preset(&run.preset).map(|preset| preset.spec.to_value());
        // An address brings no checkpoint, so whoever follows it begins with nets that are drawn.
        let spec = RunSpec { initial: None, ..run.spec.clone() };
        let patch = base.and_then(|base| difference(&base, &spec.to_value()));
        Self {
            preset: (run.preset != DEFAULT_PRESET).then(|| run.preset.clone()),
            patch,
            backend,
            autostart,
            language: language.map(str::to_string),
            lab: Default::default(),
        }
    }

    /// With the lab's parts of the address that this one replaces.
    pub fn in_place_of(self, before: Self) -> Self {
        Self { lab: before.lab, ..self }
    }

    /// The address without its panel.
    pub fn without_panel(mut self) -> Self {
        if let Some(panel) = LAB_PARTS.iter().position(|name| *name == "panel") {
            self.lab[panel] = None;
        }
        self
    }

    /// Whether the lab is to load a run, a lesson's or another address's, and no other run is named.
    pub fn is_for_lab(&self) -> bool {
        let loads = |(name, part): (&&str, &Option<String>)| {
            part.is_some() && ["lesson", "checkpoint"].contains(name)
        };
        LAB_PARTS.iter().zip(&self.lab).any(loads) && self.preset.is_none() && self.patch.is_none()
    }

    /// The hash, with its `#`; empty if everything has its default.
    pub fn to_hash(&self) -> String {
        let mut parts = Vec::new();
        if let Some(preset) = &self.preset {
            parts.push(format!("preset={}", encoded(preset)));
        }
        if let Some(patch) = &self.patch {
            parts.push(format!("spec={}", encoded(&patch.to_string())));
        }
        if self.backend != Preference::Auto {
            parts.push(format!("backend={}", preference_name(self.backend)));
        }
        if self.autostart {
            parts.push("autostart=1".to_string());
        }
        if let Some(language) = &self.language {
            parts.push(format!("lang={language}"));
        }
        for (key, value) in LAB_PARTS.iter().zip(&self.lab) {
            if let Some(value) = value {
                parts.push(format!("{key}={}", encoded(value)));
            }
        }
        if parts.is_empty() { String::new() } else { format!("#{}", parts.join("&")) }
    }
}

/// The choice named `name`.
pub fn preference(name: &str) -> Option<Preference> {
    match name {
        "auto" => Some(Preference::Auto),
        "cpu" => Some(Preference::Cpu),
        "webgpu" => Some(Preference::Webgpu),
        _ => None,
    }
}

/// The name of a choice, as in the address.
pub fn preference_name(preference: Preference) -> &'static str {
    match preference {
        Preference::Auto => "auto",
        Preference::Cpu => "cpu",
        Preference::Webgpu => "webgpu",
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b',' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%' {
            let pair = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run_of(hash: &str) -> (Run<()>, Option<Refusal>) {
        Address::parse(hash).0.run()
    }

    #[test]
    fn an_empty_address_is_the_default_run() {
        let (address, refusals) = Address::parse("");
        assert_eq!((address.clone(), refusals), (Address::default(), vec![]));
        assert_eq!(address.run::<()>().0.preset, DEFAULT_PRESET);
        assert_eq!(address.to_hash(), "");
    }

    #[test]
    fn every_part_is_read() {
        let hash =
            "#preset=mnist-mlp&spec=%7B%22batch_size%22:32%7D&backend=cpu&autostart=1&lang=zh";
        let (address, refusals) = Address::parse(hash);
        assert_eq!(refusals, []);
        assert_eq!(address.backend, Preference::Cpu);
        assert!(address.autostart);
        assert_eq!(address.language.as_deref(), Some("zh"));
        let (run, refusal) = address.run::<()>();
        assert_eq!((run.spec.batch_size, refusal), (32, None));
        assert_eq!(address.to_hash(), hash);
    }

    #[test]
    fn wrong_parts_are_told_with_their_names_and_the_rest_is_kept() {
        let (address, refusals) =
            Address::parse("#backend=tpu&lang=fr&autostart=yes&spec=%7B&colour=blue&preset=%FF");
        let told: Vec<_> = refusals.iter().map(|refusal| refusal.message.as_str()).collect();
        assert_eq!(told.len(), 6);
        assert_eq!(told[0], "backend: is `tpu`; allowed is auto, cpu, webgpu");
        assert!(told[3].starts_with("spec: EOF"), "{}", told[3]);
        assert!(told[4].starts_with("colour: is not known"), "{}", told[4]);
        assert_eq!(address, Address::default());
    }

    #[test]
    fn a_wrong_spec_is_refused_with_its_path_and_the_default_runs() {
        let (run, refusal) = run_of("#spec=%7B%22batch_size%22:0%7D");
        assert_eq!(run, settings::default_run());
        assert_eq!(refusal.expect("0 is wrong").message, "batch_size: is 0; allowed is 2 to 4096");
        assert!(run_of("#preset=nothing").1.expect("no such").message.starts_with("preset: is"));
    }

    #[test]
    fn the_settings_of_a_run_on_files_come_by_a_link_and_its_files_do_not() {
        let mut run: Run<()> = settings::default_run();
        run.spec.data.source = gan_protocol::DataSource::IdxFiles;
        run.spec.seed = 77;
        let (found, refusal) = run_of(&Address::of(&run, Preference::Auto, false, None).to_hash());
        assert_eq!((&found, refusal), (&run, None));
        assert!(settings::lacks_files(&found));
    }

    #[test]
    fn a_run_that_begins_with_other_nets_has_an_address_without_them() {
        let mut run: Run<()> = settings::default_run();
        run.spec.seed = 77;
        let spec = run.spec.clone();
        run.spec.initial =
            Some(gan_protocol::InitialSpec::of(b"", gan_protocol::InitialNets::Both));
        let (found, refusal) = run_of(&Address::of(&run, Preference::Auto, false, None).to_hash());
        assert_eq!((found.spec, refusal), (spec, None));
    }

    #[test]
    fn only_what_differs_is_written_and_comes_back() {
        let mut run: Run<()> = settings::default_run();
        run.spec.label_smoothing = 0.2;
        run.spec.generator_optimizer.learning_rate = 0.003;
        let address = Address::of(&run, Preference::Auto, false, None);
        assert_eq!(
            address.patch,
            Some(json!({"generator_optimizer": {"learning_rate": 0.003}, "label_smoothing": 0.2}))
        );
        assert_eq!(run_of(&address.to_hash()), (run, None));
    }

    #[test]
    fn the_labs_parts_stay_when_another_run_is_written() {
        let (before, refusals) =
            Address::parse("#preset=ring&lang=en&lesson=repairs&step=3&panel=look");
        assert_eq!(refusals, []);
        assert!(!before.is_for_lab());
        let mut run: Run<()> = settings::default_run();
        run.spec.seed = 7;
        let now = Address::of(&run, Preference::Auto, false, Some("zh")).in_place_of(before);
        assert_eq!(
            now.to_hash(),
            "#spec=%7B%22seed%22:7%7D&lang=zh&lesson=repairs&step=3&panel=look"
        );
        assert_eq!(run_of(&now.to_hash()), (run, None));
        assert!(now.without_panel().to_hash().ends_with("&lesson=repairs&step=3"));
        for hash in ["#lesson=repairs&lang=en", "#checkpoint=https:%2F%2Fexample.org%2Frun"] {
            assert!(Address::parse(hash).0.is_for_lab(), "{hash}");
        }
        assert!(!Address::parse("#lang=en&panel=look").0.is_for_lab());
    }

    #[test]
    fn broken_escapes_do_not_panic() {
        for text in ["%", "%4", "%zz", "a%", "%€"] {
            assert_eq!(decoded(text), None, "{text}");
        }
        assert_eq!(decoded(&encoded("中 {\"é\"}")).as_deref(), Some("中 {\"é\"}"));
    }
}
