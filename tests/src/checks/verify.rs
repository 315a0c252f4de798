// SPDX-License-Identifier: MIT OR Apache-2.0

//! `loader-c/verify/der.c` and `reply.c`: signatures in DER, and what is nearly one;
//! what replies mean.

use super::{Cases, Checks, Line};
use anyhow::Result;
use umd_verify::{UMD_VERIFY_FALSE, UMD_VERIFY_TRUE};
use zerocopy::{Immutable, IntoBytes};

/// The checks of the driver of signatures.
pub const CHECKS: Checks = Checks {
    folder: "loader-c/verify",
    sources: &["der.c", "reply.c"],
    main: "verify_checks.c",
    cases,
    equivalent: &[
        // Where nothing follows a length in the long form, the length is too great.
        "der.c: from->left < 3 -> from->left <= 3",
    ],
};

/// The lengths of the curves' numbers.
const LENGTHS: [usize; 4] = [32, 48, 64, 66];

const EPROTO: i32 = -71;
const EKEYREJECTED: i32 = -129;
const ENOPKG: i32 = -65;

/// As in `tests/c/verify_checks.c`.
#[repr(C)]
#[derive(IntoBytes, Immutable, Default)]
struct Record {
    number_len: u32,
    len: u32,
    status: i32,
    reserved: u32,
    verdict: u64,
}

/// A number as a DER INTEGER: a zero before a first bit that is set, none else.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut digits = number[zeros.min(number.len() - 1)..].to_vec();
    if digits[0] >= 0x80 {
        digits.insert(0, 0);
    }
    element(2, &digits)
}

fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let len = u8::try_from(contents.len()).expect("short contents");
    let head = if len < 0x80 {
        vec![tag, len]
    } else {
        vec![tag, 0x81, len]
    };
    [&head, contents].concat()
}

fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    element(0x30, &[r, s].concat())
}

/// A number of `len` bytes that begins with `first`, after zeros that fill the rest of
/// `size` bytes.
fn number(first: u8, len: usize, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size - len];
    bytes.push(first);
    bytes.extend((1..len).map(|at| u8::try_from(at * 7 % 251).unwrap_or(0)));
    bytes.truncate(size);
    bytes
}

