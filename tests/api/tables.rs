//! Tables that a company defines for itself: what clients that exist rely on, row by row, and what there is beside it.

mod access;
mod aggregates;
mod bulk;
mod changes;
mod clients;
mod command_line;
mod cursor;
mod definitions;
mod expansion;
mod export;
mod import;
mod json;
mod large_files;
mod own_document;
mod queries;
mod records;
mod relations;
mod retype;
mod stricter;
mod trash;
mod views;

use atalaya_tests::{Client, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) const NOWHERE: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[]).viewer("vera", &[])).with(bank("BBVA").user("ulises", &[]))
}

pub(super) fn define(admin: &Client, name: &str) -> String {
    let created = admin.post("/api/metadata/entities", &json!({"name": name, "display_name": "Campañas"}));
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

pub(super) fn field(admin: &Client, entity: &str, field: &Value) -> String {
    let created = admin.post(&format!("/api/metadata/entities/{entity}/fields"), field);
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

pub(super) fn plain(name: &str, kind: &str) -> Value {
    json!({"name": name, "display_name": name, "field_type": kind})
}

/// An entity type of the bank with one field of each plain type.
pub(super) fn campaigns(admin: &Client) -> String {
    let entity = define(admin, "campaign");
    for (name, kind) in
        [("nombre", "TEXT"), ("gasto", "NUMBER"), ("clics", "INTEGER"), ("dia", "DATE"), ("activa", "BOOLEAN")]
    {
        field(admin, &entity, &plain(name, kind));
    }
    entity
}

pub(super) fn records(entity: &str) -> String {
    format!("/api/entities/{entity}/records")
}

pub(super) fn keep(client: &Client, entity: &str, data: &Value) -> String {
    let created = client.post(&records(entity), &json!({"data": data}));
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

/// A body as it is written, because a number passes through no program of ours on its way.
pub(super) fn send(client: &Client, method: Method, path: &str, body: &str) -> Reply {
    client.send(method, path, "application/json", body)
}

/// The values of a member of the records of a page, in order.
pub(super) fn column(page: &Value, name: &str) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|record| record["data"][name].clone()).collect()
}
