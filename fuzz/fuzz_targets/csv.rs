//! Files of observations: no bytes break a reader, and what is read is what a file can hold.

#![no_main]

use atalaya_domain::account::AccountHandle;
use atalaya_prediction::Sequence;
use atalaya_server::series_file::{Forms, SeriesFile};
use atalaya_web::observations::csv;
use libfuzzer_sys::fuzz_target;

fn read_series(bytes: &[u8]) {
    // A carriage return alone ends a line as well, and UTF-16 has two bytes for each character.
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let lines = u64::try_from(ends + 1).unwrap();
    let Ok(forms) = Forms::of(bytes, None) else { return };
    let Ok(file) = SeriesFile::open(bytes, forms) else { return };
    let mut read_until = 0;
    for series in file {
        let series = match series {
            Ok(series) => series,
            Err(error) => {
                let words = error.to_string();
                let line = words.strip_prefix("line ").and_then(|rest| rest.split_once(':')).unwrap().0;
                assert!((1..=lines.max(1)).contains(&line.parse().unwrap()), "{words}, of {lines} lines");
                return;
            }
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
    let owner = csv::Owner { handle: &handle, time_zone: chrono_tz::America::Santiago, dates: None };
    let Ok(rows) = csv::read(bytes, owner) else { return };
    let observations: Vec<_> = rows.iter().map(|row| row.observation).collect();
    let again = csv::read(&csv::write(&observations).unwrap(), owner).unwrap();
    assert_eq!(again.iter().map(|row| row.observation).collect::<Vec<_>>(), observations);
}

fuzz_target!(|bytes: &[u8]| {
    read_series(bytes);
    read_account(bytes);
});
