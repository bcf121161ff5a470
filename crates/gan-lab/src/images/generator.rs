//! Shows the current generator in the widget, to explore its latents, and offers its file and a
//! snippet for the user's own page.

use std::net::Ipv4Addr;
use std::time::Duration;

use js_sys::{Array, Function, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, Url};

use crate::copying::CopyButton;
use crate::inspector::{Question, ask};
use crate::linked;
use crate::observation::{self, Run};
use crate::playground;
use crate::refusals::failure;
use crate::sampler::{is_seen, load_element, site};
use crate::ticks::every_ms;
use crate::unopened::Opened;
use crate::words::{key, say, say_with, t};

/// Time between two looks whether the file is wanted once more.
const DUE_EVERY_MS: i32 = 100;
/// Time between two updates from a run that is followed.
const FOLLOW_EVERY_MS: i32 = 1_500;

/// The file's name in the snippet.
const FILE_NAME: &str = "generator.safetensors";

/// Trained generators: the keys of their names, their files, and whether they are given pictures.
pub(super) const TRAINED: [(&str, &str, bool); 7] = [
    (key("trained-dcgan"), "mnist-dcgan", false),
    (key("trained-conditional"), "mnist-conditional", false),
    (key("trained-infogan"), "mnist-infogan", false),
    (key("trained-collapsed"), "mnist-collapsed", false),
    (key("trained-inpainting"), "mnist-inpainting", true),
    (key("trained-super-resolution"), "mnist-super-resolution", true),
    (key("trained-edges"), "mnist-edges", true),
];
/// The picture that readers begin to draw on, on the site.
const FIRST_PICTURE: &str = "embed/seven.png";

/// The HTML that a page needs for the widget, one tag on a line, because Markdown engines break
/// tags over several lines. The link remains without scripts and after sanitizers.
fn snippet(site: &str, link: &str, is_given: bool) -> String {
    let (mode, width) = if is_given { (" mode=\"draw\"", 480) } else { ("", 320) };
    format!(
        "<script type=\"module\" src=\"{site}widget/gan-sampler.js\"></script>\n\
         <gan-sampler src=\"{FILE_NAME}\"{mode} controls style=\"width: {width}px\">\
         <a href=\"{site}\">{link}</a></gan-sampler>"
    )
}

