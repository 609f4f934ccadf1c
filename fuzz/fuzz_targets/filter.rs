//! Filters and values of records: no text breaks their readers, a view keeps what a filter means, and what a field
//! takes is read again from how it is written.

#![no_main]

use atalaya_domain::company::{Company, CompanyName};
use atalaya_domain::id::CompanyId;
use atalaya_domain::tables::{Input, Keys, Table, Value};
use atalaya_fuzz::table_of_every_type;
use atalaya_web::{kept_filter, read_filter};
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;

fn company() -> Company {
    Company {
        id: CompanyId::new(1),
        name: CompanyName::parse("Banco Uno").unwrap(),
        time_zone: chrono_tz::America::Lima,
        active: true,
        created_at: DateTime::UNIX_EPOCH,
    }
}

fn read_and_keep(table: &Table, text: &str) {
    let company = company();
    let Ok(filter) = read_filter(text, Keys::Names, table, &company) else { return };
    // A view refuses what is longer than it keeps.
    let Ok(kept) = kept_filter(text, table, &company) else { return };
    assert_eq!(read_filter(&kept, Keys::Ids, table, &company).unwrap(), filter);
}

/// A value that a field takes is read again from how it is written.
fn judge(table: &Table, text: &str) {
    for field in &table.fields {
        let _ = Value::judge(field, &Input::Text(text.into()));
        if let Ok(Some(value)) = Value::judge(field, &Input::written(field.kind, text)) {
            let written = value.to_string();
            assert_eq!(Value::judge(field, &Input::written(field.kind, &written)).unwrap(), Some(value));
        }
    }
}

fuzz_target!(|text: &str| {
    let table = table_of_every_type();
    read_and_keep(&table, text);
    judge(&table, text);
});