/// What the bytes mean if they are exactly the encoding of two numbers.
fn decoded(der: &[u8], len: usize) -> Option<Vec<u8>> {
    let head = if der.get(1) == Some(&0x81) { 3 } else { 2 };
    let (_, mut rest) = der.split_at_checked(head)?;
    let mut raw = Vec::new();
    for _ in 0..2 {
        let (_, behind) = rest.split_at_checked(2)?;
        let (digits, behind) = behind.split_at_checked(rest[1].into())?;
        let zeros = digits.iter().take_while(|byte| **byte == 0).count();
        raw.resize(raw.len() + len.checked_sub(digits.len() - zeros)?, 0);
        raw.extend_from_slice(&digits[zeros..]);
        rest = behind;
    }
    let (r, s) = raw.split_at(len);
    (pair(&integer(r), &integer(s)) == der).then_some(raw)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Cases {
    fn der(&mut self, case: String, len: usize, der: &[u8], wanted: String) -> Result<()> {
        let record = Record {
            number_len: u32::try_from(len)?,
            len: u32::try_from(der.len())?,
            ..Record::default()
        };
        self.input.extend_from_slice(record.as_bytes());
        self.input.extend_from_slice(der);
        self.lines.push(Line {
            case,
            verdict: Some(wanted.into()),
        });
        Ok(())
    }

    /// Adds what is not the signature of a curve, and where its first element ends.
    fn no(&mut self, what: &str, len: usize, der: &[u8], end: usize) -> Result<()> {
        let case = format!("{what}, {len} bytes, {}", hexadecimal(der));
        self.der(case, len, der, format!("{end} no"))
    }

    /// Adds a signature, and changes of each of its bytes that are none.
    fn yes(&mut self, len: usize, r: &[u8], s: &[u8]) -> Result<()> {
        let der = pair(&integer(r), &integer(s));
        let raw = hexadecimal(&[r, s].concat());
        let case = |what: &str| format!("{what}, {len} bytes, {raw}");
        self.der(
            case("a signature"),
            len,
            &der,
            format!("{} {raw}", der.len()),
        )?;
        let behind = [&der[..], &[0]].concat();
        self.no("a byte behind it", len, &behind, der.len())?;
        for end in 0..der.len() {
            self.no("the start of one", len, &der[..end], 0)?;
        }
        let contents = [integer(r), integer(s)].concat();
        if contents.len() >= 0x80 {
            let head = [0x30, u8::try_from(contents.len())?];
            let short = [&head, &contents[..]].concat();
            self.no("a short form", len, &short, 0)?;
        }
        Ok(())
    }

    /// Adds the signature with each of its bits flipped. The verdict is that of
    /// [`decoded`].
    fn flipped(&mut self, len: usize, der: &[u8]) -> Result<()> {
        for at in 0..der.len() {
            for bit in 0..8 {
                let mut other = der.to_vec();
                other[at] ^= 1 << bit;
                let raw = decoded(&other, len).map_or("no".to_owned(), |raw| hexadecimal(&raw));
                // The end may be elsewhere, or nowhere.
                let size = match &other[..] {
                    [0x30, 0x81, size, ..] if *size >= 0x80 => 3 + usize::from(*size),
                    [0x30, size, ..] if *size < 0x80 => 2 + usize::from(*size),
                    _ => 0,
                };
                let size = if size <= other.len() { size } else { 0 };
                let case = format!("bit {bit} of byte {at} flipped, {len} bytes");
                self.der(case, len, &other, format!("{size} {raw}"))?;
            }
        }
        Ok(())
    }

    fn reply(&mut self, status: i32, verdict: u64, signature: i32, key: i32) {
        let record = Record {
            status,
            verdict,
            ..Record::default()
        };
        self.input.extend_from_slice(record.as_bytes());
        self.lines.push(Line {
            case: format!("status {status}, verdict {verdict:x}"),
            verdict: Some(format!("{signature} {key}").into()),
        });
    }
}

/// Signatures of a curve, and what is nearly one.
fn of_length(cases: &mut Cases, len: usize) -> Result<()> {
    for (first, short) in [
        (0x80, 0),
        (0x7f, 0),
        (0xff, 1),
        (1, 1),
        (0x80, 2),
        (0x7f, len - 1),
    ] {
        let r = number(first, len - short, len);
        for (first, short) in [(0x80, 0), (0x7f, 0), (1, len - 1), (0x90, 3)] {
            cases.yes(len, &r, &number(first, len - short, len))?;
        }
    }
    for r in [0x80, 0x7f] {
        let number = |first| integer(&number(first, len, len));
        cases.flipped(len, &pair(&number(r), &number(0x90)))?;
    }
    // Any length of the pair, also around that of the long form.
    for short in 0..len {
        cases.yes(
            len,
            &number(0x7f, len, len),
            &number(0x7f, len - short, len),
        )?;
    }
    let zero = vec![0; len];
    cases.yes(len, &zero, &zero)?;
    wrong_numbers(cases, len)?;
    wrong_pairs(cases, len)
}

/// Two elements of which one is no number of a curve.
fn wrong_numbers(cases: &mut Cases, len: usize) -> Result<()> {
    let good = integer(&number(0x80, len, len));
    let one = element(2, &[1]);
    for (what, bad) in [
        ("too long", element(2, &number(1, len + 1, len + 1))),
        (
            "too long with its zero",
            integer(&number(0x80, len + 1, len + 1)),
        ),
        ("negative", element(2, &[0x80])),
        ("minus one", element(2, &[0xff])),
        ("empty", element(2, &[])),
        ("a zero too many", element(2, &[0, 1])),
        ("two zeros", element(2, &[0, 0])),
        ("a zero before 0x7f", element(2, &[0, 0x7f])),
        ("a zero before a zero and a sign", element(2, &[0, 0, 0x80])),
        ("another tag", element(3, &[1])),
        ("no number", Vec::new()),
        ("a long form", vec![2, 0x81, 1, 1]),
        ("a longer form", vec![2, 0x82, 0, 1, 1]),
        ("an open end", vec![2, 0x80, 1, 0, 0]),
    ] {
        for (r, s) in [(&bad, &good), (&good, &bad), (&bad, &one), (&one, &bad)] {
            let der = pair(r, s);
            cases.no(what, len, &der, der.len())?;
        }
    }
    Ok(())
}

/// Numbers that are no pair.
fn wrong_pairs(cases: &mut Cases, len: usize) -> Result<()> {
    let good = integer(&number(0x80, len, len));
    let one = element(2, &[1]);
    let three = element(0x30, &[&good[..], &one, &one].concat());
    cases.no("three numbers", len, &three, three.len())?;
    let numbers = [&one[..], &one].concat();
    cases.no("an empty pair", len, &[0x30, 0], 2)?;
    cases.no("a set", len, &element(0x31, &numbers), 0)?;
    for head in [
        &[0x30, 0x81, 6][..],
        &[0x30, 0x82, 0, 6],
        &[0x30, 0x80],
        &[0x30, 0x83],
    ] {
        cases.no(
            "another form of its length",
            len,
            &[head, &numbers].concat(),
            0,
        )?;
    }
    let inside = [&[0x30, 7][..], &numbers, &[2]].concat();
    cases.no("a number without an end", len, &inside, inside.len())?;
    let behind = [&[0x30, 5][..], &numbers].concat();
    cases.no("an end inside of a number", len, &behind, 7)
}

fn cases() -> Result<Cases> {
    let mut cases = Cases::default();
    for len in LENGTHS {
        of_length(&mut cases, len)?;
    }
    cases.reply(0, UMD_VERIFY_TRUE, 0, EPROTO);
    cases.reply(0, UMD_VERIFY_FALSE, EKEYREJECTED, 0);
    for other in [0, 1, u64::MAX, !UMD_VERIFY_TRUE, !UMD_VERIFY_FALSE] {
        cases.reply(0, other, EPROTO, EPROTO);
    }
    for verdict in [UMD_VERIFY_TRUE, UMD_VERIFY_FALSE] {
        for bit in 0..u64::BITS {
            cases.reply(0, verdict ^ 1 << bit, EPROTO, EPROTO);
        }
        cases.reply(EKEYREJECTED, verdict, EKEYREJECTED, EKEYREJECTED);
        cases.reply(ENOPKG, verdict, ENOPKG, ENOPKG);
        // EPERM, EINVAL, EKEYREVOKED, EOPNOTSUPP, EPROTO, the lowest.
        for status in [-1, -22, -128, -95, EPROTO, -133, 1] {
            cases.reply(status, verdict, EPROTO, EPROTO);
        }
    }
    Ok(cases)
}
