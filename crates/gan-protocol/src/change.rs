//! Computes and applies differences between JSON values, so that a page's address holds only the
//! difference between its run and a preset.
//!
//! The difference is a JSON merge patch (RFC 7396), which can be written by hand:
//! `{"generator_optimizer": {"learning_rate": 0.001}}`. One rule is added to the RFC: an object of
//! another `kind` replaces the old one as a whole, since the fields of one kind have no meaning in
//! another.

use serde_json::{Map, Value};

/// The merge patch that turns `from` into `to`; `None` where they are equal.
pub fn difference(from: &Value, to: &Value) -> Option<Value> {
    if from == to {
        return None;
    }
    let (Value::Object(old), Value::Object(new)) = (from, to) else {
        return Some(to.clone());
    };
    if is_of_another_kind(old, new) {
        return Some(to.clone());
    }
    let mut patch = Map::new();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    for (key, value) in new {
        let change = match old.get(key) {
            Some(before) => difference(before, value),
            None => Some(value.clone()),
        };
        if let Some(change) = change {
            patch.insert(key.clone(), change);
        }
    }
    Some(Value::Object(patch))
}

/// `base` with `patch` applied.
pub fn merged(base: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    let mut result = match base {
        Value::Object(before) if !is_of_another_kind(before, changes) => before.clone(),
        _ => Map::new(),
    };
    for (key, change) in changes {
        if change.is_null() {
            result.remove(key);
        } else {
            let before = result.get(key).unwrap_or(&Value::Null);
            let after = merged(before, change);
            result.insert(key.clone(), after);
        }
    }
    Value::Object(result)
}

fn is_of_another_kind(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    let kind = |object: &Map<String, Value>| object.get("kind")?.as_str().map(str::to_owned);
    matches!((kind(old), kind(new)), (Some(old), Some(new)) if old != new)
}
