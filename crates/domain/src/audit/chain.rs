//! The chain: what an entry holds, and what its authentication code covers.
//!
//! Not here: the key, where entries are kept, and how a break in the chain is found (`verification`).
//!
//! Invariant: the code of an entry covers every field of it and the code of the entry before, so no entry can be
//! changed, taken out, put in or moved without the key.

use chrono::{DateTime, Utc};

use super::AuditEvent;
use crate::id::CompanyId;
use crate::text::InvalidText;

/// Whose chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// The platform's own: what concerns no company, or nobody knows which.
    Platform,
    /// A company's.
    Company(CompanyId),
}

impl Chain {
    /// The chain that tells of a company, or of the platform where there is none.
    #[must_use]
    pub fn of(company: Option<CompanyId>) -> Self {
        company.map_or(Self::Platform, Self::Company)
    }

    /// The company; `None` for the platform's.
    #[must_use]
    pub fn company(self) -> Option<CompanyId> {
        match self {
            Self::Platform => None,
            Self::Company(company) => Some(company),
        }
    }

    /// The number that the store knows it by: the company's, or 0, which no company has.
    #[must_use]
    pub fn number(self) -> i64 {
        self.company().map_or(0, CompanyId::get)
    }

    /// The chain that the store knows by `number`.
    #[must_use]
    pub fn numbered(number: i64) -> Self {
        if number == 0 { Self::Platform } else { Self::Company(CompanyId::new(number)) }
    }
}

/// A message authentication code: HMAC-SHA-256 (RFC 2104).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 32]);

impl Mac {
    /// What stands before the first entry.
    pub const GENESIS: Self = Self([0; 32]);
}

/// Where a chain ends: the number of its last entry and that entry's code. Whoever knows it knows the whole chain up to
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of the last entry; 0 where there is none.
    pub seq: i64,
    /// The code of that entry.
    pub mac: Mac,
}

impl ChainHead {
    /// Of a chain without entries.
    pub const EMPTY: Self = Self { seq: 0, mac: Mac::GENESIS };
}

/// An entry as it is kept and shown: words and numbers. Not parsed, because one that somebody edited must be shown and
/// found too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number in the chain, from 1, without gaps, in the order of commits.
    pub seq: i64,
    /// When, in microseconds since 1970, UTC.
    pub at_micros: i64,
    /// The user's id, where the actor is a user.
    pub actor_id: Option<i64>,
    /// See [`AuditActor::name`](super::AuditActor::name).
    pub actor: String,
    /// One of [`AuditAction`](super::AuditAction)'s words.
    pub action: String,
    /// To what.
    pub target: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// The id of the request; of the last one where several were counted.
    pub request_id: Option<String>,
    /// One of [`AuditOutcome`](super::AuditOutcome)'s words.
    pub outcome: String,
    /// 1, or how many alike were counted.
    pub count: i64,
}

impl AuditEntry {
    /// The most characters of a text that somebody outside chose.
    pub const MAX_TEXT: usize = 256;

    /// The entry that tells `count` events like `event`.
    #[must_use]
    pub fn of(seq: i64, event: &AuditEvent, count: i64) -> Self {
        Self {
            seq,
            at_micros: event.at.timestamp_micros(),
            actor_id: event.actor.id().map(crate::id::UserId::get),
            actor: escaped(event.actor.name()),
            action: event.action.as_str().to_owned(),
            target: event.target.as_deref().map(escaped),
            address: event.origin.address.map(|address| address.to_string()),
            request_id: event.origin.request_id.as_deref().map(escaped),
            outcome: event.outcome.as_str().to_owned(),
            count,
        }
    }

    /// When; the beginning of 1970 where an edited number is no time.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.at_micros).unwrap_or_default()
    }

    /// What the code of the entry covers: the chain, the code before, and every field, each with its length or in a
    /// fixed width, so that no two different entries read the same.
    #[must_use]
    pub fn message(&self, chain: Chain, previous: &Mac) -> Vec<u8> {
        Message::about("atalaya audit entry 1")
            .number(chain.number())
            .bytes(&previous.0)
            .number(self.seq)
            .number(self.at_micros)
            .optional(self.actor_id.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
            .bytes(self.actor.as_bytes())
            .bytes(self.action.as_bytes())
            .optional(self.target.as_deref().map(str::as_bytes))
            .optional(self.address.as_deref().map(str::as_bytes))
            .optional(self.request_id.as_deref().map(str::as_bytes))
            .bytes(self.outcome.as_bytes())
            .number(self.count)
            .finish()
    }
}

