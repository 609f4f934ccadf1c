//! A table is locked for seconds, as by an administrator's `ALTER TABLE`: whoever needs it is told so, and nobody else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use atalaya_tests::{Client, Cluster, PASSWORD, Reply};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::json;

use crate::support::{FORECAST, cluster, log_in, within};

/// As many as take a whole pool more than once.
const CLIENTS: usize = 24;
/// Generous: the machine may be busy.
const DEADLINE: Duration = Duration::from_mins(1);

/// What a table's lock keeps from being done.
#[derive(Clone, Copy)]
struct Lock {
    table: &'static str,
    /// How long it stays locked, in seconds: longer than any single wait for it.
    seconds: u64,
    /// Those who need it, again and again.
    crowd: Request,
    /// Whether observations are stored meanwhile.
    uploads: bool,
    /// Whether somebody can log in meanwhile.
    logins: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Request {
    Ready,
    Forecast,
    Accounts,
    Upload,
    Login,
    Jobs,
    History,
}

impl Request {
    fn at(self, Asker { admin, nobody }: &Asker, number: usize) -> Reply {
        let hour = number % 20;
        let rows = json!({"observations": [{"hora": format!("2026-08-23T{hour:02}:00:00Z"), "seguidores": 10_000}]});
        match self {
            Self::Ready => admin.get("/health/ready"),
            Self::Forecast => admin.get(FORECAST),
            Self::Accounts => admin.get("/accounts"),
            Self::Upload => admin.post("/accounts/BancoUno/observations", &rows),
            Self::Login => {
                let body = json!({"username": "vera", "password": PASSWORD, "refresh": "none"});
                nobody.post("/auth/login", &body)
            }
            Self::Jobs => admin.get("/jobs"),
            Self::History => admin.get("/accounts/BancoUno/observations"),
        }
    }
}

/// Clients of one replica: an administrator of the bank, and somebody who is not logged in.
struct Asker {
    admin: Client,
    nobody: Client,
}

const LOCKS: [Lock; 6] = [
    Lock { table: "users", seconds: 10, crowd: Request::Login, uploads: true, logins: false },
    Lock { table: "sessions", seconds: 6, crowd: Request::Login, uploads: true, logins: false },
    Lock { table: "login_failures", seconds: 6, crowd: Request::Login, uploads: true, logins: false },
    Lock { table: "audit_heads", seconds: 6, crowd: Request::Login, uploads: false, logins: false },
    Lock { table: "jobs", seconds: 6, crowd: Request::Jobs, uploads: true, logins: true },
    Lock { table: "observations", seconds: 6, crowd: Request::History, uploads: false, logins: true },
];

fn is_told_to_come_back(reply: &Reply) -> bool {
    reply.status == 503 && reply.header("retry-after").parse::<u64>().is_ok()
}

#[test]
fn while_a_table_is_locked_only_those_who_need_it_are_told_to_come_back() {
    // All of the crowd log in with one name.
    let cluster = cluster(&[("QUOTA_USER", "none"), ("MAX_LOGIN_ATTEMPTS", "1000")]);
    // An upload voids the remembered account, which is then read again: both replicas remember it, and the token.
    let admin = log_in(&cluster, "admin_banco_uno");
    let askers = [0, 1].map(|number| {
        let nobody = cluster.anonymous_at(number);
        Asker { admin: nobody.clone().bearing(admin.token()), nobody }
    });
    for lock in LOCKS {
        for asker in &askers {
            let _ = Request::Upload.at(asker, 0).expect(200);
            let _ = Request::Forecast.at(asker, 0).expect(200);
        }
        let heard = while_locked(&cluster, &askers, lock);
        let all = |request: Request| heard.get(&request).map_or(&[][..], Vec::as_slice);
        for request in [Request::Ready, Request::Forecast, Request::Accounts] {
            for reply in all(request) {
                assert_eq!(reply.status, 200, "{}: {request:?}: {}", lock.table, reply.text());
            }
        }
        for (request, goes_on) in [(Request::Upload, lock.uploads), (Request::Login, lock.logins)] {
            for reply in all(request) {
                let fits =
                    if goes_on { reply.status == 200 } else { reply.status == 200 || is_told_to_come_back(reply) };
                assert!(fits, "{}: {request:?}: {} {}", lock.table, reply.status, reply.text());
            }
        }
        for reply in all(lock.crowd) {
            let fits = reply.status == 200 || is_told_to_come_back(reply);
            assert!(fits, "{}: {:?}: {} {}", lock.table, lock.crowd, reply.status, reply.text());
        }
        assert!(all(lock.crowd).iter().any(is_told_to_come_back), "{}: nobody waited in vain", lock.table);
        for asker in &askers {
            within(DEADLINE, "all goes on afterwards", || {
                [Request::Login, Request::Upload, Request::Jobs, Request::History]
                    .iter()
                    .all(|request| request.at(asker, 0).status == 200)
            });
        }
    }
}

/// What is heard at both replicas while the table is locked and a crowd needs it.
fn while_locked(cluster: &Cluster, askers: &[Asker; 2], lock: Lock) -> BTreeMap<Request, Vec<Reply>> {
    let over = AtomicBool::new(false);
    let (said, hear) = channel();
    let mut conn = PgConnection::establish(&cluster.database().superuser_url()).unwrap();
    std::thread::scope(|threads| {
        conn.batch_execute(&format!("BEGIN; LOCK TABLE {}", lock.table)).unwrap();
        let begun = Instant::now();
        for number in 0..CLIENTS {
            let (said, over) = (said.clone(), &over);
            threads.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    said.send((lock.crowd, lock.crowd.at(&askers[number % 2], number))).unwrap();
                }
            });
        }
        // Once the crowd waits.
        std::thread::sleep(Duration::from_millis(500));
        let others = [Request::Ready, Request::Forecast, Request::Accounts, Request::Upload, Request::Login];
        let others = others.into_iter().filter(|request| *request != lock.crowd);
        let others: Vec<Request> = others.collect();
        while begun.elapsed() < Duration::from_secs(lock.seconds) {
            for (request, asker) in others.iter().flat_map(|request| askers.iter().map(move |asker| (*request, asker)))
            {
                // Others who need the table would only make this wait.
                let needs_it = match request {
                    Request::Upload => !lock.uploads,
                    Request::Login => !lock.logins,
                    _ => false,
                };
                if !needs_it {
                    said.send((request, request.at(asker, 0))).unwrap();
                }
            }
        }
        conn.batch_execute("COMMIT").unwrap();
        over.store(true, Ordering::Relaxed);
    });
    drop(said);
    let mut heard: BTreeMap<Request, Vec<Reply>> = BTreeMap::new();
    for (request, reply) in hear {
        heard.entry(request).or_default().push(reply);
    }
    heard
}
