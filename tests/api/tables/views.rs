//! Views: what somebody asks for again and again.

use atalaya_tests::Client;
use serde_json::{Value, json};

use super::{app, campaigns, column, field, keep, plain, records};

/// The path of the views of an entity type.
fn views(entity: &str) -> String {
    format!("/api/entities/{entity}/views")
}

fn made(client: &Client, entity: &str, view: &Value) -> String {
    client.post(&views(entity), view).expect(201)["id"].as_str().unwrap().to_owned()
}

/// Names of the views that somebody sees.
fn names(client: &Client, entity: &str) -> Vec<String> {
    let views = client.get(&views(entity)).expect(200).clone();
    views.as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

/// Who was told to the audit log to have done something.
fn told(admin: &Client, action: &str) -> Vec<String> {
    let entries = admin.get(&format!("/audit?action={action}")).expect(200)["entries"].clone();
    entries.as_array().unwrap().iter().map(|entry| entry["actor"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_view_gives_the_list_and_the_export_what_it_keeps() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for (name, spend) in [("Lima", 1.10), ("Cusco", 200.0), ("Puno", 3.0), ("Tacna", 150.0)] {
        keep(&admin, &entity, &json!({"nombre": name, "gasto": spend}));
    }
    let filter = json!({"or": [
        {"field": "gasto", "op": "gte", "value": 100},
        {"and": [{"field": "nombre", "op": "in", "value": ["Lima"]}, {"field": "gasto", "op": "is_null", "value": false}]},
    ]});
    let view = json!({"name": "Las caras", "filter": filter, "sort": ["-gasto"], "fields": ["nombre", "gasto"]});
    let viewer = app.login("vera");
    let reply = viewer.post(&views(&entity), &view).expect(201).clone();
    assert_eq!((&reply["filter"], &reply["sort"], &reply["fields"]), (&filter, &view["sort"], &view["fields"]));
    assert_eq!((&reply["own"], &reply["shared"], &reply["missing_fields"]), (&json!(true), &json!(false), &json!([])));
    let id = reply["id"].as_str().unwrap();
    assert_eq!(viewer.get(&format!("{}/{id}", views(&entity))).expect(200), &reply);

    let list = |query: &str| viewer.get(&format!("{}?view={id}{query}", records(&entity))).expect(200).clone();
    let whole = list("");
    assert_eq!(column(&whole, "nombre"), [json!("Cusco"), json!("Tacna"), json!("Lima")]);
    assert_eq!(whole["items"][0]["data"], json!({"nombre": "Cusco", "gasto": 200.0}));
    assert_eq!(whole["view"], json!({"id": id, "missing_fields": []}));
    // What the address says wins.
    assert_eq!(column(&list("&sort=gasto"), "nombre"), [json!("Lima"), json!("Tacna"), json!("Cusco")]);
    assert_eq!(column(&list("&filter[nombre]=Puno"), "nombre"), [json!("Puno")]);
    assert_eq!(column(&list("&q=tacna"), "nombre"), [json!("Tacna")]);
    assert_eq!(list("&fields=clics")["items"][0]["data"], json!({"clics": null}));
    let cursor = list("&page_size=2")["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(column(&list(&format!("&page_size=2&cursor={cursor}")), "nombre"), [json!("Lima")]);
    let export = |query: &str| viewer.get(&format!("{}:export?view={id}{query}", records(&entity))).text();
    let lines = export("");
    assert!(lines.starts_with("id,nombre,gasto\n") && lines.contains(",Cusco,200"), "{lines}");
    assert_eq!((lines.lines().count(), export("&filter[nombre]=Puno&fields=nombre").lines().count()), (4, 2));

    let put = json!({"name": "Todas"});
    let changed = viewer.put(&format!("{}/{id}", views(&entity)), &put).expect(200).clone();
    assert_eq!((&changed["name"], &changed["filter"], &changed["sort"]), (&json!("Todas"), &Value::Null, &json!([])));
    assert_eq!(list("")["total"], 4);
    assert_eq!(viewer.delete(&format!("{}/{id}", views(&entity))).status, 204);
    let gone = viewer.get(&format!("{}?view={id}", records(&entity)));
    let _ = gone.problem(404, "VIEW_NOT_FOUND");
    assert_eq!(viewer.get(&format!("{}?view=x", records(&entity))).broken_rules(), ["view: malformed"]);
}

#[test]
fn a_view_keeps_its_fields_whatever_they_are_called_and_goes_without_those_that_are_gone() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let extra = field(&admin, &entity, &plain("extra", "NUMBER"));
    keep(&admin, &entity, &json!({"nombre": "a", "gasto": 1, "extra": 5}));
    keep(&admin, &entity, &json!({"nombre": "b", "gasto": 2, "extra": 6}));
    let fields = admin.get(&format!("/api/entities/{entity}")).expect(200)["fields"].clone();
    let spend = fields.as_array().unwrap().iter().find(|field| field["name"] == "gasto").unwrap()["id"].clone();
    let filter = json!({"and": [
        {"field": "gasto", "op": "gte", "value": 1},
        {"or": [{"field": "extra", "op": "eq", "value": 5}, {"field": "extra", "op": "eq", "value": 7}]},
    ]});
    let asked = json!({"name": "x", "filter": filter, "sort": ["-extra", "gasto"], "fields": ["extra", "gasto"]});
    let id = made(&admin, &entity, &asked);
    let list = || admin.get(&format!("{}?view={id}", records(&entity))).expect(200).clone();
    assert_eq!(list()["total"], 1);

    let definition = format!("/api/metadata/entities/{entity}/fields");
    let spend = spend.as_str().unwrap();
    let _ = admin.patch(&format!("{definition}/{spend}"), &json!({"name": "costo"})).expect(200);
    field(&admin, &entity, &plain("gasto", "TEXT"));
    assert_eq!(list()["items"][0]["data"], json!({"extra": 5, "costo": 1}));
    let shown = admin.get(&format!("{}/{id}", views(&entity))).expect(200).clone();
    assert_eq!((&shown["filter"]["and"][0]["field"], &shown["sort"]), (&json!("costo"), &json!(["-extra", "costo"])));
    let by_id = admin.get(&format!("{}/{id}?keys=id", views(&entity))).expect(200).clone();
    assert_eq!(by_id["fields"], json!([extra, spend]));

    assert_eq!(admin.delete(&format!("{definition}/{extra}")).status, 204);
    let page = list();
    assert_eq!((column(&page, "costo"), &page["total"]), (vec![json!(1), json!(2)], &json!(2)));
    assert_eq!(page["view"]["missing_fields"], json!([extra]));
    let shown = admin.get(&format!("{}/{id}", views(&entity))).expect(200).clone();
    assert_eq!(shown["missing_fields"], json!([extra]));
    assert_eq!((&shown["sort"], &shown["fields"]), (&json!(["costo"]), &json!(["costo"])));
    // Out of the trash, it is as before.
    let _ = admin.post(&format!("/api/metadata/entities/{entity}/trash/{extra}/restore"), &json!({})).expect(200);
    assert_eq!((&list()["total"], &list()["view"]["missing_fields"]), (&json!(1), &json!([])));
}

#[test]
fn what_is_no_view_is_told_when_it_is_kept_and_when_it_is_used() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let kind = json!({"name": "tipo", "display_name": "t", "field_type": "CHOICE", "choices": ["a", "b"]});
    let kind = field(&admin, &entity, &kind);
    for (wrong, place) in [
        (json!({"filter": {"field": "nada", "op": "eq", "value": 1}}), "filter"),
        (json!({"filter": {"field": "gasto", "op": "contains", "value": "1"}}), "filter"),
        (json!({"filter": {"and": [{"field": "gasto", "op": "eq", "value": "x"}]}}), "filter.and[0]"),
        (json!({"filter": {"and": [], "or": []}}), "filter"),
        (json!({"filter": 7}), "filter"),
        (json!({"sort": ["nada"]}), "sort"),
        (json!({"fields": ["nada"]}), "fields[nada]"),
        (json!({"q": "\u{0}"}), "q"),
    ] {
        let mut view = wrong.clone();
        view["name"] = json!("x");
        let refused = admin.post(&views(&entity), &view);
        let _ = refused.problem(400, "INVALID_FILTER");
        assert_eq!(refused.json["errors"][0]["field"], place, "{wrong}");
    }
    for name in ["", " a", "\u{202e}a", &"x".repeat(101)] {
        let refused = admin.post(&views(&entity), &json!({"name": name}));
        let _ = refused.problem(422, "VALIDATION_FAILED");
    }
    let id = made(&admin, &entity, &json!({"name": "x", "filter": {"field": "tipo", "op": "eq", "value": "b"}}));
    let field = format!("/api/metadata/entities/{entity}/fields/{kind}");
    let _ = admin.patch(&field, &json!({"choices": ["a"]})).expect(200);
    let refused = admin.get(&format!("{}?view={id}", records(&entity)));
    let _ = refused.problem(400, "INVALID_FILTER");
    let _ = admin.get(&format!("{}?view={id}&filter[tipo]=a", records(&entity))).expect(200);
}

#[test]
fn payloads_are_names_and_values_like_others() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for payload in ["x'; DROP TABLE record_views; --", "$.a[*]\"}]", "(a+)+$", "=cmd|' /C calc'!A0", "-gasto", "a,b.c"]
    {
        let fresh = field(&admin, &entity, &plain(payload, "TEXT"));
        let held = keep(&admin, &entity, &json!({payload: payload}));
        let filter = json!({"field": payload, "op": "eq", "value": payload});
        let view = json!({"name": payload, "filter": filter, "sort": [fresh], "fields": [fresh], "keys": "id"});
        let refused = admin.post(&views(&entity), &view);
        let _ = refused.problem(400, "INVALID_FILTER");
        let by_name = json!({"name": payload, "filter": filter, "fields": [payload]});
        let id = made(&admin, &entity, &by_name);
        let page = admin.get(&format!("{}?view={id}", records(&entity))).expect(200).clone();
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&json!(held), &json!(1)), "{payload}");
        assert_eq!(page["items"][0]["data"], json!({payload: payload}));
        assert!(names(&admin, &entity).contains(&payload.to_owned()));
    }
}

