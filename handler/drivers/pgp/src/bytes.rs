// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes of a request that know their offset.

use crate::PgpRange;
use umd_abi::Status;

/// A range of a request's data, consumed from the front.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bytes<'a> {
    bytes: &'a [u8],
    /// Offset from the start of the data.
    offset: u32,
}

impl<'a> Bytes<'a> {
    /// Wraps all data of a request.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Returns the bytes alone.
    pub(super) const fn as_slice(self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the number of bytes.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no request is as long as 4 GiB"
    )]
    pub(super) const fn len(self) -> u32 {
        self.bytes.len() as u32
    }

    /// Returns whether nothing is left.
    pub(super) const fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the range for a reply.
    pub(super) const fn range(self) -> PgpRange {
        PgpRange {
            offset: self.offset,
            len: self.len(),
        }
    }

    /// Takes off the first `len` bytes.
    pub(super) fn take(&mut self, len: u32) -> Result<Self, Status> {
        #[cfg(test)]
        super::tests::steps::count();
        let (taken, rest) = self
            .bytes
            .split_at_checked(len as usize)
            .ok_or(Status::EBADMSG)?;
        let taken = Self {
            bytes: taken,
            offset: self.offset,
        };
        *self = Self {
            bytes: rest,
            offset: self.offset.wrapping_add(len),
        };
        Ok(taken)
    }

    /// Returns the bytes of `self` before `rest`, which is its remainder.
    pub(super) fn before(mut self, rest: Self) -> Result<Self, Status> {
        self.take(self.len().saturating_sub(rest.len()))
    }

    /// Takes off a big-endian number of `len` bytes, at most 4.
    pub(super) fn number(&mut self, len: u32) -> Result<u32, Status> {
        let bytes = self.take(len)?.bytes.iter();
        Ok(bytes.fold(0, |number, byte| (number << 8) + u32::from(*byte)))
    }

    /// Takes off one byte.
    pub(super) fn byte(&mut self) -> Result<u8, Status> {
        let (first, _) = self.bytes.split_first().ok_or(Status::EBADMSG)?;
        self.take(1)?;
        Ok(*first)
    }

    /// Fails if something is left.
    pub(super) const fn end(self) -> Result<(), Status> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Status::EBADMSG)
        }
    }

    /// Takes off a multiprecision integer (section 3.2), whose length must be
    /// exactly that of the number.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], Status> {
        let bits = self.number(2)?;
        let bytes = self.take(bits.div_ceil(8))?.bytes;
        if bit_length(bytes) != bits {
            return Err(Status::EBADMSG);
        }
        Ok(bytes)
    }

    /// Takes off an integer, and removes leading zeros: some software leaves
    /// them in where a number stands for bytes.
    pub(super) fn padded_integer(&mut self) -> Result<&'a [u8], Status> {
        let bits = self.number(2)?;
        let mut bytes = self.take(bits.div_ceil(8))?.bytes;
        while let [0, rest @ ..] = bytes {
            bytes = rest;
        }
        if bit_length(bytes) > bits {
            return Err(Status::EBADMSG);
        }
        Ok(bytes)
    }
}

/// Returns the bits of a big-endian number without leading zero bytes.
pub(super) fn bit_length(number: &[u8]) -> u32 {
    let unused = number.first().map_or(0, |byte| byte.leading_zeros());
    Bytes::new(number).len() * 8 - unused
}
