//! Reads specs from JSON values, field by field, so that an error names the very field.
//!
//! Derived readers would need forty times the code (an enum tagged by its `kind` goes through a
//! second, generic data model): of the page's 200 kB they took 60. Here, each type has a table of
//! its fields, which [`reads_struct`] and [`reads_tagged`] turn into a reader.

//!
//! A reader goes on after the first error, with placeholder values that are discarded at the end:
//! without early returns no half-read value needs to be dropped, which was most of the code.

use serde_json::{Map, Value};

use crate::error::SpecError;

/// A type that is read from a JSON value.
pub(crate) trait Read: Sized {
    /// Reads `value`. An error is recorded in `reading`; the result is then a placeholder.
    fn read(value: &Value, reading: &mut Reading) -> Self;
}

/// Reads `value`.
///
/// # Errors
/// The path of the first field that cannot be read, and the reason; an empty path for the value
/// itself.
pub(crate) fn whole<T: Read>(value: &Value) -> Result<T, SpecError> {
    let mut reading = Reading { path: Vec::new(), error: None };
    let found = T::read(value, &mut reading);
    match reading.error {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// The reader's position, and the first error.
pub(crate) struct Reading {
    path: Vec<Step>,
    error: Option<SpecError>,
}

enum Step {
    Field(&'static str),
    Item(usize),
}

impl Reading {
    pub(crate) fn refuse(&mut self, message: String) {
        if self.error.is_some() {
            return;
        }
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path += name;
                }
                Step::Item(index) => path += &format!("[{index}]"),
            }
        }
        self.error = Some(SpecError { path, message });
    }

    pub(crate) fn refuse_type(&mut self, value: &Value, expected: &str) {
        self.refuse(format!("invalid type: is {value}, expected {expected}"));
    }

    /// Records an error at a field of the value at the reader's position.
    fn refuse_field(&mut self, name: &str, message: String) {
        if self.error.is_none() {
            self.refuse(message);
            if let Some(error) = &mut self.error {
                if !error.path.is_empty() {
                    error.path.push('.');
                }
                error.path += name;
            }
        }
    }
}

/// Read in place of an absent value.
const NOTHING: &Value = &Value::Null;

/// The fields of an object, checked to be known ones.
pub(crate) struct Fields<'a> {
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which must be among `known` or be the `tag`, which names the variant.
    pub(crate) fn of(
        value: &'a Value,
        tag: Option<&str>,
        known: &[&str],
        reading: &mut Reading,
    ) -> Self {
        let fields = value.as_object();
        if fields.is_none() {
            reading.refuse_type(value, "an object");
        }
        for name in fields.into_iter().flat_map(|fields| fields.keys()) {
            if tag != Some(name) && !known.contains(&name.as_str()) {
                let message = format!("unknown field `{name}`, expected {}", listed(known));
                reading.refuse_field(name, message);
            }
        }
        Self { fields }
    }

    /// The value of a field, if present.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields?.get(name)
    }

    /// The value of a required field; moves the reader to it.
    fn enter(&self, name: &'static str, reading: &mut Reading) -> &'a Value {
        reading.path.push(Step::Field(name));
        let value = self.get(name);
        if value.is_none() {
            reading.refuse("is missing".to_owned());
        }
        value.unwrap_or(NOTHING)
    }

    /// A required field.
    pub(crate) fn required<T: Read>(&self, name: &'static str, reading: &mut Reading) -> T {
        self.required_by(name, reading, T::read)
    }

    /// A required field, read by `read`.
    pub(crate) fn required_by<T>(
        &self,
        name: &'static str,
        reading: &mut Reading,
        read: fn(&Value, &mut Reading) -> T,
    ) -> T {
        let value = self.enter(name, reading);
        let found = read(value, reading);
        reading.path.pop();
        found
    }

    /// An optional field.
    pub(crate) fn optional<T: Read>(&self, name: &'static str, reading: &mut Reading) -> Option<T> {
        self.get(name).is_some().then(|| self.required(name, reading))
    }
}

/// The name in the field `tag`, if it is among `known`; else refused, and the first of them.
pub(crate) fn tag_of<'a>(
    value: &'a Value,
    tag: &str,
    known: &[&'a str],
    reading: &mut Reading,
) -> &'a str {
    let found = value.get(tag).unwrap_or(NOTHING);
    match found.as_str() {
        Some(name) if known.contains(&name) => return name,
        Some(name) => {
            let message = format!("unknown variant `{name}`, expected {}", listed(known));
            reading.refuse_field(tag, message);
        }
        None if value.is_object() => reading.refuse_field(tag, "is missing".to_owned()),
        None => reading.refuse_type(value, "an object"),
    }
    known[0]
}

pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() { "no field".to_owned() } else { quoted.join(", ") }
}

impl Read for bool {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        value.as_bool().unwrap_or_else(|| {
            reading.refuse_type(value, "true or false");
            false
        })
    }
}

impl Read for String {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        value.as_str().map(Self::from).unwrap_or_else(|| {
            reading.refuse_type(value, "a text");
            Self::new()
        })
    }
}

impl Read for f64 {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        value.as_f64().unwrap_or_else(|| {
            reading.refuse_type(value, "a number");
            0.0
        })
    }
}

impl Read for f32 {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        f64::read(value, reading) as Self
    }
}

