//! What nginx refuses by itself, before any replica sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use atalaya_tests::cluster::{nginx_before, nginx_with};
use serde_json::Value;

/// Sends bytes and reads the answer to its end.
fn answer(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn whatever_nginx_refuses_is_a_problem_document() {
    // Nobody listens there.
    let nginx = nginx_before(&["http://127.0.0.1:9"]);
    let address = nginx.url().trim_start_matches("http://").to_owned();
    let long = "a".repeat(40_000);
    let cases = [
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n".to_owned(), 501, "NOT_IMPLEMENTED"),
        ("GET / HTTP/3.0\r\n".to_owned(), 505, "HTTP_VERSION_NOT_SUPPORTED"),
        (format!("GET / HTTP/1.1\r\nX-Long: {long}\r\n"), 431, "HEADERS_TOO_LARGE"),
        (format!("GET /{long} HTTP/1.1\r\n"), 414, "UNREADABLE_HEADER"),
        ("GET / HTTP/1.1\r\nContent-Length: -5\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
        ("TRACE / HTTP/1.1\r\n".to_owned(), 405, "METHOD_NOT_ALLOWED"),
        ("POST / HTTP/1.1\r\nContent-Length: 2000000\r\n".to_owned(), 413, "BODY_TOO_LARGE"),
        ("GET / HTTP/1.1\r\n".to_owned(), 502, "BAD_GATEWAY"),
    ];
    for (head, status, code) in cases {
        for language in ["es", "en"] {
            let request = format!("{head}Host: atalaya\r\nAccept-Language: {language}\r\nConnection: close\r\n\r\n");
            let answer = answer(&address, &request);
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(head.contains("Content-Type: application/problem+json"), "{head}");
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!((&body["status"], &body["error_code"]), (&status.into(), &code.into()), "{body}");
            assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
        }
    }
}

/// The body of what nginx says to a request with this head in a language.
fn problem(address: &str, head: &str, language: &str) -> Value {
    let request = format!("{head}Host: atalaya\r\nAccept-Language: {language}\r\nConnection: close\r\n\r\n");
    let answer = answer(address, &request);
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_picture_that_nginx_refuses_is_refused_in_the_words_of_the_program() {
    let nginx = nginx_with("1r/m", &["http://127.0.0.1:9"]);
    let address = &nginx.url().trim_start_matches("http://").to_owned();
    let large = "POST /predict?a=1 HTTP/1.1\r\nContent-Length: 20000000\r\n";
    for (language, title, part) in [("es", "Imagen demasiado grande", "recorte"), ("en", "Picture too large", "crop")] {
        let told = problem(address, large, language);
        assert_eq!((&told["status"], &told["error_code"]), (&413.into(), &"IMAGE_TOO_LARGE".into()), "{told}");
        assert_eq!((&told["title"], &told["type"]), (&title.into(), &"/problems/image-too-large".into()), "{told}");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("8 MiB") && detail.contains(part) && told["error"].is_null(), "{told}");
    }
    // More than the burst that an address has.
    let limited = |path: &str, language: &str| {
        let head = format!("POST {path} HTTP/1.1\r\nContent-Length: 0\r\n");
        (0..1_000).map(|_| problem(address, &head, language)).find(|told| told["status"] == 429).unwrap()
    };
    for language in ["es", "en"] {
        let told = limited("/predict", language);
        assert_eq!(told["error_code"], "RATE_LIMITED", "{told}");
        let words = "Has superado el límite de solicitudes. Por favor, intenta nuevamente más tarde.";
        assert_eq!(told["error"], words, "{told}");
        // Elsewhere nothing was promised.
        assert!(limited("/accounts", language)["error"].is_null());
    }
}
