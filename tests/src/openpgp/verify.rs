// SPDX-License-Identifier: MIT OR Apache-2.0

//! Verifies a signature as the kernel does: over the request's data, with only
//! ranges, trailer, salt and values from the reply.

use super::packet::hashed_key;
use crate::{command, setup};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::fs;
use std::process::Command;
use umd_pgp::{
    PgpKey, PgpSignature, UMD_PGP_CURVE_ED448, UMD_PGP_CURVE_ED25519, UMD_PGP_CURVE_NONE,
    UMD_PGP_CURVE_P256, UMD_PGP_CURVE_P384, UMD_PGP_CURVE_P521,
};
use umd_pgp_fuzz::bytes_in;

/// The object of a signature.
#[derive(Clone, Copy, Debug)]
pub enum Signed<'a> {
    /// A document.
    Document(&'a [u8]),
    /// A primary key, and the certified user id, if any.
    Primary(&'a PgpKey),
    /// A primary key and this subkey of it.
    Subkey(&'a PgpKey),
}

/// Returns whether `by` has made `signature` on `signed`. The ranges of the
/// signature and of all keys are in `data`.
///
/// # Errors
///
/// The algorithm has no form in the ABI, or OpenSSL fails.
pub fn is_true(
    data: &[u8],
    signature: &PgpSignature,
    signed: Signed<'_>,
    by: &PgpKey,
) -> Result<bool> {
    let mut message = signature.salt[..signature.salt_len.into()].to_vec();
    match signed {
        Signed::Document(document) => message.extend_from_slice(document),
        Signed::Primary(key) => {
            message.extend(hashed_key(bytes_in(data, key.primary))?);
            if key.binding.kind != 0x1f {
                let user_id = bytes_in(data, key.certified);
                message.push(0xb4);
                message.extend(u32::try_from(user_id.len())?.to_be_bytes());
                message.extend_from_slice(user_id);
            }
        }
        Signed::Subkey(key) => {
            message.extend(hashed_key(bytes_in(data, key.primary))?);
            message.extend(hashed_key(bytes_in(data, key.subject))?);
        }
    }
    message.extend_from_slice(bytes_in(data, signature.hashed));
    message.extend_from_slice(&signature.trailer[..signature.trailer_len as usize]);
    let hash = match signature.hash {
        8 => Sha256::digest(&message).to_vec(),
        9 => Sha384::digest(&message).to_vec(),
        10 => Sha512::digest(&message).to_vec(),
        other => bail!("hash algorithm {other}"),
    };
    let value = &signature.value[..signature.value_len as usize];
    let material = &by.material[..by.material_len as usize];
    ensure!(
        !value.is_empty() && !material.is_empty(),
        "algorithm {}",
        by.algorithm
    );
    // A hash with another start already proves the signature wrong.
    Ok(hash.starts_with(&signature.left) && openssl_says(by, signature.hash, &hash, value)?)
}

fn openssl_says(by: &PgpKey, hash: u8, digest: &[u8], value: &[u8]) -> Result<bool> {
    setup::install(&[("openssl", "openssl")])?;
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    fs::write(path("key"), public_key(by)?)?;
    fs::write(path("hash"), digest)?;
    fs::write(path("value"), padded(by, value))?;
    let mut openssl = Command::new("openssl");
    openssl
        .args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey"])
        .arg(path("key"))
        .arg("-in")
        .arg(path("hash"))
        .arg("-sigfile")
        .arg(path("value"));
    match by.curve {
        // OpenPGP signs the hash as if the hash were the message.
        UMD_PGP_CURVE_ED25519 | UMD_PGP_CURVE_ED448 => openssl.arg("-rawin"),
        UMD_PGP_CURVE_NONE => {
            let name = ["sha256", "sha384", "sha512"][usize::from(hash - 8)];
            openssl.args(["-pkeyopt", &format!("digest:{name}")])
        }
        _ => &mut openssl,
    };
    let output = command::finished(&mut openssl)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        said.contains("Signature Verif"),
        "{}",
        command::failure(&openssl, &output)
    );
    Ok(output.status.success() && said.contains("Verified Successfully"))
}

/// Returns an RSA number, padded with leading zeros to the length of the
/// modulus.
fn padded(by: &PgpKey, value: &[u8]) -> Vec<u8> {
    let len = match by.curve {
        UMD_PGP_CURVE_NONE => by.bits.div_ceil(8) as usize,
        _ => 0,
    };
    let zeros = len.saturating_sub(value.len());
    [vec![0; zeros], value.to_vec()].concat()
}

/// Wraps the key material in a `SubjectPublicKeyInfo` (RFC 5280).
fn public_key(key: &PgpKey) -> Result<Vec<u8>> {
    let material = &key.material[..key.material_len as usize];
    let elliptic = |curve: &[u8]| [b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", curve].concat();
    let algorithm = match key.curve {
        UMD_PGP_CURVE_NONE => b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00".to_vec(),
        UMD_PGP_CURVE_P256 => elliptic(b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
        UMD_PGP_CURVE_P384 => elliptic(b"\x06\x05\x2b\x81\x04\x00\x22"),
        UMD_PGP_CURVE_P521 => elliptic(b"\x06\x05\x2b\x81\x04\x00\x23"),
        UMD_PGP_CURVE_ED25519 => b"\x06\x03\x2b\x65\x70".to_vec(),
        UMD_PGP_CURVE_ED448 => b"\x06\x03\x2b\x65\x71".to_vec(),
        other => bail!("curve {other}"),
    };
    let bits = [&[0], material].concat();
    let content = [der(0x30, &algorithm)?, der(0x03, &bits)?].concat();
    der(0x30, &content)
}

fn der(tag: u8, content: &[u8]) -> Result<Vec<u8>> {
    let len = u16::try_from(content.len())
        .context("too long")?
        .to_be_bytes();
    Ok([&[tag, 0x82], &len[..], content].concat())
}
