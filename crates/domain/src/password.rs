//! Passwords and the rules that they must keep.
//!
//! Hashing is not here: it needs randomness and time.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

/// A password as somebody typed it, in Unicode's composed form (NFC), so that the same keys give the same password on
/// every machine. Never printed.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Normalises. No rule is checked: at login even a password that breaks today's rules must be comparable.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // Its size from the start: text that grows leaves what it was in memory. Only few letters grow.
        let mut composed = String::with_capacity(text.len());
        composed.extend(text.nfc());
        Self(SecretString::from(composed))
    }

    /// The text, for the hasher.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Which rules a new password must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordPolicy {
    /// 8 to 128 characters with an upper-case and a lower-case letter, a digit and a special character; from 15
    /// characters on no classes are demanded.
    #[default]
    Classes,
    /// 15 to 128 characters, no classes (NIST SP 800-63B-4).
    Length,
}

/// A rule that a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PasswordRule {
    /// Fewer characters than the policy demands.
    TooShort {
        /// The fewest.
        min: usize,
    },
    /// More than 128 characters.
    TooLong {
        /// The most.
        max: usize,
    },
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoDigit,
    /// Only letters and digits.
    NoSpecial,
    /// It contains the username.
    ContainsUsername,
    /// It contains the company's name.
    ContainsCompany,
    /// It is common, or known from a leak.
    Breached,
}

impl PasswordRule {
    /// The wire word of the broken rule.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::NoUppercase => "no_uppercase",
            Self::NoLowercase => "no_lowercase",
            Self::NoDigit => "no_digit",
            Self::NoSpecial => "no_special",
            Self::ContainsUsername => "contains_username",
            Self::ContainsCompany => "contains_company",
            Self::Breached => "breached",
        }
    }
}

impl PasswordPolicy {
    /// From this length on no character classes are demanded; the least under [`Self::Length`].
    pub const LONG: usize = 15;
    /// The least under [`Self::Classes`].
    pub const SHORTEST: usize = 8;
    /// The most under both.
    pub const LONGEST: usize = 128;
    /// Names of fewer characters may appear within: forbidding `bcp` would forbid too much.
    const SHORTEST_NAME: usize = 4;

    /// Every rule that `password` breaks for a user of this name in a company of that name; empty when it is
    /// acceptable. Lengths are counted in code points, after NFC, which [`Password`] brings a text into. Lists of known
    /// passwords are not asked here: see [`decorated_words`].
    #[must_use]
    pub fn broken_rules(self, password: &str, username: &str, company: Option<&str>) -> Vec<PasswordRule> {
        let length = password.chars().count();
        let min = match self {
            Self::Classes => Self::SHORTEST,
            Self::Length => Self::LONG,
        };
        let mut broken = Vec::new();
        if length < min {
            broken.push(PasswordRule::TooShort { min });
        }
        if length > Self::LONGEST {
            broken.push(PasswordRule::TooLong { max: Self::LONGEST });
        }
        if self == Self::Classes && length < Self::LONG {
            broken.extend(missing_classes(password));
        }
        if names(password, username) {
            broken.push(PasswordRule::ContainsUsername);
        }
        if company.is_some_and(|company| names(password, company)) {
            broken.push(PasswordRule::ContainsCompany);
        }
        broken
    }
}

/// Whether `password` contains `name` in any letter case; one of few letters only where nothing but decoration is
/// around it.
fn names(password: &str, name: &str) -> bool {
    let name = folded(name);
    if name.chars().count() >= PasswordPolicy::SHORTEST_NAME {
        return folded(password).contains(&name);
    }
    !name.is_empty() && decorated_words(password).iter().any(|word| folded(word) == name)
}

/// Without the difference of letter case. Character by character: in the whole text, a Greek sigma is another letter at
/// the end of a word.
fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).collect()
}

/// Words that a guesser of this product's passwords tries first and that international lists lack: what it is about,
/// and what people in Spanish-speaking offices are known to choose when a password has to change every season.
pub const LOCAL_WORDS: &[&str] = &[
    "atalaya",
    "seguidores",
    "pronostico",
    "pronóstico",
    "empresa",
    "banco",
    "bancaria",
    "agencia",
    "oficina",
    "contraseña",
    "contrasena",
    "contrasenia",
    "clave",
    "acceso",
    "usuario",
    "administrador",
    "bienvenido",
    "bienvenida",
    "hola",
    "temporal",
    "cambiame",
    "cámbiame",
    "primavera",
    "verano",
    "otoño",
    "otono",
    "invierno",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "setiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "lunes",
    "martes",
    "miercoles",
    "miércoles",
    "jueves",
    "viernes",
    "sabado",
    "sábado",
    "domingo",
    "alianza",
    "universitario",
    "peruano",
    "peruana",
    "teamo",
];

