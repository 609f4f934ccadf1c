//! Excel files: uploads, the command line, and files that are made to do harm.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use atalaya_tests::workbook::{Said, Zip, book, frame, of_rows, relation, repeated, series, sheet, text};
use atalaya_tests::{Client, Reply, TestApp, TestDatabase, bank};
use reqwest::Method;
use serde_json::{Value, json};

use crate::command_line::{attempt, run, succeed};
use crate::program::memory;

const PATH: &str = "/accounts/BCPComunica/observations";
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica"))
}

fn post(client: &Client, path: &str, workbook: impl Into<Vec<u8>>) -> Reply {
    client.send(Method::POST, path, WORKBOOK, workbook)
}

/// A file as a program of other people wrote it.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/workbooks").join(name)).unwrap()
}

fn followers(client: &Client) -> Vec<u64> {
    let rows = client.get(&format!("{PATH}?limit=1000")).expect(200)["observations"].clone();
    rows.as_array().unwrap().iter().map(|row| row["seguidores"].as_u64().unwrap()).collect()
}

#[test]
fn an_excel_file_is_stored_as_the_same_csv_would_be() {
    let app = app();
    let admin = app.login("admin_bcp");
    let did = post(&admin, PATH, fixture("openpyxl.xlsx"));
    assert_eq!(did.expect(200), &json!({"inserted": 60, "updated": 0, "unchanged": 0}));
    let row = |day: u64| format!("{}\t{}\n", day_of(day), 396_000 + 37 * day + day % 7 * 11);
    let tabs: String = (0..60).map(row).collect();
    let same = admin.send(Method::POST, PATH, "text/tab-separated-values", format!("Fecha\tSeguidores\n{tabs}"));
    assert_eq!(same.expect(200)["unchanged"], 60);
    let trial = post(&admin, &format!("{PATH}?dry_run=true&hoja=texto"), fixture("openpyxl.xlsx")).expect(200).clone();
    assert_eq!((&trial["would_update"], &trial["errors_total"]), (&json!(60), &json!(0)));
    let formats = json!([{"column": "Fecha", "format": "dd/mm/yyyy"}, {"column": "seguidores", "format": "1.234,5"}]);
    assert_eq!((&trial["columns"], &trial["formats"]), (&json!(["Fecha", "Seguidores"]), &formats));
    assert_eq!(post(&admin, &format!("{PATH}?hoja=TEXTO"), fixture("openpyxl.xlsx")).expect(200)["updated"], 60);
    assert_eq!(followers(&admin)[0], 1_396_000);
}

fn day_of(day: u64) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    (first + chrono::Days::new(day)).to_string()
}

#[test]
fn the_content_tells_what_a_file_is_and_not_what_it_is_called() {
    let app = app();
    let admin = app.login("admin_bcp");
    let sent = |media: &str, body: &[u8]| admin.send(Method::POST, PATH, media, body).expect(200).clone();
    let rows = series(["fecha", "valor"], &[(46_023.0, 5.0)]);
    assert_eq!(sent("text/csv", &of_rows(&rows, &[]))["inserted"], 1);
    assert_eq!(sent(WORKBOOK, b"fecha,valor\n2026-01-01,5\n")["unchanged"], 1);
    assert_eq!(sent("application/vnd.ms-excel", b"Fecha;Valor\n2026-01-01;5\n")["unchanged"], 1);
}

#[test]
fn each_row_that_breaks_a_rule_is_named_by_its_row_and_the_name_of_its_column() {
    let app = app();
    let admin = app.login("admin_bcp");
    let cell = |cell: &str| format!("<row>{}{cell}</row>", "<c s=\"1\"><v>46023</v></c>");
    let rows = [
        format!("<row r=\"3\">{}{}</row>", text("A3", "Día"), text("B3", "Followers")),
        cell("<c t=\"e\"><v>#N/A</v></c>"),
        cell("<c><v>1.5</v></c>"),
        cell(""),
        cell("<c t=\"b\"><v>1</v></c>"),
        "<row><c><v>46023</v></c><c><v>5</v></c></row>".to_owned(),
    ];
    let reply = post(&admin, PATH, of_rows(&rows.concat(), &[]));
    let rules = [
        "seguidores: unusable_cell",
        "seguidores: not_a_count",
        "seguidores: not_a_count",
        "seguidores: unusable_cell",
        "hora: invalid_time",
    ];
    assert_eq!(reply.broken_rules(), rules);
    let place = |error: &Value| (error["line"].clone(), error["column"].clone());
    let places: Vec<_> = reply.json["errors"].as_array().unwrap().iter().map(place).collect();
    let expected = [4, 5, 6, 7].map(|line| (json!(line), json!("Followers")));
    assert_eq!((&places[..4], &places[4]), (&expected[..], &(json!(8), json!("Día"))));
    assert!(followers(&admin).is_empty());
}

