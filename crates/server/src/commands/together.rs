//! Rows of goals and of periods, in place of those of single dates.

use atalaya_domain::forecast::{GoalForecast, Level, Period, PeriodForecast, Spread};
use atalaya_web::Cell;
use chrono::NaiveDate;

use super::digits::Digits;
use super::{CommandError, refused};
use crate::cli::ForecastArgs;
use crate::words::Words;

/// What rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Asked {
    /// One for each step.
    Steps,
    /// One for each series: when it reaches a number.
    Goal(f64),
    /// One for each period.
    Periods(Period),
}

/// What was found besides the steps.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) goal: Option<GoalForecast>,
    pub(super) periods: Vec<PeriodForecast>,
}

impl Asked {
    /// By the options of a command.
    pub(super) fn of(args: &ForecastArgs) -> Result<Self, CommandError> {
        if let Some(target) = args.goal {
            let words = || refused("cli.argument.goal");
            return if target.is_finite() { Ok(Self::Goal(target)) } else { Err(words()) };
        }
        let Some(word) = &args.aggregate else { return Ok(Self::Steps) };
        let words =
            || CommandError::Refused(Words::of("cli.argument.aggregate").with("known", Period::WORDS.join(", ")));
        Period::parse(word).map(Self::Periods).ok_or_else(words)
    }

    /// The header of its rows; `None` for those of single dates.
    pub(super) fn header(self, levels: &[Level]) -> Option<Vec<Cell>> {
        let bounds = |name: &str| -> Vec<String> {
            let sides =
                levels.iter().flat_map(|level| ["lo", "hi"].map(|side| format!("{name}-{side}-{}", level.percent())));
            [name.to_owned()].into_iter().chain(sides).collect()
        };
        let names: Vec<String> = match self {
            Self::Steps => return None,
            Self::Goal(_) => {
                let dates = GoalForecast::SHARES.map(|share| format!("date-{share}"));
                let begin = ["unique_id", "goal", "last"].map(str::to_owned);
                begin.into_iter().chain(dates).chain(["until".to_owned()]).collect()
            }
            Self::Periods(_) => {
                let begin = ["unique_id", "from", "until", "points"].map(str::to_owned);
                begin.into_iter().chain(bounds("sum")).chain(bounds("growth")).collect()
            }
        };
        Some(names.iter().chain(&["model".to_owned()]).map(|name| Cell::text(name)).collect())
    }
}

impl Found {
    /// Its rows.
    pub(super) fn rows(&self, id: &str, digits: Digits, model: &str) -> Vec<Vec<Cell>> {
        let date = |date: &Option<NaiveDate>| date.map_or_else(Cell::default, |date| Cell::text(&date.to_string()));
        let number = |number: f64| digits.cell(number);
        let goal = self.goal.iter().map(|goal| {
            let mut row = vec![Cell::text(id), number(goal.target), number(goal.last_value)];
            row.extend(goal.dates.iter().map(date));
            row.extend([date(&Some(goal.until)), Cell::text(model)]);
            row
        });
        let spread = |spread: &Spread| -> Vec<Cell> {
            let bounds = spread.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]);
            [spread.mean].into_iter().chain(bounds).map(number).collect()
        };
        let periods = self.periods.iter().map(|period| {
            let mut row = vec![Cell::text(id), date(&Some(period.from)), date(&Some(period.until))];
            row.push(Cell::whole(u64::from(period.days)));
            row.extend(spread(&period.sum).into_iter().chain(spread(&period.net_growth)));
            row.push(Cell::text(model));
            row
        });
        goal.chain(periods).collect()
    }
}
