// SPDX-License-Identifier: MIT OR Apache-2.0

//! A file, and signatures on it for the attribute `security.ima`.

use crate::command;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The keys that sign the file.
pub(super) const KEYS: [&str; 3] = ["ed25519", "p256", "rsa3101"];

/// The file's contents.
const FILE: &[u8] = b"A file that is signed.\n";

/// A hash that each kernel has.
pub(super) const HASH: &str = "sha256";

/// The kernel's number of that hash (`include/uapi/linux/hash_info.h`).
const HASH_NUMBER: u8 = 4;

/// A signature, of the second version (`security/integrity/integrity.h`).
const KIND: [u8; 2] = [3, 2];

/// What is signed.
pub(super) fn digest() -> [u8; 32] {
    Sha256::digest(FILE).into()
}

/// The attribute. The kernel finds the key by the last bytes of its id.
pub(super) fn attribute(id: &[u8], signature: &[u8]) -> Result<Vec<u8>> {
    let (_, id) = id.split_last_chunk::<4>().context("a short id")?;
    let len = u16::try_from(signature.len())?.to_be_bytes();
    Ok([&KIND[..], &[HASH_NUMBER], &id[..], &len, signature].concat())
}

/// Writes the file, and a certificate with its signature.
pub(super) fn files(folder: &Path) -> Result<()> {
    fs::write(folder.join("file"), FILE)?;
    let private = tempfile::tempdir()?;
    let openssl = |arguments: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(private.path()).args(arguments);
        command::output(&mut openssl)
    };
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-keyout",
        "key",
        "-subj",
        "/CN=IMA",
        "-addext",
        "subjectKeyIdentifier=hash",
        "-outform",
        "DER",
        "-out",
        "x509",
    ])?;
    fs::copy(private.path().join("x509"), folder.join("x509"))?;
    let said = openssl(&[
        "x509",
        "-inform",
        "DER",
        "-in",
        "x509",
        "-noout",
        "-ext",
        "subjectKeyIdentifier",
    ])?;
    let line = said.lines().last().context("no id of the key")?;
    let id = line
        .trim()
        .split(':')
        .map(|byte| u8::from_str_radix(byte, 16));
    let id = id.collect::<Result<Vec<_>, _>>().context(said.clone())?;
    fs::write(private.path().join("digest"), digest())?;
    openssl(&[
        "pkeyutl",
        "-sign",
        "-inkey",
        "key",
        "-in",
        "digest",
        "-pkeyopt",
        "digest:sha256",
        "-out",
        "signature",
    ])?;
    let signature = fs::read(private.path().join("signature"))?;
    fs::write(folder.join("x509.ima"), attribute(&id, &signature)?)?;
    Ok(())
}