/// Whether a character could forge a line or hide a word: control characters, and marks that change the direction of
/// writing.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text without unsafe characters, and not too long.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars().take(AuditEntry::MAX_TEXT) {
        if is_unsafe(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A target to look for: the whole text of an entry's target, as entries tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTarget(String);

impl AuditTarget {
    /// Accepts 1 to [`AuditEntry::MAX_TEXT`] characters that an entry may hold. Entries hold no control characters and
    /// no marks that change the direction of writing, and PostgreSQL stores no NUL.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.chars().count() > AuditEntry::MAX_TEXT {
            return Err(InvalidText::TooLong { max: AuditEntry::MAX_TEXT });
        }
        if text.chars().any(is_unsafe) {
            return Err(InvalidText::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A chain's head as it was at some time, signed by the installation: kept elsewhere, it shows a chain that was cut
/// since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHead {
    /// Whose chain.
    pub chain: Chain,
    /// Where it ended.
    pub head: ChainHead,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// A code over all of that under the chain's key. Only the installation can make it, and only the installation can
    /// check it.
    pub signature: Mac,
}

impl SignedHead {
    /// Signs where a chain ends with what makes the codes of that chain.
    #[must_use]
    pub fn sign(chain: Chain, head: ChainHead, at: DateTime<Utc>, code: &dyn Fn(&[u8]) -> Mac) -> Self {
        let signature = code(&Self::message(chain, &head, at));
        Self { chain, head, at, signature }
    }

    /// What the signature covers. It begins otherwise than any entry's message, so that neither passes for the other.
    #[must_use]
    pub fn message(chain: Chain, head: &ChainHead, at: DateTime<Utc>) -> Vec<u8> {
        Message::about("atalaya audit head 1")
            .number(chain.number())
            .number(head.seq)
            .bytes(&head.mac.0)
            .number(at.timestamp_micros())
            .finish()
    }
}

/// Bytes that can be read in one way only.
struct Message(Vec<u8>);

impl Message {
    fn about(what: &str) -> Self {
        Self(Vec::with_capacity(256)).bytes(what.as_bytes())
    }

    fn number(mut self, number: i64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend((bytes.len() as u64).to_be_bytes());
        self.0.extend(bytes);
        self
    }

    fn optional(mut self, bytes: Option<&[u8]>) -> Self {
        self.0.push(u8::from(bytes.is_some()));
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self,
        }
    }

    fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Operator;
    use crate::audit::AuditAction;

    #[test]
    fn a_target_is_looked_for_as_entries_hold_it() {
        assert_eq!(AuditTarget::parse("Crédito = Ñandú").unwrap().as_str(), "Crédito = Ñandú");
        assert_eq!(AuditTarget::parse(""), Err(InvalidText::Empty));
        for bad in ["\0", "a\0b", "a\nb", "\u{7f}", "\u{85}", "\u{202e}"] {
            assert_eq!(AuditTarget::parse(bad), Err(InvalidText::Character), "{bad:?}");
        }
        let longest = "ñ".repeat(AuditEntry::MAX_TEXT);
        assert!(AuditTarget::parse(&longest).is_ok());
        assert_eq!(AuditTarget::parse(&format!("{longest}ñ")), Err(InvalidText::TooLong { max: AuditEntry::MAX_TEXT }));
    }

    #[test]
    fn what_others_wrote_cannot_break_a_line_or_turn_it_around() {
        let event =
            AuditEvent::by_operator(&Operator::at_the_machine(), AuditAction::UserChanged, DateTime::UNIX_EPOCH);
        let told = |target: &str| AuditEntry::of(1, &event.clone().on(target), 1).target.unwrap();
        assert_eq!(told("a\r\nb\u{202e}c\0"), r"a\r\nb\u{202e}c\u{0}");
        assert_eq!(told("Crédito = Ñandú"), "Crédito = Ñandú");
        assert_eq!(told(&"x".repeat(1_000)).len(), AuditEntry::MAX_TEXT);
    }
}
