//! Odd strings in every place of every operation of the OpenAPI document: each path segment, query parameter, header
//! and field of a body. What is sent is answered or refused; it is never a fault and never a dropped connection.
//!
//! What is sent is kept byte by byte or refused.
//!
//! Places are read from the document, so an operation that is added to it is covered.

use atalaya_domain::access::{Permission, Role};
use atalaya_tests::client::PROBLEM;
use atalaya_tests::picture::{FORM, drawn, form};
use atalaya_tests::workbook::of_rows;
use atalaya_tests::{Client, Reply};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::authorization_matrix::operations;
use crate::odd::{ENCODED, encoded, texts, values};
use crate::samples::{SAMPLES, Sample};
use crate::world::{Who, World};

/// One step into a JSON body.
#[derive(Debug, Clone)]
enum Step {
    Field(String),
    Item,
    /// A key that the client chooses.
    Key,
}

/// Where an odd string goes.
#[derive(Debug, Clone)]
enum Place {
    /// A segment of the path, counted from 0.
    Segment(usize),
    Query(String),
    Header(String),
    Body(Vec<Step>),
    /// A cell of a table of that media type in that column.
    Cell(&'static str, String),
    /// What a form says of its file.
    File(FilePart),
}

/// What of a file in a form is odd.
#[derive(Debug, Clone, Copy)]
enum FilePart {
    Name,
    Content,
    Boundary,
}

/// What an uploaded table may be.
const TABLES: [&str; 3] = ["text/csv", "text/tab-separated-values", WORKBOOK];
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Headers that no operation documents and that are read or stored all the same.
const COMMON_HEADERS: [&str; 12] = [
    "user-agent",
    "x-request-id",
    "traceparent",
    "accept",
    "accept-language",
    "authorization",
    "cookie",
    "origin",
    "x-forwarded-for",
    "forwarded",
    "last-event-id",
    "if-none-match",
];

/// The operations whose answers or audit entries keep something of the common headers.
const KEEPS_HEADERS: [&str; 3] = ["POST /auth/login", "GET /accounts/{username}", "GET /jobs/{id}/events"];

fn document(world: &World) -> Value {
    world.app.anonymous().get("/api-docs/openapi.json").expect(200).clone()
}

/// The schema without references, and all its alternatives.
fn alternatives<'a>(document: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return alternatives(document, document.pointer(&reference[1..]).expect("a schema that exists"));
    }
    let choices = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    let mut all: Vec<&Value> = choices.flat_map(|choice| alternatives(document, choice)).collect();
    all.push(schema);
    all
}

/// Every field of a body, and everything that stands in the way to one.
fn body_places(document: &Value, schema: &Value, way: &[Step], found: &mut Vec<Vec<Step>>) {
    if way.len() > 6 {
        return;
    }
    found.push(way.to_vec());
    let mut go = |step: Step, schema: &Value| body_places(document, schema, &[way, &[step]].concat(), found);
    for schema in alternatives(document, schema) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            go(Step::Field(name.clone()), field);
        }
        if schema["items"].is_object() {
            go(Step::Item, &schema["items"]);
        }
        if schema["additionalProperties"].is_object() {
            go(Step::Key, &schema["additionalProperties"]);
        }
    }
}

fn places(document: &Value, operation: &str) -> Vec<Place> {
    let (method, path) = operation.split_once(' ').unwrap();
    let described = &document["paths"][path][method.to_lowercase()];
    let mut places = Vec::new();
    for (index, segment) in path.split('/').enumerate() {
        if segment.starts_with('{') {
            places.push(Place::Segment(index));
        }
    }
    for parameter in described["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap().to_owned();
        match parameter["in"].as_str().unwrap() {
            "query" => places.push(Place::Query(name)),
            "header" => places.push(Place::Header(name)),
            "path" => assert!(path.contains(&format!("{{{name}}}")), "{operation}: no segment is called {name}"),
            other => panic!("{operation}: nothing is sent in {other}"),
        }
    }
    if KEEPS_HEADERS.contains(&operation) {
        places.extend(COMMON_HEADERS.map(|name| Place::Header(name.to_owned())));
    }
    for (media, content) in described["requestBody"]["content"].as_object().into_iter().flatten() {
        match media.as_str() {
            "application/json" => {
                let mut found = Vec::new();
                body_places(document, &content["schema"], &[], &mut found);
                places.extend(found.into_iter().map(Place::Body));
            }
            media if TABLES.contains(&media) => {
                let columns: &[&str] = if operation.ends_with("records:import") {
                    &["nombre", ""]
                } else {
                    &["hora", "seguidores", "tweets", "siguiendo", "usuario", ""]
                };
                let media = TABLES.into_iter().find(|table| *table == media).unwrap();
                places.extend(columns.iter().map(|column| Place::Cell(media, (*column).to_owned())));
            }
            "multipart/form-data" => {
                places.extend([FilePart::Name, FilePart::Content, FilePart::Boundary].map(Place::File));
            }
            other => panic!("{operation}: how is {other} filled?"),
        }
    }
    places
}

