use atalaya_application::tables::{ImportRow, ImportSource as _, OpenedRows, Written};
use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::tables::{
    DisplayName, Entity, EntityName, Field, FieldName, FieldNumber, FieldType, Number, Opener, Presentation, Record,
    Rules, Table, TableAccess, Value, Values,
};
use chrono::{DateTime, NaiveDate, SubsecRound as _};
use proptest::prelude::*;
use uuid::Uuid;

use super::file::{ImportFile, Reading};
use crate::api::tables::export::{CsvForm, csv_part};
use crate::api::tabular::{self, DateOrder, TextEncoding, TextForm};

const LIMA: chrono_tz::Tz = chrono_tz::America::Lima;

fn field(number: i32, name: &str, kind: FieldType) -> Field {
    Field {
        id: FieldId::new(Uuid::from_u128(u128::try_from(number).unwrap())),
        number: FieldNumber::new(number),
        name: FieldName::parse(name).unwrap(),
        display_name: DisplayName::parse(&format!("El {name}")).unwrap(),
        kind,
        required: false,
        max_length: Some(10_000),
        display_order: u32::try_from(number).unwrap(),
        created_at: DateTime::UNIX_EPOCH,
        target: None,
        rules: Rules { choices: vec!["Perú".to_owned(), "Chile".to_owned()], ..Rules::default() },
        presentation: Presentation::default(),
        retyping: None,
    }
}

fn table() -> Table {
    let kinds = [
        ("texto", FieldType::Text),
        ("gasto", FieldType::Number),
        ("clics", FieldType::Integer),
        ("día", FieldType::Date),
        ("cuando", FieldType::DateTime),
        ("activa", FieldType::Boolean),
        ("país", FieldType::Choice),
        ("otro", FieldType::Relation),
    ];
    let fields = (1..).zip(kinds).map(|(number, (name, kind))| field(number, name, kind)).collect();
    let entity = Entity {
        id: EntityId::new(Uuid::nil()),
        name: EntityName::parse("prueba").unwrap(),
        display_name: DisplayName::parse("Prueba").unwrap(),
        description: None,
        created_at: DateTime::UNIX_EPOCH,
        access: TableAccess::default(),
        requires_if_match: false,
        unique_together: Vec::new(),
    };
    Table { entity, fields, opener: Opener::Program }
}

fn file(bytes: impl Into<Vec<u8>>, reading: Reading) -> ImportFile {
    ImportFile::new(tabular::Table::of_bytes(bytes.into(), None), reading)
}

