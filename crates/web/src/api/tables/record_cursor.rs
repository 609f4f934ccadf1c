//! Cursors of lists of records.

use atalaya_application::ports::tables::RecordMark;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{FieldNumber, Sort, SortBy};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::api::cursor::Cursor;

/// What stands between the parts of a list in a cursor.
const BETWEEN: char = '~';
/// The step of an order that goes by the time of creation.
const CREATED: &str = "c";
/// That a record has no value.
const NOTHING: &str = "n";
/// What a key begins with.
const KEY: &str = "k";

/// How many came before, the id, the order, and the keys of the record in base64 (RFC 4648, 5), points between them.
impl Cursor for RecordMark {
    fn write(&self) -> String {
        let step = |Sort { by, descending }: &Sort| {
            let by = match by {
                SortBy::Created => CREATED.to_owned(),
                SortBy::Field(number) => number.get().to_string(),
            };
            format!("{}{by}", if *descending { 'd' } else { 'a' })
        };
        let key = |key: &Option<Vec<u8>>| match key {
            Some(key) => format!("{KEY}{}", URL_SAFE_NO_PAD.encode(key)),
            None => NOTHING.to_owned(),
        };
        let joined = |parts: Vec<String>| parts.join(&BETWEEN.to_string());
        let order = joined(self.order.iter().map(step).collect());
        let keys = joined(self.keys.iter().map(key).collect());
        format!("{}.{}.{order}.{keys}", self.given, self.after.get())
    }

    fn read(text: &str) -> Option<Self> {
        let (given, rest) = text.split_once('.')?;
        let (after, rest) = rest.split_once('.')?;
        let (order, keys) = rest.split_once('.')?;
        let order: Vec<Sort> = parts(order).map(step).collect::<Option<_>>()?;
        let keys: Vec<Option<Vec<u8>>> = parts(keys).map(key).collect::<Option<_>>()?;
        let after = RecordId::new(Uuid::parse_str(after).ok()?);
        let fits = order.len() <= Sort::MOST && keys.len() <= order.len();
        fits.then_some(Self { order, keys, after, given: given.parse().ok()? })
    }
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(BETWEEN).filter(|part| !part.is_empty())
}

fn step(text: &str) -> Option<Sort> {
    let (direction, by) = text.split_at_checked(1)?;
    let by = if by == CREATED { SortBy::Created } else { SortBy::Field(FieldNumber::new(by.parse().ok()?)) };
    match direction {
        "a" => Some(Sort { by, descending: false }),
        "d" => Some(Sort { by, descending: true }),
        _ => None,
    }
}

#[expect(clippy::option_option, reason = "no key and no value are different things here")]
fn key(text: &str) -> Option<Option<Vec<u8>>> {
    if text == NOTHING {
        return Some(None);
    }
    let key = URL_SAFE_NO_PAD.decode(text.strip_prefix(KEY)?).ok()?;
    (key.len() <= RecordMark::MOST_KEY_BYTES).then_some(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::cursor::parse;

    const ID: &str = "0197f2a0-0000-7000-8000-00000000000a";

    #[test]
    fn a_mark_is_a_cursor_and_no_other_spelling_is() {
        let by = |number, descending| Sort { by: SortBy::Field(FieldNumber::new(number)), descending };
        let created = Sort { by: SortBy::Created, descending: true };
        let after = RecordId::new(Uuid::parse_str(ID).unwrap());
        for (order, keys) in [
            (vec![], vec![]),
            (vec![created], vec![]),
            (vec![by(3, true), by(5, false), created], vec![Some(vec![0, 255]), None]),
            (vec![by(1, false)], vec![Some(Vec::new())]),
        ] {
            let mark = RecordMark { order, keys, after, given: 40 };
            assert_eq!(parse::<RecordMark>(&mark.write()), Some(mark));
        }
        for none in [
            "",
            "5",
            "40..",
            "x.ID..",
            "+4.ID..",
            "040.ID..",
            "4.ID.x1.kAA",
            "4.ID.a.",
            "4.ID.a01.",
            "4.ID.a1~.k",
            "4.ID..k",
            "4.ID.a1.AA",
            "4.ID.a1.kA",
            "4.ID.a1.k*",
            "4.ID.a1.k.",
            "4.ID.a1~a2~a3~a4~a5~a6.",
        ] {
            assert_eq!(parse::<RecordMark>(&none.replace("ID", ID)), None, "{none}");
        }
        let long = format!("4.{ID}.a1.k{}", URL_SAFE_NO_PAD.encode([7; RecordMark::MOST_KEY_BYTES + 1]));
        assert_eq!(parse::<RecordMark>(&long), None);
        assert_eq!(parse::<RecordMark>(&format!("4.{}..", ID.to_uppercase())), None);
    }
}
