//! What a guesser tries first, as zxcvbn (Wheeler, USENIX Security 2016) estimates it: its dictionaries know the 30,000
//! passwords that were seen most, 80,000 words and names, their spellings with `@` for `a` and backwards, rows of keys,
//! repetitions and dates.

use atalaya_application::AppError;
use atalaya_application::ports::passwords::{PasswordBlocklist, PasswordHint, StrengthEstimator};
use atalaya_domain::password::{LOCAL_WORDS, Password, PasswordPolicy, decorated_words};
use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

/// The most that is looked at, in characters. No common password is longer, and the estimator tries every spelling of
/// every part: on a hundred characters made for it, it would take longer than a hash.
const MOST: usize = 40;
/// What is guessed within so many attempts is common: the first 3,000 of a list with a decoration from some hundreds.
const FEW_GUESSES: u64 = 1_000_000;

/// Common passwords, those of the product's own surroundings included, plain or decorated with marks and a few digits.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommonPasswords;

impl PasswordBlocklist for CommonPasswords {
    fn contains(&self, password: &Password) -> Result<bool, AppError> {
        let text = password.expose();
        let common = || guessed_soon(text) || decorated_words(text).iter().any(|word| is_common(word));
        Ok(text.chars().count() <= MOST && common())
    }
}

/// Whether few guesses find the whole of it, whatever it is made of: rows of keys, sequences and repetitions together.
/// What is too short for any policy is found soon because of that, and told so.
fn guessed_soon(text: &str) -> bool {
    text.chars().count() >= PasswordPolicy::SHORTEST
        && zxcvbn(&text.to_lowercase(), LOCAL_WORDS).guesses() < FEW_GUESSES
}

/// Whether a guesser sees one thing in the whole of `word`, and soon. Letter case is not weighed: it is the first that
/// guessers vary.
fn is_common(word: &str) -> bool {
    let estimate = zxcvbn(&word.to_lowercase(), LOCAL_WORDS);
    let [whole] = estimate.sequence() else { return false };
    !matches!(whole.pattern, MatchPattern::BruteForce) && estimate.guesses() < FEW_GUESSES
}

/// Advice by zxcvbn.
#[derive(Debug, Clone, Copy, Default)]
pub struct ZxcvbnEstimator;

impl StrengthEstimator for ZxcvbnEstimator {
    fn hints(&self, password: &Password, words: &[&str]) -> Vec<PasswordHint> {
        let text: String = password.expose().chars().take(MOST).collect();
        let estimate = zxcvbn(&text, words);
        let Some(feedback) = estimate.feedback() else { return Vec::new() };
        let warning = feedback.warning().map(hint_of);
        warning.into_iter().chain(advice(feedback.suggestions())).collect()
    }
}

fn hint_of(warning: Warning) -> PasswordHint {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            PasswordHint::KeyboardRow
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            PasswordHint::Repetition
        }
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            PasswordHint::CommonPassword
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => PasswordHint::LikeCommonPassword,
        Warning::SequencesLikeAbcAreEasyToGuess => PasswordHint::Sequence,
        Warning::RecentYearsAreEasyToGuess => PasswordHint::Year,
        Warning::AWordByItselfIsEasyToGuess => PasswordHint::SingleWord,
        Warning::DatesAreOftenEasyToGuess => PasswordHint::Date,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            PasswordHint::Name
        }
    }
}

