//! Importing files.

use std::sync::Arc;
use std::thread;

use atalaya_tests::{Client, Reply};
use serde_json::{Value, json};

use super::{app, campaigns, column, define, field, keep, plain, records};
use crate::planted::percent_encoded;

fn import(client: &Client, entity: &str, query: &str, csv: &str) -> Reply {
    client.post_csv(&format!("{}:import{query}", records(entity)), csv)
}

fn counts(answer: &Value) -> [u64; 5] {
    ["total", "created", "changed", "unchanged", "skipped"].map(|name| answer[name].as_u64().unwrap())
}

/// The broken rules of an answer: line, column, value and code.
fn errors(answer: &Value) -> Vec<String> {
    let told = |error: &Value| {
        let value = error["value"].as_str().map(|value| format!(" {value:?}")).unwrap_or_default();
        format!(
            "{} {}{value}: {}",
            error["line"],
            error["column"].as_str().unwrap_or("-"),
            error["error"].as_str().unwrap()
        )
    };
    answer["errors"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn a_file_of_excel_becomes_records_and_says_how_it_was_read() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let csv = b"Nombre;Gasto;Clics;Dia;Activa;Nota\r\nA\xf1o nuevo;1.234,50;5;31/12/2026;VERDADERO;x\r\n\
        \"=1+1\";-3,5;;1/1/2026;;\r\n";
    let path = format!("{}:import", records(&entity));
    let tried = admin.post_csv(&format!("{path}?dry_run=true"), csv.to_vec()).expect(200).clone();
    assert_eq!(counts(&tried), [2, 2, 0, 0, 0]);
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 0, "a trial left something");
    let done = admin.post_csv(&path, csv.to_vec()).expect(200).clone();
    let detected = json!({"encoding": "windows-1252", "delimiter": ";", "decimal": ",", "date_order": "dd/mm/yyyy"});
    assert_eq!((&done["detected"], &done["needs"], &done["accepted"]), (&detected, &Value::Null, &json!(true)));
    let columns: Vec<_> = done["columns"].as_array().unwrap().iter().map(|column| column["field"].clone()).collect();
    assert_eq!(columns, [json!("nombre"), json!("gasto"), json!("clics"), json!("dia"), json!("activa"), Value::Null]);
    for name in ["total", "created", "changed", "unchanged", "skipped", "errors", "errors_total", "detected"] {
        assert_eq!(tried[name], done[name], "the trial told another {name}");
    }
    let page = admin.get(&format!("{}?sort=gasto", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "gasto"), [json!(-3.5), json!(1234.5)]);
    assert_eq!(column(&page, "nombre"), [json!("=1+1"), json!("Año nuevo")]);
    assert_eq!(column(&page, "dia"), [json!("2026-01-01"), json!("2026-12-31")]);
    assert_eq!(column(&page, "activa"), [Value::Null, json!(true)]);
}

#[test]
fn a_trial_and_an_import_refuse_the_same_and_nothing_stays_of_it() {
    let app = app();
    let admin = app.login("admin_bcp").english();
    let entity = define(&admin, "campaign");
    field(
        &admin,
        &entity,
        &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true,
        "is_required": true, "max_length": 5}),
    );
    field(&admin, &entity, &json!({"name": "gasto", "display_name": "g", "field_type": "NUMBER", "min": 0}));
    keep(&admin, &entity, &json!({"código": "VIEJO"}));
    let csv = "código,gasto\nA,1\nA,2\nVIEJO,3\nLARGUÍSIMO,4\n,5\nB,-6\nC,x\nD\nE,7\n";
    let broken = [
        "3 código \"A\": value_taken",
        "4 código \"VIEJO\": value_taken",
        "5 código \"LARGUÍSIMO\": too_long",
        "6 código \"\": missing",
        "7 gasto \"-6\": too_small",
        "8 gasto \"x\": wrong_type",
        "9 -: wrong_field_count",
    ];
    let tried = import(&admin, &entity, "?dry_run=true", csv).expect(200).clone();
    assert_eq!((errors(&tried), &tried["accepted"]), (broken.map(str::to_owned).to_vec(), &json!(false)));
    assert_eq!((counts(&tried), &tried["errors_total"]), ([9, 2, 0, 0, 7], &json!(7)));
    let refused = import(&admin, &entity, "", csv);
    let problem = refused.problem(422, "VALIDATION_FAILED");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 7);
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 1);
    let done = import(&admin, &entity, "?mode=skip_invalid", csv).expect(200).clone();
    assert_eq!((counts(&done), errors(&done)), (counts(&tried), errors(&tried)));
    let page = admin.get(&format!("{}?sort=código", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "código"), [json!("A"), json!("E"), json!("VIEJO")]);
    let message = done["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with(char::is_uppercase) && message.ends_with('.'), "{message}");
    let csv = admin.with("accept", "text/csv");
    let listed = import(&csv, &entity, "?dry_run=true", "código,gasto\n=1+1+1,2\n");
    assert_eq!(listed.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        listed.text().starts_with("line,column,value,error,message\n2,código,'=1+1+1,too_long,"),
        "{}",
        listed.text()
    );
}

