//! Observations as CSV: the format of exports, which uploads and the command line read again.

use atalaya_domain::observation::{Followers, Observation};

use crate::api::csv_lines::{Cell, CsvLines};
use crate::api::parse::wire_time;

/// Writes observations with the header `hora,seguidores,tweets,siguiendo`.
///
/// # Errors
/// Of the writer.
pub fn write(observations: &[Observation]) -> Result<Vec<u8>, csv::Error> {
    part(observations, true)
}

/// [`write()`] for a part of a file, of which only the first has the header.
pub(crate) fn part(observations: &[Observation], with_header: bool) -> Result<Vec<u8>, csv::Error> {
    let mut lines = CsvLines::default();
    if with_header {
        lines.header(["hora", "seguidores", "tweets", "siguiendo"])?;
    }
    let number = |count: Option<Followers>| count.map(|count| Cell::whole(count.get())).unwrap_or_default();
    for observation in observations {
        lines.line([
            Cell::text(&wire_time(observation.at)),
            number(Some(observation.followers)),
            number(observation.posts),
            number(observation.following),
        ])?;
    }
    lines.into_bytes()
}
