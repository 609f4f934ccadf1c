//! Every operation of the OpenAPI document, asked for by everybody. What should happen follows from the operation's
//! `x-permission` and the domain's table of roles alone.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_domain::access::{Permission, Role};
use atalaya_server::compose::VERSION;
use atalaya_tests::Reply;
use atalaya_web::{PERMISSION, documentation};
use serde_json::Value;

use crate::samples::{SAMPLES, Sample, Target};
use crate::world::{ABSENT, CANARY_FOLLOWERS, Who, World};

/// How clients of tables register users.
const CLIENT_REGISTRATION: &str = "POST /api/auth/register";

/// Every operation of the document with the permission that it names.
pub(crate) fn operations() -> BTreeMap<String, Option<Permission>> {
    let document: Value = serde_json::from_slice(documentation(VERSION).unwrap().json().unwrap()).unwrap();
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let word = operation[PERMISSION].as_str();
            let known = |word| Permission::ALL.into_iter().find(|permission| permission.as_str() == word);
            let permission = word.map(|word| known(word).unwrap_or_else(|| panic!("no permission is called {word}")));
            operations.insert(format!("{} {path}", method.to_uppercase()), permission);
        }
    }
    // Logging out reads its token from the body, the cookie or the header; with the header it is everybody's own
    // session.
    operations.insert("POST /auth/logout".to_owned(), Some(Permission::OwnSession));
    // Without a token one may log in; the sample asks for what needs one. Its fields have a matrix of their own.
    operations.insert("POST /graphql".to_owned(), Some(Permission::OwnSession));
    operations.insert("GET /graphql".to_owned(), Some(Permission::OwnSession));
    // Strangers may where the operator opened a company; whoever sends a token has to manage users.
    operations.insert(CLIENT_REGISTRATION.to_owned(), Some(Permission::ManageUsers));
    operations
}

/// The status and code that `who` should get for a request about something of the canary bank.
fn expected(who: Who, sample: &Sample, permission: Option<Permission>) -> (u16, Option<&'static str>) {
    let allowed = (sample.allowed, None);
    let Some(permission) = permission else { return allowed };
    // The operator opened no company, and a superadmin has none.
    match (sample.operation, who) {
        (CLIENT_REGISTRATION, Who::Nobody) => return (403, Some("REGISTRATION_CLOSED")),
        (CLIENT_REGISTRATION, Who::Superadmin) => return (403, Some("ROLE_FORBIDDEN")),
        // The sample names no query, which everybody is told who sends no bad token.
        ("GET /graphql", Who::Nobody) => return allowed,
        _ => {}
    }
    let Some(role) = who.role() else {
        let code = match who {
            Who::Nobody => "AUTHENTICATION_REQUIRED",
            Who::Garbage => "TOKEN_INVALID",
            _ => "TOKEN_EXPIRED",
        };
        return (401, Some(code));
    };
    if who == Who::Temporary && permission != Permission::OwnSession {
        return (403, Some("PASSWORD_CHANGE_REQUIRED"));
    }
    if !role.allows(permission) {
        return (403, Some("ROLE_FORBIDDEN"));
    }
    match (who, sample.target) {
        (Who::Neighbour | Who::LooseUser | Who::LooseViewer, Target::Account) => (403, Some("ACCOUNT_FORBIDDEN")),
        (Who::Neighbour, Target::Company) => (403, Some("COMPANY_FORBIDDEN")),
        (Who::Neighbour, Target::User) => (404, Some("USER_NOT_FOUND")),
        (Who::Neighbour, Target::Session) => (404, Some("SESSION_NOT_FOUND")),
        (Who::Neighbour, Target::Job) => (404, Some("JOB_NOT_FOUND")),
        (Who::Neighbour, Target::Entity) => (404, Some("ENTITY_NOT_FOUND")),
        _ => allowed,
    }
}

#[test]
fn every_operation_of_the_document_is_covered() {
    let documented: BTreeSet<_> = operations().into_keys().collect();
    let covered: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.operation.to_owned()).collect();
    let lacking: Vec<_> = documented.symmetric_difference(&covered).collect();
    assert!(lacking.is_empty(), "operations without a row in samples.rs, or rows without an operation: {lacking:?}");
}

