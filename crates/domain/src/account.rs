//! Social-media accounts, owned by one company each.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::id::AccountId;
use crate::text::{InvalidText, readable_text};

/// An account's handle on its platform, without a leading `@`; unique within its company, letter case included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountHandle(String);

impl AccountHandle {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Accepts 1 to 64 ASCII letters, digits, `_`, `.` and `-`; a leading `@` is dropped.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let handle = text.strip_prefix('@').unwrap_or(text);
        if handle.is_empty() {
            return Err(InvalidText::Empty);
        }
        if handle.len() > Self::MAX_CHARS {
            return Err(InvalidText::TooLong { max: Self::MAX_CHARS });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if !handle.chars().all(allowed) {
            return Err(InvalidText::Alphabet { marks: "_ . -" });
        }
        if handle.chars().all(|c| c == '.') {
            return Err(InvalidText::Form);
        }
        Ok(Self(handle.to_owned()))
    }

    /// The handle, without `@`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

readable_text! {
    /// The name that a dashboard shows for an account.
    AccountName, 100
}

readable_text! {
    /// The social network, such as `twitter` or `instagram`.
    Platform, 40
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// Its handle.
    pub handle: AccountHandle,
    /// Its display name.
    pub name: AccountName,
    /// Its network, where told.
    pub platform: Option<Platform>,
    /// Where its days end; the company's zone unless set.
    pub time_zone: Option<Tz>,
    /// When it was registered.
    pub registered_at: DateTime<Utc>,
}

/// An account to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its handle.
    pub handle: AccountHandle,
    /// Its display name.
    pub name: AccountName,
    /// Its network.
    pub platform: Option<Platform>,
    /// Where its days end; `None` takes the company's zone.
    pub time_zone: Option<Tz>,
}

/// What to change of an account; `None` leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    /// A new display name.
    pub name: Option<AccountName>,
    /// Another network.
    pub platform: Option<Platform>,
    /// Another zone.
    pub time_zone: Option<Tz>,
}
