//! What is above the plot: the id, what is served, and what lines and areas mean.

use atalaya_domain::forecast::Warning;
use atalaya_texts::model;

use super::{ForecastPicture, Pace};
use crate::font::{Weight, wrap};
use crate::legend::Flow;
use crate::numbers::whole;
use crate::scene::{BLUE, INK, MARGIN, Scene, Text, VERMILION, WIDTH};
use crate::words::{capitalised, say, say_count};

const TITLE_SIZE: f64 = 27.0;
const TITLE_LINES: u32 = 2;
const SUBTITLE_SIZE: f64 = 18.0;
const LEGEND_SIZE: f64 = 16.0;
/// Members of a cautious forecast that are named one by one.
const NAMED_MEMBERS: usize = 3;

/// Draws it; where the plot begins.
pub(super) fn draw(picture: &ForecastPicture<'_>, scene: &mut Scene) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    let title = Text::new("", MARGIN, 0.0, TITLE_SIZE).bold();
    let lines = wrap(&scene.title, Weight::SemiBold, room / TITLE_SIZE, TITLE_LINES);
    let after = scene.paragraph(&lines, 46.0, &title);
    let subtitle = format!("{} · {}", span(picture), served(picture));
    let lines = wrap(&subtitle, Weight::Regular, room / SUBTITLE_SIZE, 3);
    let after = scene.paragraph(&lines, after - 4.0, &Text::new("", MARGIN, 0.0, SUBTITLE_SIZE));
    draw_legend(picture, scene, after + 10.0) + 20.0
}

/// How far the forecast reaches: `Pronóstico a 28 días`.
fn span(picture: &ForecastPicture<'_>) -> String {
    let steps = u64::try_from(picture.ahead.len()).unwrap_or(u64::MAX);
    let (unit, each) = picture.pace.unit();
    let ahead = if each == 1 {
        say_count(picture.language, &format!("unit.{unit}"), steps, whole(steps))
    } else {
        let pace = say_count(picture.language, &format!("unit.{unit}"), each.into(), whole(each.into()));
        let steps = say_count(picture.language, "unit.step", steps, whole(steps));
        say(picture.language, "unit.steps_of", &[("steps", steps), ("pace", pace)])
    };
    say(picture.language, "ahead", &[("ahead", ahead)])
}

/// What is served, by its true name.
pub(super) fn served(picture: &ForecastPicture<'_>) -> String {
    let language = picture.language;
    let name =
        |place: usize| picture.members.get(place).map(|member| model(language, member.model)).unwrap_or_default();
    let key = match picture.members {
        [] => return say(language, "served.nothing", &[]),
        [only] if only.model.is_baseline() => "served.baseline",
        [_] => "served.alone",
        members if picture.warnings.contains(&Warning::BaselineServes) && members.len() <= NAMED_MEMBERS => {
            let (last, others) = (name(members.len() - 1), (0..members.len() - 1).map(name).collect::<Vec<_>>());
            return say(language, "served.cautious", &[("others", others.join(", ")), ("last", last)]);
        }
        _ if picture.warnings.contains(&Warning::BaselineServes) => "served.cautious_many",
        _ => "served.combination",
    };
    let count = picture.members.len().to_string();
    say(language, key, &[("model", name(0)), ("count", count)])
}

fn draw_legend(picture: &ForecastPicture<'_>, scene: &mut Scene, baseline: f64) -> f64 {
    let language = picture.language;
    let mut flow = Flow::new(baseline, LEGEND_SIZE);
    let line = |colour| {
        move |scene: &mut Scene, left: f64, middle: f64| {
            scene.line(vec![(left, middle), (left + 30.0, middle)], 3.0, colour);
        }
    };
    flow.entry(scene, 30.0, &capitalised(&say(language, "legend.observed", &[])), line(INK));
    flow.entry(scene, 30.0, &capitalised(&say(language, "legend.forecast", &[])), line(VERMILION));
    let levels = picture.levels();
    let opacities: Vec<f64> = picture.opacities().take(levels.len()).collect();
    let areas = |count: usize| {
        let beneath: Vec<f64> = opacities.iter().copied().take(count).collect();
        move |scene: &mut Scene, left: f64, middle: f64| {
            for opacity in beneath {
                scene.rectangle((left, middle - 8.0), 30.0, 16.0, BLUE.mix(opacity));
            }
        }
    };
    let percent = |place: usize| levels.get(place).map(|(_, level)| level.percent().to_string()).unwrap_or_default();
    if levels.len() > picture.written_levels().len() {
        let params = [("from", percent(levels.len() - 1)), ("until", percent(0))];
        flow.entry(scene, 30.0, &say(language, "legend.intervals", &params), areas(levels.len()));
        return flow.baseline;
    }
    for place in (0..levels.len()).rev() {
        // A band lies on the wider ones, here as below.
        let words = say(language, "legend.interval", &[("level", percent(place))]);
        flow.entry(scene, 30.0, &words, areas(place + 1));
    }
    flow.baseline
}

impl Pace {
    /// The unit, and how many of it.
    pub(super) fn unit(self) -> (&'static str, u32) {
        match self {
            Self::Hours(hours) => ("hour", hours),
            Self::Days(days) if days > 0 && days.is_multiple_of(7) => ("week", days / 7),
            Self::Days(days) => ("day", days),
            Self::Months(months) if months > 0 && months.is_multiple_of(12) => ("year", months / 12),
            Self::Months(months) if months > 0 && months.is_multiple_of(3) => ("quarter", months / 3),
            Self::Months(months) => ("month", months),
        }
    }
}