#[test]
fn own_views_are_ones_own_and_shared_ones_are_their_owners_and_the_administrators() {
    let app = app();
    let (admin, user, viewer) = (app.login("admin_bcp"), app.login("ursula"), app.login("vera"));
    let entity = campaigns(&admin);
    let own = made(&user, &entity, &json!({"name": "Propia"}));
    let shared = made(&user, &entity, &json!({"name": "Común", "shared": true}));
    let of_admin = made(&admin, &entity, &json!({"name": "Del banco", "shared": true}));
    assert_eq!(names(&user, &entity), ["Común", "Del banco", "Propia"]);
    assert_eq!(names(&viewer, &entity), ["Común", "Del banco"]);
    let path = |id: &str| format!("{}/{id}", views(&entity));
    for other in [&admin, &viewer] {
        let _ = other.get(&path(&own)).problem(404, "VIEW_NOT_FOUND");
        let _ = other.put(&path(&own), &json!({"name": "x"})).problem(404, "VIEW_NOT_FOUND");
        let _ = other.delete(&path(&own)).problem(404, "VIEW_NOT_FOUND");
        let _ = other.get(&format!("{}?view={own}", records(&entity))).problem(404, "VIEW_NOT_FOUND");
        let _ = other.get(&format!("{}:export?view={own}", records(&entity))).problem(404, "VIEW_NOT_FOUND");
        let _ = other.get(&format!("{}?view={shared}", records(&entity))).expect(200);
    }
    assert_eq!(viewer.get(&path(&shared)).expect(200)["own"], false);
    // Whoever only reads keeps views of their own, and shares none.
    for refused in [
        viewer.post(&views(&entity), &json!({"name": "x", "shared": true})),
        viewer.put(&path(&shared), &json!({"name": "x", "shared": true})),
        viewer.delete(&path(&shared)),
        user.put(&path(&of_admin), &json!({"name": "x", "shared": true})),
        user.delete(&path(&of_admin)),
    ] {
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
    let _ = admin.put(&path(&shared), &json!({"name": "Revisada", "shared": true})).expect(200);
    let _ = user.put(&path(&own), &json!({"name": "Propia", "shared": true})).expect(200);
    assert_eq!(admin.delete(&path(&own)).status, 204);
    assert_eq!(names(&viewer, &entity), ["Del banco", "Revisada"]);
    let neighbour = app.login("ulises");
    let _ = neighbour.get(&views(&entity)).problem(404, "ENTITY_NOT_FOUND");
    let _ = neighbour.get(&path(&shared)).problem(404, "ENTITY_NOT_FOUND");

    // Of views of one's own nothing is told.
    assert_eq!(told(&admin, "view_shared"), ["ursula", "admin_bcp", "ursula"]);
    assert_eq!(
        (told(&admin, "view_changed"), told(&admin, "view_deleted")),
        (vec!["admin_bcp".to_owned()], vec!["admin_bcp".to_owned()])
    );
}

#[test]
fn views_of_a_table_are_there_as_far_as_the_table_is() {
    let app = app();
    let (admin, user, viewer) = (app.login("admin_bcp"), app.login("ursula"), app.login("vera"));
    let entity = campaigns(&admin);
    keep(&admin, &entity, &json!({"nombre": "del banco"}));
    keep(&user, &entity, &json!({"nombre": "mía"}));
    let own = made(&user, &entity, &json!({"name": "Propia"}));
    let shared = made(&user, &entity, &json!({"name": "Común", "shared": true, "sort": ["nombre"]}));
    let access = |user: &str, viewer: &str| {
        let access = json!({"access": {"user": user, "viewer": viewer}});
        let _ = admin.put(&format!("/api/metadata/entities/{entity}"), &access).expect(200);
    };
    let path = |id: &str| format!("{}/{id}", views(&entity));
    let by_view = |client: &Client| {
        let page = client.get(&format!("{}?view={shared}", records(&entity))).expect(200).clone();
        column(&page, "nombre")
    };
    access("own", "read");
    assert_eq!((by_view(&user), by_view(&viewer).len()), (vec![json!("mía")], 2));
    let file = user.get(&format!("{}:export?view={shared}", records(&entity))).text();
    assert!(file.contains("mía") && !file.contains("del banco"), "{file}");
    let also_shared = made(&user, &entity, &json!({"name": "Otra", "shared": true}));
    assert_eq!(user.delete(&path(&also_shared)).status, 204);

    // Whoever writes no records of it shares nothing, and goes on with their own.
    access("read", "read");
    let again = json!({"name": "Común", "shared": true});
    let _ = user.post(&views(&entity), &again).problem(403, "TABLE_READ_ONLY");
    let _ = user.put(&path(&own), &again).problem(403, "TABLE_READ_ONLY");
    let _ = user.put(&path(&own), &json!({"name": "Mía"})).expect(200);
    assert_eq!(names(&user, &entity), ["Común", "Mía"]);

    access("none", "none");
    for client in [&user, &viewer] {
        for refused in [
            client.get(&views(&entity)),
            client.post(&views(&entity), &json!({"name": "x"})),
            client.get(&path(&shared)),
            client.put(&path(&own), &json!({"name": "x"})),
            client.delete(&path(&own)),
            client.get(&format!("{}?view={shared}", records(&entity))),
            client.get(&format!("{}:export?view={shared}", records(&entity))),
        ] {
            let _ = refused.problem(404, "ENTITY_NOT_FOUND");
        }
    }
    assert_eq!(by_view(&admin).len(), 2);
    access("write", "read");
    assert_eq!(names(&user, &entity), ["Común", "Mía"]);
}

#[test]
fn a_view_goes_on_when_a_field_gets_another_type() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let code = field(&admin, &entity, &plain("código", "TEXT"));
    for text in ["9", "10", "2"] {
        keep(&admin, &entity, &json!({"código": text}));
    }
    let condition = |value: Value| json!({"field": "código", "op": "eq", "value": value});
    let sorted = made(&admin, &entity, &json!({"name": "a", "sort": ["código"], "fields": ["código"]}));
    let filtered = made(&admin, &entity, &json!({"name": "b", "filter": condition(json!("9"))}));
    let list = |view: &str, query: &str| admin.get(&format!("{}?view={view}{query}", records(&entity)));
    let first = list(&sorted, "&page_size=1").expect(200).clone();
    assert_eq!(column(&first, "código"), [json!("10")]);

    let retype = format!("/api/metadata/entities/{entity}/fields/{code}/retype");
    let _ = admin.post(&retype, &json!({"field_type": "INTEGER"})).expect(200);
    let page = list(&sorted, "").expect(200).clone();
    assert_eq!(column(&page, "código"), [2, 9, 10].map(|number| json!(number)));
    assert_eq!((&page["items"][0]["data"], &page["view"]["missing_fields"]), (&json!({"código": 2}), &json!([])));
    // A text is compared with no number: whoever keeps the view has to say what it means by now.
    let _ = list(&filtered, "").problem(400, "INVALID_FILTER");
    let by_number = json!({"name": "b", "filter": condition(json!(9))});
    let _ = admin.put(&format!("{}/{filtered}", views(&entity)), &by_number).expect(200);
    assert_eq!(list(&filtered, "").expect(200)["total"], 1);
    // Nor does a list go on in the order of before.
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(list(&sorted, &format!("&cursor={cursor}")).broken_rules(), ["cursor: not_a_cursor"]);
}

#[test]
fn somebody_has_at_most_a_hundred_views_of_an_entity_type() {
    let app = app();
    let (user, viewer) = (app.login("ursula"), app.login("vera"));
    let entity = campaigns(&app.login("admin_bcp"));
    for number in 0..100 {
        made(&user, &entity, &json!({"name": format!("v{number}")}));
    }
    let _ = user.post(&views(&entity), &json!({"name": "una más"})).problem(409, "TOO_MANY_VIEWS");
    made(&viewer, &entity, &json!({"name": "otra persona"}));
}

#[test]
fn an_entity_type_has_at_most_a_hundred_shared_views() {
    let app = app();
    let (admin, user) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    for number in 0..100 {
        made(&user, &entity, &json!({"name": format!("v{number}"), "shared": true}));
    }
    let shared = json!({"name": "una más", "shared": true});
    let _ = admin.post(&views(&entity), &shared).problem(409, "TOO_MANY_VIEWS");
    let own = made(&admin, &entity, &json!({"name": "propia"}));
    let path = format!("{}/{own}", views(&entity));
    let _ = admin.put(&path, &shared).problem(409, "TOO_MANY_VIEWS");
}
