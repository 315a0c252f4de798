// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions that compilers call implicitly. The linker drops those that a
//! handler does not need.

#![allow(unsafe_code)]

use crate::start::{copy_first_to_last, copy_last_to_first, fill};

/// See memcpy(3).
///
/// # Safety
///
/// Both pointers are valid for `len` bytes, which do not overlap.
#[cfg_attr(umd_elf, unsafe(no_mangle))]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { copy_first_to_last(to, from, len) };
    to
}

/// See memmove(3).
///
/// # Safety
///
/// Both pointers are valid for `len` bytes.
#[cfg_attr(umd_elf, unsafe(no_mangle))]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    if to.cast_const() <= from {
        // SAFETY: as the caller promises, and `to` is not above `from`.
        unsafe { copy_first_to_last(to, from, len) };
    } else {
        // SAFETY: as the caller promises, and `to` is not below `from`.
        unsafe { copy_last_to_first(to, from, len) };
    }
    to
}

/// See memset(3).
///
/// # Safety
///
/// `to` is valid for `len` bytes.
#[cfg_attr(umd_elf, unsafe(no_mangle))]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "memset(3) converts the value to a byte"
)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { fill(to, byte as u8, len) };
    to
}

/// See memcmp(3).
///
/// # Safety
///
/// Both pointers are valid for `len` bytes.
#[cfg_attr(umd_elf, unsafe(no_mangle))]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    // SAFETY: as the caller promises.
    unsafe { difference(left, right, len) }
}

/// Returns zero if the bytes are equal.
///
/// # Safety
///
/// Both pointers are valid for `len` bytes.
#[cfg_attr(umd_elf, unsafe(no_mangle))]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    // SAFETY: as the caller promises.
    unsafe { difference(left, right, len) }
}

/// Returns the difference of the first two bytes that differ. Neither memcmp
/// nor bcmp may call the other: the compiler knows both, and could turn that
/// into a call of the function to itself.
///
/// # Safety
///
/// Both pointers are valid for `len` bytes.
unsafe fn difference(left: *const u8, right: *const u8, len: usize) -> i32 {
    for at in 0..len {
        // SAFETY: `at` is below `len`, for which the caller vouches.
        let left = unsafe { left.wrapping_add(at).read() };
        // SAFETY: as above.
        let right = unsafe { right.wrapping_add(at).read() };
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn numbered() -> [u8; 20] {
        core::array::from_fn(|at| u8::try_from(at).unwrap())
    }

    #[test]
    fn copies_in_both_directions() {
        for (to, from, len) in [
            (0, 10, 10),
            (10, 0, 10),
            (3, 5, 12),
            (5, 3, 12),
            (4, 4, 9),
            (7, 2, 0),
        ] {
            let mut bytes = numbered();
            let mut expected = numbered();
            expected.copy_within(from..from + len, to);
            let base = bytes.as_mut_ptr();
            // SAFETY: both ranges are within `bytes`.
            let end = unsafe { memmove(base.wrapping_add(to), base.wrapping_add(from), len) };
            assert_eq!(end, base.wrapping_add(to));
            assert_eq!(bytes, expected, "{to} {from} {len}");
        }
        let mut copy = [0; 20];
        // SAFETY: two arrays of that length.
        unsafe { memcpy(copy.as_mut_ptr(), numbered().as_ptr(), 20) };
        assert_eq!(copy, numbered());
    }

    #[test]
    fn fills_with_the_low_byte() {
        let mut bytes = numbered();
        // SAFETY: within `bytes`.
        unsafe { memset(bytes.as_mut_ptr().wrapping_add(5), 0x1ff, 10) };
        let expected: Vec<u8> = numbered()
            .iter()
            .map(|byte| if (5..15).contains(byte) { 0xff } else { *byte })
            .collect();
        assert_eq!(bytes, *expected);
    }

    #[test]
    fn compares_as_unsigned_bytes() {
        let order = |left: &[u8; 3], right: &[u8; 3]| {
            // SAFETY: both arrays are that long.
            let with_memcmp = unsafe { memcmp(left.as_ptr(), right.as_ptr(), 3) };
            // SAFETY: as above.
            let with_bcmp = unsafe { bcmp(left.as_ptr(), right.as_ptr(), 3) };
            assert_eq!(with_memcmp == 0, with_bcmp == 0);
            with_memcmp.signum()
        };
        assert_eq!(order(b"abc", b"abc"), 0);
        assert_eq!(order(b"abd", b"abc"), 1);
        assert_eq!(order(b"a\x7fz", b"a\x80a"), -1);
    }
}
