//! Files as large as they may be, and how much memory they take.

use atalaya_tests::{Client, PASSWORD};
use serde_json::json;

use super::{app, define, field, records};
use crate::program::Program;

/// Fields of a record; each text has some more letters than 200.
const FIELDS: usize = 20;
/// Rows of a file of somewhat less than 16 MiB.
const ROWS: usize = 3_900;

#[test]
fn a_file_of_16_mib_is_imported_and_exported_within_64_mib() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    for number in 0..FIELDS {
        let text = json!({"name": format!("f{number}"), "display_name": "f", "field_type": "TEXT"});
        field(&admin, &entity, &text);
    }
    let header: Vec<String> = (0..FIELDS).map(|number| format!("f{number}")).collect();
    let cell = |row: usize, number: usize| format!("{row:06} {number:02} {}", "ñ".repeat(96));
    let row = |row: usize| (0..FIELDS).map(|number| cell(row, number)).collect::<Vec<_>>().join(",");
    let rows: Vec<String> = (0..ROWS).map(row).collect();
    let csv = format!("{}\n{}\n", header.join(","), rows.join("\n"));
    assert!((15 << 20..16 << 20).contains(&csv.len()), "{} bytes", csv.len());
    let database = app.stop();
    let grown = |work: &dyn Fn(&Client)| {
        let program = Program::serve(&database, &[]);
        let nobody = program.anonymous();
        let login = nobody.post("/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
        let admin = nobody.clone().bearing(login.expect(200)["access_token"].as_str().unwrap());
        let before = program.high_water();
        work(&admin);
        program.high_water() - before
    };
    let imported = grown(&|admin| {
        let done = admin.post_csv(&format!("{}:import", records(&entity)), csv.clone());
        assert_eq!(done.expect(200)["created"], ROWS);
    });
    assert!(imported < 64 << 10, "the import took {imported} KiB");
    let exported = grown(&|admin| {
        let given = admin.get(&format!("{}:export", records(&entity)));
        assert_eq!((given.status, given.text().lines().count()), (200, 1 + ROWS));
    });
    assert!(exported < 32 << 10, "the export took {exported} KiB");
}
