//! Whether the audit log is as it was written, asked over HTTP.

use atalaya_tests::{Client, TestApp, bank};
use serde_json::{Value, json};

const PATH: &str = "/audit/verification";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[])).with(bank("BBVA")).with_superadmin("root")
}

fn company(client: &Client) -> i64 {
    client.get("/auth/me").expect(200)["empresa_id"].as_i64().unwrap()
}

fn found(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).clone()
}

#[test]
fn a_log_that_nobody_touched_is_whole_for_whoever_may_read_it() {
    let app = app();
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    let newest = admin.get("/audit?limit=1").expect(200)["entries"][0].clone();
    let head = json!({"seq": newest["seq"], "at": newest["at"]});
    let whole = json!({"whole": true, "checked": newest["seq"], "first_bad_seq": null, "head": head});
    assert_eq!(found(&admin, PATH), whole);
    assert_eq!(found(&root, &format!("{PATH}?empresa_id={}", company(&admin))), whole);
    assert_eq!(found(&root, PATH)["whole"], true, "the platform's own");
    let _ = app.login("ursula").get(PATH).problem(403, "ROLE_FORBIDDEN");
    let foreign = format!("{PATH}?empresa_id={}", company(&app.login("admin_bbva")));
    let _ = admin.get(&foreign).problem(403, "COMPANY_FORBIDDEN");
    let _ = root.get(&format!("{PATH}?empresa_id=999999")).problem(404, "COMPANY_NOT_FOUND");
}

#[test]
fn the_first_entry_that_is_not_as_it_was_written_is_named() {
    for (statement, first_bad) in [
        ("UPDATE audit_log SET outcome = 'failure' WHERE chain = <BCP> AND seq = 3", 3),
        ("DELETE FROM audit_log WHERE chain = <BCP> AND seq = 2", 2),
        ("DELETE FROM audit_log WHERE chain = <BCP> AND seq > 4", 5),
    ] {
        let app = app();
        let admin = app.login("admin_bcp");
        for _ in 0..5 {
            let _ = app.login("ursula");
        }
        let (bcp, other) = (company(&admin), app.login("admin_bbva"));
        app.database.tamper(&statement.replace("<BCP>", &bcp.to_string()));
        let told = found(&admin, PATH);
        let expected = [json!(false), json!(first_bad), json!(first_bad - 1)];
        assert_eq!(["whole", "first_bad_seq", "checked"].map(|field| told[field].clone()), expected, "{statement}");
        assert_eq!(found(&other, PATH)["whole"], true, "each bank has a log of its own");
    }
}
