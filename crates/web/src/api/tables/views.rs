//! Entity types and fields as the wire writes them.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_domain::tables::{
    Entity, Field, FieldNumber, RelationTarget, Relationship, Table, UniqueSet, UserLevel, Value,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::record_words;
use super::values::{RecordForm, ValueView, moment};
use crate::api::schemas::{
    ChoiceColorWord, FieldTypeWord, OnDeleteWord, RelationshipWord, UserLevelWord, ViewerLevelWord,
};

/// An entity type, as the list shows it.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntityView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// Its name for programs; it never changes.
    #[schema(example = "campaign")]
    name: String,
    /// What people read.
    #[schema(example = "Campañas")]
    display_name: String,
    /// What it is for.
    #[schema(required = true)]
    description: Option<String>,
    /// `entity_` and the id without hyphens. Nothing in the database is called so.
    table_name: String,
    /// When it was defined.
    #[schema(format = DateTime)]
    created_at: String,
    /// Who may do what with its records.
    access: AccessView,
    /// Whether whoever changes or deletes a record has to send `If-Match`, or its revision.
    require_if_match: bool,
}

/// What the roles may do with the records of an entity type. Administrators may everything.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessView {
    /// What users may.
    #[schema(value_type = UserLevelWord)]
    user: &'static str,
    /// What viewers may.
    #[schema(value_type = ViewerLevelWord)]
    viewer: &'static str,
}

/// An entity type with its fields.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableView {
    /// The entity type.
    #[serde(flatten)]
    entity: EntityView,
    /// Its fields, by their order.
    fields: Vec<FieldView>,
    /// The names of fields whose values together no two records have.
    unique_together: Vec<Vec<String>>,
    /// What the caller may do with its records, as far as their role may write at all.
    #[schema(value_type = UserLevelWord)]
    your_access: &'static str,
}

/// A field.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// The entity type.
    #[schema(format = Uuid)]
    entity_id: String,
    /// Its key in `data`.
    #[schema(example = "gasto")]
    name: String,
    /// What people read.
    #[schema(example = "Gasto")]
    display_name: String,
    /// What it holds.
    #[schema(value_type = FieldTypeWord)]
    field_type: &'static str,
    /// Whether every record needs a value.
    is_required: bool,
    /// The most characters of a text; 255 where it is `null`.
    #[schema(required = true, minimum = 1, maximum = 10_000)]
    max_length: Option<u32>,
    /// The name in small letters, each blank a `_`.
    column_name: String,
    /// Its place among the fields, from 1.
    #[schema(minimum = 1)]
    display_order: u32,
    /// When it was defined.
    #[schema(format = DateTime)]
    created_at: String,
    /// Whether no two records have the same value.
    unique: bool,
    /// The value of a new record that names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<ValueView>,
    /// The smallest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<ValueView>,
    /// The largest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<ValueView>,
    /// What the whole of a text has to match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    /// What there is to choose from; of a `CHOICE` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    /// What the field is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// What choices are called, where that is not the choice itself; of a `CHOICE` only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"A": "Activa"}))]
    choice_labels: BTreeMap<String, String>,
    /// The colours of choices; of a `CHOICE` only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, ChoiceColorWord>, example = json!({"A": "green"}))]
    choice_colors: BTreeMap<String, &'static str>,
    /// The entity type to whose records it points; of a `RELATION` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    target_entity_id: Option<String>,
    /// The field of the target that people choose by; of a `RELATION` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_display_field: Option<String>,
}

