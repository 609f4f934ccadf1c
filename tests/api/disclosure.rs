//! Identifiers say nothing of other banks: not how many there are, nor how busy they are.

use std::collections::BTreeSet;

use atalaya_tests::{Client, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// The largest integer that JavaScript holds exactly.
const MOST_EXACT: i64 = (1 << 53) - 1;

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").user("ursula", &[])).with_superadmin("root")
}

/// Whether numbers were drawn: none is near another one, as those of a counter are.
#[track_caller]
fn assert_drawn(ids: &[i64]) {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    assert!(sorted.iter().all(|id| (1..=MOST_EXACT).contains(id)), "{ids:?}");
    assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] > 1_000), "{ids:?}");
}

#[test]
fn request_ids_do_not_count_requests() {
    let app = app();
    let id = |client: &Client| client.get("/auth/me").header("x-request-id").to_owned();
    let (anonymous, ursula) = (app.anonymous(), app.login("ursula"));
    let ids: Vec<String> = (0..20).flat_map(|_| [id(&anonymous), id(&ursula)]).collect();
    for place in [0..8, 24..32] {
        let parts: BTreeSet<&str> = ids.iter().map(|id| &id[place.clone()]).collect();
        assert_eq!(parts.len(), ids.len(), "{ids:?}");
    }
    assert!(ids.iter().all(|id| id.len() == 32 && u128::from_str_radix(id, 16).is_ok()), "{ids:?}");
    let own = ursula.with("x-request-id", "mine-1").get("/auth/me");
    assert_eq!(own.header("x-request-id"), "mine-1");
}

#[test]
fn ids_of_users_and_companies_do_not_count_them() {
    let app = app();
    let (root, admin) = (app.login("root"), app.login("admin_bcp"));
    let company = |number: usize| {
        let created = root.post("/companies", &json!({"empresa_nombre": format!("Banco {number}")}));
        created.expect(201)["empresa_id"].as_i64().unwrap()
    };
    assert_drawn(&(0..6).map(company).collect::<Vec<_>>());
    let bcp = admin.get("/auth/me").json["empresa_id"].clone();
    let user = |number: usize| {
        let user = json!({"username": format!("nueva{number}"), "password": "Otra-Clave-2026", "empresa_id": bcp});
        admin.post("/auth/register", &user).expect(201)["id_usuario"].as_i64().unwrap()
    };
    assert_drawn(&(0..6).map(user).collect::<Vec<_>>());
}

/// Everything of a list, page by page.
fn listed(client: &Client, path: &str, list: &str, id: &str) -> Vec<i64> {
    let (mut ids, mut query) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}?limit=2{query}"));
        let items = page.expect(200)[list].as_array().unwrap();
        ids.extend(items.iter().map(|item| item[id].as_i64().unwrap()));
        match &page.json["next_cursor"] {
            Value::Null => return ids,
            cursor => query = format!("&cursor={}", cursor.as_str().unwrap()),
        }
    }
}

#[test]
fn users_and_companies_are_listed_by_creation() {
    let app = app();
    let mut companies = listed(&app.login("root"), "/companies", "companies", "empresa_id");
    let mut users = listed(&app.login("admin_bcp"), "/auth/users", "users", "id_usuario");
    assert_eq!((companies.len(), users.len()), (1, 2));
    for number in 0..5 {
        app.clock.advance(TimeDelta::minutes(7));
        let (root, admin) = (app.login("root"), app.login("admin_bcp"));
        let company = root.post("/companies", &json!({"empresa_nombre": format!("Banco {number}")}));
        companies.push(company.expect(201)["empresa_id"].as_i64().unwrap());
        let bcp = admin.get("/auth/me").json["empresa_id"].clone();
        let user = json!({"username": format!("nueva{number}"), "password": "Otra-Clave-2026", "empresa_id": bcp});
        users.push(admin.post("/auth/register", &user).expect(201)["id_usuario"].as_i64().unwrap());
    }
    assert_eq!(listed(&app.login("root"), "/companies", "companies", "empresa_id"), companies);
    assert_eq!(listed(&app.login("admin_bcp"), "/auth/users", "users", "id_usuario"), users);
}

/// Every list in pages refuses what it would not give as `next_cursor`.
#[test]
fn a_cursor_is_one_that_the_list_gives() {
    let app = app();
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    let account = admin.get("/accounts").expect(200)["accounts"][0]["cuenta"].as_str().unwrap().to_owned();
    let lists = [
        (&admin, "/accounts".to_owned()),
        (&admin, "/auth/my-accounts".to_owned()),
        (&admin, "/regression/users".to_owned()),
        (&admin, "/regression/available-accounts".to_owned()),
        (&admin, "/auth/users".to_owned()),
        (&admin, "/auth/sessions".to_owned()),
        (&admin, "/jobs".to_owned()),
        (&admin, "/audit".to_owned()),
        (&admin, format!("/accounts/{account}/observations")),
        (&admin, format!("/regression/model-info/{account}/versions")),
        (&root, "/companies".to_owned()),
    ];
    for (client, path) in lists {
        for none in ["%20", "x%20y", "-9223372036854775808", "9223372036854775808.1", "%E2%80%AE", "a%00"] {
            let refused = client.get(&format!("{path}?cursor={none}"));
            let by_handle = none.starts_with(['-', '9']) && refused.status == 200;
            assert!(by_handle || refused.broken_rules() == ["cursor: not_a_cursor"], "{path}?cursor={none}");
        }
    }
    for path in ["/audit".to_owned(), format!("/accounts/{account}/observations")] {
        for none in ["-1", "0", "05", "%2B5", "5%20"] {
            assert_eq!(admin.get(&format!("{path}?cursor={none}")).broken_rules(), ["cursor: not_a_cursor"], "{none}");
        }
    }
    let versions = format!("/regression/model-info/{account}/versions?cursor=05");
    assert_eq!(admin.get(&versions).broken_rules(), ["cursor: not_a_cursor"]);
}

#[test]
fn a_cursor_from_when_lists_followed_ids_is_refused() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (client, path) in [(&admin, "/auth/users"), (&app.login("root"), "/companies")] {
        assert_eq!(client.get(&format!("{path}?cursor=2")).broken_rules(), ["cursor: not_a_cursor"]);
    }
}
