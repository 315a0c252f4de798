// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and signatures of the driver of signatures for a guest, in its folder
//! `/verify`. OpenSSL makes all of them for this run.
//!
//! | file | contents |
//! | --- | --- |
//! | `NAME.key` | a key, in the fields that `loader-c/verify/test/parser.c` reads |
//! | `NAME.how` | the words for `keyctl pkey_verify`: `enc=x962 hash=sha256` |
//! | `NAME.query` | what `keyctl pkey_query` is to print |
//! | `NAME.digest` | what is signed |
//! | `NAME.sig` | the signature, as the words say |
//! | `NAME.raw` | the same of ECDSA as r and s |
//! | `NAME.own` | the key, with its own signature on it |
//! | `NAME.child` | a key that this one has signed |
//! | `NAME.none` | numbers of the right length that are no key |
//! | `NAME.ima` | a signature on `file` as IMA has it in an attribute, of some keys |
//! | `x509`, `x509.ima` | the same of an X.509 certificate |
//! | `….flipped` | the same with one bit flipped, of the digest or in the signature |

mod ima;

use crate::bytes::{flipped, numbers, padded};
use crate::command;
use crate::keyctl;
use crate::setup::{self, Program};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_verify::*;
use umd_vm::Arch;

/// The programs that make the files.
pub const PROGRAMS: [Program; 1] = [("openssl", "openssl")];

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// OpenSSL's name, length of a key.
    Eddsa(&'static str, u32),
    /// OpenSSL's name of the curve, length of its numbers.
    Ecdsa(&'static str, u32),
    /// How many primes, the exponent.
    Rsa(u32, u64),
}

use Kind::{Ecdsa, Eddsa, Rsa};

/// A key: name, number of the algorithm, kind, length in bits, hash.
type Key = (&'static str, u32, Kind, u32, &'static str);

/// The largest prime number below 2^64.
const LARGEST: u64 = u64::MAX - 58;

#[rustfmt::skip]
const KEYS: [Key; 15] = [
    ("ed25519", UMD_VERIFY_ED25519, Eddsa("ED25519", 32), 256, "sha512"),
    ("ed448", UMD_VERIFY_ED448, Eddsa("ED448", 57), 456, "sha256"),
    ("p256", UMD_VERIFY_P256, Ecdsa("P-256", 32), 256, "sha256"),
    ("p384", UMD_VERIFY_P384, Ecdsa("P-384", 48), 384, "sha384"),
    ("p521", UMD_VERIFY_P521, Ecdsa("P-521", 66), 521, "sha512"),
    ("brainpool-p256", UMD_VERIFY_BRAINPOOL_P256, Ecdsa("brainpoolP256r1", 32), 256, "sha512"),
    ("brainpool-p384", UMD_VERIFY_BRAINPOOL_P384, Ecdsa("brainpoolP384r1", 48), 384, "sha256"),
    ("brainpool-p512", UMD_VERIFY_BRAINPOOL_P512, Ecdsa("brainpoolP512r1", 64), 512, "sha1"),
    ("rsa2048", UMD_VERIFY_RSA, Rsa(2, 65537), 2048, "sha1"),
    ("rsa3101", UMD_VERIFY_RSA, Rsa(2, 3), 3101, "sha384"),
    ("rsa4096", UMD_VERIFY_RSA, Rsa(2, LARGEST), 4096, "sha512"),
    // As those without -other.
    ("ed25519-other", UMD_VERIFY_ED25519, Eddsa("ED25519", 32), 256, "sha512"),
    ("p256-other", UMD_VERIFY_P256, Ecdsa("P-256", 32), 256, "sha256"),
    ("rsa2048-other", UMD_VERIFY_RSA, Rsa(2, 65537), 2048, "sha1"),
    // With several primes, OpenSSL does not look for them for long.
    ("rsa8192", UMD_VERIFY_RSA, Rsa(4, 65537), 8192, "sha256"),
];

/// Makes all files in `folder`. Returns paths in the guest and files, with
/// `keyctl` and the libraries that it needs.
///
/// # Errors
///
/// OpenSSL is missing or fails, or `keyctl` cannot be downloaded.
pub fn files(folder: &Path, arch: &Arch) -> Result<Vec<(String, PathBuf)>> {
    setup::install(&PROGRAMS)?;
    for key in KEYS {
        let name = key.0;
        let private = tempfile::tempdir()?;
        let made = Made {
            key,
            folder,
            private: private.path(),
        };
        made.files().with_context(|| format!("the key {name}"))?;
    }
    weak_key(folder)?;
    ima::files(folder)?;
    let mut files = keyctl::files(arch)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((format!("verify/{name}"), entry.path()));
    }
    Ok(files)
}

