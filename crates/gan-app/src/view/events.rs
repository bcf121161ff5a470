//! Boxed event listeners: with one type for each kind, the code that attaches them exists once.

use leptos::ev;

/// Listens to clicks.
pub(crate) type Click = Box<dyn FnMut(ev::MouseEvent)>;

/// Listens to changes and input.
pub(crate) type Change = Box<dyn FnMut(ev::Event)>;

/// A listener that ignores the click's details.
pub(crate) fn click(mut act: impl FnMut() + 'static) -> Click {
    Box::new(move |_| act())
}

/// A listener to changes.
pub(crate) fn change(act: impl FnMut(ev::Event) + 'static) -> Change {
    Box::new(act)
}
