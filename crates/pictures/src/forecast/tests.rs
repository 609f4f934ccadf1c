//! Pictures of histories of every kind: what is written in them, and that nothing is clipped or meets.

mod any;

use atalaya_domain::forecast::ModelId;
use chrono::{Months, NaiveDate};

use super::*;
use crate::testing::{check, texts};

/// What a picture is made of, owned.
struct Case {
    title: String,
    measure: Measure<'static>,
    pace: Pace,
    history: Vec<(NaiveDateTime, Option<f64>)>,
    ahead: Vec<Ahead>,
    members: Vec<Member>,
    warnings: Vec<Warning>,
    irregularities: Vec<Mark>,
    holidays: Vec<(NaiveDateTime, &'static str)>,
    today: Option<NaiveDateTime>,
}

fn at(text: &str) -> NaiveDateTime {
    text.parse::<NaiveDate>().unwrap().into()
}

fn later(from: NaiveDateTime, pace: Pace, steps: u32) -> NaiveDateTime {
    match pace {
        Pace::Hours(hours) => from + TimeDelta::hours((hours * steps).into()),
        Pace::Days(days) => from + TimeDelta::days((days * steps).into()),
        Pace::Months(months) => from + Months::new(months * steps),
    }
}

fn member(model: ModelId) -> Member {
    Member { model, weight: 0.25 }
}

impl Case {
    /// Followers by day until 22 August 2026, and four weeks ahead.
    fn followers() -> Self {
        Self::of(Pace::Days(1), at("2026-04-25"), 120, 28, |step| 237_000.0 + 45.0 * step)
    }

    fn of(pace: Pace, first: NaiveDateTime, points: u32, steps: u32, value: impl Fn(f64) -> f64) -> Self {
        let history = (0..points).map(|step| (later(first, pace, step), Some(value(step.into())))).collect();
        let ahead = |step: u32| {
            let mean = value(f64::from(points + step));
            let width = 0.01 * mean.abs() * f64::from(step + 1).sqrt();
            let interval = |percent: u8, factor: f64| {
                let level = Level::new(percent).unwrap();
                Interval { level, lower: mean - factor * width, upper: mean + factor * width }
            };
            Ahead { at: later(first, pace, points + step), mean, intervals: vec![interval(80, 1.0), interval(95, 1.6)] }
        };
        Self {
            title: "BCPComunica".to_owned(),
            measure: Measure::Followers,
            pace,
            history,
            ahead: (0..steps).map(ahead).collect(),
            members: [ModelId::Linear, ModelId::Mstl, ModelId::Drift, ModelId::Theta].map(member).to_vec(),
            warnings: Vec::new(),
            irregularities: Vec::new(),
            holidays: Vec::new(),
            today: None,
        }
    }

    fn drawn(&self, language: Language) -> Drawing {
        let source = Source { file: "seguidores.csv", program: "Atalaya 9.9.9", drawn: None };
        let picture = ForecastPicture {
            language,
            title: &self.title,
            measure: self.measure,
            pace: self.pace,
            history: &self.history,
            ahead: &self.ahead,
            members: &self.members,
            warnings: &self.warnings,
            irregularities: &self.irregularities,
            holidays: &self.holidays,
            today: self.today,
            source,
        };
        picture.draw()
    }

    fn spanish(&self) -> Vec<String> {
        texts(&self.drawn(Language::Spanish))
    }

