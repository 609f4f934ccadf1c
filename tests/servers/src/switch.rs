//! An address that leads to one server, and later to another.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Listens on a port of the loopback and passes connections on, as the address of a database does that moves from one
/// server to another. It listens for as long as the process lives.
pub struct Switch {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    /// Where new connections lead; `None` refuses them.
    target: Option<SocketAddr>,
    /// Both ends of what is open.
    open: Vec<TcpStream>,
}

impl Switch {
    /// An address that leads to `target`.
    #[must_use]
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { target: Some(target), open: Vec::new() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Whatever cannot be passed on is closed, as by a server that is away.
                let _ = pass_on(&shared, client);
            }
        });
        Self { address, state }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads to `target` from now on, or nowhere, and closes what is open.
    pub fn lead_to(&self, target: Option<SocketAddr>) {
        let mut state = locked(&self.state);
        state.target = target;
        for end in state.open.drain(..) {
            // It may have been closed already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass_on(state: &Mutex<State>, client: TcpStream) -> io::Result<()> {
    // Under the lock, so that a connection to the old target is not opened after the change.
    let mut state = locked(state);
    let Some(target) = state.target else { return Ok(()) };
    let server = TcpStream::connect(target)?;
    for (from, to) in [(&client, &server), (&server, &client)] {
        from.set_nodelay(true)?;
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
    state.open.extend([client, server]);
    Ok(())
}