#[test]
fn what_is_not_read_is_refused_with_what_to_do_in_the_readers_language() {
    let app = app();
    let spanish = app.login("admin_bcp");
    let english = spanish.clone().with("accept-language", "en");
    let old = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 504]].concat();
    let locked: Vec<u8> =
        old.iter().copied().chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cut = fixture("openpyxl.xlsx")[..5_000].to_vec();
    let other = Zip::default().part("mimetype", "application/vnd.oasis.opendocument.spreadsheet").finish();
    for (file, rule) in [
        (old, "file: old_workbook"),
        (locked, "file: encrypted_workbook"),
        (cut, "file: damaged_workbook"),
        (other, "file: other_workbook"),
    ] {
        let replies = [&spanish, &english].map(|client| post(client, PATH, file.clone()));
        let messages = replies.map(|reply| {
            assert_eq!(reply.broken_rules(), [rule]);
            reply.json["errors"][0]["message"].as_str().unwrap().to_owned()
        });
        let cures = [" como .xlsx o CSV.", " as .xlsx or CSV."];
        assert!(messages.iter().zip(cures).all(|(message, cure)| message.ends_with(cure)), "{messages:?}");
    }
    let unknown = post(&spanish, &format!("{PATH}?hoja=Enero"), fixture("openpyxl.xlsx"));
    assert_eq!(unknown.broken_rules(), ["hoja: unknown_sheet"]);
    assert!(unknown.text().contains("Seguidores, Texto, Fórmulas"), "{}", unknown.text());
    let text = spanish.send(Method::POST, &format!("{PATH}?hoja=Enero"), "text/csv", "fecha,valor\n");
    assert_eq!(text.broken_rules(), ["hoja: not_a_workbook"]);
}

#[test]
fn a_sheet_is_forecast_and_backtested_and_an_account_is_imported_from_one() {
    let folder = TestDatabase::default();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.folder().join(name), bytes).unwrap();
    write("ventas.txt", &fixture("xlsxwriter_1904.xlsx"));
    write("cuenta.xlsx", &fixture("openpyxl.xlsx"));
    let printed = |arguments: &[&str]| {
        let output = run(&folder, arguments, &[], "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let forecast = printed(&["forecast", "ventas.txt", "--horizon", "2"]);
    assert!(forecast.lines().nth(1).unwrap().starts_with("ventas,2026-03-02 08:00:00,398"), "{forecast}");
    let of_account = printed(&["forecast", "cuenta.xlsx", "--horizon", "2", "--sheet", "seguidores"]);
    assert!(of_account.lines().nth(1).unwrap().starts_with("cuenta,2026-03-02,398"), "{of_account}");
    assert!(printed(&["backtest", "ventas.txt", "--horizon", "2", "--origins", "2"]).contains("Naive"));
    let _ = succeed(&folder, &["migrate", "up"], "");
    let _ = succeed(&folder, &["company", "create", "BCP"], "");
    let import = ["account", "import", "cuenta.xlsx", "--company", "BCP", "--account", "cuenta", "--create", "Cuenta"];
    assert!(succeed(&folder, &import, "").contains("60"));
    let broken = attempt(&folder, &[&import[..], &["--sheet", "Fórmulas"]].concat());
    let errors = String::from_utf8(broken.stderr).unwrap();
    assert!(!broken.status.success() && errors.contains("row 2: seguidores: "), "{errors}");
}

/// A workbook whose only sheet is this part.
fn with_sheet(part: impl FnOnce(Zip, &str) -> Zip) -> Vec<u8> {
    let relations = relation("r1", "worksheet", "worksheets/sheet1.xml");
    part(frame("<sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/>", "", &relations), "xl/worksheets/sheet1.xml").finish()
}

/// A workbook with another part in place of one of its own.
fn with_part(name: &str, content: &str) -> Vec<u8> {
    let relations = [
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "styles", "styles.xml"),
        relation("r3", "sharedStrings", "sharedStrings.xml"),
    ];
    let rows = sheet(&series(["fecha", "valor"], &[(46_023.0, 5.0)]));
    frame("<sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/>", "", &relations.concat())
        .part("xl/worksheets/sheet1.xml", &rows)
        .part(name, content)
        .finish()
}

