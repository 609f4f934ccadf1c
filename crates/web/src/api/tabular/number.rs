//! Numbers with commas and points, which separate decimals in one country and thousands in another.

use std::borrow::Cow;

/// What a comma or a point was seen to separate in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    decimals: bool,
    thousands: bool,
    either: Either,
}

/// Numbers in which a mark separates decimals or thousands, and nothing in them tells which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Either {
    /// There are none.
    #[default]
    None,
    /// They are whole in both ways: `12.000`.
    Whole,
    /// One of them at least is whole with thousands only: `12.345`.
    Fraction,
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self {
            decimals: self.decimals || other.decimals,
            thousands: self.thousands || other.thousands,
            either: self.either.max(other.either),
        }
    }

    fn is_decided(self) -> bool {
        self.decimals || self.thousands
    }

    fn of_whole_numbers(self) -> Self {
        Self { thousands: self.thousands || self.either == Either::Fraction, ..self }
    }
}

/// The sign of numbers below zero in print; programs write a hyphen.
const MINUS: char = '\u{2212}';

/// What the numbers of a column show of how it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Separators {
    comma: Seen,
    point: Seen,
}

/// What a separator separates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Decimals,
    Thousands,
    /// The column shows nothing, or both forms fit it.
    Unknown,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberForm {
    comma: Role,
    point: Role,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// It is none in any country.
    NotANumber,
    /// It is one number with a decimal separator and another with a separator of thousands.
    Ambiguous,
}

/// A separator of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Comma,
    Point,
}

/// What a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// No separator.
    Plain,
    /// The mark separates decimals; the other one, where it is there, thousands.
    Decimals(Mark, bool),
    /// The mark separates thousands.
    Thousands(Mark),
    /// Up to three digits, one mark, three digits.
    Either(Mark, Either),
}

impl Mark {
    fn other(self) -> Self {
        match self {
            Self::Comma => Self::Point,
            Self::Point => Self::Comma,
        }
    }

    fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }
}

impl Separators {
    /// Takes in a number of the column.
    pub fn note(&mut self, text: &str) {
        match shape(text.strip_prefix(MINUS).unwrap_or(text)) {
            Some(Shape::Decimals(mark, grouped)) => {
                self.of(mark).decimals = true;
                self.of(mark.other()).thousands |= grouped;
            }
            Some(Shape::Thousands(mark)) => self.of(mark).thousands = true,
            Some(Shape::Either(mark, either)) => {
                let seen = self.of(mark);
                seen.either = seen.either.max(either);
            }
            Some(Shape::Plain) | None => {}
        }
    }

    /// What the column shows where its numbers are whole: a mark after which decimals would not be zeros separates
    /// thousands.
    #[must_use]
    pub fn of_whole_numbers(self) -> Self {
        Self { comma: self.comma.of_whole_numbers(), point: self.point.of_whole_numbers() }
    }

    /// What this column and another one show together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { comma: self.comma.and(other.comma), point: self.point.and(other.point) }
    }

    /// Whether numbers of the column may be two different ones in that form.
    #[must_use]
    pub fn leave_doubt(self, form: NumberForm) -> bool {
        let in_doubt =
            |seen: Seen, role: Role| role == Role::Unknown && (seen.is_decided() || seen.either != Either::None);
        in_doubt(self.comma, form.comma) || in_doubt(self.point, form.point)
    }

    fn of(&mut self, mark: Mark) -> &mut Seen {
        match mark {
            Mark::Comma => &mut self.comma,
            Mark::Point => &mut self.point,
        }
    }

    /// How the column is written. Where it leaves the point open, `decimal_points` says that it separates decimals.
    #[must_use]
    pub fn settle(self, decimal_points: bool) -> NumberForm {
        // A column has decimals after one of them; what separates thousands leaves the decimals to the other.
        let role = |seen: Seen, other: Seen| match (seen, other) {
            (Seen { decimals: true, thousands: true, .. }, _)
            | (Seen { decimals: true, .. }, Seen { decimals: true, .. })
            | (Seen { thousands: true, .. }, Seen { thousands: true, .. }) => Role::Unknown,
            (Seen { decimals: true, .. }, _) => Role::Decimals,
            (Seen { thousands: true, .. }, _) | (_, Seen { decimals: true, thousands: false, .. }) => Role::Thousands,
            (_, Seen { decimals: false, thousands: true, .. }) => Role::Decimals,
            _ => Role::Unknown,
        };
        let (comma, point) = (role(self.comma, self.point), role(self.point, self.comma));
        let is_open = !self.comma.is_decided() && !self.point.is_decided();
        NumberForm { comma, point: if is_open && decimal_points { Role::Decimals } else { point } }
    }
}

impl NumberForm {
    /// With a decimal point, as programs write numbers.
    pub const PLAIN: Self = Self { comma: Role::Thousands, point: Role::Decimals };

    /// With a decimal comma.
    pub const WITH_COMMA: Self = Self { comma: Role::Decimals, point: Role::Thousands };

    /// A number in each form that a column can show.
    pub const EXAMPLES: [&str; 2] = ["1.234,5", "1,234.5"];

    /// What separates decimals; `None` where the column does not show it.
    #[must_use]
    pub fn decimal_mark(self) -> Option<char> {
        self.example().map(|example| if example.ends_with(",5") { ',' } else { '.' })
    }

