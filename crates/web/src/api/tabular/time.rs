//! Dates and times in the order and on the clocks of one country or another.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// In which order the parts of a date are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `2026-01-31`.
    YearFirst,
    /// `31/01/2026`.
    DayFirst,
    /// `01/31/2026`.
    MonthFirst,
}

/// A word that names no order of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd")]
pub struct UnknownOrder;

impl DateOrder {
    /// The words that name them.
    pub const WORDS: [&str; 3] = ["dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd"];
}

impl FromStr for DateOrder {
    type Err = UnknownOrder;

    fn from_str(word: &str) -> Result<Self, UnknownOrder> {
        let orders = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];
        Self::WORDS
            .into_iter()
            .zip(orders)
            .find_map(|(name, order)| (name == word).then_some(order))
            .ok_or(UnknownOrder)
    }
}

impl DateOrder {
    /// The word that names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let [day_first, month_first, year_first] = Self::WORDS;
        match self {
            Self::DayFirst => day_first,
            Self::MonthFirst => month_first,
            Self::YearFirst => year_first,
        }
    }
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateStyle {
    /// The order of its parts.
    pub order: DateOrder,
    /// What stands between them.
    pub separator: char,
}

impl DateStyle {
    /// `2026-01-31`.
    pub const ISO: Self = Self { order: DateOrder::YearFirst, separator: '-' };

    /// A date in this style, with two digits of day and month.
    #[must_use]
    pub fn write(self, date: NaiveDate) -> String {
        let between = self.separator;
        match self.order {
            DateOrder::YearFirst if between == '-' => date.to_string(),
            DateOrder::YearFirst => date.format(&format!("%Y{between}%m{between}%d")).to_string(),
            DateOrder::DayFirst => date.format(&format!("%d{between}%m{between}%Y")).to_string(),
            DateOrder::MonthFirst => date.format(&format!("%m{between}%d{between}%Y")).to_string(),
        }
    }
}

/// What the dates of a column show of their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateEvidence {
    day_first: bool,
    month_first: bool,
    /// Some date's year comes last, so that an order is needed.
    year_last: bool,
}

impl DateEvidence {
    /// Takes in a time of the column.
    pub fn note(&mut self, text: &str) {
        if let Some(Parts { numbers: [first, second, _], year_first: false, .. }) = parts(text) {
            self.day_first |= first > 12;
            self.month_first |= second > 12;
            self.year_last = true;
        }
    }

    /// What this column and another one show together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            day_first: self.day_first || other.day_first,
            month_first: self.month_first || other.month_first,
            year_last: self.year_last || other.year_last,
        }
    }

    /// Whether dates of the column may be two different ones in that order.
    #[must_use]
    pub fn leaves_doubt(self, order: Option<DateOrder>) -> bool {
        self.year_last && order.is_none()
    }

    /// The order, where the column leaves no doubt.
    #[must_use]
    pub fn settle(self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }
}

/// A date written `YYYY-MM-DD`, from 0001-01-01 on; `None` for any other text. chrono's own parser would also read
/// 2026-1-2 and +002026-01-02, and takes longer.
#[must_use]
pub fn iso_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let number = |digits: &str, count: usize| -> Option<u32> {
        (digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(year, 4)?).ok()?, number(month, 2)?, number(day, 2)?)?;
    // There was no year 0.
    (date.year() > 0).then_some(date)
}

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFault {
    /// No such time exists.
    Invalid,
    /// Day and month may be the one or the other.
    Ambiguous,
}

/// The beginning of a text as a date.
struct Parts<'a> {
    numbers: [u32; 3],
    year_first: bool,
    separator: char,
    /// What follows the date.
    rest: &'a str,
}

/// A time with its date as `YYYY-MM-DD` and its clock of 24 hours, and how the date was written. What is written so
/// already is left as it is. `order` is what the column shows, or its reader names.
///
/// # Errors
/// [`TimeFault`] says which.
pub fn plain_time(text: &str, order: Option<DateOrder>) -> Result<(Cow<'_, str>, DateStyle), TimeFault> {
    let Some(Parts { numbers, year_first, separator, rest }) = parts(text) else {
        return Ok((Cow::Borrowed(text), DateStyle::ISO));
    };
    let order = match order {
        _ if year_first => DateOrder::YearFirst,
        Some(order @ (DateOrder::DayFirst | DateOrder::MonthFirst)) => order,
        Some(DateOrder::YearFirst) => return Err(TimeFault::Invalid),
        None => return Err(TimeFault::Ambiguous),
    };
    let [year, month, day] = match (order, numbers) {
        (DateOrder::YearFirst, numbers) => numbers,
        (DateOrder::DayFirst, [day, month, year]) | (DateOrder::MonthFirst, [month, day, year]) => [year, month, day],
    };
    let style = DateStyle { order, separator };
    let clock = clock(rest).ok_or(TimeFault::Invalid)?;
    Ok((Cow::Owned(format!("{year:04}-{month:02}-{day:02}{clock}")), style))
}

/// The parts of a date that begins with one or two digits, or is separated by slashes or points; `None` for any other
/// text.
fn parts(text: &str) -> Option<Parts<'_>> {
    let end = text.find(|character: char| !character.is_ascii_digit() && !"/-.".contains(character));
    let (date, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let separator = date.chars().find(|character| !character.is_ascii_digit())?;
    let mut words = date.split(separator);
    let words = [words.next()?, words.next()?, words.next().filter(|_| words.next().is_none())?];
    let [first, second, third] = words.map(str::len);
    let year_first = first == 4 && (1..=2).contains(&third) && separator != '-';
    let year_last = (1..=2).contains(&first) && third == 4;
    if !(year_first || year_last) || !(1..=2).contains(&second) {
        return None;
    }
    let [first, second, third] = words.map(|word| word.parse().ok());
    Some(Parts { numbers: [first?, second?, third?], year_first, separator, rest })
}

/// What follows a date, on a clock of 24 hours: nothing, or a blank and hours and minutes, with `a. m.` or `p. m.`
/// where the clock has 12.
fn clock(rest: &str) -> Option<String> {
    if rest.is_empty() {
        return Some(String::new());
    }
    let blank = |character: char| character.is_whitespace() || matches!(character, ',' | 'T' | 't');
    let (said, half) = match rest.find(['a', 'A', 'p', 'P']) {
        Some(place) => {
            let (said, half) = rest.split_at_checked(place)?;
            let half: String = half.chars().filter(char::is_ascii_alphabetic).collect();
            (said, Some(half.to_ascii_lowercase()))
        }
        None => (rest, None),
    };
    let said = said.trim_matches(blank);
    let (hour, after) = said.split_once(':')?;
    let hour: u32 = Some(hour).filter(|hour| (1..=2).contains(&hour.len())).and_then(|hour| hour.parse().ok())?;
    let hour = match half.as_deref() {
        None => hour,
        Some("am") if (1..=12).contains(&hour) => hour % 12,
        Some("pm") if (1..=12).contains(&hour) => hour % 12 + 12,
        Some(_) => return None,
    };
    Some(format!(" {hour:02}:{after}"))
}
