//! What a view asks for, as JSON: written with the ids of fields, and read again when it is used.

use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_application::tables::Selection;
use atalaya_domain::company::Company;
use atalaya_domain::id::FieldId;
use atalaya_domain::tables::{Keys, Table, View};
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;
use uuid::Uuid;

use super::asked::{Asked, written_filter};
use super::filter::Node;
use super::values::RecordForm;

/// What a view asks for; fields are named by ids where it is kept, and by either where it is shown.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ViewQuery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<Node>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) q: Option<String>,
    #[serde(default)]
    pub(super) sort: Vec<String>,
    #[serde(default)]
    pub(super) fields: Vec<String>,
}

/// By what a view is kept.
const KEPT: RecordForm = RecordForm { keys: Keys::Ids, numbers_as_text: false };
/// A step of an order that is no field.
const CREATED: &str = "created_at";

/// A step of an order: whether it descends, and its name.
fn step(step: &str) -> (&'static str, &str) {
    step.strip_prefix('-').map_or(("", step), |name| ("-", name))
}

impl ViewQuery {
    /// What a view holds. Nothing of it is damaged unless somebody wrote into the database.
    pub(super) fn of(view: &View) -> Result<Self, AppError> {
        serde_json::from_str(&view.query).map_err(AppError::internal)
    }

    /// Without what names fields that are not there any more, and these.
    pub(super) fn living(self, table: &Table) -> (Self, Vec<FieldId>) {
        let mut missing: Vec<FieldId> = Vec::new();
        let mut lives = |id: &str| {
            let id = Uuid::parse_str(id).map(FieldId::new);
            let lives = id.as_ref().is_ok_and(|id| table.field(*id).is_some());
            if let (false, Ok(id)) = (lives, id)
                && !missing.contains(&id)
            {
                missing.push(id);
            }
            lives
        };
        let filter = self.filter.and_then(|filter| filter.keeping(&mut lives));
        let sort = self.sort.into_iter().filter(|at| step(at).1 == CREATED || lives(step(at).1)).collect();
        let fields = self.fields.into_iter().filter(|id| lives(id)).collect();
        (Self { filter, sort, fields, ..self }, missing)
    }

    /// With fields of a table that are named by other keys.
    pub(super) fn renamed(self, table: &Table, from: Keys, to: Keys) -> Self {
        let name = |key: &str| from.find(table, key).map(|field| to.of(field)).unwrap_or_default();
        let sort = self.sort.iter().map(|at| match step(at) {
            (_, CREATED) => at.clone(),
            (direction, field) => format!("{direction}{}", name(field)),
        });
        let sort = sort.collect();
        let fields = self.fields.iter().map(|field| name(field)).collect();
        Self { filter: self.filter.map(|filter| filter.named(&name)), sort, fields, ..self }
    }
}

/// What is asked for, as it is kept: by the ids of fields.
///
/// # Errors
/// `InvalidFilter` for what does not fit the table; `Invalid` where it is too long.
pub(super) fn kept(asked: &Asked<'_>, table: &Table, company: &Company, form: RecordForm) -> Result<String, AppError> {
    asked.selection(table, company, form)?;
    let filter = asked.filter.map(|text| serde_json::from_str(text.get())).transpose().map_err(AppError::internal)?;
    let query = ViewQuery {
        filter,
        q: asked.q.map(str::to_owned),
        sort: asked.sort.iter().filter(|step| !step.is_empty()).cloned().collect(),
        fields: asked.fields.iter().filter(|field| !field.is_empty()).cloned().collect(),
    };
    let text = serde_json::to_string(&query.renamed(table, form.keys, KEPT.keys)).map_err(AppError::internal)?;
    if text.len() > View::MOST_QUERY_BYTES {
        let too_long = Violation::new("body", "too_long").with("max", &View::MOST_QUERY_BYTES);
        return Err(AppError::Invalid(vec![too_long]));
    }
    Ok(text)
}

/// A filter that is written as JSON, as a view keeps it: by the ids of fields instead of their names.
///
/// # Errors
/// `InvalidFilter` for what does not fit the table; `Invalid` where it is too long.
pub fn kept_filter(text: &str, table: &Table, company: &Company) -> Result<String, AppError> {
    let asked = Asked { filter: Some(written_filter(text)?), q: None, sort: &[], fields: &[] };
    let query = kept(&asked, table, company, RecordForm::default())?;
    let query: ViewQuery = serde_json::from_str(&query).map_err(AppError::internal)?;
    serde_json::to_string(&query.filter).map_err(AppError::internal)
}

/// What a view means of a table by now, of its filter only where that counts.
///
/// # Errors
/// `InvalidFilter` where it does not fit the table any more.
pub(super) fn of_view(view: &View, table: &Table, company: &Company, filters: bool) -> Result<Selection, AppError> {
    let (query, missing) = ViewQuery::of(view)?.living(table);
    let written =
        query.filter.as_ref().filter(|_| filters).map(to_raw_value).transpose().map_err(AppError::internal)?;
    let kept = Asked { filter: written.as_deref(), q: query.q.as_deref(), sort: &query.sort, fields: &query.fields };
    Ok(Selection { missing, ..kept.selection(table, company, KEPT)? })
}
