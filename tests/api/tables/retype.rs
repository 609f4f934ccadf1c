//! Giving a field another type: every value is converted exactly or none is, and nothing that was is lost.

use atalaya_tests::{Client, Reply, TestApp};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{app, campaigns, column, define, field, keep, plain, records, send};

fn retype(client: &Client, entity: &str, field: &str, query: &str, body: &Value) -> Reply {
    client.post(&format!("/api/metadata/entities/{entity}/fields/{field}/retype{query}"), body)
}

fn to(kind: &str) -> Value {
    json!({"field_type": kind})
}

/// A table with one text of each record.
fn with_texts(admin: &Client, texts: &[&str]) -> (String, String, Vec<String>) {
    let entity = define(admin, "campaign");
    let field = field(admin, &entity, &plain("gasto", "TEXT"));
    let kept = texts.iter().map(|text| keep(admin, &entity, &json!({"gasto": text}))).collect();
    (entity, field, kept)
}

fn sorted(admin: &Client, entity: &str, name: &str) -> Vec<Value> {
    column(admin.get(&format!("{}?sort={name}&page_size=100", records(entity))).expect(200), name)
}

fn told(admin: &Client, action: &str) -> Vec<String> {
    let log = admin.get(&format!("/audit?action={action}")).expect(200).clone();
    log["entries"].as_array().unwrap().iter().map(|entry| entry["target"].as_str().unwrap().to_owned()).collect()
}

fn trashed(admin: &Client, entity: &str) -> Vec<Value> {
    let trash = admin.get(&format!("/api/metadata/entities/{entity}/trash")).expect(200).clone();
    trash.as_array().or_else(|| trash["items"].as_array()).unwrap().clone()
}

/// More texts than are converted while the client waits: 1 to `number`.
fn large(admin: &Client, number: usize) -> (String, String) {
    let entity = define(admin, "campaign");
    let field = field(admin, &entity, &plain("gasto", "TEXT"));
    let rows: Vec<String> = (1..=number).map(|row| row.to_string()).collect();
    let csv = format!("gasto\n{}\n", rows.join("\n"));
    let _ = admin.post_csv(&format!("{}:import", records(&entity)), csv).expect(200);
    (entity, field)
}

