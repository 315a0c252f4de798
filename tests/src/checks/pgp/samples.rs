// SPDX-License-Identifier: MIT OR Apache-2.0

//! Replies of the handler, all of which the kernel must accept.

use super::Reply;
use crate::openpgp::packet::{ECDSA, P256, RSA, curve_point, key_body, number, packet};
use crate::repo;
use anyhow::{Context, Result};
use std::fs;
use umd_pgp::{PgpKey, PgpRequest, UMD_OP_PGP_KEY};
use umd_pgp_fuzz::{check, check_input};
use zerocopy::FromBytes;

/// Sizes of moduli and exponents in bytes, and whether their first bits are
/// set. The lengths of the numbers, and of both together, are next to those at
/// which DER needs more bytes for a length.
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
    // The most that there is room for.
    (512, 22, false),
];

/// The curves that the kernel implements: object identifiers and sizes of a
/// point.
const CURVES: [(&[u8], usize); 3] = [
    (&P256, 65),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], 97),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], 133),
];

/// The seeds of the fuzzer `pgp`.
const CORPUS: &str = "handler/drivers/pgp/fuzz/corpus/pgp";

/// Returns the handler's reply to the fuzzer's seed `name`.
///
/// # Errors
///
/// The seed does not exist, or the handler rejects it, although all seeds must
/// be accepted.
pub(super) fn of_seed(name: &str) -> Result<Reply> {
    let path = repo::root().join(CORPUS).join(name);
    let seed = fs::read(&path).with_context(|| path.display().to_string())?;
    let said = check_input(&seed)
        .with_context(|| format!("the handler rejects the seed {name}; it must accept all"))?;
    Ok(Reply {
        name: name.to_owned(),
        op: said.op,
        index: said.request.index,
        data: said.data.to_vec(),
        reply: said.reply,
    })
}

/// Returns a certificate that consists of a key alone.
pub(super) fn certificate(version: u8, algorithm: u8, values: &[u8]) -> Result<Vec<u8>> {
    packet(6, &key_body(version, algorithm, values)?)
}

/// Returns keys that are not certified.
fn bare_keys() -> Result<Vec<(String, Vec<u8>)>> {
    let mut keys = Vec::new();
    for (modulus, exponent, sets_first) in RSA_SIZES {
        let mut values = Vec::new();
        for len in [modulus, exponent] {
            let mut bytes = vec![0x5a; len];
            bytes[0] = if sets_first { 0x80 } else { 0x7f };
            values.extend(number(&bytes)?);
        }
        keys.push((format!("RSA of {modulus}+{exponent} bytes"), RSA, values));
    }
    let long = [number(&[0xff; 513])?, number(&[3])?].concat();
    keys.push(("RSA that is too long".to_owned(), RSA, long));
    for (name, point) in CURVES {
        let mut bytes = vec![0xa5; point];
        bytes[0] = 4;
        let values = curve_point(name, &bytes)?;
        keys.push((format!("ECDSA with {point} bytes"), ECDSA, values));
    }
    let mut certificates = Vec::new();
    for (name, algorithm, values) in keys {
        for version in [4, 6] {
            let name = format!("{name}, version {version}");
            certificates.push((name, certificate(version, algorithm, &values)?));
        }
    }
    Ok(certificates)
}

/// Returns the handler's reply about the only key of a certificate.
pub(super) fn of_key(name: &str, certificate: &[u8]) -> Result<Reply> {
    let first = PgpRequest { index: 0, part: 0 };
    let reply = check(UMD_OP_PGP_KEY, first, certificate)
        .ok()
        .with_context(|| format!("the handler rejects {name}"))?;
    Ok(Reply {
        name: name.to_owned(),
        op: UMD_OP_PGP_KEY,
        index: 0,
        data: certificate.to_vec(),
        reply,
    })
}

/// Returns the reply about a certificate with a user id of `len` bytes.
fn with_user_id(len: usize) -> Result<Reply> {
    let seed = of_seed("key-ed25519")?;
    let key = PgpKey::read_from_bytes(&seed.reply).ok().context("a key")?;
    let start = key.certified.offset as usize;
    let end = start + key.certified.len as usize;
    // The packet of a user id has a header of two bytes.
    let before = &seed.data[..start - 2];
    let user_id = packet(13, &vec![b'x'; len])?;
    let ring = [before, &user_id, &seed.data[end..]].concat();
    of_key(&format!("a user id of {len} bytes"), &ring)
}

/// Returns all replies.
pub(super) fn all() -> Result<Vec<Reply>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(repo::root().join(CORPUS))? {
        all.push(of_seed(&entry?.file_name().to_string_lossy())?);
    }
    for (name, certificate) in bare_keys()? {
        all.push(of_key(&name, &certificate)?);
    }
    // The reply has room for 256 bytes.
    for len in [255, 256, 257] {
        all.push(with_user_id(len)?);
    }
    Ok(all)
}
