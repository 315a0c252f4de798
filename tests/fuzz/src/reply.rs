// SPDX-License-Identifier: MIT OR Apache-2.0

//! Replies: which verdict `loader-c/mgmt/reply.c` must return, derived from
//! that of `umd-abi`.

use umd_abi::{FrameError, FrameHeader, Hello, HelloError};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// All input of the kernel's checks.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct Record {
    /// Header of the request.
    pub sent: FrameHeader,
    /// Header of the reply, as the Handler wrote it.
    pub reply: FrameHeader,
    /// Number of bytes that the Handler wrote after the header.
    pub payload: u64,
    /// The driver's limit in bytes.
    pub max_reply: u32,
    /// Unused.
    pub unused: u32,
    /// The HELLO that was sent.
    pub ours: Hello,
    /// The answer to it.
    pub theirs: Hello,
}

impl Record {
    /// Returns the first objection that the kernel must have to the reply, if
    /// any.
    #[must_use]
    pub fn wrong_reply(&self) -> Option<&'static str> {
        let error = self.reply.check_reply(&self.sent, self.max_reply).err();
        // The kernel receives whole frames, while a stream has no such bounds.
        let whole = u64::from(self.reply.len) == self.payload;
        match error {
            Some(FrameError::Magic) => Some("wrong magic"),
            Some(FrameError::Version) => Some("another ABI version"),
            _ if !whole => Some("not one whole frame"),
            Some(FrameError::Length) if self.is_beside_a_status() => {
                Some("a payload beside a status")
            }
            Some(FrameError::Length) => Some("longer than the driver allows"),
            Some(FrameError::Op) => Some("another operation than asked"),
            Some(FrameError::Id) => Some("another id than asked"),
            Some(FrameError::Status) => Some("status out of range"),
            Some(FrameError::Reserved) => Some("reserved fields are set"),
            None => None,
        }
    }

    /// Tells apart the two length errors, which are one in `umd-abi`: only the
    /// one of the status disappears without it.
    fn is_beside_a_status(&self) -> bool {
        let mut reply = self.reply;
        reply.status = 0;
        let verdict = reply.check_reply(&self.sent, self.max_reply);
        verdict.err() != Some(FrameError::Length)
    }

    /// Returns the objection that the kernel must have to the answer to HELLO,
    /// if any.
    #[must_use]
    pub fn wrong_hello(&self) -> Option<&'static str> {
        match self.ours.check_answer(&self.theirs).err()? {
            HelloError::Version => Some("speaks another ABI version"),
            HelloError::MaxRequest => Some("has no room for the largest request"),
            HelloError::MaxReply => Some("may reply more than the driver allows"),
            HelloError::Reserved => Some("sets reserved fields"),
        }
    }
}