/// Files that would take a reader gigabytes, or the process with them, if it believed them.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let bomb = repeated(b' ', 1_024);
    let packed = u32::try_from(bomb.len()).unwrap();
    let says = |unpacked: u32| Said { flags: 0, method: 8, checksum: 0, packed, unpacked };
    let bomb_that_says = |unpacked| with_sheet(|zip, name| zip.packed_part(name, &bomb, says(unpacked)));
    let header = |cells: &str| {
        let names = text("A1", "fecha") + &text("B1", "valor");
        sheet(&format!("<row r=\"1\">{names}</row><row r=\"2\">{cells}</row>"))
    };
    let nothing = Said { flags: 0, method: 0, checksum: 0, packed: 0, unpacked: 0 };
    let many = (0..150_000).fold(Zip::default(), |zip, number| zip.packed_part(&format!("{number:06}"), b"", nothing));
    let font = format!("<fonts><font><name val=\"{}\"/></font></fonts>", "x".repeat(200_000));
    vec![
        ("a gibibyte that says its size", bomb_that_says(1 << 30)),
        ("a gibibyte that says that it is 100 bytes", bomb_that_says(100)),
        ("a gibibyte that says that it is what is allowed", bomb_that_says(128 << 20)),
        ("parts without end", many.finish()),
        ("texts that are counted wrong", with_part("xl/sharedStrings.xml", "<sst uniqueCount=\"999999999999\"/>")),
        ("texts without end", with_part("xl/sharedStrings.xml", &format!("<sst>{}</sst>", "<si/>".repeat(6_000_000)))),
        (
            "texts of 30 MiB",
            with_part(
                "xl/sharedStrings.xml",
                &format!("<a>{}</a>", format!("<si><t>{}</t></si>", "x".repeat(1_000)).repeat(30_000)),
            ),
        ),
        (
            "a font for each format",
            with_part("xl/styles.xml", &format!("<a>{font}<cellXfs>{}</cellXfs></a>", "<xf/>".repeat(60_000))),
        ),
        ("formats without end", with_part("xl/styles.xml", &format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(600_000)))),
        ("a text of 30 MiB", book(&header(&text("A2", &"x".repeat(30 << 20))), &[], "").finish()),
        ("an attribute of 30 MiB", book(&header(&format!("<c a=\"{}\"/>", "x".repeat(30 << 20))), &[], "").finish()),
        ("elements within one another", book(&format!("{}{}", "<a>".repeat(5_000_000), header("")), &[], "").finish()),
        (
            "a row of long cells",
            book(&header(&format!("<c><v>{}</v></c>", "1".repeat(30_000)).repeat(16_384 / 16)), &[], "").finish(),
        ),
        (
            "dimensions of a whole sheet",
            book(&header("<c><v>x</v></c>").replace("A1:B3", "A1:XFD1048576"), &[], "").finish(),
        ),
    ]
}

/// The most memory that reading a file took, in KiB, and what was said of it.
fn read_by_program(folder: &TestDatabase, bytes: &[u8]) -> (u64, String) {
    std::fs::write(folder.folder().join("hostile.xlsx"), bytes).unwrap();
    // What is said has to wait until the memory is looked at: the pipe is full before.
    let (mut said, mut full) = std::io::pipe().unwrap();
    let filling = vec![b'.'; 65_536];
    full.write_all(&filling).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_serve_for_tests"))
        .args(["forecast", "hostile.xlsx", "--horizon", "2"])
        .current_dir(folder.folder())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .unwrap();
    let (mut most, mut since) = (0, Instant::now());
    while since.elapsed() < Duration::from_secs(1) {
        let now = memory(process.id(), "VmHWM:").unwrap_or_default();
        if now > most {
            (most, since) = (now, Instant::now());
        }
        assert!(process.try_wait().unwrap().is_none(), "it ended before it said why");
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut words = String::new();
    std::io::Read::read_to_string(&mut said, &mut words).unwrap();
    assert!(!process.wait().unwrap().success());
    (most, words.trim_start_matches('.').to_owned())
}

#[test]
fn files_that_are_made_to_do_harm_are_refused_within_64_mib() {
    let folder = TestDatabase::default();
    let (usual, _) = read_by_program(&folder, &of_rows("<row><c><v>x</v></c></row>", &[]));
    for (name, bytes) in hostile() {
        assert!(bytes.len() <= 16 << 20, "{name} is larger than what is read: {} bytes", bytes.len());
        let (most, words) = read_by_program(&folder, &bytes);
        assert!(most < usual + (64 << 10), "{name} took {} KiB more than {usual}", most - usual);
        assert_eq!(words.trim_end().lines().count(), 1, "{name}: {words}");
    }
}

#[test]
fn files_that_are_made_to_do_harm_are_refused_over_http_and_the_server_goes_on() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (name, bytes) in hostile() {
        let reply = post(&admin, PATH, bytes);
        assert_eq!(reply.status, 422, "{name}: {}", reply.text());
    }
    let rows = series(["fecha", "valor"], &[(46_023.0, 5.0)]);
    assert_eq!(post(&admin, PATH, of_rows(&rows, &[])).expect(200)["inserted"], 1);
}

#[test]
fn a_row_in_which_a_rule_is_broken_is_shown_as_cells_between_tabs() {
    let app = app();
    let admin = app.login("admin_bcp");
    let file = of_rows(&series(["fecha", "valor"], &[(46_023.0, 5.0), (46_024.0, 5.5)]), &[]);
    let told = post(&admin, &format!("{PATH}?dry_run=true&skip_invalid=true"), file).expect(200).clone();
    assert_eq!((&told["accepted"], &told["rows"], &told["skipped"]), (&json!(true), &json!(2), &json!(1)));
    assert_eq!((&told["errors"][0]["line"], &told["errors"][0]["text"]), (&json!(3), &json!("2026-01-02\t5.5")));
}
