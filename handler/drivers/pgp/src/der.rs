// SPDX-License-Identifier: MIT OR Apache-2.0

//! The parts of DER (X.690) that the kernel's public key code requires.

use crate::UMD_PGP_VALUE_SIZE;
use heapless::Vec;

/// Key material or a signature's value for a reply.
pub(super) type Value = Vec<u8, { UMD_PGP_VALUE_SIZE as usize }>;

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Returns a SEQUENCE of two INTEGERs, given as big-endian numbers without
/// leading zeros, or `None` if it is too long.
pub(super) fn two_integers(first: &[u8], second: &[u8]) -> Option<Value> {
    let mut value = Value::new();
    let len = integer_length(first) + integer_length(second);
    head(&mut value, SEQUENCE, len)?;
    integer(&mut value, first)?;
    integer(&mut value, second)?;
    Some(value)
}

/// Returns how many bytes [`integer`] writes.
fn integer_length(number: &[u8]) -> usize {
    let len = content_length(number);
    1 + length_size(len) + len
}

/// Returns the length of an INTEGER's content: zero has one byte, and a first
/// bit that is set needs a zero byte before it, since it would be a sign.
fn content_length(number: &[u8]) -> usize {
    let needs_zero = number.first().is_none_or(|first| *first >= 0x80);
    number.len() + usize::from(needs_zero)
}

fn integer(value: &mut Value, number: &[u8]) -> Option<()> {
    let len = content_length(number);
    head(value, INTEGER, len)?;
    if len > number.len() {
        value.push(0).ok()?;
    }
    value.extend_from_slice(number).ok()
}

fn length_size(len: usize) -> usize {
    match len {
        0..0x80 => 1,
        0x80..0x100 => 2,
        _ => 3,
    }
}

/// Writes tag and length.
fn head(value: &mut Value, tag: u8, len: usize) -> Option<()> {
    value.push(tag).ok()?;
    let [.., high, low] = len.to_be_bytes();
    match length_size(len) {
        1 => value.push(low).ok(),
        2 => value.extend_from_slice(&[0x81, low]).ok(),
        _ => value.extend_from_slice(&[0x82, high, low]).ok(),
    }
}
