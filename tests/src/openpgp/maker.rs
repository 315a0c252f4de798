// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and signatures that GnuPG does not make: those of version 6, and those
//! of a forger. OpenSSL has the private keys.

use super::packet::{
    ECDSA, P256, P384, RSA, TIME, curve_point, hashed_key, key_body, number, packet,
};
use crate::{bytes, command, setup};
use anyhow::{Context, Result, bail};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use umd_pgp_fuzz::fingerprint;

/// Packet types (RFC 9580, section 5).
pub(super) const SIGNATURE: u8 = 2;
pub(super) const PUBLIC_KEY: u8 = 6;
pub(super) const USER_ID: u8 = 13;
pub(super) const PUBLIC_SUBKEY: u8 = 14;

/// Signature types (section 5.2.1).
pub(super) const POSITIVE: u8 = 0x13;
pub(super) const SUBKEY_BINDING: u8 = 0x18;
pub(super) const PRIMARY_BINDING: u8 = 0x19;
pub(super) const DIRECT_KEY: u8 = 0x1f;

/// Subpackets (section 5.2.3.7).
const CREATED: u8 = 2;
const ISSUER_KEY_ID: u8 = 16;
pub(super) const KEY_FLAGS: u8 = 27;
pub(super) const EMBEDDED_SIGNATURE: u8 = 32;
const ISSUER_FINGERPRINT: u8 = 33;

/// Hashes (section 9.5).
pub(super) const SHA1: u8 = 2;
const SHA256: u8 = 8;
pub(super) const SHA224: u8 = 11;

/// The start of DER that has a SHA-256 (RFC 8017, section 9.2).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// The salt of signatures of version 6.
pub(super) const SALT: [u8; 16] = *b"a salt of 16 byt";

/// What there is to say of a signature.
#[derive(Clone, Debug)]
pub(super) struct Signing {
    /// Its type (section 5.2.1).
    pub(super) kind: u8,
    /// In seconds since 1970; `None` leaves it out.
    pub(super) created: Option<u32>,
    /// The hash algorithm.
    pub(super) hash: u8,
    /// Only in version 6.
    pub(super) salt: [u8; 16],
    /// Whether the issuer is named by the key id, as old programs do, instead of the
    /// fingerprint.
    pub(super) by_key_id: bool,
    /// Subpackets that are hashed, behind time and issuer.
    pub(super) hashed: Vec<Vec<u8>>,
    /// Subpackets that are not.
    pub(super) unhashed: Vec<Vec<u8>>,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            kind: 0,
            created: Some(u32::from_be_bytes(TIME)),
            hash: SHA256,
            salt: SALT,
            by_key_id: false,
            hashed: Vec::new(),
            unhashed: Vec::new(),
        }
    }
}

/// The permitted use of a key (section 5.2.3.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Certify other keys only.
    Certify = 1,
    /// Sign documents.
    Sign = 2,
    /// Both.
    Both = 3,
}

/// A change of an RSA key before it is published, after which OpenSSL's private key does
/// not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// None: the private key belongs to it.
    None,
    /// The exponent is 1: anybody makes its signatures, as [`Pair`] does.
    Exponent1,
    /// The exponent is even.
    EvenExponent,
    /// The exponent has 65 bits.
    LongExponent,
    /// The modulus is even.
    EvenModulus,
    /// The modulus has four times as many bytes, and one bit more.
    LongModulus,
}

/// A kind of RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rsa {
    /// Of the modulus.
    pub(super) bits: u32,
    /// In decimal digits.
    pub(super) exponent: &'static str,
    /// With what is published.
    pub(super) change: Change,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// RSA.
    Rsa(Rsa),
    /// ECDSA with P-256.
    P256,
    /// ECDSA with P-384, for which the hash of all signatures here is too short.
    P384,
}

/// RSA of 2048 bits.
pub(super) const RSA2048: Kind = Kind::rsa(2048);

impl Rsa {
    /// OpenSSL's options. OpenSSL finds several short primes sooner than two long ones.
    fn options(self) -> Vec<String> {
        let primes = if self.bits > 4096 { 4 } else { 2 };
        vec![
            "-pkeyopt".to_owned(),
            format!("rsa_keygen_bits:{}", self.bits),
            "-pkeyopt".to_owned(),
            format!("rsa_keygen_primes:{primes}"),
            "-pkeyopt".to_owned(),
            format!("rsa_keygen_pubexp:{}", self.exponent),
        ]
    }

