//! The tenant: a bank.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::id::CompanyId;
use crate::skeleton::Skeleton;
use crate::text::readable_text;

/// The zone in which a company's days end unless it says otherwise.
pub const DEFAULT_TIME_ZONE: Tz = chrono_tz::America::Lima;

readable_text! {
    /// A company's name. On the platform no two look alike.
    CompanyName, 100
}

impl CompanyName {
    /// What it looks like.
    #[must_use]
    pub fn skeleton(&self) -> Skeleton {
        Skeleton::of(&self.0)
    }
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its identifier.
    pub id: CompanyId,
    /// Its name.
    pub name: CompanyName,
    /// Where its days end.
    pub time_zone: Tz,
    /// A suspended company's users cannot log in, and their sessions ended with the suspension.
    pub active: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// A company to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCompany {
    /// Its name.
    pub name: CompanyName,
    /// Where its days end.
    pub time_zone: Tz,
}

/// What to change of a company; `None` leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyChange {
    /// A new name.
    pub name: Option<CompanyName>,
    /// A new zone.
    pub time_zone: Option<Tz>,
    /// Suspend or resume.
    pub active: Option<bool>,
}

/// One thing that a change did to a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompanyFact {
    /// It was suspended.
    Suspended,
    /// It was resumed.
    Resumed,
    /// It has another name or zone.
    Described,
}

impl CompanyChange {
    /// What it does to `company`, one fact for each thing that is not yet so.
    #[must_use]
    pub fn facts(&self, company: &Company) -> Vec<CompanyFact> {
        let switched = self.active.filter(|active| *active != company.active);
        let switched = switched.map(|active| if active { CompanyFact::Resumed } else { CompanyFact::Suspended });
        let renamed = self.name.as_ref().is_some_and(|name| *name != company.name);
        let moved = self.time_zone.is_some_and(|zone| zone != company.time_zone);
        switched.into_iter().chain((renamed || moved).then_some(CompanyFact::Described)).collect()
    }

    /// Whether the sessions of the company's users end with it. Resuming ends them too: a session that a suspension
    /// left over must not be good again.
    #[must_use]
    pub fn ends_sessions(&self, company: &Company) -> bool {
        self.active.is_some_and(|active| active != company.active)
    }
}

/// Reads an IANA zone name such as `America/Lima`.
///
/// # Errors
/// [`UnknownTimeZone`] for any other text.
pub fn parse_time_zone(text: &str) -> Result<Tz, UnknownTimeZone> {
    text.parse().map_err(|_| UnknownTimeZone)
}

/// A text that names no zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IANA time zone")]
pub struct UnknownTimeZone;
