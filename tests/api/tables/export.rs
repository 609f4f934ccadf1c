//! Exporting records, and importing them again.

use serde_json::{Value, json};

use super::{app, campaigns, column, define, field, keep, plain, records};

#[test]
fn what_was_exported_is_imported_as_it_was() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (entity, other) = (campaigns(&admin), define(&admin, "copy"));
    for (name, kind) in
        [("nombre", "TEXT"), ("gasto", "NUMBER"), ("clics", "INTEGER"), ("dia", "DATE"), ("activa", "BOOLEAN")]
    {
        field(&admin, &other, &plain(name, kind));
    }
    for name in ["=1+1", "'=1+1", "'", "", "a\r\n;@x ", " \"Año\" ", "-5", "null"] {
        keep(
            &admin,
            &entity,
            &json!({"nombre": name, "gasto": -1.5, "clics": 7, "dia": "2026-05-03", "activa": false}),
        );
    }
    keep(&admin, &entity, &json!({}));
    let sorted = format!("{}?sort=created_at&page_size=100", records(&entity));
    let before = admin.get(&sorted).expect(200).clone();
    let csv = admin.get(&format!("{}:export?sort=created_at", records(&entity)));
    assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(csv.text().starts_with("id,nombre,gasto,clics,dia,activa\n"), "{}", csv.text());
    assert!(csv.text().contains(",'=1+1,-1.5,7,2026-05-03,false\n"), "{}", csv.text());
    let done = admin.post_csv(&format!("{}:import", records(&other)), csv.text()).expect(200).clone();
    assert_eq!(done["created"], 9);
    let after = admin.get(&format!("{}?sort=created_at&page_size=100", records(&other))).expect(200).clone();
    for name in ["nombre", "gasto", "clics", "dia", "activa"] {
        assert_eq!(column(&before, name), column(&after, name));
    }
    // The same file, imported where it came from, changes nothing.
    let same = admin.post_csv(&format!("{}:import?upsert_key=id", records(&entity)), csv.text()).expect(200).clone();
    assert_eq!((&same["unchanged"], &same["changed"], &same["created"]), (&json!(9), &json!(0), &json!(0)));
}

#[test]
fn an_export_is_what_the_list_of_that_address_shows() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let rows = (0..2_500).map(|number| format!("n{},{number}", number % 3));
    let csv = std::iter::once("nombre,clics".to_owned()).chain(rows).collect::<Vec<_>>().join("\n");
    let _ = admin.post_csv(&format!("{}:import", records(&entity)), csv).expect(200);
    let clics = |query: &str| -> Vec<u64> {
        let text = app.login("vera").get(&format!("{}:export?format=jsonl{query}", records(&entity))).text();
        let number = |line: &str| serde_json::from_str::<Value>(line).unwrap()["data"]["clics"].as_u64().unwrap();
        text.lines().map(number).collect()
    };
    assert_eq!(clics(""), (0..2_500).rev().collect::<Vec<_>>());
    assert_eq!(clics("&sort=created_at"), (0..2_500).collect::<Vec<_>>());
    assert_eq!(
        clics("&sort=-clics&filter[clics][lt]=2400&q=n1"),
        (0..2_400).rev().filter(|n| n % 3 == 1).collect::<Vec<_>>()
    );
    let by_two: Vec<u64> = (0..3).flat_map(|rest| (0..2_500).filter(move |n| n % 3 == rest)).collect();
    assert_eq!(clics("&sort=nombre,clics"), by_two);
    let wrong = admin.get(&format!("{}:export?filter[nada]=1", records(&entity)));
    let _ = wrong.problem(400, "INVALID_FILTER");
    let wrong = admin.get(&format!("{}:export?format=xml&for=calc&delimiter=x", records(&entity)));
    assert_eq!(wrong.broken_rules(), ["format: unknown_value", "for: unknown_value", "delimiter: unknown_value"]);
}

#[test]
fn the_address_names_fields_by_their_ids_and_the_file_by_their_names() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let id = field(&admin, &entity, &plain("-gasto, en soles", "INTEGER"));
    for number in [2, 3, 1] {
        keep(&admin, &entity, &json!({"-gasto, en soles": number}));
    }
    let export = |query: &str| {
        let file = admin.get(&format!("{}:export?keys=id&sort=-{id}&filter[{id}][lt]=3{query}", records(&entity)));
        assert_eq!(file.status, 200, "{}", file.text());
        file.text()
    };
    let values = |csv: &str| csv.lines().skip(1).map(|line| line[37..].to_owned()).collect::<Vec<_>>();
    let csv = export("&file_keys=name");
    assert_eq!(
        (csv.lines().next(), values(&csv)),
        (Some("id,\"'-gasto, en soles\""), vec!["2".to_owned(), "1".to_owned()])
    );
    assert!(export("").starts_with(&format!("id,{id}\n")), "the file names them as the address does");
    let lines = export("&file_keys=name&format=jsonl");
    assert!(lines.lines().next().unwrap().contains("\"data\":{\"-gasto, en soles\":2}"), "{lines}");
    let wrong = admin.get(&format!("{}:export?file_keys=label", records(&entity)));
    assert_eq!(wrong.broken_rules(), ["file_keys: unknown_value"]);
}

#[test]
fn names_of_fields_are_no_formulas_either_and_excel_gets_its_mark() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &plain("=HYPERLINK(1)", "TEXT"));
    keep(&admin, &entity, &json!({"=HYPERLINK(1)": "a"}));
    let text = admin.get(&format!("{}:export?for=excel", records(&entity))).text();
    assert!(text.starts_with("\u{feff}id;'=HYPERLINK(1)\n"), "{text:?}");
    let again = admin.post_csv(&format!("{}:import", records(&entity)), text).expect(200).clone();
    assert_eq!((&again["created"], &again["columns"][1]["field"]), (&json!(1), &json!("=HYPERLINK(1)")));
    let _ = app.login("ulises").get(&format!("{}:export", records(&entity))).problem(404, "ENTITY_NOT_FOUND");
}
