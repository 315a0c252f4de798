// SPDX-License-Identifier: MIT OR Apache-2.0

//! Bytes of a request that know their offset.

use crate::PgpRange;
use umd_abi::Status;

/// Something has another form than it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault;

impl From<Fault> for Status {
    fn from(_: Fault) -> Self {
        Self::EBADMSG
    }
}

/// A range of a packet's body or of a chunk of text, consumed from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    bytes: &'a [u8],
    /// Offset from the start of the whole.
    offset: u32,
}

impl<'a> Bytes<'a> {
    /// Wraps the whole.
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
        let len = self.len();
        let offset = if len == 0 { 0 } else { self.offset };
        PgpRange { offset, len }
    }

    /// Takes off the first `len` bytes. Many functions call this one, so that a
    /// call is shorter than a copy.
    #[inline(never)]
    pub(super) fn take(&mut self, len: u32) -> Result<Self, Fault> {
        #[cfg(test)]
        super::tests::steps::count();
        let (taken, rest) = self.bytes.split_at_checked(len as usize).ok_or(Fault)?;
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

    /// Takes off the first bytes, as an array.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no array is as long as 4 GiB"
    )]
    pub(super) fn array<const LEN: usize>(&mut self) -> Result<[u8; LEN], Fault> {
        let taken = self.take(LEN as u32)?.bytes;
        taken.try_into().map_err(|_| Fault)
    }

    /// Returns the bytes of `self` before `rest`, which is its remainder.
    pub(super) fn before(mut self, rest: Self) -> Result<Self, Fault> {
        self.take(self.len().saturating_sub(rest.len()))
    }

    /// Takes off a big-endian number of `len` bytes, at most 4.
    pub(super) fn number(&mut self, len: u32) -> Result<u32, Fault> {
        let bytes = self.take(len)?.bytes.iter();
        Ok(bytes.fold(0, |number, byte| (number << 8) + u32::from(*byte)))
    }

    /// Takes off one byte.
    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        let (first, _) = self.bytes.split_first().ok_or(Fault)?;
        self.take(1)?;
        Ok(*first)
    }

    /// Fails if something is left.
    pub(super) const fn end(self) -> Result<(), Fault> {
        if self.is_empty() { Ok(()) } else { Err(Fault) }
    }

    /// Takes off a multiprecision integer (section 3.2), and returns its bytes
    /// without leading zeros. In version 6, the stated length must be exactly
    /// that of the number. In older versions, it may be more: some software
    /// leaves zeros in.
    pub(super) fn integer(&mut self, version: u8) -> Result<Self, Fault> {
        let bits = self.number(2)?;
        let mut number = self.take(bits.div_ceil(8))?;
        while let [0, ..] = number.bytes {
            number.take(1)?;
        }
        let unused = number.bytes.first().map_or(0, |byte| byte.leading_zeros());
        let exact = number.len() * 8 - unused;
        if exact > bits || (version == 6 && exact < bits) {
            return Err(Fault);
        }
        Ok(number)
    }
}
