//! Reading digits on pictures: what clients of before were promised, row by row.

use atalaya_tests::picture::{FORM, claimed, drawn, form, part, png};
use atalaya_tests::{Client, Reply, TestApp, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::raw::Raw;

pub(crate) const PATH: &str = "/predict";
const SEVEN_JPEG: &[u8] = include_bytes!("../data/pictures/seven.jpg");
const SEVEN_GIF: &[u8] = include_bytes!("../data/pictures/seven.gif");

const MISSING: &str = "No se encontró el archivo en la solicitud.";
const UNNAMED: &str = "No se seleccionó ningún archivo.";
const TYPE: &str = "Tipo de archivo no permitido. Por favor, sube una imagen PNG, JPG, JPEG o GIF.";
const UNAUTHORIZED: &str = "Unauthorized access";
const LIMITED: &str = "Has superado el límite de solicitudes. Por favor, intenta nuevamente más tarde.";

pub(crate) fn app() -> TestApp {
    configured(&[])
}

fn configured(settings: &[(&str, &str)]) -> TestApp {
    let bcp = bank("BCP").user("ursula", &[]).viewer("vera", &[]);
    TestApp::configured(settings).with(bcp).with(bank("BBVA")).with_superadmin("root")
}

pub(crate) fn send(client: &Client, body: impl Into<Vec<u8>>) -> Reply {
    client.send(Method::POST, PATH, FORM, body)
}

pub(crate) fn read(client: &Client, picture: &[u8]) -> Reply {
    send(client, form("digitos.png", picture))
}

/// A refusal with the word that is promised for it.
#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str, error: &str) {
    let problem = reply.problem(status, code);
    assert_eq!(problem["error"], error, "{problem}");
    assert_ne!(problem["detail"], error, "{problem}");
}

/// A refusal for which no word is promised.
#[track_caller]
pub(crate) fn refused_anew(reply: &Reply, status: u16, code: &str) {
    let problem = reply.problem(status, code);
    assert_eq!((&problem["error"], &problem["msg"]), (&Value::Null, &Value::Null), "{problem}");
}

#[test]
fn a_picture_of_one_digit_is_answered_with_the_digit_how_sure_and_where() {
    let app = app();
    let reply = read(&app.login("vera"), &drawn("7"));
    let answer = reply.expect(200);
    assert_eq!((&answer["prediccion"], &answer["lectura"]), (&json!(7), &json!("7")), "{answer}");
    let sure = answer["probabilidad"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&sure) && answer["cached"] == false && answer["revisar"].is_boolean(), "{answer}");
    assert_eq!((&answer["ancho"], &answer["alto"]), (&json!(80), &json!(80)));
    let version = answer["model_version"].as_str().unwrap();
    assert!(version.starts_with("digits-1-") && version.len() == 17, "{version}");
    assert!(answer["millis"].is_u64());
    let [digit] = answer["digitos"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!((&digit["digito"], &digit["probabilidad"]), (&json!(7), &answer["probabilidad"]));
    assert_eq!(digit["alternativas"], answer["alternativas"]);
    assert!(digit["revisar"].is_boolean(), "{digit}");
    let [x, y, width, height] = [0, 1, 2, 3].map(|place| digit["caja"][place].as_u64().unwrap());
    assert!(x > 10 && y > 10 && x + width < 70 && y + height < 70 && width > 20 && height > 30, "{digit}");
    let alternatives = answer["alternativas"].as_array().unwrap();
    let probabilities: Vec<f64> = alternatives.iter().map(|each| each["probabilidad"].as_f64().unwrap()).collect();
    assert_eq!((alternatives.len(), &alternatives[0]["digito"]), (3, &json!(7)), "{answer}");
    assert!(probabilities.is_sorted_by(|one, next| one >= next), "{answer}");
    assert!(probabilities.iter().sum::<f64>() <= 1.0001, "{answer}");
}

