// SPDX-License-Identifier: MIT OR Apache-2.0

//! The work of one user mode driver.

use umd_abi::Status;

/// The work of one driver: a function from a request to a reply that touches
/// nothing but its arguments.
pub trait Handler {
    /// Largest payload of a request in bytes; longer ones never reach
    /// [`handle`](Self::handle).
    const MAX_REQUEST: u32;
    /// Largest payload of a reply in bytes, and the length of `reply`.
    const MAX_REPLY: u32;

    /// Serves the request `op` of the driver's range with the payload
    /// `request`, and returns how many bytes of `reply` are the answer.
    ///
    /// `reply` is [`MAX_REPLY`](Self::MAX_REPLY) bytes long. At the first call,
    /// all bytes are zero. At later calls they are as this handler left them,
    /// because clearing them each time would cost more than most requests do. A
    /// handler that must not repeat bytes of an earlier answer overwrites or
    /// clears them.
    ///
    /// Both buffers are 8-byte aligned.
    ///
    /// # Errors
    ///
    /// Returns the status to answer with, without a payload:
    /// [`EOPNOTSUPP`](Status::EOPNOTSUPP) for an unknown `op`,
    /// [`EINVAL`](Status::EINVAL) for a payload of the wrong length, otherwise
    /// a status that the operation defines.
    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status>;
}
