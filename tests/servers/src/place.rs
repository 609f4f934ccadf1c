//! Where a server is: its binary, its port, its folder.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports below those that Linux gives to outgoing connections, one of which could else sit on the port of a stopped
/// server.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A file system in memory, which Linux has.
const SHARED_MEMORY: &str = "/dev/shm";
/// Bytes that have to be free there: several times what a server of tests needs.
const ROOM: u64 = 4 << 30;

/// A port of the loopback that nobody listens on.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Processes that start at once look in different places.
    let start = u16::try_from(std::process::id() * 37 % u32::from(PORTS.end - PORTS.start)).expect("a small number");
    let ports = std::iter::repeat_with(|| {
        let step = NEXT.fetch_add(1, Ordering::Relaxed) % (PORTS.end - PORTS.start);
        PORTS.start + (start + step) % (PORTS.end - PORTS.start)
    });
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().expect("a free port")
}

/// Where the files of a server are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// With the other temporary files.
    Disk,
    /// In memory, where there is room, otherwise as [`Self::Disk`]. A database is some hundred files, and every test
    /// has one of its own: to make and delete them took a third of all time of the tests on PostgreSQL.
    Memory,
}

impl Medium {
    fn parent(self) -> PathBuf {
        let is_roomy =
            || rustix::fs::statvfs(SHARED_MEMORY).is_ok_and(|room| room.f_bavail.saturating_mul(room.f_frsize) >= ROOM);
        if self == Self::Memory && is_roomy() { PathBuf::from(SHARED_MEMORY) } else { std::env::temp_dir() }
    }
}

/// A new folder, readable by whomever a server runs as.
pub(crate) fn folder(server: &str, medium: Medium) -> PathBuf {
    let folder = tempfile::Builder::new().prefix(&format!("atalaya-{server}-")).tempdir_in(medium.parent());
    let folder = folder.expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    // From here on the supervisor removes it, who outlives this process.
    folder.keep()
}

/// The path of a program.
///
/// # Panics
/// Without it: a test that cannot run must not pass.
pub(crate) fn program(name: &str) -> String {
    find(name).unwrap_or_else(|| panic!("{name} is not installed: run `make deps`"))
}

/// Looks where Debian keeps PostgreSQL, then where programs are, and then where those of administrators are.
fn find(name: &str) -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = newest_postgres().into_iter().chain(std::env::split_paths(&path)).collect();
    folders.extend(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .map(|path| path.display().to_string())
}

/// Where Debian keeps the programs of the newest PostgreSQL that is installed whole.
fn newest_postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let numbers = versions.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let folder = |number: u32| Path::new("/usr/lib/postgresql").join(number.to_string()).join("bin");
    let mut whole: Vec<u32> = numbers.filter(|number| folder(*number).join("initdb").is_file()).collect();
    whole.sort_unstable();
    whole.pop().map(folder)
}
