//! Which covariates a company's trainings use.

use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::id::{EntityId, FieldId};
use uuid::Uuid;

use super::support::*;
use super::tables_support::*;

fn source(number: u128, value_field: Option<u128>) -> CovariateSource {
    let field = |number| FieldId::new(Uuid::from_u128(number));
    CovariateSource {
        entity: EntityId::new(Uuid::from_u128(number)),
        date_field: field(number + 1),
        value_field: value_field.map(field),
        aggregate: if value_field.is_some() { Aggregate::Mean } else { Aggregate::Flag },
        account_field: value_field.map(|number| field(number + 1)),
        lag_days: 30,
        known_since_field: value_field.map(|number| field(number + 2)),
    }
}

pub(crate) fn covariates_are_those_that_were_set_last_in_their_order_and_of_one_company(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let set =
        |tables: &Tables<'_>, sources: &[CovariateSource]| tables.write(|unit| unit.covariates().replace(sources));
    assert!(ours.read(|view| view.covariates().sources()).is_empty());
    let (one, other) = (source(1, None), source(10, Some(20)));
    set(&ours, &[other, one]).unwrap();
    set(&theirs, &[one]).unwrap();
    assert_eq!(ours.read(|view| view.covariates().sources()), [other, one]);
    set(&ours, &[one, source(30, None), other]).unwrap();
    assert_eq!(ours.read(|view| view.covariates().sources()), [one, source(30, None), other]);
    assert_eq!(theirs.read(|view| view.covariates().sources()), [one]);
    set(&ours, &[]).unwrap();
    assert!(ours.read(|view| view.covariates().sources()).is_empty());
    assert_eq!(theirs.read(|view| view.covariates().sources()), [one]);
}
