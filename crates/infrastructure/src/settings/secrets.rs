//! Secrets: their form, and whether they are secret at all.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::parse::Parsed;
use super::problem::Problem;
use super::variables::{DEVELOPMENT_JWT_SECRET, DEVELOPMENT_KEY_ENCRYPTION_KEY, DEVELOPMENT_PEPPER};
use super::{Profile, guessable};
use crate::security::{NamedSecret, WrappingKeys};

/// The id of a secret that is given without one.
const FIRST_ID: &str = "1";
const PEPPER_BYTES: usize = 16;
/// As long as the hash that HS256 uses (RFC 7518, section 3.2).
const JWT_SECRET_BYTES: usize = 32;

/// The bits that a key has at least, by an estimate that errs downwards: one of 128 bits in hexadecimal passes.
const KEY_BITS: f64 = 80.0;
/// The same of a pepper, which may be shorter, because trying one costs a bcrypt.
const PEPPER_BITS: f64 = 56.0;

/// Keys of 32 bytes in base64.
pub(super) fn key_encryption_keys(text: &str, profile: Profile) -> Parsed<Vec<NamedSecret>> {
    named(text, |value| {
        let bytes = STANDARD.decode(value).map_err(|_| Problem::new("not_base64"))?;
        if bytes.len() != WrappingKeys::KEY_BYTES {
            let problem = Problem::new("wrong_length").with("found", bytes.len());
            return Err(problem.with("needed", WrappingKeys::KEY_BYTES));
        }
        refuse_guessable(value, KEY_BITS, profile)?;
        Ok(bytes)
    })
}

/// Peppers, taken as they are written.
pub(super) fn peppers(text: &str, profile: Profile) -> Parsed<Vec<NamedSecret>> {
    named(text, |value| {
        long_enough(value, PEPPER_BYTES)?;
        refuse_guessable(value, PEPPER_BITS, profile)?;
        Ok(value.as_bytes().to_vec())
    })
}

/// The shared secret of HS256.
pub(super) fn jwt_secret(text: &str, profile: Profile) -> Parsed<SecretString> {
    long_enough(text, JWT_SECRET_BYTES)?;
    refuse_guessable(text, KEY_BITS, profile)?;
    Ok(SecretString::from(text))
}

fn long_enough(value: &str, min: usize) -> Parsed<()> {
    let problem = || Problem::new("too_short").with("found", value.len()).with("needed", min);
    if value.len() < min { Err(problem()) } else { Ok(()) }
}

/// In production a secret that can be read somewhere, or that people make up, is none: not the current one, and no
/// former one either, under which somebody else could have sealed or hashed what is stored.
fn refuse_guessable(written: &str, least_bits: f64, profile: Profile) -> Parsed<()> {
    if profile == Profile::Development {
        return Ok(());
    }
    let forms = guessable::forms(written);
    let ours = [DEVELOPMENT_KEY_ENCRYPTION_KEY, DEVELOPMENT_PEPPER, DEVELOPMENT_JWT_SECRET].contains(&written);
    if ours || forms.iter().any(|form| guessable::is_published(&String::from_utf8_lossy(form))) {
        return Err(Problem::new("known_example"));
    }
    if forms.iter().any(|form| guessable::repeats(form)) {
        return Err(Problem::new("repeats_itself"));
    }
    if forms.iter().any(|form| guessable::bits(form) < least_bits) {
        return Err(Problem::new("guessable"));
    }
    Ok(())
}

/// The first two purposes that have a secret in common, the later one first; a secret is the same as what it encodes.
pub(super) fn first_shared<'a>(purposes: &[(&'a str, Vec<Vec<u8>>)]) -> Option<(&'a str, &'a str)> {
    let forms = |values: &[Vec<u8>]| -> HashSet<Vec<u8>> {
        let written = values.iter().filter_map(|value| std::str::from_utf8(value).ok());
        written.flat_map(guessable::forms).chain(values.iter().cloned()).collect()
    };
    let mut earlier: Vec<(&str, HashSet<Vec<u8>>)> = Vec::new();
    for (name, values) in purposes {
        let forms = forms(values);
        if let Some((other, _)) = earlier.iter().find(|(_, known)| !known.is_disjoint(&forms)) {
            return Some((name, other));
        }
        earlier.push((name, forms));
    }
    None
}

/// The address of a server, whose password in production is none that is tried first. One without a password may be
/// guarded otherwise.
pub(super) fn server_url(text: String, profile: Profile) -> Parsed<String> {
    let authority = text.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
    let login = authority.rsplit_once('@').map_or("", |(login, _)| login);
    let guessed = login
        .split_once(':')
        .is_some_and(|(user, password)| !password.is_empty() && guessable::is_first_guess(user, password));
    if guessed && profile == Profile::Production {
        return Err(Problem::new("tried_first"));
    }
    Ok(text)
}

/// Reads `value`, or `id:value,id:value` of which the first is current. Entries are told by their place only: an id
/// may be part of a secret that was written wrongly.
fn named(text: &str, read: impl Fn(&str) -> Parsed<Vec<u8>>) -> Parsed<Vec<NamedSecret>> {
    if !text.contains([',', ':']) {
        return Ok(vec![NamedSecret { id: FIRST_ID.to_owned(), value: read(text)?.into() }]);
    }
    let mut secrets: Vec<NamedSecret> = Vec::new();
    for (entry, place) in text.split(',').zip(1..) {
        let (id, value) = entry
            .split_once(':')
            .map(|(id, value)| (id.trim(), value.trim()))
            .filter(|(id, _)| is_id(id))
            .ok_or_else(|| Problem::new("entry_form").in_entry(place))?;
        if secrets.iter().any(|known| known.id == id) {
            return Err(Problem::new("entry_repeats_id").in_entry(place));
        }
        let value = read(value).map_err(|problem| problem.in_entry(place))?;
        if secrets.iter().any(|known| known.value.expose_secret() == value) {
            return Err(Problem::new("entry_repeats_value").in_entry(place));
        }
        secrets.push(NamedSecret { id: id.to_owned(), value: value.into() });
    }
    Ok(secrets)
}

fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}
