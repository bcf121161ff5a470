//! Reads specs from JSON values, field by field, so that an error names the very field.
//!
//! Derived readers would do the same at forty times the code (an enum that is told by its `kind`
//! goes through a second, generic data model): of the page's 200 kB they took 60. What is written
//! here is a table for each type; [`reads_struct`] and [`reads_tagged`] turn it into a reader.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::SpecError;

/// A type that is read from a JSON value.
pub(crate) trait Read: Sized {
    /// Reads `value`; the error's path is seen from there.
    fn read(value: &Value) -> Result<Self, SpecError>;
}

/// The path of an error that stands at the value itself.
const HERE: &str = "";

fn wrong_type(value: &Value, expected: &str) -> SpecError {
    SpecError::new(HERE, format!("invalid type: is {value}, expected {expected}"))
}

/// `error` seen from outside of the field `name`.
fn within(error: SpecError, name: &str) -> SpecError {
    if error.path.is_empty() {
        return SpecError { path: name.to_owned(), ..error };
    }
    error.within(name)
}

/// The fields of an object, all of them known.
pub(crate) struct Fields<'a> {
    fields: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be among `known` (or the `tag`, which says what it is).
    pub(crate) fn of(
        value: &'a Value,
        tag: Option<&str>,
        known: &[&str],
    ) -> Result<Self, SpecError> {
        let fields = value.as_object().ok_or_else(|| wrong_type(value, "an object"))?;
        for name in fields.keys() {
            if tag != Some(name) && !known.contains(&name.as_str()) {
                let message = format!("unknown field `{name}`, expected {}", listed(known));
                return Err(SpecError::new(name.as_str(), message));
            }
        }
        Ok(Self { fields })
    }

    /// A field that must be there.
    pub(crate) fn required<T: Read>(&self, name: &str) -> Result<T, SpecError> {
        let value = self.fields.get(name);
        let value = value.ok_or_else(|| SpecError::new(name, "is missing"))?;
        T::read(value).map_err(|error| within(error, name))
    }

    /// A field that may be absent.
    pub(crate) fn optional<T: Read>(&self, name: &str) -> Result<Option<T>, SpecError> {
        let value = self.fields.get(name);
        value.map(|value| T::read(value).map_err(|error| within(error, name))).transpose()
    }
}

/// Which of `known` the object is, by its field `tag`.
pub(crate) fn tag_of<'a>(
    value: &'a Value,
    tag: &str,
    known: &[&str],
) -> Result<&'a str, SpecError> {
    let fields = value.as_object().ok_or_else(|| wrong_type(value, "an object"))?;
    let found = fields.get(tag).ok_or_else(|| SpecError::new(tag, "is missing"))?;
    let name = found.as_str().ok_or_else(|| within(wrong_type(found, "a name"), tag))?;
    if known.contains(&name) {
        return Ok(name);
    }
    Err(SpecError::new(tag, format!("unknown variant `{name}`, expected {}", listed(known))))
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() { "no field".to_owned() } else { quoted.join(", ") }
}

impl Read for bool {
    fn read(value: &Value) -> Result<Self, SpecError> {
        value.as_bool().ok_or_else(|| wrong_type(value, "true or false"))
    }
}

impl Read for f64 {
    fn read(value: &Value) -> Result<Self, SpecError> {
        value.as_f64().ok_or_else(|| wrong_type(value, "a number"))
    }
}

impl Read for f32 {
    fn read(value: &Value) -> Result<Self, SpecError> {
        Ok(f64::read(value)? as Self)
    }
}

impl Read for u64 {
    fn read(value: &Value) -> Result<Self, SpecError> {
        let whole = |number: f64| number >= 0.0 && number.fract() == 0.0 && number < 2e15;
        match value {
            Value::Number(number) => number
                .as_u64()
                // JavaScript writes 3 as it writes 3.0.
                .or_else(|| number.as_f64().filter(|number| whole(*number)).map(|n| n as Self))
                .ok_or_else(|| {
                    let message = format!("invalid value: is {number}, expected a whole number");
                    SpecError::new(HERE, message)
                }),
            _ => Err(wrong_type(value, "a whole number")),
        }
    }
}