    /// The numbers that are published instead of a key's.
    fn published(self, modulus: &[u8], exponent: &[u8]) -> [Vec<u8>; 2] {
        let (mut modulus, mut exponent) = (modulus.to_vec(), exponent.to_vec());
        match self.change {
            Change::None => {}
            Change::Exponent1 => exponent = vec![1],
            Change::EvenExponent => exponent = vec![1, 0, 0],
            Change::LongExponent => exponent = vec![1, 0, 0, 0, 0, 0, 0, 0, 1],
            Change::EvenModulus => modulus = bytes::flipped(&modulus),
            Change::LongModulus => modulus = [&[1][..], &modulus.repeat(4)].concat(),
        }
        [modulus, exponent]
    }

    /// The signature of a key with exponent 1: the hash with its padding.
    fn padding(self, hash: &[u8]) -> Vec<u8> {
        let info = [&SHA256_INFO, hash].concat();
        let filler = (self.bits / 8) as usize - info.len() - 3;
        [&[0, 1][..], &vec![0xff; filler], &[0], &info].concat()
    }
}

impl Kind {
    /// RSA with the usual exponent.
    pub(super) const fn rsa(bits: u32) -> Self {
        Self::Rsa(Rsa {
            bits,
            exponent: "65537",
            change: Change::None,
        })
    }

    /// Returns OpenSSL's name of the curve, its name in packets, and the length
    /// of a point.
    fn curve(self) -> Option<(&'static str, &'static [u8], usize)> {
        match self {
            Self::Rsa(_) => None,
            Self::P256 => Some(("P-256", &P256, 65)),
            Self::P384 => Some(("P-384", &P384, 97)),
        }
    }

