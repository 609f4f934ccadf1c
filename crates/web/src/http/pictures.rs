//! How many pictures are held at a time.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_domain::access::Actor;

use crate::http::places::{Most, Place, Places};
use crate::http::problem::Problem;

/// Pictures that are sent, read or wait: no company takes the places of all others, and no user those of a company.
const PLACES: Most = Most { of_a_user: 4, of_a_company: 8, in_all: 32 };

/// Gives pictures their places, within this process.
pub struct Pictures {
    places: Arc<Places>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { places: Places::new(PLACES) }
    }
}

impl Pictures {
    /// A place for a picture of the actor.
    ///
    /// # Errors
    /// `DIGITS_OVERLOADED` at once when as many of the user, the company or the process have one as may.
    pub(crate) fn place(&self, actor: &Actor) -> Result<Place, Problem> {
        self.places.take(actor).map_err(|_| AppError::unavailable(Part::Digits).into())
    }
}
