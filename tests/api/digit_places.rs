//! Reading digits on pictures: what keeps them from harming anybody.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use atalaya_application::digits::{Digits, DigitsAnswer};
use atalaya_application::error::{AppError, Part};
use atalaya_domain::mandate::{Mandate, ReadDigits};
use atalaya_tests::picture::{FORM, ZeroJpeg, claimed, deep, drawn, form, packed_zeros, part};
use atalaya_tests::{Client, Reply, TestApp, TestDatabase, bank};
use serde_json::json;

use crate::command_line::succeed;
use crate::digits::{PATH, app, read, refused_anew, send};
use crate::program::Program;
use crate::raw::{Raw, wait_until};

/// Answers nobody before it is told to.
struct Stuck {
    waiting: AtomicUsize,
    go: Mutex<Receiver<()>>,
}

impl Digits for Stuck {
    fn read(&self, _: &Mandate<ReadDigits>, _: &[u8]) -> Result<DigitsAnswer, AppError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let _ended = self.go.lock().unwrap().recv();
        Err(AppError::unavailable(Part::Digits))
    }
}

/// A bank whose pictures wait until the sender is dropped.
fn stuck_app() -> (TestApp, Arc<Stuck>, Sender<()>) {
    let (go, gone) = channel();
    let stuck = Arc::new(Stuck { waiting: AtomicUsize::new(0), go: Mutex::new(gone) });
    let replaced = Arc::clone(&stuck);
    let app = TestApp::adjusted(move |services| {
        let mut use_cases = services.use_cases.as_ref().clone();
        use_cases.digits = replaced;
        services.use_cases = Arc::new(use_cases);
    });
    let bcp = bank("BCP").user("ursula", &[]).user("ugo", &[]).viewer("vera", &[]);
    (app.with(bcp).with(bank("BBVA")), stuck, go)
}

/// Refused for want of a place.
#[track_caller]
fn found_no_place(reply: &Reply) {
    refused_anew(reply, 503, "DIGITS_OVERLOADED");
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[test]
fn a_user_has_four_places_and_a_company_eight_and_others_find_theirs() {
    let (app, stuck, go) = stuck_app();
    let [vera, ursula, ugo, other] = ["vera", "ursula", "ugo", "admin_bbva"].map(|name| app.login(name));
    let seven = drawn("7");
    thread::scope(|scope| {
        let mut sent = Vec::new();
        let mut take = |client: &'_ Client, count: usize| {
            for _ in 0..count {
                let (client, seven) = (client.clone(), &seven);
                sent.push(scope.spawn(move || read(&client, seven)));
            }
            wait_until("a place is taken", || stuck.waiting.load(Ordering::SeqCst) == sent.len());
        };
        take(&vera, 4);
        found_no_place(&read(&vera, &seven));
        take(&ursula, 3);
        take(&ugo, 1);
        // The company has eight, though two of its users have fewer than four.
        found_no_place(&read(&ursula, &seven));
        found_no_place(&read(&ugo, &seven));
        take(&other, 4);
        // Everything else is answered.
        let _ = vera.get("/auth/me").expect(200);
        drop(go);
        for reply in sent {
            found_no_place(&reply.join().unwrap());
        }
    });
}

/// Begins to send a picture, and sends so much of its form.
fn begin(app: &TestApp, client: &Client, body: &[u8], sent: usize) -> Raw {
    let mut raw = Raw::connect(app.address());
    let (token, length) = (client.token(), body.len());
    raw.send(format!(
        "POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {FORM}\r\n\
         Content-Length: {length}\r\n\r\n"
    ));
    raw.send(&body[..sent]);
    raw
}

#[test]
fn whoever_finds_no_place_is_told_before_the_picture_is_read() {
    let (app, stuck, go) = stuck_app();
    let vera = app.login("vera");
    let seven = drawn("7");
    thread::scope(|scope| {
        let sent: Vec<_> = (0..4).map(|_| scope.spawn(|| read(&vera, &seven))).collect();
        wait_until("the places are taken", || stuck.waiting.load(Ordering::SeqCst) == 4);
        // Of the fifth only the head is sent: whoever waits for the body would never answer.
        assert!(begin(&app, &vera, &form("a.png", &seven), 0).head().starts_with("HTTP/1.1 503"));
        drop(go);
        for reply in sent {
            found_no_place(&reply.join().unwrap());
        }
    });
}

