//! The OpenAPI document of a company's own tables: each entity type that the caller may read is a schema with its own
//! fields, and its records have operations of their own, so that generated clients know them by name.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::access::Permission;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Field, FieldType, Table, UserLevel, Value};
use serde_json::{Map, Value as Json, json};
use utoipa::PartialSchema;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};

use crate::http::blocking;
use crate::http::extract::Permitted;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// The largest whole number that a JSON number carries exactly in JavaScript.
const MOST_EXACT: i64 = 1 << 53;

/// An OpenAPI document.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub(crate) struct OwnDocument(Json);

impl PartialSchema for OwnDocument {
    fn schema() -> RefOr<Schema> {
        let any = AdditionalProperties::<Schema>::FreeForm(true);
        let document =
            ObjectBuilder::new().description(Some("An OpenAPI 3.1 document")).additional_properties(Some(any));
        document.build().into()
    }
}

impl utoipa::ToSchema for OwnDocument {}

/// Describe one's own tables.
///
/// An OpenAPI 3.1 document of the entity types that one may read: a schema each with its own fields, and the operations
/// on its records. Clients are generated from it as from the document of the whole API.
#[utoipa::path(
    get,
    path = "/api/entities/openapi.json",
    tag = "tables",
    responses((status = 200, body = OwnDocument))
)]
pub(crate) async fn describe_tables(
    actor: Permitted<ReadRecords>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<OwnDocument>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let may_write = actor.caller().role().allows(Permission::WriteRecords);
    let tables = blocking::call(move || use_cases.tables.schema(&by)).await?;
    Ok(Polled(OwnDocument(document(&tables, may_write))))
}

fn document(tables: &[Table], may_write: bool) -> Json {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    schemas.insert("Problem".to_owned(), problem());
    for table in tables {
        let name = table.entity.name.as_str();
        let writes = may_write && table.level() != UserLevel::Read;
        schemas.insert(format!("{name}.data"), data(table));
        schemas.insert(format!("{name}.changes"), changes(table));
        schemas.insert(format!("{name}.record"), record(name));
        schemas.insert(format!("{name}.shown"), shown(name));
        schemas.insert(format!("{name}.page"), page(name));
        let path = format!("/api/entities/{}/records", table.entity.id.get());
        paths.insert(path.clone(), of_all(table, writes));
        paths.insert(format!("{path}/{{record_id}}"), of_one(table, writes));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tables of one's own",
            "description": "Entity types that a company defined, as the caller may use them.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": schemas,
        },
    })
}

fn of_name(name: &str, part: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}.{part}")})
}

fn answers(status: &str, meaning: &str, schema: Option<Json>) -> Json {
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    let mut right = json!({"description": meaning});
    if let (Some(schema), Some(right)) = (schema, right.as_object_mut()) {
        right.insert("content".to_owned(), json!({"application/json": {"schema": schema}}));
    }
    json!({
        status: right,
        "default": {"description": "A problem", "content": {"application/problem+json": {"schema": problem}}},
    })
}

fn body(name: &str, part: &str) -> Json {
    let schema = json!({"type": "object", "required": ["data"], "properties": {"data": of_name(name, part)}});
    json!({"required": true, "content": {"application/json": {"schema": schema}}})
}

/// The operations on the records of a table.
fn of_all(table: &Table, writes: bool) -> Json {
    let (name, shown) = (table.entity.name.as_str(), table.entity.display_name.as_str());
    let number = |name: &str, most: u32| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": most}});
    let text = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
    let mut operations = Map::new();
    operations.insert(
        "get".to_owned(),
        json!({
            "operationId": format!("list_{name}"), "summary": format!("List {shown}."), "tags": [name],
            "parameters": [
                number("page", u32::MAX), number("page_size", 100),
                text("cursor"), text("sort"), text("q"), text("view"), text("fields"), text("expand"),
            ],
            "responses": answers("200", "A page", Some(of_name(name, "page"))),
        }),
    );
    if writes {
        operations.insert(
            "post".to_owned(),
            json!({
                "operationId": format!("create_{name}"), "summary": format!("Create a record of {shown}."),
                "tags": [name], "requestBody": body(name, "data"),
                "responses": answers("201", "The record", Some(of_name(name, "record"))),
            }),
        );
    }
    Json::Object(operations)
}

