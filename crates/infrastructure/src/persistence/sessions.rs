//! Sessions and their refresh tokens.

use atalaya_application::AppError;
use atalaya_application::error::AuthFailure;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::identity::{BeginSession, Rehash, RotateToken, Rotation, SessionStore};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::security::{RefreshHash, SealedChild};
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::horizon::TOLERANCE;
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::notice::{NoticeCode, SecurityNotice};
use atalaya_domain::refresh::{PresentedToken, REPEAT_WINDOW, RefreshDecision, UsedToken};
use atalaya_domain::session::{DeviceName, Session, SessionLimits, SessionPlace};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::accounts::one_more;
use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::{SessionRow, loaded, session_id, stored, word};
use super::schema::{companies, refresh_tokens, security_notices, sessions, users};
use super::transaction::Transaction;

/// Where a refresh token stands in its session's chain, counted from 1.
type Generation = i32;

/// How long what is left of a session is kept after its end.
const KEPT: TimeDelta = TimeDelta::days(30);
/// The most sessions that one transaction deletes: others wait for it.
const PRUNED_AT_ONCE: i64 = 500;

/// Ends every session of `user` but `keep`.
pub(super) fn end_others(
    tx: &mut Transaction<'_>,
    user: UserId,
    keep: Option<SessionId>,
    at: DateTime<Utc>,
) -> Result<(), AppError> {
    let ended: Vec<String> = diesel::update(sessions::table)
        .filter(sessions::user_id.eq(user.get()))
        .filter(sessions::id.ne(keep.map(|kept| kept.get().to_string()).unwrap_or_default()))
        .filter(sessions::ended_at.is_null())
        .set(sessions::ended_at.eq(stored(at)))
        .returning(sessions::id)
        .get_results(tx.conn)
        .or_fault()?;
    for id in ended {
        tx.changed(Change::Session(session_id(&id)?));
    }
    Ok(())
}

/// Ends every session of the users of `company`. Nothing is told to other processes: whoever calls this tells them of
/// the company, and all that they remember of its users goes with that.
pub(super) fn end_of_company(tx: &mut Transaction<'_>, company: CompanyId, at: DateTime<Utc>) -> Result<(), AppError> {
    diesel::update(sessions::table)
        .filter(sessions::company_id.eq(company.get()))
        .filter(sessions::ended_at.is_null())
        .set(sessions::ended_at.eq(stored(at)))
        .execute(tx.conn)
        .or_fault()
        .map(drop)
}

/// Ends a session that `user` has and that is live at `at`; `false` when there is none.
fn end_live(tx: &mut Transaction<'_>, user: UserId, session: SessionId, at: DateTime<Utc>) -> Result<bool, AppError> {
    let ended = diesel::update(sessions::table.find(session.get().to_string()))
        .filter(sessions::user_id.eq(user.get()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(stored(at)))
        .set(sessions::ended_at.eq(stored(at)))
        .execute(tx.conn)
        .or_fault()?;
    if ended > 0 {
        tx.changed(Change::Session(session));
    }
    Ok(ended > 0)
}

/// Notes the login that begins `session`, and a better hash. A user who was changed since the password was compared gets
/// none: it may be the password that was changed. Nor does one whose company was suspended since: its sessions have
/// ended.
fn record_login(
    tx: &mut Transaction<'_>,
    session: &Session,
    user_version: i64,
    rehash: Option<Rehash<'_>>,
) -> Result<(), AppError> {
    let active_companies = companies::table.filter(companies::active).select(companies::id.nullable());
    let found = diesel::update(users::table.find(session.user.get()))
        .filter(users::version.eq(user_version))
        .filter(users::active)
        .filter(users::company_id.is_null().or(users::company_id.eq_any(active_companies)))
        .set(users::last_login_at.eq(stored(session.created_at)))
        .execute(tx.conn)
        .or_fault()?;
    if found == 0 {
        return Err(AppError::Unauthenticated(AuthFailure::BadCredentials));
    }
    let Some(Rehash { compared, better }) = rehash else { return Ok(()) };
    diesel::update(users::table.find(session.user.get()))
        .filter(users::password_hash.eq(compared.hash.expose_secret()))
        .set((users::password_hash.eq(better.hash.expose_secret()), users::pepper_id.eq(&better.pepper_id)))
        .execute(tx.conn)
        .or_fault()?;
    Ok(())
}

fn insert_token(
    conn: &mut AnyConnection,
    session: SessionId,
    token: &RefreshHash,
    generation: Generation,
    at: NaiveDateTime,
) -> Result<(), AppError> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::hash.eq(token.0.as_slice()),
            refresh_tokens::session_id.eq(session.get().to_string()),
            refresh_tokens::generation.eq(generation),
            refresh_tokens::created_at.eq(at),
        ))
        .execute(conn)
        .or_fault()?;
    Ok(())
}

