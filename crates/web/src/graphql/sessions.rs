//! Sessions: who one is, and logging in and out.

use async_graphql::{Enum, ID, SimpleObject};
use atalaya_application::sessions::{Grant, Profile};
use atalaya_domain::access::Role;
use atalaya_domain::notice::SecurityNotice;
use secrecy::ExposeSecret;

use crate::graphql::scalars::Moment;

/// What a user is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "Role")]
pub(crate) enum RoleWord {
    /// Operates the platform.
    Superadmin,
    /// Manages one company.
    Admin,
    /// Writes and reads what is assigned.
    User,
    /// Reads what is assigned.
    Viewer,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Superadmin => Self::Superadmin,
            Role::Admin => Self::Admin,
            Role::User => Self::User,
            Role::Viewer => Self::Viewer,
        }
    }
}

/// A company.
#[derive(SimpleObject)]
pub(crate) struct Company {
    /// Its id.
    id: ID,
    /// Its name.
    name: String,
    /// Where its days end.
    time_zone: String,
}

impl From<atalaya_domain::company::Company> for Company {
    fn from(company: atalaya_domain::company::Company) -> Self {
        Self {
            id: company.id.get().into(),
            name: company.name.as_str().to_owned(),
            time_zone: company.time_zone.name().to_owned(),
        }
    }
}

/// Who is logged in.
#[derive(SimpleObject)]
pub(crate) struct Me {
    /// The user's id.
    id: ID,
    /// The username.
    username: String,
    /// The role.
    role: RoleWord,
    /// The company; none for a superadmin.
    company: Option<Company>,
    /// The mail address, where told.
    email: Option<String>,
    /// Whether the password has to be changed before anything else is done.
    must_change_password: bool,
    /// When the user was registered.
    created_at: Moment,
    /// The last login.
    last_login_at: Option<Moment>,
    /// The assigned accounts; administrators see every account without assignment.
    accounts: Vec<String>,
    /// When the session ends, however much it is used.
    session_ends_at: Moment,
    /// When the session ends unless it is refreshed before.
    session_idle_until: Moment,
}

impl From<Profile> for Me {
    fn from(profile: Profile) -> Self {
        let Profile { user, company, accounts, ends } = profile;
        Self {
            id: user.id.get().into(),
            username: user.username.as_str().to_owned(),
            role: user.role.into(),
            company: company.map(Company::from),
            email: user.email.map(|email| email.as_str().to_owned()),
            must_change_password: user.must_change_password,
            created_at: user.created_at.into(),
            last_login_at: user.last_login_at.map(Moment::from),
            accounts: accounts.into_iter().map(|handle| handle.as_str().to_owned()).collect(),
            session_ends_at: ends.at.into(),
            session_idle_until: ends.idle_at.into(),
        }
    }
}

/// A session that was begun or continued.
#[derive(SimpleObject)]
#[graphql(name = "Session")]
pub(crate) struct SessionNode {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i32,
    /// Continues the session, once; where it was asked for.
    refresh_token: Option<String>,
    /// What the client is known by at its next login, beside a refresh token.
    device_token: Option<String>,
    /// The username.
    username: String,
    /// The role.
    role: RoleWord,
    /// The company; none for a superadmin.
    company: Option<Company>,
    /// Whether the password has to be changed before anything else is done.
    must_change_password: bool,
    /// When the session ends, however much it is used.
    session_ends_at: Moment,
    /// When the session ends unless it is refreshed before.
    session_idle_until: Moment,
    /// What happened to the user's sessions since the last login, each told once.
    security_notices: Vec<NoticeNode>,
}

/// Something that happened to the sessions of a user.
#[derive(SimpleObject)]
#[graphql(name = "SecurityNotice")]
pub(crate) struct NoticeNode {
    /// The notice.
    code: &'static str,
    /// When.
    at: Moment,
    /// What the client of that session called itself.
    device_name: Option<String>,
}

impl From<SecurityNotice> for NoticeNode {
    fn from(notice: SecurityNotice) -> Self {
        Self { code: notice.code.as_str(), at: notice.at.into(), device_name: notice.device_name }
    }
}

impl From<Grant> for SessionNode {
    fn from(grant: Grant) -> Self {
        let Grant { access_token, expires_in, refresh_token, device_token, ends, user, company, notices, .. } = grant;
        let text = |secret: secrecy::SecretString| secret.expose_secret().to_owned();
        Self {
            access_token: text(access_token),
            token_type: "bearer",
            expires_in: i32::try_from(expires_in.num_seconds()).unwrap_or(i32::MAX),
            refresh_token: refresh_token.map(text),
            device_token: device_token.map(text),
            username: user.username.as_str().to_owned(),
            role: user.role.into(),
            company: company.map(Company::from),
            must_change_password: user.must_change_password,
            session_ends_at: ends.at.into(),
            session_idle_until: ends.idle_at.into(),
            security_notices: notices.into_iter().map(NoticeNode::from).collect(),
        }
    }
}
