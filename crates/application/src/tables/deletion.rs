//! Deleting records that others point to: what becomes of those, their relations say.
//!
//! All records that go are found first, in a list of what is still to be looked at, so that a long chain of relations
//! takes no stack. Only then is it asked who restricts and who is cleared, so that the order makes no difference.

use std::collections::{BTreeMap, VecDeque};

use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, OnDelete, Record, RevisionKind, Table, Values};

use crate::error::{AppError, Conflict};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::Writing;

/// The most records that one request deletes or changes because they point to others. More of them would keep a
/// company's other writers waiting; they are then deleted or changed first.
const MOST_POINTING: usize = 1_000;

/// How many records of an entity type went, or were changed, for the audit log.
pub(super) type Told = BTreeMap<(String, &'static str), (AuditAction, usize)>;

/// Puts records of a table into the trash, and does with those that point to them what their relations say. What was
/// done to how many records of which entity type.
///
/// # Errors
/// `Conflict(RecordInUse)` where a relation restricts, where a required one would be cleared, or where more than
/// [`MOST_POINTING`] records point.
pub(super) fn delete(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    records: Vec<Record>,
    writing: &Writing,
) -> Result<Told, AppError> {
    let asked = records.len();
    let mut deletion = Deletion::default();
    for record in records {
        deletion.take(table, record);
    }
    while let Some((table, record)) = deletion.open.pop_front() {
        deletion.follow(unit, table, record)?;
        if deletion.going.len() > asked + MOST_POINTING {
            return Err(in_use());
        }
    }
    deletion.carry_out(unit, writing)
}

fn in_use() -> AppError {
    AppError::Conflict(Conflict::RecordInUse)
}

/// A relation by which records may point to what is deleted.
#[derive(Clone)]
struct Pointing {
    source: EntityId,
    field: Field,
}

#[derive(Default)]
struct Deletion {
    tables: BTreeMap<EntityId, Table>,
    /// The relations to each entity type, asked for once.
    relations: BTreeMap<EntityId, Vec<Pointing>>,
    /// Everything that goes.
    going: BTreeMap<(EntityId, RecordId), Record>,
    /// What goes and was not looked at yet.
    open: VecDeque<(EntityId, RecordId)>,
    /// What points to what goes by a relation that restricts or clears.
    pointing: Vec<(Pointing, RecordId)>,
}

impl Deletion {
    fn take(&mut self, table: &Table, record: Record) {
        let id = (table.entity.id, record.id);
        // What points to a record is not only what whoever deletes it sees.
        self.tables.entry(table.entity.id).or_insert_with(|| table.clone().opened_whole());
        if self.going.insert(id, record).is_none() {
            self.open.push_back(id);
        }
    }

    /// Finds the records that point to this one.
    fn follow(&mut self, unit: &mut dyn UnitOfWork, entity: EntityId, target: RecordId) -> Result<(), AppError> {
        for relation in self.relations_to(unit, entity)? {
            let room = u32::try_from(MOST_POINTING + 1).unwrap_or(u32::MAX);
            let found = unit.records().pointing(relation.source, &relation.field, target, room)?;
            if found.len() + self.pointing.len() > MOST_POINTING {
                return Err(in_use());
            }
            let cascades = relation.field.target.as_ref().map(|target| target.on_delete) == Some(OnDelete::Cascade);
            if !cascades {
                self.pointing.extend(found.into_iter().map(|id| (relation.clone(), id)));
                continue;
            }
            let new: Vec<RecordId> =
                found.into_iter().filter(|id| !self.going.contains_key(&(relation.source, *id))).collect();
            let Some(source) = self.tables.get(&relation.source).cloned() else { continue };
            for record in unit.records().find_all(&source, &new)? {
                self.take(&source, record);
            }
        }
        Ok(())
    }

    fn relations_to(&mut self, unit: &mut dyn UnitOfWork, entity: EntityId) -> Result<Vec<Pointing>, AppError> {
        if let Some(known) = self.relations.get(&entity) {
            return Ok(known.clone());
        }
        let mut relations = Vec::new();
        for relationship in unit.entities().relationships(entity)? {
            if relationship.target.entity != entity {
                continue;
            }
            if !self.tables.contains_key(&relationship.source)
                && let Some(table) = unit.entities().find(relationship.source)?
            {
                self.tables.insert(relationship.source, table.opened_whole());
            }
            let field = self.tables.get(&relationship.source).and_then(|table| table.field(relationship.field));
            relations.extend(field.map(|field| Pointing { source: relationship.source, field: field.clone() }));
        }
        self.relations.insert(entity, relations.clone());
        Ok(relations)
    }

    /// Clears what points to what goes, and puts what goes into the trash.
    fn carry_out(self, unit: &mut dyn UnitOfWork, writing: &Writing) -> Result<Told, AppError> {
        let Self { tables, going, pointing, .. } = self;
        let mut told = Told::new();
        let mut tell = |table: &Table, action: AuditAction, count: usize| {
            let name = table.entity.name.as_str().to_owned();
            told.entry((name, action.as_str())).or_insert((action, 0)).1 += count;
        };
        for (Pointing { source, field }, id) in pointing {
            if going.contains_key(&(source, id)) {
                continue;
            }
            let clears = field.target.as_ref().map(|target| target.on_delete) == Some(OnDelete::Clear);
            if !clears || field.required {
                return Err(in_use());
            }
            let Some(table) = tables.get(&source) else { continue };
            let Some(record) = unit.records().find(table, id)? else { continue };
            let kept = record.values.iter().filter(|(number, _)| **number != field.number);
            let values: Values = kept.map(|(number, value)| (*number, value.clone())).collect();
            let clearing = Writing { kind: RevisionKind::Changed, ..writing.clone() };
            drop(unit.records().change(table, &record, &values, &clearing)?);
            tell(table, AuditAction::RecordsChanged, 1);
        }
        let mut of_tables: BTreeMap<EntityId, Vec<Record>> = BTreeMap::new();
        for ((entity, _), record) in going {
            of_tables.entry(entity).or_default().push(record);
        }
        for (entity, records) in of_tables {
            let Some(table) = tables.get(&entity) else { continue };
            unit.records().delete_all(table, &records, writing)?;
            tell(table, AuditAction::RecordsDeleted, records.len());
        }
        Ok(told)
    }
}
