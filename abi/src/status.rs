// SPDX-License-Identifier: MIT OR Apache-2.0

//! The outcome of a request.

use crate::__s32;
use linux_raw_sys::errno;

/// The lowest status that a reply may carry: `-EHWPOISON`, the last errno of
/// `asm-generic/errno.h`. The kernel's restart codes (`-ERESTARTSYS` and the
/// like, from -512) are lower, so that a Handler can never make a system call
/// of its caller restart.
pub const UMD_STATUS_MIN: __s32 = -133;

/// The outcome of a request as the Handler states it: zero, or a negative
/// errno not below [`UMD_STATUS_MIN`].
///
/// A value of this type is in that range, but not necessarily true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(__s32);

impl Status {
    /// The request was served.
    pub const OK: Self = Self(0);
    /// The length of the payload is wrong for the operation, or a field has a
    /// value without meaning.
    pub const EINVAL: Self = Self::from_errno(errno::EINVAL);
    /// The Handler does not know the operation.
    pub const EOPNOTSUPP: Self = Self::from_errno(errno::EOPNOTSUPP);
    /// A number in the payload is out of range.
    pub const ERANGE: Self = Self::from_errno(errno::ERANGE);
    /// The payload does not have the format that the operation parses.
    pub const EBADMSG: Self = Self::from_errno(errno::EBADMSG);
    /// The payload has the format, but a version or kind that this Handler does
    /// not support.
    pub const ENOPKG: Self = Self::from_errno(errno::ENOPKG);
    /// The payload is well-formed, but lacks the requested item.
    pub const ENODATA: Self = Self::from_errno(errno::ENODATA);

    /// Returns the status for an errno of `linux_raw_sys::errno`, for
    /// constants.
    ///
    /// # Panics
    ///
    /// Panics if `errno` is not within `1..=133`; in a constant, compilation
    /// fails.
    #[must_use]
    pub const fn from_errno(errno: u32) -> Self {
        assert!(errno >= 1 && errno <= UMD_STATUS_MIN.unsigned_abs());
        Self(-errno.cast_signed())
    }

    /// Returns the status for `raw`, or `None` for a value that a reply must
    /// not carry.
    #[must_use]
    pub const fn new(raw: __s32) -> Option<Self> {
        if raw <= 0 && raw >= UMD_STATUS_MIN {
            Some(Self(raw))
        } else {
            None
        }
    }

    /// Returns the value as a reply carries it.
    #[must_use]
    pub const fn raw(self) -> __s32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_errno_has_its_status() {
        for errno in 1..=133 {
            assert_eq!(Status::from_errno(errno).raw(), -errno.cast_signed());
        }
    }

    #[test]
    #[should_panic(expected = "errno >= 1")]
    fn zero_is_no_errno() {
        let _ = Status::from_errno(0);
    }

    #[test]
    #[should_panic(expected = "errno <= UMD_STATUS_MIN")]
    fn errno_above_the_range_has_no_status() {
        let _ = Status::from_errno(134);
    }

    #[test]
    fn range_is_exact() {
        assert_eq!(Status::new(0), Some(Status::OK));
        assert_eq!(Status::new(-34), Some(Status::ERANGE));
        assert_eq!(Status::new(-133).map(Status::raw), Some(-133));
        for raw in [1, -134, -512, i32::MIN, i32::MAX] {
            assert_eq!(Status::new(raw), None, "{raw}");
        }
    }
}
