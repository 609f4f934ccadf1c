//! Records told with those that point to them, and records with some of their fields.

use atalaya_tests::Client;
use serde_json::{Value, json};

use super::{app, column, define, field, keep, plain, records};

/// A relation to records of another entity type.
fn relation(name: &str, target: &str, on_delete: &str) -> Value {
    json!({"name": name, "display_name": name, "field_type": "RELATION", "target_entity_id": target,
        "target_display_field": "nombre", "on_delete": on_delete})
}

/// Countries, cities and campaigns, each pointing to the one before.
struct Geography {
    country: String,
    city: String,
    campaign: String,
    peru: String,
    lima: String,
    may: String,
}

fn geography(admin: &Client) -> Geography {
    let (country, city, campaign) = (define(admin, "country"), define(admin, "city"), define(admin, "campaign"));
    for entity in [&country, &city, &campaign] {
        field(admin, entity, &plain("nombre", "TEXT"));
    }
    field(admin, &country, &plain("superficie", "NUMBER"));
    field(admin, &city, &relation("país", &country, "clear"));
    field(admin, &campaign, &relation("ciudad", &city, "clear"));
    let peru = keep(admin, &country, &json!({"nombre": "Perú", "superficie": 1_285_216.2}));
    let lima = keep(admin, &city, &json!({"nombre": "Lima", "país": peru}));
    let may = keep(admin, &campaign, &json!({"nombre": "Mayo", "ciudad": lima}));
    keep(admin, &campaign, &json!({"nombre": "Junio"}));
    Geography { country, city, campaign, peru, lima, may }
}

#[test]
fn what_relations_lead_to_is_told_two_levels_deep() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { campaign, peru, lima, may, .. } = geography(&admin);
    let path = records(&campaign);
    let before = admin.get(&format!("{path}?sort=created_at")).expect(200).clone();
    assert!(before["items"][0].get("expanded").is_none());
    let country = json!({"id": peru, "data": {"nombre": "Perú", "superficie": 1_285_216.2}});
    let city = json!({"id": lima, "data": {"nombre": "Lima", "país": peru}});
    let whole = json!({"id": lima, "data": city["data"], "expanded": {"país": country}});

    let viewer = app.login("vera");
    for (expand, expected) in [("ciudad", &city), ("ciudad.país", &whole), ("ciudad,ciudad.país,ciudad", &whole)] {
        let page = viewer.get(&format!("{path}?sort=created_at&expand={expand}")).expect(200).clone();
        let (first, second) = (&page["items"][0], &page["items"][1]);
        assert_eq!(first["expanded"], json!({"ciudad": expected}), "{expand}");
        assert_eq!(second["expanded"], json!({"ciudad": null}), "{expand}");
        assert_eq!([&first["data"], &second["data"]], [0, 1].map(|at| &before["items"][at]["data"]));
        let one = viewer.get(&format!("{path}/{may}?expand={expand}")).expect(200).clone();
        assert_eq!(&one, first);
        let paths: Vec<&str> = expand.split(',').collect();
        let query = json!({"sort": ["created_at"], "expand": paths});
        assert_eq!(viewer.post(&format!("{path}:query"), &query).expect(200)["items"], page["items"]);
    }
}

