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

/// What is wrong with one field.
#[must_use]
pub fn violation(language: Language, violation: &Violation) -> String {
    lookup(language, &format!("violation.{}", violation.code), &violation.params)
        .unwrap_or_else(|| violation.code.to_owned())
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

/// What is wrong with a part of the service, and what to do.
#[must_use]
pub fn health(language: Language, reason: &str) -> String {
    lookup(language, &format!("health.{reason}"), &[]).unwrap_or_else(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use atalaya_application::ports::passwords::PasswordHint;

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
    fn every_warning_has_its_text_in_both_languages() {
        for known in Warning::ALL {
            let texts = Language::ALL.map(|language| warning(language, *known));
            for text in &texts {
                assert!(text.ends_with('.') && text != known.code(), "{} lacks its text", known.code());
            }
            assert_ne!(texts[0], texts[1], "{} is not translated", known.code());
        }
    }

    /// What a bank's employee reads names no route, no setting and no placeholder of a path.
    #[test]
    fn texts_for_people_have_no_routes_settings_or_placeholders() {
        let files = [include_str!("../locales/es.yml"), include_str!("../locales/en.yml")];
        let of_people = files.iter().flat_map(|file| {
            let (before, rest) = file.split_once("\nhealth:").unwrap();
            let after = rest.split_once("\nmessage:").unwrap().1;
            before.lines().chain(after.lines())
        });
        for line in of_people {
            let text = line.split_once(": ").map_or("", |(_, text)| text);
            let is_route = ["GET /", "POST /", "PUT /", "PATCH /", "DELETE /"].iter().any(|route| text.contains(route));
            let is_setting = text
                .split(|c: char| !c.is_ascii_uppercase() && c != '_')
                .any(|word| word.contains('_') && word.len() > 3);
            let is_open = text.replace("%{", "").contains('{');
            // Only a developer of a page sees what a preflight is answered; browsers show it to nobody else.
            let is_for_developers = line.trim_start().starts_with("detail_preflight:");
            assert!(!is_route && !is_open && (!is_setting || is_for_developers), "{line}");
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
