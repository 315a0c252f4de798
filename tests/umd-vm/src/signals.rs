// SPDX-License-Identifier: MIT OR Apache-2.0

//! Ctrl-C and its relatives, held back while a virtual machine runs so that
//! the machine can be ended first.

use crate::Result;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// While one lives, the signals that would end this process are only noted.
#[derive(Debug)]
pub(crate) struct Held(&'static Shared);

/// The state that the signal handlers share with us; handlers stay for good.
#[derive(Debug)]
struct Shared {
    /// How many guests run.
    guests: Mutex<usize>,
    /// There is none: the signals do what they do by default.
    idle: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

impl Held {
    /// Begins to hold them back.
    ///
    /// # Errors
    ///
    /// The handlers cannot be installed.
    pub(crate) fn begin() -> Result<Self> {
        static SHARED: OnceLock<Shared> = OnceLock::new();
        let shared = match SHARED.get() {
            Some(shared) => shared,
            None => {
                let shared = install()?;
                SHARED.get_or_init(|| shared)
            }
        };
        shared.count(|guests| guests + 1);
        Ok(Self(shared))
    }

    /// Whether one has come.
    #[must_use]
    pub(crate) fn received(&self) -> bool {
        self.0.last.load(Ordering::SeqCst) != 0
    }

    /// Does what the signal that has come does by default: ends this process.
    ///
    /// # Errors
    ///
    /// It cannot be done.
    pub(crate) fn deliver(&self) -> Result<()> {
        let signal = i32::try_from(self.0.last.load(Ordering::SeqCst))?;
        signal_hook::low_level::emulate_default_handler(signal)?;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.count(|guests| guests - 1);
    }
}

impl Shared {
    fn count(&self, change: impl FnOnce(usize) -> usize) {
        let mut guests = self.guests.lock().unwrap_or_else(PoisonError::into_inner);
        *guests = change(*guests);
        self.idle.store(*guests == 0, Ordering::SeqCst);
    }
}

fn install() -> Result<Shared> {
    let shared = Shared {
        guests: Mutex::new(0),
        idle: Arc::new(AtomicBool::new(true)),
        last: Arc::new(AtomicUsize::new(0)),
    };
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        flag::register_usize(signal, Arc::clone(&shared.last), usize::try_from(signal)?)?;
        flag::register_conditional_default(signal, Arc::clone(&shared.idle))?;
    }
    Ok(shared)
}
