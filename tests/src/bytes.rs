// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bytes of keys and signatures: numbers in DER, and flipped bits.

use anyhow::{Context, Result, bail};

/// DER's tags.
const INTEGER: u8 = 2;
const SEQUENCE: u8 = 0x30;

/// Returns `bytes` with one bit of the last byte flipped.
#[must_use]
pub fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes
}

/// Returns the contents of the first element of `der`, and what follows.
fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8])> {
    let (len, rest) = match der {
        [first, len @ 0..=0x7f, rest @ ..] if *first == tag => (usize::from(*len), rest),
        [first, 0x81, len, rest @ ..] if *first == tag => (usize::from(*len), rest),
        [first, 0x82, high, low, rest @ ..] if *first == tag => {
            (u16::from_be_bytes([*high, *low]).into(), rest)
        }
        _ => bail!("no element {tag}: {der:?}"),
    };
    rest.split_at_checked(len).context("short DER")
}

/// Returns the numbers of a SEQUENCE of INTEGERs that are not negative, each without
/// leading zeros: r and s of an ECDSA signature, or modulus and exponent of a key.
///
/// # Errors
///
/// `der` does not begin with such a SEQUENCE.
pub fn numbers(der: &[u8]) -> Result<Vec<&[u8]>> {
    let (mut rest, _) = element(der, SEQUENCE)?;
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        let (number, behind) = element(rest, INTEGER)?;
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        numbers.push(&number[zeros..]);
        rest = behind;
    }
    Ok(numbers)
}

/// Returns a number with zeros before it, in `len` bytes.
///
/// # Errors
///
/// The number is longer.
pub fn padded(number: &[u8], len: usize) -> Result<Vec<u8>> {
    let zeros = len.checked_sub(number.len()).context("a long number")?;
    Ok([&vec![0; zeros], number].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_without_zeros() {
        let der = b"\x30\x09\x02\x02\0\xff\x02\x01\0\x02\0behind";
        assert_eq!(numbers(der).unwrap(), [&[0xff][..], &[], &[]]);
        let long = [&[0x30, 0x82, 1, 4, 2, 0x82, 1, 0][..], &[1; 256]].concat();
        assert_eq!(numbers(&long).unwrap(), [[1; 256]]);
        let long = [&[0x30, 0x81, 0x83, 2, 0x81, 0x80][..], &[1; 128]].concat();
        assert_eq!(numbers(&long).unwrap(), [[1; 128]]);
        assert!(numbers(&long[..long.len() - 1]).is_err());
        assert!(numbers(b"\x31\x03\x02\x01\x01").is_err());
        assert!(numbers(b"\x30\x03\x03\x01\x01").is_err());
    }

    #[test]
    fn numbers_are_padded_to_a_length() {
        assert_eq!(padded(&[1, 2], 3).unwrap(), [0, 1, 2]);
        assert_eq!(padded(&[1, 2], 2).unwrap(), [1, 2]);
        assert!(padded(&[1, 2], 1).is_err());
    }

    #[test]
    fn one_bit_is_flipped() {
        assert_eq!(flipped(&[1, 2]), [1, 3]);
        assert!(flipped(&[]).is_empty());
    }
}
