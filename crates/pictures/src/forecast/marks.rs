//! What happened in the time that is shown: level shifts and outliers by letters above, holidays by numbers below, each
//! explained in a legend.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::axes::{Axes, STRIP, midday};
use super::{ForecastPicture, Irregularity, Mark, Pace};
use crate::legend::Flow;
use crate::numbers::whole;
use crate::scene::{Anchor, Colour, GREY, INK, Scene, Text, VERMILION, WHITE};
use crate::times;
use crate::words::say;

const SIZE: f64 = 15.0;
const RADIUS: f64 = 10.0;
/// Marks that are closer than this are one.
const APART: f64 = 2.0 * RADIUS + 2.0;
/// Marks of holidays that are numbered; where there are more, one entry explains them all.
const NUMBERED: usize = 12;
/// Marks that have a letter.
const LETTERED: usize = 12;

/// The marks of a picture.
pub(super) struct Marks {
    letters: Vec<Group<Mark>>,
    holidays: Vec<Group<(NaiveDateTime, &'static str)>>,
}

/// Marks that are too close to have each their own sign.
pub(super) struct Group<T> {
    /// Where the sign is.
    x: f64,
    all: Vec<T>,
}

impl Marks {
    /// Those of what a plot shows.
    pub(super) fn of(axes: &Axes<'_>) -> Self {
        let shown = axes.picture.irregularities.iter().filter(|mark| axes.shows(mark.at));
        let mut letters = grouped(shown.map(|mark| (axes.x(mark.at), *mark)));
        letters.truncate(LETTERED);
        // Weeks and longer steps hold every holiday in one point or another.
        let are_days = matches!(axes.picture.pace, Pace::Hours(_) | Pace::Days(1));
        let holidays = axes.picture.holidays.iter().filter(|(at, _)| are_days && axes.shows(*at));
        let place = |at: NaiveDateTime| {
            let at = if axes.picture.has_hours() { midday(at) } else { at };
            axes.x(at.min(axes.last))
        };
        Self { letters, holidays: grouped(holidays.map(|(at, name)| (place(*at), (*at, *name)))) }
    }

    pub(super) fn has_letters(&self) -> bool {
        !self.letters.is_empty()
    }

    pub(super) fn has_holidays(&self) -> bool {
        !self.holidays.is_empty()
    }

    fn are_numbered(&self) -> bool {
        self.holidays.len() <= NUMBERED
    }

    /// Explains the marks below a plot; where what follows begins.
    pub(super) fn draw_legend(&self, axes: &Axes<'_>, scene: &mut Scene, top: f64) -> f64 {
        let Self { letters, holidays } = self;
        let picture = axes.picture;
        let language = picture.language;
        let mut bottom = top;
        let mut row = |scene: &mut Scene, entries: &[(String, String, Colour)]| {
            if entries.is_empty() {
                return;
            }
            let mut flow = Flow::new(bottom + 14.0, SIZE);
            for (name, words, colour) in entries {
                let width = match name.as_str() {
                    HEADING => 0.0,
                    DOT => 8.0,
                    _ => 2.0 * RADIUS,
                };
                flow.entry(scene, width, words, |scene, left, middle| match name.as_str() {
                    HEADING => {}
                    DOT => scene.circle((left + 4.0, middle), 4.0, *colour),
                    UNFINISHED => scene.ring((left + RADIUS, middle), 4.0, WHITE, *colour),
                    name => sign(scene, (left + RADIUS, middle), name, *colour),
                });
            }
            bottom = flow.baseline + 14.0;
        };
        let lettered = letters.iter().zip('A'..);
        let lettered =
            lettered.map(|(group, letter)| (letter.to_string(), irregularities(axes, &group.all), VERMILION));
        row(scene, &lettered.collect::<Vec<_>>());
        if self.are_numbered() {
            let numbered = holidays.iter().zip(1_u64..);
            let numbered = numbered.map(|(group, number)| (whole(number), names(picture, &group.all), GREY));
            let heading = (HEADING.to_owned(), say(language, "mark.heading", &[]), GREY);
            let entries: Vec<_> = [heading].into_iter().chain(numbered).collect();
            row(scene, if holidays.is_empty() { &[] } else { &entries });
        } else {
            let count = holidays.iter().map(|group| group.all.len()).sum::<usize>().to_string();
            row(scene, &[(DOT.to_owned(), say(language, "mark.holidays", &[("count", count)]), GREY)]);
        }
        let has_unfinished = picture.recent().iter().any(|(at, value)| value.is_some() && axes.is_unfinished(*at));
        if has_unfinished {
            row(scene, &[(UNFINISHED.to_owned(), say(language, "mark.unfinished", &[]), INK)]);
        }
        bottom
    }

