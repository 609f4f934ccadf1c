//! Following relations: the records that a list points to, told beside it. Each level is read at once, however many
//! records and relations there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, Keys, Opener, Record, Table, Value, Values, text_bytes};

use crate::error::{AppError, Field as Place, Violation};
use crate::ports::store::ReadView;
use crate::ports::tables::EntityReader;

/// Which relations to follow, by the keys that the caller names fields by: `a`, or `a.b` for a relation of the records
/// that `a` points to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expand {
    /// By what the fields are named.
    pub keys: Keys,
    /// The paths.
    pub paths: Vec<String>,
}

impl Expand {
    /// The most paths.
    pub const MOST: usize = 10;
    /// The most relations of a path.
    pub const MAX_DEPTH: usize = 2;
    /// The most characters of a path: two names.
    pub const MAX_CHARS: usize = 201;
}

/// A relation that is followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The field.
    pub field: Field,
    /// The table of the records that it points to; `None` where that is not there for who asks, or in the trash.
    pub target: Option<Table>,
    /// The relations of these records that are followed.
    pub further: Vec<Self>,
}

/// What the relations that are followed lead to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expanded {
    /// The relations.
    pub relations: Vec<Followed>,
    records: Found,
}

impl Expanded {
    /// The most bytes of all texts of what is told, a record that several point to as often as it is told.
    pub const MOST_BYTES: usize = 1 << 24;

    /// The record that a relation of a record with these values leads to, with its table: `None` where it points to
    /// nothing, or to what is in the trash or not there for who asks.
    #[must_use]
    pub fn target<'e>(&'e self, relation: &'e Followed, values: &Values) -> Option<(&'e Table, &'e Record)> {
        target(&self.records, relation, values)
    }

    /// How many bytes the texts take that these relations of a record lead to.
    fn told_bytes(&self, relations: &[Followed], values: &Values) -> usize {
        let targets = relations.iter().filter_map(|relation| Some((relation, self.target(relation, values)?.1)));
        let told = |(relation, record): (&Followed, &Record)| {
            text_bytes(&record.values) + self.told_bytes(&relation.further, &record.values)
        };
        targets.map(told).sum()
    }
}

/// The records that were read, by their entity types.
type Found = HashMap<(EntityId, RecordId), Record>;

fn target<'e>(found: &'e Found, relation: &'e Followed, values: &Values) -> Option<(&'e Table, &'e Record)> {
    let table = relation.target.as_ref()?;
    let record = found.get(&(table.entity.id, pointed(&relation.field, values)?))?;
    Some((table, record))
}

/// The record that a field points to.
fn pointed(field: &Field, values: &Values) -> Option<RecordId> {
    match values.get(&field.number) {
        Some(Value::Relation(record)) => Some(*record),
        _ => None,
    }
}

fn wrong(path: &str, code: &'static str) -> Violation {
    Violation::new(Place::Expansion(path.chars().take(Expand::MAX_CHARS).collect()), code)
}

/// The field that a path begins with, and the rest of the path. A name may have points itself: the longest one counts.
fn first<'t, 'p>(table: &'t Table, keys: Keys, path: &'p str) -> Option<(&'t Field, Option<&'p str>)> {
    let named = |key: &str| keys.find(table, key);
    if let Some(whole) = named(path) {
        return Some((whole, None));
    }
    let split = |(at, _)| Some((path.get(..at)?, path.get(at + 1..)?));
    path.rmatch_indices('.').filter_map(split).find_map(|(name, rest)| Some((named(name)?, Some(rest))))
}

/// A path, and what is left of it.
#[derive(Clone, Copy)]
struct Path<'p> {
    whole: &'p str,
    left: &'p str,
}

/// A relation that paths name, and what is left of them behind it.
struct Named<'p> {
    field: Field,
    target: EntityId,
    further: Vec<Path<'p>>,
}

/// The relations of a table that paths name; what is wrong with the paths is kept.
fn named<'p>(
    table: &Table,
    keys: Keys,
    paths: &[Path<'p>],
    is_deepest: bool,
    broken: &mut Vec<Violation>,
) -> Vec<Named<'p>> {
    let mut relations: Vec<Named<'p>> = Vec::new();
    for Path { whole, left } in paths {
        let Some((field, rest)) = first(table, keys, left) else {
            broken.push(wrong(whole, "no_such_field"));
            continue;
        };
        let Some(target) = &field.target else {
            broken.push(wrong(whole, "not_a_relation"));
            continue;
        };
        if is_deepest && rest.is_some() {
            broken.push(wrong(whole, "too_deep").with("max", &Expand::MAX_DEPTH));
            continue;
        }
        let further = rest.map(|left| Path { whole, left });
        match relations.iter_mut().find(|known| known.field.number == field.number) {
            Some(known) => known.further.extend(further),
            None => relations.push(Named {
                field: field.clone(),
                target: target.entity,
                further: further.into_iter().collect(),
            }),
        }
    }
    relations
}