#[test]
fn what_a_file_leaves_open_is_asked_and_not_guessed() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let csv = "dia,nombre\n03/04/2026,a\n05/06/2026,b\n";
    let needs = json!({"choice": "date_order", "column": "dia", "options": ["dd/mm/yyyy", "mm/dd/yyyy"]});
    for query in ["?dry_run=true", "?dry_run=true&mode=skip_invalid"] {
        let asked = import(&admin, &entity, query, csv).expect(200).clone();
        assert_eq!((&asked["needs"], &asked["accepted"], counts(&asked)), (&needs, &json!(false), [0; 5]));
    }
    for query in ["", "?mode=skip_invalid"] {
        assert_eq!(import(&admin, &entity, query, csv).broken_rules(), ["date_order: ambiguous_date"]);
    }
    let _ = import(&admin, &entity, "?date_order=dd/mm/yyyy", csv).expect(200);
    let page = admin.get(&format!("{}?sort=dia", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "dia"), [json!("2026-04-03"), json!("2026-06-05")]);
    let number = import(&admin, &entity, "?dry_run=true", "gasto;nombre\n12.345;a\n").expect(200).clone();
    assert_eq!(number["needs"]["choice"], "decimal");
    let _ = import(&admin, &entity, "?decimal=,", "gasto;nombre\n12.345;mil\n").expect(200);
    let found = admin.get(&format!("{}?filter[nombre]=mil", records(&entity))).expect(200).clone();
    assert_eq!(column(&found, "gasto"), [json!(12_345)]);
}

#[test]
fn rows_change_the_records_that_have_their_key() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    field(&admin, &entity, &json!({"name": "correo", "display_name": "c", "field_type": "TEXT", "unique": true}));
    field(&admin, &entity, &plain("gasto", "NUMBER"));
    let first = keep(&admin, &entity, &json!({"código": "A", "gasto": 1, "correo": "a"}));
    let second = keep(&admin, &entity, &json!({"código": "B", "gasto": 2, "correo": "b"}));
    let csv = "código,gasto\nA,10\nB,2\nC,3\nC,4\n";
    let tried = import(&admin, &entity, "?upsert_key=código&dry_run=true", csv).expect(200).clone();
    assert_eq!((counts(&tried), errors(&tried)), ([4, 1, 1, 1, 1], vec!["5 código \"C\": repeated".to_owned()]));
    let done = import(&admin, &entity, "?upsert_key=código&mode=skip_invalid", csv).expect(200).clone();
    assert_eq!(counts(&done), counts(&tried));
    let one = admin.get(&format!("{}/{first}", records(&entity))).expect(200).clone();
    assert_eq!((&one["data"]["gasto"], &one["data"]["correo"], &one["revision"]), (&json!(10), &json!("a"), &json!(2)));
    let same = admin.get(&format!("{}/{second}", records(&entity))).expect(200).clone();
    assert_eq!(same["revision"], 1, "nothing new is no revision");
    // One after another: what A gives up, B may take.
    let swapped = "código,correo\nA,c\nB,a\nD,b\n";
    assert_eq!(counts(import(&admin, &entity, "?upsert_key=código", swapped).expect(200)), [3, 1, 2, 0, 0]);
    let taken = import(&admin, &entity, "?upsert_key=código", "código,correo\nA,a\n");
    assert_eq!(taken.broken_rules(), ["data.correo: value_taken"]);
    let by_id = format!("id,gasto\n{first},11\n{second},2\n00000000-0000-0000-0000-000000000000,1\n,5\n");
    let done = import(&admin, &entity, "?upsert_key=id&mode=skip_invalid", &by_id).expect(200).clone();
    assert_eq!((counts(&done), errors(&done).len()), ([4, 1, 1, 1, 1], 1));
    assert_eq!(done["errors"][0]["error"], "unknown_record");
    assert_eq!(import(&admin, &entity, "?upsert_key=gasto", csv).broken_rules(), ["upsert_key: not_unique"]);
}

