//! Sessions and their refresh tokens.

use atalaya_application::AppError;
use atalaya_application::ports::identity::{BeginSession, Rehash, Rotation, SessionStore};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::security::RefreshHash;
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::id::{SessionId, UserId};
use atalaya_domain::session::{Session, SessionLimits};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use super::connection::AnyConnection;
use super::database::{Database, Transaction};
use super::error::Expecting;
use super::rows::{SessionRow, session_id, stored};
use super::schema::{refresh_tokens, sessions, users};

/// Where a refresh token stands in its session's chain, counted from 1.
type Generation = i32;

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

/// Notes the login that begins `session`, and a better hash unless the password was changed meanwhile.
fn record_login(tx: &mut Transaction<'_>, session: &Session, rehash: Option<Rehash<'_>>) -> Result<(), AppError> {
    diesel::update(users::table.find(session.user.get()))
        .set(users::last_login_at.eq(stored(session.created_at)))
        .execute(tx.conn)
        .or_fault()?;
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

/// The session that a token belongs to, and the token's generation.
fn session_of(conn: &mut AnyConnection, token: &RefreshHash) -> Result<Option<(Session, Generation)>, AppError> {
    let found: Option<(SessionRow, Generation)> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::hash.eq(token.0.as_slice()))
        .select((SessionRow::as_select(), refresh_tokens::generation))
        .first(conn)
        .optional()
        .or_fault()?;
    found.map(|(row, generation)| Ok((row.into_domain()?, generation))).transpose()
}

/// Marks a token as used; `false` when it was before. However many try at once, the condition lets one through.
fn use_up(conn: &mut AnyConnection, token: &RefreshHash, at: NaiveDateTime) -> Result<bool, AppError> {
    let used = diesel::update(refresh_tokens::table)
        .filter(refresh_tokens::hash.eq(token.0.as_slice()))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(at))
        .execute(conn)
        .or_fault()?;
    Ok(used == 1)
}

impl SessionStore for Database {
    fn begin(&self, begin: &BeginSession<'_>) -> Result<(), AppError> {
        let BeginSession { session, refresh, rehash, audit } = *begin;
        self.transaction(|tx| {
            diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(tx.conn).or_fault()?;
            if let Some(token) = refresh {
                insert_token(tx.conn, session.id, token, 1, stored(session.created_at))?;
            }
            record_login(tx, session, rehash)?;
            tx.audit(audit)
        })
    }

    fn find(&self, id: SessionId) -> Result<Option<Session>, AppError> {
        let found: Option<SessionRow> = self.snapshot(|tx| {
            let by_id = sessions::table.find(id.get().to_string()).select(SessionRow::as_select());
            by_id.first(tx.conn).optional().or_fault()
        })?;
        found.map(SessionRow::into_domain).transpose()
    }

    fn rotate(
        &self,
        old: &RefreshHash,
        new: &RefreshHash,
        now: DateTime<Utc>,
        limits: &SessionLimits,
        audit: &dyn Fn(&Session) -> AuditEvent,
    ) -> Result<Rotation, AppError> {
        self.transaction(|tx| {
            let Some((mut session, generation)) = session_of(tx.conn, old)? else { return Ok(Rotation::Refused) };
            if !session.is_live(now, limits) {
                return Ok(Rotation::Refused);
            }
            let at = stored(now);
            if !use_up(tx.conn, old, at)? {
                end_live(tx, session.user, session.id, now)?;
                tx.audit(&audit(&session))?;
                session.ended_at = Some(at.and_utc());
                return Ok(Rotation::Replayed(session));
            }
            insert_token(tx.conn, session.id, new, generation + 1, at)?;
            diesel::update(sessions::table.find(session.id.get().to_string()))
                .set(sessions::last_used_at.eq(at))
                .execute(tx.conn)
                .or_fault()?;
            session.last_used_at = at.and_utc();
            Ok(Rotation::Rotated(session))
        })
    }

    fn of_refresh(&self, token: &RefreshHash) -> Result<Option<Session>, AppError> {
        Ok(self.snapshot(|tx| session_of(tx.conn, token))?.map(|(session, _)| session))
    }

    fn of_user(&self, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, AppError> {
        let rows: Vec<SessionRow> = self.snapshot(|tx| {
            sessions::table
                .filter(sessions::user_id.eq(user.get()))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(stored(now)))
                .order((sessions::created_at.desc(), sessions::id.desc()))
                .select(SessionRow::as_select())
                .load(tx.conn)
                .or_fault()
        })?;
        rows.into_iter().map(SessionRow::into_domain).collect()
    }

    fn end(&self, user: UserId, session: SessionId, audit: &AuditEvent) -> Result<bool, AppError> {
        self.transaction(|tx| {
            let ended = end_live(tx, user, session, audit.at)?;
            if ended {
                tx.audit(audit)?;
            }
            Ok(ended)
        })
    }
}
