//! Identifiers. Each kind is a type of its own, so that a user's id cannot be passed where an account's is meant.

use uuid::Uuid;

/// The largest integer that a JSON number carries exactly in JavaScript (ECMA-262, `Number.MAX_SAFE_INTEGER`).
const MOST_EXACT: i64 = (1 << 53) - 1;

/// A number from 1 to [`MOST_EXACT`], evenly from even bits: 128 of them leave no difference that could be measured.
fn drawn(bits: u128) -> i64 {
    let number = bits % u128::from(MOST_EXACT.unsigned_abs());
    i64::try_from(number).unwrap_or_default() + 1
}

/// An id that new rows get at random: counted ones would tell every company how many there are of all.
macro_rules! random_id {
    ($name:ident) => {
        impl $name {
            /// The id that 128 random bits stand for, below 2^53.
            #[must_use]
            pub fn drawn(bits: u128) -> Self {
                Self(drawn(bits))
            }
        }
    };
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number that the store gave out.
            #[must_use]
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// The number, as the store and the wire know it.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }
    };
}

numeric_id! {
    /// A company: the tenant.
    CompanyId
}
random_id!(CompanyId);
numeric_id! {
    /// A user, unique across companies.
    UserId
}
random_id!(UserId);
numeric_id! {
    /// An account, unique across companies.
    AccountId
}

macro_rules! unique_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an identifier.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The id that a text writes (RFC 9562, 4); `None` where it is none.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::parse_str(text).ok().map(Self)
            }

            /// The identifier.
            #[must_use]
            pub const fn get(self) -> Uuid {
                self.0
            }
        }
    };
}

unique_id! {
    /// A session: one device's chain of refresh tokens. A UUIDv7, so that ids sort by creation.
    SessionId
}
unique_id! {
    /// A job: work that is done once, by whichever process takes it. A UUIDv7, so that ids sort by creation.
    JobId
}
unique_id! {
    /// An entity type: what a company keeps records of. A UUIDv7, so that ids sort by creation.
    EntityId
}
unique_id! {
    /// A field of an entity type. A UUIDv7, so that ids sort by creation.
    FieldId
}
unique_id! {
    /// A record. A UUIDv7, so that ids sort by creation.
    RecordId
}
unique_id! {
    /// A view of records. A UUIDv7, so that ids sort by creation.
    ViewId
}
unique_id! {
    /// One attempt at a request that may come again. Another attempt at the same request is another one.
    AttemptId
}

/// The number of a trained model within its account, counted from 1; a number is never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelVersion(i32);

impl ModelVersion {
    /// The first version of an account.
    pub const FIRST: Self = Self(1);

    /// Wraps a number that the store gave out.
    #[must_use]
    pub const fn new(number: i32) -> Self {
        Self(number)
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_ids_are_positive_and_exact_in_javascript() {
        let most = u128::from(MOST_EXACT.unsigned_abs());
        for (bits, id) in [(0, 1), (most - 1, MOST_EXACT), (most, 1), (u128::MAX, drawn(u128::MAX))] {
            assert_eq!(UserId::drawn(bits).get(), id);
            assert_eq!(CompanyId::drawn(bits).get(), id);
            assert!((1..1 << 53).contains(&id), "{id}");
        }
    }
}
