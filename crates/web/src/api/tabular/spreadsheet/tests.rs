use super::testing::{Said, Zip, book, frame, of_rows, relation, series, sheet, text};
use crate::api::tabular::{Cell, CellKind, Row, RowFault, Table, TableFault, WorkbookFault};

fn open(bytes: Vec<u8>, sheet: Option<&str>) -> Result<(Vec<String>, Vec<Row>), TableFault> {
    let table = Table::of_bytes(bytes, sheet)?;
    let mut rows = table.rows()?;
    let (names, mut all) = (rows.names().to_vec(), Vec::new());
    while let Some(row) = rows.next_row()? {
        all.push(row);
    }
    Ok((names, all))
}

fn read(bytes: Vec<u8>) -> (Vec<String>, Vec<Row>) {
    open(bytes, None).unwrap()
}

fn fault(bytes: Vec<u8>) -> WorkbookFault {
    match open(bytes, None) {
        Err(TableFault::Workbook(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

/// The cells of the only row.
fn cells(bytes: Vec<u8>) -> Vec<Cell> {
    read(bytes).1.remove(0).cells.unwrap()
}

fn texts(row: &Row) -> Vec<&str> {
    row.cells.as_ref().unwrap().iter().map(Cell::as_str).collect()
}

#[test]
fn a_sheet_is_read_row_by_row_and_empty_cells_keep_their_places() {
    let rows = format!(
        "<row r=\"2\">{}{}{}</row><row r=\"4\" spans=\"1:3\"><c r=\"A4\" s=\"1\"><v>46387</v></c><c r=\"C4\"><v>1.5E3</v></c>\
         </row><row r=\"5\"/><row r=\"6\"><c r=\"B6\" s=\"1\"/></row><row r=\"9\"><c r=\"B9\"><v>2</v></c></row>",
        text("A2", "Fecha"),
        text("B2", " Notas "),
        text("C2", "Seguidores"),
    );
    let (names, rows) = read(of_rows(&rows, &[]));
    assert_eq!(names, ["Fecha", "Notas", "Seguidores"]);
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 9]);
    assert_eq!((texts(&rows[0]), texts(&rows[1])), (vec!["2026-12-31", "", "1500"], vec!["", "2", ""]));
}

#[test]
fn each_kind_of_cell_is_what_a_person_sees_or_nothing_that_a_value_could_be_made_of() {
    for (cell, kind, expected) in [
        ("<c s=\"0\"><v>0.1</v></c>", CellKind::Number, "0.1"),
        ("<c t=\"n\"><v>1E-05</v></c>", CellKind::Number, "0.00001"),
        ("<c><v>-396205</v></c>", CellKind::Number, "-396205"),
        ("<c s=\"1\"><v>46387</v></c>", CellKind::Time, "2026-12-31"),
        ("<c s=\"2\"><v>46387.75</v></c>", CellKind::Time, "2026-12-31 18:00:00"),
        ("<c s=\"2\"><v>0.75</v></c>", CellKind::Unusable, "0.75"),
        ("<c s=\"3\"><v>1.5</v></c>", CellKind::Unusable, "1.5"),
        ("<c t=\"s\"><v>1</v></c>", CellKind::Written, "31/12/2026"),
        ("<c t=\"str\"><f>A1&amp;\"x\"</f><v>a &lt; b &#241;</v></c>", CellKind::Written, "a < b ñ"),
        ("<c><f>SUM(A1)</f><v>12</v></c>", CellKind::Number, "12"),
        ("<c><f>SUM(A1)</f></c>", CellKind::Unusable, "="),
        ("<c><f>SUM(A1)</f><v></v></c>", CellKind::Unusable, "="),
        ("<c t=\"b\"><v>1</v></c>", CellKind::Unusable, "TRUE"),
        ("<c t=\"e\"><v>#N/A</v></c>", CellKind::Unusable, "#N/A"),
        ("<c t=\"d\"><v>2026-12-31T18:00:00</v></c>", CellKind::Written, "2026-12-31T18:00:00"),
        ("<c><v>1e999</v></c>", CellKind::Unusable, "1e999"),
        (
            "<c t=\"inlineStr\"><is><r><t>31/</t></r><r><t>12</t></r><rPh><t>x</t></rPh></is></c>",
            CellKind::Written,
            "31/12",
        ),
    ] {
        let rows = format!("<row>{}</row><row>{cell}</row>", text("A1", "x"));
        let found = cells(of_rows(&rows, &["otro", "31/12/2026"]));
        assert_eq!((found[0].kind(), found[0].as_str()), (kind, expected), "{cell}");
    }
}

#[test]
fn days_are_counted_from_1904_on_where_the_workbook_says_so() {
    let rows = series(["fecha", "valor"], &[(44_925.0, 5.0)]);
    for said in ["1", "true"] {
        let bytes = book(&sheet(&rows), &[], &format!("date1904=\"{said}\"")).finish();
        assert_eq!(cells(bytes)[0].as_str(), "2026-12-31");
    }
}

#[test]
fn the_sheet_that_is_named_is_read_else_the_first_that_is_seen() {
    let sheets = "<sheet name=\"Oculta\" sheetId=\"1\" state=\"hidden\" r:id=\"r1\"/>\
                  <sheet name=\"Gráfico\" sheetId=\"2\" r:id=\"r2\"/>\
                  <sheet name=\"Datos &amp; más\" sheetId=\"3\" r:id=\"r3\"/><sheet name=\"Otra\" sheetId=\"4\" r:id=\"r4\"/>";
    let relations = [
        relation("r1", "worksheet", "worksheets/a.xml"),
        relation("r2", "chartsheet", "chartsheets/b.xml"),
        relation("r3", "worksheet", "/xl/worksheets/c.xml"),
        relation("r4", "worksheet", "../xl/worksheets/D.xml"),
    ];
    let named = |name: &str| sheet(&format!("<row>{}</row>", text("A1", name)));
    let bytes = frame(sheets, "", &relations.concat())
        .part("xl/worksheets/a.xml", &named("a"))
        .part("xl/worksheets/c.xml", &named("c"))
        .part("XL\\Worksheets\\d.xml", &named("d"))
        .finish();
    for (wanted, name) in [(None, "c"), (Some("oculta"), "a"), (Some("DATOS & MÁS"), "c"), (Some(" Otra "), "d")] {
        assert_eq!(open(bytes.clone(), wanted).unwrap().0, [name], "{wanted:?}");
    }
    let Err(TableFault::Workbook(unknown)) = open(bytes, Some("Gráfico")) else { panic!("a chart has no rows") };
    assert_eq!(unknown, WorkbookFault::UnknownSheet { known: "Oculta, Datos & más, Otra".to_owned() });
    let text = open(b"a,b\n".to_vec(), Some("Otra"));
    assert!(matches!(text, Err(TableFault::Workbook(WorkbookFault::NotAWorkbook))), "{text:?}");
}

#[test]
fn what_is_no_xlsx_workbook_is_told_from_one() {
    let compound = |name: &str| {
        let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        bytes.resize(512, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    assert_eq!(fault(compound("Workbook")), WorkbookFault::Old);
    assert_eq!(fault(compound("EncryptedPackage")), WorkbookFault::Encrypted);
    let other = Zip::default().part("mimetype", "application/vnd.oasis.opendocument.spreadsheet").finish();
    assert_eq!(fault(other), WorkbookFault::OtherFormat);
    assert_eq!(fault(Zip::default().finish()), WorkbookFault::OtherFormat);
    let package = "<Relationships><Relationship Type=\"x/officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>";
    assert_eq!(fault(Zip::default().part("_rels/.rels", package).finish()), WorkbookFault::OtherFormat);
    let locked = Zip::default().part_that_says("_rels/.rels", b"x", |said| said.flags = 1).finish();
    assert_eq!(fault(locked), WorkbookFault::Encrypted);
}

#[test]
fn sizes_and_checksums_that_lie_are_found_out() {
    let sheet = sheet(&series(["fecha", "valor"], &[(46_387.0, 5.0)]));
    let with = |change: fn(&mut Said)| {
        let relations = relation("r1", "worksheet", "worksheets/sheet1.xml");
        frame("<sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/>", "", &relations)
            .part_that_says("xl/worksheets/sheet1.xml", sheet.as_bytes(), change)
            .finish()
    };
    assert_eq!(read(with(|_| {})).1.len(), 1);
    assert_eq!(fault(with(|said| said.unpacked -= 1)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.unpacked += 1)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.unpacked = u32::MAX - 1)), WorkbookFault::TooLarge);
    assert_eq!(fault(with(|said| said.unpacked = u32::MAX)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.packed = u32::MAX - 1)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.packed -= 4)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.checksum ^= 1)), WorkbookFault::Damaged);
    assert_eq!(fault(with(|said| said.method = 12)), WorkbookFault::Damaged);
    let whole = with(|_| {});
    for end in [5, 30, whole.len() / 2, whole.len() - 1] {
        assert_eq!(fault(whole[..end].to_vec()), WorkbookFault::Damaged, "cut after {end} bytes");
    }
}

