//! What people read, in Spanish and English: the texts of `locales/`, and how waits, sizes and names are written in
//! them. Pure: which language a reader wants is told by whoever speaks to them, HTTP or the command line.

use atalaya_application::error::Violation;
use atalaya_domain::forecast::{ModelId, Warning};
use rust_i18n::replace_patterns;

rust_i18n::i18n!("locales", fallback = "es");

/// A language that the texts exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// The default.
    #[default]
    Spanish,
    /// Where the reader prefers it.
    English,
}

impl Language {
    /// Every language that each text has to be in.
    pub const ALL: [Self; 2] = [Self::Spanish, Self::English];

    /// The tag in `Content-Language` (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Spanish => "es",
            Self::English => "en",
        }
    }

    /// Reads `Accept-Language` (RFC 9110, 12.5.4): English only where its weight is above that of Spanish.
    #[must_use]
    pub fn preferred(accept: &str) -> Self {
        let weight = |tag: &str| -> Option<f32> {
            accept
                .split(',')
                .filter_map(|range| {
                    let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
                    let primary = name.trim().split('-').next().unwrap_or_default();
                    let quality = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
                    primary.eq_ignore_ascii_case(tag).then(|| quality.unwrap_or(0.0))
                })
                .reduce(f32::max)
        };
        match (weight("en"), weight("es")) {
            (Some(english), Some(spanish)) if english > spanish => Self::English,
            (Some(english), None) if english > 0.0 => Self::English,
            _ => Self::Spanish,
        }
    }

    /// Reads the name of a locale as POSIX writes it, such as `es_PE.UTF-8`: Spanish where its language is `es`, and
    /// English of any other, of `C`, `POSIX` and of none.
    #[must_use]
    pub fn of_locale(locale: Option<&str>) -> Self {
        let language = locale.and_then(|name| name.split(['_', '-', '.', '@']).next()).unwrap_or_default();
        if language.eq_ignore_ascii_case("es") { Self::Spanish } else { Self::English }
    }
}

