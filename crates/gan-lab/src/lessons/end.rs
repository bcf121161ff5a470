//! Shows a lesson's end: what it has shown, and where it leads.

use leptos::prelude::*;

use super::course::Course;
use super::view::{begin, focus_heading, leave, named, title_of};
use crate::words::{key, language, say_with, t};

/// The place of a lesson's worksheet beside the page.
fn worksheet(id: &str, language: &str) -> String {
    format!("worksheets/#{language}-{id}")
}

/// The card behind a lesson's last step.
#[component]
pub(super) fn Ended(course: Course, lesson: usize) -> impl IntoView {
    let title = move || say_with(key("lesson-end"), &[("title", title_of(course, lesson))]);
    let summary =
        move || course.with(lesson, |lesson| lesson.summary.in_language(language()).to_string());
    let next = lesson + 1;
    let is_last = course.with(next, |_| ()).is_none();
    let next_named = move || say_with(key("lesson-next-lesson"), &[("name", named(course, next))]);
    let sheet = course.with(lesson, |lesson| lesson.worksheet.then(|| lesson.id.clone())).flatten();
    let sheet = sheet.map(|id| {
        view! { <a href=move || worksheet(&id, language().code())>{t("lesson-worksheet")}</a> }
    });
    let back = move |_| {
        course.go_back();
        focus_heading();
    };
    view! {
        <div class="lab-lesson">
            <div class="lab-lesson-head"><h2 tabindex="-1">{title}</h2></div>
            <p class="lab-lesson-text">{summary}</p>
            <div class="lab-lesson-foot">
                <button on:click=back>{t("lesson-back")}</button>
                {(!is_last).then(|| view! {
                    <button class="primary" on:click=move |_| begin(course, next)>
                        {next_named}
                    </button>
                })}
                {sheet}
                <button on:click=move |_| leave(course, lesson)>{t("lesson-all")}</button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worksheet_is_at_an_anchor_of_its_page() {
        let page = include_str!("../../../../web/worksheets/index.html");
        for lesson in gan_lessons::all().expect("readable") {
            for code in ["en", "zh"] {
                let address = worksheet(&lesson.id, code);
                let (_, anchor) = address.split_once('#').expect("an anchor");
                let is_there = page.contains(&format!("id=\"{anchor}\""));
                assert_eq!(is_there, lesson.worksheet, "{address}");
            }
        }
    }
}