/// A refresh token as the store holds it.
struct StoredToken {
    session: Session,
    generation: Generation,
    used_at: Option<DateTime<Utc>>,
    sealed_child: Option<SealedChild>,
}

type TokenRow = (SessionRow, Generation, Option<NaiveDateTime>, Option<Vec<u8>>);

/// The token and the session that it belongs to.
fn find_token(conn: &mut AnyConnection, token: &RefreshHash) -> Result<Option<StoredToken>, AppError> {
    let found: Option<TokenRow> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::hash.eq(token.0.as_slice()))
        .select((
            SessionRow::as_select(),
            refresh_tokens::generation,
            refresh_tokens::used_at,
            refresh_tokens::sealed_child,
        ))
        .first(conn)
        .optional()
        .or_fault()?;
    let into_token = |(session, generation, used_at, sealed_child): TokenRow| {
        Ok(StoredToken {
            session: session.into_domain()?,
            generation,
            used_at: used_at.map(loaded),
            sealed_child: sealed_child.map(SealedChild),
        })
    };
    found.map(into_token).transpose()
}

impl StoredToken {
    /// What the rules of rotation ask about the token.
    fn presented(&self, conn: &mut AnyConnection) -> Result<PresentedToken, AppError> {
        let Some(at) = self.used_at else { return Ok(PresentedToken { used: None }) };
        let child: Option<Option<NaiveDateTime>> = refresh_tokens::table
            .filter(refresh_tokens::session_id.eq(self.session.id.get().to_string()))
            .filter(refresh_tokens::generation.eq(self.generation + 1))
            .select(refresh_tokens::used_at)
            .first(conn)
            .optional()
            .or_fault()?;
        let child_used = child.flatten().is_some();
        Ok(PresentedToken { used: Some(UsedToken { at, child_used, child_kept: self.sealed_child.is_some() }) })
    }

    /// Marks the token as used and stores its child. However many try at once, the condition lets one through. Its own
    /// parent must not give it out again, so what is kept of it there is erased.
    fn rotate(mut self, tx: &mut Transaction<'_>, token: &RotateToken<'_>) -> Result<Session, AppError> {
        let (id, at) = (self.session.id.get().to_string(), stored(token.at));
        let used = diesel::update(refresh_tokens::table)
            .filter(refresh_tokens::hash.eq(token.presented.0.as_slice()))
            .filter(refresh_tokens::used_at.is_null())
            .set((refresh_tokens::used_at.eq(at), refresh_tokens::sealed_child.eq(token.sealed_child.0.as_slice())))
            .execute(tx.conn)
            .or_fault()?;
        if used != 1 {
            // Another transaction was faster: decided anew, this one finds that token's child.
            return Err(AppError::unavailable(Part::Database));
        }
        diesel::update(refresh_tokens::table)
            .filter(refresh_tokens::session_id.eq(&id))
            .filter(refresh_tokens::generation.eq(self.generation - 1))
            .set(refresh_tokens::sealed_child.eq(None::<Vec<u8>>))
            .execute(tx.conn)
            .or_fault()?;
        insert_token(tx.conn, self.session.id, token.child, self.generation + 1, at)?;
        diesel::update(sessions::table.find(&id)).set(sessions::last_used_at.eq(at)).execute(tx.conn).or_fault()?;
        self.session.last_used_at = loaded(at);
        Ok(self.session)
    }

