//! Opening a table: which of its records are there for whoever asks.

use super::access::{Closed, Opener, Reach, TablePermit, UserLevel};
use super::definition::Table;
use crate::mandate::Mandate;

impl Table {
    /// The table, with the records that are there for somebody with that mandate.
    ///
    /// # Errors
    /// [`Closed`] where it has nothing for them, or where they may not write what they read.
    pub fn opened<P: TablePermit>(self, by: &Mandate<P>) -> Result<Self, Closed> {
        let opened = self.opened_by(by.opener()).ok_or(Closed::Hidden)?;
        match opened.level() {
            UserLevel::Read if P::WRITES => Err(Closed::ReadOnly),
            _ => Ok(opened),
        }
    }

    /// The table, with the records that somebody may read; `None` where it is not there for them.
    #[must_use]
    pub fn opened_by(self, opener: Opener) -> Option<Self> {
        let table = Self { opener, ..self };
        (table.reach() != Reach::Nothing).then_some(table)
    }

    /// The table with all its records, for what the program does whoever asked for it.
    #[must_use]
    pub fn opened_whole(self) -> Self {
        Self { opener: Opener::Program, ..self }
    }

    /// Which of its records are there for who opened it.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.entity.access.reach(self.opener)
    }

    /// What who opened it may do with its records.
    #[must_use]
    pub fn level(&self) -> UserLevel {
        self.entity.access.level(self.opener)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::access::{TableAccess, ViewerLevel};
    use super::super::testing::table;
    use super::*;
    use crate::access::{Actor, Role};
    use crate::caller::{Caller, Origin};
    use crate::id::{CompanyId, SessionId, UserId};
    use crate::mandate::{ReadRecords, WriteRecords};
    use crate::user::Username;

    const ANA: UserId = UserId::new(7);

    fn caller(role: Role) -> Caller {
        let (name, session) = (Username::parse("ana").unwrap(), SessionId::new(uuid::Uuid::nil()));
        let actor = Actor::new(ANA, name, role, Some(CompanyId::new(1)), session).unwrap();
        Caller::new(Arc::new(actor), Origin { address: None, request_id: None })
    }

    fn with_access(user: UserLevel, viewer: ViewerLevel) -> Table {
        let mut table = table(Vec::new());
        table.entity.access = TableAccess { user, viewer };
        table
    }

    #[test]
    fn a_table_shows_no_record_before_somebody_opens_it() {
        let table = Table { opener: Opener::Nobody, ..with_access(UserLevel::Write, ViewerLevel::Read) };
        assert_eq!(table.reach(), Reach::Nothing);
        assert_eq!(table.opened_whole().reach(), Reach::All);
    }

    #[test]
    fn an_entity_type_narrows_what_roles_may() {
        let cases = [
            (UserLevel::None, Err(Closed::Hidden), Err(Closed::Hidden)),
            (UserLevel::Own, Ok(Reach::Own(ANA)), Ok(Reach::Own(ANA))),
            (UserLevel::Read, Ok(Reach::All), Err(Closed::ReadOnly)),
            (UserLevel::Write, Ok(Reach::All), Ok(Reach::All)),
        ];
        let user = caller(Role::User);
        for (level, reads, writes) in cases {
            let table = || with_access(level, ViewerLevel::None);
            let reach = |opened: Result<Table, Closed>| opened.map(|table| table.reach());
            assert_eq!(reach(table().opened(&user.mandate::<ReadRecords>().unwrap())), reads, "{level:?}");
            assert_eq!(reach(table().opened(&user.mandate::<WriteRecords>().unwrap())), writes, "{level:?}");
        }
    }

    #[test]
    fn administrators_may_everything_and_viewers_what_they_are_given() {
        let closed = || with_access(UserLevel::None, ViewerLevel::None);
        let admin = caller(Role::Admin).mandate::<WriteRecords>().unwrap();
        assert_eq!(closed().opened(&admin).unwrap().level(), UserLevel::Write);
        let viewer = caller(Role::Viewer).mandate::<ReadRecords>().unwrap();
        assert_eq!(closed().opened(&viewer).err(), Some(Closed::Hidden));
        let open = with_access(UserLevel::None, ViewerLevel::Read).opened(&viewer).unwrap();
        assert_eq!((open.reach(), open.level()), (Reach::All, UserLevel::Read));
    }
}
