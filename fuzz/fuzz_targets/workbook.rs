//! Workbooks: no bytes break their reader, neither as a file nor as a part of a sound one. What is read is rows that
//! ascend, with as many cells as the header has.

#![no_main]

#[path = "../../tests/src/workbook.rs"]
#[expect(dead_code, reason = "the tests of the product make hostile files with the rest of it")]
mod workbook;

use atalaya_domain::account::AccountHandle;
use atalaya_server::series_file::{Forms, SeriesFile};
use atalaya_web::observations::file;
use atalaya_web::tabular::{LONGEST_LINE, Table};
use libfuzzer_sys::fuzz_target;
use workbook::{Zip, framed, relation, series, sheet};

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A sound workbook but for one part, which is these bytes.
fn with_part(part: &str, bytes: &[u8]) -> Vec<u8> {
    let relations = [
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "styles", "styles.xml"),
        relation("r3", "sharedStrings", "sharedStrings.xml"),
    ];
    let rows = series(["fecha", "valor"], &[(46_023.0, 5.0), (46_024.5, 6.5)]);
    let zip = Zip::default().part_that_says(part, bytes, |_| {});
    let zip = framed(zip, "<sheet name=\"Hoja1\" sheetId=\"1\" r:id=\"r1\"/>", "", &relations.concat());
    zip.part(SHEET, &sheet(&rows)).finish()
}

/// A sheet with rows that are these bytes.
fn with_rows(bytes: &[u8]) -> Vec<u8> {
    let sheet = sheet("|");
    let (before, after) = sheet.split_once('|').unwrap();
    with_part(SHEET, &[before.as_bytes(), bytes, after.as_bytes()].concat())
}

fn read(bytes: Vec<u8>) {
    let Ok(table) = Table::of_bytes(bytes, None) else { return };
    let Ok(mut rows) = table.rows() else { return };
    let (width, mut last) = (rows.names().len(), rows.header_line());
    while let Ok(Some(row)) = rows.next_row() {
        assert!(row.line > last);
        last = row.line;
        if let Ok(cells) = &row.cells {
            assert_eq!(cells.len(), width);
            assert!(cells.iter().map(|cell| cell.as_str().len()).sum::<usize>() <= 2 * LONGEST_LINE);
        }
    }
    let handle = AccountHandle::parse("Interbank").unwrap();
    let time_zone = chrono_tz::America::Santiago;
    let owner = file::Owner { handle: &handle, time_zone, dates: None, passes_over: false };
    let upload = file::survey(&table, owner, 10).batch;
    assert!(upload.broken > 0 || upload.violations.is_empty());
    let Ok(forms) = Forms::of(&table, None) else { return };
    let Ok(series) = SeriesFile::open(&table, forms, "series") else { return };
    for series in series.flatten() {
        assert!(series.points.iter().all(|(_, value)| value.is_finite()));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    read(match kind {
        // An archive begins so.
        b'P' => bytes.to_vec(),
        b'b' => with_part("xl/workbook.xml", rest),
        b'r' => with_part("xl/_rels/workbook.xml.rels", rest),
        b's' => with_part("xl/styles.xml", rest),
        b't' => with_part("xl/sharedStrings.xml", rest),
        _ => with_rows(rest),
    });
});
