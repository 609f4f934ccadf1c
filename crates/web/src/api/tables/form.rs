//! How records are written: by what their fields are named, and whether numbers are texts.

use atalaya_application::error::Violation;
use atalaya_domain::tables::Keys;
use serde::Deserialize;
use utoipa::IntoParams;

use super::record_words;
use super::values::RecordForm;
use crate::api::parse::Rules;
use crate::api::schemas::{KeysWord, NumbersWord};

/// How `data` is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FormQuery {
    /// By what `data` names fields: their names, or their ids, which stay when a field gets another name.
    #[param(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` and `JSON` are written: as JSON, or as a text for clients that would round their numbers.
    #[param(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

impl FormQuery {
    /// # Errors
    /// A word that is none of those.
    pub(crate) fn form(&self) -> Result<RecordForm, Vec<Violation>> {
        form(self.keys.as_deref(), self.numbers.as_deref())
    }
}

/// How a record is shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShowQuery {
    /// The fields that `data` holds, with commas between them; all unless told.
    #[param(example = "nombre,gasto")]
    pub(super) fields: Option<String>,
    /// Relations with commas between them: what they point to is told as `expanded`. `a.b` follows `b` of what `a`
    /// points to. At most 10, two deep.
    #[param(example = "ciudad,campana.responsable")]
    pub(super) expand: Option<String>,
    /// By what `data`, `fields` and `expand` name fields: their names, or their ids, which stay when a field gets
    /// another name.
    #[param(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` and `JSON` are written: as JSON, or as a text for clients that would round their numbers.
    #[param(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

impl ShowQuery {
    /// # Errors
    /// A word that is none of those.
    pub(super) fn form(&self) -> Result<RecordForm, Vec<Violation>> {
        form(self.keys.as_deref(), self.numbers.as_deref())
    }
}

/// By what fields are named, by the word of that parameter.
///
/// # Errors
/// A word that is none of those.
pub(super) fn named(parameter: &'static str, word: &str) -> Result<Keys, Violation> {
    match word {
        "name" => Ok(Keys::Names),
        "id" => Ok(Keys::Ids),
        _ => Err(Violation::unknown_value(parameter, record_words::KEYS)),
    }
}

/// How records are to be written, by the words of a query.
///
/// # Errors
/// A word that is none of those.
pub(crate) fn form(keys: Option<&str>, numbers: Option<&str>) -> Result<RecordForm, Vec<Violation>> {
    let mut rules = Rules::default();
    let keys = keys.map_or(Some(Keys::Names), |word| rules.take(named("keys", word)));
    let numbers_as_text = match numbers {
        None | Some("number") => Some(false),
        Some("string") => Some(true),
        Some(_) => rules.take(Err(Violation::unknown_value("numbers", record_words::NUMBERS))),
    };
    rules.finish(keys.zip(numbers_as_text).map(|(keys, numbers_as_text)| RecordForm { keys, numbers_as_text }))
}