/// Writes `weak.key`, an RSA key of 2,040 bits.
fn weak_key(folder: &Path) -> Result<()> {
    let modulus = [0xff; 255];
    let fields = of_key(UMD_VERIFY_RSA, 65537, &modulus, "weak")?;
    Ok(fs::write(folder.join("weak.key"), fields)?)
}

/// A field: its letter, its length, its bytes.
fn field(letter: u8, bytes: &[u8]) -> Result<Vec<u8>> {
    let len = u16::try_from(bytes.len())?.to_be_bytes();
    Ok([&[letter], &len[..], bytes].concat())
}

fn of_key(algorithm: u32, exponent: u64, key: &[u8], id: &str) -> Result<Vec<u8>> {
    Ok([
        b"UMDVERIFY".to_vec(),
        field(b'a', &algorithm.to_be_bytes())?,
        field(b'e', &exponent.to_be_bytes())?,
        field(b'k', key)?,
        field(b'i', id.as_bytes())?,
    ]
    .concat())
}

/// The id of a key: keyrings know keys by whole bytes of it.
fn id_of(name: &str) -> String {
    format!("{name:->16}")
}

/// How many bytes a digest of that hash has.
fn digest_len(hash: &str) -> usize {
    match hash {
        "sha1" => 20,
        "sha256" => 32,
        "sha384" => 48,
        _ => 64,
    }
}

/// A key and its files.
struct Made<'a> {
    key: Key,
    folder: &'a Path,
    /// The folder of the private key.
    private: &'a Path,
}

