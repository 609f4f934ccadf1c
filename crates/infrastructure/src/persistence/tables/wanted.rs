//! What a query means, in terms of the index: which keys a record has in which field, and which it has not.

use atalaya_domain::tables::{Bound, FieldNumber, FieldType, Filter, Reach, RecordQuery, Table, Test, Value};

use super::Id;
use super::sort_key::{exact, sort_key};
use super::unique_key::{CREATOR, creator_key};

/// The shortest text that two truncated keys may have in common: a character takes up to four bytes, so a key is cut at
/// most three before its end.
const DECIDED_BYTES: usize = atalaya_domain::tables::COLLATED_BYTES - 3;
/// What makes the signs of a pattern plain characters.
const ESCAPE: char = '\\';

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// Those that all of these want; every one, where there is none.
    All(Vec<Self>),
    /// Those that one of these wants; none, where there is none.
    Any(Vec<Self>),
    /// Those with such a value.
    Has(Held),
    /// Those without one.
    Lacks(Held),
    /// Those whose id is smaller than this one.
    Below(Id),
    /// Those whose id is larger.
    Above(Id),
}

/// Values of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    /// Any value.
    Something(i32),
    /// One of these values, which sort like no others.
    Keys(i32, Vec<Vec<u8>>),
    /// One of these texts: how they sort, and what tells each apart.
    Texts(i32, Vec<Vec<u8>>, Vec<Vec<u8>>),
    /// Values from the first key on and before the second.
    Span(i32, Vec<u8>, Option<Vec<u8>>),
    /// Texts whose folded form is like this pattern.
    Like(i32, String),
    /// Texts of one of these fields whose folded form is like this pattern.
    AnyLike(Vec<i32>, String),
}

impl Held {
    /// Whether the index leads to the values at once.
    pub(super) fn is_found_by_key(&self) -> bool {
        !matches!(self, Self::Like(..) | Self::AnyLike(..))
    }

    /// How many such values a record may have.
    pub(super) fn most_of_a_record(&self) -> i64 {
        match self {
            Self::AnyLike(fields, _) => i64::try_from(fields.len()).unwrap_or(i64::MAX).max(1),
            _ => 1,
        }
    }

    /// Whether the index leads to the values at once, and they are of that field.
    pub(super) fn is_by_key_of(&self, field: i32) -> bool {
        match self {
            Self::Something(of) | Self::Keys(of, _) | Self::Texts(of, ..) | Self::Span(of, ..) => *of == field,
            Self::Like(..) | Self::AnyLike(..) => false,
        }
    }
}

impl Wanted {
    /// What a query means.
    pub(super) fn of(table: &Table, query: &RecordQuery) -> Self {
        let texts: Vec<i32> =
            table.fields.iter().filter(|field| is_text(field.kind)).map(|field| field.number.get()).collect();
        let words = query.words.iter().map(|word| Self::Has(Held::AnyLike(texts.clone(), containing(word))));
        Self::All(reached(table).into_iter().chain([filter(table, &query.filter)]).chain(words).collect()).simplified()
    }