#[test]
fn keys_and_numbers_of_what_relations_lead_to_are_written_as_those_of_records() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { city, campaign, .. } = geography(&admin);
    let id = |entity: &str, name: &str| {
        let fields = admin.get(&format!("/api/entities/{entity}")).expect(200)["fields"].clone();
        let found = fields.as_array().unwrap().iter().find(|field| field["name"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (to_city, to_country) = (id(&campaign, "ciudad"), id(&city, "país"));
    let path = format!("{}?sort=created_at&keys=id&numbers=string&expand={to_city}.{to_country}", records(&campaign));
    let page = admin.get(&path).expect(200).clone();
    let country = &page["items"][0]["expanded"][&to_city]["expanded"][&to_country]["data"];
    let values: Vec<&Value> = country.as_object().unwrap().values().collect();
    assert!(values.contains(&&json!("1285216.2")) && country.get("superficie").is_none(), "{country}");
}

#[test]
fn what_is_in_the_trash_is_told_as_nothing() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { country, city, campaign, peru, .. } = geography(&admin);
    let expanded = || {
        let path = format!("{}?sort=created_at&expand=ciudad.país", records(&campaign));
        admin.get(&path).expect(200)["items"][0]["expanded"].clone()
    };
    assert_eq!(admin.delete(&format!("{}/{peru}", records(&country))).status, 204);
    assert_eq!(expanded()["ciudad"]["expanded"], json!({"país": null}));
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{city}")).status, 204);
    assert_eq!(expanded(), json!({"ciudad": null}));
}

#[test]
fn nothing_of_what_one_may_not_read_is_told() {
    let app = app();
    let (admin, user, viewer) = (app.login("admin_bcp"), app.login("ursula"), app.login("vera"));
    let Geography { country, city, campaign, peru, lima, may } = geography(&admin);
    let mine = keep(&user, &city, &json!({"nombre": "Cusco", "país": peru}));
    let there = keep(&user, &campaign, &json!({"nombre": "Julio", "ciudad": mine}));
    let access = |entity: &str, user: &str, viewer: &str| {
        let access = json!({"access": {"user": user, "viewer": viewer}});
        let _ = admin.put(&format!("/api/metadata/entities/{entity}"), &access).expect(200);
    };
    // Both ways to what a record of theirs points to, which have to say the same.
    let expanded = |client: &Client, record: &str, path: &str| {
        let one = client.get(&format!("{}/{record}?expand={path}", records(&campaign))).expect(200).clone();
        let listed = client.get(&format!("{}?expand={path}", records(&campaign))).expect(200)["items"].clone();
        let same = listed.as_array().unwrap().iter().find(|item| item["id"] == one["id"]).unwrap();
        assert_eq!(same["expanded"], one["expanded"]);
        one["expanded"]["ciudad"].clone()
    };
    let told = |client: &Client, record: &str| {
        let city = expanded(client, record, "ciudad.país");
        (city["data"]["nombre"].clone(), city["expanded"]["país"]["data"]["nombre"].clone())
    };
    assert_eq!(told(&user, &may), (json!("Lima"), json!("Perú")));

    access(&country, "none", "read");
    assert_eq!(told(&user, &may), (json!("Lima"), Value::Null));
    assert_eq!(expanded(&user, &may, "ciudad.país")["expanded"], json!({"país": null}));
    assert_eq!(told(&viewer, &may), (json!("Lima"), json!("Perú")));
    // Where a user has their own records, those of others are as if they were not there.
    access(&country, "write", "none");
    access(&city, "own", "read");
    assert_eq!((expanded(&user, &may, "ciudad"), told(&user, &there)), (Value::Null, (json!("Cusco"), json!("Perú"))));
    assert_eq!(told(&viewer, &may), (json!("Lima"), Value::Null));
    // Neither are the fields told of what is not there: any path behind it is as good as another.
    access(&city, "none", "none");
    for path in ["ciudad", "ciudad.país", "ciudad.nada"] {
        assert_eq!((expanded(&user, &there, path), expanded(&viewer, &may, path)), (Value::Null, Value::Null));
    }
    assert_eq!(expanded(&admin, &may, "ciudad")["id"], lima);
}

#[test]
fn what_was_read_is_changed_whatever_of_it_was_shown() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { city, campaign, lima, may, .. } = geography(&admin);
    let settings = json!({"require_if_match": true});
    let _ = admin.put(&format!("/api/metadata/entities/{campaign}"), &settings).expect(200);
    let path = format!("{}/{may}", records(&campaign));
    let tag = |query: &str| admin.get(&format!("{path}?{query}")).header("etag").to_owned();
    let body = json!({"data": {"nombre": "Mayo"}});
    let seen = |tag: &str| admin.clone().with("if-match", tag);
    for query in ["", "fields=ciudad", "expand=ciudad.país", "fields=nombre&expand=ciudad"] {
        let tag = tag(query);
        let _ = seen(&tag).put(&path, &body).expect(200);
        let _ = seen(&tag).patch(&path, &body).expect(200);
        let _ = seen(&format!("\"0\", {tag}")).patch(&path, &body).expect(200);
        let polled = admin.clone().with("if-none-match", &tag).get(&format!("{path}?{query}"));
        assert_eq!(polled.status, 304, "{query}");
    }
    // What a relation leads to is shown anew, and is nothing of the record that is changed.
    let before = tag("expand=ciudad");
    let other = json!({"data": {"nombre": "Lima la gris"}});
    let _ = admin.patch(&format!("{}/{lima}", records(&city)), &other).expect(200);
    let polled = admin.clone().with("if-none-match", &before).get(&format!("{path}?expand=ciudad")).expect(200).clone();
    assert_eq!(polled["expanded"]["ciudad"]["data"]["nombre"], "Lima la gris");
    let changed = seen(&before).put(&path, &json!({"data": {"nombre": "Junio"}})).expect(200).clone();
    assert_eq!(changed["revision"], 2);
    // What was not shown has changed too.
    let _ = seen(&before).put(&path, &body).problem(412, "PRECONDITION_FAILED");
    let late = tag("fields=ciudad");
    let _ = seen(&late).patch(&path, &json!({"data": {"nombre": "Julio"}})).expect(200);
    let revert = format!("{path}/revert");
    let _ = seen(&late).post(&revert, &json!({"revision": 1})).problem(412, "PRECONDITION_FAILED");
    let _ = seen(&tag("fields=ciudad")).post(&revert, &json!({"revision": 1})).expect(200);
    let _ = seen(&late).delete(&path).problem(412, "PRECONDITION_FAILED");
    assert_eq!(seen(&tag("expand=ciudad")).delete(&path).status, 204);
}

