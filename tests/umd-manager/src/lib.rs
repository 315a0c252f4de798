// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

mod exchange;
#[allow(unsafe_code, reason = "code that runs between fork and exec")]
mod process;
#[allow(unsafe_code, reason = "code that runs between fork and exec")]
mod seal;

pub use process::{Ending, Process};

use exchange::exchange;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use umd_abi::{FrameError, FrameHeader, Hello, HelloError, Status, UMD_OP_HELLO};
use zerocopy::{FromBytes, IntoBytes};

/// How long a Handler may take to answer the HELLO after its start.
const HELLO_DEADLINE: Duration = Duration::from_secs(5);

/// The largest payloads of a driver in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of a request.
    pub max_request: u32,
    /// Of a reply.
    pub max_reply: u32,
}

/// The answer of a Handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The outcome as the Handler states it.
    pub status: Status,
    /// At most [`Limits::max_reply`] bytes.
    pub payload: Vec<u8>,
}

/// How a reply breaks the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The header.
    Frame(FrameError),
    /// The answer to HELLO.
    Hello(HelloError),
    /// A HELLO was answered with an error or with another length.
    NoHello,
    /// Bytes that nobody asked for.
    Unsolicited,
}

/// Why a call has no reply. After [`TimedOut`](Self::TimedOut),
/// [`Died`](Self::Died), [`Protocol`](Self::Protocol) and
/// [`Channel`](Self::Channel) there is no Handler; the next call starts one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Handler could not be started.
    #[error("the Handler does not start: {0}")]
    Spawn(io::Error),
    /// The request is above [`Limits::max_request`]; `-EMSGSIZE` in the kernel.
    #[error("the request is too large")]
    TooLarge,
    /// No reply came within the deadline, and the Handler was killed; `-ETIMEDOUT`.
    #[error("the Handler did not reply in time")]
    TimedOut,
    /// The Handler ended before it replied; `-EPIPE`.
    #[error("the Handler died: {0}")]
    Died(Ending),
    /// The Handler broke the contract and was killed; `-EPROTO`.
    #[error("malformed reply: {0:?}")]
    Protocol(Violation),
    /// The socket failed.
    #[error("the channel failed: {0}")]
    Channel(io::Error),
}

impl Error {
    /// The name of the errno that a call in the kernel would return; none where no call
    /// in the kernel fails.
    #[must_use]
    pub const fn errno(&self) -> Option<&'static str> {
        match self {
            Self::Spawn(_) | Self::Channel(_) => None,
            Self::TooLarge => Some("EMSGSIZE"),
            Self::TimedOut => Some("ETIMEDOUT"),
            Self::Died(_) => Some("EPIPE"),
            Self::Protocol(_) => Some("EPROTO"),
        }
    }
}

impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        Self::Protocol(Violation::Frame(error))
    }
}

/// The Manager of one driver. The Handler is started when a call needs one.
#[derive(Debug)]
pub struct Manager {
    elf: PathBuf,
    /// Empty for a Handler that runs by itself.
    emulator: Vec<OsString>,
    limits: Limits,
    process: Option<Process>,
    last_id: u64,
}

impl Manager {
    /// A Manager for the Handler in the ELF file `elf`. Nothing is started yet.
    pub fn new(elf: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            elf: elf.into(),
            emulator: Vec::new(),
            limits,
            process: None,
            last_id: 0,
        }
    }

    /// Has Handlers run by an emulator of their processor: the words of its command line
    /// before the file. See [`Process::spawn_by`]: nothing seals such a Handler.
    #[must_use]
    pub fn emulated_by(mut self, words: Vec<OsString>) -> Self {
        self.emulator = words;
        self
    }

    /// The Handler's file.
    #[must_use]
    pub fn elf(&self) -> &Path {
        &self.elf
    }

    /// The process id of the Handler, when one was started and is not known to
    /// have ended.
    #[must_use]
    pub fn handler_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Starts the Handler if there is none, exchanges HELLO with it then, and
    /// returns its answer.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn start(&mut self) -> Result<Option<Hello>, Error> {
        if let Some(process) = &mut self.process
            && process.ending().map_err(Error::Channel)?.is_none()
        {
            return Ok(None);
        }
        let process = match &self.emulator[..] {
            [] => Process::spawn(&self.elf),
            words => Process::spawn_by(words, &self.elf),
        };
        self.process = Some(process.map_err(Error::Spawn)?);
        let answer = self.hello();
        if answer.is_err() {
            self.process = None;
        }
        answer.map(Some)
    }

    /// Sends the request `op` with `payload` and waits at most `deadline` for
    /// its reply. A Handler that is not running is started first, with a
    /// deadline of its own for HELLO.
    ///
    /// # Errors
    ///
    /// See [`Error`]. A reply with an error status is not one.
    pub fn call(&mut self, op: u16, payload: &[u8], deadline: Duration) -> Result<Reply, Error> {
        if !u32::try_from(payload.len()).is_ok_and(|len| len <= self.limits.max_request) {
            return Err(Error::TooLarge);
        }
        self.start()?;
        self.request(op, payload, deadline)
    }

    /// Kills the Handler, and returns how it ended; `None` when there was none.
    ///
    /// # Errors
    ///
    /// When the process cannot be waited for.
    pub fn kill(&mut self) -> io::Result<Option<Ending>> {
        match self.process.take() {
            Some(mut process) => process.kill().map(Some),
            None => Ok(None),
        }
    }

    fn hello(&mut self) -> Result<Hello, Error> {
        let ours = Hello::new(self.limits.max_request, self.limits.max_reply);
        let reply = self.request(UMD_OP_HELLO, ours.as_bytes(), HELLO_DEADLINE)?;
        let answer = Hello::read_from_bytes(&reply.payload)
            .ok()
            .filter(|_| reply.status == Status::OK)
            .ok_or(Error::Protocol(Violation::NoHello))?;
        match ours.check_answer(&answer) {
            Ok(()) => Ok(answer),
            Err(error) => Err(Error::Protocol(Violation::Hello(error))),
        }
    }

    fn request(&mut self, op: u16, payload: &[u8], deadline: Duration) -> Result<Reply, Error> {
        let until = Instant::now() + deadline;
        let len = u32::try_from(payload.len()).map_err(|_| Error::TooLarge)?;
        self.last_id += 1;
        let header = FrameHeader::request(op, self.last_id, len);
        let Some(process) = &mut self.process else {
            return Err(Error::Channel(io::ErrorKind::NotConnected.into()));
        };
        let outcome = exchange(process, &header, payload, self.limits.max_reply, until);
        if outcome.is_err() {
            self.process = None;
        }
        outcome
    }
}