/// A measured number. JSON has `null` in place of a number that is not finite; it is read as NaN.
pub(crate) fn number_or_nan(value: &Value, reading: &mut Reading) -> f64 {
    if value.is_null() { f64::NAN } else { f64::read(value, reading) }
}

/// A list of measured numbers.
pub(crate) fn numbers_or_nan(value: &Value, reading: &mut Reading) -> Vec<f32> {
    let numbers: Vec<Option<f32>> = Vec::read(value, reading);
    numbers.into_iter().map(|number| number.unwrap_or(f32::NAN)).collect()
}

/// A whole number of at most `most`.
fn whole_number(value: &Value, most: u64, reading: &mut Reading) -> u64 {
    let is_whole = |number: &f64| *number >= 0.0 && number.fract() == 0.0 && *number < 2e15;
    // JavaScript writes 3 as it writes 3.0.
    let found = value.as_u64().or_else(|| value.as_f64().filter(is_whole).map(|n| n as u64));
    match found {
        Some(number) if number <= most => return number,
        Some(number) => reading.refuse(format!("invalid value: is {number}, which is too large")),
        None if value.is_number() => {
            reading.refuse(format!("invalid value: is {value}, expected a whole number"));
        }
        None => reading.refuse_type(value, "a whole number"),
    }
    0
}

macro_rules! reads_whole_numbers {
    ($($type:ty),*) => {$(
        impl Read for $type {
            fn read(value: &Value, reading: &mut Reading) -> Self {
                whole_number(value, Self::MAX as u64, reading) as Self
            }
        }
    )*};
}
reads_whole_numbers!(u8, u32, u64, usize);

/// A whole number that may be negative, which `1.0` is, too.
impl Read for i32 {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        let whole = |number: &f64| number.fract() == 0.0 && Self::try_from(*number as i64).is_ok();
        value.as_f64().filter(whole).map_or_else(
            || {
                reading.refuse_type(value, "a whole number");
                0
            },
            |number| number as Self,
        )
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        if value.is_null() { None } else { Some(T::read(value, reading)) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        if !value.is_array() {
            reading.refuse_type(value, "a list");
        }
        let mut items = Self::new();
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            reading.path.push(Step::Item(index));
            items.push(T::read(item, reading));
            reading.path.pop();
        }
        items
    }
}

impl<T: Read> Read for [T; 2] {
    fn read(value: &Value, reading: &mut Reading) -> Self {
        if value.as_array().is_none_or(|items| items.len() != 2) {
            reading.refuse_type(value, "a pair");
        }
        let mut item = |index| {
            reading.path.push(Step::Item(index));
            let found = T::read(value.get(index).unwrap_or(NOTHING), reading);
            reading.path.pop();
            found
        };
        [item(0), item(1)]
    }
}

/// One field: required, or with a default; after `by`, with a reader of its own.
macro_rules! reads_field {
    ($fields:ident, $reading:ident, $field:ident by $read:ident) => {
        $fields.required_by(stringify!($field), $reading, $read)
    };
    ($fields:ident, $reading:ident, $field:ident) => {
        $fields.required(stringify!($field), $reading)
    };
    ($fields:ident, $reading:ident, $field:ident, $default:expr) => {
        $fields.optional(stringify!($field), $reading).unwrap_or_else(|| $default)
    };
}

/// Lets serde read a type from any format, by way of a JSON value, so that the type has one reader
/// and not one for each format. Nothing is validated.
macro_rules! deserializes_by_value {
    ($type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $crate::read::whole(&value).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Gives a struct a reader, from its fields and their defaults.
macro_rules! reads_struct {
    ($type:ident { $($field:ident $(by $read:ident)? $(= $default:expr)?),* $(,)? }) => {
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value, reading: &mut $crate::read::Reading) -> Self {
                let known = &[$(stringify!($field)),*];
                let fields = $crate::read::Fields::of(value, None, known, reading);
                Self {
                    $($field: $crate::read::reads_field!(
                        fields, reading, $field $(by $read)? $(, $default)?
                    )),*
                }
            }
        }
        $crate::read::deserializes_by_value!($type);
    };
}

/// Gives an enum a reader that selects the variant by the field `tag`. A variant missing from the
/// table is a compile error.
macro_rules! reads_tagged {
    ($type:ident by $tag:literal {
        $($name:literal => $variant:ident { $($field:ident $(= $default:expr)?),* $(,)? }),* $(,)?
    }) => {
        impl $crate::names::Tagged for $type {
            const KINDS: &'static [&'static str] = &[$($name),*];

            fn kind(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name),* }
            }
        }

        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value, reading: &mut $crate::read::Reading) -> Self {
                use $crate::names::Tagged as _;
                match $crate::read::tag_of(value, $tag, Self::KINDS, reading) {
                    $($name => {
                        let known = &[$(stringify!($field)),*];
                        let _fields =
                            $crate::read::Fields::of(value, Some($tag), known, reading);
                        Self::$variant {
                            $($field: $crate::read::reads_field!(
                                _fields, reading, $field $(, $default)?
                            )),*
                        }
                    })*
                    _ => unreachable!("the tag is one of those that are known"),
                }
            }
        }
        $crate::read::deserializes_by_value!($type);
    };
}
pub(crate) use {deserializes_by_value, reads_field, reads_struct, reads_tagged};
