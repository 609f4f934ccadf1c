//! A client of subscriptions (`graphql-transport-ws`) over a bare connection (RFC 6455), for what no library sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a message is waited for, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(1);

/// A socket.
#[derive(Debug)]
pub struct Socket(TcpStream);

impl Socket {
    /// Asks for a socket with these header lines, each with its line break. The connection, and the head of the answer.
    #[must_use]
    pub fn handshake(address: &str, headers: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!(
            "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        (stream, String::from_utf8(head).unwrap())
    }

    /// An open socket of nobody yet.
    #[must_use]
    pub fn open(address: &str) -> Self {
        let headers = "Sec-WebSocket-Protocol: graphql-transport-ws\r\nAccept-Encoding: gzip, br\r\n";
        let (stream, head) = Self::handshake(address, headers);
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.to_lowercase().contains("sec-websocket-protocol: graphql-transport-ws"), "{head}");
        Self(stream)
    }

    /// A socket whose client said who it is.
    #[must_use]
    pub fn known(address: &str, token: &str) -> Self {
        let mut socket = Self::open(address);
        socket.say(&json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}}));
        assert_eq!(socket.hear(), json!({"type": "connection_ack"}));
        socket
    }

    /// Sends one frame.
    pub fn frame(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
            middle @ 126..0x1_0000 => {
                frame.push(0x80 | 0x7e);
                frame.extend(u16::try_from(middle).unwrap().to_be_bytes());
            }
            long => {
                frame.push(0x80 | 0x7f);
                frame.extend(u64::try_from(long).unwrap().to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.0.write_all(&frame).unwrap();
    }

    /// Sends a message.
    pub fn say(&mut self, message: &Value) {
        self.frame(1, message.to_string().as_bytes());
    }

    /// Asks to follow something.
    pub fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({"id": id, "type": "subscribe", "payload": {"query": query}}));
    }

    fn bytes<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// The next frame: its kind, and what it holds.
    fn next(&mut self) -> (u8, Vec<u8>) {
        let [kind, length] = self.bytes();
        let length = match length & 0x7f {
            126 => usize::from(u16::from_be_bytes(self.bytes())),
            127 => panic!("a frame is too long"),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).unwrap();
        (kind & 0x0f, payload)
    }

    /// The next message.
    pub fn hear(&mut self) -> Value {
        loop {
            match self.next() {
                (1, text) => return serde_json::from_slice(&text).unwrap(),
                (9, payload) => self.frame(10, &payload),
                (8, reason) => panic!("closed: {reason:?}"),
                _ => {}
            }
        }
    }

    /// Does something until there is something to hear: nobody is told when a subscription has begun.
    pub fn hear_after(&mut self, mut work: impl FnMut()) -> Value {
        let begun = Instant::now();
        self.0.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        while self.0.peek(&mut [0]).is_err() {
            assert!(begun.elapsed() < PATIENCE, "nothing is heard");
            work();
        }
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        self.hear()
    }

    /// The code that the socket is closed by; messages before it are passed over.
    pub fn closed_by(&mut self) -> u16 {
        loop {
            if let (8, reason) = self.next() {
                return u16::from_be_bytes(*reason.first_chunk().unwrap());
            }
        }
    }
}
