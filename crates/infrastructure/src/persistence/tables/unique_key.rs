//! Keys of what is unique, and of what the index holds beside fields: values that are unique together, and who created
//! a record. These stand under numbers that no field has.

use atalaya_domain::tables::{Entity, UniqueSet, UserLevel, Value, Values};
use aws_lc_rs::digest::{Context, SHA256};

use super::sort_key::{exact, sort_key};

/// The field under which the index holds who created a record: no field has that number.
pub(super) const CREATOR: i32 = 0;

/// How the creators of records sort.
pub(super) fn creator_key(user: i64) -> Vec<u8> {
    user.to_be_bytes().to_vec()
}

/// Whether the index says who created each record.
pub(super) fn is_creator_indexed(entity: &Entity) -> bool {
    entity.access.user == UserLevel::Own
}

/// What tells a value apart from all others.
pub(super) fn unique_key(value: &Value) -> Vec<u8> {
    let mut key = sort_key(value);
    key.extend(exact(value).into_iter().flatten());
    key
}

/// Under which number unique values of a set are kept.
pub(super) fn set_field(set: &UniqueSet) -> i32 {
    -set.number
}

/// What tells the values of a set apart from others, where there is one of each field: the SHA-256 of their keys, each
/// behind its length, so that no two lists of values are written the same.
pub(super) fn set_key(set: &UniqueSet, values: &Values) -> Option<Vec<u8>> {
    let mut digest = Context::new(&SHA256);
    for field in &set.fields {
        let key = unique_key(values.get(field)?);
        digest.update(&u64::try_from(key.len()).ok()?.to_be_bytes());
        digest.update(&key);
    }
    Some(digest.finish().as_ref().to_vec())
}
