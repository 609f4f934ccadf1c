//! Names: what is sent is kept byte by byte or refused, and no two banks have names that look alike.

use std::thread;

use atalaya_tests::{PASSWORD, TestApp, bank};
use serde_json::{Value, json};

use crate::command_line::succeed;

/// What looks like `Banco Perú` and may be a name.
const ALIKE: [&str; 9] = [
    "Banco Peru\u{301}",
    "BANCO PERÚ",
    "banco perú",
    "Banco\u{a0}Perú",
    "Banco  Perú",
    "B\u{430}nco Perú",
    "\u{412}anco Perú",
    "Banc0 Perú",
    "Ｂａｎｃｏ Perú",
];

/// What nobody sees.
const HIDDEN: [&str; 10] =
    ["\u{0}", "\t", "\u{85}", "\u{ad}", "\u{200b}", "\u{200d}", "\u{202e}", "\u{2066}", "\u{2028}", "\u{feff}"];

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").user("ursula", &[])).with_superadmin("root")
}

#[test]
fn no_two_banks_look_alike() {
    let app = app();
    let root = app.login("root");
    let create = |name: &str| root.post("/companies", &json!({"empresa_nombre": name}));
    let first = create("Banco Perú");
    assert_eq!(first.expect(201)["empresa_nombre"], "Banco Perú");
    let other = create("Banco Sur").expect(201)["empresa_id"].clone();
    for name in ALIKE {
        let _ = create(name).problem(409, "COMPANY_EXISTS");
        let renamed = root.patch(&format!("/companies/{other}"), &json!({"empresa_nombre": name}));
        let _ = renamed.problem(409, "COMPANY_EXISTS");
    }
    for name in ["Banco Peru", "BancoPerú", "Banco del Perú"] {
        assert_eq!(create(name).expect(201)["empresa_nombre"], name);
    }
    // A bank may take another spelling of its own name, and then the name that it had before is taken by the new one.
    let path = format!("/companies/{}", first.json["empresa_id"]);
    let renamed = root.patch(&path, &json!({"empresa_nombre": "BANCO PERÚ"}));
    assert_eq!(renamed.expect(200)["empresa_nombre"], "BANCO PERÚ");
    let _ = create("Banco Perú").problem(409, "COMPANY_EXISTS");
    let renamed = root.patch(&path, &json!({"empresa_nombre": "Banco Norte"}));
    assert_eq!(renamed.expect(200)["empresa_nombre"], "Banco Norte");
    let _ = create("Banco Perú").expect(201);
}

#[test]
fn letters_that_compatibility_forms_hide_are_seen() {
    let app = app();
    let root = app.login("root");
    let create = |name: &str| root.post("/companies", &json!({"empresa_nombre": name}));
    for (name, other) in [
        ("Scotiabank", "S\u{3f2}otiabank"),
        ("Banco fin", "Banco \u{17f}in"),
        ("Gestora, SA", "Gestora\u{b8} SA"),
        ("Caja~1", "Caja\u{2dc}1"),
        ("Banco ist", "Banco \u{130}st"),
        ("Banco mil", "Banco mi\u{307}l"),
        ("Interbank", "\u{4cf}nterbank"),
        ("D'Onofrio", "D\u{1fbd}Onofrio"),
        ("Caja i", "Caja\u{37a}"),
        ("Banco Plus", "Banco Plus\u{fe0f}"),
    ] {
        let _ = create(name).expect(201);
        let _ = create(other).problem(409, "COMPANY_EXISTS");
    }
    let _ = create("B\u{3f9}P").problem(409, "COMPANY_EXISTS");
    for nothing in ["\u{fe0f}", "\u{301}", "a\u{ffff}", "a\u{e000}", "a\u{378}"] {
        assert_eq!(create(nothing).broken_rules(), ["empresa_nombre: invalid_character"], "{nothing:?}");
    }
}