#[test]
fn paths_that_are_none_are_named() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { city, campaign, may, .. } = geography(&admin);
    field(&admin, &city, &relation("campaña.de", &campaign, "clear"));
    let payload = "x' OR 1=1; -- $.a[*] (a+)+$ =cmd|' /C calc'!A0";
    let many: Vec<String> = (0..11).map(|number| format!("r{number}")).collect();
    for (paths, rules) in [
        (json!(["nada"]), json!(["expand[nada]: no_such_field"])),
        (
            json!(["nombre", "ciudad.nombre"]),
            json!(["expand[nombre]: not_a_relation", "expand[ciudad.nombre]: not_a_relation"]),
        ),
        (json!(["ciudad.nada"]), json!(["expand[ciudad.nada]: no_such_field"])),
        (json!(["ciudad.campaña.de.ciudad"]), json!(["expand[ciudad.campaña.de.ciudad]: too_deep"])),
        (json!(["ciudad."]), json!(["expand[ciudad.]: no_such_field"])),
        (json!([payload]), json!([format!("expand[{payload}]: no_such_field")])),
        (json!(many), json!(["expand: too_many"])),
    ] {
        let refused = admin.post(&format!("{}:query", records(&campaign)), &json!({"expand": paths}));
        let _ = refused.problem(400, "INVALID_FILTER");
        let told = refused.json["errors"].as_array().unwrap().iter();
        let told: Vec<String> =
            told.map(|error| [&error["field"], &error["code"]].map(|word| word.as_str().unwrap()).join(": ")).collect();
        assert_eq!(json!(told), rules);
    }
    let one = admin.get(&format!("{}/{may}?expand=nombre", records(&campaign)));
    let _ = one.problem(400, "INVALID_FILTER");
    // A name may have points itself.
    let found = admin.get(&format!("{}?expand=ciudad.campaña.de", records(&campaign))).expect(200).clone();
    assert_eq!(found["items"][1]["expanded"]["ciudad"]["expanded"], json!({"campaña.de": null}));
    let other = app.login("ulises").get(&format!("{}?expand=ciudad", records(&campaign)));
    let _ = other.problem(404, "ENTITY_NOT_FOUND");
}

#[test]
fn the_records_that_point_to_one_are_found_by_the_relation() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { city, campaign, lima, .. } = geography(&admin);
    let cusco = keep(&admin, &city, &json!({"nombre": "Cusco"}));
    keep(&admin, &campaign, &json!({"nombre": "Julio", "ciudad": lima}));
    keep(&admin, &campaign, &json!({"nombre": "Agosto", "ciudad": cusco}));
    let pointing = |query: &str| {
        let page = admin.get(&format!("{}?sort=nombre&{query}", records(&campaign))).expect(200).clone();
        (column(&page, "nombre"), page["total"].clone())
    };
    assert_eq!(pointing(&format!("filter[ciudad][eq]={lima}")), (vec![json!("Julio"), json!("Mayo")], json!(2)));
    assert_eq!(pointing(&format!("filter[ciudad][in]={lima},{cusco}")).1, json!(3));
    assert_eq!(pointing("filter[ciudad][is_null]=true").0, [json!("Junio")]);
    let all = pointing(&format!("filter[ciudad][ne]={cusco}")).0;
    assert_eq!(all, [json!("Julio"), json!("Junio"), json!("Mayo")]);
}