#[test]
fn everybody_may_do_what_their_role_says_and_nothing_else() {
    let world = World::new();
    let mut wrong = Vec::new();
    let permissions = operations();
    for sample in SAMPLES {
        let (path, Some(permission)) = (sample.path, permissions.get(sample.operation).copied()) else { continue };
        for who in Who::ALL {
            let reply = world.ask(who, sample, &world.canary);
            let (status, code) = expected(who, sample, permission);
            let told = reply.json["error_code"].as_str();
            if reply.status != status || (code.is_some() && told != code) {
                let operation = sample.operation;
                wrong.push(format!(
                    "{operation} at {path} as {who:?}: {} {told:?}, not {status} {code:?}",
                    reply.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_not_ones_own_looks_like_what_does_not_exist() {
    let world = World::new();
    let permissions = operations();
    for sample in SAMPLES {
        for who in [Who::Neighbour, Who::LooseUser, Who::LooseViewer] {
            let (_, Some(_)) = expected(who, sample, permissions[sample.operation]) else { continue };
            let foreign = world.ask(who, sample, &world.canary);
            let absent = world.ask(who, sample, &ABSENT);
            assert_eq!(foreign.redacted(), absent.redacted(), "{} as {who:?} tells what exists", sample.operation);
        }
    }
}

#[test]
fn an_item_of_a_batch_is_refused_alike_whether_it_exists_or_not() {
    let world = World::new();
    let sample = SAMPLES.iter().find(|sample| sample.target == Target::Items).unwrap();
    for who in [Who::Neighbour, Who::LooseUser, Who::LooseViewer] {
        let told = |reply: Reply| {
            let mut item = reply.expect(200)["results"][0].clone();
            item.as_object_mut().unwrap().remove("username");
            item
        };
        let foreign = told(world.ask(who, sample, &world.canary));
        assert_eq!(foreign["error_code"], "ACCOUNT_FORBIDDEN");
        assert_eq!(foreign, told(world.ask(who, sample, &ABSENT)));
    }
}

/// Whether a number of the canary bank's accounts is anywhere in the value.
pub(crate) fn has_canary_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            (777_000_000.0..778_000_000.0).contains(&number)
        }
        Value::Array(items) => items.iter().any(has_canary_number),
        Value::Object(fields) => fields.values().any(has_canary_number),
        _ => false,
    }
}

/// The answer without what the asker wrote into the request.
fn without_echo(reply: &Reply) -> (Value, String) {
    let mut body = reply.json.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("instance");
    }
    for item in body.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        item.as_object_mut().unwrap().remove("username");
    }
    let text = if body.is_null() { reply.text() } else { body.to_string() };
    (body, format!("{text} {:?}", reply.headers))
}

#[test]
fn no_canary_of_one_bank_is_heard_in_another() {
    assert!(has_canary_number(&serde_json::json!([{"seguidores": CANARY_FOLLOWERS + 5}])));
    let world = World::new();
    for sample in SAMPLES.iter().filter(|sample| !sample.operation.ends_with("/login")) {
        for names in [&world.canary, &world.neighbour] {
            let reply = world.ask(Who::Neighbour, sample, names);
            assert!(reply.status < 500, "{}: {}", sample.operation, reply.text());
            let (body, text) = without_echo(&reply);
            assert!(!text.to_lowercase().contains("canary"), "{}: {text}", sample.operation);
            assert!(!has_canary_number(&body), "{}: {text}", sample.operation);
        }
    }
}

#[test]
fn a_canary_is_heard_at_home() {
    let world = World::new();
    let observations = SAMPLES.iter().find(|sample| sample.operation.starts_with("GET /accounts/{username}/obs"));
    let reply = world.ask(Who::Viewer, observations.unwrap(), &world.canary);
    assert!(has_canary_number(reply.expect(200)), "the search for canaries finds none even where they are");
}

#[test]
fn nobody_of_a_bank_operates_the_platform_and_its_operator_reads_no_business() {
    for permission in operations().into_values().flatten() {
        let business = matches!(
            permission,
            Permission::ReadForecasts
                | Permission::WriteObservations
                | Permission::ReadRecords
                | Permission::ReadDigits
        );
        assert!(!(business && Role::Superadmin.allows(permission)));
        let of_platform = matches!(permission, Permission::ManageCompanies | Permission::ReadInstallation);
        assert!(!(of_platform && Role::Admin.allows(permission)));
    }
}
