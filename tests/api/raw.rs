//! HTTP/1 over a bare socket, for what no HTTP client does.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use atalaya_tests::Client;
use socket2::{Domain, Socket, Type};

/// How long a test waits for what has to happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to the server.
pub(crate) struct Raw(pub(crate) TcpStream);

impl Raw {
    /// Connects. The kernel keeps little of what is not read: some let a receive buffer grow to 32 MiB, and then
    /// whoever does not read has taken a whole export.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(64 * 1024).unwrap();
        socket.connect(&address.into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Sends these bytes.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// Asks for a CSV and reads nothing.
    pub(crate) fn ask_for_csv(address: SocketAddr, client: &Client, path: &str) -> Self {
        let mut raw = Self::connect(address);
        let token = client.token();
        raw.send(format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nAccept: text/csv\r\n\r\n"
        ));
        raw
    }

    /// The head of the next answer, without its last empty line.
    pub(crate) fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            assert_eq!(self.0.read(&mut byte).unwrap(), 1, "the connection ended: {}", String::from_utf8_lossy(&head));
            head.extend(byte);
        }
        String::from_utf8(head).unwrap()
    }

    /// Whether something of an answer came, or the connection ended.
    pub(crate) fn has_answer(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let peeked = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        !matches!(peeked, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Reads so many bytes.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.0.read_exact(&mut vec![0; bytes]).unwrap();
    }

    /// Everything until the connection ends, whether in order or not.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => return all,
                Ok(read) => all.extend_from_slice(&piece[..read]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the connection does not end"),
                Err(_) => return all,
            }
        }
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
