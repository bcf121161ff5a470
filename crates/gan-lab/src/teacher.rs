//! Creates links for a class, which hide or lock parts of the page, and open a lesson or a run.

use leptos::prelude::*;

use crate::address::with_parts;
use crate::copying::CopyButton;
use crate::lessons::address::with_step;
use crate::places::tabs::PANEL;
use crate::playground;
use crate::ticks::every_ms;
use crate::words::{key, language, t};

/// Parts of the page by their names in `web/lab/teacher.js`, with the keys of their names.
const PARTS: [(&str, &str); 15] = [
    ("settings", key("part-settings")),
    ("samples", key("part-samples")),
    ("charts", key("part-charts")),
    ("plane", key("plane-title")),
    ("lessons", key("lessons")),
    ("findings", key("findings-title")),
    ("images", key("images-title")),
    ("timeline", key("timeline-title")),
    ("step", key("scope-title")),
    ("comparison", key("beside-title")),
    ("nets", key("builder-title")),
    ("pictures", key("pictures-title")),
    ("code", key("code-title")),
    ("take", key("part-take")),
    ("runs", key("shelf-title")),
];

/// Time between two readings of the page's address.
const LOOK_EVERY_MS: i32 = 500;

/// What a link does to the page.
#[derive(Clone, Copy, Debug, Default)]
struct Manner {
    /// Locks the settings.
    locks: bool,
    /// Large letters.
    projects: bool,
}