#[test]
fn relations_are_named_by_id_or_by_what_people_choose_them_by() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (person, task) = (define(&admin, "person"), define(&admin, "task"));
    field(&admin, &person, &plain("nombre", "TEXT"));
    let relation = |entity: &str, target: &str, name: &str| {
        let body = json!({"name": name, "display_name": name, "field_type": "RELATION", "target_entity_id": target,
            "target_display_field": "nombre"});
        field(&admin, entity, &body);
    };
    field(&admin, &task, &plain("nombre", "TEXT"));
    relation(&task, &person, "quién");
    relation(&task, &task, "después");
    let ana = keep(&admin, &person, &json!({"nombre": "Ana"}));
    for _ in 0..2 {
        keep(&admin, &person, &json!({"nombre": "Luis"}));
    }
    let csv = format!("nombre,quién,después\nuno,Ana,\ndos,{ana},uno\ntres,Luis,\ncuatro,Eva,\ncinco,,seis\nseis,,\n");
    let tried = import(&admin, &task, "?dry_run=true", &csv).expect(200).clone();
    let broken =
        ["4 quién \"Luis\": ambiguous_record", "5 quién \"Eva\": unknown_record", "6 después \"seis\": unknown_record"];
    assert_eq!(errors(&tried), broken);
    assert_eq!(counts(import(&admin, &task, "?mode=skip_invalid", &csv).expect(200)), counts(&tried));
    let page = admin.get(&format!("{}?sort=created_at", records(&task))).expect(200).clone();
    assert_eq!(column(&page, "quién"), [json!(ana), json!(ana), Value::Null]);
    assert_eq!(column(&page, "después")[1], page["items"][0]["id"]);
}

#[test]
fn an_import_happens_once_and_the_audit_log_tells_it() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let keyed = app.login("ursula").with("idempotency-key", "uno").with("x-request-id", "import");
    let first = import(&keyed, &entity, "", "nombre\na\nb\n");
    let again = import(&keyed, &entity, "", "nombre\na\nb\n");
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 2);
    let _ = import(&keyed, &entity, "", "nombre\nc\n").problem(422, "IDEMPOTENCY_KEY_REUSED");
    let _ = import(&app.login("ursula"), &entity, "?dry_run=true", "nombre\nz\n").expect(200);
    app.core.upkeep().run_all();
    let log = admin.get("/audit?action=records_imported").expect(200).clone();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["target"]), (1, &json!("campaign: 2 + 0")));
    let vera = app.login("vera");
    let _ = import(&vera, &entity, "", "nombre\nc\n").problem(403, "ROLE_FORBIDDEN");
    let _ = import(&app.login("ulises"), &entity, "", "nombre\nc\n").problem(404, "ENTITY_NOT_FOUND");
    let json = admin.post(&format!("{}:import", records(&entity)), &json!({}));
    let _ = json.problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[test]
fn all_errors_are_counted_and_the_first_thousand_shown() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let csv = format!("clics\n{}", "x\n".repeat(2_500));
    let tried = import(&admin, &entity, "?dry_run=true", &csv).expect(200).clone();
    assert_eq!((counts(&tried), &tried["errors_total"]), ([2_500, 0, 0, 0, 2_500], &json!(2_500)));
    assert_eq!(tried["errors"].as_array().unwrap().len(), 1_000);
    let listed = import(&app.login("admin_bcp").with("accept", "text/csv"), &entity, "?dry_run=true", &csv).text();
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 1 + 2_500, "the file has all of them");
    for (line, number) in [(1, 2), (1_001, 1_002), (2_500, 2_501)] {
        assert!(lines[line].starts_with(&format!("{number},clics,x,wrong_type,")), "{}", lines[line]);
    }
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 0, "a trial left something");
}

#[test]
fn a_column_is_told_by_the_name_that_the_answer_gives() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let name = format!("Gasto, en {} soles: ¿cuánto?", "muchísimos ".repeat(12));
    let csv = format!("nombre,\"{name}\"\na,1.5\n");
    let tried = import(&admin, &entity, "?dry_run=true", &csv).expect(200).clone();
    assert_eq!(tried["columns"][1], json!({"name": name, "field": null}));
    let encoded = percent_encoded(tried["columns"][1]["name"].as_str().unwrap().as_bytes());
    let done = import(&admin, &entity, &format!("?map[{encoded}]=gasto"), &csv).expect(200).clone();
    assert_eq!(done["columns"][1], json!({"name": name, "field": "gasto"}));
    assert_eq!(column(admin.get(&records(&entity)).expect(200), "gasto"), [json!(1.5)]);
}

#[test]
fn two_imports_of_one_key_at_a_time_leave_one_record() {
    let app = Arc::new(app());
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    let tries = (0..4).map(|_| {
        let (client, entity) = (admin.clone(), entity.clone());
        thread::spawn(move || import(&client, &entity, "", "código\nA\nB\n").status)
    });
    let mut statuses: Vec<u16> = tries.collect::<Vec<_>>().into_iter().map(|tried| tried.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..].iter().all(|status| [409, 422].contains(status)), "{statuses:?}");
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 2);
}
