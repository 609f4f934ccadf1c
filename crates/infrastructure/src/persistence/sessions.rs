//! Sessions and their refresh tokens.

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::identity::{KnownToken, RotateToken, SessionReader, SessionWriter};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::security::{RefreshHash, SealedChild};
use atalaya_domain::horizon::TOLERANCE;
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::refresh::{PresentedToken, REPEAT_WINDOW, UsedToken};
use atalaya_domain::session::{Session, SessionLimits, SessionPlace};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::accounts::one_more;
use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::platform::Platform;
use super::reach::Reach;
use super::rows::{SessionRow, loaded, session_id, stored};
use super::schema::{refresh_tokens, sessions};
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

type TokenRow = (SessionRow, Generation, Option<NaiveDateTime>, Option<Vec<u8>>);

/// Whether the child of a session's token of that generation was used too.
fn child_was_used(conn: &mut AnyConnection, session: SessionId, generation: Generation) -> Result<bool, AppError> {
    let child: Option<Option<NaiveDateTime>> = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq(session.get().to_string()))
        .filter(refresh_tokens::generation.eq(generation + 1))
        .select(refresh_tokens::used_at)
        .first(conn)
        .optional()
        .or_fault()?;
    Ok(child.flatten().is_some())
}

impl SessionReader for Platform<'_, '_> {
    fn find(&mut self, id: SessionId) -> Result<Option<Session>, AppError> {
        let by_id = sessions::table.find(id.get().to_string()).select(SessionRow::as_select());
        let found: Option<SessionRow> = by_id.first(self.conn()).optional().or_fault()?;
        found.map(SessionRow::into_domain).transpose()
    }

    fn of_refresh(&mut self, token: &RefreshHash) -> Result<Option<KnownToken>, AppError> {
        let found: Option<TokenRow> = refresh_tokens::table
            .inner_join(sessions::table)
            .filter(refresh_tokens::hash.eq(token.0.as_slice()))
            .select((
                SessionRow::as_select(),
                refresh_tokens::generation,
                refresh_tokens::used_at,
                refresh_tokens::sealed_child,
            ))
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some((session, generation, used_at, sealed_child)) = found else { return Ok(None) };
        let (session, sealed_child) = (session.into_domain()?, sealed_child.map(SealedChild));
        let used = match used_at.map(loaded) {
            Some(at) => {
                let child_used = child_was_used(self.conn(), session.id, generation)?;
                Some(UsedToken { at, child_used, child_kept: sealed_child.is_some() })
            }
            None => None,
        };
        Ok(Some(KnownToken { hash: *token, session, generation, presented: PresentedToken { used }, sealed_child }))
    }

    fn of_user(&mut self, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, AppError> {
        let rows: Vec<SessionRow> = sessions::table
            .filter(sessions::user_id.eq(user.get()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(stored(now)))
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .select(SessionRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(SessionRow::into_domain).collect()
    }

    fn page_of_user(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
        limits: &SessionLimits,
        page: &PageRequest<SessionPlace>,
    ) -> Result<Page<Session, SessionPlace>, AppError> {
        // In SQL what `Session::is_live` says.
        let latest = stored(now + TOLERANCE);
        let mut query = sessions::table
            .filter(sessions::user_id.eq(user.get()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(stored(now)))
            .filter(sessions::created_at.gt(stored(now - limits.absolute)))
            .filter(sessions::created_at.le(latest))
            .filter(sessions::last_used_at.gt(stored(now - limits.idle)))
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
        let rows: Vec<SessionRow> = query.load(self.conn()).or_fault()?;
        let found = rows.into_iter().map(SessionRow::into_domain).collect::<Result<_, _>>()?;
        Ok(Page::from_rows(found, page, Session::place))
    }
}

impl SessionWriter for Platform<'_, '_> {
    fn insert(&mut self, session: &Session, refresh: Option<&RefreshHash>) -> Result<(), AppError> {
        diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(self.conn()).or_fault()?;
        match refresh {
            Some(token) => insert_token(self.conn(), session.id, token, 1, stored(session.created_at)),
            None => Ok(()),
        }
    }

    fn use_token(&mut self, token: &KnownToken, child: &RotateToken<'_>) -> Result<Session, AppError> {
        let (id, at) = (token.session.id.get().to_string(), stored(child.at));
        let used = diesel::update(refresh_tokens::table)
            .filter(refresh_tokens::hash.eq(token.hash.0.as_slice()))
            .filter(refresh_tokens::used_at.is_null())
            .set((refresh_tokens::used_at.eq(at), refresh_tokens::sealed_child.eq(child.sealed_child.0.as_slice())))
            .execute(self.conn())
            .or_fault()?;
        if used != 1 {
            // Another transaction was faster: decided anew, this one finds that token's child.
            return Err(AppError::unavailable(Part::Database));
        }
        // Its own parent must not give the token out again.
        diesel::update(refresh_tokens::table)
            .filter(refresh_tokens::session_id.eq(&id))
            .filter(refresh_tokens::generation.eq(token.generation - 1))
            .set(refresh_tokens::sealed_child.eq(None::<Vec<u8>>))
            .execute(self.conn())
            .or_fault()?;
        insert_token(self.conn(), token.session.id, child.child, token.generation + 1, at)?;
        diesel::update(sessions::table.find(&id)).set(sessions::last_used_at.eq(at)).execute(self.conn()).or_fault()?;
        Ok(Session { last_used_at: loaded(at), ..token.session.clone() })
    }

    fn end(&mut self, user: UserId, session: SessionId, at: DateTime<Utc>) -> Result<bool, AppError> {
        let ended = diesel::update(sessions::table.find(session.get().to_string()))
            .filter(sessions::user_id.eq(user.get()))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(stored(at)))
            .set(sessions::ended_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()?;
        if ended > 0 {
            self.tx.changed(Change::Session(session));
        }
        Ok(ended > 0)
    }

    fn end_others(&mut self, user: UserId, keep: Option<SessionId>, at: DateTime<Utc>) -> Result<(), AppError> {
        end_others(self.tx, user, keep, at)
    }

    fn end_of_company(&mut self, company: CompanyId, at: DateTime<Utc>) -> Result<(), AppError> {
        diesel::update(sessions::table)
            .filter(sessions::company_id.eq(company.get()))
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()
            .map(drop)
    }
}

impl Database {
    /// See
    /// [`Retention::erase_sealed_children`](atalaya_application::ports::retention::Retention::erase_sealed_children).
    pub(super) fn erase_children(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
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

    /// Deletes some of the sessions that ended or expired more than thirty days ago, with their refresh tokens.
    pub(super) fn prune_sessions(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
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
