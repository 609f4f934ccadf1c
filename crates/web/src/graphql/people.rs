//! Users of a company, and the audit log.

use async_graphql::{ID, SimpleObject};
use atalaya_domain::audit::AuditEntry;
use atalaya_domain::user::Member;

use crate::graphql::scalars::{Count, Moment};
use crate::graphql::sessions::RoleWord;

/// A user.
#[derive(SimpleObject)]
#[graphql(name = "User")]
pub(crate) struct UserNode {
    /// The id.
    id: ID,
    /// The username.
    username: String,
    /// The role.
    role: RoleWord,
    /// The company.
    company: Option<ID>,
    /// Whether the user may log in.
    active: bool,
    /// Whether the password has to be changed before anything else is done.
    must_change_password: bool,
    /// The mail address.
    email: Option<String>,
    /// When the user was registered.
    created_at: Moment,
    /// The last login.
    last_login_at: Option<Moment>,
    /// The assigned accounts.
    accounts: Vec<String>,
}

impl From<Member> for UserNode {
    fn from(member: Member) -> Self {
        let Member { user, accounts } = member;
        Self {
            id: user.id.get().into(),
            username: user.username.as_str().to_owned(),
            role: user.role.into(),
            company: user.company.map(|company| company.get().into()),
            active: user.active,
            must_change_password: user.must_change_password,
            email: user.email.map(|email| email.as_str().to_owned()),
            created_at: user.created_at.into(),
            last_login_at: user.last_login_at.map(Moment::from),
            accounts: accounts.into_iter().map(|handle| handle.as_str().to_owned()).collect(),
        }
    }
}

/// An entry of the audit log.
#[derive(SimpleObject)]
#[graphql(name = "AuditEntry")]
pub(crate) struct AuditNode {
    /// Its number in the chain, without gaps.
    seq: Count,
    /// When.
    at: Moment,
    /// The user's id, where the actor is a user.
    actor_id: Option<ID>,
    /// A username, or without an id: `operator`, `system`, `anonymous`, `various`.
    actor: String,
    /// What.
    action: String,
    /// To what.
    target: Option<String>,
    /// From where.
    address: Option<String>,
    /// The request; the last one where several were counted.
    request_id: Option<String>,
    /// `success`, `failure` or `denied`.
    outcome: String,
    /// 1, or how many alike were counted in a minute.
    count: Count,
}

impl From<AuditEntry> for AuditNode {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: entry.at().into(),
            seq: Count(entry.seq),
            actor_id: entry.actor_id.map(ID::from),
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            address: entry.address,
            request_id: entry.request_id,
            outcome: entry.outcome,
            count: Count(entry.count),
        }
    }
}