/// What a guesser sees in a password: the whole of it; the same without its marks or those at its end, because people
/// meet a demand for a special character with a `!` behind or an `@` within; and the word that is left without a
/// decoration of marks and at most six digits, such as a year or a row, behind it or on both sides. Nothing shorter
/// than three characters.
#[must_use]
pub fn decorated_words(password: &str) -> Vec<Cow<'_, str>> {
    const SHORTEST_WORD: usize = 3;
    const MOST_DIGITS: usize = 6;
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).count();
    let is_mark = |c: char| !c.is_alphanumeric();
    let is_decoration = |c: char| !c.is_alphabetic();
    let stripped = [password.trim_end_matches(is_decoration), password.trim_matches(is_decoration)];
    let mut words = vec![Cow::Borrowed(password), Cow::Borrowed(password.trim_end_matches(is_mark))];
    words.push(Cow::Owned(password.replace(is_mark, "")));
    let few_digits = |word: &&str| digits(password) <= digits(word) + MOST_DIGITS;
    words.extend(stripped.into_iter().filter(few_digits).map(Cow::Borrowed));
    words.retain(|word| word.chars().count() >= SHORTEST_WORD);
    words.sort_unstable();
    words.dedup();
    words
}

fn missing_classes(text: &str) -> impl Iterator<Item = PasswordRule> {
    let has = |class: fn(char) -> bool| text.chars().any(class);
    [
        (has(char::is_uppercase), PasswordRule::NoUppercase),
        (has(char::is_lowercase), PasswordRule::NoLowercase),
        (has(char::is_numeric), PasswordRule::NoDigit),
        (has(|c| !c.is_alphanumeric()), PasswordRule::NoSpecial),
    ]
    .into_iter()
    .filter_map(|(present, rule)| (!present).then_some(rule))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn broken(policy: PasswordPolicy, password: &str) -> Vec<&'static str> {
        let rules = policy.broken_rules(Password::new(password).expose(), "ana.perez", Some("Interbank"));
        rules.into_iter().map(PasswordRule::code).collect()
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        assert_eq!(broken(PasswordPolicy::Classes, "abc"), ["too_short", "no_uppercase", "no_digit", "no_special"]);
    }

    #[test]
    fn fifteen_characters_need_no_classes() {
        assert!(broken(PasswordPolicy::Classes, "correct horse battery").is_empty());
        assert!(broken(PasswordPolicy::Length, "correct horse battery").is_empty());
        assert_eq!(broken(PasswordPolicy::Length, "Sh0rt-one"), ["too_short"]);
    }

    #[test]
    fn names_are_refused_inside_the_password() {
        assert_eq!(broken(PasswordPolicy::Classes, "Ana.Perez-2026"), ["contains_username"]);
        assert_eq!(broken(PasswordPolicy::Classes, "interBANK-2026"), ["contains_company"]);
    }

    #[test]
    fn a_short_name_is_refused_only_where_it_is_all_there_is() {
        let rules = |password| PasswordPolicy::Classes.broken_rules(password, "eva", Some("BCP"));
        assert_eq!(rules("Bcp@2026!"), [PasswordRule::ContainsCompany]);
        assert_eq!(rules("..Eva-2026"), [PasswordRule::ContainsUsername]);
        assert!(rules("Evasivas-2026").is_empty());
    }

    #[test]
    fn names_are_found_in_whatever_spelling() {
        let rules = |password| PasswordPolicy::Length.broken_rules(password, "ana", Some("Caja N\u{303}andu ΟΔΟΣ"));
        assert_eq!(rules("mi caja \u{f1}andu οδοσ 7"), [PasswordRule::ContainsCompany]);
    }

    #[test]
    fn a_decoration_hides_no_word() {
        for (password, word) in [
            ("Password123!", "Password"),
            ("Password@2026..", "Password"),
            ("*2026Verano*", "Verano"),
            ("P@ssw0rd1", "P@ssw0rd"),
            ("Contraseña!", "Contraseña"),
            ("Aa@123456", "Aa123456"),
        ] {
            assert!(decorated_words(password).contains(&Cow::Borrowed(word)), "{password}");
        }
        assert_eq!(decorated_words("Dragon-19283746"), ["Dragon-19283746", "Dragon19283746"]);
        assert!(decorated_words("12").is_empty());
    }

    #[test]
    fn both_spellings_of_an_accent_are_one_password() {
        assert_eq!(Password::new("contrase\u{f1}a").expose(), Password::new("contrasen\u{303}a").expose());
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", Password::new("hunter2hunter2")).contains("hunter2"));
    }

    const POLICIES: [PasswordPolicy; 2] = [PasswordPolicy::Classes, PasswordPolicy::Length];

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_be_judged(text in any::<String>(), username in any::<String>(), company in any::<String>()) {
            let password = Password::new(&text);
            for policy in POLICIES {
                let broken = policy.broken_rules(password.expose(), &username, Some(&company));
                prop_assert!(broken.is_sorted_by(|one, next| one < next), "a rule is named twice or out of order: {broken:?}");
            }
            let within = |word: &Cow<'_, str>| word.chars().all(|c| password.expose().contains(c));
            prop_assert!(decorated_words(password.expose()).iter().all(within));
        }

        /// The composed and the decomposed spelling count alike, and a letter outside of the first plane counts once.
        #[test]
        fn lengths_are_counted_in_code_points(length in 0..200_usize, letter in "[a\u{f1}\u{1f511}\u{10480}]") {
            let composed = letter.repeat(length);
            let decomposed: String = composed.nfd().collect();
            let is_length = |rule: &PasswordRule| matches!(rule, PasswordRule::TooShort { .. } | PasswordRule::TooLong { .. });
            for text in [composed, decomposed] {
                let password = Password::new(&text);
                for (policy, min) in POLICIES.into_iter().zip([8, 15]) {
                    let broken = policy.broken_rules(password.expose(), "ana.perez", None);
                    prop_assert_eq!(broken.iter().any(is_length), !(min..=128).contains(&length));
                }
            }
        }

        #[test]
        fn every_missing_class_is_named_at_once(upper in any::<bool>(), lower in any::<bool>(), digit in any::<bool>(), special in any::<bool>()) {
            let classes = [
                (upper, 'Q', PasswordRule::NoUppercase),
                (lower, 'q', PasswordRule::NoLowercase),
                (digit, '7', PasswordRule::NoDigit),
                (special, '\u{1f511}', PasswordRule::NoSpecial),
            ];
            let present: String = classes.iter().filter(|(present, ..)| *present).map(|(_, letter, _)| *letter).collect();
            let password: String = present.chars().cycle().take(if present.is_empty() { 0 } else { 8 }).collect();
            let missing = classes.iter().filter(|(present, ..)| !present).map(|(.., rule)| *rule);
            let short = present.is_empty().then_some(PasswordRule::TooShort { min: 8 });
            let expected: Vec<_> = short.into_iter().chain(missing).collect();
            prop_assert_eq!(PasswordPolicy::Classes.broken_rules(&password, "ana.perez", None), expected);
        }

        #[test]
        fn from_fifteen_characters_on_no_class_is_demanded(text in "\\PC{15,128}") {
            let password = Password::new(&text);
            prop_assume!((15..=128).contains(&password.expose().chars().count()));
            for policy in POLICIES {
                prop_assert_eq!(policy.broken_rules(password.expose(), "", None), []);
            }
        }

        #[test]
        fn neither_policy_takes_a_name_in_a_password(before in "\\PC{0,40}", name in "[a-zA-Z][a-zA-Z0-9._-]{3,30}", after in "\\PC{0,40}") {
            let password = format!("{before}{}{after}", name.to_uppercase());
            let password = Password::new(&password);
            // A combining mark after the name makes another letter of its last one.
            prop_assume!(password.expose().contains(&name.to_uppercase()));
            for policy in POLICIES {
                let broken = policy.broken_rules(password.expose(), &name, Some(&name));
                prop_assert!(broken.ends_with(&[PasswordRule::ContainsUsername, PasswordRule::ContainsCompany]));
            }
        }
    }
}
