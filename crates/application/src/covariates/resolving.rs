//! From the names that a caller knows to the ids that stay.

use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::id::FieldId;
use atalaya_domain::tables::{FieldType, Table};

use super::{AskedCovariate, NamedCovariate};
use crate::error::{AppError, CovariatePart as Part, Field as Named, Violation};

/// The tables and fields of what was asked for, all broken rules together.
pub(super) fn resolved(tables: &[Table], asked: &[AskedCovariate]) -> Result<Vec<CovariateSource>, AppError> {
    let mut broken = Vec::new();
    let mut sources: Vec<CovariateSource> = Vec::new();
    if asked.len() > CovariateSource::MOST {
        broken.push(Violation::new(Named::Covariates, "too_many").with("max", &CovariateSource::MOST));
    }
    for (index, asked) in asked.iter().take(CovariateSource::MOST).enumerate() {
        match source(tables, asked, index) {
            Ok(source) if sources.contains(&source) => {
                broken.push(Violation::new(Named::Covariate(index, None), "repeated"));
            }
            Ok(source) => sources.push(source),
            Err(violations) => broken.extend(violations),
        }
    }
    if broken.is_empty() { Ok(sources) } else { Err(AppError::Invalid(broken)) }
}

fn source(tables: &[Table], asked: &AskedCovariate, index: usize) -> Result<CovariateSource, Vec<Violation>> {
    let named = |part| Named::Covariate(index, Some(part));
    let is_meant = |table: &&Table| {
        let Table { entity, .. } = table;
        entity.name.as_str().eq_ignore_ascii_case(&asked.entity) || entity.id.get().to_string() == asked.entity
    };
    let Some(table) = tables.iter().find(is_meant) else {
        return Err(vec![Violation::new(named(Part::Entity), "no_such_entity")]);
    };
    let mut broken = Vec::new();
    let mut field = |part: Part, name: &str, kinds: &[FieldType]| {
        let found = table.field_named(name).ok_or("no_such_field");
        match found.and_then(|field| if kinds.contains(&field.kind) { Ok(field.id) } else { Err("not_for_type") }) {
            Ok(id) => Some(id),
            Err(code) => {
                broken.push(Violation::new(named(part), code));
                None
            }
        }
    };
    let date_field = field(Part::DateField, &asked.date_field, &CovariateSource::DAYS);
    let value = asked.value_field.as_deref();
    let value_field = value.and_then(|name| field(Part::ValueField, name, asked.aggregate.takes()));
    let account = asked.account_field.as_deref();
    let account_field = account.and_then(|name| field(Part::AccountField, name, &CovariateSource::ACCOUNTS));
    let known_since = asked.known_since_field.as_deref();
    let known_since_field = known_since.and_then(|name| field(Part::KnownSinceField, name, &CovariateSource::DAYS));
    if value.is_none() && asked.aggregate.needs_value() {
        broken.push(Violation::new(named(Part::ValueField), "missing"));
    }
    if asked.lag_days > CovariateSource::LONGEST_LAG {
        broken.push(Violation::new(named(Part::LagDays), "too_large").with("max", &CovariateSource::LONGEST_LAG));
    }
    match date_field {
        Some(date_field) if broken.is_empty() => Ok(CovariateSource {
            entity: table.entity.id,
            date_field,
            value_field,
            aggregate: asked.aggregate,
            account_field,
            lag_days: asked.lag_days,
            known_since_field,
        }),
        _ => Err(broken),
    }
}

/// Sources in the words of their tables, without those whose table or field is gone. Names that would be the same are
/// numbered.
pub(super) fn all_named(tables: &[Table], sources: &[CovariateSource]) -> Vec<NamedCovariate> {
    let mut all: Vec<NamedCovariate> = Vec::new();
    for named in sources.iter().filter_map(|source| named(tables, source)) {
        let called = |name: &str| all.iter().any(|other| other.name == name);
        let numbered = (2..).map(|number| format!("{}#{number}", named.name));
        let name = [named.name.clone()].into_iter().chain(numbered).find(|name| !called(name));
        all.push(NamedCovariate { name: name.unwrap_or_default(), ..named });
    }
    all
}

/// A source in the words of its table; `None` where the table or a field is gone, or the field has a type by now that
/// does not fit.
fn named(tables: &[Table], source: &CovariateSource) -> Option<NamedCovariate> {
    let table = tables.iter().find(|table| table.entity.id == source.entity)?;
    let word = |id: FieldId, kinds: &[FieldType]| {
        let field = table.field(id).filter(|field| kinds.contains(&field.kind))?;
        Some(field.name.as_str().to_owned())
    };
    let date_field = word(source.date_field, &CovariateSource::DAYS)?;
    let optional = |id: Option<FieldId>, kinds: &[FieldType]| match id {
        Some(id) => word(id, kinds).map(Some),
        None => Some(None),
    };
    let value_field = optional(source.value_field, source.aggregate.takes())?;
    let account_field = optional(source.account_field, &CovariateSource::ACCOUNTS)?;
    let known_since_field = optional(source.known_since_field, &CovariateSource::DAYS)?;
    let entity = table.entity.name.as_str().to_owned();
    Some(NamedCovariate {
        name: name(&entity, value_field.as_deref(), source),
        source: *source,
        entity,
        date_field,
        value_field,
        account_field,
        known_since_field,
    })
}

/// What comparisons call it: `campaign.flag`, `campaign.gasto.sum`, `campaign.flag+3`.
fn name(entity: &str, value_field: Option<&str>, source: &CovariateSource) -> String {
    let value = value_field.map(|field| format!(".{field}")).unwrap_or_default();
    let lag = if source.lag_days == 0 { String::new() } else { format!("+{}", source.lag_days) };
    format!("{entity}{value}.{}{lag}", source.aggregate)
}