#[test]
fn texts_sort_as_numbers_afterwards_and_nothing_of_them_is_lost() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend, kept) = with_texts(&admin, &["9", "10", " 1.50 ", "-3"]);
    assert_eq!(sorted(&admin, &entity, "gasto"), [" 1.50 ", "-3", "10", "9"].map(|text| json!(text)));
    let etag = admin.get(&format!("{}/{}", records(&entity), kept[0])).header("etag").to_owned();
    let retyped = retype(&admin, &entity, &spend, "", &json!({"field_type": "NUMBER", "min": -3})).expect(200).clone();
    assert_eq!(
        (&retyped["id"], &retyped["field_type"], &retyped["min"]),
        (&json!(spend), &json!("NUMBER"), &json!(-3))
    );
    assert_eq!(sorted(&admin, &entity, "gasto"), [json!(-3), json!(1.5), json!(9), json!(10)]);
    let found = admin.get(&format!("{}?filter[gasto][gte]=9", records(&entity))).expect(200).clone();
    assert_eq!(found["total"], 2);
    // Whoever names fields by their ids notices the type alone, and whoever read the text changes nothing.
    let one = format!("{}/{}", records(&entity), kept[0]);
    assert_eq!(admin.get(&format!("{one}?keys=id")).expect(200)["data"][spend.as_str()], 9);
    let late = admin.clone().with("if-match", &etag).patch(&one, &json!({"data": {"gasto": 1}}));
    let _ = late.problem(412, "PRECONDITION_FAILED");
    assert_eq!(
        send(&admin, Method::PATCH, &one, r#"{"data":{"gasto":"9"}}"#).broken_rules(),
        ["data.gasto: wrong_type"]
    );
    assert_eq!(told(&admin, "field_retyped"), ["campaign.gasto: TEXT → NUMBER"]);

    // As it was it lies in the trash under another id, and comes back under another name.
    let old = trashed(&admin, &entity);
    assert_eq!((old.len(), &old[0]["field_type"]), (1, &json!("TEXT")));
    let old = old[0]["id"].as_str().unwrap().to_owned();
    assert_ne!(old, spend);
    let restore = format!("/api/metadata/entities/{entity}/trash/{old}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(409, "FIELD_EXISTS");
    let path = format!("/api/metadata/entities/{entity}/fields/{spend}");
    let _ = admin.patch(&path, &json!({"name": "soles"})).expect(200);
    let _ = admin.ask(Method::POST, &restore).expect(200);
    let shown = admin.get(&format!("{}/{}", records(&entity), kept[2])).expect(200)["data"].clone();
    assert_eq!(shown, json!({"soles": 1.50, "gasto": " 1.50 "}));
}

#[test]
fn a_trial_tells_what_cannot_be_converted_and_why_in_the_readers_language() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend, kept) = with_texts(&admin, &["9", "1,5", "x", ""]);
    let tried = retype(&admin, &entity, &spend, "?dry_run=true", &to("NUMBER")).expect(200).clone();
    assert_eq!((&tried["convertible"], &tried["total"]), (&json!(2), &json!(4)));
    let mut failing: Vec<(String, String)> = tried["failing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| (each["record"].as_str().unwrap().to_owned(), format!("{}: {}", each["value"], each["error"])))
        .collect();
    failing.sort();
    let mut expected = vec![
        (kept[1].clone(), r#""1,5": "wrong_type""#.to_owned()),
        (kept[2].clone(), r#""x": "wrong_type""#.to_owned()),
    ];
    expected.sort();
    assert_eq!(failing, expected);
    let english = admin.clone().english();
    let again = retype(&english, &entity, &spend, "?dry_run=true", &to("NUMBER")).expect(200).clone();
    assert_ne!(again["failing"][0]["reason"], tried["failing"][0]["reason"]);

    let refused = retype(&admin, &entity, &spend, "", &to("NUMBER"));
    let mut rules = refused.rules_of(409, "RECORDS_BREAK_RULE");
    rules.sort();
    let mut expected: Vec<String> = kept[1..3].iter().map(|id| format!("records.{id}: wrong_type")).collect();
    expected.sort();
    assert_eq!(rules, expected);
    assert_eq!(sorted(&admin, &entity, "gasto"), ["", "1,5", "9", "x"].map(|text| json!(text)));
    assert_eq!((trashed(&admin, &entity).len(), told(&admin, "field_retyped").len()), (0, 0));
    assert_eq!(
        retype(&admin, &entity, &spend, "?dry_run=yes", &to("NUMBER")).broken_rules(),
        ["dry_run: unknown_value"]
    );
    assert_eq!(retype(&admin, &entity, &spend, "", &to("FLOAT")).broken_rules(), ["field_type: unknown_value"]);
    assert_eq!(retype(&admin, &entity, &spend, "", &to("CHOICE")).broken_rules(), ["choices: missing"]);
    let nowhere = retype(&admin, &entity, super::NOWHERE, "", &to("NUMBER"));
    let _ = nowhere.problem(404, "FIELD_NOT_FOUND");
    let user = app.login("ursula");
    let _ = retype(&user, &entity, &spend, "?dry_run=true", &to("NUMBER")).problem(403, "ROLE_FORBIDDEN");
}

#[test]
fn values_are_converted_exactly_between_types() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let one =
        keep(&admin, &entity, &json!({"nombre": "SÍ", "gasto": 5.00, "clics": 7, "dia": "2026-05-03", "activa": true}));
    let fields = admin.get(&format!("/api/metadata/entities/{entity}")).expect(200)["fields"].clone();
    let id = |name: &str| {
        let field = fields.as_array().unwrap().iter().find(|field| field["name"] == name).unwrap();
        field["id"].as_str().unwrap().to_owned()
    };
    for (name, body, expected) in [
        ("nombre", to("BOOLEAN"), json!(true)),
        ("gasto", to("INTEGER"), json!(5)),
        ("clics", to("NUMBER"), json!(7)),
        ("dia", to("DATETIME"), json!("2026-05-03T05:00:00.000000Z")),
        ("dia", to("DATE"), json!("2026-05-03")),
        ("dia", to("TEXT"), json!("2026-05-03")),
        ("activa", to("TEXT"), json!("true")),
        ("activa", json!({"field_type": "CHOICE", "choices": ["True", "otro"]}), json!("True")),
    ] {
        let _ = retype(&admin, &entity, &id(name), "", &body).expect(200);
        let shown = admin.get(&format!("{}/{one}", records(&entity))).expect(200)["data"][name].clone();
        assert_eq!(shown, expected, "{name} {body}");
    }
    let refused = retype(&admin, &entity, &id("dia"), "", &to("BOOLEAN"));
    assert_eq!(refused.rules_of(409, "RECORDS_BREAK_RULE"), [format!("records.{one}: wrong_type")]);
}

#[test]
fn texts_become_relations_by_id_or_by_what_one_record_is_called() {
    let app = app();
    let admin = app.login("admin_bcp");
    let person = define(&admin, "person");
    field(&admin, &person, &plain("nombre", "TEXT"));
    let ana = keep(&admin, &person, &json!({"nombre": "Ana"}));
    let twins: Vec<String> = (0..2).map(|_| keep(&admin, &person, &json!({"nombre": "Luis"}))).collect();
    let (entity, who, kept) = with_texts(&admin, &["Ana", &twins[0], "Luis", "Eva"]);
    let body = json!({"field_type": "RELATION", "target_entity_id": person, "target_display_field": "nombre"});
    let mut rules = retype(&admin, &entity, &who, "", &body).rules_of(409, "RECORDS_BREAK_RULE");
    rules.sort();
    let mut expected =
        [format!("records.{}: ambiguous_record", kept[2]), format!("records.{}: unknown_record", kept[3])];
    expected.sort();
    assert_eq!(rules, expected);
    for id in &kept[2..] {
        let _ = admin.patch(&format!("{}/{id}", records(&entity)), &json!({"data": {"gasto": null}})).expect(200);
    }
    let _ = retype(&admin, &entity, &who, "", &body).expect(200);
    let data = |id: &str| admin.get(&format!("{}/{id}", records(&entity))).expect(200)["data"]["gasto"].clone();
    assert_eq!([data(&kept[0]), data(&kept[1]), data(&kept[2])], [json!(ana), json!(twins[0]), Value::Null]);
    // What people choose by keeps being chosen by after it got another type.
    let lookup = format!("/api/metadata/entities/{person}/lookup?search=");
    let name = admin.get(&format!("/api/metadata/entities/{person}")).expect(200)["fields"][0]["id"].clone();
    let choices = json!({"field_type": "CHOICE", "choices": ["Ana", "Luis"]});
    let _ = retype(&admin, &person, name.as_str().unwrap(), "", &choices).expect(200);
    assert_eq!(admin.get(&format!("{lookup}an")).expect(200)[0]["display_value"], "Ana");
}

#[test]
fn revisions_are_shown_and_reverted_to_in_the_new_type() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend, kept) = with_texts(&admin, &["10"]);
    let one = format!("{}/{}", records(&entity), kept[0]);
    for text in ["doce", "11"] {
        let _ = admin.patch(&one, &json!({"data": {"gasto": text}})).expect(200);
    }
    let _ = retype(&admin, &entity, &spend, "", &to("NUMBER")).expect(200);
    let revisions = admin.get(&format!("{one}/revisions")).expect(200).clone();
    assert_eq!(revisions["items"].as_array().unwrap().len(), 3, "a retype is no revision of a record");
    let shown: Vec<Value> =
        revisions["items"].as_array().unwrap().iter().map(|each| each["data"]["gasto"].clone()).collect();
    assert_eq!(shown, [json!(11), Value::Null, json!(10)]);
    let reverted = admin.post(&format!("{one}/revert"), &json!({"revision": 1})).expect(200).clone();
    assert_eq!(reverted["data"]["gasto"], 10);
    // What is none of the new type is not dropped in silence.
    let lost = admin.post(&format!("{one}/revert"), &json!({"revision": 2}));
    assert_eq!(lost.broken_rules(), ["data.gasto: wrong_type"]);
    assert_eq!(admin.get(&one).expect(200)["data"]["gasto"], 10);
}

