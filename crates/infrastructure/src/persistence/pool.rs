//! The connection pool: who gets a connection, and how long that is waited for.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use r2d2::{NopErrorHandler, Pool, PooledConnection};

use super::connection::{AnyConnection, Connector, LIFE_OF_A_CONNECTION, Reachability, prepare_file};
use super::shares::{ConnectionPermit, Share, Shares};

/// How long a request waits for a connection before it is told to come back: within two seconds, with all that comes
/// before and after. The pool tries a server that is away again after at most half of it.
pub(super) const POOL_PATIENCE: Duration = Duration::from_millis(1_500);

/// What a connection is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Work that can be told to come back, in its share of the pool.
    Of(Share),
    /// Short work without which this process would lose what it holds, or its trust in what it remembers.
    Vital,
    /// Whether the database is there. It reads no table, so no lock keeps it.
    Readiness,
}

/// A connection that is in use. Dropping it gives it back.
pub(super) struct Taken {
    // Before the permit, which is for the next one who takes a connection.
    conn: PooledConnection<Connector>,
    _permit: Option<ConnectionPermit>,
}

impl Deref for Taken {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.conn
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }
}

/// Connections from which on one of them is kept for what is vital.
const ENOUGH_FOR_A_RESERVE: u32 = 4;

/// The pool, and what is known of the server behind it.
pub(super) struct Connections {
    pool: Pool<Connector>,
    shares: Arc<Shares>,
    /// One connection for what is vital while those of the pool are all in use.
    reserve: Option<Pool<Connector>>,
    /// One connection beside all others, by which it is found out whether the database is there.
    readiness: Pool<Connector>,
    reachability: Arc<Reachability>,
}

impl Connections {
    /// Makes a pool of at most `size` connections, the reserve included, opened as they are needed, and one more that
    /// only looks whether the database is there. A file is opened at once, and one connection ahead; whether a server
    /// is there, whoever needs it finds out: its migrations may have to make the role first.
    ///
    /// # Errors
    /// `Internal` when the file cannot be opened.
    pub(super) fn new(connector: Connector, size: u32) -> Result<Self, AppError> {
        let kept = u32::from(size >= ENOUGH_FOR_A_RESERVE);
        let shared = (size - kept).max(1);
        let life = connector.file().is_none().then_some(LIFE_OF_A_CONNECTION);
        let small = |size| pool_of(size, 0, life).build_unchecked(connector.clone());
        let (readiness, reserve) = (small(1), (kept > 0).then(|| small(kept)));
        let reachability = Arc::clone(connector.reachability());
        let pool = match connector.file() {
            Some(path) => {
                prepare_file(path).map_err(|error| {
                    AppError::internal(format!("the database file {} cannot be opened: {error}", path.display()))
                })?;
                pool_of(shared, 1, life).build(connector).map_err(AppError::internal)?
            }
            None => pool_of(shared, 0, life).build_unchecked(connector),
        };
        Ok(Self { pool, shares: Shares::of(shared), reserve, readiness, reachability })
    }

    /// A connection that may still be used, or why there is none: none became free within `patience`; or at once, where
    /// the server is known to be away and no connection is left that could become free. The pool tries to open one all
    /// the while.
    pub(super) fn take(&self, need: Need, patience: Duration) -> Result<Taken, Part> {
        let started = Instant::now();
        let permit = match need {
            Need::Of(share) => Some(self.shares.take(share, patience).ok_or_else(|| self.obstacle())?),
            Need::Vital | Need::Readiness => None,
        };
        loop {
            let conn = self.take_any(need, patience.saturating_sub(started.elapsed()))?;
            // One that was idle since before the wrong server was met is closed by giving it back.
            if !conn.is_distrusted(&self.reachability) {
                return Ok(Taken { conn, _permit: permit });
            }
        }
    }

    fn take_any(&self, need: Need, patience: Duration) -> Result<PooledConnection<Connector>, Part> {
        let pool = match (need, &self.reserve) {
            (Need::Vital, Some(reserve)) => match self.pool.try_get() {
                Some(idle) => return Ok(idle),
                None => reserve,
            },
            (Need::Readiness, _) => &self.readiness,
            _ => &self.pool,
        };
        match self.reachability.obstacle() {
            Some(part) if pool.state().connections == 0 => Err(part),
            _ => pool.get_timeout(patience).map_err(|_| self.obstacle()),
        }
    }

    /// Why there is no connection.
    fn obstacle(&self) -> Part {
        self.reachability.obstacle().unwrap_or(Part::Database)
    }

    /// A connection turned out to lead to a server that takes no writes: none that is open is used again.
    pub(super) fn invalidate(&self) {
        self.reachability.invalidate();
    }

    /// How many connections are open, and how many of them are idle.
    pub(super) fn count(&self) -> (u32, u32) {
        let states = [&self.pool, &self.readiness].into_iter().chain(&self.reserve).map(Pool::state);
        states.fold((0, 0), |(open, idle), state| (open + state.connections, idle + state.idle_connections))
    }
}

fn pool_of(size: u32, ahead: u32, life: Option<Duration>) -> r2d2::Builder<Connector> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(ahead))
        .max_lifetime(life)
        .connection_timeout(POOL_PATIENCE)
        // Beginning a transaction shows as much, without a message of its own.
        .test_on_check_out(false)
        .error_handler(Box::new(NopErrorHandler))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persistence::connection::{DatabaseUrl, Purpose};

    #[test]
    fn connections_to_a_server_have_a_life_time() {
        let url = DatabaseUrl::parse("postgres://127.0.0.1:9/atalaya").unwrap();
        let connections = Connections::new(Connector::new(url, Purpose::Work), 4).unwrap();
        for pool in [&connections.pool, &connections.readiness].into_iter().chain(&connections.reserve) {
            assert_eq!(pool.max_lifetime(), Some(LIFE_OF_A_CONNECTION));
        }
    }
}
