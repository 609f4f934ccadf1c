//! Ids that are drawn at random for new rows.

use atalaya_application::AppError;

use super::connection::AnyConnection;
use super::transaction::Transaction;

/// How often an id is drawn. With a million rows already, one draw in nine thousand million meets an id that is taken.
const MOST_DRAWS: usize = 8;

/// Every drawn id was taken: the generator is broken.
#[derive(Debug, thiserror::Error)]
#[error("{MOST_DRAWS} ids were drawn for a new row, and every one of them is taken")]
struct NoFreeId;

/// Inserts a row under an id that is drawn; again under another one where `insert` stores no row because the id is
/// taken.
///
/// # Errors
/// Those of `insert`; `Internal` when every id that is drawn is taken.
pub(super) fn with_drawn_id<I: Copy>(
    tx: &mut Transaction<'_>,
    id: impl Fn(u128) -> I,
    insert: impl Fn(&mut AnyConnection, I) -> Result<usize, AppError>,
) -> Result<I, AppError> {
    for _ in 0..MOST_DRAWS {
        let drawn = id(tx.randomness.bits());
        if insert(tx.conn, drawn)? == 1 {
            return Ok(drawn);
        }
    }
    Err(AppError::internal(NoFreeId))
}
