//! Deleting a record that others point to: what becomes of them, their relations say.

use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, OnDelete, Record, RevisionKind, Table, Values};

use crate::error::{AppError, Conflict};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::Writing;

/// The most records that one deletion takes with it or changes. More of them would keep a company's other writers
/// waiting; they are then deleted or changed first.
const MOST_POINTING: u32 = 1_000;

/// Puts a record into the trash, and does with those that point to it what their relations say. How many records were
/// deleted in all.
///
/// # Errors
/// `Conflict(RecordInUse)` where a relation restricts, where a required one would be cleared, or where more than
/// [`MOST_POINTING`] records point.
pub(super) fn delete(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    record: &Record,
    writing: &Writing,
) -> Result<u32, AppError> {
    let mut deletion = Deletion { writing, deleted: Vec::new(), touched: 0 };
    deletion.delete(unit, table, record)?;
    u32::try_from(deletion.deleted.len()).map_err(AppError::internal)
}

struct Deletion<'w> {
    writing: &'w Writing,
    /// What is in the trash by now: circles of relations end here.
    deleted: Vec<(EntityId, RecordId)>,
    touched: u32,
}

impl Deletion<'_> {
    fn delete(&mut self, unit: &mut dyn UnitOfWork, table: &Table, record: &Record) -> Result<(), AppError> {
        let this = (table.entity.id, record.id);
        if self.deleted.contains(&this) {
            return Ok(());
        }
        self.deleted.push(this);
        for relationship in unit.entities().relationships(table.entity.id)? {
            if relationship.target.entity != table.entity.id {
                continue;
            }
            let source = unit.entities().find(relationship.source)?;
            let Some(source) = source else { continue };
            if let Some(field) = source.field(relationship.field) {
                self.release(unit, &source, field, record.id)?;
            }
        }
        unit.records().delete(table, record, self.writing)
    }

    /// Does with the records of `source` that point to `target` by `field` what the relation says.
    fn release(
        &mut self,
        unit: &mut dyn UnitOfWork,
        source: &Table,
        field: &Field,
        target: RecordId,
    ) -> Result<(), AppError> {
        let in_use = || AppError::Conflict(Conflict::RecordInUse);
        let pointing = unit.records().pointing(source.entity.id, field, target, MOST_POINTING + 1)?;
        for id in pointing {
            if self.deleted.contains(&(source.entity.id, id)) {
                continue;
            }
            self.touched += 1;
            if self.touched > MOST_POINTING {
                return Err(in_use());
            }
            let Some(record) = unit.records().find(source, id)? else { continue };
            match field.target.as_ref().map(|target| target.on_delete) {
                Some(OnDelete::Cascade) => self.delete(unit, source, &record)?,
                Some(OnDelete::Clear) if !field.required => {
                    let values: Values =
                        record.values.iter().filter(|(number, _)| **number != field.number).map(copied).collect();
                    let writing = Writing { kind: RevisionKind::Changed, ..self.writing.clone() };
                    drop(unit.records().change(source, &record, &values, &writing)?);
                }
                _ => return Err(in_use()),
            }
        }
        Ok(())
    }
}

fn copied<K: Copy, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (*key, value.clone())
}