    /// Whether every record is wanted.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::All(Vec::new())
    }

    /// Whether no record can be wanted.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::Any(Vec::new())
    }

    /// Whether texts have to be looked through for it.
    pub(super) fn has_pattern(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_pattern),
            Self::Has(held) | Self::Lacks(held) => !held.is_found_by_key(),
            Self::Below(_) | Self::Above(_) => false,
        }
    }

    /// What of it is about ids.
    pub(super) fn of_ids(&self) -> Self {
        let is_of_ids = |part: &&Self| matches!(part, Self::Below(_) | Self::Above(_));
        Self::All(self.parts().iter().filter(is_of_ids).cloned().collect())
    }

    /// Whether nothing but a span of the values of a field is wanted.
    pub(super) fn is_span_of(&self, field: i32) -> bool {
        matches!(self.parts(), [Self::Has(Held::Span(of, ..))] if *of == field)
    }

    /// Whether a record without a value of the field cannot be wanted.
    pub(super) fn needs(&self, field: i32) -> bool {
        self.parts().iter().any(|part| matches!(part, Self::Has(held) if held.is_by_key_of(field)))
    }

    /// What has to hold together, and that the field has a key from the first on and before the second. That comes
    /// first: so the index is gone through from where it begins.
    pub(super) fn within(&self, field: i32, from: Vec<u8>, until: Option<Vec<u8>>) -> Vec<Self> {
        let span = Self::Has(Held::Span(field, from, until));
        spans_joined(std::iter::once(span).chain(self.parts().iter().cloned()))
    }

    /// What has to hold together.
    pub(super) fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// Whether it is a span that no key is in.
    fn is_empty_span(&self) -> bool {
        matches!(self, Self::Has(Held::Span(_, from, Some(until))) if from >= until)
    }

    /// Without groups of one, and groups of the same kind in one another, and with one span of a field where several
    /// have to hold together.
    fn simplified(self) -> Self {
        let nothing = Self::Any(Vec::new());
        let everything = Self::All(Vec::new());
        match self {
            Self::All(parts) => {
                let mut flat = Vec::new();
                for part in parts.into_iter().map(Self::simplified) {
                    match part {
                        Self::All(inner) => flat.extend(inner),
                        other => flat.push(other),
                    }
                }
                let joined = spans_joined(flat);
                if joined.iter().any(|part| *part == nothing || part.is_empty_span()) {
                    return nothing;
                }
                single(joined, Self::All)
            }
            Self::Any(parts) => {
                let mut flat = Vec::new();
                for part in parts.into_iter().map(Self::simplified) {
                    match part {
                        Self::Any(inner) => flat.extend(inner),
                        other => flat.push(other),
                    }
                }
                if flat.contains(&everything) {
                    return everything;
                }
                single(flat, Self::Any)
            }
            other => other,
        }
    }
}

/// What has to hold together, with the spans of a field in one: a record has one value of a field, and two bounds that
/// are asked for one by one would each be most of a table.
fn spans_joined(parts: impl IntoIterator<Item = Wanted>) -> Vec<Wanted> {
    let mut joined: Vec<Wanted> = Vec::new();
    for part in parts {
        let Wanted::Has(Held::Span(field, from, until)) = part else {
            joined.push(part);
            continue;
        };
        let before = joined.iter_mut().find_map(|part| match part {
            Wanted::Has(Held::Span(of, first, end)) if *of == field => Some((first, end)),
            _ => None,
        });
        match before {
            Some((first, end)) => {
                *first = from.max(std::mem::take(first));
                *end = until.into_iter().chain(end.take()).min();
            }
            None => joined.push(Wanted::Has(Held::Span(field, from, until))),
        }
    }
    joined
}

/// A group, or the one that it is made of.
fn single(mut parts: Vec<Wanted>, group: fn(Vec<Wanted>) -> Wanted) -> Wanted {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            group(parts)
        }
    }
}

/// Which records are there for who opened the table: every one, where nothing is said.
fn reached(table: &Table) -> Option<Wanted> {
    match table.reach() {
        Reach::Nothing => Some(Wanted::Any(Vec::new())),
        Reach::Own(user) => Some(Wanted::Has(Held::Keys(CREATOR, vec![creator_key(user.get())]))),
        Reach::All => None,
    }
}

fn filter(table: &Table, meant: &Filter) -> Wanted {
    match meant {
        Filter::All(filters) => Wanted::All(filters.iter().map(|meant| filter(table, meant)).collect()),
        Filter::Any(filters) => Wanted::Any(filters.iter().map(|meant| filter(table, meant)).collect()),
        Filter::Field(number, test) => match table.field_numbered(*number) {
            Some(field) => tested(*number, field.kind, test),
            None if test.passes(None) => Wanted::All(Vec::new()),
            None => Wanted::Any(Vec::new()),
        },
    }
}

