//! What happens to remembered tokens when the changes of other processes can no longer be heard.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::sessions::Whose;
use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_server::compose::Core;
use atalaya_tests::app::settings;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

#[test]
fn without_the_database_a_remembered_token_soon_opens_nothing_and_afterwards_again() {
    let bcp = bank("BCP").trained_account("BCPComunica", daily_history(60, 5_000));
    let app = TestApp::configured(&[("DATABASE_POOL_SIZE", "1")]).with(bcp);
    let admin = app.login("admin_bcp");
    let company = admin.get("/auth/me").expect(200)["empresa_id"].as_i64().unwrap();
    let scope = Operator::at_the_machine().scope(CompanyId::new(company), Permission::ReadForecasts);
    let _watch = app.core.watch().unwrap();
    let forecast = || admin.get("/regression/predict/BCPComunica?fecha=2026-08-30");
    let _ = forecast().expect(200);

    let (release, released) = channel::<()>();
    let (taken, is_taken) = channel::<()>();
    std::thread::scope(|threads| {
        let store = app.core.database.store();
        threads.spawn(move || {
            // Holds the only connection until it is told to let go: to everybody else, the database is away.
            let hold = store.query(&scope, |_| {
                taken.send(()).map_err(AppError::internal)?;
                released.recv().map_err(AppError::internal)
            });
            hold.unwrap();
        });
        is_taken.recv().unwrap();
        let began = Instant::now();
        while app.core.use_cases.sessions.recall(admin.token()).unwrap().is_some() {
            assert!(began.elapsed() < PATIENCE, "a token is believed though nothing is heard any more");
            std::thread::sleep(Duration::from_millis(50));
        }
        for _ in 0..2 {
            let _ = admin.get("/auth/sessions").problem(503, "DATABASE_UNAVAILABLE");
            let _ = forecast().problem(503, "DATABASE_UNAVAILABLE");
        }
        release.send(()).unwrap();
    });

    let began = Instant::now();
    while app.core.use_cases.sessions.recall(admin.token()).unwrap().is_none() {
        assert!(began.elapsed() < PATIENCE, "nothing is believed though everything is heard again");
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = forecast().expect(200);
}

#[test]
fn a_server_refuses_what_another_process_ended() {
    let app = TestApp::start().with(bank("BCP").viewer("vera", &[]));
    let _watch = app.core.watch().unwrap();
    let (vera, admin) = (app.login("vera"), app.login("admin_bcp"));
    let id = vera.get("/auth/me").expect(200)["id_usuario"].as_i64().unwrap();
    let settings = settings(&app.database, &[]);
    let other = Core::open(&settings, Arc::clone(&app.clock) as _).unwrap();
    // Also opens the signing keys.
    let _ = other.services(&settings).unwrap();
    let caller = Caller::new(other.use_cases.sessions.authenticate(admin.token()).unwrap(), Origin::default());
    let by = caller.authorized().unwrap();
    assert_eq!(other.use_cases.sessions.end_all(Whose::Managed(&by, UserId::new(id))).unwrap(), 1);
    let began = Instant::now();
    while vera.get("/auth/me").status != 401 {
        assert!(began.elapsed() < PATIENCE, "a session that another process ended lives on");
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = vera.get("/auth/me").problem(401, "TOKEN_REVOKED");
}
