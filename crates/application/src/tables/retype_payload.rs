//! Which field a job gives another type, as the job keeps it.

use atalaya_domain::id::EntityId;
use atalaya_domain::tables::FieldNumber;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ports::job_payload::{JobPayload, UnreadableJob};

/// Which field, in JSON.
#[derive(Serialize, Deserialize)]
struct RetypePayload {
    entity: String,
    field: i32,
    hidden: i32,
}

/// Which field gets the place of which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RetypedField {
    /// The entity type.
    pub(super) entity: EntityId,
    /// The field that people see.
    pub(super) field: FieldNumber,
    /// The hidden one.
    pub(super) hidden: FieldNumber,
}

/// The payload of a job about that field.
///
/// # Errors
/// `Internal` where it cannot be written.
pub(super) fn payload_of(field: RetypedField) -> Result<JobPayload, AppError> {
    let RetypedField { entity, field, hidden } = field;
    let entity = entity.get().to_string();
    JobPayload::of(&RetypePayload { entity, field: field.get(), hidden: hidden.get() })
}

/// The field of a payload that [`payload_of`] made.
///
/// # Errors
/// [`UnreadableJob`] where it is none.
pub(super) fn field_of(payload: &JobPayload) -> Result<RetypedField, UnreadableJob> {
    let RetypePayload { entity, field, hidden } = payload.read()?;
    let entity = entity.parse().map(EntityId::new).map_err(|_| UnreadableJob::Unknown(entity))?;
    Ok(RetypedField { entity, field: FieldNumber::new(field), hidden: FieldNumber::new(hidden) })
}