/// Whether an address leads to the reader's own machine, whoever the reader is.
fn is_loopback(address: &str) -> bool {
    let host = address.split("//").nth(1).unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "[::1]"
        || name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[component]
pub(super) fn Generator(run: RwSignal<Run>, opened: Opened) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    let place = NodeRef::<html::Div>::new();
    let address = RwSignal::new(None::<String>);
    // The trained generator that is shown in place of the run's own.
    // The first of them is shown before any training; the widget loads it only when it is near the
    // window.
    let pretrained = |name: &str| format!("{}pretrained/{name}.safetensors", site());
    let linked = RwSignal::new(linked::generator());
    let first = linked.get_untracked().unwrap_or_else(|| pretrained(TRAINED[0].1));
    let trained = RwSignal::new(Some(first));
    let at_step = RwSignal::new(0_u64);
    let bytes = RwSignal::new(0_u32);
    let failed = RwSignal::new(None::<String>);
    let mode = RwSignal::new("walk");
    let follows = RwSignal::new(false);
    // Whether the file has 8 bits a number in place of 16.
    let is_small = RwSignal::new(false);
    let busy = StoredValue::new(false);
    // Whether the file is wanted once more after the one that is on its way.
    let is_due = StoredValue::new(false);
    // Number of runs so far.
    let runs = StoredValue::new(0_u32);
    let forget = move || {
        if let Some(old) = address.try_update(Option::take).flatten() {
            // An address that was created here can be revoked.
            let _ = Url::revoke_object_url(&old);
        }
    };
    let take = move || {
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        let (step, of) = (observation::observed().step, runs.get_value());
        generator_file(is_small.get_untracked(), move |answer| {
            busy.set_value(false);
            match answer {
                // The file is another run's generator.
                Ok(_) if runs.get_value() != of => {}
                Ok(file) => {
                    bytes.set(Uint8Array::new(&file).length());
                    // The shown address is revoked after the next one is shown.
                    let old = address.get_untracked();
                    trained.set(None);
                    at_step.set(step);
                    address.set(object_url(&file));
                    failed.set(None);
                    give_back_later(old);
                }
                Err(message) => {
                    follows.set(false);
                    failed.set(Some(message));
                }
            }
        });
    };
    every_ms(DUE_EVERY_MS, move || {
        if is_due.get_value() && !busy.get_value() {
            is_due.set_value(false);
            take();
        }
    });
    // While the run is followed and has made steps.
    every_ms(FOLLOW_EVERY_MS, move || {
        let is_behind = observation::observed().step != at_step.get_untracked()
            || address.with_untracked(Option::is_none)
            || trained.with_untracked(Option::is_some);
        // A checkpoint costs the run some time, so none is taken while the panel is out of sight.
        if follows.get_untracked()
            && is_behind
            && panel.get_untracked().is_some_and(|it| is_seen(&it))
        {
            take();
        }
    });
    Effect::new(move |_| {
        run.track();
        runs.update_value(|runs| *runs += 1);
        forget();
    });
    let shown = Signal::derive(move || trained.get().or_else(|| address.get()));
    // Whether the shown one of the trained generators is given pictures; the run may be, too.
    let drawn_for = TRAINED.iter().filter(|(.., is_given)| *is_given);
    let drawn_for = drawn_for.map(|(_, name, _)| pretrained(name)).collect::<Vec<_>>();
    let drawn_for = StoredValue::new(drawn_for);
    let is_drawn_for = Signal::derive(move || match trained.get() {
        Some(file) => drawn_for.with_value(|files| files.contains(&file)),
        None => run.get().is_given,
    });
    Effect::new(move |_| {
        let (Some(place), shown, mode) = (place.get(), shown.get(), mode.get()) else { return };
        let is_digits = trained.with(Option::is_some) || run.get().on_digits;
        let first = (is_drawn_for.get() && is_digits).then(|| site() + FIRST_PICTURE);
        show_sampler(&place, shown.as_deref(), mode, first.as_deref());
    });
    let all = TRAINED.map(|(name, file, _)| (name, pretrained(file)));
    // The link may be exchanged for another while the page is open.
    let exchanged = window_event_listener(leptos::ev::hashchange, move |_| {
        let now = linked::generator();
        if linked.get_untracked() != now {
            linked.set(now.clone());
            if now.is_some() {
                follows.set(false);
                trained.set(now);
            }
        }
    });
    on_cleanup(move || exchanged.remove());
    // A checkpoint's generator is shown as soon as it is opened.
    Effect::new(move |_| {
        if let Some((_, address)) = opened.get() {
            follows.set(false);
            trained.set(Some(address));
        }
    });
    let opened_name = move || opened.with(|it| it.as_ref().map(|(name, _)| name.clone()));
    let opened_file =
        Signal::derive(move || opened.with(|it| it.as_ref().map(|(_, file)| file.clone())));
    let offered = move |name: Signal<String>, file: Signal<Option<String>>| {
        let is_shown = move || {
            let file = file.get();
            file.is_some() && trained.with(|shown| *shown == file)
        };
        view! {
            <button
                hidden=move || file.with(Option::is_none)
                aria-pressed=move || is_shown().to_string()
                on:click=move |_| {
                    follows.set(false);
                    trained.set(file.get_untracked());
                }
            >
                {name}
            </button>
        }
    };
    let of_link = offered(t(key("generator-linked")), linked.into());
    let of_checkpoint =
        offered(Signal::derive(move || opened_name().unwrap_or_default()), opened_file);
    let gallery = all.into_iter().map(|(name, file)| {
        let file = StoredValue::new(Some(file));
        offered(t(name), Signal::derive(move || file.get_value()))
    });
    let nothing = Signal::derive(move || shown.get().is_none());
    let none = Signal::derive(move || address.get().is_none() || trained.with(Option::is_some));
    let facts = move || {
        let size = (f64::from(bytes.get()) / 1000.0).round().to_string();
        let facts = [("step", at_step.get().to_string()), ("size", size)];
        say_with(key("generator-facts"), &facts)
    };
    let tag = NodeRef::<html::Code>::new();
    let text = move || snippet(&site(), &say(key("generator-embed-link")), run.get().is_given);
    let choice = move |name: &'static str, value: &'static str| {
        view! {
            <button
                aria-pressed=move || (mode.get() == value).to_string()
                on:click=move |_| mode.set(value)
            >
                {t(name)}
            </button>
        }
    };
    view! {
        <div node_ref=panel class="lab-generator">
            <h2>{t("generator-title")}</h2>
            <p class="hint">{t("generator-hint")}</p>
            <div class="lab-remedies">
                <button on:click=move |_| take()>{t("generator-take")}</button>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=follows
                        on:change=move |event| follows.set(event_target_checked(&event))
                    />
                    " " {t("generator-follow")}
                </label>
                <span class="lab-remedies" hidden=move || nothing.get() || is_drawn_for.get()>
                    {choice(key("generator-walk"), "walk")}
                    {choice(key("generator-morph"), "morph")}
                </span>
            </div>
            <p class="hint">{t("trained-hint")}</p>
            <div class="lab-remedies">{of_link} {of_checkpoint} {gallery.collect_view()}</div>
            {failure(move || failed.get())}
            <div node_ref=place class="lab-sampler"></div>
            <div hidden=none>
                <p class="hint number">{facts}</p>
                <h3>{t("generator-embed")}</h3>
                <p class="hint">{t("generator-embed-hint")}</p>
                <p>
                    <label>
                        <input
                            type="checkbox"
                            prop:checked=is_small
                            on:change=move |event| {
                                is_small.set(event_target_checked(&event));
                                is_due.set_value(true);
                            }
                        />
                        " " {t("generator-small")}
                    </label>
                </p>
                <a class="button" href=move || address.get() download=FILE_NAME>
                    {t("generator-file")}
                </a>
                <pre tabindex="0"><code node_ref=tag>{text}</code></pre>
                <CopyButton label=key("generator-copy") text=Signal::derive(text) shown=tag/>
                <p class="hint" role="note" hidden=!is_loopback(&site())>
                    {t("generator-embed-loopback")}
                </p>
            </div>
        </div>
    }
}