    pub(super) fn draw(&self, axes: &Axes<'_>, scene: &mut Scene) {
        for (group, letter) in self.letters.iter().zip('A'..) {
            let y = axes.top + STRIP / 2.0;
            for mark in &group.all {
                let x = axes.x(mark.at);
                match (mark.what, axes.picture.observed(mark.at)) {
                    (Irregularity::Outlier, Some(value)) => {
                        scene.ring((x, axes.y_held(value)), 5.0, WHITE, VERMILION);
                    }
                    _ => scene.dashed((x, y + RADIUS), (x, axes.bottom), VERMILION),
                }
            }
            sign(scene, (group.x, y), &letter.to_string(), VERMILION);
        }
        for (group, number) in self.holidays.iter().zip(1_u64..) {
            let y = axes.bottom - STRIP / 2.0;
            if self.are_numbered() {
                sign(scene, (group.x, y), &whole(number), GREY);
            } else {
                scene.circle((group.x, y), 4.0, GREY);
            }
        }
    }
}

/// A letter or number in a disc.
fn sign(scene: &mut Scene, centre: (f64, f64), words: &str, colour: Colour) {
    scene.circle(centre, RADIUS, colour);
    let text = Text::new(words, centre.0, centre.1 + 4.5, 13.0).bold().colour(WHITE);
    scene.text(text.anchor(Anchor::Middle));
}

fn grouped<T>(marks: impl Iterator<Item = (f64, T)>) -> Vec<Group<T>> {
    let mut groups: Vec<Group<T>> = Vec::new();
    for (x, mark) in marks {
        match groups.last_mut() {
            Some(group) if x - group.x < APART => group.all.push(mark),
            _ => groups.push(Group { x, all: vec![mark] }),
        }
    }
    groups
}

/// Signs that are no letter and no number: of an observation in a step that is not over, of a holiday among many, and
/// none.
const UNFINISHED: &str = "○";
const DOT: &str = "•";
const HEADING: &str = "";

/// What happened, with dates and sizes.
fn irregularities(axes: &Axes<'_>, marks: &[Mark]) -> String {
    let picture = axes.picture;
    let date = |mark: Option<&Mark>| mark.map(|mark| picture.moment(mark.at)).unwrap_or_default();
    let of = |is_wanted: fn(&Mark) -> bool| marks.iter().filter(|mark| is_wanted(mark)).collect::<Vec<_>>();
    let shifts = of(|mark| matches!(mark.what, Irregularity::LevelShift(_)));
    let outliers = of(|mark| mark.what == Irregularity::Outlier);
    let size: f64 =
        shifts.iter().map(|mark| if let Irregularity::LevelShift(size) = mark.what { size } else { 0.0 }).sum();
    let told = [(shifts, "shift"), (outliers, "outlier")].into_iter().filter(|(marks, _)| !marks.is_empty());
    let told = told.map(|(marks, word)| {
        let key = if marks.len() == 1 { format!("mark.{word}") } else { format!("mark.{word}s") };
        let value = marks.first().and_then(|mark| picture.observed(mark.at));
        let params = [
            ("value", value.map(|value| axes.numbers.observed(value)).unwrap_or_default()),
            ("date", date(marks.first().copied())),
            ("until", date(marks.last().copied())),
            ("size", axes.numbers.change(size)),
            ("count", marks.len().to_string()),
        ];
        say(picture.language, &key, &params)
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The names of holidays that lie together, with their dates; days of one name are named once.
fn names(picture: &ForecastPicture<'_>, holidays: &[(NaiveDateTime, &'static str)]) -> String {
    let language = picture.language;
    let runs = holidays.chunk_by(|(_, one), (_, next)| one == next);
    let named = runs.filter_map(|run| {
        let ((first, word), (last, _)) = run.first().zip(run.last())?;
        let dates = dates(picture, first.date(), last.date());
        Some(format!("{} ({dates})", say(language, &format!("holiday.{word}"), &[])))
    });
    named.collect::<Vec<_>>().join(", ")
}

fn dates(picture: &ForecastPicture<'_>, first: NaiveDate, last: NaiveDate) -> String {
    let language = picture.language;
    let until = times::day_and_month(language, last);
    if first == last {
        return until;
    }
    if (first.year(), first.month()) == (last.year(), last.month()) {
        return format!("{}–{until}", first.day());
    }
    format!("{} – {until}", times::day_and_month(language, first))
}

impl ForecastPicture<'_> {
    /// Whether what was observed at a time was left out.
    pub(super) fn is_outlier(&self, at: NaiveDateTime) -> bool {
        self.irregularities.iter().any(|mark| mark.at == at && mark.what == Irregularity::Outlier)
    }

    /// What was observed at a time.
    fn observed(&self, at: NaiveDateTime) -> Option<f64> {
        let place = self.history.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        self.history.get(place).and_then(|(_, value)| *value)
    }
}
