//! Names that look alike (Unicode Technical Standard 39, 4).
//!
//! Not here: which characters a name may have at all (`text`).

use std::collections::BTreeSet;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// The combining dot above.
const DOT_ABOVE: char = '\u{307}';

/// What a name looks like: two names with a form in common are taken for one another.
///
/// Accents tell names apart, blanks do so only by where they stand, and letter case and the script of a letter do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skeleton(BTreeSet<String>);

impl Skeleton {
    /// Of a name.
    ///
    /// One form would not do. As it is written, `Interbank` looks like `lnterbank`, which begins with a small L; in
    /// small letters it does not. In small letters `ВТБ` and `втб` are one name, although `в` does not look like `В`.
    /// In capitals `SCOTIABANK` looks like `SCOTlABANK`, and only there do they. Compatibility forms (NFKC) make one
    /// of `Ｂａｎｃｏ` and `Banco`, but hide others: they turn the lunate sigma, which looks like `c`, into one that does
    /// not. So all of it is done with and without them.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let texts: [String; 2] = [name.nfc().collect(), name.nfkc().collect()];
        Self(texts.iter().flat_map(|text| [written_alike(text), of_small_letters(text), of_capitals(text)]).collect())
    }

    /// The forms, one to six; none of them is the form of a name that looks otherwise.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether one of the names is taken for the other.
    #[must_use]
    pub fn looks_like(&self, other: &Self) -> bool {
        !self.0.is_disjoint(&other.0)
    }
}

fn of_small_letters(text: &str) -> String {
    written_alike(&folded(text))
}

fn of_capitals(text: &str) -> String {
    written_alike(&text.to_uppercase())
}

/// One form for all that is written alike, whatever its letter case.
fn written_alike(text: &str) -> String {
    let prototype: String = skeleton(text).collect();
    folded(&prototype).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without letter case. An `i` or `j` with one more dot above looks like one without (their own dot is then not
/// drawn), and the Turkish capital `İ` becomes such an `i`.
fn folded(text: &str) -> String {
    let mut soft_dotted = false;
    let letters = text.chars().default_case_fold().nfd();
    letters
        .filter(|&c| {
            let dot_shows = !(soft_dotted && c == DOT_ABOVE);
            soft_dotted = matches!(c, 'i' | 'j' | 'і' | 'ј') || (soft_dotted && c == DOT_ABOVE);
            dot_shows
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        Skeleton::of(one).looks_like(&Skeleton::of(other))
    }

    #[test]
    fn names_that_look_alike_have_a_form_in_common() {
        for other in [
            "Banco Peru\u{301}",
            "BANCO PERÚ",
            "banco perú",
            "Banco\u{a0}Perú",
            "Banco  Perú",
            "Banco\u{2003}Perú",
            "Ban\u{200b}co Perú",
            "Ban\u{ad}co Perú",
            "B\u{430}nco Perú",
            "\u{412}anco Perú",
            "\u{202e}Banco Perú",
            "Banc0 Perú",
            "Ｂａｎｃｏ Perú",
            "𝐁𝐚𝐧𝐜𝐨 Perú",
        ] {
            assert!(alike("Banco Perú", other), "{other:?}");
        }
        assert!(alike("Interbank", "lnterbank"));
        assert!(alike("Interbank", "1nterbank"));
        assert!(alike("INTERBANK", "interbank"));
        assert!(alike("Scotiabank", "SCOTlABANK"));
        assert!(alike("Scotiabank", "SCOT1ABANK"));
        assert!(alike("ВТБ", "втб"));
        assert!(alike("ВТБ", "BTБ"));
        assert!(alike("Straße", "STRASSE"));
        for (one, other) in [
            ("BCP", "B\u{3f9}P"),
            ("Scotiabank", "S\u{3f2}otiabank"),
            ("Banco fin", "Banco \u{17f}in"),
            ("Banco sin", "Banco \u{17f}in"),
            ("Gestora, SA", "Gestora\u{b8} SA"),
            ("Caja~1", "Caja\u{2dc}1"),
            ("Interbank", "\u{4cf}nterbank"),
            ("Caja i", "Caja\u{37a}"),
            ("D'Onofrio", "D\u{1fbd}Onofrio"),
            ("Banco ist", "Banco i\u{307}st"),
            ("Caja", "Caj\u{307}a"),
            ("Banco ist", "Banco \u{130}st"),
            ("BCP", "BCP\u{fe0f}"),
            ("BCP", "BCP\u{34f}"),
        ] {
            assert!(alike(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_that_can_be_told_apart_have_none() {
        let names =
            ["Banco Perú", "Banco Peru", "Banco Per", "Banco del Perú", "BancoPerú", "Banco Sur", "BCP", "BBVA"];
        for (index, one) in names.iter().enumerate() {
            assert!(names[index + 1..].iter().all(|other| !alike(one, other)), "{one}");
        }
    }

    #[test]
    fn forms_are_those_in_which_names_differ() {
        assert_eq!(Skeleton::of("Banco Perú").forms().count(), 1);
        assert_eq!(Skeleton::of("Interbank").forms().collect::<Vec<_>>(), ["interbank", "lnterbank"]);
    }
}
