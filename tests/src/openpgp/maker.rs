// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and signatures that GnuPG does not make: those of version 6, and those
//! of a forger. OpenSSL has the private keys.

use super::packet::{
    ECDSA, P256, P384, RSA, TIME, curve_point, hashed_key, key_body, number, packet,
};
use crate::{command, setup};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use umd_pgp_fuzz::fingerprint;

/// Packet types (RFC 9580, section 5).
const SIGNATURE: u8 = 2;
const PUBLIC_KEY: u8 = 6;
const USER_ID: u8 = 13;
const PUBLIC_SUBKEY: u8 = 14;

/// Signature types (section 5.2.1).
const POSITIVE: u8 = 0x13;
const SUBKEY_BINDING: u8 = 0x18;
const PRIMARY_BINDING: u8 = 0x19;
const DIRECT_KEY: u8 = 0x1f;

/// Subpackets (section 5.2.3.7).
const CREATED: u8 = 2;
const KEY_FLAGS: u8 = 27;
const EMBEDDED_SIGNATURE: u8 = 32;
const ISSUER_FINGERPRINT: u8 = 33;

const SHA256: u8 = 8;

/// The permitted use of a key (section 5.2.3.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Certify other keys only.
    Certify = 1,
    /// Sign documents.
    Sign = 2,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// RSA of 2048 bits.
    Rsa,
    /// ECDSA with P-256.
    P256,
    /// ECDSA with P-384, for which the hash of all signatures here is too short.
    P384,
}

impl Kind {
    /// Returns OpenSSL's name of the curve, its name in packets, and the length
    /// of a point.
    fn curve(self) -> Option<(&'static str, &'static [u8], usize)> {
        match self {
            Self::Rsa => None,
            Self::P256 => Some(("P-256", &P256, 65)),
            Self::P384 => Some(("P-384", &P384, 97)),
        }
    }
}

/// A key pair.
#[derive(Debug)]
pub(super) struct Pair {
    version: u8,
    kind: Kind,
    /// The body of the public key's packet.
    body: Vec<u8>,
    folder: TempDir,
}