/// A test of a field's values. A value of another type is none of the field's.
fn tested(number: FieldNumber, kind: FieldType, test: &Test) -> Wanted {
    let field = number.get();
    let nothing = Wanted::Any(Vec::new());
    match test {
        Test::Missing => Wanted::Lacks(Held::Something(field)),
        Test::Present => Wanted::Has(Held::Something(field)),
        Test::OneOf(values) => one_of(field, kind, values).map_or(nothing, Wanted::Has),
        Test::NoneOf(values) => one_of(field, kind, values).map_or(Wanted::All(Vec::new()), Wanted::Lacks),
        Test::Within { from, until } => span(field, kind, from, until).map_or(nothing, Wanted::Has),
        Test::Outside { from, until } => {
            let inside = span(field, kind, &Bound::Inclusive(from.clone()), &Bound::Exclusive(until.clone()));
            inside.map_or(Wanted::All(Vec::new()), Wanted::Lacks)
        }
        Test::Contains(part) if is_text(kind) => Wanted::Has(Held::Like(field, containing(part))),
        Test::Starts(start) if is_text(kind) => Wanted::Has(starting(field, start)),
        Test::Contains(_) | Test::Starts(_) => nothing,
    }
}

fn is_text(kind: FieldType) -> bool {
    matches!(kind, FieldType::Text | FieldType::Choice)
}

fn one_of(field: i32, kind: FieldType, values: &[Value]) -> Option<Held> {
    let own: Vec<&Value> = values.iter().filter(|value| value.kind() == kind).collect();
    let keys: Vec<Vec<u8>> = own.iter().map(|value| sort_key(value)).collect();
    let texts: Vec<Vec<u8>> = own.iter().filter_map(|value| exact(value)).collect();
    match (keys.is_empty(), texts.is_empty()) {
        (true, _) => None,
        (false, true) => Some(Held::Keys(field, keys)),
        (false, false) => Some(Held::Texts(field, keys, texts)),
    }
}

/// The keys within bounds: none, where a bound is of another type.
fn span(field: i32, kind: FieldType, from: &Bound, until: &Bound) -> Option<Held> {
    let key = |value: &Value| (value.kind() == kind).then(|| sort_key(value));
    let from = match from {
        Bound::Open => Vec::new(),
        Bound::Inclusive(value) => key(value)?,
        Bound::Exclusive(value) => next(key(value)?),
    };
    let until = match until {
        Bound::Open => None,
        Bound::Inclusive(value) => Some(next(key(value)?)),
        Bound::Exclusive(value) => Some(key(value)?),
    };
    Some(Held::Span(field, from, until))
}

/// The first key behind this one.
pub(super) fn next(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

/// Texts that begin so: a span of keys where the start is within what keys hold, a pattern where it is longer.
fn starting(field: i32, start: &str) -> Held {
    if start.len() > DECIDED_BYTES {
        return Held::Like(field, format!("{}%", escaped(start)));
    }
    let mut until = start.as_bytes().to_vec();
    // No byte of a text is the largest one.
    let until = until.last_mut().map(|last| *last += 1).map(|()| until.clone());
    Held::Span(field, start.as_bytes().to_vec(), until)
}

/// The pattern of texts that have this somewhere.
fn containing(part: &str) -> String {
    format!("%{}%", escaped(part))
}

fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(letter);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(field: i32, from: &[u8], until: Option<&[u8]>) -> Wanted {
        Wanted::Has(Held::Span(field, from.to_vec(), until.map(<[u8]>::to_vec)))
    }

    fn all(parts: &[Wanted]) -> Wanted {
        Wanted::All(parts.to_vec()).simplified()
    }

    #[test]
    fn bounds_of_a_field_that_hold_together_are_one_span() {
        let (from, until) = (span(1, b"b", None), span(1, b"", Some(b"d")));
        let one = span(1, b"b", Some(b"d"));
        assert_eq!(all(&[from.clone(), until.clone()]), one);
        assert_eq!(
            all(&[until.clone(), Wanted::All(vec![from.clone(), span(2, b"x", None)])]).parts(),
            [one.clone(), span(2, b"x", None)]
        );
        assert_eq!(all(&[one.clone(), span(1, b"a", Some(b"c")), span(1, b"", None)]), span(1, b"b", Some(b"c")));
        // Of several that one is enough of, each stays.
        let any = Wanted::Any(vec![from.clone(), until.clone()]);
        assert_eq!(any.clone().simplified(), any);
        assert!(all(&[span(1, b"d", None), until]).is_nothing());
        assert_eq!(from.within(1, b"a".to_vec(), Some(b"z".to_vec())), [span(1, b"b", Some(b"z"))]);
    }
}