#[test]
fn an_archive_with_too_many_parts_is_not_looked_through() {
    let said = Said { flags: 0, method: 0, checksum: 0, packed: 0, unpacked: 0 };
    let many = (0..5_000).fold(Zip::default(), |zip, number| zip.packed_part(&format!("{number}"), b"", said));
    assert_eq!(fault(many.finish()), WorkbookFault::TooLarge);
}

#[test]
fn a_sheet_written_against_the_rules_is_damaged() {
    for rows in [
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"0\"/>",
        "<row r=\"1048577\"/>",
        "<row r=\"x\"/>",
        "<row><c r=\"B1\"/><c r=\"A1\"/></row>",
        "<row><c r=\"XFE1\"/></row>",
        "<row><c r=\"AAAAAAAAAAAAAAAAAAA1\"/></row>",
        "<row><c r=\"1\"/></row>",
        "<row><c t=\"s\"><v>7</v></c></row>",
        "<row><c t=\"s\"><v>-1</v></c></row>",
        "<row><c><v>1</v></row>",
        "<row><c><v>&unknown;</v></c></row>",
        "<row>",
    ] {
        assert_eq!(fault(of_rows(rows, &["a"])), WorkbookFault::Damaged, "{rows}");
    }
    let entities = format!("<!DOCTYPE x [<!ENTITY a \"aaaa\">]>{}", sheet(""));
    assert_eq!(fault(book(&entities, &[], "").finish()), WorkbookFault::Damaged);
    let deep = format!("{}{}", "<a>".repeat(100), sheet(""));
    assert_eq!(fault(book(&deep, &[], "").finish()), WorkbookFault::Damaged);
}