#[test]
fn a_record_is_shown_with_the_fields_that_are_asked_for() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { country, campaign, lima, may, .. } = geography(&admin);
    let path = records(&campaign);
    let page = admin.get(&format!("{path}?fields=ciudad&sort=created_at")).expect(200).clone();
    assert_eq!(page["items"][0]["data"], json!({"ciudad": lima}));
    assert_eq!((&page["items"][0]["revision"], &page["total"]), (&json!(1), &json!(2)));
    let one = admin.get(&format!("{path}/{may}?fields=nombre&expand=ciudad")).expect(200).clone();
    assert_eq!(one["data"], json!({"nombre": "Mayo"}));
    assert_eq!(one["expanded"]["ciudad"]["data"]["nombre"], "Lima");
    let query = json!({"fields": ["nombre"], "sort": ["ciudad"]});
    let found = admin.post(&format!("{path}:query"), &query).expect(200).clone();
    assert_eq!(found["items"][0]["data"], json!({"nombre": "Mayo"}));
    // Filters, words and orders may be of fields that are not shown.
    let found = admin.get(&format!("{path}?fields=ciudad&filter[nombre]=Mayo&q=mayo&sort=nombre")).expect(200).clone();
    assert_eq!(found["total"], 1);

    let export = |query: &str| admin.get(&format!("{}:export?{query}", records(&country))).text();
    let whole = export("");
    assert!(whole.starts_with("id,nombre,superficie\n"), "{whole}");
    let turned = export("fields=superficie,nombre");
    assert!(turned.starts_with("id,superficie,nombre\n") && turned.ends_with(",1285216.2,Perú\n"), "{turned}");
    let fields = admin.get(&format!("/api/entities/{country}")).expect(200)["fields"].clone();
    let by_id = format!("keys=id&fields={}", fields[0]["id"].as_str().unwrap());
    assert!(export(&by_id).starts_with(&format!("id,{}\n", fields[0]["id"].as_str().unwrap())));
    assert!(export(&format!("{by_id}&file_keys=name")).starts_with("id,nombre\n"));
    let lines = export("format=jsonl&fields=nombre");
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap()["data"], json!({"nombre": "Perú"}));

    for refused in [
        admin.get(&format!("{path}?fields=nombre,nada")),
        admin.get(&format!("{path}/{may}?fields=nada")),
        admin.get(&format!("{path}:export?fields=nada")),
        admin.post(&format!("{path}:query"), &json!({"fields": ["nada"]})),
    ] {
        let _ = refused.problem(400, "INVALID_FILTER");
        let error = &refused.json["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!("fields[nada]"), &json!("no_such_field")));
    }
}

#[test]
fn a_path_is_as_long_as_two_names_at_most() {
    let app = app();
    let admin = app.login("admin_bcp");
    let Geography { campaign, .. } = geography(&admin);
    let asked = json!({"expand": [".".repeat(202)]});
    let told =
        admin.post(&format!("{}:query", records(&campaign)), &asked).problem(400, "INVALID_FILTER")["errors"].clone();
    assert_eq!((&told[0]["field"], &told[0]["code"]), (&json!("expand"), &json!("too_long")));
}

#[test]
fn what_relations_lead_to_is_refused_where_it_is_too_much_for_one_answer() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (brochure, campaign) = (define(&admin, "brochure"), define(&admin, "campaign"));
    field(&admin, &brochure, &plain("nombre", "TEXT"));
    let mut texts = json!({"nombre": "grande"});
    for part in 0..18 {
        let name = format!("parte{part}");
        let mut part = plain(&name, "TEXT");
        part["max_length"] = json!(10_000);
        field(&admin, &brochure, &part);
        texts[&name] = json!("x".repeat(10_000));
    }
    let large = keep(&admin, &brochure, &texts);
    field(&admin, &campaign, &relation("folleto", &brochure, "clear"));
    let pointing = vec![json!({"data": {"folleto": large}}); 100];
    let path = records(&campaign);
    let _ = admin.post(&format!("{path}:bulk"), &json!({"create": pointing})).expect(200);
    let told =
        admin.get(&format!("{path}?page_size=100&expand=folleto")).problem(400, "INVALID_FILTER")["errors"].clone();
    assert_eq!((&told[0]["field"], &told[0]["code"]), (&json!("expand"), &json!("expansion_too_large")));
    let page = admin.get(&format!("{path}?page_size=50&expand=folleto")).expect(200).clone();
    assert_eq!(page["items"].as_array().unwrap().len(), 50);
}
