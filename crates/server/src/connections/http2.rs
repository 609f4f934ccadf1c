//! What an HTTP/2 connection carries (RFC 9113), as far as ending it in peace needs: which streams are open, and where
//! one frame ends and the next may begin. Frames pass unchanged; beside them the client is told to open no more streams
//! (`GOAWAY`), which `actix-http` does not do.

use std::collections::HashSet;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::ActixStream;

/// What a client sends before its first frame (3.4), in bytes.
const PREFACE: usize = 24;
/// The head of a frame (4.1), in bytes.
const HEAD: usize = 9;
/// Types of frames (6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
/// The flag of a frame that is the last of its side of a stream.
const END_STREAM: u8 = 1;
/// The greatest number of a stream: in a `GOAWAY` that comes first, streams on their way are still taken (6.8).
const EVERY_STREAM: u32 = u32::MAX >> 1;

/// The head of one frame.
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
}

/// Finds the frames in the bytes of one direction, however they are cut.
#[derive(Default)]
struct Frames {
    head: [u8; HEAD],
    /// How much of the head is there.
    have: usize,
    /// How much of the payload is missing.
    missing: usize,
    /// Whether there was one.
    any: bool,
}

impl Frames {
    fn pass(&mut self, mut bytes: &[u8], mut seen: impl FnMut(&Frame)) {
        while !bytes.is_empty() {
            if self.missing > 0 {
                let taken = self.missing.min(bytes.len());
                self.missing -= taken;
                bytes = bytes.split_at(taken).1;
                continue;
            }
            let (taken, rest) = bytes.split_at((HEAD - self.have).min(bytes.len()));
            self.head.iter_mut().skip(self.have).zip(taken).for_each(|(place, byte)| *place = *byte);
            self.have += taken.len();
            bytes = rest;
            if self.have == HEAD {
                let [a, b, c, kind, flags, number @ ..] = self.head;
                self.have = 0;
                self.missing = (usize::from(a) << 16) | (usize::from(b) << 8) | usize::from(c);
                self.any = true;
                seen(&Frame { kind, flags, stream: u32::from_be_bytes(number) & EVERY_STREAM });
            }
        }
    }

    /// Whether another frame may begin here. The first of a server is its settings (3.4).
    fn is_between(&self) -> bool {
        self.any && self.have == 0 && self.missing == 0
    }
}

/// One HTTP/2 connection.
#[derive(Default)]
pub(super) struct Http2 {
    /// How much of the client's preface has passed.
    preface: usize,
    inbound: Frames,
    outbound: Frames,
    /// Streams whose answer is not at its end.
    open: HashSet<u32>,
    /// The newest stream of the client. None is 0.
    newest: u32,
    goaway_sent: bool,
    /// Frames of our own that are not written yet.
    own: Vec<u8>,
}

impl Http2 {
    /// Looks at what the client sent.
    pub(super) fn received(&mut self, bytes: &[u8]) {
        let (preface, frames) = bytes.split_at((PREFACE - self.preface).min(bytes.len()));
        self.preface += preface.len();
        let Self { inbound, open, newest, .. } = self;
        inbound.pass(frames, |frame| match frame.kind {
            // Of a stream that is known these are trailers.
            HEADERS if frame.stream > *newest => {
                *newest = frame.stream;
                open.insert(frame.stream);
            }
            RST_STREAM => drop(open.remove(&frame.stream)),
            _ => {}
        });
    }

    /// Looks at what was written to the client.
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        let Self { outbound, open, .. } = self;
        outbound.pass(bytes, |frame| {
            let last = matches!(frame.kind, DATA | HEADERS) && frame.flags & END_STREAM != 0;
            if last || frame.kind == RST_STREAM {
                open.remove(&frame.stream);
            }
        });
    }

    /// Whether every stream was answered to its end.
    pub(super) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether the client ever opened a stream.
    pub(super) fn was_used(&self) -> bool {
        self.newest > 0
    }

    /// Announces once, by a `GOAWAY`, that the connection is about to end. Streams that it opens before it hears that
    /// are answered.
    pub(super) fn announce_end(&mut self) {
        if !self.goaway_sent {
            self.goaway_sent = true;
            self.own.extend(go_away(EVERY_STREAM));
        }
    }

    /// Says by the last `GOAWAY` which stream was the last. No later one is answered.
    pub(super) fn send_last_goaway(&mut self) {
        self.goaway_sent = true;
        self.own.extend(go_away(self.newest));
    }

    /// Writes the `GOAWAY` frame that waits, as soon as no other frame is half written. Nothing else may be written
    /// before this is ready.
    pub(super) fn poll_goaway(&mut self, io: &mut impl ActixStream, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.own.is_empty() || !self.outbound.is_between() {
            return Poll::Ready(Ok(()));
        }
        while !self.own.is_empty() {
            let written = ready!(Pin::new(&mut *io).poll_write(context, &self.own))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.own.drain(..written);
        }
        Pin::new(io).poll_flush(context)
    }
}

/// A `GOAWAY` (6.8) without an error.
fn go_away(last: u32) -> [u8; HEAD + 8] {
    let [a, b, c, d] = last.to_be_bytes();
    [0, 0, 8, GOAWAY, 0, 0, 0, 0, 0, a, b, c, d, 0, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
    }

    /// A connection on which the client opened the streams 1 and 3 and the server sent its settings, in pieces of
    /// `size`.
    fn two_streams(size: usize) -> Http2 {
        let mut http2 = Http2::default();
        let sent = [vec![b'x'; PREFACE], frame(HEADERS, 4, 1, &[0; 40]), frame(HEADERS, 5, 3, &[0; 7])].concat();
        sent.chunks(size).for_each(|piece| http2.received(piece));
        frame(4, 0, 0, &[0; 6]).chunks(size).for_each(|piece| http2.sent(piece));
        http2
    }

    #[test]
    fn a_stream_is_open_until_its_answer_ends_however_the_bytes_are_cut() {
        for size in [1, 2, 5, 9, 10, 1000] {
            let mut http2 = two_streams(size);
            assert_eq!((http2.open.len(), http2.newest), (2, 3), "pieces of {size}");
            let answers = [frame(HEADERS, 4, 1, &[1; 3]), frame(HEADERS, 5, 3, &[]), frame(DATA, 1, 1, &[9; 80])];
            let answers = answers.concat();
            answers.chunks(size).for_each(|piece| http2.sent(piece));
            assert!(http2.is_idle() && http2.was_used(), "pieces of {size}");
        }
    }

    #[test]
    fn trailers_open_no_stream_again_and_a_reset_closes_one() {
        let mut http2 = two_streams(100);
        http2.sent(&frame(DATA, 1, 1, &[]));
        http2.received(&frame(HEADERS, 5, 1, &[]));
        http2.received(&frame(RST_STREAM, 0, 3, &[0; 4]));
        assert!(http2.is_idle());
    }

    #[test]
    fn another_frame_begins_only_after_the_first_and_where_one_ended() {
        let mut frames = Frames::default();
        assert!(!frames.is_between());
        let settings = frame(4, 0, 0, &[0; 6]);
        for byte in &settings {
            assert!(!frames.is_between());
            frames.pass(std::slice::from_ref(byte), |_| {});
        }
        assert!(frames.is_between());
    }
}
