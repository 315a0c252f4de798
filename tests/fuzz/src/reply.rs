// SPDX-License-Identifier: MIT OR Apache-2.0

//! Replies: what `loader-c/mgmt/reply.c` must say of them, by what `umd-abi`
//! says.

use umd_abi::{FrameError, FrameHeader, Hello, HelloError};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// All that the kernel's checks look at.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct Record {
    /// Header of the request.
    pub sent: FrameHeader,
    /// Header that the Handler wrote.
    pub reply: FrameHeader,
    /// Bytes that it wrote behind the header.
    pub payload: u64,
    /// The driver's limit in bytes.
    pub max_reply: u32,
    /// Nothing.
    pub unused: u32,
    /// HELLO that was sent.
    pub ours: Hello,
    /// The answer.
    pub theirs: Hello,
}

impl Record {
    /// What the kernel must say of the reply: nothing, or what is wrong first.
    #[must_use]
    pub fn wrong_reply(&self) -> Option<&'static str> {
        let error = self.reply.check_reply(&self.sent, self.max_reply).err();
        // The kernel sees whole frames, a stream has none.
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

    /// The two errors of a length have one name in `umd-abi`: that of the limit
    /// goes away with the status.
    fn is_beside_a_status(&self) -> bool {
        let mut reply = self.reply;
        reply.status = 0;
        let verdict = reply.check_reply(&self.sent, self.max_reply);
        verdict.err() != Some(FrameError::Length)
    }

    /// What the kernel must say of the answer to HELLO.
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
