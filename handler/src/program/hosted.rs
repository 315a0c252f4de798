// SPDX-License-Identifier: MIT OR Apache-2.0

//! A handler as an ordinary program: the channel is standard input and output.

use crate::{Channel, ChannelError};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;

/// Standard input and output without the buffer of [`std::io`], so that reads
/// and writes are the same system calls as in a freestanding handler.
#[derive(Debug)]
pub struct Stdio {
    input: File,
    output: File,
}

impl Stdio {
    /// Opens the channel.
    ///
    /// # Errors
    ///
    /// Fails if the process has too many open files.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            input: io::stdin().as_fd().try_clone_to_owned()?.into(),
            output: io::stdout().as_fd().try_clone_to_owned()?.into(),
        })
    }
}

impl Channel for Stdio {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError> {
        self.input.read(buffer).map_err(channel_error)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ChannelError> {
        self.output.write(bytes).map_err(channel_error)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err asks for")]
fn channel_error(error: io::Error) -> ChannelError {
    match error.kind() {
        ErrorKind::Interrupted => ChannelError::Interrupted,
        _ => ChannelError::Failed,
    }
}

/// Makes the binary serve requests with a value of the [`Handler`] type
/// `$handler`. The expression `$new` makes that value at the start.
///
/// With the word `panics` for a third argument, the freestanding form of the handler
/// may panic: a panic ends the process with the exit code [`UMD_EXIT_PANIC`]. Without
/// it, a handler in which a panic can be reached does not link.
///
/// [`Handler`]: crate::Handler
/// [`UMD_EXIT_PANIC`]: umd_abi::UMD_EXIT_PANIC
#[macro_export]
macro_rules! handler_main {
    ($handler:ty, $new:expr, panics) => {
        // This program has the panics of std, whose message says more.
        $crate::handler_main!($handler, $new);
    };
    ($handler:ty, $new:expr) => {
        fn main() -> ::std::io::Result<()> {
            let mut handler: $handler = $new;
            let mut channel = $crate::program::Stdio::open()?;
            let mut buffer = ::std::boxed::Box::new($crate::Buffer::<
                { $crate::buffer_size::<$handler>() },
            >::new());
            ::std::process::exit($crate::serve(&mut handler, &mut channel, &mut buffer))
        }
    };
}