    /// Ends the session, and notes for its user why.
    fn replayed(mut self, tx: &mut Transaction<'_>, at: DateTime<Utc>) -> Result<Session, AppError> {
        end_live(tx, self.session.user, self.session.id, at)?;
        diesel::insert_into(security_notices::table)
            .values((
                security_notices::user_id.eq(self.session.user.get()),
                security_notices::code.eq(NoticeCode::RefreshReplayed.as_str()),
                security_notices::at.eq(stored(at)),
                security_notices::device_name.eq(self.session.device_name.as_ref().map(DeviceName::as_str)),
            ))
            .execute(tx.conn)
            .or_fault()?;
        self.session.ended_at = Some(loaded(stored(at)));
        Ok(self.session)
    }
}

/// What a user was to be told, which is forgotten with it.
fn take_notices(conn: &mut AnyConnection, user: UserId) -> Result<Vec<SecurityNotice>, AppError> {
    let mut rows: Vec<(NaiveDateTime, String, Option<String>)> = diesel::delete(security_notices::table)
        .filter(security_notices::user_id.eq(user.get()))
        .returning((security_notices::at, security_notices::code, security_notices::device_name))
        .get_results(conn)
        .or_fault()?;
    rows.sort();
    let notice = |(at, code, device_name): (NaiveDateTime, String, Option<String>)| {
        Ok(SecurityNotice { code: word("security_notices.code", &code)?, at: loaded(at), device_name })
    };
    rows.into_iter().map(notice).collect()
}

/// The sessions of a user that have neither ended nor expired, newest first.
fn sessions_of(conn: &mut AnyConnection, user: UserId, at: DateTime<Utc>) -> Result<Vec<Session>, AppError> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::user_id.eq(user.get()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(stored(at)))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(conn)
        .or_fault()?;
    rows.into_iter().map(SessionRow::into_domain).collect()
}

/// A page of [`sessions_of`], without those that were not used after `used_after`, or that a clock
/// dated which ran ahead.
fn page_of(
    conn: &mut AnyConnection,
    user: UserId,
    at: DateTime<Utc>,
    limits: &SessionLimits,
    page: &PageRequest<SessionPlace>,
) -> Result<Page<Session, SessionPlace>, AppError> {
    // In SQL what `Session::is_live` says.
    let latest = stored(at + TOLERANCE);
    let mut query = sessions::table
        .filter(sessions::user_id.eq(user.get()))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(stored(at)))
        .filter(sessions::created_at.gt(stored(at - limits.absolute)))
        .filter(sessions::created_at.le(latest))
        .filter(sessions::last_used_at.gt(stored(at - limits.idle)))
        .filter(sessions::last_used_at.le(latest))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .limit(one_more(page)?)
        .select(SessionRow::as_select())
        .into_boxed();
    if let Some(SessionPlace { created_at, id }) = page.after {
        let created_at = stored(created_at);
        let same_time = sessions::created_at.eq(created_at).and(sessions::id.lt(id.get().to_string()));
        query = query.filter(sessions::created_at.lt(created_at).or(same_time));
    }
    let rows: Vec<SessionRow> = query.load(conn).or_fault()?;
    let found = rows.into_iter().map(SessionRow::into_domain).collect::<Result<_, _>>()?;
    Ok(Page::from_rows(found, page, Session::place))
}

impl SessionStore for Database {
    fn begin(&self, begin: &BeginSession<'_>) -> Result<Vec<SecurityNotice>, AppError> {
        let BeginSession { session, user_version, refresh, rehash, audit } = *begin;
        self.transaction(Reach::Platform, |tx| {
            record_login(tx, session, user_version, rehash)?;
            diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(tx.conn).or_fault()?;
            if let Some(token) = refresh {
                insert_token(tx.conn, session.id, token, 1, stored(session.created_at))?;
            }
            tx.audit(audit)?;
            take_notices(tx.conn, session.user)
        })
    }

    fn find(&self, id: SessionId) -> Result<Option<Session>, AppError> {
        let found: Option<SessionRow> = self.snapshot(Reach::Platform, |tx| {
            let by_id = sessions::table.find(id.get().to_string()).select(SessionRow::as_select());
            by_id.first(tx.conn).optional().or_fault()
        })?;
        found.map(SessionRow::into_domain).transpose()
    }