/// The most telling of the suggestions. The others say the same as the warning, or that classes do not matter, which
/// the policy may contradict.
fn advice(suggestions: &[Suggestion]) -> Option<PasswordHint> {
    let tells = |suggestion| suggestions.contains(&suggestion);
    if tells(Suggestion::PredictableSubstitutionsDontHelpVeryMuch) {
        Some(PasswordHint::Substitutions)
    } else if tells(Suggestion::ReversedWordsArentMuchHarderToGuess) {
        Some(PasswordHint::Reversed)
    } else if suggestions.is_empty() {
        None
    } else {
        Some(PasswordHint::MoreWords)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_known(password: &str) -> bool {
        CommonPasswords.contains(&Password::new(password)).unwrap()
    }

    /// What keeps every rule of the policy and is tried first all the same.
    #[test]
    fn common_passwords_that_keep_the_classes_are_known() {
        for password in [
            "P@ssw0rd",
            "P@ssw0rd1",
            "P@$$w0rd!",
            "Password1!",
            "Password123!",
            "Passw0rd!",
            "Password@123",
            "Qwerty123!",
            "Qwerty@123",
            "1qaz!QAZ",
            "1qaz@WSX",
            "Admin123!",
            "Admin@123",
            "Welcome1!",
            "Welcome@2026",
            "Abcd@1234",
            "Abc@1234",
            "Aa123456!",
            "Aa@123456",
            "Test@123",
            "Dragon2026!",
            "Iloveyou1!",
            "Letmein1!",
            "Monkey12!",
            "Football#1",
            "Passw0rd2026!",
            "Contraseña1!",
            "Contr@seña2026",
            "Bienvenido1!",
            "Clave-2026",
            "Verano2026!",
            "Enero.2026",
            "Atalaya2026!",
            "At@laya#1",
            "Lima-2026",
            "Jennifer1!",
            "drowssaP1!",
            "Zaq12wsx!",
            "Asdf1234!",
            "Password123456!",
            "Bienvenido12345!",
        ] {
            let broken = PasswordPolicy::Classes.broken_rules(password, "ana.perez", None);
            assert!(broken.is_empty(), "{password} breaks {broken:?} and shows nothing");
            assert!(is_known(password), "{password} is not known");
        }
    }

    #[test]
    fn common_passwords_of_fifteen_characters_are_known() {
        for password in [
            "123456789987654321",
            "passwordpassword",
            "aaaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "qwerty123456789",
            "1qaz2wsx3edc4rfv",
            "q1w2e3r4t5y6u7i8",
            "111222333444555",
            "abcabcabcabcabc",
            "password1password1",
            "12345678901234567",
            "Qwertyuiop123456",
            "qwertyuiopasdfgh",
            "aaaaaaaabbbbbbbb",
        ] {
            assert!(is_known(password), "{password} is not known");
        }
    }

    #[test]
    fn passwords_of_ones_own_are_not_known() {
        for password in [
            "Una-Clave-2026",
            "Otra-Clave-2026",
            "correct horse battery staple",
            "SecurePass123!",
            "quince letras !",
            "Mi-NUEVA-clave-1",
            "tres tristes tigres",
            "Xk9$vTq2",
            "hG7!mmPw",
            "El perro come pan",
            "Dragon-19283746",
            "Kf3#Kf3#Zz",
            "日本語のパスワードです",
        ] {
            assert!(!is_known(password), "{password} is known");
        }
    }

    #[test]
    fn what_is_longer_than_any_common_password_is_not_looked_up() {
        assert!(!is_known(&"4@8({[<369!1|70$5+%2".repeat(6)));
        assert!(!is_known(""));
    }

    fn hints(password: &str) -> Vec<PasswordHint> {
        ZxcvbnEstimator.hints(&Password::new(password), &["atalaya", "ana.perez", "Caja Sullana"])
    }

    #[test]
    fn a_weak_password_is_told_why_and_a_strong_one_nothing() {
        use PasswordHint as H;
        assert_eq!(hints("password"), [H::CommonPassword, H::MoreWords]);
        assert_eq!(hints("P@ssw0rd"), [H::LikeCommonPassword, H::Substitutions]);
        assert_eq!(hints("drowssap"), [H::LikeCommonPassword, H::Reversed]);
        assert_eq!(hints("aaaaaaaa"), [H::Repetition, H::MoreWords]);
        assert_eq!(hints("ana.perez"), [H::MoreWords]);
        assert_eq!(hints("correct horse battery staple"), []);
        assert!(!hints("").is_empty());
    }
}
