//! Names of entity types and fields.

use crate::text::{InvalidText, readable_text};

/// The name of an entity type, by which programs know it: unique within its company, whatever its letter case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityName(String);

impl EntityName {
    /// The most characters.
    pub const MAX_CHARS: usize = 100;

    /// Accepts 1 to 100 ASCII letters, digits and `_`, the first of them no digit.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(InvalidText::TooLong { max: Self::MAX_CHARS });
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(InvalidText::Alphabet { marks: "_" });
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(InvalidText::Form);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names have in common that differ in letter case only.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

readable_text! {
    /// The name of a field, which is its key in `data`: unique within its entity type, whatever its letter case, and
    /// with blanks and `_` taken for the same.
    FieldName, 100
}

/// A name of a field that would be mistaken for what every record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("every record has a member of that name")]
pub struct ReservedName;

impl FieldName {
    /// What every record has beside its fields.
    pub const RESERVED: [&str; 4] = ["id", "created_at", "updated_at", "revision"];

    /// The name in small letters, each blank a `_`: two fields of an entity type with the same one are the same.
    #[must_use]
    pub fn column_name(&self) -> String {
        self.0.chars().map(|c| if c == ' ' { '_' } else { c }).flat_map(char::to_lowercase).collect()
    }

    /// # Errors
    /// [`ReservedName`] for a name that every record has already.
    pub fn check_reserved(&self) -> Result<(), ReservedName> {
        if Self::RESERVED.contains(&self.column_name().as_str()) { Err(ReservedName) } else { Ok(()) }
    }
}

readable_text! {
    /// What people read for an entity type or a field.
    DisplayName, 200
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_an_entity_type_is_a_word_of_programs() {
        for good in ["a", "_x", "campañas".replace('ñ', "n").as_str(), "Campaign_2026", &"x".repeat(100)] {
            assert_eq!(EntityName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "1a", "a b", "a-b", "ñ", "a\"b", &"x".repeat(101)] {
            assert!(EntityName::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(EntityName::parse("CaMpaign").unwrap().key(), "campaign");
    }

    #[test]
    fn a_column_name_has_small_letters_and_no_blanks() {
        assert_eq!(FieldName::parse("Nombre Largo").unwrap().column_name(), "nombre_largo");
        assert_eq!(FieldName::parse("nombre").unwrap().column_name(), "nombre");
        assert_eq!(FieldName::parse("AÑO").unwrap().column_name(), "año");
    }

    #[test]
    fn what_every_record_has_is_no_name_of_a_field() {
        for reserved in ["id", "ID", "Created At", "updated_at", "Revision"] {
            assert_eq!(FieldName::parse(reserved).unwrap().check_reserved(), Err(ReservedName), "{reserved}");
        }
        assert!(FieldName::parse("ids").unwrap().check_reserved().is_ok());
    }
}
