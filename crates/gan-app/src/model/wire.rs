//! Reads a worker's events from JSON values.
//!
//! The derived reader of `gan-protocol` does the same for any format, with thirty times the code:
//! this reader is written by hand so that the page stays small enough to open at once. A test
//! compares the two.

use gan_protocol::{DataOrigin, Event, Fault, Named, PlaneSet, Reply, SampleSet, Task};
use serde_json::Value;

/// Reads an event other than measurements, which may be NaN, which JSON cannot hold.
///
/// # Errors
/// The part that does not have the protocol's form.
pub fn event(value: &Value) -> Result<Event, String> {
    Ok(match text(value, "kind")? {
        "booted" => Event::Booted,
        "ready" => Event::Ready {
            backend: named(value, "backend")?,
            adapter: text(value, "adapter")?.to_string(),
        },
        "settled" => Event::Settled {
            id: number(value, "id")? as u32,
            reply: optional(value, "reply", reply)?,
            fault: optional(value, "fault", fault)?,
        },
        "progress" => Event::Progress(Task {
            name: text(value, "name")?.to_string(),
            done: value["done"].as_f64().unwrap_or(0.0),
            total: value["total"].as_f64(),
        }),
        "state" => Event::State { phase: named(value, "phase")?, step: number(value, "step")? },
        "data" => {
            Event::Data { source: named(value, "source")?, samples: value["samples"].as_u64() }
        }
        "frame" => Event::Frame {
            sheet: named(value, "sheet")?,
            step: number(value, "step")?,
            set: set(value)?,
        },
        "plane" => Event::Plane { step: number(value, "step")?, set: plane(&value["set"])? },
        "report" => Event::Report {
            step: number(value, "step")?,
            report: text(value, "report")?.to_string(),
        },
        "autosave" => Event::Autosave { step: number(value, "step")? },
        "fault" => Event::Fault(fault(value)?),
        other => return Err(format!("unknown event `{other}`")),
    })
}

fn set(value: &Value) -> Result<SampleSet, String> {
    let set = &value["set"];
    let side = |name| number(set, name).map(|side| side as usize);
    Ok(SampleSet {
        count: side("count")?,
        width: side("width")?,
        height: side("height")?,
        channels: side("channels")?,
        parts: set["parts"].as_u64().map_or(1, |parts| parts as usize),
    })
}

fn plane(set: &Value) -> Result<PlaneSet, String> {
    let count = |name| number(set, name).map(|count| count as usize);
    Ok(PlaneSet {
        reals: count("reals")?,
        fakes: count("fakes")?,
        pulls: count("pulls")?,
        lattice: count("lattice")?,
        lattice_rows: count("lattice_rows")?,
        surface: count("surface")?,
    })
}

fn reply(value: &Value) -> Result<Reply, String> {
    Ok(match text(value, "kind")? {
        "done" => Reply::Done,
        "other_data" => {
            Reply::OtherData { before: origin(&value["before"])?, now: origin(&value["now"])? }
        }
        "samples" => Reply::Samples { set: set(value)? },
        "checkpoint" => Reply::Checkpoint { step: number(value, "step")? },
        "probe" => Reply::Probe { step_ms: value["step_ms"].as_f64().unwrap_or(f64::NAN) },
        "proof" => Reply::Proof {
            // A difference that JSON cannot hold (NaN, infinite) fails the trial.
            largest_relative_difference: value["largest_relative_difference"]
                .as_f64()
                .unwrap_or(f64::INFINITY),
            parameter: text(value, "parameter")?.to_string(),
        },
        other => return Err(format!("unknown reply `{other}`")),
    })
}

fn origin(value: &Value) -> Result<DataOrigin, String> {
    Ok(DataOrigin {
        source: named(value, "source")?,
        samples: value["samples"].as_u64(),
        digest: value["digest"].as_str().map(str::to_string),
        files: names(&value["files"]),
    })
}

/// The texts of a list; empty if it is not a list.
pub(super) fn names(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten();
    texts.filter_map(|name| name.as_str().map(str::to_string)).collect()
}

fn fault(value: &Value) -> Result<Fault, String> {
    let message = || text(value, "message").map(str::to_string);
    Ok(match text(value, "code")? {
        "spec" => Fault::Spec { path: text(value, "path")?.to_string(), message: message()? },
        "file" => Fault::File { message: message()? },
        "checkpoint" => Fault::Checkpoint { message: message()? },
        "data_missing" => Fault::DataMissing { message: message()? },
        "diverged" => Fault::Diverged {
            step: number(value, "step")?,
            restored_step: number(value, "restored_step")?,
        },
        "device" => Fault::Device { message: message()? },
        "panic" => Fault::Panic { message: message()? },
        "state" => Fault::State { message: message()? },
        other => return Err(format!("unknown fault `{other}`")),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("{name} is no text"))
}

fn number(value: &Value, name: &str) -> Result<u64, String> {
    value[name].as_u64().ok_or_else(|| format!("{name} is no whole number"))
}

fn optional<T>(
    value: &Value,
    name: &str,
    read: fn(&Value) -> Result<T, String>,
) -> Result<Option<T>, String> {
    match &value[name] {
        Value::Null => Ok(None),
        some => read(some).map(Some),
    }
}

fn named<T: Named>(value: &Value, name: &str) -> Result<T, String> {
    let told = text(value, name)?;
    T::named(told).ok_or_else(|| format!("{name}: unknown `{told}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gan_protocol::examples;

    /// Whether this reader never receives the event: measurements, which may be NaN, have a reader
    /// of their own, and some replies are sent only to the lab, by its own workers.
    fn is_read_elsewhere(event: &Event) -> bool {
        match event {
            Event::Metrics { .. } => true,
            Event::Settled { reply: Some(reply), .. } => match reply {
                Reply::Dissection { .. } | Reply::Neighbours { .. } | Reply::Course { .. } => true,
                Reply::Done
                | Reply::OtherData { .. }
                | Reply::Samples { .. }
                | Reply::Checkpoint { .. }
                | Reply::Probe { .. }
                | Reply::Proof { .. } => false,
            },
            Event::Settled { reply: None, .. }
            | Event::Booted
            | Event::Ready { .. }
            | Event::Progress(_)
            | Event::State { .. }
            | Event::Data { .. }
            | Event::Frame { .. }
            | Event::Plane { .. }
            | Event::Report { .. }
            | Event::Autosave { .. }
            | Event::Fault(_) => false,
        }
    }

    #[test]
    fn every_event_is_read_as_the_protocol_writes_it() {
        let mut read = 0;
        for expected in examples::events() {
            if is_read_elsewhere(&expected) {
                continue;
            }
            let value = serde_json::to_value(&expected).expect("plain data");
            assert_eq!(event(&value), Ok(expected), "{value}");
            read += 1;
        }
        assert!(read > 25, "{read}");
    }

    #[test]
    fn nonsense_is_named() {
        let told = |json: &str| event(&serde_json::from_str(json).expect("JSON")).expect_err(json);
        assert_eq!(told("7"), "kind is no text");
        assert_eq!(told(r#"{"kind": "boom"}"#), "unknown event `boom`");
        assert_eq!(told(r#"{"kind": "state", "phase": "running"}"#), "step is no whole number");
        assert!(told(r#"{"kind": "state", "phase": "asleep", "step": 1}"#).starts_with("phase:"));
        assert_eq!(told(r#"{"kind": "fault", "code": "x"}"#), "unknown fault `x`");
    }
}
