//! The rules for passwords: no text breaks them, and what they accept is what they say.

#![no_main]

use arbitrary::Arbitrary;
use atalaya_domain::password::{Password, PasswordPolicy, PasswordRule};
use atalaya_domain::user::Username;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Registration<'a> {
    password: &'a str,
    username: &'a str,
    company: Option<&'a str>,
    strict: bool,
}

fn rules(policy: PasswordPolicy, password: &str, username: &str, company: Option<&str>) -> Vec<PasswordRule> {
    policy.broken_rules(Password::new(password).expose(), username, company)
}

fuzz_target!(|registration: Registration| {
    let Registration { password, username, company, strict } = registration;
    let (policy, least) = if strict { (PasswordPolicy::Length, 15) } else { (PasswordPolicy::Classes, 8) };
    let broken = rules(policy, password, username, company);
    let mut named = broken.clone();
    named.sort_unstable();
    named.dedup();
    assert_eq!(named.len(), broken.len(), "a rule is named twice: {broken:?}");

    let normal = Password::new(password);
    assert_eq!(Password::new(normal.expose()).expose(), normal.expose(), "the composed form is not final");
    assert_eq!(rules(policy, normal.expose(), username, company), broken, "two spellings are not one password");

    if broken.is_empty() {
        let length = normal.expose().chars().count();
        assert!((least..=128).contains(&length), "{length} characters were accepted");
        let has = |class: fn(char) -> bool| normal.expose().chars().any(class);
        let classes = has(char::is_uppercase) && has(char::is_lowercase) && has(char::is_numeric);
        assert!(length >= 15 || classes, "too few classes were accepted");
        assert!(!normal.expose().eq_ignore_ascii_case(username));
    }
    if let Ok(name) = Username::parse(username)
        && name.as_str().len() >= 4
    {
        // With a mark around it, because a combining accent would make another letter of its last one.
        let around = format!("{password}-{}-{password}", name.as_str().to_ascii_uppercase());
        let refused = rules(policy, &around, username, company).contains(&PasswordRule::ContainsUsername);
        assert!(refused, "the username was accepted inside the password");
    }
});
