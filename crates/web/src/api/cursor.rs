//! Cursors: the last key of a page, as a text that a client takes from one answer and gives to the next request.
//!
//! Not here: the keys, and how pages are read by them (`application::page`).

use std::fmt::Display;

use atalaya_application::page::Creation;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::{CompanyId, JobId, ModelVersion, SessionId, UserId};
use atalaya_domain::session::SessionPlace;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A key of a list by which its pages follow one another.
pub(crate) trait Cursor: Sized {
    /// As the wire spells it.
    fn write(&self) -> String;

    /// The key that a text may be; [`parse`] refuses spellings that [`Self::write`] does not give.
    fn read(text: &str) -> Option<Self>;
}

/// The key that a list gave as a cursor. Another spelling of a key (`05`, `@BCP`), a number that no key has, and the
/// bare ids that cursors once were are none.
pub(crate) fn parse<K: Cursor>(text: &str) -> Option<K> {
    K::read(text).filter(|key| key.write() == text)
}

/// By handle.
impl Cursor for AccountHandle {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
}

/// Numbers that are counted or drawn from 1: places of the audit log, and ids.
impl Cursor for i64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|place| *place > 0)
    }
}

/// The time of an observation, in microseconds since 1970.
impl Cursor for DateTime<Utc> {
    fn write(&self) -> String {
        self.timestamp_micros().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().and_then(Self::from_timestamp_micros).filter(|at| at.timestamp_micros() > 0)
    }
}

impl Cursor for ModelVersion {
    fn write(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| *number > 0).map(Self::new)
    }
}

impl Cursor for JobId {
    fn write(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self::new)
    }
}

/// Lists by creation of what has such ids.
macro_rules! by_creation {
    ($($id:ident),*) => {$(
        impl Cursor for Creation<$id> {
            fn write(&self) -> String {
                join(self.at, self.id.get())
            }

            fn read(text: &str) -> Option<Self> {
                let (at, id) = split(text)?;
                Some(Self { at, id: $id::new(Cursor::read(id)?) })
            }
        }
    )*};
}
by_creation!(UserId, CompanyId);

impl Cursor for SessionPlace {
    fn write(&self) -> String {
        join(self.created_at, self.id.get())
    }

    fn read(text: &str) -> Option<Self> {
        let (created_at, id) = split(text)?;
        Some(Self { created_at, id: SessionId::new(Uuid::parse_str(id).ok()?) })
    }
}

/// A moment in microseconds since 1970, a point, and an id: moments alone are not unique.
fn join(at: DateTime<Utc>, id: impl Display) -> String {
    format!("{}.{id}", at.write())
}

fn split(text: &str) -> Option<(DateTime<Utc>, &str)> {
    let (at, id) = text.split_once('.')?;
    Some((Cursor::read(at)?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cursor<K: Cursor>(text: &str) -> bool {
        parse::<K>(text).is_some()
    }

    #[test]
    fn a_cursor_is_a_key_as_its_list_spells_it() {
        const ID: &str = "0197f2a0-0000-7000-8000-00000000000a";
        assert!(is_cursor::<i64>("5") && is_cursor::<DateTime<Utc>>("1795132740000000"));
        assert!(is_cursor::<ModelVersion>("12") && is_cursor::<JobId>(ID) && is_cursor::<AccountHandle>("Interbank"));
        assert!(is_cursor::<Creation<UserId>>("1795132740000000.7"));
        assert!(is_cursor::<SessionPlace>(&format!("1795132740000000.{ID}")));

        for none in ["", "0", "05", "-1", "+5", " 5", "5 ", "5.", "x", "-9223372036854775808", "9223372036854775808"] {
            assert!(!is_cursor::<i64>(none) && !is_cursor::<ModelVersion>(none), "{none:?}");
            assert!(!is_cursor::<Creation<UserId>>(none) && !is_cursor::<Creation<CompanyId>>(none), "{none:?}");
            assert!(!is_cursor::<SessionPlace>(none) && !is_cursor::<JobId>(none), "{none:?}");
        }
        for none in ["05", "-1", "+5", "9223372036854775807"] {
            assert!(!is_cursor::<DateTime<Utc>>(none), "{none:?}");
        }
        for none in [".", "7.", ".7", "7.x", "1.2.3", "9223372036854775807.1", "1.9223372036854775808"] {
            assert!(!is_cursor::<Creation<UserId>>(none) && !is_cursor::<SessionPlace>(none), "{none:?}");
        }
        for none in ["1795132740000000.07", "1795132740000000.-7", "01795132740000000.7", "1795132740000000.0"] {
            assert!(!is_cursor::<Creation<UserId>>(none) && !is_cursor::<Creation<CompanyId>>(none), "{none:?}");
        }
        for none in ["@Interbank", " Interbank", "Inter bank"] {
            assert!(!is_cursor::<AccountHandle>(none), "{none:?}");
        }
        let (upper, bare) = (ID.to_uppercase(), ID.replace('-', ""));
        for none in [upper.clone(), bare, format!("{{{ID}}}"), format!("urn:uuid:{ID}")] {
            assert!(!is_cursor::<JobId>(&none), "{none:?}");
            assert!(!is_cursor::<SessionPlace>(&format!("1795132740000000.{none}")), "{none:?}");
        }
    }
}
