//! Steps of series in words.

use atalaya_prediction::Step;
use chrono::Weekday;

use crate::words::Words;

/// How far apart the points of a series are, with the word that `--freq` takes where there is one.
pub(super) fn step_words(step: Step) -> Words {
    let words = match step {
        Step::Hours(1) => Words::of("cli.step.hour"),
        Step::Hours(hours) => Words::of("cli.step.hours").with("count", hours),
        Step::Days(1) => Words::of("cli.step.day"),
        Step::Days(days) => Words::of("cli.step.days").with("count", days),
        Step::Week(day) => Words::of("cli.step.week").with_words("day", Words::of(weekday(day))),
        Step::Months { months, day } => {
            let place = match day {
                Step::LAST_DAY => Words::of("cli.step.last_day"),
                day => Words::of("cli.step.day_of_month").with("day", day),
            };
            let words = match months {
                1 => Words::of("cli.step.month"),
                12 => Words::of("cli.step.year"),
                months => Words::of("cli.step.months").with("count", months),
            };
            words.with_words("place", place)
        }
    };
    words.with("code", step.code().map(|code| format!(" ({code})")).unwrap_or_default())
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "cli.step.monday",
        Weekday::Tue => "cli.step.tuesday",
        Weekday::Wed => "cli.step.wednesday",
        Weekday::Thu => "cli.step.thursday",
        Weekday::Fri => "cli.step.friday",
        Weekday::Sat => "cli.step.saturday",
        Weekday::Sun => "cli.step.sunday",
    }
}
