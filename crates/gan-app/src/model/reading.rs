//! The charts' cursor: the recorded step that is read.

use gan_plot::History;

/// A recorded step with its values, in the order of [`crate::model::run_state::Column`].
pub type Reading = (u64, [f64; 4]);

/// Where a key leads from `now`: to a reading, or to none. `None` for a key that is none of the charts' own.
pub fn led(history: &History<4>, key: &str, now: Option<Reading>) -> Option<Option<Reading>> {
    let tenth = (history.row_count() / 10).max(1) as isize;
    let further = match key {
        "Escape" => return Some(None),
        "Home" => return Some(history.near(0.0, 0)),
        "End" => return Some(history.near(f64::INFINITY, 0)),
        "ArrowLeft" | "ArrowDown" => -1,
        "ArrowRight" | "ArrowUp" => 1,
        "PageDown" => -tenth,
        "PageUp" => tenth,
        _ => return None,
    };
    Some(match now {
        Some((step, _)) => history.near(step as f64, further),
        // The first press brings the cursor.
        None => history.near(f64::INFINITY, 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_from_point_to_point() {
        let mut history = History::new(1_000);
        for number in 1..=50 {
            history.push(2 * number, [number as f64; 4]);
        }
        let from = |step: f64, key: &str| {
            let led = led(&history, key, history.near(step, 0)).expect("a key of the charts");
            led.map(|(step, _)| step)
        };
        let keys = ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"];
        assert_eq!(keys.map(|key| from(40.0, key)), [38, 38, 42, 42].map(Some));
        let keys = ["PageDown", "PageUp", "Home", "End"];
        assert_eq!(keys.map(|key| from(40.0, key)), [30, 50, 2, 100].map(Some));
        assert_eq!([from(2.0, "ArrowLeft"), from(100.0, "PageUp")], [Some(2), Some(100)]);
        assert_eq!(from(40.0, "Escape"), None);
    }

    #[test]
    fn the_first_press_brings_the_cursor_and_other_keys_are_the_page_s() {
        let mut history = History::new(1_000);
        assert_eq!(led(&history, "ArrowLeft", None), Some(None));
        history.push(1, [1.0; 4]);
        history.push(2, [2.0; 4]);
        for key in ["ArrowLeft", "ArrowRight", "PageUp", "End"] {
            assert_eq!(led(&history, key, None), Some(Some((2, [2.0; 4]))), "{key}");
        }
        for key in ["Tab", " ", "a"] {
            assert_eq!(led(&history, key, Some((1, [1.0; 4]))), None, "{key}");
        }
    }
}