#[test]
fn values_that_become_alike_are_not_unique() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let code = json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true});
    let code = field(&admin, &entity, &code);
    for text in ["1", "1.0", "2"] {
        keep(&admin, &entity, &json!({"código": text}));
    }
    let tried = retype(&admin, &entity, &code, "?dry_run=true", &to("NUMBER")).expect(200).clone();
    assert_eq!((&tried["convertible"], &tried["failing"][0]["error"]), (&json!(2), &json!("repeated")));
    let refused = retype(&admin, &entity, &code, "", &to("NUMBER"));
    assert!(refused.rules_of(409, "RECORDS_BREAK_RULE")[0].ends_with(": repeated"));
    let free = json!({"field_type": "NUMBER", "unique": false});
    assert_eq!(retype(&admin, &entity, &code, "", &free).expect(200)["unique"], false);
    let again = retype(&admin, &entity, &code, "", &to("TEXT")).expect(200).clone();
    assert_eq!(
        (&again["unique"], sorted(&admin, &entity, "código")),
        (&json!(false), vec![json!("1"), json!("1.0"), json!("2")])
    );
}

#[test]
fn a_name_that_is_used_again_never_shows_old_values() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend, kept) = with_texts(&admin, &["9"]);
    let _ = retype(&admin, &entity, &spend, "", &to("NUMBER")).expect(200);
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}/fields/{spend}")).status, 204);
    for kind in ["TEXT", "NUMBER"] {
        let again = field(&admin, &entity, &plain("gasto", kind));
        let one = format!("{}/{}", records(&entity), kept[0]);
        assert_eq!(admin.get(&one).expect(200)["data"], json!({"gasto": null}));
        assert_eq!(admin.get(&format!("{one}/revisions")).expect(200)["items"][0]["data"], json!({"gasto": null}));
        let _ = retype(&admin, &entity, &again, "", &to("INTEGER")).expect(200);
        assert_eq!(admin.get(&one).expect(200)["data"], json!({"gasto": null}));
        assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}/fields/{again}")).status, 204);
    }
}

