//! Pictures of `atalaya forecast` and `atalaya backtest`, read back.

use std::fmt::Write as _;
use std::path::Path;

use atalaya_tests::TestDatabase;
use atalaya_tests::fixtures::REAL_CHANNEL;
use chrono::{Days, NaiveDate};
use roxmltree::{Document, Node};

use crate::command_line::run;

const SPANISH: (&str, &str) = ("LANG", "es_PE.UTF-8");
const ENGLISH: (&str, &str) = ("LANG", "C");

/// Sixty days that lose a third at one step, for good.
fn purged(id: &str) -> String {
    let value = |step: u32| 9_000 + 20 * step + step * step % 7 - if step < 40 { 0 } else { 3_000 };
    let start = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    (0..60).fold(String::new(), |mut rows, step| {
        let _ = writeln!(rows, "\"{id}\",{},{}", start + Days::new(step.into()), value(step));
        rows
    })
}

fn draw(folder: &TestDatabase, arguments: &[&str], language: (&str, &str)) {
    let output = run(folder, arguments, &[language], "");
    assert!(output.status.success(), "{output:?}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The texts of a picture, of which none meets another or leaves the picture.
fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let number = |node: Node<'_, '_>, name: &str| -> f64 { node.attribute(name).unwrap().parse().unwrap() };
    let size = ["width", "height"].map(|name| number(document.root_element(), name));
    let mut texts: Vec<(String, [f64; 4])> = Vec::new();
    for text in document.descendants().filter(|node| node.has_tag_name("text")) {
        let [x, baseline, height, width] = ["x", "y", "font-size", "textLength"].map(|name| number(text, name));
        let left = match text.attribute("text-anchor") {
            Some("middle") => x - width / 2.0,
            Some("end") => x - width,
            _ => x,
        };
        let here = [left, left + width, baseline - 0.74 * height, baseline + 0.2 * height];
        let words = text.text().unwrap().to_owned();
        assert!(here[0] >= 0.0 && here[1] <= size[0] && here[2] >= 0.0 && here[3] <= size[1], "{words} is cut off");
        for (other, there) in &texts {
            let meets = here[0] < there[1] && there[0] < here[1] && here[2] < there[3] && there[2] < here[3];
            assert!(!meets, "{words} meets {other}");
        }
        texts.push((words, here));
    }
    texts.into_iter().map(|(words, _)| words).collect()
}

#[track_caller]
fn assert_begin(texts: &[String], expected: &[&str]) {
    for expected in expected {
        assert!(texts.iter().any(|text| text.starts_with(expected)), "no {expected:?} in {texts:#?}");
    }
}

/// The kernel lets nobody, not even root, make a file in its own folder.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_picture_is_told_before_the_work_in_the_readers_language() {
    let folder = TestDatabase::default();
    std::fs::write(folder.folder().join("x.csv"), "unique_id,ds,y\n".to_owned() + &purged("a") + &purged("b")).unwrap();
    for format in ["--svg", "--png"] {
        for (place, cause) in
            [("/proc", "no existe ese archivo o carpeta"), ("x.csv", "ya hay un archivo con ese nombre")]
        {
            let arguments = ["forecast", "x.csv", "--horizon", "7", format, place, "--output", "out.csv"];
            let output = run(&folder, &arguments, &[SPANISH], "");
            let told = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && told.contains(&format!("{place}: {cause}")), "{told}");
            assert!(!told.contains("os error") && !told.contains("falló"), "{told}");
            assert!(!folder.folder().join("out.csv").exists());
        }
    }
}