/// The operations on one record of a table.
fn of_one(table: &Table, writes: bool) -> Json {
    let (name, shown) = (table.entity.name.as_str(), table.entity.display_name.as_str());
    let id =
        json!({"name": "record_id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}});
    let seen = json!({
        "name": "If-Match", "in": "header", "required": table.entity.requires_if_match, "schema": {"type": "string"},
    });
    let mut operations = Map::new();
    operations.insert("parameters".to_owned(), json!([id]));
    let mut add = |method: &str, verb: &str, responses: Json, request: Option<Json>| {
        let mut operation = json!({
            "operationId": format!("{verb}_{name}"), "summary": format!("{verb} a record of {shown}."), "tags": [name],
            "responses": responses,
        });
        if let Some(members) = operation.as_object_mut().filter(|_| method != "get") {
            members.insert("parameters".to_owned(), json!([seen]));
            members.extend(request.map(|request| ("requestBody".to_owned(), request)));
        }
        operations.insert(method.to_owned(), operation);
    };
    let one = || answers("200", "The record", Some(of_name(name, "record")));
    add("get", "get", one(), None);
    if writes {
        add("put", "replace", one(), Some(body(name, "changes")));
        add("patch", "change", one(), Some(body(name, "changes")));
        add("delete", "delete", answers("204", "In the trash", None), None);
    }
    Json::Object(operations)
}

fn record(name: &str) -> Json {
    with_members([("data", of_name(name, "data"))])
}

/// A record of a list, which shows the fields that were asked for and what their relations lead to.
fn shown(name: &str) -> Json {
    with_members([("data", of_name(name, "changes")), ("expanded", json!({"type": "object"}))])
}

fn with_members<const N: usize>(members: [(&str, Json); N]) -> Json {
    let moment = json!({"type": "string", "format": "date-time"});
    let always = [
        ("id", json!({"type": "string", "format": "uuid"})),
        ("created_at", moment.clone()),
        ("updated_at", moment),
        ("revision", json!({"type": "integer", "minimum": 1})),
    ];
    let properties = always.into_iter().chain(members).map(|(name, schema)| (name.to_owned(), schema));
    json!({
        "type": "object",
        "required": ["id", "created_at", "updated_at", "revision", "data"],
        "properties": properties.collect::<Map<String, Json>>(),
    })
}

fn page(name: &str) -> Json {
    let count = json!({"type": "integer", "minimum": 0});
    json!({
        "type": "object",
        "required": ["items", "total", "total_exact", "page", "page_size", "total_pages", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": of_name(name, "shown")},
            "total": count, "total_exact": {"type": "boolean"},
            "page": count, "page_size": count, "total_pages": count,
            "next_cursor": {"type": ["string", "null"]}, "view": {"type": "object"},
        },
    })
}

fn problem() -> Json {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "error_code"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "error_code": text,
            "request_id": text, "errors": {"type": "array", "items": {"type": "object"}},
        },
    })
}

/// The values of a record: what has to be there is.
fn data(table: &Table) -> Json {
    let has_to_be_sent = |field: &&Field| field.required && field.rules.default.is_none();
    let required: Vec<&str> = table.fields.iter().filter(has_to_be_sent).map(|field| field.name.as_str()).collect();
    json!({
        "type": "object", "description": table.entity.display_name.as_str(),
        "required": required, "properties": properties(table), "additionalProperties": false,
    })
}

/// The values that a change sends: what is left out stays.
fn changes(table: &Table) -> Json {
    json!({"type": "object", "properties": properties(table), "additionalProperties": false})
}

fn properties(table: &Table) -> Map<String, Json> {
    table.fields.iter().map(|field| (field.name.as_str().to_owned(), Json::Object(property(field)))).collect()
}

/// What a field takes. Bounds of decimals are rounded to what JSON numbers carry; the server keeps them exactly.
fn property(field: &Field) -> Map<String, Json> {
    let rules = &field.rules;
    let word = match field.kind {
        FieldType::Number => Some("number"),
        FieldType::Integer => Some("integer"),
        FieldType::Boolean => Some("boolean"),
        FieldType::Text | FieldType::Date | FieldType::DateTime | FieldType::Relation | FieldType::Choice => {
            Some("string")
        }
        // A schema without a type takes every value.
        FieldType::Json => None,
    };
    let kind = word.map(|word| if field.required { json!(word) } else { json!([word, "null"]) });
    let mut schema: Map<String, Json> = kind.into_iter().map(|kind| ("type".to_owned(), kind)).collect();
    schema.insert("title".to_owned(), json!(field.display_name.as_str()));
    if let Some(description) = &field.presentation.description {
        schema.insert("description".to_owned(), json!(description));
    }
    let mut say = |key: &str, value: Json| {
        schema.insert(key.to_owned(), value);
    };
    match field.kind {
        FieldType::Text => {
            say("maxLength", json!(field.length_limit()));
            if let Some(pattern) = &rules.pattern {
                say("pattern", json!(format!("^(?:{})$", pattern.as_str())));
            }
        }
        FieldType::Integer => {
            say("minimum", bound(rules.min.as_ref()).unwrap_or(json!(-MOST_EXACT)));
            say("maximum", bound(rules.max.as_ref()).unwrap_or(json!(MOST_EXACT)));
        }
        FieldType::Number => {
            for (key, value) in [("minimum", &rules.min), ("maximum", &rules.max)] {
                if let Some(bound) = bound(value.as_ref()) {
                    say(key, bound);
                }
            }
        }
        FieldType::Date => say("format", json!("date")),
        FieldType::DateTime => say("format", json!("date-time")),
        FieldType::Relation => say("format", json!("uuid")),
        FieldType::Choice => {
            let none = (!field.required).then_some(Json::Null);
            say("enum", rules.choices.iter().map(|choice| json!(choice)).chain(none).collect());
        }
        FieldType::Boolean | FieldType::Json => {}
    }
    schema
}

fn bound(value: Option<&Value>) -> Option<Json> {
    match value? {
        Value::Integer(number) => Some(json!(number)),
        Value::Number(number) => number.to_string().parse::<serde_json::Number>().ok().map(Json::Number),
        _ => None,
    }
}
