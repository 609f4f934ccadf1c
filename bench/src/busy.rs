//! A first start and one client's logins while eight other processes use all of the processor, as a compiler beside the
//! server would.

use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::client::Client;
use crate::report::{Bar, Figure, progress};
use crate::server::{BANKS, Installation, credentials};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Processes that never wait.
const SPINNERS: usize = 8;

/// Processes that use all of the processor, ended when dropped.
struct Spinners(Vec<Child>);

impl Spinners {
    fn start() -> Outcome<Self> {
        let mut all = Self(Vec::with_capacity(SPINNERS));
        for _ in 0..SPINNERS {
            // Its end of the pipe closes with this process, however that ends.
            all.0.push(Command::new(std::env::current_exe()?).arg("spin").stdin(Stdio::piped()).spawn()?);
        }
        Ok(all)
    }
}

impl Drop for Spinners {
    fn drop(&mut self) {
        for spinner in &mut self.0 {
            let _ = spinner.kill();
            let _ = spinner.wait();
        }
    }
}

/// Uses a core until standard input closes.
pub(crate) fn spin() -> Outcome<()> {
    std::thread::Builder::new().spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    })?;
    loop {
        std::hint::spin_loop();
    }
}

/// On a database of its own, because the first start is one of the figures.
pub(crate) fn measure(plan: &Plan) -> Outcome<Vec<Figure>> {
    progress("a busy machine");
    let installation = Installation::find()?;
    let _spinners = Spinners::start()?;
    let (server, ready) = installation.start()?;
    let client = Client::new(server.address());
    let mut logins = Vec::new();
    for (username, _) in BANKS.iter().cycle().take(plan.busy_logins) {
        let begin = Instant::now();
        // Anything but a success ends the run.
        client.create("/auth/login", &credentials(username))?;
        logins.push(begin.elapsed());
    }
    let seconds = |percent| vec![percentile(&mut logins.clone(), percent) / 1e3];
    let figure = |name, values, bar| Figure { name, unit: "s", values, bar };
    Ok(vec![
        figure(
            "start to ready, making demonstration data, beside 8 busy processes",
            vec![ready.as_secs_f64()],
            Bar::AtMost(20.0),
        ),
        figure("p95 of one client's logins beside 8 busy processes", seconds(95), Bar::AtMost(3.0)),
        figure("  p50 of them", seconds(50), Bar::None),
    ])
}
