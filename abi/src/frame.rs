// SPDX-License-Identifier: MIT OR Apache-2.0

//! The frame: a fixed header and its validation on both sides.

use crate::{__s32, __u16, __u32, __u64, Hello, Status, Wire};
use static_assertions::assert_impl_all;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// First field of every frame: the bytes `UMD1` on a little-endian machine.
pub const UMD_MAGIC: __u32 = 0x3144_4d55;
/// Version of this contract; `abi/src/lib.rs` lists the changes that raise it.
pub const UMD_ABI_VERSION: __u16 = 1;
/// Size of [`FrameHeader`] in bytes.
pub const UMD_FRAME_HEADER_SIZE: __u32 = 32;
/// The largest payload in bytes that any driver may allow in any direction.
pub const UMD_MAX_PAYLOAD: __u32 = 1_048_576;

/// Core operation: the handshake after each spawn. Payload: [`crate::Hello`]
/// in both directions.
pub const UMD_OP_HELLO: __u16 = 0;
/// Core operation: no payload in either direction, answered with status zero.
pub const UMD_OP_PING: __u16 = 1;
/// First operation of the drivers' range; lower numbers are core operations.
pub const UMD_OP_DRIVER: __u16 = 256;

/// Flag of a request of the drivers' range: the reply may go with the next
/// `read()` instead of a `write()` of its own. The buffer of that `read()`
/// starts with room for the longest request that the Handler announced, rounded
/// up to [`UMD_REPLY_ALIGN`]. The frame of the reply follows directly; the
/// kernel ignores the rest of the buffer. The next request is written to the
/// start of the buffer.
///
/// Only a channel that keeps frames whole sets this flag. When a signal
/// interrupts such a `read()` and the Handler repeats it, the reply counts
/// once.
pub const UMD_FRAME_REPLY_BY_READ: __u32 = 1;
/// Alignment of a reply within the buffer of a `read()`, in bytes.
pub const UMD_REPLY_ALIGN: __u32 = 8;

/// The start of every frame, 32 bytes, 8-byte aligned, no padding. The payload
/// follows it directly.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct FrameHeader {
    /// [`UMD_MAGIC`].
    pub magic: __u32,
    /// The sender's [`UMD_ABI_VERSION`].
    pub version: __u16,
    /// The operation; a reply repeats that of its request.
    pub op: __u16,
    /// Chosen by the kernel, unique for each request of a Handler; a reply
    /// repeats that of its request.
    pub id: __u64,
    /// Length of the payload in bytes, without this header; zero in a reply
    /// whose status is not zero.
    pub len: __u32,
    /// Zero in a request; in a reply zero or a negative errno not below
    /// `UMD_STATUS_MIN`.
    pub status: __s32,
    /// [`UMD_FRAME_REPLY_BY_READ`] or zero in a request, zero in a reply.
    pub flags: __u32,
    /// Zero.
    pub reserved: __u32,
}

const HELLO_SIZE: __u32 = 16;

const _: () = assert!(size_of::<Hello>() == HELLO_SIZE as usize);
const _: () = assert!(size_of::<FrameHeader>() == 32);
const _: () = assert!(size_of::<FrameHeader>() == UMD_FRAME_HEADER_SIZE as usize);
const _: () = assert!(align_of::<FrameHeader>() == 8);
// A plain assertion cannot say this of a type.
assert_impl_all!(FrameHeader: Copy, Send, Sync);

/// The first rule that a frame's header breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// `magic` is not [`UMD_MAGIC`].
    Magic,
    /// `version` is not [`UMD_ABI_VERSION`].
    Version,
    /// `len` is above the receiver's limit, or not zero in a reply whose status
    /// is not zero.
    Length,
    /// `op` of a reply is not that of its request.
    Op,
    /// `id` of a reply is not that of its request.
    Id,
    /// `status` of a request is not zero, or that of a reply not a [`Status`].
    Status,
    /// `flags` has a bit that this kind of frame may not have, or `reserved` is
    /// not zero.
    Reserved,
}

impl FrameError {
    /// Returns whether `op`, `id` and `len` of a request are still reliable, so
    /// that the receiver knows what to answer and where the next frame starts.
    #[must_use]
    pub const fn leaves_header_trusted(self) -> bool {
        !matches!(self, Self::Magic | Self::Version | Self::Length)
    }
}

impl FrameHeader {
    /// Returns the header of a request.
    #[must_use]
    pub const fn request(op: __u16, id: __u64, len: __u32) -> Self {
        Self {
            magic: UMD_MAGIC,
            version: UMD_ABI_VERSION,
            op,
            id,
            len,
            status: 0,
            flags: 0,
            reserved: 0,
        }
    }

    /// Returns the header of the reply to `self`.
    #[must_use]
    pub const fn reply(&self, status: Status, len: __u32) -> Self {
        let mut reply = Self::request(self.op, self.id, len);
        reply.status = status.raw();
        reply
    }

    /// Checks a request's header, before the Handler looks at the payload. The
    /// version of a HELLO is left to the payload, so that two versions can tell
    /// each other apart.
    ///
    /// # Errors
    ///
    /// Returns the first rule that is broken. `max_len` is the largest payload
    /// in bytes that the Handler has room for.
    pub const fn check_request(&self, max_len: __u32) -> Result<(), FrameError> {
        if self.magic != UMD_MAGIC {
            return Err(FrameError::Magic);
        }
        if self.version != UMD_ABI_VERSION && self.op != UMD_OP_HELLO {
            return Err(FrameError::Version);
        }
        if self.len > max_len {
            return Err(FrameError::Length);
        }
        if self.status != 0 {
            return Err(FrameError::Status);
        }
        self.check_reserved(UMD_FRAME_REPLY_BY_READ)
    }

