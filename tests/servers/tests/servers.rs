//! Throwaway servers start, come back, and leave nothing behind.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_test_servers::{Postgres, Redis};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

fn address(url: &str) -> Option<SocketAddr> {
    let place = url.rsplit_once("//")?.1.split('/').next()?;
    place.rsplit_once('@').map_or(place, |(_, place)| place).parse().ok()
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn servers_go_with_a_process_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever a server runs as has to get in.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut holder = Command::new(env!("CARGO_BIN_EXE_hold_servers"))
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(holder.stdout.take().unwrap()).lines().take(3);
    let addresses: Vec<SocketAddr> = lines.map(|line| address(&line.unwrap()).unwrap()).collect();
    assert_eq!(addresses.len(), 3);
    for address in &addresses {
        assert!(TcpStream::connect(address).is_ok(), "nobody answers at {address}");
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually("a server goes on", || addresses.iter().all(|address| TcpStream::connect(address).is_err()));
    eventually("a folder stays", || std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn a_stopped_or_killed_server_comes_back_where_it_was() {
    let postgres = Arc::new(Postgres::new());
    let database = postgres.create_database();
    let ask = |statement: &str| PgConnection::establish(&database.url()).map(|mut conn| conn.batch_execute(statement));
    ask("CREATE TABLE kept (number INT)").unwrap().unwrap();
    for end in [Postgres::stop, Postgres::kill] {
        end(&postgres);
        assert!(ask("SELECT 1").is_err());
        postgres.start();
        ask("INSERT INTO kept VALUES (1)").unwrap().unwrap();
    }
    let redis = Redis::new();
    for end in [Redis::stop, Redis::kill] {
        end(&redis);
        assert!(TcpStream::connect(address(&redis.url()).unwrap()).is_err());
        redis.start();
        assert!(TcpStream::connect(address(&redis.url()).unwrap()).is_ok());
    }
}

#[test]
fn no_test_owns_its_database_as_a_superuser() {
    let database = Postgres::shared().create_database();
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    assert!(conn.batch_execute("ALTER SYSTEM SET jit = off").is_err());
    conn.batch_execute("SET ROLE atalaya_app").unwrap();
}
