//! The end of listening, without a connection that is lost in it.
//!
//! Whoever closes a listening socket resets the connections that the kernel has set up on it and nobody has accepted
//! yet, and on those a client may have sent a request. So the kernel is first told to set up no more: it drops what
//! asks for a new connection, which the client repeats within a second. What is set up is accepted, and only then the
//! port is closed. From then on clients are refused, and know that nothing of theirs was taken.

use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::SockRef;
use tokio::time::{Instant, sleep};

/// So long a handshake of TCP that has begun may take to be complete.
const HANDSHAKE: Duration = Duration::from_millis(100);
/// So long connections that are set up are waited for.
const ACCEPTANCE: Duration = Duration::from_secs(1);
/// How often it is looked whether one waits.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A hold on a listening socket, beside the server's own.
pub(crate) struct Listening(TcpListener);

impl Listening {
    /// Keeps a hold on a socket.
    ///
    /// # Errors
    /// Of the machine, when it has no descriptor to give.
    pub(crate) fn of(listener: &TcpListener) -> std::io::Result<Self> {
        listener.try_clone().map(Self)
    }

    /// Whether a connection is set up and not accepted yet.
    fn somebody_waits(&self) -> bool {
        let mut sockets = [PollFd::new(&self.0, PollFlags::IN)];
        poll(&mut sockets, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

/// Ends all listening of a server: it takes no further connection, and none of those that were taken is lost.
pub(crate) async fn end(all: &[Listening], server: &ServerHandle) {
    for listening in all {
        if let Err(error) = take_no_more(&listening.0) {
            tracing::debug!(%error, "connections that are being set up may be reset");
        }
    }
    let begun = Instant::now();
    let somebody_waits = || all.iter().any(Listening::somebody_waits);
    while begun.elapsed() < HANDSHAKE || (somebody_waits() && begun.elapsed() < ACCEPTANCE) {
        sleep(LOOK_EVERY).await;
    }
    server.pause().await;
    // The server hears of it a moment later, and would complain of a socket that ends while it still accepts on it.
    sleep(HANDSHAKE).await;
    for listening in all {
        if let Err(error) = SockRef::from(&listening.0).shutdown(Shutdown::Both) {
            tracing::debug!(%error, "the port closes with the process only");
        }
    }
}

/// Has the kernel drop what asks for a new connection. Those that are being set up go on.
#[cfg(target_os = "linux")]
fn take_no_more(listener: &TcpListener) -> std::io::Result<()> {
    use socket2::SockFilter;

    // Instructions of a packet filter, which sees the head of TCP: load a byte, jump if a bit is set, return.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    // Where the flags are (RFC 9293, 3.1), and the one of a first segment.
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

/// Other systems have no such filter.
#[cfg(not(target_os = "linux"))]
fn take_no_more(_: &TcpListener) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn of_the_connections_that_are_set_up_none_is_lost_and_no_more_are_set_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let listening = Listening::of(&listener).unwrap();
        let mut clients: Vec<TcpStream> = (0..5).map(|_| TcpStream::connect(address).unwrap()).collect();
        take_no_more(&listening.0).unwrap();
        let late = TcpStream::connect_timeout(&address, Duration::from_millis(100));
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        for client in &mut clients {
            assert!(listening.somebody_waits());
            client.write_all(b"x").unwrap();
            let (mut accepted, _) = listener.accept().unwrap();
            accepted.read_exact(&mut [0]).unwrap();
        }
        assert!(!listening.somebody_waits());
        SockRef::from(&listening.0).shutdown(Shutdown::Both).unwrap();
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    }
}
