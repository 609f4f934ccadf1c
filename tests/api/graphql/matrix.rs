//! Every field that a query may begin with, and every field of an account, asked for by everybody: what REST answers to
//! its own operation is what the field has to answer.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use atalaya_tests::{Client, Reply};
use serde_json::json;

use crate::audited_acts;
use crate::authorization_matrix::has_canary_number;
use crate::samples::{SAMPLES, Sample};
use crate::world::{ABSENT, Names, Who, World};

/// A field, the REST operation that it has to agree with, and a query for it. `<company:>` is what a superadmin adds to
/// say which bank is meant.
struct Row {
    field: &'static str,
    operation: &'static str,
    query: &'static str,
}

const fn row(field: &'static str, operation: &'static str, query: &'static str) -> Row {
    Row { field, operation, query }
}

const ROWS: &[Row] = &[
    row("Query.me", "GET /auth/me", "{ me { username company { name } accounts } }"),
    row("Query.secureData", "GET /auth/me", "{ secureData }"),
    row("Query.accounts", "GET /accounts", "{ accounts<(company)> { nodes { handle name } } }"),
    row(
        "Query.account",
        "GET /accounts/{username}",
        "{ account(handle: \"<account>\"<, company>) { handle name platform timeZone registeredAt } }",
    ),
    row(
        "Account.observations",
        "GET /accounts/{username}/observations",
        "{ account(handle: \"<account>\"<, company>) { observations { nodes { time followers } } } }",
    ),
    row(
        "Account.predict",
        "GET /regression/predict/{username}",
        "{ account(handle: \"<account>\"<, company>) { predict(date: \"2026-08-30\") { prediction } } }",
    ),
    row(
        "Account.forecast",
        "POST /regression/forecast/{username}",
        "{ account(handle: \"<account>\"<, company>) { forecast(h: 7) { days { prediction } } } }",
    ),
    row(
        "Account.comparison",
        "GET /regression/compare-models/{username}",
        "{ account(handle: \"<account>\"<, company>) { comparison { models { id mae } } } }",
    ),
    row(
        "Account.accuracy",
        "GET /regression/accuracy/{username}",
        "{ account(handle: \"<account>\"<, company>) { accuracy { versions } } }",
    ),
    row(
        "Account.anomalies",
        "GET /regression/anomalies/{username}",
        "{ account(handle: \"<account>\"<, company>) { anomalies { checked days { actual } } } }",
    ),
    row(
        "Account.versions",
        "GET /regression/model-info/{username}/versions",
        "{ account(handle: \"<account>\"<, company>) { versions { nodes { version trainedBy } } } }",
    ),
    row(
        "Mutation.login",
        "POST /auth/login",
        "mutation { login(username: \"<admin>\", password: \"Una-Clave-2026\") { tokenType } }",
    ),
    row("Mutation.refresh", "POST /auth/refresh", "mutation { refresh(refreshToken: \"none\") { accessToken } }"),
    row("Mutation.logout", "POST /auth/logout", "mutation { logout }"),
    row(
        "Mutation.createAccount",
        "POST /accounts",
        "mutation { createAccount(input: {handle: \"<fresh>\", name: \"Nueva\", company: \"<company>\"}) { handle } }",
    ),
    row(
        "Mutation.uploadObservations",
        "POST /accounts/{username}/observations",
        "mutation { uploadObservations(handle: \"<account>\",
            observations: [{time: \"2020-01-01T00:00:00Z\", followers: 5}]) { inserted } }",
    ),
    row(
        "Mutation.trainAccount",
        "POST /regression/train",
        "mutation { trainAccount(handle: \"<spare>\", models: [\"linear_regression\"]) { id } }",
    ),
    row("Query.users", "GET /auth/users", "{ users<(company)> { nodes { username email accounts } } }"),
    row("Query.audit", "GET /audit", "{ audit<(company)> { nodes { actor target } } }"),
    row("Query.jobs", "GET /jobs", "{ jobs { nodes { id account askedBy } } }"),
    row("Query.job", "GET /jobs/{id}", "{ job(id: \"<job>\") { id account askedBy } }"),
    row("Mutation.cancelJob", "POST /jobs/{id}/cancel", "mutation { cancelJob(id: \"<job>\") { state account } }"),
    row("Query.entities", "GET /api/entities", "{ entities { name displayName fields { name } } }"),
    row(
        "Query.records",
        "GET /api/entities/{entity_id}/records",
        "{ records(entity: \"<entity>\") { total nodes { id data } } }",
    ),
    row(
        "Mutation.createRecord",
        "POST /api/entities/{entity_id}/records",
        "mutation { createRecord(entity: \"<entity>\", data: {nombre: \"otro\"}) { id } }",
    ),
    row(
        "Mutation.updateRecord",
        "PATCH /api/entities/{entity_id}/records/{record_id}",
        "mutation { updateRecord(entity: \"<entity>\", id: \"<spare_record>\", data: {nombre: \"otro\"}) { data } }",
    ),
    row(
        "Mutation.deleteRecord",
        "DELETE /api/entities/{entity_id}/records/{record_id}",
        "mutation { deleteRecord(entity: \"<entity>\", id: \"<spare_record>\") }",
    ),
];

/// Fields that are asked for over a socket: `sockets.rs` holds them against REST.
const FOLLOWED: [&str; 2] = ["Subscription.jobProgress", "Subscription.observationAdded"];
/// What needs a permission of its own within a type; all other fields show what was read with their owner.
const GUARDED: [&str; 4] = ["Query", "Mutation", "Subscription", "Account"];
/// Fields of an account that are read with it.
const PLAIN: [&str; 5] = ["handle", "name", "platform", "timeZone", "registeredAt"];

/// Every field that needs a row.
fn fields() -> BTreeSet<String> {
    let sdl = atalaya_web::GraphqlSchema::new(true).unwrap().sdl();
    let mut found = BTreeSet::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        let TypeKind::Object(object) = definition.node.kind else { continue };
        if GUARDED.contains(&name.as_str()) {
            let named = object.fields.iter().map(|field| field.node.name.node.to_string());
            let guarded = named.filter(|field| name != "Account" || !PLAIN.contains(&field.as_str()));
            found.extend(guarded.map(|field| format!("{name}.{field}")));
        }
    }
    found
}

fn sample_of(operation: &str) -> &'static Sample {
    let named = |sample: &&Sample| sample.operation == operation;
    SAMPLES.iter().find(named).unwrap_or_else(|| panic!("no sample of {operation}"))
}