    fn english(&self) -> Vec<String> {
        texts(&self.drawn(Language::English))
    }
}

#[track_caller]
fn assert_has(texts: &[String], expected: &[&str]) {
    for expected in expected {
        assert!(texts.iter().any(|text| text == expected), "no {expected:?} in {texts:#?}");
    }
}

#[test]
fn a_report_finds_everything_in_the_picture() {
    let mut case = Case::followers();
    case.today = Some(at("2026-08-25"));
    case.warnings = vec![Warning::ShortHistory];
    let spanish = case.spanish();
    assert_has(
        &spanish,
        &[
            "BCPComunica",
            "Pronóstico a 28 días · combinación de 4 modelos, en la que más pesa Regresión lineal",
            "Observado",
            "Pronóstico",
            "Intervalo de predicción de 80 %",
            "Intervalo de predicción de 95 %",
            "Seguidores",
            "240,000",
            "Datos hasta el 22 ago 2026: 242,355",
            "Hoy, 25 ago 2026",
            "jun",
            "set",
            "3 may 2026",
            "19 set 2026",
            "Fecha (un punto por día)",
            "243,615",
            "80 %: 256,506",
            "95 %: 222,990",
        ],
    );
    let foot =
        "Fuente: seguidores.csv · 120 observaciones del 25 abr 2026 al 22 ago 2026 · Elaborado con Atalaya 9.9.9";
    assert_has(&spanish, &[foot]);
    assert!(spanish.iter().any(|text| text.starts_with("Aviso: ")), "{spanish:?}");
    assert_has(
        &case.english(),
        &[
            "Forecast of 28 days · combination of 4, Linear Regression first",
            "Data until 22 Aug 2026: 242,355",
            "Today, 25 Aug 2026",
            "Followers",
            "Jun",
            "19 Sep 2026",
            "Date (one point a day)",
        ],
    );
    for language in Language::ALL {
        check(&case.drawn(language));
    }
}

#[test]
fn what_serves_is_called_by_its_name() {
    let mut case = Case::followers();
    let served = |case: &Case| case.english()[1].split_once(" · ").unwrap().1.to_owned();
    case.members = vec![member(ModelId::Naive)];
    assert_eq!(served(&case), "baseline: Naive");
    case.members = vec![member(ModelId::Lasso)];
    assert_eq!(served(&case), "one model alone: Lasso");
    case.warnings = vec![Warning::BaselineServes];
    case.members = [ModelId::Naive, ModelId::Drift, ModelId::DynamicTheta].map(member).to_vec();
    assert_eq!(served(&case), "cautious forecast (Naive, Drift and Dynamic Optimised Theta)");
    case.members.push(member(ModelId::RecentDrift));
    assert_eq!(served(&case), "cautious forecast of 4, Naive first");
    case.members.clear();
    assert_eq!(served(&case), "no model");
}

#[test]
fn a_picture_without_a_today_or_with_one_outside_tells_none() {
    let mut case = Case::followers();
    assert!(!case.spanish().iter().any(|text| text.starts_with("Hoy")));
    case.today = Some(at("2027-01-01"));
    assert!(!case.spanish().iter().any(|text| text.starts_with("Hoy")));
}

#[test]
fn bands_begin_at_the_last_observation_and_so_does_the_forecast() {
    let svg = Case::followers().drawn(Language::Spanish).svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let first = |node: roxmltree::Node<'_, '_>| node.attribute("points").unwrap().split(' ').next().unwrap().to_owned();
    let bands: Vec<_> = document.descendants().filter(|node| node.has_tag_name("polygon")).map(first).collect();
    let lines = document
        .descendants()
        .filter(|node| node.has_tag_name("polyline") && node.attribute("stroke-width") == Some("3"));
    let forecast = lines.filter(|node| node.attribute("stroke") == Some("#c44e00")).map(first).next_back().unwrap();
    assert_eq!(bands, [forecast.clone(), forecast.clone()]);
    let history = document.descendants().find(|node| node.attribute("stroke-width") == Some("2.5")).unwrap();
    assert!(history.attribute("points").unwrap().ends_with(&forecast));
}

#[test]
fn a_gap_is_not_joined_and_what_it_isolates_is_a_dot() {
    let mut case = Case::followers();
    for missing in [40, 41, 42, 80, 82] {
        case.history[missing].1 = None;
    }
    let svg = case.drawn(Language::Spanish).svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let of =
        |name: &str, value: &str| document.descendants().filter(|node| node.attribute(name) == Some(value)).count();
    assert_eq!((of("stroke-width", "2.5"), of("r", "3")), (3, 1));
}

#[test]
fn shifts_outliers_and_holidays_are_marked_and_explained() {
    let mut case = Case::followers();
    case.history[60].1 = Some(900_000.0);
    let mark = |day: &str, what| Mark { at: at(day), what };
    case.irregularities = vec![
        mark("2026-05-10", Irregularity::LevelShift(-3_012.0)),
        mark("2026-06-24", Irregularity::Outlier),
        mark("2026-07-10", Irregularity::LevelShift(500.0)),
        mark("2026-07-11", Irregularity::LevelShift(700.0)),
        mark("2020-07-11", Irregularity::LevelShift(7.0)),
    ];
    case.holidays = vec![
        (at("2026-05-04"), "labour_day"),
        (at("2026-07-28"), "independence"),
        (at("2026-07-29"), "independence"),
        (at("2026-08-30"), "rose_of_lima"),
        (at("2027-01-01"), "new_year"),
    ];
    let spanish = case.spanish();
    assert_has(
        &spanish,
        &[
            "A",
            "Cambio de nivel el 10 may 2026: −3,012. No se tomó como tendencia",
            "B",
            "Valor aislado del 24 jun 2026 (900,000), descartado",
            "C",
            "Cambio de nivel del 10 jul 2026 al 11 jul 2026: +1,200. No se tomó como tendencia",
            "Feriados:",
            "1",
            "Día del Trabajo (4 may)",
            "2",
            "Fiestas Patrias (28–29 jul)",
            "3",
            "Santa Rosa de Lima (30 ago)",
            // What was left out does not make everything else a flat line.
            "240,000",
        ],
    );
    assert!(!spanish.iter().any(|text| text == "D" || text == "4"), "{spanish:?}");
    assert_has(&case.english(), &["Public holidays:", "Independence Days (28–29 Jul)"]);
    for language in Language::ALL {
        check(&case.drawn(language));
    }
}

#[test]
fn many_holidays_have_one_explanation_and_weeks_have_none() {
    let mut case = Case::of(Pace::Days(1), at("2026-01-01"), 120, 300, |step| 500.0 + step);
    let holidays =
        |case: &Case| (0..20_u32).map(|place| (later(case.history[0].0, case.pace, 20 * place), "christmas")).collect();
    case.holidays = holidays(&case);
    assert_has(&case.spanish(), &["Feriados del Perú: 20 días"]);
    check(&case.drawn(Language::Spanish));
    let mut case = Case::of(Pace::Days(7), at("2026-01-01"), 120, 30, |step| 500.0 + step);
    case.holidays = holidays(&case);
    assert!(!case.spanish().iter().any(|text| text.starts_with("Feriados")));
}

#[test]
fn a_reading_of_a_day_that_is_not_over_is_told_apart() {
    let mut case = Case::followers();
    case.history.push((case.ahead[0].at, Some(242_000.0)));
    let spanish = case.spanish();
    assert_has(&spanish, &["Datos hasta el 22 ago 2026: 242,355", "Dato de un período que aún no termina"]);
    check(&case.drawn(Language::Spanish));
}

#[test]
fn axes_are_labelled_as_the_step_asks() {
    for (pace, first, points, steps, expected) in [
        (
            Pace::Hours(1),
            "2026-03-30",
            40,
            6,
            ["06:00", "31 mar", "Fecha y hora (un punto por hora)", "Pronóstico a 6 horas"],
        ),
        (Pace::Days(7), "2025-10-06", 30, 8, ["nov", "2026", "Fecha (un punto por semana)", "Pronóstico a 8 semanas"]),
        (
            Pace::Days(14),
            "2024-10-06",
            60,
            8,
            ["2025", "jul", "Fecha (un punto cada 2 semanas)", "Pronóstico a 8 pasos de 2 semanas"],
        ),
        (Pace::Months(1), "2019-01-01", 80, 1, ["2021", "2025", "Fecha (un punto por mes)", "Pronóstico a 1 mes"]),
        (
            Pace::Months(3),
            "2010-01-01",
            60,
            8,
            ["2012", "2020", "Fecha (un punto por trimestre)", "Pronóstico a 8 trimestres"],
        ),
        (Pace::Months(12), "1980-12-31", 40, 5, ["1990", "2010", "Fecha (un punto por año)", "Pronóstico a 5 años"]),
        (
            Pace::Days(3),
            "2025-10-06",
            30,
            8,
            ["nov", "2026", "Fecha (un punto cada 3 días)", "Pronóstico a 8 pasos de 3 días"],
        ),
    ] {
        let case = Case::of(pace, at(first), points, steps, |step| 100.0 + step);
        let texts = case.spanish();
        let [one, other, axis, title] = expected;
        assert_has(&texts, &[one, other, axis]);
        assert!(texts[1].starts_with(&format!("{title} · ")), "{texts:?}");
        for language in Language::ALL {
            check(&case.drawn(language));
        }
    }
}

#[test]
fn numbers_of_every_size_are_readable() {
    type Value = fn(f64) -> f64;
    let cases: [(Value, &[&str]); 9] = [
        (|step| (1.0 + 0.01 * step) * 1e-17, &["y (×10⁻¹⁷)", "2.0", "Datos hasta el 22 ago 2026: 2.19×10⁻¹⁷"]),
        (|step| -40.5 - 0.25 * step, &["y", "−60", "Datos hasta el 22 ago 2026: −70.25"]),
        (|step| (1.0 + 0.01 * step) * 1e13, &["y (billones)", "20", "Datos hasta el 22 ago 2026: 21,900,000,000,000"]),
        (|step| 1.2e7 + 1e4 * step, &["y (millones)", "Datos hasta el 22 ago 2026: 13,190,000"]),
        (|step| 1e15 - step, &["y (billones)"]),
        (|step| 19.0 + step % 3.0, &["Datos hasta el 22 ago 2026: 21"]),
        (|_| 5_000.0, &["5,000"]),
        (|_| 0.0, &["Datos hasta el 22 ago 2026: 0"]),
        (|step| 1e9 + 1e-6 * step, &[]),
    ];
    for (value, expected) in cases {
        let mut case = Case::of(Pace::Days(1), at("2026-04-25"), 120, 14, value);
        case.measure = Measure::Column("y");
        assert_has(&case.spanish(), expected);
        for language in Language::ALL {
            check(&case.drawn(language));
        }
    }
}

#[test]
fn no_name_breaks_a_picture() {
    for name in [
        String::new(),
        " ".repeat(300),
        "a<b>&'c'\"]]>".to_owned(),
        "W".repeat(200),
        "palabra ".repeat(60),
        "日本語のとても長い名前".repeat(40),
        "نص من اليمين \u{202e}\u{2067}abc".to_owned(),
        "a\nb\tc\u{0}d\u{ffff}\u{1b}[31m".to_owned(),
        "👩‍👩‍👧‍👧".repeat(60),
        "e\u{301}".repeat(90),
        "x".repeat(1_000_000),
    ] {
        let mut case = Case::followers();
        case.title.clone_from(&name);
        check(&case.drawn(Language::Spanish));
        assert!(!case.drawn(Language::English).png().unwrap().is_empty());
        let column: &'static str = Box::leak(name.into_boxed_str());
        case.title = "short".to_owned();
        case.measure = Measure::Column(column);
        check(&case.drawn(Language::Spanish));
    }
}

#[test]
fn a_title_is_shown_whole_where_it_fits() {
    let mut case = Case::followers();
    case.title = "a<b>&'c'/../d".to_owned();
    assert_eq!(case.spanish()[0], case.title);
}

#[test]
fn any_number_of_levels_is_drawn() {
    for count in [0, 1, 2, 3, 5, 99] {
        let mut case = Case::followers();
        for ahead in &mut case.ahead {
            let level = |percent: u8| {
                let width = 10.0 * f64::from(percent);
                Interval { level: Level::new(percent).unwrap(), lower: ahead.mean - width, upper: ahead.mean + width }
            };
            ahead.intervals = (1..=count).map(level).collect();
        }
        check(&case.drawn(Language::English));
        let numbers = case.english().iter().filter(|text| text.contains(" %: ")).count();
        assert_eq!(numbers, if count > 3 { 4 } else { 2 * usize::from(count) });
    }
}

#[test]
fn a_png_has_twice_the_pixels_and_is_the_same_each_time() {
    let drawing = Case::followers().drawn(Language::Spanish);
    let png = drawing.png().unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let [width, height] = [16, 20].map(|from: usize| u32::from_be_bytes(png[from..from + 4].try_into().unwrap()));
    let svg = drawing.svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let told: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
    assert_eq!(width, 1_920);
    assert!((f64::from(height) - 2.0 * told).abs() <= 1.0, "{height} {told}");
    assert_eq!((drawing.png().unwrap(), drawing.svg()), (png, svg));
}

#[test]
fn readers_who_do_not_see_it_have_a_title_and_a_sentence() {
    let svg = Case::followers().drawn(Language::Spanish).svg();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let of = |tag: &str| document.descendants().find(|node| node.has_tag_name(tag)).unwrap().text().unwrap().to_owned();
    assert_eq!(of("title"), "BCPComunica");
    assert_eq!(
        of("desc"),
        "El 22 ago 2026 se observó 242,355. Para el 19 set 2026 se pronostica 243,615; el intervalo de predicción de 95 % \
         va de 222,990 a 264,240."
    );
}

#[test]
fn what_is_empty_is_drawn_too() {
    let mut case = Case::followers();
    case.ahead.clear();
    check(&case.drawn(Language::Spanish));
    case.history.clear();
    check(&case.drawn(Language::Spanish));
    let mut case = Case::followers();
    case.history.truncate(1);
    case.ahead.truncate(1);
    check(&case.drawn(Language::Spanish));
    case.ahead[0].at = case.history[0].0;
    check(&case.drawn(Language::Spanish));
}
