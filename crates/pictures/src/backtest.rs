//! The models of a backtest side by side, as bars around the line at 1, which the last value repeated reaches.

use atalaya_domain::forecast::ModelId;
use atalaya_texts::{Language, model};

use crate::Drawing;
use crate::font::{Weight, fit, width};
use crate::foot::{self, Source};
use crate::legend::Flow;
use crate::numbers::{Numbers, nice_step, whole};
use crate::scene::{Anchor, BLUE, Colour, GREY, INK, MARGIN, PALE, Scene, Text, VERMILION, WHITE, WIDTH};
use crate::words::{say, say_count};

/// Height of a bar with the room around it.
const ROW: f64 = 30.0;
const SIZE: f64 = 16.0;
/// The widest name, in pixels.
const NAME: f64 = 320.0;
/// A bar more than so many times as long as the middle one is broken.
const DWARFS: f64 = 2.5;
/// How much of the scale a broken bar goes beyond the longest whole one.
const BEYOND: f64 = 1.12;
/// Labels on the axis, about.
const LABELS: u32 = 5;

/// One model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Which; the combination is what would be served.
    pub model: ModelId,
    /// Its overall weighted average; none where it is not defined.
    pub owa: Option<f64>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct BacktestPicture<'a> {
    /// The language of the texts.
    pub language: Language,
    /// One a model, best first.
    pub models: &'a [Bar],
    /// How many series were forecast.
    pub series: u64,
    /// Steps ahead.
    pub horizon: u16,
    /// Origins of each series.
    pub origins: u64,
    /// Where the numbers are from.
    pub source: Source<'a>,
}

/// What a model is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Served,
    Baseline,
    Other,
}

/// Where things are.
struct Layout {
    numbers: Numbers,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// The value at the right end; bars beyond it are broken.
    full: f64,
}

impl Bar {
    fn role(&self) -> Role {
        match self.model {
            ModelId::Combination => Role::Served,
            model if model.is_baseline() => Role::Baseline,
            _ => Role::Other,
        }
    }
}

impl Role {
    fn colour(self) -> Colour {
        match self {
            Self::Served => VERMILION,
            Self::Baseline => Colour(140, 140, 140),
            Self::Other => BLUE,
        }
    }
}

impl BacktestPicture<'_> {
    /// Lays the picture out.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let language = self.language;
        let mut scene = Scene::new(&say(language, "backtest.title", &[]));
        let series = say_count(language, "backtest.series", self.series, whole(self.series));
        let steps = say_count(language, "unit.step", self.horizon.into(), whole(self.horizon.into()));
        let origins = say_count(language, "backtest.origins", self.origins, whole(self.origins));
        let subtitle =
            say(language, "backtest.subtitle", &[("series", series), ("steps", steps), ("origins", origins)]);
        scene.text(Text::new(&scene.title.clone(), MARGIN, 46.0, 27.0).bold());
        scene.text(Text::new(&subtitle, MARGIN, 76.0, 18.0));
        scene.text(Text::new(&say(language, "backtest.reading", &[]), MARGIN, 100.0, SIZE).colour(GREY));
        let mut flow = Flow::new(132.0, SIZE);
        for (role, word) in [(Role::Served, "served"), (Role::Other, "model"), (Role::Baseline, "baseline")] {
            flow.entry(&mut scene, 30.0, &say(language, &format!("backtest.{word}"), &[]), |scene, left, middle| {
                scene.rectangle((left, middle - 8.0), 30.0, 16.0, role.colour().solid());
            });
        }
        let layout = self.layout(flow.baseline + 44.0);
        layout.draw_axis(self, &mut scene);
        for (bar, row) in self.models.iter().zip(0_u32..) {
            layout.draw_bar(self, bar, layout.top + f64::from(row) * ROW, &mut scene);
        }
        layout.draw_line_at_one(self, &mut scene);
        scene.description = self.summary();
        let mut paragraphs = vec![self.source.line(language, &subtitle)];
        if self.models.iter().any(|bar| layout.is_broken(bar)) {
            paragraphs.push(say(language, "backtest.broken", &[]));
        }
        if self.models.iter().any(|bar| bar.owa.is_none()) {
            paragraphs.push(say(language, "backtest.undefined", &[]));
        }
        scene.height = foot::draw(&mut scene, layout.bottom + 58.0, &paragraphs);
        Drawing(scene)
    }

    /// The best model and what would be served, in a sentence.
    fn summary(&self) -> String {
        let Some(best) = self.models.first() else { return String::new() };
        let served = self.models.iter().find(|bar| bar.role() == Role::Served);
        let params = [
            ("model", model(self.language, best.model)),
            ("best", written(best.owa)),
            ("served", written(served.and_then(|bar| bar.owa))),
        ];
        say(self.language, "backtest.summary", &params)
    }

    fn layout(&self, top: f64) -> Layout {
        let full = full(self.models.iter().filter_map(|bar| bar.owa));
        let names = self.models.iter().map(|bar| width(&self.name(bar), weight(bar)) * SIZE);
        let numbers = self.models.iter().map(|bar| width(&self.number(bar), weight(bar)) * SIZE);
        let rows = u32::try_from(self.models.len()).unwrap_or(u32::MAX);
        Layout {
            numbers: Numbers::of(self.language, 0.0, full, LABELS, false),
            left: MARGIN + names.fold(0.0, f64::max) + 12.0,
            right: WIDTH - MARGIN - numbers.fold(0.0, f64::max) - 12.0,
            top,
            bottom: top + f64::from(rows) * ROW + 6.0,
            full,
        }
    }

    fn name(&self, bar: &Bar) -> String {
        fit(&model(self.language, bar.model), weight(bar), NAME / SIZE)
    }

    /// The number beside a bar, and what the model is.
    fn number(&self, bar: &Bar) -> String {
        let tag = match bar.role() {
            Role::Served => say(self.language, "backtest.tag_served", &[]),
            Role::Baseline => say(self.language, "backtest.tag_baseline", &[]),
            Role::Other => return written(bar.owa),
        };
        format!("{} · {tag}", written(bar.owa))
    }
}

