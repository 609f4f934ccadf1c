//! A child process, what the system says of it, and its end.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::param::clock_ticks_per_second;
use rustix::process::{Pid, Signal, kill_process};

use crate::Outcome;
use crate::client::Client;

/// A first start makes demonstration data.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a process may take to end after SIGTERM before it is killed.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long to wait before asking again whether a process is ready.
const PAUSE: Duration = Duration::from_micros(500);

/// A server in a process of its own, ended when dropped.
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts a server and waits until `path` answers 200. Says how long that took.
    pub(crate) fn start(command: &mut Command, address: SocketAddr, path: &str) -> Outcome<(Self, Duration)> {
        let begin = Instant::now();
        let mut process = Self { child: command.spawn()?, address };
        let client = Client::new(address);
        loop {
            if matches!(client.get(path), Ok((200, _))) {
                return Ok((process, begin.elapsed()));
            }
            if let Some(status) = process.child.try_wait()? {
                return Err(format!("{} ended before it was ready: {status}", command.get_program().display()).into());
            }
            if begin.elapsed() > PATIENCE {
                return Err(format!("{} was not ready in time", command.get_program().display()).into());
            }
            sleep(PAUSE);
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Memory that is resident now, in bytes (`VmRSS` of proc(5)).
    pub(crate) fn resident(&self) -> Outcome<u64> {
        self.memory("VmRSS:")
    }

    /// The most memory that was resident, in bytes (`VmHWM` of proc(5)).
    pub(crate) fn most_resident(&self) -> Outcome<u64> {
        self.memory("VmHWM:")
    }

    /// Counts [`Self::most_resident`] from now on (`clear_refs` of proc(5)).
    pub(crate) fn forget_most_resident(&self) -> Outcome<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    fn memory(&self, name: &str) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"));
        Ok(kibibytes.ok_or("the system does not tell a process' memory")?.parse::<u64>()? * 1024)
    }

    /// Processor time used so far, in seconds (`utime` and `stime` of proc(5)).
    pub(crate) fn processor_seconds(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may hold blanks; what follows it is counted from field 3.
        let (_, fields) = stat.rsplit_once(") ").ok_or("the system does not tell a process' time")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        let per_second = u32::try_from(clock_ticks_per_second())?;
        Ok(f64::from(ticks) / f64::from(per_second))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let begin = Instant::now();
        while begin.elapsed() < FAREWELL {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address that nobody uses now.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
