//! Who may do what with the records of an entity type. The roles of a company say what anybody may at all
//! ([`Permission`](crate::access::Permission)); an administrator narrows it here for one entity type, and cannot widen
//! it.

use std::fmt;
use std::str::FromStr;

use super::kind::UnknownWord;
use crate::access::Role;
use crate::id::UserId;
use crate::mandate::{DefineTables, Mandate, Permit, Principal, ReadRecords, WriteRecords};

words! {
    /// What a user may do with the records of an entity type, each with what the ones before it may.
    UserLevel {
        /// Nothing: the entity type is not there for them.
        None = "none",
        /// Reads and writes the records that they created themselves.
        Own = "own",
        /// Reads all records and writes none.
        Read = "read",
        /// Reads and writes all records.
        Write = "write",
    }
}

words! {
    /// What a viewer may do with the records of an entity type.
    ViewerLevel {
        /// Nothing: the entity type is not there for them.
        None = "none",
        /// Reads all records.
        Read = "read",
    }
}

/// What each role may do with the records of an entity type. Administrators, who define it, may everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableAccess {
    /// What users may.
    pub user: UserLevel,
    /// What viewers may.
    pub viewer: ViewerLevel,
}

impl Default for TableAccess {
    /// What the roles may at all.
    fn default() -> Self {
        Self { user: UserLevel::Write, viewer: ViewerLevel::Read }
    }
}

/// Who opened a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// Nobody did yet: it shows no records.
    Nobody,
    /// The program itself, or whoever can run it on the database.
    Program,
    /// A person of the company.
    Person(UserId, Role),
}

/// Which records of a table are there for who opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// None.
    Nothing,
    /// Those that this user created.
    Own(UserId),
    /// Every one.
    All,
}

/// Why a table is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// It is not there for whoever asks.
    #[error("the table is not there for them")]
    Hidden,
    /// Its records may be read and not written.
    #[error("the records may be read only")]
    ReadOnly,
}

impl TableAccess {
    /// Which records are there for somebody.
    #[must_use]
    pub fn reach(self, opener: Opener) -> Reach {
        match opener {
            Opener::Nobody => Reach::Nothing,
            Opener::Program => Reach::All,
            Opener::Person(user, role) => match role {
                Role::Admin => Reach::All,
                Role::User => match self.user {
                    UserLevel::None => Reach::Nothing,
                    UserLevel::Own => Reach::Own(user),
                    UserLevel::Read | UserLevel::Write => Reach::All,
                },
                Role::Viewer => match self.viewer {
                    ViewerLevel::None => Reach::Nothing,
                    ViewerLevel::Read => Reach::All,
                },
                // The records are the bank's own.
                Role::Superadmin => Reach::Nothing,
            },
        }
    }

    /// What somebody may do, in the words of [`UserLevel`]. Whether their role may write at all, their mandate says.
    #[must_use]
    pub fn level(self, opener: Opener) -> UserLevel {
        match (self.reach(opener), opener) {
            (Reach::Nothing, _) => UserLevel::None,
            (Reach::Own(_), _) => UserLevel::Own,
            (Reach::All, Opener::Person(_, Role::User)) => self.user,
            (Reach::All, Opener::Person(_, Role::Viewer)) => UserLevel::Read,
            (Reach::All, _) => UserLevel::Write,
        }
    }
}

/// A permission about tables.
pub trait TablePermit: Permit {
    /// Whether records are written by it.
    const WRITES: bool;
}

impl TablePermit for DefineTables {
    const WRITES: bool = true;
}

impl TablePermit for WriteRecords {
    const WRITES: bool = true;
}

impl TablePermit for ReadRecords {
    const WRITES: bool = false;
}

impl<P: Permit> Mandate<P> {
    /// As whom tables are opened by it.
    #[must_use]
    pub fn opener(&self) -> Opener {
        match self.principal() {
            Principal::Person(actor) => Opener::Person(actor.user(), actor.role()),
            Principal::Operator => Opener::Program,
            Principal::Stranger => Opener::Nobody,
        }
    }
}
