//! The components of the page, over the signals of [`Display`]. Texts come from the locales, styles
//! from the style sheets; decisions are made elsewhere.

mod app;
mod chart;
mod events;
mod fields;
mod header;
mod labels;
mod notices;
mod numbers;
mod settings;
mod sheets;
mod status;
mod theme;
mod toolbar;
pub mod words;

use leptos::prelude::*;

use crate::effects::display::Display;

/// Shows the page in the document's body.
pub fn mount(display: Display, language: Option<&str>) {
    let language = language.map(str::to_string);
    theme::apply(theme::chosen());
    leptos::mount::mount_to_body(move || {
        words::provide(language.as_deref());
        provide_context(display);
        view! { <app::App/> }
    });
    if let Some(fallback) = crate::effects::browser::document().get_element_by_id("opening") {
        fallback.remove();
    }
}
