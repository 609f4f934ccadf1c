//! `LOG_FILE` is opened anew on SIGHUP, so that a rotated log goes on under its name.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use atalaya_tests::TestDatabase;

use crate::program::Program;

/// Waits for a text in a file.
fn await_text(path: &std::path::Path, text: &str) -> String {
    let patience = Instant::now();
    loop {
        let found = std::fs::read_to_string(path).unwrap_or_default();
        if found.contains(text) {
            return found;
        }
        assert!(patience.elapsed() < Duration::from_mins(1), "no {text:?} in {}: {found}", path.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_rotated_log_goes_on_in_a_new_file() {
    let database = TestDatabase::default();
    let (log, moved) = (database.folder().join("atalaya.log"), database.folder().join("atalaya.log.1"));
    let mut server = Program::serve(&database, &[("LOG_FILE", log.to_str().unwrap()), ("LOG_LEVEL", "info")]);
    await_text(&log, "listening");
    std::fs::rename(&log, &moved).unwrap();
    server.hang_up();
    let reopened = await_text(&log, "log_reopened");
    assert!(!reopened.contains("listening"), "what was said before is in the file that was moved away");
    assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600, "readable by its owner only");
    server.terminate();
    assert!(server.wait().success());
    assert!(std::fs::read_to_string(&log).unwrap().contains("stopped"));
    assert!(!std::fs::read_to_string(&moved).unwrap().contains("stopped"));
}