#[test]
fn a_series_is_drawn_in_the_language_of_whoever_asks() {
    let folder = TestDatabase::default();
    let id = "a<b>&'c'/../d";
    let file = folder.folder().join("ventas de mayo.csv");
    std::fs::write(&file, format!("unique_id,ds,y\n{}{}", purged(id), purged("plain"))).unwrap();
    let arguments =
        ["forecast", "ventas de mayo.csv", "--horizon", "14", "--output", "o.csv", "--svg", "svg", "--png", "png"];
    draw(&folder, &arguments, SPANISH);
    let files = |name: &str| {
        let files = std::fs::read_dir(folder.folder().join(name)).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    };
    let (vectors, pixels) = (files("svg"), files("png"));
    assert_eq!((vectors.len(), pixels.len()), (2, 2));
    for (vector, pixels) in vectors.iter().zip(&pixels) {
        assert_eq!(vector.file_stem(), pixels.file_stem());
        assert!(std::fs::read(pixels).unwrap().starts_with(b"\x89PNG"));
    }
    let spanish = texts(&read(&vectors[0]));
    assert_eq!(spanish[0], id);
    let expected = [
        "Pronóstico a 14 días · ",
        "Datos hasta el 29 jun 2026: ",
        "Cambio de nivel el 10 jun 2026: −",
        "Feriados:",
        "Batalla de Arica y Día de la Bandera (7 jun)",
        "Fecha (un punto por día)",
        "13 jul 2026",
        "95 %: ",
        "Fuente: ventas de mayo.csv · 60 observaciones del 1 may 2026 al 29 jun 2026 · Elaborado con Atalaya ",
        "Aviso: El nivel de la serie cambió de golpe y no volvió; el salto no se tomó como tendencia.",
    ];
    assert_begin(&spanish, &expected);
    draw(&folder, &arguments, ENGLISH);
    let english = [
        "Forecast of 14 days · ",
        "Data until 29 Jun 2026: ",
        "Level shift on 10 Jun 2026: −",
        "Date (one point a day)",
    ];
    assert_begin(&texts(&read(&vectors[1])), &english);
}

#[test]
fn an_undated_picture_does_not_say_when_it_was_drawn() {
    let folder = TestDatabase::default();
    std::fs::write(folder.folder().join("series.csv"), format!("unique_id,ds,y\n{}", purged("a"))).unwrap();
    let arguments = ["forecast", "series.csv", "--horizon", "365", "--output", "o.csv", "--svg", "svg", "--undated"];
    draw(&folder, &arguments, SPANISH);
    let undated = texts(&read(&folder.folder().join("svg/a.svg")));
    let made = concat!("Elaborado con Atalaya ", env!("CARGO_PKG_VERSION"));
    assert!(undated.iter().any(|text| text.ends_with(made)), "{undated:#?}");
    assert!(!undated.iter().any(|text| text.starts_with("Hoy, ")), "{undated:#?}");
    draw(&folder, &arguments[..8], SPANISH);
    let dated = texts(&read(&folder.folder().join("svg/a.svg")));
    assert!(!dated.iter().any(|text| text.ends_with(made)), "{dated:#?}");
}

#[test]
fn an_account_is_drawn_with_its_followers_and_what_serves() {
    let folder = TestDatabase::default();
    std::fs::write(folder.folder().join("Interbank.csv"), REAL_CHANNEL).unwrap();
    draw(&folder, &["forecast", "Interbank.csv", "--horizon", "28", "--svg", "svg", "--output", "o.csv"], SPANISH);
    let texts = texts(&read(&folder.folder().join("svg/Interbank.svg")));
    assert_begin(
        &texts,
        &["Interbank", "Seguidores", "Pronóstico a 28 días · combinación de ", "19 set 2026", "240,000"],
    );
}

#[test]
fn a_backtest_is_drawn_with_what_would_be_served_and_the_baselines() {
    let folder = TestDatabase::default();
    std::fs::write(folder.folder().join("series.csv"), format!("unique_id,ds,y\n{}", purged("a"))).unwrap();
    let arguments =
        ["backtest", "series.csv", "--horizon", "5", "--origins", "4", "--svg", "table.svg", "--png", "table.png"];
    for (language, expected) in [
        (
            SPANISH,
            ["Retroprueba de los modelos", "1 serie, 5 pasos adelante, hasta 4 orígenes por serie", "Último valor = 1"],
        ),
        (ENGLISH, ["Backtest of the models", "1 series, 5 steps ahead, up to 4 origins for each series", "Naive = 1"]),
    ] {
        draw(&folder, &arguments, language);
        let texts = texts(&read(&folder.folder().join("table.svg")));
        assert_begin(&texts, &expected);
        let tag = if language == SPANISH { " · se usaría" } else { " · would be served" };
        assert_eq!(texts.iter().filter(|text| text.ends_with(tag)).count(), 1, "{texts:?}");
    }
    assert!(std::fs::read(folder.folder().join("table.png")).unwrap().starts_with(b"\x89PNG"));
}
