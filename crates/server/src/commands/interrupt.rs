//! Ctrl-C: work ends between two steps, and what is half written goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atalaya_application::ports::forecaster::TrainingObserver;
use tokio::signal::unix::{SignalKind, signal};

use super::{CommandError, refused};

/// What a shell expects of a program that Ctrl-C ended.
const ENDED_BY_INTERRUPT: i32 = 130;

/// Whether the user wants the program to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. The second Ctrl-C ends the program at once.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Here and not on the thread, which may begin after the first file was made: a Ctrl-C between would leave it.
        let mut interrupts = {
            let _context = runtime.enter();
            signal(SignalKind::interrupt())?
        };
        let listen = async move {
            while interrupts.recv().await.is_some() {
                if heard.0.swap(true, Ordering::Relaxed) {
                    std::process::exit(ENDED_BY_INTERRUPT);
                }
            }
        };
        std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || runtime.block_on(listen))?;
        Ok(interrupt)
    }

    /// An error once it was asked for.
    pub(crate) fn check(&self) -> Result<(), CommandError> {
        if self.cancelled() { Err(refused("cli.interrupted")) } else { Ok(()) }
    }
}

impl TrainingObserver for Interrupt {
    fn progress(&self, _done: u32, _total: u32) {}

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