fn with<T>(bytes: impl Into<Vec<u8>>, reading: Reading, look: impl FnOnce(OpenedRows<'_>) -> T) -> T {
    look(file(bytes, reading).open(&table(), LIMA).unwrap())
}

fn told_of(row: &ImportRow) -> Vec<String> {
    let told = |written: &Written| match written {
        Written::Nothing => "∅".to_owned(),
        Written::Boolean(is) => is.to_string(),
        Written::Number(number) => format!("#{number}"),
        Written::Text(text) | Written::Json(text) => text.clone(),
        Written::Unreadable(violation) => format!("!{}", violation.code),
    };
    row.cells.iter().map(|cell| told(&cell.written)).collect()
}

/// What each row says, once it is known how the file is written.
fn rows_read(bytes: impl Into<Vec<u8>>, reading: Reading) -> Vec<Vec<String>> {
    with(bytes, reading, |opened| {
        assert_eq!((opened.question, opened.faults), (None, Vec::new()));
        opened.rows.map(|row| told_of(&row.unwrap())).collect()
    })
}

fn rows(text: &str) -> Vec<Vec<String>> {
    rows_read(text, Reading::default())
}

fn column(name: &str, cells: &[&str]) -> Vec<String> {
    let lines: Vec<String> = cells.iter().map(|cell| format!("{cell};z\n")).collect();
    rows(&format!("{name};x\n{}", lines.concat())).concat()
}

#[test]
fn numbers_are_read_as_they_are_written_and_never_as_others() {
    assert_eq!(column("gasto", &["10,5", "1.234,50", "-3", ""]), ["#10.5", "#1234.50", "#-3", "∅"]);
    assert_eq!(column("gasto", &["\u{2212}35,01"]), ["#-35.01"]);
    assert_eq!(column("gasto", &["10.5", "1,234.50", "007", ".5"]), ["#10.5", "#1234.50", "#7", "#0.5"]);
    assert_eq!(column("gasto", &["10,5", "10,50", "vmx-15", "S/ 5", "1 2"])[2..], ["!wrong_type"; 3]);
    let digits = "12345678901234567890.12345678";
    assert_eq!(column("gasto", &[digits]), [format!("#{digits}")], "no digit goes by way of a binary fraction");
    assert_eq!(column("clics", &["5", "5,00", "5,5"]), ["#5", "#5", "#5.5"]);
}

#[test]
fn a_number_that_may_be_two_is_asked_for() {
    let text = "gasto;x\n12.345;\n";
    let question = with(text, Reading::default(), |opened| opened.question.unwrap());
    assert_eq!((question.choice, question.column.as_str(), question.options), ("decimal", "gasto", vec![",", "."]));
    let told = |decimal| rows_read(text, Reading { decimal: Some(decimal), ..Reading::default() }).concat();
    assert_eq!((told(','), told('.')), (vec!["#12345".to_owned()], vec!["#12.345".to_owned()]));
    // What another column shows counts for all.
    assert_eq!(rows("gasto;clics\n12.345;1.234.567\n").concat(), ["#12345", "#1234567"]);
    assert_eq!(rows("gasto,x\n12.345,\n").concat(), ["#12.345"], "a comma between cells leaves decimals the point");
}

#[test]
fn a_date_that_may_be_two_is_asked_for() {
    let text = "día;x\n03/04/2026;\n05/04/2026;\n";
    let question = with(text, Reading::default(), |opened| opened.question.unwrap());
    assert_eq!((question.choice, question.column.as_str()), ("date_order", "día"));
    let told = |dates| rows_read(text, Reading { dates: Some(dates), ..Reading::default() }).concat();
    assert_eq!(told(DateOrder::DayFirst), ["2026-04-03", "2026-04-05"]);
    assert_eq!(told(DateOrder::MonthFirst), ["2026-03-04", "2026-05-04"]);
    assert_eq!(column("día", &["03/04/2026", "31/1/2026"]), ["2026-04-03", "2026-01-31"]);
    assert_eq!(column("día", &["2026-04-03", "vmx-15", ""]), ["2026-04-03", "vmx-15", "∅"], "the rules refuse it");
    assert_eq!(rows("día;cuando\n03/04/2026;13/04/2026 18:30\n").concat(), ["2026-04-03", "2026-04-13T23:30:00Z"]);
    let of_text = with("texto;x\n03/04/2026;\n", Reading::default(), |opened| opened.question);
    assert_eq!(of_text, None, "a text is no date");
}

#[test]
fn words_are_read_as_people_of_both_languages_write_them() {
    let cells = ["VERDADERO", "falso", "Sí", "no", "TRUE", "0", "quizá"];
    let read = ["true", "false", "true", "false", "true", "false", "!wrong_type"];
    assert_eq!(column("activa", &cells), read);
    assert_eq!(column("país", &["Perú", " PERU ", "chile", "Bolivia"]), ["Perú", "Perú", "Chile", "Bolivia"]);
}

#[test]
fn encodings_and_delimiters_are_found_and_said() {
    let text = "texto;gasto\nAño;10,5\n";
    let utf_16 = |mark: &str| format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), "utf-8"),
        (format!("\u{feff}{text}").into_bytes(), "utf-8-bom"),
        (utf_16("\u{feff}"), "utf-16le"),
        (utf_16(""), "utf-16le"),
        (windows.to_vec(), "windows-1252"),
    ] {
        let detected = with(bytes.clone(), Reading::default(), |opened| opened.detected);
        assert_eq!((detected.encoding, detected.delimiter, detected.decimal), (Some(encoding), Some(';'), Some(',')));
        assert_eq!(rows_read(bytes, Reading::default()).concat(), ["Año", "#10.5"], "{encoding}");
    }
    let told = TextForm { encoding: Some(TextEncoding::Windows1252), ..TextForm::default() };
    let read = rows_read(text, Reading { text: told, ..Reading::default() });
    assert_eq!(read.concat(), ["AÃ±o", "#10.5"], "what is told counts");
    for (text, delimiter) in [
        ("texto,gasto\na,1\n", ','),
        ("texto\tgasto\na\t1\n", '\t'),
        ("sep=|\ntexto|gasto\na|1\n", '|'),
        ("texto;gasto;Nota, con más\na;1;x\n", ';'),
        ("texto;gasto, en soles\na;1\n", ';'),
        ("texto,gasto,\"x;y;z\"\na,1,x\n", ','),
        ("texto,gasto,x; y\na,1,x\n", ','),
    ] {
        assert_eq!(with(text, Reading::default(), |opened| opened.detected.delimiter), Some(delimiter), "{text}");
        assert_eq!(rows(text).concat()[0], "a", "{text}");
    }
}