/// The text of `key` with its parameters filled in; `None` when there is none.
#[must_use]
pub fn lookup(language: Language, key: &str, params: &[(&'static str, String)]) -> Option<String> {
    let text = crate::_rust_i18n_try_translate(language.tag(), key)?;
    let (names, values): (Vec<&str>, Vec<String>) = params.iter().cloned().unzip();
    Some(replace_patterns(&text, &names, &values))
}

/// A wait as people say it, rounded up: in seconds up to two minutes, then in minutes up to two hours, then in hours.
#[must_use]
pub fn wait(language: Language, seconds: u64) -> String {
    let (unit, count) = match seconds {
        ..=120 => ("second", seconds),
        121..=7_200 => ("minute", seconds.div_ceil(60)),
        _ => ("hour", seconds.div_ceil(3_600)),
    };
    let (count, plural) = (count.to_string(), if count == 1 { "" } else { "s" });
    let text = lookup(language, &format!("wait.{unit}{plural}"), &[("count", count.clone())]);
    text.unwrap_or(count)
}

/// A size as people say it: whole mebibytes or kibibytes where it is so many, else bytes.
#[must_use]
pub fn size(bytes: usize) -> String {
    const KIB: usize = 1_024;
    match bytes {
        whole if whole >= KIB * KIB && whole % (KIB * KIB) == 0 => format!("{} MiB", whole / (KIB * KIB)),
        whole if whole >= KIB && whole % KIB == 0 => format!("{} KiB", whole / KIB),
        _ => format!("{bytes} bytes"),
    }
}

/// A model's name for people; programs know it by `model_name`, which is the same in every language.
#[must_use]
pub fn model(language: Language, model: ModelId) -> String {
    // Its own name is English, and a text that is missing in one language is taken from the other.
    let translated = match language {
        Language::Spanish => lookup(language, &format!("model.{}", model.as_str()), &[]),
        Language::English => None,
    };
    translated.unwrap_or_else(|| model.name().to_owned())
}

/// The code of every rule that a field can break: the keys of the texts below `violation`.
pub const RULES: &[&str] = &[
    "after_to",
    "ambiguous_date",
    "ambiguous_number",
    "ambiguous_record",
    "before_history",
    "beyond_horizon",
    "breached",
    "contains_company",
    "contains_username",
    "damaged_workbook",
    "duplicate_time",
    "empty",
    "encrypted_workbook",
    "expansion_too_large",
    "in_history",
    "invalid",
    "invalid_character",
    "invalid_date",
    "invalid_time",
    "malformed",
    "missing",
    "missing_column",
    "negative_weight",
    "no_digit",
    "no_line_breaks",
    "no_lowercase",
    "no_special",
    "no_such_entity",
    "no_such_field",
    "no_uppercase",
    "not_a_count",
    "not_a_cursor",
    "not_a_relation",
    "not_a_workbook",
    "not_for_type",
    "not_unique",
    "not_utf8",
    "not_with_cursor",
    "old_workbook",
    "other_workbook",
    "outer_blank",
    "record_too_large",
    "repeated",
    "repeated_column",
    "same_password",
    "span_too_long",
    "too_deep",
    "too_far_ahead",
    "too_large",
    "too_long",
    "too_many",
    "too_many_digits",
    "too_many_groups",
    "too_old",
    "too_short",
    "too_small",
    "unknown_account",
    "unknown_column",
    "unknown_field",
    "unknown_period",
    "unknown_record",
    "unknown_sheet",
    "unknown_value",
    "unknown_zone",
    "unusable_cell",
    "value_taken",
    "values_taken",
    "workbook_too_large",
    "wrong_account",
    "wrong_field_count",
    "wrong_operator",
    "wrong_password",
    "wrong_set_size",
    "wrong_type",
    "wrong_value_count",
];

/// What is wrong with one field.
#[must_use]
pub fn violation(language: Language, violation: &Violation) -> String {
    let params: Vec<_> =
        violation.params.iter().map(|(name, value)| (*name, in_words(language, name, value))).collect();
    // Some rules can be told better where a parameter is known.
    let detailed = params.iter().map(|(name, _)| format!("violation.{}_{name}", violation.code));
    let mut keys = detailed.chain([format!("violation.{}", violation.code)]);
    keys.find_map(|key| lookup(language, &key, &params)).unwrap_or_else(|| violation.code.to_owned())
}

/// A parameter of a broken rule, in the reader's words where it is none of its own.
fn in_words(language: Language, name: &str, value: &str) -> String {
    let own = || value.to_owned();
    if name == "kind" { lookup(language, &format!("kind.{value}"), &[]).unwrap_or_else(own) } else { own() }
}

/// What would make the value of the field a better one.
#[must_use]
pub fn hint(language: Language, violation: &Violation) -> Option<String> {
    let texts: Vec<String> =
        violation.hints.iter().filter_map(|hint| lookup(language, &format!("hint.{hint}"), &[])).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The text of a message of a successful answer.
#[must_use]
pub fn message(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    lookup(language, &format!("message.{key}"), params).unwrap_or_else(|| key.to_owned())
}

/// What a warning means for whoever reads a forecast, and what to do.
#[must_use]
pub fn warning(language: Language, warning: Warning) -> String {
    lookup(language, &format!("warning.{}", warning.code()), &[]).unwrap_or_else(|| warning.code().to_owned())
}

/// What a warning means for whoever forecasts a file: of any series, and with a cure for a file. Warnings that speak of
/// neither accounts nor training have the same text as for an account.
#[must_use]
pub fn file_warning(language: Language, of: Warning) -> String {
    lookup(language, &format!("file_warning.{}", of.code()), &[]).unwrap_or_else(|| warning(language, of))
}

/// What needs attention, and what to do.
#[must_use]
pub fn attention(language: Language, code: &str, params: &[(&'static str, String)]) -> String {
    lookup(language, &format!("attention.{code}"), params).unwrap_or_else(|| code.to_owned())
}

/// The name of a public holiday, by its word.
#[must_use]
pub fn holiday(language: Language, code: &str) -> String {
    lookup(language, &format!("picture.holiday.{code}"), &[]).unwrap_or_else(|| code.to_owned())
}

/// What is wrong with a part of the service, and what to do.
#[must_use]
pub fn health(language: Language, reason: &str) -> String {
    lookup(language, &format!("health.{reason}"), &[]).unwrap_or_else(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use atalaya_application::error::ValueKind;
    use atalaya_application::ports::passwords::PasswordHint;
    use atalaya_domain::text::InvalidText;

    use super::*;

    #[test]
    fn english_only_where_it_is_preferred() {
        for (accept, expected) in [
            ("", Language::Spanish),
            ("en", Language::English),
            ("en-US,en;q=0.9", Language::English),
            ("es-PE,es;q=0.9,en;q=0.8", Language::Spanish),
            ("en;q=0.9,es;q=0.1", Language::English),
            ("fr", Language::Spanish),
            ("en;q=0", Language::Spanish),
            ("*", Language::Spanish),
        ] {
            assert_eq!(Language::preferred(accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn a_locale_of_es_is_spanish_and_every_other_is_english() {
        for locale in ["es", "es_PE.UTF-8", "es_ES@euro", "es-419", "ES_pe"] {
            assert_eq!(Language::of_locale(Some(locale)), Language::Spanish, "{locale}");
        }
        for locale in ["C", "POSIX", "C.UTF-8", "en_US.UTF-8", "et_EE", "est", "pt_BR.UTF-8", ""] {
            assert_eq!(Language::of_locale(Some(locale)), Language::English, "{locale}");
        }
        assert_eq!(Language::of_locale(None), Language::English);
    }

    #[test]
    fn waits_and_sizes_are_told_as_people_say_them() {
        for (seconds, spanish, english) in [
            (1, "1 segundo", "1 second"),
            (5, "5 segundos", "5 seconds"),
            (120, "120 segundos", "120 seconds"),
            (121, "3 minutos", "3 minutes"),
            (900, "15 minutos", "15 minutes"),
            (7_200, "120 minutos", "120 minutes"),
            (86_400, "24 horas", "24 hours"),
        ] {
            assert_eq!(wait(Language::Spanish, seconds), spanish);
            assert_eq!(wait(Language::English, seconds), english);
        }
        assert_eq!([16 << 20, 1 << 20, 2_048, 1_000].map(size), ["16 MiB", "1 MiB", "2 KiB", "1000 bytes"]);
    }

    #[test]
    fn every_model_has_a_spanish_name() {
        for id in ModelId::ALL {
            assert!(lookup(Language::Spanish, &format!("model.{}", id.as_str()), &[]).is_some(), "{}", id.as_str());
        }
        assert_eq!(model(Language::English, ModelId::Linear), "Linear Regression");
    }

    #[test]
    fn every_rule_has_its_text_in_both_languages_and_every_text_its_rule() {
        for language in Language::ALL {
            let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales")).unwrap();
            let files = files.map(|file| file.unwrap().path());
            let of_language = files.filter(|file| file.to_str().unwrap().ends_with(&format!("{}.yml", language.tag())));
            let texts: String = of_language.map(|file| fs::read_to_string(file).unwrap()).collect();
            let parts = texts.split("\nviolation:\n").skip(1);
            let rules = parts.flat_map(|part| part.lines().take_while(|line| line.starts_with("  ")));
            let mut codes: Vec<_> = rules.map(|line| line.trim_start().split_once(':').unwrap().0).collect();
            // Other texts of the same rule, for where more is known of the character.
            codes.retain(|code| !code.starts_with("invalid_character_"));
            codes.sort_unstable();
            assert_eq!(codes, RULES);
        }
    }

    #[test]
    fn every_warning_has_its_text_in_both_languages() {
        for known in Warning::ALL {
            let texts = Language::ALL.map(|language| warning(language, *known));
            for text in &texts {
                assert!(text.ends_with('.') && text != known.code(), "{} lacks its text", known.code());
            }
            assert_ne!(texts[0], texts[1], "{} is not translated", known.code());
        }
    }

    /// What the engine warns of speaks to the owner of a file of sales as well.
    #[test]
    fn warnings_of_a_file_speak_of_no_account_and_no_training() {
        use Warning as W;
        // These are told of accounts only: of models that are kept, of the present, and of what is assumed.
        let of_accounts = |warning: &&Warning| {
            matches!(warning, W::StaleModel | W::StaleData | W::InSample | W::FallbackVersion)
                || matches!(warning, W::AssumptionsUnused | W::AssumptionOutOfRange | W::CovariateAssumed)
        };
        let of_files: Vec<_> = Warning::ALL.iter().filter(|warning| !of_accounts(warning)).collect();
        assert_eq!(of_files.len(), 10);
        let words = ["seguidor", "entren", "cuenta", "cargue", "cárgue", "follower", "train", "account", "upload"];
        for known in of_files {
            let texts = Language::ALL.map(|language| file_warning(language, *known));
            assert_ne!(texts[0], texts[1], "{} is not translated", known.code());
            for text in texts.map(|text| text.to_lowercase()) {
                assert!(!words.iter().any(|word| text.contains(word)), "{text}");
            }
        }
    }

    /// What the texts of these files are for types settings, options and routes: the command line, the operator's
    /// settings, and the page for developers.
    const FOR_WHO_TYPES: [&str; 4] = ["cli", "docs", "files", "settings"];

    /// Where what answers tell begins in a file that is for who types otherwise.
    const OF_ANSWERS: &str = "violation:\n";

    /// Every text of every other file, and of these what answers tell.
    fn texts_for_people() -> Vec<String> {
        let files = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/locales")).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let lines = files.flat_map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap();
            let is_typed = FOR_WHO_TYPES.contains(&name.split('.').next().unwrap());
            let text = fs::read_to_string(&file).unwrap();
            let answers = text.split_once(OF_ANSWERS).map_or("", |(_, answers)| answers);
            let of_people = if is_typed { answers } else { text.as_str() };
            of_people.lines().map(ToOwned::to_owned).collect::<Vec<_>>()
        });
        lines.filter(|line| line.contains(": \"")).collect()
    }

    /// What a bank's employee reads names no route, setting, option, parameter or placeholder of a path.
    #[test]
    fn texts_for_people_have_no_words_of_programs() {
        let lines = texts_for_people();
        assert!(lines.len() > 300, "{} texts are few", lines.len());
        for line in lines {
            let (_, text) = line.split_once(": ").unwrap();
            let is_route = text.split([' ', '«', '(']).any(|word| word.len() > 1 && word.starts_with('/'));
            let is_option = text.contains("--") || text.contains('?') || text.contains('`');
            let is_open = text.replace("%{", "").contains('{');
            // Its name is what a reader tells support, and what support asks for.
            let text = text.replace("(request_id)", "");
            let is_name = text
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .any(|word| word.trim_matches('_').contains('_'));
            assert!(!is_route && !is_option && !is_open && !is_name, "{line}");
        }
    }

    /// A problem says what happened to the reader and their data: how programs talk to each other is in docs/errors.md.
    #[test]
    fn problems_have_no_words_of_http() {
        const WORDS: [&str; 9] = [
            "token",
            "cookie",
            "cuerpo",
            "body",
            "accept-",
            "content-",
            "gzip",
            "transfer-encoding",
            "idempotency-key",
        ];
        let of_nginx = include_str!("../../../deploy/nginx/snippets/problem-texts.conf");
        let of_nginx: Vec<_> = of_nginx.lines().filter(|line| line.contains(r#""detail":"#)).collect();
        assert!(of_nginx.len() > 20, "{} texts of nginx are few", of_nginx.len());
        for texts in [include_str!("../locales/es.yml"), include_str!("../locales/en.yml")] {
            let problems: Vec<_> = texts.lines().skip(1).take_while(|line| line.starts_with(' ')).collect();
            assert!(problems.len() > 120, "{} lines are few", problems.len());
            for text in problems.iter().chain(&of_nginx).filter(|line| line.contains('"')) {
                let text = text.to_lowercase();
                let said = WORDS.iter().find(|word| text.contains(**word));
                assert!(said.is_none(), "{text} says {said:?}");
            }
        }
    }

    #[test]
    fn a_wrong_type_says_what_is_right() {
        for kind in ValueKind::ALL {
            let texts = Language::ALL.map(|language| violation(language, &Violation::wrong_type("field", kind)));
            assert!(texts.iter().all(|text| !text.contains('%')), "{texts:?}");
            assert_ne!(texts[0], texts[1], "{} is not translated", kind.as_str());
            let told = Language::ALL.map(|language| lookup(language, &format!("kind.{}", kind.as_str()), &[]));
            assert!(told.iter().all(Option::is_some), "{} lacks its text", kind.as_str());
        }
        let spanish = violation(Language::Spanish, &Violation::wrong_type("limit", ValueKind::WholeNumber));
        assert_eq!(spanish, "El tipo de dato no es el esperado: debe ser un número entero.");
    }

    #[test]
    fn a_wrong_word_or_character_says_which_are_right() {
        let role = violation(Language::Spanish, &Violation::unknown_value("rol", ["admin", "user"]));
        assert_eq!(role, "Valor no admitido. Use: admin, user.");
        for (error, expected) in [
            (InvalidText::Alphabet { marks: "_ . @ -" }, "Use solo letras sin tilde ni ñ, números y _ . @ -"),
            (InvalidText::Start, "Debe empezar con una letra o un número."),
            (InvalidText::Character, "Contiene un carácter que no se ve o no se admite. Escríbalo de nuevo."),
        ] {
            assert_eq!(violation(Language::Spanish, &Violation::text("username", error)), expected);
        }
    }

    #[test]
    fn every_hint_has_its_text_in_both_languages() {
        for known in PasswordHint::ALL {
            let weak = Violation { hints: Box::new([known.code()]), ..Violation::new("password", "breached") };
            let texts = Language::ALL.map(|language| hint(language, &weak));
            assert!(texts.iter().all(Option::is_some), "{} lacks its text", known.code());
            assert_ne!(texts[0], texts[1], "{} is not translated", known.code());
        }
    }
}