#[test]
fn a_picture_has_its_place_from_when_it_is_begun_to_be_sent() {
    let app = app();
    let vera = app.login("vera");
    let body = form("a.png", &drawn("7"));
    let mut begun: Vec<Raw> = Vec::new();
    let is_full = || read(&vera, &drawn("1")).status == 503;
    wait_until("those that were begun have the places", || {
        // One that came while the whole picture had the last place was refused.
        begun.retain(|raw| !raw.has_answer());
        begun.resize_with(4, || begin(&app, &vera, &body, 200));
        is_full()
    });
    for raw in &mut begun {
        raw.send(&body[200..]);
        assert!(raw.head().starts_with("HTTP/1.1 200"));
    }
    wait_until("the places are free", || !is_full());
}

/// JPEGs of 25 megapixels without a digit.
fn progressive(samplings: &'static [u8], scans: Vec<(u8, u8, u8)>) -> Vec<u8> {
    ZeroJpeg { progressive: true, size: (5_000, 5_000), samplings, scans }.file()
}

fn baseline(samplings: &'static [u8], scans: Vec<(u8, u8, u8)>) -> Vec<u8> {
    ZeroJpeg { progressive: false, size: (5_000, 5_000), samplings, scans }.file()
}

/// Pictures that are made to do harm, each within 8 MiB.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let rows = |width: usize, height: usize| packed_zeros((4 * width + 1) * height);
    let text = |packed: Vec<u8>| [b"Comment\0\0".as_slice(), &packed].concat();
    vec![
        ("25 megapixels in 25 kB", claimed(5_000, 5_000, &[(b"IDAT", rows(5_000, 5_000))])),
        ("more pixels than were announced", claimed(10, 10, &[(b"IDAT", rows(5_000, 5_000))])),
        ("one long row", claimed(25_000_000, 1, &[(b"IDAT", rows(25_000_000, 1))])),
        ("one high column", claimed(1, 25_000_000, &[(b"IDAT", rows(1, 25_000_000))])),
        ("a text of 256 MiB", claimed(10, 10, &[(b"zTXt", text(packed_zeros(256 << 20))), (b"IDAT", rows(10, 10))])),
        ("a profile of 256 MiB", claimed(10, 10, &[(b"iCCP", text(packed_zeros(256 << 20))), (b"IDAT", rows(10, 10))])),
        ("no pixels", claimed(0, 0, &[])),
        ("pixels without end", claimed(u32::MAX, u32::MAX, &[(b"IDAT", rows(10, 10))])),
        ("16 bits a channel", deep(5_000, 5_000, false)),
        ("16 bits a channel, interlaced", deep(5_000, 5_000, true)),
        ("16 bits a channel in the longest rows", deep(65_535, 381, true)),
        ("a progressive JPEG", progressive(&[0x11; 3], vec![(1, 3, 0)])),
        ("one for print", progressive(&[0x11; 4], vec![(1, 4, 0), (1, 1, 63), (2, 1, 63), (3, 1, 63), (4, 1, 63)])),
        ("one for print in the largest blocks", progressive(&[0x44; 4], vec![(1, 4, 0)])),
        ("one of as many scans as there is room for", progressive(&[0x11; 3], vec![(1, 3, 0); 57])),
        ("one of more scans than are read", progressive(&[0x11; 3], vec![(1, 1, 0); 100])),
        ("a JPEG for print", baseline(&[0x11; 4], vec![(1, 4, 63)])),
        ("one that is sent colour by colour", baseline(&[0x11; 4], (1..=4).map(|colour| (colour, 1, 63)).collect())),
        ("a million chunks", claimed(10, 10, &vec![(b"tEXt", b"a\0b".to_vec()); 400_000])),
    ]
}

