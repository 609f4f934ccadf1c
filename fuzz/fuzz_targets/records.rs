//! Files of records: no bytes break their reader, and a text that was written is read as it was.

#![no_main]

use atalaya_application::tables::{ImportSource as _, Written};
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{FieldNumber, Record, Table, Value, Values};
use atalaya_fuzz::table_of_every_type;
use atalaya_web::import_file::{ImportFile, Reading};
use atalaya_web::tabular;
use atalaya_web::{CsvForm, csv_part};
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

const LIMA: chrono_tz::Tz = chrono_tz::America::Lima;

fn file(bytes: Vec<u8>) -> ImportFile {
    ImportFile::new(tabular::Table::of_bytes(bytes, None), Reading::default())
}

fn read_any(table: &Table, bytes: &[u8]) {
    for bytes in [bytes.to_vec(), [b"a,b,c,d,e,f,g,h\n", bytes].concat()] {
        let file = file(bytes);
        let Ok(opened) = file.open(table, LIMA) else { continue };
        let mut line = 0;
        for row in opened.rows {
            let Ok(row) = row else { break };
            assert!(row.line > line, "lines ascend");
            line = row.line;
        }
    }
}

fn read_again(table: &Table, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let text = text.replace('\0', "");
    let record = Record {
        id: RecordId::new(Uuid::nil()),
        revision: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        values: Values::from([(FieldNumber::new(0), Value::Text(text.clone()))]),
    };
    let file = file(csv_part(table, &[record], CsvForm::default(), true).unwrap());
    let opened = file.open(table, LIMA).unwrap();
    let rows: Vec<_> = opened.rows.map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].cells[0].written, Written::Text(text));
}

fuzz_target!(|bytes: &[u8]| {
    let table = table_of_every_type();
    read_any(&table, bytes);
    read_again(&table, bytes);
});
