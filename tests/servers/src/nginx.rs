//! nginx.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::place::{Medium, folder, free_port, program};
use crate::supervisor::Supervisor;

/// How often a new server is tried on another port when somebody else takes the first.
const TRIES: usize = 5;

/// What a configuration has to name.
#[derive(Debug, Clone)]
pub struct Site {
    /// A folder for whatever nginx writes. The configuration says `pid FOLDER/nginx.pid;`.
    pub folder: PathBuf,
    /// The port to listen on, of 127.0.0.1.
    pub port: u16,
}

/// An nginx with a configuration of the caller's.
pub struct Nginx {
    supervisor: Mutex<Supervisor>,
    site: Site,
}

impl Nginx {
    /// Starts it in the foreground with what `configuration` writes: a whole file, for one [`Site`].
    #[must_use]
    pub fn new(configuration: impl Fn(&Site) -> String) -> Self {
        let start = || {
            let site = Site { folder: folder("nginx", Medium::Disk), port: free_port() };
            write(&site.folder, &configuration(&site));
            let (prefix, file) = (site.folder.display().to_string(), file(&site.folder).display().to_string());
            let log = format!("{prefix}/error.log");
            let words = ["-p", &prefix, "-c", &file, "-e", &log, "-g", "daemon off;"];
            let command: Vec<String> =
                std::iter::once(program("nginx")).chain(words.into_iter().map(str::to_owned)).collect();
            let server = Self { supervisor: Mutex::new(Supervisor::new(&site.folder, "TERM", &command)), site };
            if server.try_start() {
                return Ok(server);
            }
            Err(format!("{}{}", server.supervisor().log(), server.errors()))
        };
        let mut said = String::new();
        for _ in 0..TRIES {
            match start() {
                Ok(server) => return server,
                Err(log) => said = log,
            }
        }
        panic!("nginx does not start:\n{said}");
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.site.port)
    }

    /// Its folder and port.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Lets it read another configuration, while it goes on serving. Requests that come at once may still meet the old
    /// one.
    pub fn reload(&self, configuration: impl FnOnce(&Site) -> String) {
        write(&self.site.folder, &configuration(&self.site));
        self.supervisor().signal("HUP");
    }

    /// What it noted as errors.
    #[must_use]
    pub fn errors(&self) -> String {
        std::fs::read_to_string(self.site.folder.join("error.log")).unwrap_or_default()
    }

    fn try_start(&self) -> bool {
        let mut supervisor = self.supervisor();
        supervisor.start();
        let pid = self.site.folder.join("nginx.pid");
        // The file is written when the port is taken, so whoever answers then is this server.
        supervisor.await_ready(|| pid.exists() && TcpStream::connect(("127.0.0.1", self.site.port)).is_ok())
    }

    fn supervisor(&self) -> MutexGuard<'_, Supervisor> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("nginx.conf")
}

fn write(folder: &Path, configuration: &str) {
    std::fs::write(file(folder), configuration).expect("a file in a folder of our own");
}
