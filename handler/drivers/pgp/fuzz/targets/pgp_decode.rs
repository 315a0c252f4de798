// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the Manager takes apart itself, against a second implementation: packets,
//! base64, and the lines of a clearsigned text.

#![no_main]

use umd_pgp_fuzz::kernel;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // The first byte selects what the rest is.
    let Some((what, rest)) = input.split_first() else {
        return;
    };
    match what % 3 {
        0 => assert_eq!(kernel::frames(rest), frames(rest)),
        1 => {
            // Where the text is cut does not matter.
            let (cut, text) = rest.split_first().map_or((0, rest), |(cut, text)| {
                (usize::from(*cut).min(text.len()), text)
            });
            let (first, second) = text.split_at(cut);
            assert_eq!(kernel::base64(&[first, second]), base64(text));
        }
        _ => assert_eq!(kernel::signed_lines(rest), signed_lines(rest)),
    }
});

/// The packets (section 4.2), up to the first that is malformed.
fn frames(mut rest: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while let Some((tag, len, body)) = header(rest) {
        let Some((body, after)) = body.split_at_checked(len) else {
            break;
        };
        found.push((tag, body));
        rest = after;
    }
    found
}

fn header(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    match *bytes {
        [first @ 0xc0..=255, len @ ..192, ref body @ ..] => Some((first & 0x3f, len.into(), body)),
        [first @ 0xc0..=255, high @ 192..224, low, ref body @ ..] => {
            let len = (usize::from(high) - 192) * 256 + usize::from(low) + 192;
            Some((first & 0x3f, len, body))
        }
        [first @ 0xc0..=255, 255, a, b, c, d, ref body @ ..] => {
            let len = u32::from_be_bytes([a, b, c, d]);
            Some((first & 0x3f, usize::try_from(len).ok()?, body))
        }
        [first @ 0x80..0xc0, ref rest @ ..] => {
            let size = 1_usize << (first & 3);
            let (len, body) = rest.split_at_checked(size).filter(|_| size < 8)?;
            let len = len
                .iter()
                .fold(0, |high, low| high << 8 | usize::from(*low));
            Some((first >> 2 & 0xf, len, body))
        }
        _ => None,
    }
}

/// Strict base64, among white space.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let symbols: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !b" \t\r\n".contains(byte))
        .collect();
    let mut bytes = Vec::new();
    let (groups, []) = symbols.as_chunks::<4>() else {
        return None;
    };
    for (i, group) in groups.iter().enumerate() {
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        if padding > 2 || (padding > 0 && i + 1 < groups.len()) {
            return None;
        }
        let mut bits = 0_u32;
        for byte in &group[..4 - padding] {
            bits = bits << 6 | symbol(*byte)?;
        }
        bits <<= 6 * padding;
        let [_, three @ ..] = bits.to_be_bytes();
        let (whole, unused) = three.split_at(3 - padding);
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(bytes)
}

fn symbol(byte: u8) -> Option<u32> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = alphabet.iter().position(|known| *known == byte)?;
    u32::try_from(at).ok()
}

/// The lines as they are signed (section 7.2).
fn signed_lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
        .map(|line| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_prefix(b"- ").unwrap_or(line);
            let white = line
                .iter()
                .rev()
                .take_while(|byte| b" \t\r".contains(byte))
                .count();
            &line[..line.len() - white]
        })
        .collect()
}
