use proptest::prelude::*;

use super::*;

fn rows(bytes: &[u8]) -> Result<Rows, TableFault> {
    Table::of_bytes(bytes.to_vec(), None)?.rows()
}

fn settled(column: &[&str], decimal_points: bool) -> NumberForm {
    let mut separators = Separators::default();
    for text in column {
        separators.note(text);
    }
    separators.settle(decimal_points)
}

#[test]
fn what_is_no_number_in_any_country_is_none() {
    let form = settled(&["1,234.5"], false);
    for bad in [
        "",
        "-",
        ".",
        ",",
        "1..2",
        "1,23",
        "12,34,567",
        "1.2,3.4",
        "1,2345,678",
        "NaN",
        "inf",
        "1e",
        "1e9.5",
        "0x1",
        "1 2",
        "９",
    ] {
        assert!(form.number(bad).is_err(), "{bad:?}");
    }
    for (text, number) in [("-1,234.5", -1234.5_f64), (".5", 0.5), ("1.000e-17", 1e-17), ("+7", 7.0), ("0.125", 0.125)]
    {
        assert_eq!(form.number(text).map(f64::to_bits), Ok(number.to_bits()), "{text:?}");
    }
}

#[test]
fn whole_numbers_may_have_decimals_that_are_nothing() {
    let form = settled(&["5.0"], false);
    for (text, whole) in [("5", Ok(5)), ("5.0", Ok(5)), ("5.00", Ok(5)), ("12.000", Ok(12)), ("1,234", Ok(1_234))] {
        assert_eq!(form.whole(text), whole, "{text:?}");
    }
    for bad in ["5.5", "-5", "5.", "1e3", "12.345"] {
        assert_eq!(form.whole(bad), Err(NumberFault::NotANumber), "{bad:?}");
    }
}

#[test]
fn a_line_that_tells_the_separator_is_no_header() {
    for (text, names) in [
        ("sep=;\na;b,c\n", ["a", "b,c"]),
        ("\"sep=,\"\na;b,c\n", ["a;b", "c"]),
        ("\u{feff}sep=\t\r\na\tb\r\n", ["a", "b"]),
        ("a\tb\n", ["a", "b"]),
    ] {
        assert_eq!(rows(text.as_bytes()).unwrap().names(), names, "{text:?}");
    }
}

#[test]
fn clocks_of_twelve_hours_are_read() {
    let plain = |text| plain_time(text, Some(DateOrder::DayFirst)).map(|(text, _)| text.into_owned());
    for (text, expected) in [
        ("1/2/2026 12:05 a. m.", "2026-02-01 00:05"),
        ("01-02-2026 12:05 PM", "2026-02-01 12:05"),
        ("01.02.2026 1:05:30 p.m.", "2026-02-01 13:05:30"),
        ("2026/2/1 9:30", "2026-02-01 09:30"),
        ("2026-02-01T09:30:00Z", "2026-02-01T09:30:00Z"),
    ] {
        assert_eq!(plain(text).as_deref(), Ok(expected), "{text:?}");
    }
    for bad in ["1/2/2026 13:05 p. m.", "1/2/2026 0:05 am", "1/2/2026 x", "1/2/2026 1"] {
        assert_eq!(plain(bad), Err(TimeFault::Invalid), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_table_and_rows_have_the_cells_of_their_header(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let Ok(mut rows) = rows(&bytes) else { return Ok(()) };
        let (width, mut line) = (rows.names().len(), rows.header_line());
        while let Ok(Some(row)) = rows.next_row() {
            prop_assert!(row.line > line);
            line = row.line;
            prop_assert!(row.cells.is_err() || row.cells.is_ok_and(|cells| cells.len() == width));
        }
    }

    #[test]
    fn a_number_is_the_same_in_every_country(number in 0..10_000_000_u32, cents in 1..100_u32) {
        let plain = format!("{number}.{cents:02}");
        let grouped = |comma: &str, point: &str| {
            let digits = number.to_string();
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
            format!("{}{point}{cents:02}", groups.join(comma))
        };
        for text in [plain.clone(), grouped(",", "."), grouped(".", ",")] {
            prop_assert_eq!(settled(&[&text], false).number(&text), Ok(plain.parse::<f64>().unwrap()));
        }
    }
}
