//! Reading what is asked for of a table: fields by their names, conditions, words and orders.

use std::str::FromStr;

use atalaya_application::AppError;
use atalaya_application::error::{Field as Named, Violation};
use atalaya_application::tables::{Selection, of_broken, of_invalid_condition};
use atalaya_domain::calendar::start_of_day;
use atalaya_domain::company::Company;
use atalaya_domain::tables::{Field, FieldNumber, Filter, Input, Operator, RecordQuery, Sort, SortBy, Table};
use chrono::{NaiveDate, NaiveTime};

use super::selection::selected;
use super::values::RecordForm;
use crate::api::parse::known_word;

/// What is asked for, collected while a filter is read.
pub(super) struct Reader<'t> {
    table: &'t Table,
    company: &'t Company,
    form: RecordForm,
    broken: Vec<Violation>,
    conditions: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(table: &'t Table, company: &'t Company, form: RecordForm) -> Self {
        Self { table, company, form, broken: Vec::new(), conditions: 0 }
    }

    pub(super) fn field(&mut self, place: &str, key: &str) -> Option<&'t Field> {
        let found = self.form.keys.find(self.table, key);
        if found.is_none() {
            self.broken.push(Violation::new(place.to_owned(), "no_such_field"));
        }
        found
    }

    /// A word of a closed set; that it is none is kept.
    pub(super) fn word<T: FromStr>(
        &mut self,
        place: &str,
        text: &str,
        known: impl IntoIterator<Item = &'static str>,
    ) -> Option<T> {
        known_word(place.to_owned(), text, known).map_err(|broken| self.broken.push(broken)).ok()
    }

    /// A condition; what is wrong with it is kept.
    pub(super) fn condition(&mut self, place: &str, key: &str, operator: &str, inputs: &[Input<'_>]) -> Option<Filter> {
        self.conditions += 1;
        if self.conditions > Filter::MOST_CONDITIONS {
            let too_many = Violation::new("filter", "too_many").with("max", &Filter::MOST_CONDITIONS);
            if self.conditions == Filter::MOST_CONDITIONS + 1 {
                self.broken.push(too_many);
            }
            return None;
        }
        let field = self.field(place, key)?;
        let operator: Operator = self.word(place, operator, Operator::ALL.iter().map(|operator| operator.as_str()))?;
        let zone = self.company.time_zone;
        // The calendar's own ends begin on no clock: UTC stands for them.
        let day_start =
            |day: NaiveDate| start_of_day(day, zone).unwrap_or_else(|| day.and_time(NaiveTime::MIN).and_utc());
        let condition = Filter::condition(field, operator, inputs, &day_start);
        let named = || Named::from(place.to_owned());
        condition.map_err(|invalid| self.broken.push(of_invalid_condition(named(), operator, &invalid))).ok()
    }

    /// The words to search for; what is wrong with them is kept.
    pub(super) fn words(&mut self, text: Option<&str>) -> Vec<String> {
        let words = RecordQuery::search(text.unwrap_or_default());
        words.map_err(|rule| self.broken.push(of_broken(Named::from("q"), &rule))).unwrap_or_default()
    }

    /// An order: a name a step, `-` in front for the largest first.
    fn sort<'s>(&mut self, steps: impl Iterator<Item = &'s str>) -> Vec<Sort> {
        let steps: Vec<&str> = steps.filter(|step| !step.is_empty()).collect();
        if steps.len() > Sort::MOST {
            self.broken.push(Violation::new("sort", "too_many").with("max", &Sort::MOST));
            return Vec::new();
        }
        let step = |step: &&str| {
            let (name, descending) = step.strip_prefix('-').map_or((*step, false), |name| (name, true));
            let by = match name {
                "created_at" => SortBy::Created,
                name => SortBy::Field(self.field("sort", name)?.number),
            };
            Some(Sort { by, descending })
        };
        steps.iter().filter_map(step).collect()
    }

    /// The fields to show; what is wrong with them is kept.
    fn fields<'s>(&mut self, names: impl Iterator<Item = &'s str>) -> Option<Vec<FieldNumber>> {
        let selected = selected(self.table, self.form.keys, names);
        selected.map_err(|broken| self.broken.extend(broken)).unwrap_or_default()
    }

    /// A filter with the words, the order and the fields that are asked for.
    ///
    /// # Errors
    /// `InvalidFilter` names whatever is wrong.
    pub(super) fn selection<'s>(
        mut self,
        filter: Filter,
        words: Option<&str>,
        sort: impl Iterator<Item = &'s str>,
        fields: impl Iterator<Item = &'s str>,
    ) -> Result<Selection, AppError> {
        let (words, sort, fields) = (self.words(words), self.sort(sort), self.fields(fields));
        Ok(Selection { fields, ..self.finish(filter, words, sort)?.into() })
    }

    /// Keeps what is wrong.
    pub(super) fn refuse(&mut self, violation: Violation) {
        self.broken.push(violation);
    }

    pub(super) fn finish(self, filter: Filter, words: Vec<String>, sort: Vec<Sort>) -> Result<RecordQuery, AppError> {
        if self.broken.is_empty() {
            Ok(RecordQuery { filter, words, sort })
        } else {
            Err(AppError::InvalidFilter(self.broken))
        }
    }
}