/// The tables of these entity types as they are there for who asks; some are known already.
fn learn<R: EntityReader + ?Sized>(
    entities: &mut R,
    opener: Opener,
    known: &mut BTreeMap<EntityId, Option<Table>>,
    wanted: impl Iterator<Item = EntityId>,
) -> Result<(), AppError> {
    let new: BTreeSet<EntityId> = wanted.filter(|id| !known.contains_key(id)).collect();
    let new: Vec<EntityId> = new.into_iter().collect();
    known.extend(new.iter().map(|id| (*id, None)));
    let found = entities.find_all(&new)?.into_iter().filter_map(|table| table.opened_by(opener));
    known.extend(found.map(|table| (table.entity.id, Some(table))));
    Ok(())
}

/// The relations that are to be followed from a table.
fn followed<R: EntityReader + ?Sized>(
    entities: &mut R,
    table: &Table,
    expand: &Expand,
) -> Result<Vec<Followed>, AppError> {
    let mut broken = Vec::new();
    let paths: Vec<Path<'_>> = expand.paths.iter().map(|path| Path { whole: path, left: path }).collect();
    let near = named(table, expand.keys, &paths, false, &mut broken);
    let mut tables = BTreeMap::from([(table.entity.id, Some(table.clone()))]);
    learn(entities, table.opener, &mut tables, near.iter().map(|relation| relation.target))?;
    let mut far = Vec::new();
    for relation in &near {
        // Of an entity type in the trash, or not there for who asks, nothing is told, and its records are not there.
        let target = tables.get(&relation.target).and_then(Option::as_ref);
        let further = target.map(|target| named(target, expand.keys, &relation.further, true, &mut broken));
        far.push(further.unwrap_or_default());
    }
    if !broken.is_empty() {
        return Err(AppError::InvalidFilter(broken));
    }
    learn(entities, table.opener, &mut tables, far.iter().flatten().map(|relation| relation.target))?;
    let follow = |Named { field, target, .. }: Named<'_>, further| {
        let target = tables.get(&target).cloned().flatten();
        Followed { field, target, further }
    };
    let leaves = |far: Vec<Named<'_>>| far.into_iter().map(|relation| follow(relation, Vec::new())).collect();
    Ok(near.into_iter().zip(far).map(|(relation, far)| follow(relation, leaves(far))).collect())
}

/// What to read of a level: of each table the records that are pointed to.
#[derive(Default)]
struct Wanted<'t>(BTreeMap<EntityId, (Option<&'t Table>, BTreeSet<RecordId>)>);

impl<'t> Wanted<'t> {
    fn add(&mut self, relation: &'t Followed, values: &Values) {
        if let (Some(table), Some(id)) = (&relation.target, pointed(&relation.field, values)) {
            let (of, ids) = self.0.entry(table.entity.id).or_default();
            *of = Some(table);
            ids.insert(id);
        }
    }

    /// In one statement, without what was read before.
    fn read(self, view: &mut dyn ReadView, known: &mut Found) -> Result<(), AppError> {
        let new = |(entity, (table, ids)): (EntityId, (Option<&'t Table>, BTreeSet<RecordId>))| {
            let ids: Vec<RecordId> = ids.into_iter().filter(|id| !known.contains_key(&(entity, *id))).collect();
            Some((table?, ids)).filter(|(_, ids)| !ids.is_empty())
        };
        let wanted: Vec<(&Table, Vec<RecordId>)> = self.0.into_iter().filter_map(new).collect();
        if !wanted.is_empty() {
            let found = view.records().find_in(&wanted)?;
            known.extend(found.into_iter().map(|(entity, record)| ((entity, record.id), record)));
        }
        Ok(())
    }
}

/// What these records of a table point to, as far as it is asked for.
///
/// # Errors
/// `InvalidFilter` names each path that is none, or says that all of it is too much for one answer.
pub(super) fn expanded(
    view: &mut dyn ReadView,
    table: &Table,
    records: &[Record],
    expand: &Expand,
) -> Result<Expanded, AppError> {
    if expand.paths.is_empty() {
        return Ok(Expanded::default());
    }
    let relations = followed(view.entities(), table, expand)?;
    let mut found = Found::new();
    let mut near = Wanted::default();
    for relation in &relations {
        for record in records {
            near.add(relation, &record.values);
        }
    }
    near.read(view, &mut found)?;
    let mut far = Wanted::default();
    for relation in relations.iter().filter(|relation| !relation.further.is_empty()) {
        for (_, target) in records.iter().filter_map(|record| target(&found, relation, &record.values)) {
            for further in &relation.further {
                far.add(further, &target.values);
            }
        }
    }
    far.read(view, &mut found)?;
    let expanded = Expanded { relations, records: found };
    let told: usize = records.iter().map(|record| expanded.told_bytes(&expanded.relations, &record.values)).sum();
    if told > Expanded::MOST_BYTES {
        return Err(AppError::InvalidFilter(vec![Violation::new(Place::Expansions, "expansion_too_large")]));
    }
    Ok(expanded)
}