    fn rotate(
        &self,
        token: &RotateToken<'_>,
        limits: &SessionLimits,
        audit: &dyn Fn(&Session) -> AuditEvent,
    ) -> Result<Rotation, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let Some(found) = find_token(tx.conn, token.presented)? else { return Ok(Rotation::Refused) };
            match found.presented(tx.conn)?.decide(&found.session, token.at, limits) {
                RefreshDecision::Rotate => found.rotate(tx, token).map(Rotation::Rotated),
                RefreshDecision::Replay => {
                    tx.audit(&audit(&found.session))?;
                    found.replayed(tx, token.at).map(Rotation::Replayed)
                }
                RefreshDecision::Repeat => Ok(match found.sealed_child {
                    Some(sealed) => Rotation::Repeated(found.session, sealed),
                    None => Rotation::Refused,
                }),
                RefreshDecision::Refuse => Ok(Rotation::Refused),
            }
        })
    }

    fn of_refresh(&self, token: &RefreshHash) -> Result<Option<Session>, AppError> {
        Ok(self.snapshot(Reach::Platform, |tx| find_token(tx.conn, token))?.map(|found| found.session))
    }

    fn of_user(&self, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, AppError> {
        self.snapshot(Reach::Platform, |tx| sessions_of(tx.conn, user, now))
    }

    fn page_of_user(
        &self,
        user: UserId,
        now: DateTime<Utc>,
        limits: &SessionLimits,
        page: &PageRequest<SessionPlace>,
    ) -> Result<Page<Session, SessionPlace>, AppError> {
        self.snapshot(Reach::Platform, |tx| page_of(tx.conn, user, now, limits, page))
    }

    fn end(&self, user: UserId, session: SessionId, audit: &AuditEvent) -> Result<bool, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let ended = end_live(tx, user, session, audit.at)?;
            if ended {
                tx.audit(audit)?;
            }
            Ok(ended)
        })
    }

    fn end_all(&self, user: UserId, keep: Option<SessionId>, audit: &AuditEvent) -> Result<Vec<Session>, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let mut ended = sessions_of(tx.conn, user, audit.at)?;
            ended.retain(|session| Some(session.id) != keep);
            end_others(tx, user, keep, audit.at)?;
            if !ended.is_empty() {
                tx.audit(audit)?;
            }
            Ok(ended)
        })
    }
}

impl Database {
    /// Erases what is kept of refresh tokens whose parent may not be presented again any more, and says of how many.
    ///
    /// # Errors
    /// Of the database.
    pub fn erase_sealed_children(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        // A use that a clock noted which ran ahead repeats nothing either.
        let over = refresh_tokens::used_at
            .le(stored(now - REPEAT_WINDOW))
            .or(refresh_tokens::used_at.gt(stored(now + TOLERANCE)));
        let kept = refresh_tokens::table.filter(refresh_tokens::sealed_child.is_not_null()).filter(over);
        // Most of the time there is none, and a reader keeps nobody from writing.
        if self.snapshot(Reach::Platform, |tx| kept.count().get_result::<i64>(tx.conn).or_fault())? == 0 {
            return Ok(0);
        }
        self.transaction(Reach::Platform, |tx| {
            diesel::update(refresh_tokens::table)
                .filter(refresh_tokens::sealed_child.is_not_null())
                .filter(over)
                .set(refresh_tokens::sealed_child.eq(None::<Vec<u8>>))
                .execute(tx.conn)
                .or_fault()
        })
    }

    /// Deletes some of the sessions that ended or expired more than thirty days ago, with their refresh tokens, and says how
    /// many those were: 0 when none is left.
    ///
    /// # Errors
    /// Of the database.
    pub fn prune_sessions(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let oldest = stored(now - KEPT);
        let ids: Vec<String> = self.snapshot(Reach::Platform, |tx| {
            sessions::table
                .filter(sessions::ended_at.lt(oldest).or(sessions::expires_at.lt(oldest)))
                .select(sessions::id)
                .limit(PRUNED_AT_ONCE)
                .load(tx.conn)
                .or_fault()
        })?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.transaction(Reach::Platform, |tx| {
            diesel::delete(refresh_tokens::table)
                .filter(refresh_tokens::session_id.eq_any(&ids))
                .execute(tx.conn)
                .or_fault()?;
            diesel::delete(sessions::table).filter(sessions::id.eq_any(&ids)).execute(tx.conn).or_fault()
        })
    }
}
