//! The real program in a process of its own.

use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use atalaya_tests::app::variables;
use atalaya_tests::client::http;
use atalaya_tests::{Client, TestDatabase};
use rustix::process::{Pid, Signal, kill_process};

/// How long a process may take to start or to end.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running server, killed when it is dropped. Whatever it prints is in [`Program::printed`].
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    printed: PathBuf,
}

impl Program {
    /// Serves the database, under the suite's settings but for these.
    pub(crate) fn serve(database: &TestDatabase, changes: &[(&str, &str)]) -> Self {
        let address = free_address();
        let bind = address.to_string();
        let printed = database.folder().join("printed");
        let file = || -> File { OpenOptions::new().create(true).append(true).open(&printed).unwrap() };
        let child = Command::new(env!("CARGO_BIN_EXE_serve_for_tests"))
            .arg("serve")
            .current_dir(database.folder())
            .env_clear()
            .envs(variables(database, changes))
            .env("BIND_ADDRESS", bind)
            .stdin(Stdio::null())
            .stdout(file())
            .stderr(file())
            .spawn()
            .unwrap();
        let program = Self { child, address, printed };
        let patience = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(patience.elapsed() < PATIENCE, "the server does not start: {}", program.printed());
            std::thread::sleep(Duration::from_millis(10));
        }
        program
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Memory of the process that is resident now, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        memory(self.id(), "VmRSS:").unwrap()
    }

    /// The most memory that the process has had, in KiB.
    pub(crate) fn high_water(&self) -> u64 {
        memory(self.id(), "VmHWM:").unwrap()
    }

    /// Waits until it answers and hears signals: it takes connections before.
    pub(crate) fn await_start(&self) {
        let patience = Instant::now();
        while !self.printed().contains("listening") {
            assert!(patience.elapsed() < PATIENCE, "the server does not start: {}", self.printed());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Somebody who is not logged in.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(http(), format!("http://{}", self.address))
    }

    /// What it printed: its log and its errors.
    pub(crate) fn printed(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.printed).unwrap()).into_owned()
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Asks it to end in peace.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Sends what a terminal sends when it closes, and log rotation when it has moved a file away.
    pub(crate) fn hang_up(&self) {
        kill_process(Pid::from_child(&self.child), Signal::HUP).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let patience = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(patience.elapsed() < PATIENCE, "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What proc(5) says of the memory of a process under that name, in KiB; `None` of one that has ended.
pub(crate) fn memory(process: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
