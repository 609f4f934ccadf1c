//! `Prefer` (RFC 7240): what a client would like, where the server can.

use actix_web::http::header::{HeaderMap, HeaderName};

/// What a client would like.
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// Which of that was done.
pub(crate) const PREFERENCE_APPLIED: &str = "preference-applied";
/// The preference for a job to follow over an answer to wait for.
pub(crate) const RESPOND_ASYNC: &str = "respond-async";

/// Whether a client would rather follow a job than wait. Preferences that are not known or cannot be read are passed
/// over, as the RFC demands.
pub(crate) fn prefers_async(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(PREFER).filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| unquoted_parts(list, ',')).any(is_respond_async)
}

/// One preference, which may have a value and parameters; an empty value is none.
fn is_respond_async(preference: &str) -> bool {
    let named = unquoted_parts(preference, ';').next().unwrap_or_default();
    let (name, value) = named.split_once('=').unwrap_or((named, ""));
    name.trim().eq_ignore_ascii_case(RESPOND_ASYNC) && matches!(value.trim(), "" | "\"\"")
}

/// Splits a text where the separator is outside of quoted strings.
fn unquoted_parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character: char| {
        if escaped {
            escaped = false;
            return false;
        }
        match character {
            '"' => quoted = !quoted,
            '\\' => escaped = quoted,
            _ => {}
        }
        !quoted && character == separator
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn asked(lines: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(PREFER, HeaderValue::from_static(line));
        }
        prefers_async(&headers)
    }

    #[test]
    fn the_preference_is_found_among_others_in_any_case_and_line() {
        for lines in [
            &["respond-async"] as &[_],
            &["Respond-Async"],
            &["respond-async, wait=10"],
            &["wait=10,respond-async"],
            &["return=minimal", "handling=lenient", " respond-async ; x=y"],
            &[r#"respond-async="""#],
            &[r#"foo="a\", b", respond-async"#],
        ] {
            assert!(asked(lines), "{lines:?}");
        }
    }

    #[test]
    fn what_only_looks_like_the_preference_is_passed_over() {
        for lines in [
            &[] as &[_],
            &[""],
            &["wait=10"],
            &["respond-asynchronously"],
            &["respond-async=no"],
            &[r#"foo="respond-async, respond-async""#],
            &["foo; respond-async"],
        ] {
            assert!(!asked(lines), "{lines:?}");
        }
    }
}