#[test]
fn a_large_table_is_converted_by_a_job_and_keeps_what_is_written_meanwhile() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend) = large(&admin, 5_100);
    let keyed = admin.clone().with("idempotency-key", "uno");
    let asked = retype(&keyed, &entity, &spend, "", &to("NUMBER"));
    let job = asked.expect(202).clone();
    assert_eq!(retype(&keyed, &entity, &spend, "", &to("NUMBER")).expect(202), &job);
    assert_eq!(
        (&job["kind"], asked.header("location")),
        (&json!("retype_field"), format!("/jobs/{}", job["id"].as_str().unwrap()).as_str())
    );
    let path = format!("/api/metadata/entities/{entity}/fields/{spend}");
    let _ = retype(&admin, &entity, &spend, "", &to("INTEGER")).problem(409, "FIELD_BEING_RETYPED");
    let _ = admin.delete(&path).problem(409, "FIELD_BEING_RETYPED");
    let _ = admin.patch(&path, &json!({"display_name": "x"})).problem(409, "FIELD_BEING_RETYPED");
    let other = field(&admin, &entity, &plain("ciudad", "TEXT"));
    let together = json!({"unique_together": [["gasto", "ciudad"]]});
    let _ = admin.put(&format!("/api/metadata/entities/{entity}"), &together).problem(409, "FIELD_BEING_RETYPED");
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}/fields/{other}")).status, 204);
    let later = keep(&admin, &entity, &json!({"gasto": "0.5"}));
    let later = format!("{}/{later}", records(&entity));
    assert_eq!(admin.get(&later).expect(200)["data"]["gasto"], "0.5");
    app.run_jobs();
    let done = admin.get(&format!("/jobs/{}", job["id"].as_str().unwrap())).expect(200).clone();
    assert_eq!((&done["state"], &done["progress"]["done"]), (&json!("succeeded"), &done["progress"]["total"]));
    let page = admin.get(&format!("{}?sort=gasto&page_size=4", records(&entity))).expect(200).clone();
    assert_eq!(
        (column(&page, "gasto"), &page["total"]),
        (vec![json!(0.5), json!(1), json!(2), json!(3)], &json!(5_101))
    );
    let last = admin.get(&format!("{}?sort=-gasto&page_size=1", records(&entity))).expect(200).clone();
    assert_eq!(column(&last, "gasto"), [json!(5_100)]);
    assert_eq!(told(&admin, "field_retyped"), ["campaign.gasto: TEXT → NUMBER"]);
    assert_eq!(told(&admin, "job_requested"), ["retype_field"]);
    let _ = admin.patch(&path, &json!({"display_name": "Gasto"})).expect(200);
}