/// What deploy/ tells the C library of memory.
const DEPLOYED: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "1048576");

/// What a program is that has a bank in it.
fn program(log_level: &str) -> (TestDatabase, Program) {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    let _ = succeed(&database, &["company", "create", "BCP"], "");
    let create = ["user", "create", "vera", "--company", "BCP", "--role", "viewer"];
    let _ = succeed(&database, &create, atalaya_tests::PASSWORD);
    let folder = database.folder().display().to_string();
    let settings = [("LOG_LEVEL", log_level), ("TMPDIR", &folder), DEPLOYED];
    let program = Program::serve(&database, &settings);
    program.await_start();
    (database, program)
}

fn log_in(program: &Program) -> Client {
    let body = json!({"username": "vera", "password": atalaya_tests::PASSWORD});
    let reply = program.anonymous().post("/login", &body);
    program.anonymous().bearing(reply.expect(200)["access_token"].as_str().unwrap())
}

#[test]
fn what_is_deployed_gives_memory_back_as_it_does_in_these_tests() {
    let expected = format!("{}={}", DEPLOYED.0, DEPLOYED.1);
    for file in [include_str!("../../deploy/Dockerfile"), include_str!("../../deploy/systemd/atalaya.service")] {
        assert!(file.contains(&expected), "{file}");
    }
}

#[test]
fn pictures_that_are_made_to_do_harm_take_bounded_memory_and_the_server_goes_on() {
    let (_database, program) = program("info");
    let vera = log_in(&program);
    let _ = read(&vera, &drawn("7")).expect(200);
    let before = program.high_water();
    for (name, picture) in hostile() {
        assert!(picture.len() < 8 << 20, "{name} has {} bytes", picture.len());
        let reply = read(&vera, &picture);
        assert!(matches!(reply.status, 200 | 413 | 422), "{name}: {}", reply.text());
        let more = program.high_water() - before;
        // All of them together: what one took is not kept for the next.
        assert!(more < 320 << 10, "{name} took {more} KiB");
    }
    assert_eq!(read(&vera, &drawn("1")).expect(200)["cached"], false);
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn nothing_of_a_picture_is_written_anywhere() {
    let planted = b"Planted-In-A-Picture-7719";
    let (database, mut program) = program("trace");
    let vera = log_in(&program);
    let with_text = [b"Comment\0".as_slice(), planted].concat();
    let row = packed_zeros(41 * 10);
    let sound = claimed(10, 10, &[(b"tEXt", with_text.clone()), (b"IDAT", row)]);
    let broken = claimed(10, 10, &[(b"tEXt", with_text), (b"IDAT", b"nonsense".to_vec())]);
    let name = "Planted-In-A-Picture-7719.png";
    let keyed = vera.clone().with("idempotency-key", "k1");
    let mut answers = String::new();
    for (client, body, status) in [
        (&vera, form(name, &sound), 200),
        (&keyed, form(name, &sound), 200),
        (&vera, form(name, &broken), 422),
        (&vera, form(name, planted), 400),
        (&vera, form(&format!("{name}.exe"), &sound), 400),
        (&vera, part("form-data; name=\"Planted-In-A-Picture-7719\"", planted), 400),
        (&vera, form(name, &sound)[..250].to_vec(), 400),
        (&program.anonymous(), form(name, &sound), 401),
    ] {
        let reply = send(client, body);
        assert_eq!(reply.status, status, "{}", reply.text());
        answers += &reply.text();
    }
    let searched = |place: &str, bytes: &[u8]| {
        let found = bytes.windows(planted.len()).any(|part| part == planted);
        assert!(!found, "a picture leaked into {place}");
    };
    searched("the answers", answers.as_bytes());
    program.terminate();
    assert!(program.wait().success());
    searched("the log", program.printed().as_bytes());
    searched("the files of the database", &database.bytes());
    searched("the tables", database.dump().as_bytes());
    // Its temporary files lie here too.
    for file in files(database.folder()) {
        searched(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
    assert!(program.printed().contains("/predict"), "the search is blind");
}