fn narrower<T: TryFrom<u64>>(value: &Value) -> Result<T, SpecError> {
    let number = u64::read(value)?;
    T::try_from(number).map_err(|_| {
        SpecError::new(HERE, format!("invalid value: is {number}, which is too large"))
    })
}

macro_rules! reads_whole_numbers {
    ($($type:ty),*) => {$(
        impl Read for $type {
            fn read(value: &Value) -> Result<Self, SpecError> {
                narrower(value)
            }
        }
    )*};
}
reads_whole_numbers!(u8, u32, usize);

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Result<Self, SpecError> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Result<Self, SpecError> {
        let items = value.as_array().ok_or_else(|| wrong_type(value, "a list"))?;
        let read =
            |(index, item)| T::read(item).map_err(|error| within(error, &format!("[{index}]")));
        items.iter().enumerate().map(read).collect()
    }
}

impl<T: Read> Read for [T; 2] {
    fn read(value: &Value) -> Result<Self, SpecError> {
        Vec::read(value)?.try_into().map_err(|_| wrong_type(value, "a pair"))
    }
}

/// A type without fields, by serde.
pub(crate) fn by_name<T: DeserializeOwned>(value: &Value) -> Result<T, SpecError> {
    serde_json::from_value(value.clone()).map_err(|error| SpecError::new(HERE, error.to_string()))
}

/// Gives types whose values are mere names a reader.
macro_rules! reads_names {
    ($($type:ty),* $(,)?) => {$(
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value) -> Result<Self, $crate::error::SpecError> {
                $crate::read::by_name(value)
            }
        }
    )*};
}

/// One field: required, or with what it is where it is absent.
macro_rules! reads_field {
    ($fields:ident, $field:ident) => {
        $fields.required(stringify!($field))?
    };
    ($fields:ident, $field:ident, $default:expr) => {
        $fields.optional(stringify!($field))?.unwrap_or_else(|| $default)
    };
}

/// Lets serde read a type, whatever the format, by way of a JSON value: there is one reader of it and
/// not one for each format. Nothing is validated.
macro_rules! deserializes_by_value {
    ($type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                <Self as $crate::read::Read>::read(&value).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Gives a struct a reader, from its fields and what they are where they are absent.
macro_rules! reads_struct {
    ($type:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value) -> Result<Self, $crate::error::SpecError> {
                let fields =
                    $crate::read::Fields::of(value, None, &[$(stringify!($field)),*])?;
                Ok(Self { $($field: $crate::read::reads_field!(fields, $field $(, $default)?)),* })
            }
        }
        $crate::read::deserializes_by_value!($type);
    };
}

/// Gives an enum a reader that is told by the field `tag` which variant it is.
macro_rules! reads_tagged {
    ($type:ident by $tag:literal {
        $($name:literal => $variant:ident { $($field:ident $(= $default:expr)?),* $(,)? }),* $(,)?
    }) => {
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value) -> Result<Self, $crate::error::SpecError> {
                let known = &[$($name),*];
                match $crate::read::tag_of(value, $tag, known)? {
                    $($name => {
                        let _fields = $crate::read::Fields::of(
                            value,
                            Some($tag),
                            &[$(stringify!($field)),*],
                        )?;
                        Ok(Self::$variant {
                            $($field: $crate::read::reads_field!(_fields, $field $(, $default)?)),*
                        })
                    })*
                    _ => unreachable!("the tag is one of those that are known"),
                }
            }
        }
        $crate::read::deserializes_by_value!($type);
    };
}
pub(crate) use {deserializes_by_value, reads_field, reads_names, reads_struct, reads_tagged};
