//! What lies in the trash for too long.

use atalaya_tests::Client;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{app, campaigns, define, field, keep, plain, records};

fn told(admin: &Client, action: &str) -> Vec<String> {
    let entries = admin.get(&format!("/audit?action={action}")).expect(200)["entries"].clone();
    let of_entry = |entry: &Value| [&entry["actor"], &entry["target"]].map(|word| word.as_str().unwrap()).join(" ");
    entries.as_array().unwrap().iter().map(of_entry).collect()
}

#[test]
fn the_trash_of_records_is_paged() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let path = format!("/api/entities/{entity}/trash");
    let ids: Vec<String> = (0..3).map(|clicks| keep(&admin, &entity, &json!({"clics": clicks}))).collect();
    for id in &ids {
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(admin.delete(&format!("{}/{id}", records(&entity))).status, 204);
    }
    let page = admin.get(&format!("{path}?page=2&page_size=2")).expect(200).clone();
    assert_eq!((&page["items"][0]["id"], page["items"].as_array().unwrap().len()), (&json!(ids[0]), 1));
    let about = ["total", "page", "page_size", "total_pages"].map(|name| page[name].clone());
    assert_eq!(about, [json!(3), json!(2), json!(2), json!(2)]);
    let first = admin.get(&path).expect(200).clone();
    assert_eq!((&first["items"][0]["id"], &first["page_size"]), (&json!(ids[2]), &json!(20)));
    let broken = admin.get(&format!("{path}?page=x&page_size=0"));
    assert_eq!(broken.broken_rules(), ["page: wrong_type", "page_size: too_small"]);
}

#[test]
fn what_lies_in_the_trash_for_thirty_days_is_deleted_for_good_and_told() {
    let app = app();
    let begin = app.login("admin_bcp");
    let entity = define(&begin, "campaign");
    field(&begin, &entity, &plain("nombre", "TEXT"));
    let old = field(&begin, &entity, &plain("gasto", "NUMBER"));
    let kept = keep(&begin, &entity, &json!({"nombre": "uno", "gasto": 1}));
    for _ in 0..2 {
        let gone = keep(&begin, &entity, &json!({"nombre": "dos"}));
        assert_eq!(begin.delete(&format!("{}/{gone}", records(&entity))).status, 204);
    }
    assert_eq!(begin.delete(&format!("/api/metadata/entities/{entity}/fields/{old}")).status, 204);
    let other = define(&begin, "other");
    keep(&begin, &other, &json!({}));
    assert_eq!(begin.delete(&format!("/api/metadata/entities/{other}")).status, 204);
    let lists = [
        "/api/metadata/trash".to_owned(),
        format!("/api/metadata/entities/{entity}/trash"),
        format!("/api/entities/{entity}/trash"),
    ];
    let number = |list: &Value| list.as_array().or(list["items"].as_array()).unwrap().len();

    app.clock.advance(TimeDelta::days(30));
    app.run_jobs();
    let admin = app.login("admin_bcp");
    let still = lists.each_ref().map(|path| number(admin.get(path).expect(200)));
    assert_eq!(still, [1, 1, 2], "of less than thirty days");

    app.clock.advance(TimeDelta::seconds(1));
    // Whether the job ran already makes no difference to who asks.
    let gone = lists.each_ref().map(|path| number(admin.get(path).expect(200)));
    assert_eq!(gone, [0, 0, 0]);
    let restore = format!("/api/metadata/trash/{other}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(404, "ENTITY_NOT_FOUND");
    let restore = format!("/api/metadata/entities/{entity}/trash/{old}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(404, "FIELD_NOT_FOUND");

    app.clock.advance(TimeDelta::days(1));
    app.run_jobs();
    let admin = app.login("admin_bcp");
    assert_eq!(told(&admin, "records_purged"), ["system campaign: 2", "system other: 1"]);
    assert_eq!(told(&admin, "field_purged"), ["system campaign.gasto"]);
    assert_eq!(told(&admin, "entity_purged"), ["system other"]);
    // What has the same names by now shows nothing of what was.
    field(&admin, &entity, &plain("gasto", "NUMBER"));
    let shown = admin.get(&format!("{}/{kept}", records(&entity))).expect(200)["data"].clone();
    assert_eq!(shown, json!({"nombre": "uno", "gasto": null}));
    let revisions = admin.get(&format!("{}/{kept}/revisions", records(&entity))).expect(200).clone();
    assert_eq!(revisions["items"][0]["data"]["gasto"], Value::Null);
    let again = define(&admin, "other");
    assert_eq!(admin.get(&records(&again)).expect(200)["total"], 0);
    app.run_jobs();
    assert_eq!(told(&admin, "records_purged").len(), 2);
}
