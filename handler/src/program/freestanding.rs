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

/// Fails the link if a panic can be reached: the function that it calls does
/// not exist.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn a_panic_can_be_reached_use_get_instead_of_indexing() -> !;
    }
    // SAFETY: no program that contains this call can be linked.
    unsafe { a_panic_can_be_reached_use_get_instead_of_indexing() }
}

/// Makes the binary serve requests with a value of the [`Handler`] type
/// `$handler`. The expression `$new` makes that value at the start.
///
/// [`Handler`]: crate::Handler
#[macro_export]
macro_rules! handler_main {
    ($handler:ty, $new:expr) => {
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
