//! Importing and exporting at the machine.

use serde_json::json;

use super::{app, define, field, plain};
use crate::command_line::{attempt_with, succeed};

#[test]
fn a_table_is_imported_and_exported_at_the_machine() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    field(&admin, &entity, &plain("gasto", "NUMBER"));
    field(&admin, &entity, &plain("día", "DATE"));
    let database = app.stop();
    let import = |more: &[&str], csv: &str| {
        let arguments = [&["table", "import", "-", "--company", "BCP", "--table", "campaign"], more].concat();
        let output = attempt_with(&database, &arguments, csv);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let csv = "código;gasto;nota\nA;1,5;x\nB;2;y\n";
    let told = "nothing was stored; it would be: 2 created, 0 changed, 0 unchanged, 0 rows left out\n";
    let (done, said, beside) = import(&["--dry-run"], csv);
    assert_eq!((done, said.as_str(), beside.as_str()), (true, told, "columns of no field: nota\n"));
    assert_eq!(import(&[], csv).1, "2 created, 0 changed, 0 unchanged, 0 rows left out\n");
    let (done, _, said) = import(&["--upsert-key", "código"], "código;gasto\nA;3\nC;x\n");
    assert!(!done && said.contains("line 3: gasto: "), "{said}");
    let (done, said, _) = import(&["--upsert-key", "código", "--skip-invalid"], "código;gasto\nA;3\nC;x\n");
    assert_eq!((done, said.as_str()), (true, "0 created, 1 changed, 0 unchanged, 1 rows left out\n"));
    let (done, _, said) = import(&[], "código;día\nD;03/04/2026\n");
    assert!(!done && said.contains("--date-format dd/mm/yyyy"), "{said}");
    let csv = succeed(&database, &["table", "export", "--company", "BCP", "--table", "campaign"], "");
    let lines: Vec<_> = csv.lines().map(|line| line.split_once(',').unwrap().1).collect();
    assert_eq!(lines, ["código,gasto,día", "B,2,", "A,3,"]);
    let missing = attempt_with(&database, &["table", "export", "--company", "BCP", "--table", "nada"], "");
    assert_eq!(String::from_utf8_lossy(&missing.stderr), "atalaya: the company has no table nada\n");
}