/// That the records of one entity type point to those of another.
#[derive(Serialize, ToSchema)]
pub(crate) struct RelationshipView {
    /// The id of the field by which they do.
    #[schema(format = Uuid)]
    id: String,
    /// Whose records point.
    #[schema(format = Uuid)]
    source_entity_id: String,
    /// To whose records they point.
    #[schema(format = Uuid)]
    target_entity_id: String,
    /// Many records may point to one.
    #[schema(value_type = RelationshipWord)]
    relationship_type: &'static str,
    /// The field by which they do.
    #[schema(format = Uuid)]
    source_field_id: String,
    /// The field of the target that people choose by; empty once it is deleted for good.
    target_display_field: String,
    /// What becomes of them when the record that they point to is deleted.
    #[schema(value_type = OnDeleteWord)]
    on_delete: &'static str,
    /// When the field was defined.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<&Entity> for EntityView {
    fn from(entity: &Entity) -> Self {
        Self {
            id: entity.id.get().to_string(),
            name: entity.name.as_str().to_owned(),
            display_name: entity.display_name.as_str().to_owned(),
            description: entity.description.clone(),
            table_name: entity.table_name(),
            created_at: moment(entity.created_at),
            access: AccessView { user: entity.access.user.as_str(), viewer: entity.access.viewer.as_str() },
            require_if_match: entity.requires_if_match,
        }
    }
}

impl TableView {
    /// # Errors
    /// `Internal`, never in practice.
    pub(crate) fn new(table: &Table) -> Result<Self, AppError> {
        let fields = table.fields.iter().map(|field| FieldView::new(&table.entity, field)).collect::<Result<_, _>>()?;
        let name = |number: &FieldNumber| table.field_numbered(*number).map(|field| field.name.as_str().to_owned());
        let names = |set: &UniqueSet| set.fields.iter().filter_map(name).collect();
        let unique_together = table.entity.unique_together.iter().map(names).collect();
        let your_access = table.level().as_str();
        Ok(Self { entity: EntityView::from(&table.entity), fields, unique_together, your_access })
    }

    /// An entity type that its administrator has just defined, without fields.
    pub(crate) fn defined(entity: &Entity) -> Self {
        let your_access = UserLevel::Write.as_str();
        Self { entity: EntityView::from(entity), fields: Vec::new(), unique_together: Vec::new(), your_access }
    }
}

impl FieldView {
    /// # Errors
    /// `Internal`, never in practice.
    pub(crate) fn new(entity: &Entity, field: &Field) -> Result<Self, AppError> {
        let view = |value: &Option<Value>| {
            value.as_ref().map(|value| ValueView::new(value, RecordForm::default())).transpose()
        };
        let read = &field.presentation;
        let (labels, colors) = (read.labels.iter(), read.colors.iter());
        Ok(Self {
            id: field.id.get().to_string(),
            entity_id: entity.id.get().to_string(),
            name: field.name.as_str().to_owned(),
            display_name: field.display_name.as_str().to_owned(),
            field_type: field.kind.as_str(),
            is_required: field.required,
            max_length: field.max_length,
            column_name: field.name.column_name(),
            display_order: field.display_order,
            created_at: moment(field.created_at),
            unique: field.rules.unique,
            default: view(&field.rules.default)?,
            min: view(&field.rules.min)?,
            max: view(&field.rules.max)?,
            pattern: field.rules.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
            choices: field.rules.choices.clone(),
            description: read.description.clone(),
            choice_labels: labels.map(|(choice, label)| (choice.clone(), label.as_str().to_owned())).collect(),
            choice_colors: colors.map(|(choice, color)| (choice.clone(), color.as_str())).collect(),
            target_entity_id: field.target.as_ref().map(|target| target.entity.get().to_string()),
            target_display_field: field.target.as_ref().map(display_field),
        })
    }
}

/// The name of the field that a relation is chosen by; empty once it is deleted for good.
fn display_field(target: &RelationTarget) -> String {
    target.display_name.as_ref().map_or_else(String::new, |name| name.as_str().to_owned())
}

impl From<&Relationship> for RelationshipView {
    fn from(relationship: &Relationship) -> Self {
        let field = relationship.field.get().to_string();
        Self {
            id: field.clone(),
            source_entity_id: relationship.source.get().to_string(),
            target_entity_id: relationship.target.entity.get().to_string(),
            relationship_type: record_words::RELATIONSHIP,
            source_field_id: field,
            target_display_field: display_field(&relationship.target),
            on_delete: relationship.target.on_delete.as_str(),
            created_at: moment(relationship.created_at),
        }
    }
}
