//! Which pages may call from a browser, by their origin (RFC 6454).

/// Names of this machine, as origins write them.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The pages that may call from a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedOrigins {
    /// These may read answers, and act with the refresh cookie.
    pub listed: Vec<String>,
    /// Every page may read answers, as development may ask for. None of them may act with the cookie because of it.
    pub anybody_reads: bool,
    /// Pages of this machine count as listed, whatever their port: in development.
    pub loopback: bool,
}

impl AllowedOrigins {
    /// Whether a page of this origin may act with the refresh cookie.
    #[must_use]
    pub fn may_act(&self, origin: &str) -> bool {
        self.listed.iter().any(|listed| listed == origin) || (self.loopback && is_loopback(origin))
    }

    /// Whether a page of this origin may read answers.
    #[must_use]
    pub fn may_read(&self, origin: &str) -> bool {
        self.anybody_reads || self.may_act(origin)
    }
}

/// Whether a page comes from this machine, over plain HTTP.
fn is_loopback(origin: &str) -> bool {
    let is_port =
        |text: &str| text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    origin.strip_prefix("http://").is_some_and(|authority| {
        LOOPBACK.iter().filter_map(|host| authority.strip_prefix(host)).any(|rest| rest.is_empty() || is_port(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_have_any_port_and_no_other_name() {
        let development = AllowedOrigins { loopback: true, ..AllowedOrigins::default() };
        for origin in ["http://localhost", "http://localhost:5173", "http://127.0.0.1:80", "http://[::1]:3000"] {
            assert!(development.may_act(origin) && development.may_read(origin), "{origin}");
            assert!(!AllowedOrigins::default().may_read(origin), "{origin}");
        }
        for origin in [
            "https://localhost:5173",
            "http://localhost.evil.example",
            "http://localhost:80.evil.example",
            "http://localhost:80@evil.example",
            "http://evil.example:80",
            "http://127.0.0.10",
            "http://127.0.0.1.evil.example:1",
            "http://[::1].evil.example",
            "http://LOCALHOST",
            "localhost:3000",
            "null",
            "",
        ] {
            assert!(!development.may_read(origin), "{origin}");
        }
    }

    #[test]
    fn where_anybody_reads_only_the_listed_act() {
        let listed = vec!["https://panel.example".to_owned()];
        let origins = AllowedOrigins { listed, anybody_reads: true, loopback: false };
        assert!(origins.may_act("https://panel.example") && origins.may_read("https://evil.example"));
        assert!(!origins.may_act("https://evil.example") && !origins.may_act("*"));
    }
}