/// A table with an odd cell; without a column, a file that is nothing but the text, and one with an odd column.
fn table(media: &str, column: &str, text: &str) -> Vec<u8> {
    let mut rows = match column {
        "nombre" => [vec!["nombre"], vec![text]],
        "hora" => [vec!["hora", "seguidores"], vec![text, "5"]],
        "seguidores" => [vec!["hora", "seguidores"], vec!["2026-01-01", text]],
        "" => [vec!["hora", "seguidores", text], vec![]],
        other => [vec!["hora", "seguidores", other], vec!["2026-01-01", "5", text]],
    };
    if media == WORKBOOK {
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text));
        let row = |cells: &Vec<&str>| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
        return of_rows(&rows.iter().map(row).collect::<String>(), &[]);
    }
    let quoted = format!("\"{}\"", text.replace('"', "\"\""));
    for cell in rows.iter_mut().flatten().filter(|cell| **cell == text) {
        *cell = &quoted;
    }
    let between = if media == "text/csv" { "," } else { "\t" };
    let lines: String = rows.iter().map(|cells| cells.join(between) + "\n").collect();
    if column.is_empty() { format!("{text}\n{lines}").into() } else { lines.into() }
}

/// A form with an odd file.
fn odd_form(part: FilePart, text: &str) -> Vec<u8> {
    let seven = drawn("7");
    match part {
        FilePart::Name => form(&format!("{text}.png"), &seven),
        FilePart::Content => form("digits.png", &[&seven[..40], text.as_bytes()].concat()),
        FilePart::Boundary => [format!("--{text}\r\n").into_bytes(), form("digits.png", &seven)].concat(),
    }
}

/// A text as XML holds it. Some characters it cannot hold, and they are sent all the same.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Puts `odd` where `way` leads; what is missing on the way is made.
fn put(body: &mut Value, way: &[Step], odd: &Value) {
    match way {
        [] => *body = odd.clone(),
        [Step::Field(name), rest @ ..] => {
            if !body.is_object() {
                *body = json!({});
            }
            put(body.as_object_mut().unwrap().entry(name.clone()).or_insert(Value::Null), rest, odd);
        }
        [Step::Item, rest @ ..] => {
            let mut item = body.get(0).cloned().unwrap_or(Value::Null);
            put(&mut item, rest, odd);
            *body = json!([item]);
        }
        [Step::Key, rest @ ..] => {
            let key = odd.as_str().unwrap_or("mase").to_owned();
            let mut value = json!(1.0);
            if !odd.is_string() {
                put(&mut value, rest, odd);
            }
            *body = Value::Object(Map::from_iter([(key, value)]));
        }
    }
}