#[test]
fn of_several_digits_the_first_is_the_prediction_and_all_are_the_reading() {
    let app = app();
    let reply = read(&app.login("ursula"), &drawn("40712"));
    let answer = reply.expect(200);
    assert_eq!((&answer["prediccion"], &answer["lectura"]), (&json!(4), &json!("40712")), "{answer}");
    let digits = answer["digitos"].as_array().unwrap();
    let read: String = digits.iter().map(|digit| digit["digito"].to_string()).collect();
    let lefts: Vec<u64> = digits.iter().map(|digit| digit["caja"][0].as_u64().unwrap()).collect();
    assert_eq!(read, "40712");
    assert!(lefts.is_sorted(), "{lefts:?}");
}

#[test]
fn an_empty_page_is_some_digit_that_nobody_is_sure_of() {
    let app = app();
    let reply = read(&app.login("vera"), &drawn(""));
    let answer = reply.expect(200);
    assert!((0..=9).contains(&answer["prediccion"].as_i64().unwrap()), "{answer}");
    assert!(answer["probabilidad"].as_f64().unwrap() < 0.5, "{answer}");
    assert_eq!((&answer["lectura"], &answer["digitos"]), (&json!(""), &json!([])));
    assert_eq!((&answer["revisar"], answer["alternativas"].as_array().unwrap().len()), (&json!(true), 3));
}

#[test]
fn png_jpeg_and_gif_are_read_by_their_content_under_any_name_of_a_picture() {
    let app = app();
    let vera = app.login("vera");
    for (name, picture, width) in [
        ("a.png", drawn("7"), 80),
        ("a.JPG", SEVEN_JPEG.to_vec(), 64),
        ("una foto.jpeg", SEVEN_JPEG.to_vec(), 64),
        ("a.gif", SEVEN_GIF.to_vec(), 64),
        ("de un teléfono.jpg", drawn("7"), 80),
    ] {
        let reply = send(&vera, form(name, &picture));
        assert_eq!((&reply.expect(200)["ancho"], &reply.json["alto"]), (&json!(width), &json!(80)), "{name}");
    }
}

#[test]
fn a_request_without_the_file_is_told_so_in_the_promised_words() {
    let app = app();
    let vera = app.login("vera");
    let seven = drawn("7");
    for body in [
        part("form-data; name=\"otro\"; filename=\"a.png\"", &seven),
        // A field of a form, and no file.
        part("form-data; name=\"file\"", &seven),
        b"--between-the-parts--\r\n".to_vec(),
        Vec::new(),
        b"nonsense".to_vec(),
        form("a.png", &seven)[..200].to_vec(),
    ] {
        refused(&send(&vera, body), 400, "IMAGE_MISSING", MISSING);
    }
    for media in ["application/json", "image/png", "multipart/form-data", "application/x-www-form-urlencoded"] {
        refused(&vera.send(Method::POST, PATH, media, seven.clone()), 400, "IMAGE_MISSING", MISSING);
    }
    refused(&vera.ask(Method::POST, PATH), 400, "IMAGE_MISSING", MISSING);
}

#[test]
fn a_file_without_a_name_is_told_so_in_the_promised_words() {
    let app = app();
    let vera = app.login("vera");
    refused(&send(&vera, form("", b"")), 400, "IMAGE_UNNAMED", UNNAMED);
    refused(&send(&vera, form("", &drawn("7"))), 400, "IMAGE_UNNAMED", UNNAMED);
}

#[test]
fn what_is_no_picture_by_its_name_or_its_content_is_told_so_in_the_promised_words() {
    let app = app();
    let vera = app.login("vera");
    let seven = drawn("7");
    for name in ["a.pdf", "a.svg", "a.png.exe", "png", ".png", "a.webp", "a"] {
        refused(&send(&vera, form(name, &seven)), 400, "IMAGE_TYPE", TYPE);
    }
    let contents: [&[u8]; 6] = [b"", b"%PDF-1.7", b"<svg/>", b"RIFF....WEBPVP8 ", b"BM......", &seven[1..]];
    for content in contents {
        refused(&send(&vera, form("a.png", content)), 400, "IMAGE_TYPE", TYPE);
    }
}

#[test]
fn the_promised_words_are_the_same_in_every_language() {
    let app = app();
    let vera = app.login("vera").english();
    let reply = send(&vera, form("a.pdf", b""));
    refused(&reply, 400, "IMAGE_TYPE", TYPE);
    assert!(reply.json["detail"].as_str().unwrap().starts_with("The file is no picture"), "{}", reply.text());
}

