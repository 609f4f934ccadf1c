//! Relations that a file names by what people choose records by, and not by their ids.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{
    Field, FieldNumber, Filter, Input, Opener, RecordQuery, RelationTarget, Table, Test, Value,
};

use super::import::{ImportRow, Written};
use crate::error::{AppError, Field as Named, RecordKey, Violation};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::{RecordReader, RecordSlice};

/// Names that are remembered: a file with more of them looks some up again.
const REMEMBERED: usize = 10_000;

/// Which record a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    One(RecordId),
    Nobody,
    Several,
}

/// What names meant so far.
#[derive(Default)]
pub(super) struct Displayed {
    targets: HashMap<EntityId, Option<Table>>,
    names: HashMap<(EntityId, FieldNumber, String), Meant>,
}

impl Displayed {
    /// Puts ids in the place of names in the cells of relations.
    ///
    /// # Errors
    /// Of the database.
    pub(super) fn resolve(
        &mut self,
        unit: &mut dyn UnitOfWork,
        table: &Table,
        rows: &mut [ImportRow],
    ) -> Result<(), AppError> {
        for field in &table.fields {
            let Some(target) = &field.target else { continue };
            for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
                if cell.key != field.name.as_str() {
                    continue;
                }
                let Written::Text(name) = &cell.written else { continue };
                if Value::judge(field, &Input::Text(name.into())).is_ok() {
                    continue;
                }
                let unreadable = |code| {
                    let key = RecordKey { place: None, key: cell.key.clone() };
                    Written::Unreadable(Violation::new(Named::RecordValue(Box::new(key)), code))
                };
                // What its own records are called changes while they are imported.
                let written = match self.meant(unit, table.opener, target, name, target.entity != table.entity.id)? {
                    Meant::One(id) => Written::Text(id.get().to_string()),
                    Meant::Nobody => unreadable("unknown_record"),
                    Meant::Several => unreadable("ambiguous_record"),
                };
                cell.written = written;
            }
        }
        Ok(())
    }

    fn meant(
        &mut self,
        unit: &mut dyn UnitOfWork,
        opener: Opener,
        target: &RelationTarget,
        name: &str,
        remembers: bool,
    ) -> Result<Meant, AppError> {
        let key = (target.entity, target.display, name.to_owned());
        if let Some(meant) = self.names.get(&key) {
            return Ok(*meant);
        }
        if let Entry::Vacant(unknown) = self.targets.entry(target.entity) {
            let target = unit.entities().find(target.entity)?;
            unknown.insert(target.and_then(|target| target.opened_by(opener)));
        }
        let table = self.targets.get(&target.entity).and_then(Option::as_ref);
        let display = table.and_then(|table| Some((table, table.field_numbered(target.display)?)));
        let meant = match display {
            None => Meant::Nobody,
            Some((table, field)) => called(unit.records(), table, field, name)?,
        };
        if remembers {
            if self.names.len() >= REMEMBERED {
                self.names.clear();
            }
            self.names.insert(key, meant);
        }
        Ok(meant)
    }
}

/// Which record of the table has the name in that field.
///
/// # Errors
/// Of the database.
pub(super) fn called<R: RecordReader + ?Sized>(
    records: &mut R,
    table: &Table,
    field: &Field,
    name: &str,
) -> Result<Meant, AppError> {
    let Ok(Some(value)) = Value::judge(field, &Input::written(field.kind, name)) else { return Ok(Meant::Nobody) };
    let filter = Filter::Field(field.number, Test::OneOf(vec![value]));
    let query = RecordQuery { filter, ..RecordQuery::everything() };
    let found = records.list(table, &query, &RecordSlice { offset: 0, limit: 2 })?;
    Ok(match found.as_slice() {
        [] => Meant::Nobody,
        [only] => Meant::One(only.id),
        _ => Meant::Several,
    })
}