/// A request that is not sent yet.
struct Request {
    method: Method,
    path: String,
    header: Option<(String, String)>,
    /// The field of the body that the text went into.
    text: Option<(String, String)>,
    body: Option<(&'static str, Vec<u8>)>,
}

impl Request {
    fn send(&self, client: &Client) -> reqwest::Result<Reply> {
        let client = match &self.header {
            Some((name, value)) => client.clone().with(name, value.clone()),
            None => client.clone(),
        };
        client.try_send(self.method.clone(), &self.path, self.body.clone())
    }
}

/// The requests that put odd things into one place.
fn requests(world: &World, sample: &Sample, place: &Place, who: Who) -> Vec<Request> {
    let (method, _) = sample.operation.split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let suffix = if who == Who::Superadmin { sample.superadmin } else { "" };
    let path = world.fill(&format!("{}{suffix}", sample.path), &world.canary, who);
    let (bare, query) = path.split_once('?').unwrap_or((&path, ""));
    let usual: Option<Value> = sample
        .body
        .starts_with('{')
        .then(|| serde_json::from_str(&world.fill(sample.body, &world.canary, who)).unwrap());
    let usual_body = usual.as_ref().map(|body| ("application/json", body.to_string().into_bytes()));
    let request =
        |path: String| Request { method: method.clone(), path, header: None, text: None, body: usual_body.clone() };
    let in_url = || texts().iter().map(|text| encoded(text)).chain(ENCODED.map(str::to_owned)).collect::<Vec<_>>();
    match place {
        Place::Segment(index) => in_url()
            .into_iter()
            .map(|odd| {
                let mut segments: Vec<&str> = bare.split('/').collect();
                segments[*index] = &odd;
                request(format!("{}?{query}", segments.join("/")))
            })
            .collect(),
        Place::Query(name) => in_url()
            .into_iter()
            .map(|odd| {
                let others = query.split('&').filter(|pair| pair.split('=').next() != Some(name));
                let odd = format!("{name}={odd}");
                let pairs: Vec<&str> = [odd.as_str()].into_iter().chain(others).collect();
                request(format!("{bare}?{}", pairs.join("&")))
            })
            .collect(),
        Place::Header(name) => {
            let sendable =
                |text: &String| text.chars().all(|c| c == '\t' || !c.is_ascii_control()) && text.len() < 4_000;
            let odd = texts().into_iter().filter(sendable);
            odd.map(|odd| Request { header: Some((name.clone(), odd)), ..request(path.clone()) }).collect()
        }
        Place::Body(way) => texts()
            .into_iter()
            .map(Value::from)
            .chain(values())
            .map(|odd| {
                let mut body = usual.clone().unwrap_or_else(|| json!({}));
                put(&mut body, way, &odd);
                let text = match (way.as_slice(), odd.as_str()) {
                    ([Step::Field(name)], Some(odd)) => Some((name.clone(), odd.to_owned())),
                    _ => None,
                };
                Request {
                    text,
                    body: Some(("application/json", body.to_string().into_bytes())),
                    ..request(path.clone())
                }
            })
            .collect(),
        Place::Cell(media, column) => texts()
            .into_iter()
            .map(|odd| Request { body: Some((*media, table(media, column, &odd))), ..request(path.clone()) })
            .collect(),
        Place::File(part) => texts()
            .into_iter()
            .map(|odd| Request { body: Some((FORM, odd_form(*part, &odd))), ..request(path.clone()) })
            .collect(),
    }
}

/// Those who may do it, so that nothing ends at the door.
fn allowed(permission: Option<Permission>) -> Vec<Who> {
    let Some(permission) = permission else { return vec![Who::Admin] };
    let roles = [(Role::Admin, Who::Admin), (Role::Superadmin, Who::Superadmin)];
    roles.into_iter().filter(|(role, _)| role.allows(permission)).map(|(_, who)| who).collect()
}

/// Somebody whose password may become whatever it becomes.
fn somebody_new(world: &World) -> Client {
    let admin = world.app.login("admin_canary");
    let name = world.fill("<fresh>", &world.canary, Who::Admin);
    let user = world.fill(
        &format!(r#"{{"username":"{name}","password":"Una-Clave-2026","empresa_id":<company>}}"#),
        &world.canary,
        Who::Admin,
    );
    let _ = admin.send(Method::POST, "/auth/register", "application/json", user).expect(201);
    world.app.login(&name)
}

fn fault(answer: reqwest::Result<Reply>) -> Option<String> {
    match answer {
        Err(error) => Some(format!("no answer: {error:?}")),
        Ok(reply) if reply.status >= 500 => Some(format!("{}: {}", reply.status, reply.text())),
        Ok(reply) if reply.status >= 400 && reply.header("content-type") != PROBLEM => {
            Some(format!("{} as {}", reply.status, reply.header("content-type")))
        }
        Ok(_) => None,
    }
}

/// What became of a text that was accepted, where the answer shows it as another one. A handle may be sent with an `@`;
/// texts of tables are kept in Unicode's form NFC.
fn changed(text: &(String, String), answer: &reqwest::Result<Reply>) -> Option<String> {
    let (field, sent) = text;
    let shown = answer.as_ref().ok().filter(|reply| reply.status < 300)?.json.get(field)?;
    let kept = match field.as_str() {
        "cuenta" => sent.strip_prefix('@').unwrap_or(sent).to_owned(),
        "default" => sent.nfc().collect(),
        _ => sent.clone(),
    };
    (*shown != kept).then(|| format!("{sent:?} became {shown}"))
}

/// Puts everything odd into the places of one kind and says where that was a fault.
fn faults(world: &World, of_kind: fn(&Place) -> bool) -> Vec<String> {
    let document = document(world);
    let mut found = Vec::new();
    for (operation, permission) in operations() {
        let sample = SAMPLES.iter().find(|sample| sample.operation == operation).expect("a sample of each operation");
        let places = places(&document, &operation).into_iter().filter(of_kind);
        for (place, who) in
            places.flat_map(|place| allowed(permission).into_iter().map(move |who| (place.clone(), who)))
        {
            let mut client = world.client(who);
            for request in requests(world, sample, &place, who) {
                // Failures and the lock that follows them are forgotten by then.
                if operation.ends_with("/login") {
                    world.app.clock.advance(TimeDelta::minutes(2));
                }
                if operation == "POST /auth/change-password" {
                    client = somebody_new(world);
                }
                let mut answer = request.send(&client);
                if sample.allowed != 401 && answer.as_ref().is_ok_and(|reply| reply.status == 401) {
                    // An earlier request of this place ended the session, as its operation should.
                    client = world.client(who);
                    answer = request.send(&client);
                }
                let changed = request.text.as_ref().and_then(|text| changed(text, &answer));
                if let Some(fault) = fault(answer).or(changed) {
                    let body = request.body.as_ref().map(|(media, body)| (media, String::from_utf8_lossy(body)));
                    let sent = (&request.path, &request.header, body);
                    found.push(format!("{operation} as {who:?}, {place:?}: {sent:.300?} {fault:.300}"));
                }
            }
        }
    }
    found
}

/// Reads everything back: what was stored can be shown.
fn unreadable(world: &World) -> Vec<String> {
    let lists = ["/auth/users", "/accounts", "/companies", "/audit", "/auth/sessions", "/jobs", "/auth/me"];
    let mut found = Vec::new();
    for client in [world.client(Who::Admin), world.client(Who::Superadmin)] {
        for path in lists {
            let path = format!("{path}?limit=1000");
            found.extend(fault(client.try_send(Method::GET, &path, None)).map(|fault| format!("{path}: {fault}")));
        }
        let audit = client.clone().with("accept", "text/csv").try_send(Method::GET, "/audit", None);
        found.extend(fault(audit).map(|fault| format!("/audit as CSV: {fault}")));
    }
    found
}

fn no_place_of_a_kind_is_a_fault(of_kind: fn(&Place) -> bool) {
    let world = World::new();
    let mut found = faults(&world, of_kind);
    found.extend(unreadable(&world));
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[test]
fn odd_strings_in_every_path_segment_are_no_fault() {
    no_place_of_a_kind_is_a_fault(|place| matches!(place, Place::Segment(_)));
}

#[test]
fn odd_strings_in_every_query_parameter_are_no_fault() {
    no_place_of_a_kind_is_a_fault(|place| matches!(place, Place::Query(_)));
}

#[test]
fn odd_strings_in_every_header_are_no_fault() {
    no_place_of_a_kind_is_a_fault(|place| matches!(place, Place::Header(_)));
}

#[test]
fn odd_strings_in_every_field_of_a_body_are_kept_or_refused_and_no_fault() {
    no_place_of_a_kind_is_a_fault(|place| matches!(place, Place::Body(_) | Place::Cell(..) | Place::File(_)));
}