#[test]
fn whoever_sends_no_token_that_counts_is_told_so_before_the_picture_is_looked_at() {
    let app = app();
    let ended = app.login("vera");
    let _ = ended.post("/auth/logout", &json!({})).expect(204);
    for (client, code) in [
        (app.anonymous(), "AUTHENTICATION_REQUIRED"),
        (app.anonymous().bearing("not.a.token"), "TOKEN_INVALID"),
        (ended, "TOKEN_REVOKED"),
    ] {
        let reply = send(&client, b"nonsense".as_slice());
        refused(&reply, 401, code, UNAUTHORIZED);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
    // Elsewhere nothing was promised.
    refused_anew(&app.anonymous().get("/auth/me"), 401, "AUTHENTICATION_REQUIRED");
}

#[test]
fn ten_pictures_a_minute_are_read_for_a_user_unless_the_operator_says_otherwise() {
    let app = configured(&[("QUOTA_USER", "digits:10/minute,digits:50/hour,digits:200/day")]);
    let (vera, ursula) = (app.login("vera"), app.login("ursula"));
    let seven = drawn("7");
    for _ in 0..10 {
        let _ = read(&vera, &seven).expect(200);
    }
    let reply = read(&vera, &seven);
    refused(&reply, 429, "RATE_LIMITED", LIMITED);
    assert_eq!(reply.header("ratelimit-policy"), r#""user-digits";q=10;w=60"#);
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
    // Neither what else they do nor what colleagues do is counted with it.
    let _ = vera.get("/auth/me").expect(200);
    let _ = read(&ursula, &seven).expect(200);
}

#[test]
fn whatever_limit_is_hit_is_told_in_the_promised_words() {
    let app = configured(&[("RATE_LIMIT_PER_MINUTE", "1")]);
    let nobody = app.anonymous();
    let limited = (0..60).map(|_| nobody.ask(Method::POST, PATH)).find(|reply| reply.status == 429);
    refused(&limited.expect("an address has a limit"), 429, "RATE_LIMITED", LIMITED);
}

#[test]
fn neither_a_superadmin_nor_whoever_has_to_change_their_password_has_a_picture_read() {
    let app = app();
    refused_anew(&read(&app.login("root"), &drawn("7")), 403, "ROLE_FORBIDDEN");
    let vera = app.login("vera");
    let path = format!("/auth/users/{}", vera.get("/auth/me").expect(200)["id_usuario"]);
    let _ = app.login("admin_bcp").patch(&path, &json!({"must_change_password": true})).expect(200);
    refused_anew(&read(&vera, &drawn("7")), 403, "PASSWORD_CHANGE_REQUIRED");
}

#[test]
fn a_picture_of_more_than_8_mib_is_refused_before_it_is_read() {
    let app = app();
    let vera = app.login("vera");
    // Only the head is sent: whoever waits for the body would never answer.
    let mut raw = Raw::connect(app.address());
    raw.send(format!(
        "POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: {FORM}\r\n\
         Content-Length: {}\r\n\r\n",
        vera.token(),
        9 << 20
    ));
    assert!(raw.head().starts_with("HTTP/1.1 413"));
    let large = |bytes: usize| [png(1, 1, &[0]), vec![0; bytes]].concat();
    refused_anew(&read(&vera, &large(8 << 20)), 413, "IMAGE_TOO_LARGE");
    let announced = read(&vera, &large(9 << 20));
    refused_anew(&announced, 413, "IMAGE_TOO_LARGE");
    assert!(announced.json["detail"].as_str().unwrap().contains("8 MiB"), "{}", announced.text());
    // What a picture says of itself beyond its pixels is no pixel.
    assert_ne!(read(&vera, &large((8 << 20) - 100)).status, 413);
}

#[test]
fn a_picture_of_too_many_pixels_or_with_too_long_a_side_is_refused_by_its_header() {
    let app = app();
    let vera = app.login("vera");
    // There are no pixels at all.
    let reply = read(&vera, &claimed(6_000, 4_167, &[]));
    refused_anew(&reply, 413, "IMAGE_TOO_LARGE");
    assert!(reply.json["detail"].as_str().unwrap().contains("25 mega"), "{}", reply.text());
    let reply = read(&vera, &claimed(1, 65_536, &[]));
    refused_anew(&reply, 413, "IMAGE_TOO_LARGE");
    assert!(reply.json["detail"].as_str().unwrap().contains("más de 65535 píxeles"), "{}", reply.text());
    let screen = [0xff, 0xff, 0xff, 0xff, 0x80, 0, 0];
    let (colours, frame) = ([0, 0, 0, 255, 255, 255], [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0, 0x3b]);
    let gif = [b"GIF89a".as_slice(), &screen, &colours, &frame].concat();
    refused_anew(&send(&vera, form("a.gif", &gif)), 413, "IMAGE_TOO_LARGE");
}

#[test]
fn a_broken_picture_is_unreadable() {
    let app = app();
    let vera = app.login("vera");
    let seven = drawn("7");
    for (name, picture) in [
        ("a.png", &seven[..seven.len() / 2]),
        ("a.png", &seven[..20]),
        ("a.png", &seven[..8]),
        ("a.jpg", &SEVEN_JPEG[..100]),
        ("a.jpg", &SEVEN_JPEG[..3]),
        ("a.gif", &SEVEN_GIF[..20]),
        ("a.gif", &SEVEN_GIF[..6]),
    ] {
        let reply = send(&vera, form(name, picture));
        refused_anew(&reply, 422, "UNREADABLE_IMAGE");
    }
}

#[test]
fn a_picture_is_remembered_for_an_hour_for_its_own_company() {
    let app = app();
    let (vera, ursula, other) = (app.login("vera"), app.login("ursula"), app.login("admin_bbva"));
    let seven = drawn("7");
    let asked = |client: &Client, picture: &[u8]| {
        let mut answer = read(client, picture).expect(200).clone();
        let _ = answer.as_object_mut().unwrap().remove("millis");
        let cached = answer.as_object_mut().unwrap().remove("cached").unwrap().as_bool().unwrap();
        (cached, answer)
    };
    let (cached, first) = asked(&vera, &seven);
    assert!(!cached);
    // A colleague sends the same, and is answered the same.
    assert_eq!(asked(&ursula, &seven), (true, first.clone()));
    // Another bank is not told that anybody sent it.
    assert_eq!(asked(&other, &seven), (false, first.clone()));
    assert_eq!(asked(&other, &seven), (true, first.clone()));
    assert!(!asked(&vera, &drawn("1")).0);
    // One byte more is another picture, whatever it shows.
    assert!(!asked(&vera, &[seven.as_slice(), b"!"].concat()).0);
    app.clock.advance(TimeDelta::minutes(59));
    let (vera, other) = (app.login("vera"), app.login("admin_bbva"));
    assert!(asked(&vera, &seven).0);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(asked(&vera, &seven), (false, first));
    assert!(!asked(&other, &seven).0);
}

#[test]
fn a_request_that_comes_again_is_read_again_and_no_answer_of_it_is_kept() {
    let app = app();
    let vera = app.login("vera").with("idempotency-key", "lectura-1");
    assert_eq!(read(&vera, &drawn("7")).expect(200)["ancho"], 80);
    let other = read(&vera, &drawn("71"));
    assert_eq!((&other.expect(200)["ancho"], other.header("idempotency-replayed")), (&json!(160), ""));
}

#[test]
fn the_audit_log_tells_that_a_picture_was_read_and_nothing_of_it() {
    let app = app();
    let vera = app.login("vera");
    let seven = drawn("7");
    let _ = read(&vera, &seven).expect(200);
    let _ = read(&vera, &seven).expect(200);
    refused(&send(&vera, form("cuenta-191.pdf", b"")), 400, "IMAGE_TYPE", TYPE);
    let told = app.login("admin_bcp").get("/audit?action=digits_read").expect(200).clone();
    let entries = told["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{told}");
    for entry in entries {
        assert_eq!(
            (&entry["actor"], &entry["target"], &entry["outcome"]),
            (&json!("vera"), &Value::Null, &json!("success"))
        );
    }
    assert!(!app.login("admin_bcp").get("/audit").text().contains("cuenta-191"));
}
