//! What is read on the pictures that are committed, so that nobody changes it under the same version unseen.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use atalaya_digits::{Digit, Reader, Reading};
use serde_json::{Value, json};

/// What to do where the same version reads something else.
const RAISE: &str = "readings are remembered by the version, and it reads something else now: raise PIPELINE in \
                     crates/digits/src/weights.rs, then write the answers anew by `make digits-answers`";
/// The most that a probability may differ between machines.
const ROUNDING: f64 = 2e-3;

/// Writes what is read on the pictures in the folders. A file of the same version with other answers is left as it is.
pub(crate) fn write(file: &Path, folders: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let answers = answers(&Reader::load()?, folders)?;
    if let Ok(before) = std::fs::read(file) {
        let before: Value = serde_json::from_slice(&before)?;
        let changed = changed(&before, &answers);
        if before.get("version") == answers.get("version") && !changed.is_empty() {
            return Err(format!("{RAISE}: {}", changed.join(", ")).into());
        }
    }
    Ok(std::fs::write(file, lines(&answers))?)
}

/// The answers, each on a line of its own.
fn lines(answers: &Value) -> String {
    let pictures = answers.get("pictures").and_then(Value::as_object).into_iter().flatten();
    let lines: Vec<String> = pictures.map(|(name, answer)| format!("  {}: {answer}", json!(name))).collect();
    let version = answers.get("version").unwrap_or(&Value::Null);
    format!("{{\"version\": {version}, \"pictures\": {{\n{}\n}}}}\n", lines.join(",\n"))
}

/// The version, and of each picture by its name what it reads.
fn answers(reader: &Reader, folders: &[PathBuf]) -> Result<Value, Box<dyn Error>> {
    let mut pictures = BTreeMap::new();
    for folder in folders {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).ok_or("a picture without a name")?;
            let reading = reader.read(&std::fs::read(&path)?).map_err(|error| format!("{name}: {error}"))?;
            pictures.insert(name.to_owned(), answer(&reading));
        }
    }
    Ok(json!({"version": reader.version(), "pictures": pictures}))
}

/// A reading; probabilities are rounded to thousandths.
fn answer(reading: &Reading) -> Value {
    let digit = |Digit { guess, area, needs_review }: &Digit| {
        let probability = (f64::from(guess.probability()) * 1000.0).round() / 1000.0;
        json!([guess.digit(), probability, [area.x, area.y, area.width, area.height], needs_review])
    };
    let digits: Vec<Value> = reading.digits.iter().map(digit).collect();
    json!({"text": reading.text(), "needs_review": reading.needs_review(), "digits": digits})
}

/// The pictures of which something else is read, and those that only one of the two has.
fn changed(before: &Value, now: &Value) -> Vec<String> {
    let of = |answers: &Value| answers.get("pictures").and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, now) = (of(before), of(now));
    let names = before.keys().chain(now.keys().filter(|name| !before.contains_key(*name)));
    let differs = |name: &&String| match (before.get(*name), now.get(*name)) {
        (Some(one), Some(other)) => !is_same(one, other),
        _ => true,
    };
    names.filter(differs).cloned().collect()
}

/// Whether two values are the same but for what numbers are rounded by.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (Value::Number(one), Value::Number(other)) => {
            let apart = one.as_f64().zip(other.as_f64()).map(|(one, other)| (one - other).abs());
            apart.is_some_and(|apart| apart <= ROUNDING)
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> (Value, [PathBuf; 2]) {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let answers = std::fs::read(here.join("fixtures/answers.json")).unwrap();
        (serde_json::from_slice(&answers).unwrap(), [here.join("fixtures/pictures"), here.join("../tests/pictures")])
    }

    #[test]
    fn what_is_read_on_the_committed_pictures_changes_only_with_the_version() {
        let (expected, folders) = committed();
        let now = answers(&Reader::load().unwrap(), &folders).unwrap();
        assert_eq!(now["version"], expected["version"], "write the answers of this version by `make digits-answers`");
        let changed = changed(&expected, &now);
        assert!(changed.is_empty(), "{RAISE}. Other answers: {changed:?}");
    }

    #[test]
    fn another_answer_is_seen_and_a_rounding_is_not() {
        let (expected, _) = committed();
        let with = |change: &dyn Fn(&mut Value)| {
            let mut other = expected.clone();
            change(&mut other["pictures"]["grey.png"]);
            changed(&expected, &other)
        };
        assert!(with(&|_| ()).is_empty());
        assert!(with(&|of| of["digits"][0][1] = json!(of["digits"][0][1].as_f64().unwrap() - 0.001)).is_empty());
        for change in [
            &|of: &mut Value| of["digits"][0][1] = json!(0.5),
            &|of: &mut Value| of["digits"][0][2][0] = json!(1),
            &|of: &mut Value| of["text"] = json!("1"),
            &|of: &mut Value| of["digits"] = json!([]),
            &|of: &mut Value| *of = Value::Null,
        ] as [&dyn Fn(&mut Value); 5]
        {
            assert_eq!(with(change), ["grey.png"]);
        }
    }
}
