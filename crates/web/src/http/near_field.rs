//! Fields of a body that nobody reads and that look like one that is missing: `role` for `rol`.
//!
//! Other unknown fields are ignored, because clients send what they have. A slip must not be: what was meant would be
//! left at its default, and nobody would notice.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// What begins the error, in serde's own manner: serde has no other way to pass on what is wrong than words.
const NEAR: &str = "near field";
/// Shorter names than this may differ in one place, longer ones in two.
const LONG: usize = 8;

/// The unknown field of an error of [`Watched`], and the field that it looks like.
pub(crate) fn of_message(message: &str) -> Option<(&str, &str)> {
    let mut quoted = message.strip_prefix(NEAR)?.split('`').skip(1).step_by(2);
    quoted.next().zip(quoted.next())
}

/// The fields that a struct reads, other names of a field included; none of what is no struct.
fn fields_of<T: DeserializeOwned>() -> &'static [&'static str] {
    T::deserialize(AskedFields).err().map_or(&[], |Fields(fields)| fields)
}

/// Fails with the fields that are asked for.
struct AskedFields;

/// The fields of a struct, as an error.
#[derive(Debug)]
struct Fields(&'static [&'static str]);

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("only the fields are asked for")
    }
}

impl std::error::Error for Fields {}

impl serde::de::Error for Fields {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for AskedFields {
    type Error = Fields;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fields> {
        Err(Fields(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fields> {
        Err(Fields(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The entries of an object, watched for names that are nearly those of fields.
pub(crate) struct Watched<M> {
    map: M,
    fields: &'static [&'static str],
    seen: Vec<&'static str>,
    /// Each unknown field with the one that it looks like.
    near: Vec<(String, &'static str)>,
}

impl<M> Watched<M> {
    /// For the fields of a `T`.
    pub(crate) fn of<T: DeserializeOwned>(map: M) -> Self {
        Self { map, fields: fields_of::<T>(), seen: Vec::new(), near: Vec::new() }
    }

    fn look(&mut self, name: &str) {
        if let Some(known) = self.fields.iter().find(|known| **known == name) {
            self.seen.push(known);
        } else if let Some(meant) = nearest(name, self.fields) {
            self.near.push((name.to_owned(), meant));
        }
    }
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Watched<M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, M::Error> {
        if let Some(name) = self.map.next_key::<String>()? {
            self.look(&name);
            return seed.deserialize(StringDeserializer::new(name)).map(Some);
        }
        // Beside the field itself a similar name is something else.
        let missed = self.near.iter().find(|(_, meant)| !self.seen.contains(meant));
        match missed {
            Some((name, meant)) => Err(M::Error::custom(format_args!("{NEAR} `{name}` for `{meant}`"))),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        self.map.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.map.size_hint()
    }
}

/// The field that an unknown name looks like, whatever its letter case and its word breaks.
fn nearest(name: &str, fields: &[&'static str]) -> Option<&'static str> {
    // No field is nearly so long, and comparing takes the product of both lengths.
    if name.len() > 64 || name.contains('`') {
        return None;
    }
    let bare = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    let asked = bare(name);
    let distances = fields.iter().map(|field| (strsim::osa_distance(&asked, &bare(field)), *field));
    let (distance, field) = distances.min_by_key(|(distance, _)| *distance)?;
    let allowed = if asked.chars().count() < LONG { 1 } else { 2 };
    (distance <= allowed && asked.chars().count() > 2).then_some(field)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only which fields there are is asked")]
    struct Body {
        rol: Option<String>,
        must_change_password: Option<bool>,
        #[serde(alias = "nombre")]
        empresa_nombre: Option<String>,
        #[serde(rename = "username")]
        name: Option<String>,
    }

    #[test]
    fn fields_are_known_by_their_names_on_the_wire() {
        let fields = fields_of::<Body>();
        for known in ["rol", "must_change_password", "empresa_nombre", "nombre", "username"] {
            assert!(fields.contains(&known), "{known} is not in {fields:?}");
        }
        assert!(!fields.contains(&"name"));
        assert!(fields_of::<Vec<String>>().is_empty());
    }

    #[test]
    fn slips_are_recognized_and_other_fields_are_not() {
        let near = |name: &str| nearest(name, fields_of::<Body>());
        for (name, meant) in [
            ("role", "rol"),
            ("Rol", "rol"),
            ("mustChangePassword", "must_change_password"),
            ("must_change_pasword", "must_change_password"),
            ("user_name", "username"),
            ("usernmae", "username"),
            ("nombres", "nombre"),
        ] {
            assert_eq!(near(name), Some(meant), "{name}");
        }
        for name in ["roles_previos", "id", "ro", "", "comentario", "user", "`rol`", &"r".repeat(1000)] {
            assert_eq!(near(name), None, "{name}");
        }
    }

    #[test]
    fn a_message_names_both_fields() {
        assert_eq!(of_message("near field `role` for `rol`"), Some(("role", "rol")));
        assert_eq!(of_message("unknown field `role`, expected `rol`"), None);
    }
}