fn weight(bar: &Bar) -> Weight {
    if bar.role() == Role::Served { Weight::SemiBold } else { Weight::Regular }
}

fn written(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| crate::numbers::grouped(value, 3))
}

/// The value at the right end of the scale: of the longest bar that does not dwarf the others, which has to hold the
/// line at 1.
fn full(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).chain([1.0]).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied().unwrap_or(1.0).max(1.0);
    let longest = values.last().copied().unwrap_or(1.0);
    if longest <= DWARFS * middle {
        return longest;
    }
    let whole = values.iter().copied().filter(|value| *value <= DWARFS * middle).fold(1.0, f64::max);
    // A round end, so that the axis is labelled up to where bars break.
    let step = nice_step(whole / f64::from(LABELS));
    (whole * BEYOND / step).ceil() * step
}

impl Layout {
    fn x(&self, value: f64) -> f64 {
        self.left + (value / self.full).clamp(0.0, 1.0) * (self.right - self.left)
    }

    fn is_broken(&self, bar: &Bar) -> bool {
        bar.owa.is_some_and(|value| value > self.full * (1.0 + 1e-9))
    }

    fn draw_axis(&self, picture: &BacktestPicture<'_>, scene: &mut Scene) {
        for tick in self.numbers.ticks(0.0, self.full) {
            let x = self.x(tick);
            scene.line(vec![(x, self.top), (x, self.bottom)], 1.0, PALE);
            let label = Text::new(&self.numbers.tick(tick), x, self.bottom + 22.0, SIZE);
            scene.text(label.anchor(Anchor::Middle));
        }
        scene.line(vec![(self.left, self.bottom), (self.right, self.bottom)], 1.5, INK);
        let name = Text::new(&say(picture.language, "backtest.axis", &[]), self.left, self.bottom + 44.0, SIZE);
        scene.text(name.colour(GREY));
    }

    fn draw_bar(&self, picture: &BacktestPicture<'_>, bar: &Bar, top: f64, scene: &mut Scene) {
        let (baseline, role) = (top + ROW / 2.0 + SIZE * 0.36, bar.role());
        let written = |words: &str, x: f64| {
            let text = Text::new(words, x, baseline, SIZE);
            if role == Role::Served { text.bold() } else { text }
        };
        scene.text(written(&picture.name(bar), self.left - 12.0).anchor(Anchor::End));
        let end = self.x(bar.owa.unwrap_or_default());
        scene.rectangle((self.left, top + 4.0), end - self.left, ROW - 8.0, role.colour().solid());
        if self.is_broken(bar) {
            let cut = end - 34.0;
            for left in [cut, cut + 9.0] {
                let points = vec![
                    (left, top + 2.0),
                    (left + 4.0, top + 2.0),
                    (left - 2.0, top + ROW - 2.0),
                    (left - 6.0, top + ROW - 2.0),
                ];
                scene.area(points, WHITE.solid());
            }
        }
        // The line at 1 crosses no number, and lines of the axis go on behind it.
        let number = written(&picture.number(bar), end.max(self.x(1.0)) + 10.0);
        scene.rectangle((number.x - 4.0, top + 5.0), number.width() + 8.0, ROW - 10.0, WHITE.solid());
        scene.text(number);
    }

