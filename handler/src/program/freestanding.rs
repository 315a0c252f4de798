// SPDX-License-Identifier: MIT OR Apache-2.0

//! A handler as a program without a library or a system call at its start. The
//! channel is file descriptors 0 and 1.

#![allow(unsafe_code)]

pub use crate::start::exit;
use crate::{Channel, ChannelError};
use core::panic::PanicInfo;
use rustix::fd::BorrowedFd;
use rustix::io::{Errno, Result};

/// The two file descriptors that the kernel gave to this process.
#[derive(Debug)]
pub struct Descriptors;

impl Channel for Descriptors {
    fn read(&mut self, buffer: &mut [u8]) -> core::result::Result<usize, ChannelError> {
        // SAFETY: nothing in this process closes a file descriptor.
        let input = unsafe { BorrowedFd::borrow_raw(0) };
        outcome(rustix::io::read(input, buffer))
    }

    fn write(&mut self, bytes: &[u8]) -> core::result::Result<usize, ChannelError> {
        // SAFETY: nothing in this process closes a file descriptor.
        let output = unsafe { BorrowedFd::borrow_raw(1) };
        outcome(rustix::io::write(output, bytes))
    }
}

fn outcome(result: Result<usize>) -> core::result::Result<usize, ChannelError> {
    result.map_err(|errno| match errno {
        Errno::INTR => ChannelError::Interrupted,
        _ => ChannelError::Failed,
    })
}

/// Fails the link if a panic can be reached: nothing defines the function that it
/// calls, except [`handler_main!`](crate::handler_main) of a handler that may panic.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn a_panic_can_be_reached_use_get_instead_of_indexing() -> !;
    }
    a_panic_can_be_reached_use_get_instead_of_indexing()
}

/// Makes the binary serve requests with a value of the [`Handler`] type
/// `$handler`. The expression `$new` makes that value at the start.
///
/// If a panic can be reached, the program does not link. A handler whose libraries can
/// panic has the word `panics` for a third argument: a panic then ends the process with
/// the exit code [`UMD_EXIT_PANIC`]. Its `budget.toml` says the same.
///
/// [`Handler`]: crate::Handler
/// [`UMD_EXIT_PANIC`]: umd_abi::UMD_EXIT_PANIC
#[macro_export]
macro_rules! handler_main {
    ($handler:ty, $new:expr, panics) => {
        $crate::handler_main!($handler, $new);
        const _: () = {
            // The checks of umd-build look for this function.
            #[unsafe(no_mangle)]
            #[inline(never)]
            extern "C" fn a_panic_can_be_reached_use_get_instead_of_indexing() -> ! {
                $crate::program::exit($crate::UMD_EXIT_PANIC)
            }
        };
    };
    ($handler:ty, $new:expr) => {
        // Without the linker's script the file would be another kind of program.
        const _: &str = ::core::env!(
            "UMD_HANDLER_IS_LINKED",
            "the main() of this crate's build.rs must call umd_build::link()"
        );
        const _: () = {
            type Buffer = $crate::Buffer<{ $crate::buffer_size::<$handler>() }>;

            // `_start` has the only reference to the buffer, and passes it on
            // once.
            #[unsafe(no_mangle)]
            static mut UMD_HANDLER_BUFFER: Buffer = Buffer::new();

            #[unsafe(no_mangle)]
            extern "C" fn umd_handler_main(buffer: &mut Buffer) -> ! {
                let mut handler: $handler = $new;
                let mut channel = $crate::program::Descriptors;
                $crate::program::exit($crate::serve(&mut handler, &mut channel, buffer))
            }
        };
    };
}
