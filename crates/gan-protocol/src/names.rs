//! Types whose values are mere names, and types of several kinds that have names. Each name is
//! defined once, with its type; readers, writers and choices use the type's list.

use serde_json::Value;

use crate::read::{Reading, listed};

/// An enum whose values are names.
pub trait Named: Copy + 'static {
    /// Every value, in the order in which they are offered.
    const ALL: &'static [Self];
    /// Their names in messages, files and addresses, in the same order.
    const NAMES: &'static [&'static str];

    /// The value with this name.
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|place| Self::ALL[place])
    }

    /// Its name.
    fn name(self) -> &'static str;
}

/// A type whose values have a tag for their kind, and the fields of that kind.
pub trait Tagged {
    /// All kinds, by their names in JSON.
    const KINDS: &'static [&'static str];

    /// The name of its kind.
    fn kind(&self) -> &'static str;
}

/// The place of a name among `names`; 0, with an error in `reading`, if it is not among them.
pub(crate) fn place_of(value: &Value, names: &[&str], reading: &mut Reading) -> usize {
    let Some(name) = value.as_str() else {
        reading.refuse_type(value, "a name");
        return 0;
    };
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        reading.refuse(format!("unknown variant `{name}`, expected {}", listed(names)));
        0
    })
}

/// Defines an enum of names, each with its name outside of the program. Serde reads and writes it
/// as text.
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident { $($(#[$about_one:meta])* $value:ident = $name:literal),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$about_one])* $value),+ }

        impl $crate::names::Named for $type {
            const ALL: &'static [Self] = &[$(Self::$value),+];
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }

        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value, reading: &mut $crate::read::Reading) -> Self {
                use $crate::names::Named as _;
                Self::ALL[$crate::names::place_of(value, Self::NAMES, reading)]
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::names::Named::name(*self))
            }
        }

        $crate::read::deserializes_by_value!($type);
    };
}

pub(crate) use named;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Ailment, Backend, DataSource, Figure, FrameKind, LatentDistribution, NetName, Objective,
        Phase, Score,
    };
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    /// Asserts that `examples` are one of each kind, and are read and written by the name of their kind.
    pub(crate) fn every_kind_is_there<T>(examples: &[T])
    where
        T: Tagged + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        for example in examples {
            let written = serde_json::to_value(example).expect("JSON");
            assert_eq!(written["kind"], example.kind());
            assert_eq!(serde_json::from_value::<T>(written).as_ref().ok(), Some(example));
        }
        let mut found: Vec<&str> = examples.iter().map(T::kind).collect();
        let mut expected = T::KINDS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    fn every_name_stands_for_its_value<T>()
    where
        T: Named + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        for (place, value) in T::ALL.iter().enumerate() {
            let name = value.name();
            assert_eq!(name, T::NAMES[place]);
            // The same as the identifier in the code, but for case and underscores.
            let code = format!("{value:?}").to_lowercase();
            assert_eq!(name.replace('_', "").to_lowercase(), code);
            assert_eq!(T::named(name), Some(*value));
            assert_eq!(serde_json::to_value(value).expect("a text"), name);
            assert_eq!(serde_json::from_value::<T>(name.into()).expect(name), *value);
        }
        assert_eq!(T::named("nobody"), None);
        let told =
            |value: Value| serde_json::from_value::<T>(value).expect_err("no name").to_string();
        assert!(told("nobody".into()).contains(T::NAMES[T::NAMES.len() - 1]));
        assert!(told(7.into()).contains("is 7, expected a name"));
    }

    #[test]
    fn names_are_read_and_written_as_they_stand() {
        every_name_stands_for_its_value::<Ailment>();
        every_name_stands_for_its_value::<Backend>();
        every_name_stands_for_its_value::<DataSource>();
        every_name_stands_for_its_value::<Figure>();
        every_name_stands_for_its_value::<FrameKind>();
        every_name_stands_for_its_value::<LatentDistribution>();
        every_name_stands_for_its_value::<NetName>();
        every_name_stands_for_its_value::<Objective>();
        every_name_stands_for_its_value::<Phase>();
        every_name_stands_for_its_value::<Score>();
    }
}