    /// A number in this form; `None` where the column shows none.
    #[must_use]
    pub fn example(self) -> Option<&'static str> {
        let [with_comma, with_point] = Self::EXAMPLES;
        match (self.comma, self.point) {
            (Role::Decimals, _) | (_, Role::Thousands) => Some(with_comma),
            (Role::Thousands, _) | (_, Role::Decimals) => Some(with_point),
            (Role::Unknown, Role::Unknown) => None,
        }
    }

    /// The number as a program writes it: no separator of thousands, and a point before decimals.
    ///
    /// # Errors
    /// [`NumberFault`] says which.
    pub fn plain(self, text: &str) -> Result<Cow<'_, str>, NumberFault> {
        match text.strip_prefix(MINUS) {
            Some(digits) => self.in_ascii(&format!("-{digits}")).map(|plain| Cow::Owned(plain.into_owned())),
            None => self.in_ascii(text),
        }
    }

    fn in_ascii(self, text: &str) -> Result<Cow<'_, str>, NumberFault> {
        let role = |mark| match mark {
            Mark::Comma => self.comma,
            Mark::Point => self.point,
        };
        match shape(text).ok_or(NumberFault::NotANumber)? {
            Shape::Plain => Ok(Cow::Borrowed(text)),
            Shape::Decimals(mark, _) | Shape::Thousands(mark) | Shape::Either(mark, _)
                if role(mark) == Role::Unknown =>
            {
                Err(NumberFault::Ambiguous)
            }
            Shape::Decimals(mark, _) | Shape::Either(mark, _) if role(mark) == Role::Decimals => {
                Ok(decimals(text, mark))
            }
            Shape::Thousands(mark) | Shape::Either(mark, _) if role(mark) == Role::Thousands => Ok(without(text, mark)),
            Shape::Decimals(..) | Shape::Thousands(_) | Shape::Either(..) => Err(NumberFault::NotANumber),
        }
    }

    /// A finite number.
    ///
    /// # Errors
    /// [`NumberFault`] says which.
    pub fn number(self, text: &str) -> Result<f64, NumberFault> {
        let number = self.plain(text)?.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or(NumberFault::NotANumber)
    }

    /// A whole number that is not below zero: `5`, `5.0` and `5.00` are five.
    ///
    /// # Errors
    /// [`NumberFault`] says which.
    pub fn whole(self, text: &str) -> Result<u64, NumberFault> {
        let plain = self.plain(text)?;
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, "0"));
        let is_whole = !decimals.is_empty() && decimals.bytes().all(|digit| digit == b'0');
        let is_plain = !whole.is_empty() && whole.bytes().all(|digit| digit.is_ascii_digit());
        (is_whole && is_plain).then(|| whole.parse().ok()).flatten().ok_or(NumberFault::NotANumber)
    }
}

fn without(text: &str, mark: Mark) -> Cow<'_, str> {
    Cow::Owned(text.chars().filter(|character| *character != mark.character()).collect())
}

fn decimals(text: &str, mark: Mark) -> Cow<'_, str> {
    match mark {
        Mark::Point if !text.contains(',') => Cow::Borrowed(text),
        Mark::Point => without(text, Mark::Comma),
        Mark::Comma => Cow::Owned(without(text, Mark::Point).replace(',', ".")),
    }
}

/// What a text may be; `None` where it is no number.
fn shape(text: &str) -> Option<Shape> {
    let (mantissa, has_exponent) = match text.find(['e', 'E']) {
        Some(place) => {
            let (mantissa, exponent) = text.split_at_checked(place)?;
            exponent.get(1..)?.parse::<i32>().ok()?;
            (mantissa, true)
        }
        None => (text, false),
    };
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let is_known = |byte: u8| byte.is_ascii_digit() || matches!(byte, b',' | b'.');
    if !digits.bytes().all(is_known) || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = |mark: Mark| digits.matches(mark.character()).count();
    let single = |mark: Mark| {
        let (before, after) = digits.split_once(mark.character())?;
        let is_group = (1..=3).contains(&before.len()) && !before.starts_with('0') && after.len() == 3;
        let either = if after == "000" { Either::Whole } else { Either::Fraction };
        Some(if is_group && !has_exponent { Shape::Either(mark, either) } else { Shape::Decimals(mark, false) })
    };
    match (count(Mark::Comma), count(Mark::Point)) {
        (0, 0) => Some(Shape::Plain),
        (1, 0) => single(Mark::Comma),
        (0, 1) => single(Mark::Point),
        (_, 0) => is_grouped(digits, Mark::Comma).then_some(Shape::Thousands(Mark::Comma)),
        (0, _) => is_grouped(digits, Mark::Point).then_some(Shape::Thousands(Mark::Point)),
        _ => {
            let mark = if digits.rfind(',') > digits.rfind('.') { Mark::Comma } else { Mark::Point };
            let (whole, _) = digits.split_once(mark.character())?;
            (count(mark) == 1 && is_grouped(whole, mark.other())).then_some(Shape::Decimals(mark, true))
        }
    }
}

/// Whether digits stand in groups of three after the first one.
fn is_grouped(digits: &str, mark: Mark) -> bool {
    let mut groups = digits.split(mark.character());
    let first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    first && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()))
}