/// Calls `done` with the file of the run's current generator, or with the error; `is_small`: with 8 bits a
/// number.
fn generator_file(is_small: bool, done: impl FnOnce(Result<JsValue, String>) + 'static) {
    playground::checkpoint(move |checkpoint| match checkpoint {
        Ok(checkpoint) => ask(Question::Generator(checkpoint, is_small), done),
        Err(message) => done(Err(message)),
    });
}

/// Revokes an address after a pending read of it has ended.
pub(crate) fn give_back_later(address: Option<String>) {
    let Some(address) = address else { return };
    let give_back = move || drop(Url::revoke_object_url(&address));
    set_timeout(give_back, Duration::from_secs(10));
}

/// An address for `bytes`.
pub(crate) fn object_url(bytes: &JsValue) -> Option<String> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

/// Puts the widget into `place`, or removes it.
fn show_sampler(
    place: &web_sys::HtmlElement,
    address: Option<&str>,
    mode: &str,
    picture: Option<&str>,
) {
    let Some(address) = address else { return place.set_inner_html("") };
    let sampler = place.first_element_child().or_else(|| {
        let document = web_sys::window().and_then(|window| window.document())?;
        let sampler = document.create_element("gan-sampler").ok()?;
        place.append_child(&sampler).ok()?;
        Some(sampler)
    });
    let Some(sampler) = sampler else { return };
    load_element();
    for (name, value) in [("controls", Some("")), ("mode", Some(mode)), ("picture", picture)] {
        // Names of attributes are never refused.
        let _ = match value {
            Some(value) if sampler.get_attribute(name).as_deref() == Some(value) => Ok(()),
            Some(value) => sampler.set_attribute(name, value),
            None => sampler.remove_attribute(name),
        };
    }
    // Once the element's script is loaded, the user's settings in the element stay.
    let exchange =
        Reflect::get(&sampler, &"exchange".into()).and_then(JsCast::dyn_into::<Function>);
    match exchange {
        Ok(exchange) => {
            if let Ok(done) = exchange.call1(&sampler, &address.into()) {
                // The element reports load errors itself.
                playground::settle(&done, |_| ());
            }
        }
        Err(_) => drop(sampler.set_attribute("src", address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snippet_names_the_sites_script_and_the_file() {
        let given = snippet("https://example.org/gan/", "Samples", true);
        assert!(given.contains("src=\"generator.safetensors\" mode=\"draw\" controls"), "{given}");
        let snippet = snippet("https://example.org/gan/", "Samples", false);
        assert!(!snippet.contains("mode="));
        assert!(snippet.contains("src=\"https://example.org/gan/widget/gan-sampler.js\""));
        assert!(snippet.contains("src=\"generator.safetensors\""));
        assert!(
            snippet.contains("><a href=\"https://example.org/gan/\">Samples</a></gan-sampler>")
        );
        assert!(snippet.contains("width: "));
    }

    #[test]
    fn no_tag_of_the_snippet_goes_over_several_lines() {
        for line in snippet("https://example.org/gan/", "Samples", true).lines() {
            let count = |bracket| line.matches(bracket).count();
            assert!(line.starts_with('<') && line.ends_with('>'), "{line}");
            assert_eq!(count('<'), count('>'), "{line}");
        }
    }

    #[test]
    fn addresses_of_the_readers_own_machine_are_known() {
        for address in [
            "http://127.0.0.1:8080/",
            "http://127.1.2.3/gan/",
            "http://localhost/",
            "https://localhost:8443/gan/",
            "http://gan.localhost:8080/",
            "http://[::1]:8080/",
            "http://[::1]/",
        ] {
            assert!(is_loopback(address), "{address}");
        }
        for address in [
            "https://example.org/gan/",
            "https://example.org:8443/127.0.0.1/",
            "http://192.168.1.2:8080/",
            "https://127.0.0.1.example.org/",
            "https://localhost.example.org/",
            "https://notlocalhost/",
            "http://[2001:db8::1]:8080/",
            "",
        ] {
            assert!(!is_loopback(address), "{address}");
        }
    }
}
