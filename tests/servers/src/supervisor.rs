//! A server in a process of its own, which dies with this one however this one dies.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SCRIPT: &str = include_str!("supervise.sh");
/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(10);

/// A shell that runs a server below it. The shell reads from a pipe that only this process can write to: when the pipe
/// closes, the shell stops the server and removes its folder. Dropping this does so and waits for it.
pub(crate) struct Supervisor {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
    server: Option<u32>,
}

impl Supervisor {
    /// Prepares to run `command` with its output in `folder/log`. `last_signal` ends the server at the very end.
    pub(crate) fn new(folder: &Path, last_signal: &str, command: &[String]) -> Self {
        Self::with_environment(folder, last_signal, command, std::env::vars_os())
    }

    /// [`Self::new`] with nothing in the environment but these.
    pub(crate) fn with_environment(
        folder: &Path,
        last_signal: &str,
        command: &[String],
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let script = folder.join("supervise");
        std::fs::write(&script, SCRIPT).expect("a file in a folder of our own");
        let mut shell = Command::new("sh")
            .arg(script)
            .arg(folder)
            .arg(last_signal)
            .args(command)
            .env_clear()
            .envs(environment)
            // An interrupt from the keyboard goes to the whole group of this process, and the shell has to outlive it.
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("the shell's output"));
        Self { shell, orders, answers, folder: folder.to_owned(), server: None }
    }

    /// Starts the server, without waiting until it answers.
    pub(crate) fn start(&mut self) {
        self.server = Some(self.order("start").parse().expect("a process id"));
    }

    /// Sends the server a signal.
    pub(crate) fn signal(&mut self, name: &str) {
        self.order(&format!("signal {name}"));
    }

    /// Sends the server a signal and waits for its end.
    pub(crate) fn end(&mut self, name: &str) {
        self.order(&format!("end {name}"));
        self.server = None;
    }

    /// The process id of the server.
    pub(crate) fn server(&self) -> Option<u32> {
        self.server
    }

    /// Waits until `ready` says so. Gives `false` when the server ended instead.
    pub(crate) fn await_ready(&self, ready: impl Fn() -> bool) -> bool {
        let started = Instant::now();
        while !ready() {
            if !self.runs() {
                return false;
            }
            assert!(started.elapsed() < PATIENCE, "a server does not answer:\n{}", self.log());
            thread::sleep(ASK_EVERY);
        }
        true
    }

    /// What the server printed.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Whether the server's process is there and has not ended.
    pub(crate) fn runs(&self) -> bool {
        let state = |server: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{server}/stat")).ok()?;
            stat.rsplit_once(") ")?.1.chars().next()
        };
        self.server.and_then(state).is_some_and(|state| state != 'Z')
    }

    fn order(&mut self, order: &str) -> String {
        let mut answer = String::new();
        writeln!(self.orders.as_mut().expect("the shell's input"), "{order}").expect("a shell that reads");
        self.answers.read_line(&mut answer).expect("a shell that answers");
        answer.trim().to_owned()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}
