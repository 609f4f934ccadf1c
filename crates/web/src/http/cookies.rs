//! The cookies that this program sets and reads: the refresh token and the device token.
//!
//! Not here: what the tokens mean.

use actix_web::HttpRequest;
pub(crate) use actix_web::cookie::time::Duration as Age;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use secrecy::SecretString;

use crate::http::settings::WebSettings;

/// The cookie of a refresh token; over TLS with the prefix of a secure one.
pub(crate) const REFRESH: &str = "atalaya_refresh";
const DEVICE: &str = "atalaya_device";
/// Lets browsers know over TLS that only a secure page may have set a cookie (RFC 6265bis, 4.1.3.1).
const SECURE_PREFIX: &str = "__Secure-";
/// No value that this program sets is longer.
const LONGEST_VALUE: usize = 512;
/// A browser that nobody logs in with for so long is a stranger again.
const DEVICE_AGE: Age = Age::days(365);

/// What a request's cookies hold for this program.
#[derive(Debug, Clone, Default)]
pub struct PresentedCookies {
    /// What continues a session, once.
    pub refresh: Option<SecretString>,
    /// What the browser is known by at its next login.
    pub device: Option<SecretString>,
}

impl PresentedCookies {
    /// Reads the value of a `Cookie` header (RFC 6265, 4.2). `secure` says which names the cookies have. Of a name that
    /// comes twice the first counts: browsers send the cookie of the longest path first. What is malformed, foreign,
    /// empty or too long is passed over, as nothing but this program's own cookies is of interest.
    #[must_use]
    pub fn parse(header: &[u8], secure: bool) -> Self {
        let mut cookies = Self::default();
        cookies.read(header, secure);
        cookies
    }

    /// The cookies of a request; over HTTP/2 they may come in several headers (RFC 9113, 8.2.3).
    pub(crate) fn of(request: &HttpRequest, settings: &WebSettings) -> Self {
        let mut cookies = Self::default();
        for header in request.headers().get_all(header::COOKIE) {
            cookies.read(header.as_bytes(), settings.secure_cookies);
        }
        cookies
    }

    fn read(&mut self, header: &[u8], secure: bool) {
        for pair in header.split(|byte| *byte == b';') {
            let Some((name, value)) = split_pair(pair) else { continue };
            let name = match (secure, name.strip_prefix(SECURE_PREFIX.as_bytes())) {
                (true, Some(name)) => name,
                (false, None) => name,
                _ => continue,
            };
            let slot = match name {
                name if name == REFRESH.as_bytes() => &mut self.refresh,
                name if name == DEVICE.as_bytes() => &mut self.device,
                _ => continue,
            };
            if slot.is_none() {
                *slot = token(value);
            }
        }
    }
}

fn split_pair(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    let (name, value) = pair.split_at_checked(equals)?;
    Some((name.trim_ascii(), value.get(1..)?.trim_ascii()))
}

fn token(value: &[u8]) -> Option<SecretString> {
    let fits = (1..=LONGEST_VALUE).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic);
    std::str::from_utf8(value).ok().filter(|_| fits).map(SecretString::from)
}

fn cookie(settings: &WebSettings, name: &str, value: &str, age: Age) -> Cookie<'static> {
    let name = if settings.secure_cookies { format!("{SECURE_PREFIX}{name}") } else { name.to_owned() };
    Cookie::build(name, value.to_owned())
        .path("/auth")
        .http_only(true)
        .secure(settings.secure_cookies)
        .same_site(SameSite::Strict)
        .max_age(age)
        .finish()
}

/// The cookie of a refresh token; with an age of zero, its deletion.
pub(crate) fn refresh(settings: &WebSettings, value: &str, age: Age) -> Cookie<'static> {
    cookie(settings, REFRESH, value, age)
}

/// The cookie of a device token. It outlives the session: it is what the next login is known by.
pub(crate) fn device(settings: &WebSettings, value: &str) -> Cookie<'static> {
    cookie(settings, DEVICE, value, DEVICE_AGE)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn parsed(header: &[u8], secure: bool) -> (Option<String>, Option<String>) {
        let PresentedCookies { refresh, device } = PresentedCookies::parse(header, secure);
        let text = |secret: SecretString| secret.expose_secret().to_owned();
        (refresh.map(text), device.map(text))
    }

    fn both(refresh: &str, device: &str) -> (Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (some(refresh), some(device))
    }

    #[test]
    fn both_cookies_are_found_among_others() {
        let header = b"theme=dark; atalaya_device=d-1; atalaya_refresh=r_2; _ga=GA1.2=3";
        assert_eq!(parsed(header, false), both("r_2", "d-1"));
        assert_eq!(parsed(b" atalaya_device = d ;atalaya_refresh=r", false), both("r", "d"));
    }

    #[test]
    fn over_tls_only_the_names_count_that_only_a_secure_page_can_have_set() {
        let header = b"atalaya_refresh=plain; __Secure-atalaya_device=d; __Secure-atalaya_refresh=r";
        assert_eq!(parsed(header, true), both("r", "d"));
        assert_eq!(parsed(header, false), both("plain", ""));
    }

    #[test]
    fn the_first_of_a_name_counts() {
        assert_eq!(parsed(b"atalaya_device=first; atalaya_device=second", false), both("", "first"));
    }

    #[test]
    fn what_is_no_cookie_of_ours_is_passed_over() {
        let long = [b"atalaya_device=".as_slice(), &[b'x'; 513]].concat();
        let odd: [&[u8]; 9] = [
            b"",
            b";;;=;",
            b"atalaya_device",
            b"atalaya_device=",
            b"Atalaya_Device=x",
            b"atalaya_device=a b",
            b"atalaya_device=\xff\xfe",
            b"xatalaya_device=x",
            &long,
        ];
        for header in odd {
            assert_eq!(parsed(header, false), (None, None), "{header:?}");
        }
    }

    #[test]
    fn tokens_are_not_printed() {
        let printed = format!("{:?}", PresentedCookies::parse(b"atalaya_device=hidden", false));
        assert!(!printed.contains("hidden"), "{printed}");
    }
}
