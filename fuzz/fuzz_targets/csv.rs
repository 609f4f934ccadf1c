//! Files of observations: no bytes break a reader, and what is read is what a file can hold.

#![no_main]

use atalaya_domain::account::AccountHandle;
use atalaya_prediction::Sequence;
use atalaya_server::series_file::{Forms, SeriesFile, SeriesFileError};
use atalaya_web::observations::{csv, file};
use atalaya_web::tabular::Table;
use libfuzzer_sys::fuzz_target;

fn read_series(bytes: &[u8]) {
    // A carriage return alone ends a line as well, and UTF-16 has two bytes for each character.
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let lines = u64::try_from(ends + 1).unwrap();
    let Ok(table) = Table::of_bytes(bytes.to_vec(), None) else { return };
    let Ok(forms) = Forms::of(&table, None) else { return };
    let Ok(file) = SeriesFile::open(&table, forms, "series") else { return };
    let mut read_until = 0;
    for series in file {
        let series = match series {
            Ok(series) => series,
            Err(SeriesFileError::Refused(refused)) => {
                let are_there = refused.iter().all(|refused| (1..=lines).contains(&refused.line));
                assert!(are_there, "{refused:?}, of {lines} lines");
                return;
            }
            Err(_) => return,
        };
        assert!(!series.id.is_empty() && series.bytes > read_until);
        assert!(series.points.iter().all(|(_, value)| value.is_finite()));
        read_until = series.bytes;
        if let Ok(sequence) = Sequence::new(&series.points) {
            assert!(sequence.len() <= Sequence::LONGEST);
            assert!(sequence.time(sequence.len()) > sequence.time(0));
            assert!(!series.form.write(sequence.time(sequence.len())).is_empty());
        }
    }
}

fn read_account(bytes: &[u8]) {
    let handle = AccountHandle::parse("Interbank").unwrap();
    let time_zone = chrono_tz::America::Santiago;
    let owner = file::Owner { handle: &handle, time_zone, dates: None, passes_over: false };
    let Ok(table) = Table::of_bytes(bytes.to_vec(), None) else { return };
    let upload = file::survey(&table, owner, 10).batch;
    assert!(upload.violations.len() <= upload.broken.min(10));
    assert!(upload.rows.len() <= upload.total);
    if upload.broken > 0 {
        return;
    }
    let observations: Vec<_> = upload.rows.iter().map(|row| row.observation).collect();
    let written = Table::of_bytes(csv::write(&observations).unwrap(), None).unwrap();
    let again = file::survey(&written, owner, 10).batch;
    assert_eq!(again.rows.iter().map(|row| row.observation).collect::<Vec<_>>(), observations);
}

fuzz_target!(|bytes: &[u8]| {
    read_series(bytes);
    read_account(bytes);
});