#[test]
fn of_banks_that_look_alike_and_come_at_once_one_is_made() {
    let app = app();
    let root = app.login("root");
    let create = |name: &str| root.post("/companies", &json!({"empresa_nombre": name})).status;
    let mut answers: Vec<u16> = thread::scope(|threads| {
        let asked: Vec<_> = ALIKE.into_iter().map(|name| threads.spawn(move || create(name))).collect();
        asked.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    answers.sort_unstable();
    assert_eq!(answers, [&[201][..], &[409; ALIKE.len() - 1]].concat());
}

fn insert_as_before(app: &TestApp, name: &str) {
    app.database.execute(&format!(
        "INSERT INTO companies (name, time_zone, active, created_at)
         VALUES ('{name}', 'America/Lima', TRUE, '2026-01-01 00:00:00')"
    ));
}

#[test]
fn banks_that_looked_alike_before_stay_and_are_named() {
    let app = app();
    insert_as_before(&app, "Banco Perú");
    insert_as_before(&app, "BANCO PERÚ");
    let app = TestApp::try_start(app.stop(), &[]).unwrap();
    let root = app.login("root");
    let companies = root.get("/companies").expect(200)["companies"].as_array().unwrap().clone();
    let second = companies.iter().find(|company| company["empresa_nombre"] == "BANCO PERÚ").unwrap();
    let path = format!("/companies/{}", second["empresa_id"]);
    let moved = root.patch(&path, &json!({"zona_horaria": "America/La_Paz", "empresa_nombre": "BANCO PERÚ"}));
    assert_eq!(moved.expect(200)["zona_horaria"], "America/La_Paz");
    let _ = root.post("/companies", &json!({"empresa_nombre": "banco perú"})).problem(409, "COMPANY_EXISTS");
    let checked = succeed(&app.database, &["config", "check"], "");
    let line = checked.lines().find(|line| line.contains("look alike")).expect("a line about names");
    assert!(line.contains("\"Banco Perú\" (id ") && line.contains("\"BANCO PERÚ\" (id "), "{checked}");
    assert!(!line.contains("BCP"), "{checked}");
    let _ = root.patch(&path, &json!({"empresa_nombre": "Banco Perú Sur"})).expect(200);
    assert!(!succeed(&app.database, &["config", "check"], "").contains("look alike"));
}

#[test]
fn a_bank_that_an_older_program_makes_beside_this_one_counts_too() {
    let app = app();
    insert_as_before(&app, "Banco Perú");
    let _ =
        app.login("root").post("/companies", &json!({"empresa_nombre": "BANCO PERÚ"})).problem(409, "COMPANY_EXISTS");
}

#[test]
fn config_check_makes_no_database() {
    let database = atalaya_tests::TestDatabase::default();
    let checked = succeed(&database, &["config", "check"], "");
    assert!(checked.contains("the configuration is good"), "{checked}");
    if database.is_a_file() {
        let url = database.url();
        assert!(!std::path::Path::new(url.strip_prefix("sqlite://").unwrap()).exists());
    }
}

#[test]
fn hidden_characters_are_refused_in_every_name() {
    let app = app();
    let (root, admin) = (app.login("root"), app.login("admin_bcp"));
    let company = admin.get("/auth/me").json["empresa_id"].clone();
    for hidden in HIDDEN {
        let name = format!("ana{hidden}perez");
        let rules = |body: Value, path: &str| admin.post(path, &body).broken_rules();
        let account = json!({"cuenta": name, "nombre": name, "plataforma": name});
        let refused = ["cuenta: invalid_character", "nombre: invalid_character", "plataforma: invalid_character"];
        assert_eq!(rules(account, "/accounts"), refused, "{hidden:?}");
        let user = json!({"username": name, "password": "Otra-Clave-2026", "empresa_id": company,
            "email": format!("{name}@bcp.example")});
        assert_eq!(rules(user, "/auth/register"), ["username: invalid_character", "email: invalid_character"]);
        let bank = root.post("/companies", &json!({"empresa_nombre": name}));
        assert_eq!(bank.broken_rules(), ["empresa_nombre: invalid_character"]);
        let login = json!({"username": "ursula", "password": PASSWORD, "device_name": name});
        assert_eq!(app.anonymous().post("/auth/login", &login).broken_rules(), ["device_name: invalid_character"]);
    }
}

#[test]
fn blanks_at_the_ends_of_names_are_refused_and_not_cut_off() {
    let app = app();
    for name in [" Ayuda", "Ayuda ", "\u{a0}Ayuda"] {
        let account = json!({"cuenta": "ayuda", "nombre": name, "plataforma": name});
        let broken = app.login("admin_bcp").post("/accounts", &account).broken_rules();
        assert_eq!(broken, ["nombre: outer_blank", "plataforma: outer_blank"]);
        let bank = app.login("root").post("/companies", &json!({"empresa_nombre": name}));
        assert_eq!(bank.broken_rules(), ["empresa_nombre: outer_blank"]);
    }
}

#[test]
fn a_device_name_is_kept_byte_by_byte() {
    let app = app();
    for name in ["", " panel de caja ", "Cafe\u{301} ❤️ 銀行"] {
        let login = json!({"username": "ursula", "password": PASSWORD, "device_name": name, "refresh": "none"});
        let token = app.anonymous().post("/auth/login", &login).expect(200)["access_token"].clone();
        let sessions = app.anonymous().bearing(token.as_str().unwrap()).get("/auth/sessions");
        let sessions = sessions.expect(200)["sessions"].as_array().unwrap();
        let current = sessions.iter().find(|session| session["current"] == true).unwrap();
        assert_eq!(current["device_name"], name);
    }
}

#[test]
fn names_that_were_accepted_before_are_still_shown() {
    let app = app();
    app.database.execute("UPDATE accounts SET name = 'BCP\u{200b} Comunica', platform = 'x\u{202e}y'");
    app.database.execute("UPDATE users SET email = 'ana\u{200b}@bcp.example' WHERE username = 'ursula'");
    app.database.execute("UPDATE companies SET name = 'B\u{ad}CP'");
    let admin = app.login("admin_bcp");
    assert_eq!(admin.get("/accounts").expect(200)["accounts"][0]["nombre"], "BCP\u{200b} Comunica");
    let users = admin.get("/auth/users").expect(200)["users"].as_array().unwrap().clone();
    assert!(users.iter().any(|user| user["email"] == "ana\u{200b}@bcp.example"));
    assert_eq!(admin.get("/auth/me").expect(200)["empresa_nombre"], "B\u{ad}CP");
    assert_eq!(app.login("root").get("/companies").expect(200)["companies"][0]["empresa_nombre"], "B\u{ad}CP");
}