impl Pair {
    /// Makes a key pair of version 4 or 6.
    ///
    /// # Errors
    ///
    /// OpenSSL is missing or fails.
    pub(super) fn new(version: u8, kind: Kind) -> Result<Self> {
        setup::install(&[("openssl", "openssl")])?;
        let folder = tempfile::tempdir()?;
        let mut pair = Self {
            version,
            kind,
            body: Vec::new(),
            folder,
        };
        let mut openssl = Command::new("openssl");
        openssl
            .args(["genpkey", "-quiet", "-out"])
            .arg(pair.private());
        match kind.curve() {
            None => openssl.args(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
            Some((curve, ..)) => openssl
                .args(["-algorithm", "EC", "-pkeyopt"])
                .arg(format!("ec_paramgen_curve:{curve}")),
        };
        command::output(&mut openssl)?;
        let values = pair.public_values()?;
        pair.body = key_body(version, pair.algorithm(), &values)?;
        Ok(pair)
    }

    fn private(&self) -> PathBuf {
        self.folder.path().join("private")
    }

    fn algorithm(&self) -> u8 {
        match self.kind {
            Kind::Rsa => RSA,
            Kind::P256 | Kind::P384 => ECDSA,
        }
    }

    /// Returns the public key's values as its packet holds them (section
    /// 5.5.5).
    fn public_values(&self) -> Result<Vec<u8>> {
        let path = self.folder.path().join("public");
        let mut openssl = Command::new("openssl");
        openssl
            .args(["pkey", "-pubout", "-outform", "DER", "-in"])
            .arg(self.private())
            .arg("-out")
            .arg(&path);
        command::output(&mut openssl)?;
        let der = fs::read(path)?;
        Ok(match self.kind.curve() {
            // The DER ends with the modulus and with 65537 as 02 03 01 00 01.
            None => {
                let end = der.len() - 5;
                let modulus = der.get(end - 256..end).context("a modulus")?;
                [number(modulus)?, number(&[1, 0, 1])?].concat()
            }
            // The DER ends with the point.
            Some((_, name, len)) => {
                let point = der.get(der.len() - len..).context("a point")?;
                curve_point(name, point)?
            }
        })
    }

    /// Returns the fingerprint in hexadecimal digits.
    #[must_use]
    pub(super) fn fingerprint(&self) -> String {
        let digits = |byte: &u8| format!("{byte:02X}");
        fingerprint(&self.body).0.iter().map(digits).collect()
    }

    fn hashed(&self) -> Result<Vec<u8>> {
        hashed_key(&self.body)
    }

    /// Signs `message`, and returns the body of the packet (section 5.2.3).
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    fn sign(&self, kind: u8, message: &[u8], subpackets: &[Vec<u8>]) -> Result<Vec<u8>> {
        let issuer = [&[self.version][..], &fingerprint(&self.body).0].concat();
        let mut area = [
            subpacket(CREATED, &TIME)?,
            subpacket(ISSUER_FINGERPRINT, &issuer)?,
        ]
        .concat();
        area.extend(subpackets.concat());
        let mut signature = vec![self.version, kind, self.algorithm(), SHA256];
        signature.extend(self.count(area.len())?);
        signature.extend(area);
        let salt: &[u8] = match self.version {
            4 => &[],
            _ => b"a salt of 16 byt",
        };
        let trailer = [
            &[self.version, 0xff][..],
            &u32::try_from(signature.len())?.to_be_bytes(),
        ]
        .concat();
        let hash = Sha256::new()
            .chain_update(salt)
            .chain_update(message)
            .chain_update(&signature)
            .chain_update(trailer)
            .finalize();
        signature.extend(self.count(0)?);
        signature.extend(&hash[..2]);
        if self.version == 6 {
            signature.push(u8::try_from(salt.len())?);
            signature.extend(salt);
        }
        signature.extend(self.sign_hash(&hash)?);
        Ok(signature)
    }

    /// Encodes a count of octets of subpackets.
    fn count(&self, len: usize) -> Result<Vec<u8>> {
        Ok(match self.version {
            4 => u16::try_from(len)?.to_be_bytes().to_vec(),
            _ => u32::try_from(len)?.to_be_bytes().to_vec(),
        })
    }

    fn sign_hash(&self, hash: &[u8]) -> Result<Vec<u8>> {
        let path = |name: &str| self.folder.path().join(name);
        fs::write(path("hash"), hash)?;
        let mut openssl = Command::new("openssl");
        openssl
            .args(["pkeyutl", "-sign", "-inkey"])
            .arg(self.private())
            .arg("-in")
            .arg(path("hash"))
            .arg("-out")
            .arg(path("value"));
        if self.kind == Kind::Rsa {
            openssl.args(["-pkeyopt", "digest:sha256"]);
        }
        command::output(&mut openssl)?;
        let value = fs::read(path("value"))?;
        match self.kind {
            Kind::Rsa => number(&value),
            Kind::P256 | Kind::P384 => {
                let (r, rest) = der_integer(value.get(2..).context("no DER")?)?;
                let (s, _) = der_integer(rest)?;
                Ok([number(r)?, number(s)?].concat())
            }
        }
    }

    /// Returns a detached signature on a document.
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    pub(super) fn sign_document(&self, document: &[u8]) -> Result<Vec<u8>> {
        packet(SIGNATURE, &self.sign(0, document, &[])?)
    }

    /// Returns the primary key of a certificate, with a certified user id. In
    /// version 6, a signature on the key alone comes before it, and says what
    /// the key may do.
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    pub(super) fn certificate(&self, user_id: &str, may: Use) -> Result<Vec<u8>> {
        let says = [subpacket(KEY_FLAGS, &[may as u8])?];
        let mut certificate = packet(PUBLIC_KEY, &self.body)?;
        if self.version == 6 {
            let direct = self.sign(DIRECT_KEY, &self.hashed()?, &says)?;
            certificate.extend(packet(SIGNATURE, &direct)?);
        }
        certificate.extend(self.user_id(user_id, &says)?);
        Ok(certificate)
    }

    /// Returns the same certificate of version 6, of a key that may sign,
    /// without the signature on the key alone.
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    pub(super) fn stripped(&self, user_id: &str) -> Result<Vec<u8>> {
        let says = [subpacket(KEY_FLAGS, &[Use::Sign as u8])?];
        let key = packet(PUBLIC_KEY, &self.body)?;
        Ok([key, self.user_id(user_id, &says)?].concat())
    }

    /// Returns a user id and the signature that certifies it.
    fn user_id(&self, user_id: &str, says: &[Vec<u8>]) -> Result<Vec<u8>> {
        let len = u32::try_from(user_id.len())?.to_be_bytes();
        let message = [&self.hashed()?[..], &[0xb4], &len, user_id.as_bytes()].concat();
        let certification = self.sign(POSITIVE, &message, says)?;
        Ok([
            packet(USER_ID, user_id.as_bytes())?,
            packet(SIGNATURE, &certification)?,
        ]
        .concat())
    }

    /// Returns the signature by which this subkey confirms that it belongs to
    /// `primary`.
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    pub(super) fn belong_to(&self, primary: &Self) -> Result<Vec<u8>> {
        let message = [primary.hashed()?, self.hashed()?].concat();
        self.sign(PRIMARY_BINDING, &message, &[])
    }

    /// Returns a subkey to append to the certificate. The binding lets `subkey`
    /// sign, and embeds `back`, which may be forged.
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    pub(super) fn bind(&self, subkey: &Self, back: Option<&[u8]>) -> Result<Vec<u8>> {
        let message = [self.hashed()?, subkey.hashed()?].concat();
        let mut subpackets = vec![subpacket(KEY_FLAGS, &[Use::Sign as u8])?];
        if let Some(back) = back {
            subpackets.push(subpacket(EMBEDDED_SIGNATURE, back)?);
        }
        let binding = self.sign(SUBKEY_BINDING, &message, &subpackets)?;
        Ok([
            packet(PUBLIC_SUBKEY, &subkey.body)?,
            packet(SIGNATURE, &binding)?,
        ]
        .concat())
    }
}

/// Returns a subpacket with a length of five bytes.
fn subpacket(kind: u8, body: &[u8]) -> Result<Vec<u8>> {
    let len = u32::try_from(1 + body.len())?.to_be_bytes();
    Ok([&[0xff][..], &len, &[kind], body].concat())
}

/// Returns the first INTEGER of `der`, and the rest.
fn der_integer(der: &[u8]) -> Result<(&[u8], &[u8])> {
    match der {
        [2, len, rest @ ..] if rest.len() >= usize::from(*len) => {
            Ok(rest.split_at(usize::from(*len)))
        }
        _ => bail!("no INTEGER: {der:?}"),
    }
}