impl Made<'_> {
    fn write(&self, what: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(format!("{}.{what}", self.key.0));
        fs::write(&path, bytes).with_context(|| path.display().to_string())
    }

    fn openssl(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(self.private).args(arguments);
        command::output(&mut openssl)?;
        Ok(fs::read(self.private.join("out"))?)
    }

    fn generate(&self) -> Result<()> {
        let (_, _, kind, bits, _) = self.key;
        let option = |option: String| ["-pkeyopt".to_owned(), option];
        let (algorithm, options) = match kind {
            Eddsa(name, _) => (name, Vec::new()),
            Ecdsa(curve, _) => ("EC", option(format!("ec_paramgen_curve:{curve}")).to_vec()),
            Rsa(primes, exponent) => (
                "RSA",
                [
                    option(format!("rsa_keygen_bits:{bits}")),
                    option(format!("rsa_keygen_primes:{primes}")),
                    option(format!("rsa_keygen_pubexp:{exponent}")),
                ]
                .concat(),
            ),
        };
        let mut arguments = vec!["genpkey", "-quiet", "-algorithm", algorithm];
        arguments.extend(options.iter().map(String::as_str));
        arguments.extend(["-out", "out"]);
        let private = self.openssl(&arguments)?;
        Ok(fs::write(self.private.join("private"), private)?)
    }

    /// The numbers of the public key, as the driver takes them.
    fn public(&self) -> Result<Vec<u8>> {
        let len = match self.key.2 {
            Eddsa(_, len) => len,
            Ecdsa(_, len) => 2 * len,
            Rsa(..) => return self.modulus(),
        };
        let export = ["pkey", "-in", "private", "-pubout", "-outform", "DER"];
        let der = self.openssl(&[&export[..], &["-out", "out"]].concat())?;
        // The key ends the DER.
        let start = der.len().checked_sub(len as usize);
        Ok(der[start.context("short DER")?..].to_vec())
    }

    fn modulus(&self) -> Result<Vec<u8>> {
        let export = ["rsa", "-in", "private", "-RSAPublicKey_out"];
        let der = self.openssl(&[&export[..], &["-outform", "DER", "-out", "out"]].concat())?;
        let numbers = numbers(&der)?;
        Ok(numbers.first().context("no modulus")?.to_vec())
    }

    fn sign(&self, digest: &[u8], hash: &str) -> Result<Vec<u8>> {
        let kind = self.key.2;
        fs::write(self.private.join("digest"), digest)?;
        let hash = format!("digest:{hash}");
        let options: &[&str] = match kind {
            Eddsa(..) => &["-rawin"],
            Ecdsa(..) => &[],
            Rsa(..) => &["-pkeyopt", &hash],
        };
        let sign = ["pkeyutl", "-sign", "-inkey", "private", "-in", "digest"];
        self.openssl(&[&sign[..], &["-out", "out"], options].concat())
    }

    /// The kernel's name of the signature's encoding, and the most bytes that a
    /// signature has.
    fn encoding(&self) -> (&'static str, u32) {
        match self.key.2 {
            Eddsa(_, len) => ("raw", 2 * len),
            Ecdsa(_, len) => ("x962", 2 * len + 9),
            Rsa(..) => ("pkcs1", self.key.3.div_ceil(8)),
        }
    }

    fn files(&self) -> Result<()> {
        let (name, number, kind, bits, hash) = self.key;
        let (encoding, max) = self.encoding();
        let query = format!(
            "key_size={bits}\nmax_data_size=64\nmax_sig_size={max}\n\
             max_enc_size=0\nmax_dec_size=0\n\
             encrypt=n\ndecrypt=n\nsign=n\nverify=y\n"
        );
        self.write("query", query.as_bytes())?;
        self.write("how", format!("enc={encoding} hash={hash}\n").as_bytes())?;
        let len = u8::try_from(digest_len(hash))?;
        let digest: Vec<u8> = (1..=len).collect();
        self.write("digest", &digest)?;
        self.write("digest.flipped", &flipped(&digest))?;

        self.generate()?;
        let public = self.public()?;
        let exponent = match kind {
            Rsa(_, exponent) => exponent,
            _ => 0,
        };
        let key = of_key(number, exponent, &public, &id_of(name))?;
        self.write("key", &key)?;
        // A modulus that is even; a point that is not on the curve, or of small order.
        let none = match kind {
            Eddsa(_, len) => vec![0; len as usize],
            _ => flipped(&public),
        };
        let none = of_key(number, exponent, &none, &id_of(name))?;
        self.write("none", &none)?;
        let signature = self.sign(&digest, hash)?;
        self.signatures(&signature)?;
        self.signed("own", &key, None, &digest, &signature)?;
        let child = of_key(number, exponent, &public, &id_of("child"))?;
        self.signed("child", &child, Some(name), &digest, &signature)?;
        if ima::KEYS.contains(&name) {
            let signature = self.sign(&ima::digest(), ima::HASH)?;
            self.write("ima", &ima::attribute(id_of(name).as_bytes(), &signature)?)?;
        }
        Ok(())
    }

    fn signatures(&self, signature: &[u8]) -> Result<()> {
        self.write("sig", signature)?;
        self.write("sig.flipped", &flipped(signature))?;
        if let Ecdsa(_, len) = self.key.2 {
            let [r, s] = numbers(signature)?[..] else {
                bail!("no two numbers");
            };
            let [r, s] = [padded(r, len as usize)?, padded(s, len as usize)?];
            self.write("raw", &[r, s].concat())?;
        }
        Ok(())
    }

    /// Writes a key with a signature on it, of the key `by` or of itself, and another
    /// one with a false signature.
    fn signed(
        &self,
        what: &str,
        key: &[u8],
        by: Option<&str>,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let mut key = [
            key,
            &field(b'd', digest)?,
            &field(b'h', self.key.4.as_bytes())?,
            &field(b'c', self.encoding().0.as_bytes())?,
        ]
        .concat();
        if let Some(by) = by {
            key.extend(field(b'A', id_of(by).as_bytes())?);
        }
        let with = |signature: &[u8]| {
            Ok::<_, anyhow::Error>([&key, &field(b's', signature)?[..]].concat())
        };
        self.write(what, &with(signature)?)?;
        self.write(&format!("{what}.flipped"), &with(&flipped(signature))?)
    }
}
