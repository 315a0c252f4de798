// SPDX-License-Identifier: MIT OR Apache-2.0

//! The one error of this crate. How a guest ended is no error: that is a
//! [`Verdict`](crate::Verdict).

use std::fmt;
use std::io;
use std::num::TryFromIntError;

/// Why something cannot be downloaded, built, written or started. The message is
/// for the user, and says what to do where something can be done; the causes are
/// in [`source`](std::error::Error::source).
pub struct Error(anyhow::Error);

/// The result of a function that needs the machine's files or programs.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

macro_rules! from {
    ($($cause:ty),*) => {$(
        impl From<$cause> for Error {
            fn from(error: $cause) -> Self {
                Self(error.into())
            }
        }
    )*};
}

from!(
    io::Error,
    rustix::io::Errno,
    std::fmt::Error,
    std::path::StripPrefixError,
    tempfile::PersistError,
    TryFromIntError,
    walkdir::Error
);

/// Returns an [`Error`] with a message.
macro_rules! bail {
    ($($message:tt)*) => {
        return Err(anyhow::anyhow!($($message)*).into())
    };
}
pub(crate) use bail;