    /// OpenSSL's arguments that make a key.
    fn options(self) -> Vec<String> {
        let mut options = vec!["-algorithm".to_owned()];
        match self {
            Self::Rsa(rsa) => {
                options.push("RSA".to_owned());
                options.extend(rsa.options());
            }
            Self::P256 | Self::P384 => {
                options.extend(["EC".to_owned(), "-pkeyopt".to_owned()]);
                options.extend(
                    self.curve()
                        .map(|(curve, ..)| format!("ec_paramgen_curve:{curve}")),
                );
            }
        }
        options
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
            .arg(pair.private())
            .args(kind.options());
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
            Kind::Rsa(_) => RSA,
            Kind::P256 | Kind::P384 => ECDSA,
        }
    }

    /// Returns what OpenSSL exports of the public key, in DER.
    fn export(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let path = self.folder.path().join("public");
        let mut openssl = Command::new("openssl");
        openssl
            .args(arguments)
            .args(["-outform", "DER", "-in"])
            .arg(self.private())
            .arg("-out")
            .arg(&path);
        command::output(&mut openssl)?;
        Ok(fs::read(path)?)
    }

    /// Returns the public key's values as its packet holds them (section
    /// 5.5.5).
    fn public_values(&self) -> Result<Vec<u8>> {
        match self.kind {
            Kind::Rsa(rsa) => {
                let der = self.export(&["rsa", "-RSAPublicKey_out"])?;
                let [modulus, exponent] = bytes::numbers(&der)?[..] else {
                    bail!("no modulus and exponent");
                };
                let [modulus, exponent] = rsa.published(modulus, exponent);
                Ok([number(&modulus)?, number(&exponent)?].concat())
            }
            Kind::P256 | Kind::P384 => {
                // The DER ends with the point.
                let der = self.export(&["pkey", "-pubout"])?;
                let (_, name, len) = self.kind.curve().context("a curve")?;
                let point = der.get(der.len() - len..).context("a point")?;
                curve_point(name, point)
            }
        }
    }

    /// Returns the fingerprint in hexadecimal digits.
    #[must_use]
    pub(super) fn fingerprint(&self) -> String {
        let digits = |byte: &u8| format!("{byte:02X}");
        fingerprint(&self.body).0.iter().map(digits).collect()
    }

    /// Returns the bytes that are hashed for the key.
    pub(super) fn hashed(&self) -> Result<Vec<u8>> {
        hashed_key(&self.body)
    }

    /// Returns the body of the key's packet.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Signs `message`, and returns the body of the packet (section 5.2.3).
    ///
    /// # Errors
    ///
    /// OpenSSL fails.
    fn sign(&self, kind: u8, message: &[u8], subpackets: &[Vec<u8>]) -> Result<Vec<u8>> {
        self.sign_as(
            &Signing {
                kind,
                hashed: subpackets.to_vec(),
                ..Signing::default()
            },
            message,
        )
    }

    /// Returns the subpacket that names this key as the issuer.
    pub(super) fn issuer(&self) -> Result<Vec<u8>> {
        let issuer = [&[self.version][..], &fingerprint(&self.body).0].concat();
        subpacket(ISSUER_FINGERPRINT, &issuer)
    }

    /// Like [`Self::sign`], with all that may be unusual.
    pub(super) fn sign_as(&self, signing: &Signing, message: &[u8]) -> Result<Vec<u8>> {
        let mut area = Vec::new();
        if let Some(created) = signing.created {
            area.extend(subpacket(CREATED, &created.to_be_bytes())?);
        }
        area.extend(match signing.by_key_id {
            true => subpacket(ISSUER_KEY_ID, &fingerprint(&self.body).0[12..20])?,
            false => self.issuer()?,
        });
        area.extend(signing.hashed.concat());
        let mut signature = vec![self.version, signing.kind, self.algorithm(), signing.hash];
        signature.extend(self.count(area.len())?);
        signature.extend(area);
        let salt: &[u8] = match self.version {
            4 => &[],
            _ => &signing.salt,
        };
        let trailer = [
            &[self.version, 0xff][..],
            &u32::try_from(signature.len())?.to_be_bytes(),
        ]
        .concat();
        let hashed = [salt, message, &signature, &trailer].concat();
        let hash = match signing.hash {
            SHA1 => Sha1::digest(hashed).to_vec(),
            SHA224 => Sha224::digest(hashed).to_vec(),
            _ => Sha256::digest(hashed).to_vec(),
        };
        let unhashed = signing.unhashed.concat();
        signature.extend(self.count(unhashed.len())?);
        signature.extend(unhashed);
        signature.extend(&hash[..2]);
        if self.version == 6 {
            signature.push(u8::try_from(salt.len())?);
            signature.extend(salt);
        }
        signature.extend(self.sign_hash(signing.hash, &hash)?);
        Ok(signature)
    }

    /// Encodes a count of octets of subpackets.
    fn count(&self, len: usize) -> Result<Vec<u8>> {
        Ok(match self.version {
            4 => u16::try_from(len)?.to_be_bytes().to_vec(),
            _ => u32::try_from(len)?.to_be_bytes().to_vec(),
        })
    }

    fn sign_hash(&self, algorithm: u8, hash: &[u8]) -> Result<Vec<u8>> {
        if let Kind::Rsa(rsa) = self.kind
            && rsa.change == Change::Exponent1
        {
            return number(&rsa.padding(hash));
        }
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
        if let Kind::Rsa(_) = self.kind {
            let digest = match algorithm {
                SHA1 => "sha1",
                SHA224 => "sha224",
                _ => "sha256",
            };
            openssl.args(["-pkeyopt", &format!("digest:{digest}")]);
        }
        command::output(&mut openssl)?;
        let value = fs::read(path("value"))?;
        match self.kind {
            Kind::Rsa(_) => number(&value),
            Kind::P256 | Kind::P384 => {
                let [r, s] = bytes::numbers(&value)?[..] else {
                    bail!("no r and s");
                };
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
        let certification = self.sign(POSITIVE, &self.user_id_message(user_id)?, says)?;
        Ok([
            packet(USER_ID, user_id.as_bytes())?,
            packet(SIGNATURE, &certification)?,
        ]
        .concat())
    }

    /// Returns what is hashed for a user id of this key.
    pub(super) fn user_id_message(&self, user_id: &str) -> Result<Vec<u8>> {
        let len = u32::try_from(user_id.len())?.to_be_bytes();
        Ok([&self.hashed()?[..], &[0xb4], &len, user_id.as_bytes()].concat())
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
pub(super) fn subpacket(kind: u8, body: &[u8]) -> Result<Vec<u8>> {
    let len = u32::try_from(1 + body.len())?.to_be_bytes();
    Ok([&[0xff][..], &len, &[kind], body].concat())
}
