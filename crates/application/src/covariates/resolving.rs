//! From the names that a caller knows to the ids that stay.

use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::tables::{Field, FieldType, Table};

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
        }),
        _ => Err(broken),
    }
}

/// A source in the words of its table; `None` where the table or a field is gone.
pub(super) fn named(tables: &[Table], source: &CovariateSource) -> Option<NamedCovariate> {
    let table = tables.iter().find(|table| table.entity.id == source.entity)?;
    let word = |field: &Field| field.name.as_str().to_owned();
    let date_field = word(table.field(source.date_field)?);
    let value_field = match source.value_field {
        Some(id) => Some(word(table.field(id)?)),
        None => None,
    };
    let account_field = match source.account_field {
        Some(id) => Some(word(table.field(id)?)),
        None => None,
    };
    let entity = table.entity.name.as_str().to_owned();
    Some(NamedCovariate {
        name: name(&entity, value_field.as_deref(), source),
        source: *source,
        entity,
        date_field,
        value_field,
        account_field,
    })
}

/// What comparisons call it: `campaign.flag`, `campaign.gasto.sum`, `campaign.flag+3`.
fn name(entity: &str, value_field: Option<&str>, source: &CovariateSource) -> String {
    let value = value_field.map(|field| format!(".{field}")).unwrap_or_default();
    let lag = if source.lag_days == 0 { String::new() } else { format!("+{}", source.lag_days) };
    format!("{entity}{value}.{}{lag}", source.aggregate)
}
