//! Any program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::place::{Medium, folder};
use crate::supervisor::Supervisor;

/// A program that dies with this process, in a folder of its own that goes with it.
pub struct Process {
    supervisor: Mutex<Supervisor>,
    folder: PathBuf,
}

impl Process {
    /// Prepares to run `command`, with nothing in its environment but `environment` and where programs are found.
    #[must_use]
    pub fn new(name: &str, command: &[String], environment: &BTreeMap<String, String>) -> Self {
        let folder = folder(name, Medium::Disk);
        let path = std::env::var_os("PATH").map(|path| (OsString::from("PATH"), path));
        let given = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let supervisor = Supervisor::with_environment(&folder, "KILL", command, path.into_iter().chain(given));
        Self { supervisor: Mutex::new(supervisor), folder }
    }

    /// Starts it, for the first time or again, and waits until `ready` says so.
    ///
    /// # Panics
    /// When it ends instead, with what it printed.
    pub fn start(&self, ready: impl Fn() -> bool) {
        let mut supervisor = self.supervisor();
        supervisor.start();
        assert!(supervisor.await_ready(ready), "a program does not start:\n{}", supervisor.log());
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        self.supervisor().signal(name);
    }

    /// Sends it a signal and waits for its end.
    pub fn end(&self, name: &str) {
        self.supervisor().end(name);
    }

    /// Its process id, where it was started.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.supervisor().server()
    }

    /// Whether it was started and has not ended.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.supervisor().runs()
    }

    /// What it printed.
    #[must_use]
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn supervisor(&self) -> MutexGuard<'_, Supervisor> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
