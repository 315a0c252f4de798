// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions that the compiler may call on its own. Those that a handler
//! does not need are not linked.

#![allow(unsafe_code)]

use crate::start::{copy_first_to_last, copy_last_to_first, fill};

/// See memcpy(3).
///
/// # Safety
///
/// Both are valid for `len` bytes and do not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { copy_first_to_last(to, from, len) };
    to
}

/// See memmove(3).
///
/// # Safety
///
/// Both are valid for `len` bytes.
#[unsafe(no_mangle)]
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
#[unsafe(no_mangle)]
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
/// Both are valid for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    for at in 0..len {
        // SAFETY: `at` is below `len`, for which the caller vouches.
        let l = unsafe { left.wrapping_add(at).read() };
        // SAFETY: as above.
        let r = unsafe { right.wrapping_add(at).read() };
        if l != r {
            return i32::from(l) - i32::from(r);
        }
    }
    0
}

/// Zero when the bytes are equal, as memcmp(3).
///
/// # Safety
///
/// Both are valid for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    // SAFETY: as the caller promises.
    unsafe { memcmp(left, right, len) }
}
