//! Large uploads take turns: each is parsed and written with many times its own size in memory, and one bank's files
//! must not be what every bank's memory and writes are used up by.

use std::sync::Arc;

use atalaya_domain::access::Actor;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::places::{Most, Place, Places};
use crate::http::problem::{Kind, Problem};

/// A body from which on an upload takes a turn, in bytes: some thousand rows.
const LARGE: usize = 256 * 1024;
/// Large uploads that are worked on at a time.
const AT_ONCE: usize = 1;
/// Large uploads that are worked on or wait: no company takes the places of all others, and no user those of a company.
const PLACES: Most = Most { of_a_user: 2, of_a_company: 3, in_all: 5 };

/// Gives uploads their turns, within this process.
pub struct Uploads {
    places: Arc<Places>,
    turns: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { places: Places::new(PLACES), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// The right to work on an upload, until it is dropped.
pub(crate) struct Turn {
    _held: Option<(Place, OwnedSemaphorePermit)>,
}

impl Uploads {
    /// Waits for the actor's turn with a body of so many bytes; a small one has it at once.
    ///
    /// # Errors
    /// `SERVER_OVERLOADED` at once when as many of the user, the company or the process wait as may.
    pub(crate) async fn turn(&self, actor: &Actor, bytes: usize) -> Result<Turn, Problem> {
        if bytes < LARGE {
            return Ok(Turn { _held: None });
        }
        let overloaded = || Problem::Http(Kind::SERVER_OVERLOADED);
        let place = self.places.take(actor).map_err(|_| overloaded())?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| overloaded())?;
        Ok(Turn { _held: Some((place, turn)) })
    }
}
