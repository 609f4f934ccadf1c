use super::*;

#[test]
fn what_is_no_picture_is_told_from_a_broken_one() {
    assert_eq!(decode(b"%PDF-1.7", Backdrop::White), Err(Unreadable::UnknownFormat));
    assert_eq!(decode(b"", Backdrop::White), Err(Unreadable::UnknownFormat));
    for magic in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"GIF89a"] {
        assert_eq!(decode(magic, Backdrop::White), Err(Unreadable::Broken));
    }
}