/// The page's address with hidden parts, a manner, and what it opens: a lesson, or the run in the
/// page's own link (`hash`).
fn link(base: &str, hidden: &[&str], manner: Manner, lesson: &str, hash: &str) -> String {
    let Manner { locks, projects } = manner;
    let mut query = Vec::new();
    // A reader of a page with hidden parts should not get the panel for such links.
    let mut hidden = hidden.to_vec();
    if !hidden.is_empty() || locks {
        hidden.push("teacher");
    }
    if !hidden.is_empty() {
        query.push(format!("hide={}", hidden.join(",")));
    }
    if locks {
        query.push("lock=settings".to_string());
    }
    if projects {
        query.push("view=projector".to_string());
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    // The run, and neither the lesson's step nor the panel that the page may be at.
    let run = with_parts(&with_step(hash, None), &[(PANEL, None)]);
    let hash = if lesson.is_empty() { run } else { with_step("", Some((lesson, 0))) };
    format!("{base}{query}{hash}")
}

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

/// Whether the page has large letters (`web/lab/teacher.js` does so by its address).
fn is_projected() -> bool {
    root().is_some_and(|root| root.get_attribute("data-view").as_deref() == Some("projector"))
}

/// Gives the page large letters, or its usual ones.
fn project(projects: bool) {
    if let Some(root) = root() {
        // The name is valid.
        let _ = match projects {
            true => root.set_attribute("data-view", "projector"),
            false => root.remove_attribute("data-view"),
        };
    }
}

/// The page's address without its query and hash, and the hash.
fn place_of_page() -> (String, String) {
    let Some(location) = web_sys::window().map(|window| window.location()) else {
        return Default::default();
    };
    let base = location.origin().unwrap_or_default() + &location.pathname().unwrap_or_default();
    (base, location.hash().unwrap_or_default())
}

#[component]
pub(crate) fn Teacher() -> impl IntoView {
    let hidden = RwSignal::new(Vec::<&'static str>::new());
    let locks = RwSignal::new(false);
    let projects = RwSignal::new(is_projected());
    Effect::new(move |_| project(projects.get()));
    let lesson = RwSignal::new(String::new());
    let shown = NodeRef::new();
    let lessons = gan_lessons::all().unwrap_or_default();
    // The page writes a run into its address without an event, so the address is read at intervals.
    let place = RwSignal::new(place_of_page());
    every_ms(LOOK_EVERY_MS, move || {
        let now = place_of_page();
        if place.with_untracked(|before| *before != now) {
            place.set(now);
        }
    });
    // One address for showing, selecting and copying.
    let on_files = RwSignal::new(false);
    every_ms(LOOK_EVERY_MS, move || {
        let now = playground::run_files().length() > 0;
        if on_files.get_untracked() != now {
            on_files.set(now);
        }
    });
    let lacks_files = move || on_files.get() && lesson.with(String::is_empty);
    let made = Memo::new(move |_| {
        place.with(|(base, hash)| {
            let manner = Manner { locks: locks.get(), projects: projects.get() };
            link(base, &hidden.get(), manner, &lesson.get(), hash)
        })
    });
    view! {
        <section class="lab-teacher" aria-label=t("teacher-title")>
            <h2>{t("teacher-title")}</h2>
            <p class="hint">
                {t("teacher-hint")} " "
                <a href=move || format!("worksheets/?lang={}", language().code())>
                    {t("teacher-worksheets")}
                </a>
            </p>
            <details>
                <summary>{t("teacher-link")}</summary>
                <fieldset>
                    <legend>{t("teacher-hide")}</legend>
                    <div class="lab-chips">
                        {PARTS.map(|(name, words)| {
                            let toggle = move |event| {
                                let hides = event_target_checked(&event);
                                hidden.update(|hidden| {
                                    hidden.retain(|one| *one != name);
                                    if hides {
                                        hidden.push(name);
                                    }
                                });
                            };
                            view! {
                                <label class="lab-chip">
                                    <input type="checkbox" on:change=toggle/>
                                    {t(words)}
                                </label>
                            }
                        }).collect_view()}
                    </div>
                </fieldset>
                <label class="lab-chip">
                    <input
                        type="checkbox"
                        on:change=move |event| locks.set(event_target_checked(&event))
                    />
                    {t("teacher-lock")}
                </label>
                // Shown at once, so that one need not open a link to see how it looks.
                <label class="lab-chip">
                    <input
                        type="checkbox"
                        prop:checked=projects
                        on:change=move |event| projects.set(event_target_checked(&event))
                    />
                    {t("teacher-projector")}
                </label>
                <div class="lab-beside-choice">
                    <label for="lab-teacher-lesson">{t("teacher-opens")}</label>
                    <select
                        id="lab-teacher-lesson"
                        on:change=move |event| lesson.set(event_target_value(&event))
                    >
                        <option value="">{t("teacher-this-run")}</option>
                        {lessons.into_iter().map(|lesson| {
                            let title = lesson.title;
                            let named = move || title.in_language(language()).to_string();
                            view! { <option value=lesson.id>{named}</option> }
                        }).collect_view()}
                    </select>
                    <CopyButton label=key("teacher-copy") text=made.into() shown=shown/>
                </div>
                <p class="lab-why-not" hidden=move || !lacks_files()>{t("teacher-own-files")}</p>
                <p class="lab-made"><code node_ref=shown>{made}</code></p>
            </details>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_what_is_hidden_locked_and_opened() {
        let base = "https://example.org/gan/";
        let locked = Manner { locks: true, ..Manner::default() };
        assert_eq!(
            link(base, &[], Manner::default(), "", "#preset=ring"),
            format!("{base}#preset=ring")
        );
        assert_eq!(
            link(base, &["charts", "code"], locked, "oscillation", "#preset=ring"),
            format!("{base}?hide=charts,code,teacher&lock=settings#lesson=oscillation")
        );
        let in_lesson = "#preset=ring&panel=teach&lesson=repairs&step=2";
        assert_eq!(
            link(base, &[], Manner::default(), "", in_lesson),
            format!("{base}#preset=ring")
        );
        assert_eq!(link(base, &[], locked, "", ""), format!("{base}?hide=teacher&lock=settings"));
        let large = Manner { projects: true, ..Manner::default() };
        assert_eq!(link(base, &[], large, "", ""), format!("{base}?view=projector"));
    }

    #[test]
    fn the_parts_are_those_that_the_script_knows() {
        let script = include_str!("../../../web/lab/teacher.js");
        for (name, _) in PARTS {
            assert!(script.contains(&format!("\n  {name}: \"")), "{name}");
        }
    }
}
