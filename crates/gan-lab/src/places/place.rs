//! The places by name, and where they are on the page.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::focus::found;
use crate::words::key;

/// A part of the page that has the space beside the samples for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Charts, diagnosis and settings.
    Run,
    /// Lessons.
    Learn,
    /// Digits, verdicts, the nearest reals, the game.
    Look,
    /// One step, taken apart.
    Step,
    /// Up to four runs side by side, and sweeps.
    Compare,
    /// The nets and all settings.
    Build,
    /// The user's data.
    Data,
    /// The run's past, and kept runs.
    Past,
    /// Checkpoint, link, generator, program.
    Take,
    /// Links for a class.
    Teach,
}

impl Place {
    /// All places in the order of their tabs.
    pub(crate) const ALL: [Self; 10] = [
        Self::Run,
        Self::Learn,
        Self::Look,
        Self::Step,
        Self::Compare,
        Self::Build,
        Self::Data,
        Self::Past,
        Self::Take,
        Self::Teach,
    ];

    /// The name in the address, `panel=…`, and the id of the element.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Learn => "learn",
            Self::Look => "look",
            Self::Step => "step",
            Self::Compare => "compare",
            Self::Build => "build",
            Self::Data => "data",
            Self::Past => "past",
            Self::Take => "take",
            Self::Teach => "teach",
        }
    }

    /// The place named `id`.
    pub(crate) fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.id() == id)
    }

    /// The key of the tab's text.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Run => key("place-run"),
            Self::Learn => key("place-learn"),
            Self::Look => key("place-look"),
            Self::Step => key("place-step"),
            Self::Compare => key("place-compare"),
            Self::Build => key("place-build"),
            Self::Data => key("place-data"),
            Self::Past => key("place-past"),
            Self::Take => key("place-take"),
            Self::Teach => key("place-teach"),
        }
    }

    /// The parts in it, by the names in a teacher's link (`web/lab/teacher.js`). A place all of whose
    /// parts are hidden has no tab.
    fn parts(self) -> &'static [&'static str] {
        match self {
            // Without it there would be nothing to begin with.
            Self::Run => &[],
            Self::Learn => &["lessons"],
            Self::Look => &["images"],
            Self::Step => &["step"],
            Self::Compare => &["comparison"],
            Self::Build => &["nets", "settings"],
            Self::Data => &["pictures"],
            Self::Past => &["timeline", "runs"],
            Self::Take => &["take"],
            Self::Teach => &["teacher"],
        }
    }

    /// Whether a link that hides `hidden` leaves something of it.
    pub(crate) fn is_offered(self, hidden: &[&str]) -> bool {
        let parts = self.parts();
        parts.is_empty() || parts.iter().any(|part| !hidden.contains(part))
    }

    /// Its element: the page's own, or a new one beside them.
    pub(crate) fn element(self) -> Option<HtmlElement> {
        if let Some(own) = found(&format!("#{}", self.id())) {
            return Some(own);
        }
        let document = web_sys::window()?.document()?;
        let element: HtmlElement = document.create_element("div").ok()?.dyn_into().ok()?;
        element.set_id(self.id());
        element.set_hidden(true);
        found(".work")?.append_child(&element).ok()?;
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_names_of_their_own() {
        for place in Place::ALL {
            assert_eq!(Place::named(place.id()), Some(place));
        }
        assert_eq!(Place::named("nowhere"), None);
    }

    #[test]
    fn a_place_without_parts_in_sight_is_not_offered() {
        assert!(!Place::Learn.is_offered(&["lessons"]));
        assert!(Place::Past.is_offered(&["runs"]));
        assert!(!Place::Past.is_offered(&["runs", "timeline"]));
        assert!(Place::Run.is_offered(&["settings", "charts", "findings"]));
    }

    #[test]
    fn the_parts_of_places_are_those_of_teachers_links() {
        let script = include_str!("../../../../web/lab/teacher.js");
        for part in Place::ALL.into_iter().flat_map(Place::parts) {
            assert!(script.contains(&format!("\n  {part}: \"")), "{part}");
        }
    }
}