#[test]
fn columns_are_fields_by_name_or_label_and_others_are_said() {
    let columns = |header: &str| {
        with(format!("{header}\n"), Reading::default(), |opened| {
            opened.columns.into_iter().map(|(_, field)| field.unwrap_or("-".to_owned())).collect::<Vec<_>>().join(" ")
        })
    };
    assert_eq!(columns("texto;EL GASTO;El Dia;Texto 2;id"), "texto gasto día - -");
    let told = vec![("a".to_owned(), Some("gasto".to_owned())), ("gasto".to_owned(), None)];
    let reading = || Reading { columns: told.clone(), ..Reading::default() };
    assert_eq!(rows_read("a;gasto;texto\n1;2;x\n", reading()).concat(), ["#1", "x"]);
    let faults = |header: &str| {
        with(format!("{header}\n"), Reading::default(), |opened| {
            opened.faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
        })
    };
    assert_eq!(faults("texto;El texto"), ["repeated_column"]);
    assert_eq!(faults("nada;nadie"), ["unknown_column"]);
    assert!(file("texto\n", reading()).open(&table(), LIMA).is_err(), "there is no column of that name");
}

#[test]
fn a_cell_may_have_several_lines_and_blanks_of_its_own() {
    let read = rows("texto,gasto\n\"una \"\"línea\"\"\r\n\r\n y otra \",1\n\" \",2\n5\" tubo,3\n");
    assert_eq!(read.concat(), ["una \"línea\"\r\n\r\n y otra ", "#1", " ", "#2", "5\" tubo", "#3"]);
    let faults = with("texto,gasto\na,1\nb\n\"c,2\nd,3\n", Reading::default(), |opened| {
        opened.rows.map(|row| row.unwrap()).map(|row| (row.line, row.fault.map(|fault| fault.code))).collect::<Vec<_>>()
    });
    assert_eq!(faults, [(2, None), (3, Some("wrong_field_count")), (4, Some("malformed"))]);
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[='+@;, \"\n\r\t|a-]{0,6}", any::<String>().prop_map(|text| text.replace('\0', ""))]
}

fn values() -> impl Strategy<Value = Values> {
    let number = "-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,14})?";
    let number = number.prop_map(|written| Value::Number(Number::parse(&written).unwrap()));
    let day = (1..3_652_059).prop_map(|day| Value::Date(NaiveDate::from_num_days_from_ce_opt(day).unwrap()));
    let at = (-62_135_000_000_000_000_i64..253_402_300_000_000_000)
        .prop_map(|micros| Value::DateTime(DateTime::from_timestamp_micros(micros).unwrap().trunc_subsecs(6)));
    let each: Vec<BoxedStrategy<Value>> = vec![
        texts().prop_map(Value::Text).boxed(),
        number.boxed(),
        (-Value::MAX_INTEGER..=Value::MAX_INTEGER).prop_map(Value::Integer).boxed(),
        day.boxed(),
        at.boxed(),
        any::<bool>().prop_map(Value::Boolean).boxed(),
        Just(Value::Choice("Perú".to_owned())).boxed(),
        any::<u128>().prop_map(|id| Value::Relation(RecordId::new(Uuid::from_u128(id)))).boxed(),
    ];
    each.into_iter().map(proptest::option::of).collect::<Vec<_>>().prop_map(|values| {
        let numbered = (1..).zip(values).filter_map(|(number, value)| Some((FieldNumber::new(number), value?)));
        numbered.collect()
    })
}

fn exported(records: &[Record], form: CsvForm) -> Vec<u8> {
    csv_part(&table(), records, form, true).unwrap()
}

proptest! {
    #[test]
    fn what_was_exported_is_imported_as_it_was(all in proptest::collection::vec(values(), 0..5), has_mark: bool) {
        let record = |values: &Values| Record {
            id: RecordId::new(Uuid::nil()),
            revision: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            values: values.clone(),
        };
        let records: Vec<Record> = all.iter().map(record).collect();
        let bytes = exported(&records, CsvForm { has_mark, ..CsvForm::default() });
        let read: Vec<Vec<String>> = rows_read(bytes, Reading::default());
        let told = |value: Option<&Value>| match value {
            None => "∅".to_owned(),
            Some(value @ (Value::Number(_) | Value::Integer(_))) => format!("#{value}"),
            Some(value) => value.to_string(),
        };
        let fields = table().fields;
        let expected: Vec<Vec<String>> =
            all.iter().map(|values| fields.iter().map(|field| told(values.get(&field.number))).collect()).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_file_is_too_much_for_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let file = file([b"texto,gasto\n".as_slice(), &bytes].concat(), Reading::default());
        if let Ok(opened) = file.open(&table(), LIMA) {
            let _ = opened.rows.count();
        }
    }
}