impl Row {
    fn sample(&self) -> &'static Sample {
        sample_of(self.operation)
    }

    fn ask(&self, world: &World, who: Who, names: &Names) -> Reply {
        self.ask_as(&world.client(who), world, who, names)
    }

    fn ask_as(&self, client: &Client, world: &World, who: Who, names: &Names) -> Reply {
        let company = if who == Who::Superadmin { "company: \"<company>\"" } else { "" };
        let (alone, beside) = match company {
            "" => (String::new(), String::new()),
            told => (format!("({told})"), format!(", {told}")),
        };
        let query = self.query.replace("<(company)>", &alone).replace("<, company>", &beside);
        let query = world.fill(&query, names, who);
        client.post("/graphql", &json!({"query": query}))
    }
}

/// Status and code of what was refused, or the kind of success.
fn told(reply: &Reply) -> (u64, String) {
    if reply.status != 200 {
        return match reply.json["error_code"].as_str() {
            Some(code) => (u64::from(reply.status), code.to_owned()),
            None if (200..300).contains(&reply.status) => (200, String::new()),
            None => panic!("{}: {}", reply.status, reply.text()),
        };
    }
    let extensions = &reply.json["errors"][0]["extensions"];
    match extensions["code"].as_str() {
        Some(code) => (extensions["status"].as_u64().unwrap(), code.to_owned()),
        None => (200, String::new()),
    }
}

#[test]
fn every_field_of_the_schema_has_a_row() {
    let rows = ROWS.iter().map(|row| row.field).chain(FOLLOWED);
    let rows: BTreeSet<String> = rows.map(str::to_owned).collect();
    let lacking: Vec<_> = fields().symmetric_difference(&rows).cloned().collect();
    assert!(lacking.is_empty(), "fields without a row, or rows without a field: {lacking:?}");
}

#[test]
fn everybody_is_told_by_a_field_what_rest_tells_them() {
    let world = World::new();
    let mut wrong = Vec::new();
    for row in ROWS {
        for who in Who::ALL {
            for names in [&world.canary, &ABSENT] {
                let mut rest = told(&world.ask(who, row.sample(), names));
                // A field of an account is asked for within the account, which comes first.
                if row.field.starts_with("Account.") {
                    let account = told(&world.ask(who, sample_of("GET /accounts/{username}"), names));
                    rest = if account.0 == 200 { rest } else { account };
                }
                let reply = row.ask(&world, who, names);
                // A token that is none is refused before it is known what is asked for.
                let expected = match who {
                    Who::Garbage => (401, "TOKEN_INVALID".to_owned()),
                    Who::Expired => (401, "TOKEN_EXPIRED".to_owned()),
                    _ => rest,
                };
                if told(&reply) != expected {
                    wrong.push(format!(
                        "{} as {who:?}: {:?}, not {expected:?}: {}",
                        row.field,
                        told(&reply),
                        reply.text()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_mutation_leaves_the_entries_that_its_operation_leaves() {
    let world = World::new();
    let admin = world.client(Who::Admin);
    // A refresh leaves none. Logging out comes last, since it ends the session of the others.
    let mut rows: Vec<&Row> = ROWS.iter().filter(|row| row.field.starts_with("Mutation.")).collect();
    rows.retain(|row| row.field != "Mutation.refresh");
    rows.sort_by_key(|row| row.field == "Mutation.logout");
    let mut names = world.canary.clone();
    for row in rows {
        let reply = row.ask_as(&admin.clone().with("x-request-id", row.field), &world, Who::Admin, &names);
        assert_eq!(told(&reply), (200, String::new()), "{}: {}", row.field, reply.text());
        // What was asked for can be called off.
        if let Some(job) = reply.json["data"]["trainAccount"]["id"].as_str() {
            job.clone_into(&mut names.job);
        }
        let entries = audited_acts::told(&world.app, row.field);
        let actions: Vec<&str> = entries.iter().map(|entry| entry.split(' ').next().unwrap()).collect();
        // By REST one may wait for the training, which then tells itself; here a job is asked for.
        let expected = match row.field {
            "Mutation.trainAccount" => audited_acts::actions_of("POST /regression/train-all"),
            _ => audited_acts::actions_of(row.operation),
        };
        assert_eq!(actions, expected, "{}", row.field);
    }
}

#[test]
fn no_canary_of_one_bank_is_heard_by_a_field_in_another() {
    let world = World::new();
    let mut heard_at_home = false;
    for row in ROWS.iter().filter(|row| row.field != "Mutation.login") {
        for names in [&world.canary, &world.neighbour] {
            let reply = row.ask(&world, Who::Neighbour, names);
            let data = &reply.json["data"];
            assert!(
                !data.to_string().to_lowercase().contains("canary") && !has_canary_number(data),
                "{}: {}",
                row.field,
                reply.text()
            );
        }
        heard_at_home |= has_canary_number(&row.ask(&world, Who::Viewer, &world.canary).json["data"]);
    }
    assert!(heard_at_home, "the search for canaries finds none even where they are");
}
