// SPDX-License-Identifier: MIT OR Apache-2.0

//! RSA keys of other lengths and exponents than those of GnuPG, what is no key, and more
//! hashes of a document than GnuPG makes.

use super::super::maker::{Change, Kind, Pair, RSA2048, Rsa, SALT, SIGNATURE, Signing, Use};
use super::super::packet::packet;
use super::{DOCUMENT, Made, user_id};
use anyhow::Result;
use std::fmt::Write;

/// The largest prime number below 2^64.
const LARGEST: &str = "18446744073709551557";

/// Keys by their files' names: modulus in bits, exponent. The kernel itself verifies 2048
/// bits, and a Handler the other lengths.
#[rustfmt::skip]
const KEYS: [(&str, u32, &str); 5] = [
    ("rsa2560", 2560, "65537"),
    ("rsa3104", 3104, "3"),
    ("rsa8192", 8192, "65537"),
    ("rsa2048.exponent3", 2048, "3"),
    ("rsa2048.exponent64", 2048, LARGEST),
];

/// What is no key, or none that is taken: the file's name, bits, change, and why.
#[rustfmt::skip]
const NO_KEYS: [(&str, u32, Change, &str); 8] = [
    ("exponent_1", 2048, Change::Exponent1, "its numbers are no key"),
    ("exponent_1_of_3104", 3104, Change::Exponent1, "its numbers are no key"),
    ("exponent_even", 2048, Change::EvenExponent, "its numbers are no key"),
    ("exponent_even_of_3104", 3104, Change::EvenExponent, "its numbers are no key"),
    ("modulus_even", 2048, Change::EvenModulus, "its numbers are no key"),
    ("modulus_even_of_3104", 3104, Change::EvenModulus, "its numbers are no key"),
    ("exponent_of_65", 2048, Change::LongExponent, "RSA with an exponent of more than 64 bits"),
    ("modulus_of_8193", 2048, Change::LongModulus, "RSA with more than 8192 bits"),
];

/// The most hashes of one document.
const MAX_HASHES: u8 = 8;

impl Made<'_> {
    /// Writes `NAME`, `NAME.fpr` and `NAME.sig` for each key, and their names in
    /// `rsa.list`; what is no key, and in `no_keys.list` name, fingerprint and reason.
    pub(super) fn numbers(&self) -> Result<()> {
        let mut list = String::new();
        for (name, bits, exponent) in KEYS {
            let kind = Kind::Rsa(Rsa {
                bits,
                exponent,
                change: Change::None,
            });
            let pair = Pair::new(4, kind)?;
            self.write(name, &pair.certificate(&user_id(name), Use::Sign)?)?;
            self.write(&format!("{name}.fpr"), pair.fingerprint().as_bytes())?;
            self.write(&format!("{name}.sig"), &pair.sign_document(DOCUMENT)?)?;
            writeln!(list, "{name}")?;
        }
        self.write("rsa.list", list.as_bytes())?;
        let mut list = String::new();
        for (name, bits, change, reason) in NO_KEYS {
            let kind = Kind::Rsa(Rsa {
                bits,
                exponent: "65537",
                change,
            });
            let pair = Pair::new(4, kind)?;
            self.write(name, &pair.certificate(&user_id(name), Use::Sign)?)?;
            writeln!(list, "{name} {} {reason}", pair.fingerprint())?;
        }
        self.write("no_keys.list", list.as_bytes())
    }

    /// Writes `salted`, a key of version 6, and `salted.N.sig` for the most hashes and one
    /// more: so many signatures with a salt each.
    pub(super) fn salted(&self) -> Result<()> {
        let pair = Pair::new(6, RSA2048)?;
        self.write("salted", &pair.certificate(&user_id("salted"), Use::Sign)?)?;
        self.write("salted.fpr", pair.fingerprint().as_bytes())?;
        let mut signatures = Vec::new();
        for count in 1..=MAX_HASHES + 1 {
            let mut salt = SALT;
            salt[0] = count;
            let signing = Signing {
                salt,
                ..Signing::default()
            };
            signatures.extend(packet(SIGNATURE, &pair.sign_as(&signing, DOCUMENT)?)?);
            if count >= MAX_HASHES {
                self.write(&format!("salted.{count}.sig"), &signatures)?;
            }
        }
        Ok(())
    }
}