#[test]
fn more_cells_than_the_header_has_are_told_and_dimensions_are_not_believed() {
    let rows = format!("<row>{}</row><row><c r=\"A2\"><v>1</v></c><c r=\"XFD2\"><v>2</v></c></row>", text("A1", "y"));
    let wide = sheet(&rows).replace("A1:B3", "A1:XFD1048576");
    let (_, rows) = read(book(&wide, &[], "").finish());
    assert_eq!(rows[0].cells, Err(RowFault::FieldCount { found: 16_384, expected: 1 }));
    let header = "<row><c r=\"XFD1\"><v>2</v></c></row>";
    assert_eq!(fault(of_rows(header, &[])), WorkbookFault::TooLarge);
}

#[test]
fn texts_that_no_cell_could_hold_fill_no_memory() {
    let long = "x".repeat(3 << 20);
    let header = |cell: &str| format!("<row>{}</row><row>{cell}</row>", text("A1", "y"));
    assert_eq!(fault(of_rows(&header(&text("A2", &long)), &[])), WorkbookFault::TooLarge);
    assert_eq!(fault(of_rows(&header("<c t=\"s\"><v>0</v></c>"), &[&long])), WorkbookFault::TooLarge);
    assert_eq!(fault(of_rows(&header(&format!("<c x=\"{long}\"/>")), &[])), WorkbookFault::TooLarge);
    // In pieces between elements, none of which is long.
    let pieces = format!("<c r=\"A2\"><v>{}</v></c>", "<a/>12345678901234567890".repeat(100_000));
    let pieces = open(of_rows(&header(&pieces), &[]), None);
    assert!(matches!(pieces, Err(TableFault::TooLong { line: 2 })), "{pieces:?}");
    let row: String = format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", "x".repeat(9_000)).repeat(200);
    let row = open(of_rows(&header(&row), &[]), None);
    assert!(matches!(row, Err(TableFault::TooLong { line: 2 })), "{row:?}");
}

#[test]
fn an_archive_of_64_bits_is_read() {
    // As some programs write them for files of any size: both sizes stand in the extra field.
    let sheet = sheet(&series(["fecha", "valor"], &[(46_387.0, 5.0)]));
    let relations = relation("r1", "worksheet", "worksheets/sheet1.xml");
    let mut bytes = frame("<sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/>", "", &relations)
        .part("xl/worksheets/sheet1.xml", &sheet)
        .finish();
    let end = bytes.len() - 22;
    let entry = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let packed: [u8; 4] = bytes[entry + 20..entry + 24].try_into().unwrap();
    let unpacked: [u8; 4] = bytes[entry + 24..entry + 28].try_into().unwrap();
    bytes[entry + 20..entry + 28].fill(0xff);
    bytes[entry + 30] = 20;
    let whole = |size: [u8; 4]| u64::from(u32::from_le_bytes(size)).to_le_bytes();
    let extra = [&[1, 0, 16, 0], &whole(unpacked)[..], &whole(packed)[..]].concat();
    bytes.splice(end..end, extra);
    assert_eq!(read(bytes).1.len(), 1);
}