/// How many fields there are, hidden ones too, and values of them in the index.
fn stored(app: &TestApp) -> (usize, usize) {
    (
        app.database.texts("SELECT name FROM entity_fields").len(),
        app.database.texts("SELECT name FROM entity_fields WHERE hidden_by IS NOT NULL").len(),
    )
}

#[test]
fn a_job_that_fails_or_is_called_off_leaves_the_field_as_it_was_and_nothing_hidden() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, spend) = large(&admin, 5_100);
    let job = retype(&admin, &entity, &spend, "", &to("NUMBER")).expect(202)["id"].clone();
    let bad = keep(&admin, &entity, &json!({"gasto": "mucho"}));
    app.run_jobs();
    let failed = admin.clone().english().get(&format!("/jobs/{}", job.as_str().unwrap())).expect(200).clone();
    assert_eq!((&failed["state"], &failed["error"]["error_code"]), (&json!("failed"), &json!("RECORDS_BREAK_RULE")));
    assert!(failed["error"]["detail"].as_str().unwrap().contains(": 1."), "{failed}");
    let fields = admin.get(&format!("/api/metadata/entities/{entity}")).expect(200)["fields"].clone();
    assert_eq!((fields.as_array().unwrap().len(), &fields[0]["field_type"]), (1, &json!("TEXT")));
    assert_eq!(trashed(&admin, &entity).len(), 0);
    // The next one may begin at once.
    assert_eq!(admin.delete(&format!("{}/{bad}", records(&entity))).status, 204);
    let job = retype(&admin, &entity, &spend, "", &to("INTEGER")).expect(202)["id"].clone();
    assert_eq!(stored(&app), (3, 2));
    let _ = admin.ask(Method::POST, &format!("/jobs/{}/cancel", job.as_str().unwrap())).expect(200);
    app.clock.advance(TimeDelta::days(1));
    app.run_jobs();
    let admin = app.login("admin_bcp");
    assert_eq!(stored(&app), (1, 0), "what was hidden is purged");
    assert_eq!(told(&admin, "field_purged").len(), 0, "nobody saw it");
    assert_eq!(sorted(&admin, &entity, "gasto")[..3], [json!("1"), json!("10"), json!("100")]);
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}/fields/{spend}")).status, 204);
}
