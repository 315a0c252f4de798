// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handshake.

use crate::{__u32, UMD_ABI_VERSION, Wire};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Payload of [`crate::UMD_OP_HELLO`] in both directions, 16 bytes, 4-byte
/// aligned.
///
/// The kernel states the largest request that it may send and the largest reply
/// that it accepts. The Handler states the largest request that it has room for
/// and the largest reply that it may send. The kernel rejects a Handler of
/// another version, a Handler with too little room for the requests, and a
/// Handler whose replies may be too large.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire, FromBytes, IntoBytes, KnownLayout, Immutable)]
pub struct Hello {
    /// The sender's `UMD_ABI_VERSION`.
    pub version: __u32,
    /// Largest payload of a request in bytes.
    pub max_request: __u32,
    /// Largest payload of a reply in bytes.
    pub max_reply: __u32,
    /// Zero.
    pub reserved: __u32,
}

const _: () = assert!(size_of::<Hello>() == 16);

/// The first rule that an answer to HELLO breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelloError {
    /// The Handler speaks another version.
    Version,
    /// The Handler has no room for the largest request.
    MaxRequest,
    /// The Handler may send a larger reply than is allowed.
    MaxReply,
    /// `reserved` is not zero.
    Reserved,
}

impl Hello {
    /// Returns a HELLO of this version.
    #[must_use]
    pub const fn new(max_request: __u32, max_reply: __u32) -> Self {
        Self {
            version: UMD_ABI_VERSION as __u32,
            max_request,
            max_reply,
            reserved: 0,
        }
    }

    /// Checks the Handler's answer to the HELLO `self` of a Manager.
    ///
    /// # Errors
    ///
    /// Returns the first rule that is broken, in the order of [`HelloError`].
    pub const fn check_answer(&self, answer: &Self) -> Result<(), HelloError> {
        if answer.version != self.version {
            return Err(HelloError::Version);
        }
        if answer.max_request < self.max_request {
            return Err(HelloError::MaxRequest);
        }
        if answer.max_reply > self.max_reply {
            return Err(HelloError::MaxReply);
        }
        if answer.reserved != 0 {
            return Err(HelloError::Reserved);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_answer_has_its_error() {
        let ours = Hello::new(4, 100);
        let answer = |change: fn(&mut Hello)| {
            let mut theirs = Hello::new(4, 100);
            change(&mut theirs);
            ours.check_answer(&theirs)
        };
        assert_eq!(answer(|_| ()), Ok(()));
        assert_eq!(answer(|h| h.max_request = 4096), Ok(()));
        assert_eq!(answer(|h| h.max_reply = 0), Ok(()));
        assert_eq!(answer(|h| h.version = 2), Err(HelloError::Version));
        assert_eq!(answer(|h| h.max_request = 3), Err(HelloError::MaxRequest));
        assert_eq!(answer(|h| h.max_reply = 101), Err(HelloError::MaxReply));
        assert_eq!(answer(|h| h.reserved = 1), Err(HelloError::Reserved));
    }
}
