// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the handler says, all of which must be believed.

use super::Said;
use crate::repo;
use anyhow::{Context, Result};
use std::fs;
use umd_abi::{PgpKey, PgpRequest, UMD_OP_PGP_KEY};
use umd_fuzz::pgp::{check, request_of};
use zerocopy::FromBytes;

/// RSA, to sign.
pub(super) const RSA: u8 = 1;
pub(super) const ECDSA: u8 = 19;

/// Sizes of moduli and exponents in bytes, and whether their first bits are
/// set. Those of the numbers, and of both together, are next to where DER needs
/// more bytes for a length.
const RSA_SIZES: [(usize, usize, bool); 14] = [
    (1, 1, true),
    (2, 1, false),
    (117, 7, false),
    (116, 7, false),
    (119, 3, true),
    (127, 3, false),
    (127, 3, true),
    (128, 3, false),
    (247, 3, false),
    (248, 3, false),
    (255, 3, false),
    (255, 3, true),
    (256, 3, false),
    // All that there is room for.
    (512, 22, false),
];

/// The curves that the kernel has: object identifiers and sizes of a point.
const CURVES: [(&[u8], usize); 3] = [
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 65),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], 97),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], 133),
];

/// What the handler says to one request.
fn said(name: String, op: u16, request: PgpRequest, data: &[u8]) -> Result<Said> {
    let reply = check(op, request, data)
        .ok()
        .with_context(|| name.clone())?;
    Ok(Said {
        name,
        op,
        index: request.index,
        data: data.to_vec(),
        reply,
    })
}

/// What it says to the seed `name` of the fuzzer.
pub(super) fn of_seed(name: &str) -> Result<Said> {
    let path = repo::root().join("tests/fuzz/corpus/pgp").join(name);
    let seed = fs::read(&path).with_context(|| path.display().to_string())?;
    let (op, request, data) = request_of(&seed).context("an empty seed")?;
    said(name.to_owned(), op, request, data)
}

/// A number of OpenPGP (RFC 9580, section 3.2).
pub(super) fn number(bytes: &[u8]) -> Vec<u8> {
    let first = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len());
    let bytes = &bytes[first..];
    let zeros = bytes
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = u16::try_from(8 * bytes.len() - zeros).expect("a short number");
    [&bits.to_be_bytes(), bytes].concat()
}

/// A certificate of nothing but a key packet (sections 4.2.1 and 5.5.2).
pub(super) fn certificate(version: u8, algorithm: u8, values: &[u8]) -> Vec<u8> {
    let len = |bytes: &[u8]| {
        u32::try_from(bytes.len())
            .expect("a short packet")
            .to_be_bytes()
    };
    let mut body = vec![version, 0x63, 0x87, 0x7f, 0xe3, algorithm];
    if version == 6 {
        body.extend_from_slice(&len(values));
    }
    body.extend_from_slice(values);
    [&[0xc6, 0xff], &len(&body)[..], &body].concat()
}

/// Nobody has certified these.
fn bare_keys() -> Vec<(String, Vec<u8>)> {
    let mut keys = Vec::new();
    for (modulus, exponent, sets_first) in RSA_SIZES {
        let values = [modulus, exponent].map(|len| {
            let mut bytes = vec![0x5a; len];
            bytes[0] = if sets_first { 0x80 } else { 0x7f };
            number(&bytes)
        });
        keys.push((
            format!("RSA of {modulus}+{exponent} bytes"),
            RSA,
            values.concat(),
        ));
    }
    keys.push((
        "RSA that is too long".to_owned(),
        RSA,
        [number(&[0xff; 513]), number(&[3])].concat(),
    ));
    for (oid, point) in CURVES {
        let mut bytes = vec![0xa5; point];
        bytes[0] = 4;
        let len = u8::try_from(oid.len()).expect("a short name");
        let values = [&[len][..], oid, &number(&bytes)].concat();
        keys.push((format!("ECDSA with {point} bytes"), ECDSA, values));
    }
    let mut certificates = Vec::new();
    for (name, algorithm, values) in keys {
        for version in [4, 6] {
            let name = format!("{name}, version {version}");
            certificates.push((name, certificate(version, algorithm, &values)));
        }
    }
    certificates
}

/// What it says of the one key of a certificate.
pub(super) fn of_key(name: &str, certificate: &[u8]) -> Result<Said> {
    let first = PgpRequest { index: 0, part: 0 };
    said(name.to_owned(), UMD_OP_PGP_KEY, first, certificate)
}

/// A certificate of which the user id has this length.
fn with_user_id(len: usize) -> Result<Said> {
    let seed = of_seed("key-ed25519")?;
    let key = PgpKey::read_from_bytes(&seed.reply).ok().context("a key")?;
    let start = key.certified.offset as usize;
    let end = start + key.certified.len as usize;
    // Its packet has a header of two bytes.
    let head = [&[0xcd, 0xff][..], &u32::try_from(len)?.to_be_bytes()].concat();
    let before = &seed.data[..start - 2];
    let ring = [before, &head, &vec![b'x'; len], &seed.data[end..]].concat();
    of_key(&format!("a user id of {len} bytes"), &ring)
}

/// All of them.
pub(super) fn all() -> Result<Vec<Said>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(repo::root().join("tests/fuzz/corpus/pgp"))? {
        all.push(of_seed(&entry?.file_name().to_string_lossy())?);
    }
    for (name, certificate) in bare_keys() {
        all.push(of_key(&name, &certificate)?);
    }
    // The reply has room for 256 bytes.
    for len in [255, 256, 257] {
        all.push(with_user_id(len)?);
    }
    Ok(all)
}