    /// Checks a reply's header, before the Manager looks at the payload.
    ///
    /// # Errors
    ///
    /// Returns the first rule that is broken. `request` is the header that was
    /// sent, `max_len` the largest payload in bytes that the driver allows in a
    /// reply to its own operations.
    pub const fn check_reply(&self, request: &Self, max_len: __u32) -> Result<Status, FrameError> {
        if self.magic != UMD_MAGIC {
            return Err(FrameError::Magic);
        }
        if self.version != UMD_ABI_VERSION && request.op != UMD_OP_HELLO {
            return Err(FrameError::Version);
        }
        if self.len > request.max_reply(max_len) {
            return Err(FrameError::Length);
        }
        if self.op != request.op {
            return Err(FrameError::Op);
        }
        if self.id != request.id {
            return Err(FrameError::Id);
        }
        let Some(status) = Status::new(self.status) else {
            return Err(FrameError::Status);
        };
        if self.status != 0 && self.len != 0 {
            return Err(FrameError::Length);
        }
        match self.check_reserved(0) {
            Ok(()) => Ok(status),
            Err(error) => Err(error),
        }
    }

    /// Returns the largest payload of a reply to `self`; core operations have
    /// limits of their own.
    const fn max_reply(&self, driver: __u32) -> __u32 {
        match self.op {
            UMD_OP_HELLO => HELLO_SIZE,
            UMD_OP_PING => 0,
            _ => driver,
        }
    }

    const fn check_reserved(&self, flags: __u32) -> Result<(), FrameError> {
        if self.flags & !flags != 0 || self.reserved != 0 {
            return Err(FrameError::Reserved);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: FrameHeader = FrameHeader::request(UMD_OP_DRIVER, 7, 4);

    #[test]
    fn own_frames_are_valid() {
        assert_eq!(REQUEST.check_request(4), Ok(()));
        let reply = REQUEST.reply(Status::ERANGE, 0);
        assert_eq!(reply.check_reply(&REQUEST, 0), Ok(Status::ERANGE));
    }

    fn request_error(change: impl FnOnce(&mut FrameHeader)) -> Result<(), FrameError> {
        let mut request = REQUEST;
        change(&mut request);
        request.check_request(4)
    }

    #[test]
    fn each_bad_request_field_has_its_error() {
        assert_eq!(request_error(|h| h.magic ^= 1), Err(FrameError::Magic));
        assert_eq!(request_error(|h| h.version = 2), Err(FrameError::Version));
        assert_eq!(request_error(|h| h.len = 5), Err(FrameError::Length));
        assert_eq!(request_error(|h| h.status = -1), Err(FrameError::Status));
        assert_eq!(request_error(|h| h.flags = 1), Ok(()));
        assert_eq!(request_error(|h| h.flags = 3), Err(FrameError::Reserved));
        assert_eq!(request_error(|h| h.reserved = 1), Err(FrameError::Reserved));
    }

    fn reply_error(change: impl FnOnce(&mut FrameHeader)) -> Result<Status, FrameError> {
        let mut reply = REQUEST.reply(Status::OK, 16);
        change(&mut reply);
        reply.check_reply(&REQUEST, 16)
    }

    #[test]
    fn each_bad_reply_field_has_its_error() {
        assert_eq!(reply_error(|_| ()), Ok(Status::OK));
        assert_eq!(reply_error(|h| h.magic ^= 1), Err(FrameError::Magic));
        assert_eq!(reply_error(|h| h.version = 0), Err(FrameError::Version));
        assert_eq!(reply_error(|h| h.len = 17), Err(FrameError::Length));
        assert_eq!(reply_error(|h| h.op = UMD_OP_PING), Err(FrameError::Op));
        assert_eq!(reply_error(|h| h.id = 8), Err(FrameError::Id));
        assert_eq!(reply_error(|h| h.status = 1), Err(FrameError::Status));
        assert_eq!(reply_error(|h| h.status = -134), Err(FrameError::Status));
        assert_eq!(reply_error(|h| h.status = -5), Err(FrameError::Length));
        assert_eq!(reply_error(|h| h.flags = 1), Err(FrameError::Reserved));
        assert_eq!(reply_error(|h| h.reserved = 1), Err(FrameError::Reserved));
    }

    #[test]
    fn only_a_hello_may_be_of_another_version() {
        let mut hello = FrameHeader::request(UMD_OP_HELLO, 1, 16);
        hello.version = 9;
        assert_eq!(hello.check_request(16), Ok(()));
        let mut reply = hello.reply(Status::OK, 16);
        reply.version = 9;
        assert_eq!(reply.check_reply(&hello, 16), Ok(Status::OK));
    }

    #[test]
    fn core_operations_have_limits_of_their_own() {
        let answered = |op, len, max| {
            let request = FrameHeader::request(op, 1, 0);
            let reply = request.reply(Status::OK, len);
            reply.check_reply(&request, max)
        };
        assert_eq!(answered(UMD_OP_HELLO, 16, 0), Ok(Status::OK));
        assert_eq!(answered(UMD_OP_HELLO, 17, 100), Err(FrameError::Length));
        assert_eq!(answered(UMD_OP_PING, 0, 100), Ok(Status::OK));
        assert_eq!(answered(UMD_OP_PING, 1, 100), Err(FrameError::Length));
        assert_eq!(answered(UMD_OP_DRIVER, 100, 100), Ok(Status::OK));
    }

    #[test]
    fn trust_ends_where_the_next_frame_is_unknown() {
        for error in [FrameError::Magic, FrameError::Version, FrameError::Length] {
            assert!(!error.leaves_header_trusted());
        }
        for error in [FrameError::Status, FrameError::Reserved] {
            assert!(error.leaves_header_trusted());
        }
    }
}
