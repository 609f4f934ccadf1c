//! Redis.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::place::{Medium, folder, free_port, program};
use crate::supervisor::Supervisor;

/// How often a new server is tried on another port when somebody else takes the first.
const TRIES: usize = 5;

/// A Redis server that keeps nothing on disk: stopped, it has forgotten everything.
pub struct Redis {
    supervisor: Mutex<Supervisor>,
    port: u16,
}

impl Redis {
    /// A server of a test's own.
    #[must_use]
    pub fn new() -> Self {
        let start = || {
            let (folder, port) = (folder("redis", Medium::Disk), free_port());
            let (port_text, dir) = (port.to_string(), folder.display().to_string());
            let words =
                ["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", &dir];
            let command: Vec<String> =
                std::iter::once(program("redis-server")).chain(words.into_iter().map(str::to_owned)).collect();
            let server = Self { supervisor: Mutex::new(Supervisor::new(&folder, "KILL", &command)), port };
            server.try_start().then_some(server)
        };
        std::iter::repeat_with(start).take(TRIES).find_map(|server| server).expect("Redis starts")
    }

    /// The value of `REDIS_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it again, after [`Self::stop`] or [`Self::kill`], where it was.
    pub fn start(&self) {
        assert!(self.try_start(), "Redis does not start:\n{}", self.supervisor().log());
    }

    /// Stops it in peace.
    pub fn stop(&self) {
        self.supervisor().end("TERM");
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&self) {
        self.supervisor().end("KILL");
    }

    /// Lets it keep its connections and answer nothing, as a server does whose machine hangs.
    pub fn pause(&self) {
        self.supervisor().signal("STOP");
    }

    /// Ends [`Self::pause`].
    pub fn resume(&self) {
        self.supervisor().signal("CONT");
    }

    fn try_start(&self) -> bool {
        let mut supervisor = self.supervisor();
        supervisor.start();
        let ours = supervisor.server().map(|process| format!("process_id:{process}\r\n")).unwrap_or_default();
        supervisor.await_ready(|| self.ask_who().is_ok_and(|answer| answer.contains(&ours)))
    }

    /// What the server on the port says of itself.
    fn ask_who(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"INFO server\r\nQUIT\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn supervisor(&self) -> MutexGuard<'_, Supervisor> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Redis {
    fn default() -> Self {
        Self::new()
    }
}