    fn draw_line_at_one(&self, picture: &BacktestPicture<'_>, scene: &mut Scene) {
        let x = self.x(1.0);
        scene.line(vec![(x, self.top - 8.0), (x, self.bottom)], 2.0, INK);
        let params = [("model", model(picture.language, ModelId::Naive))];
        let words = say(picture.language, "backtest.one", &params);
        let text = Text::new(&words, x, self.top - 14.0, SIZE).anchor(Anchor::Middle);
        let beyond = (text.right() - (WIDTH - MARGIN)).max(0.0);
        scene.text(Text { x: x - beyond, ..text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, texts};

    fn bars(values: &[(ModelId, Option<f64>)]) -> Vec<Bar> {
        values.iter().map(|(model, owa)| Bar { model: *model, owa: *owa }).collect()
    }

    fn drawn(language: Language, models: &[Bar]) -> Drawing {
        let source = Source { file: "ventas.csv", program: "Atalaya 9.9.9", drawn: None };
        BacktestPicture { language, models, series: 1_203, horizon: 14, origins: 10, source }.draw()
    }

    fn every_model(owa: impl Fn(f64) -> Option<f64>) -> Vec<Bar> {
        ModelId::ALL.iter().zip(0_u32..).map(|(model, place)| Bar { model: *model, owa: owa(place.into()) }).collect()
    }

    #[test]
    fn nothing_is_clipped_and_no_text_meets_another() {
        for language in Language::ALL {
            for models in [
                every_model(|place| Some(0.6 + place / 20.0)),
                every_model(|place| Some(0.5 + place * place * place)),
                every_model(|place| Some(1e6 * place)),
                every_model(|place| (place > 3.0).then_some(place)),
                every_model(|_| None),
                bars(&[(ModelId::Naive, Some(1.0))]),
                Vec::new(),
            ] {
                check(&drawn(language, &models));
            }
        }
    }

    #[test]
    fn the_served_and_the_baselines_are_told_from_the_others() {
        let models = bars(&[
            (ModelId::Combination, Some(0.812)),
            (ModelId::Linear, Some(0.9)),
            (ModelId::Naive, Some(1.0)),
            (ModelId::LevelForest, None),
        ]);
        let texts = texts(&drawn(Language::Spanish, &models));
        for expected in [
            "Combinación",
            "0.812 · se usaría",
            "Regresión lineal",
            "0.900",
            "1.000 · referencia",
            "–",
            "Último valor = 1",
        ] {
            assert!(texts.iter().any(|text| text == expected), "{expected}: {texts:?}");
        }
        assert!(
            texts.iter().any(|text| text == "1,203 series, 14 pasos adelante, hasta 10 orígenes por serie"),
            "{texts:?}"
        );
        assert!(!texts.iter().any(|text| text.contains("cortada")), "{texts:?}");
    }

    #[test]
    fn a_bar_that_dwarfs_the_others_is_broken_and_said_to_be() {
        let models = bars(&[
            (ModelId::Combination, Some(0.8)),
            (ModelId::Naive, Some(1.0)),
            (ModelId::Linear, Some(1.3)),
            (ModelId::LevelForest, Some(48.7)),
        ]);
        let drawing = drawn(Language::English, &models);
        let texts = texts(&drawing);
        assert!(
            texts.iter().any(|text| text == "48.700") && texts.iter().any(|text| text.contains("broken")),
            "{texts:?}"
        );
        let picture = drawing.svg();
        let document = roxmltree::Document::parse(&picture).unwrap();
        let of_colour = |colour: &str, tag: &str| -> Vec<f64> {
            let bars =
                document.descendants().filter(|node| node.has_tag_name(tag) && node.attribute("fill") == Some(colour));
            bars.filter_map(|bar| bar.attribute("width")?.parse().ok()).collect()
        };
        let blue = of_colour("#0072b2", "rect");
        // The first is in the legend: the linear model reaches three quarters of the scale.
        assert!(blue[1] > 0.6 * blue[2] && blue[1] < blue[2], "{blue:?}");
        assert_eq!(document.descendants().filter(|node| node.has_tag_name("polygon")).count(), 2);
    }

    #[test]
    fn the_scale_ends_with_the_longest_bar_unless_it_dwarfs_the_middle_one() {
        let of = |values: &[f64]| full(values.iter().copied());
        assert!((of(&[0.8, 0.9, 1.7]) - 1.7).abs() < 1e-9);
        assert!((of(&[0.2, 0.3]) - 1.0).abs() < 1e-9);
        assert!(of(&[0.8, 1.1, 1e9]) < 2.0);
        assert!((of(&[f64::INFINITY]) - 1.0).abs() < 1e-9);
    }
}
