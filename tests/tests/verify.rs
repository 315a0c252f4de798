// SPDX-License-Identifier: MIT OR Apache-2.0

//! The final files of the Handlers that verify signatures, against OpenSSL: keys and
//! signatures of its own making, and its verdict on signatures that were changed.

#![forbid(unsafe_code)]

use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use umd_abi::Status;
use umd_manager::{Limits, Manager};
use umd_pgp_fuzz::samples::{LEGACY_KEY, LEGACY_SIGNATURE};
use umd_tests::{bytes, handlers, setup};
use umd_verify::*;
use zerocopy::{FromZeros, IntoBytes};

/// The most memory that a Handler may have resident, in KiB.
const MEMORY: u64 = 128;

const HASHES: [(u32, &str, usize); 7] = [
    (UMD_VERIFY_SHA1, "sha1", 20),
    (UMD_VERIFY_SHA224, "sha224", 28),
    (UMD_VERIFY_SHA256, "sha256", 32),
    (UMD_VERIFY_SHA384, "sha384", 48),
    (UMD_VERIFY_SHA512, "sha512", 64),
    (UMD_VERIFY_SHA3_256, "sha3-256", 32),
    (UMD_VERIFY_SHA3_512, "sha3-512", 64),
];

/// A key pair of OpenSSL's.
struct Pair {
    folder: TempDir,
    algorithm: u32,
    /// The length of a curve's numbers; unused for others.
    len: usize,
    exponent: u64,
}

/// Runs OpenSSL, and returns whether it succeeds.
fn openssl(folder: &Path, arguments: &[&str]) -> bool {
    let mut openssl = Command::new("openssl");
    let output = openssl.current_dir(folder).args(arguments).output();
    output.unwrap().status.success()
}

impl Pair {
    fn new(algorithm: u32, len: usize, exponent: u64, options: &[&str]) -> Self {
        setup::install(&[("openssl", "openssl")]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let make = [&["genpkey", "-out", "private", "-algorithm"], options].concat();
        assert!(openssl(folder.path(), &make), "{options:?}");
        let public = ["pkey", "-in", "private", "-pubout", "-out", "public"];
        assert!(openssl(folder.path(), &public));
        Self {
            folder,
            algorithm,
            len,
            exponent,
        }
    }

    fn ed25519() -> Self {
        Self::new(UMD_VERIFY_ED25519, 0, 0, &["ED25519"])
    }

    fn ecdsa(algorithm: u32, len: usize, curve: &str) -> Self {
        let curve = format!("ec_paramgen_curve:{curve}");
        Self::new(algorithm, len, 0, &["EC", "-pkeyopt", &curve])
    }

    /// With so many prime factors, which are found in less time than two are.
    fn rsa(bits: u32, primes: u32, exponent: u64) -> Self {
        let bits = format!("rsa_keygen_bits:{bits}");
        let primes = format!("rsa_keygen_primes:{primes}");
        let public = format!("rsa_keygen_pubexp:{exponent}");
        let options = [
            "RSA", "-pkeyopt", &bits, "-pkeyopt", &primes, "-pkeyopt", &public,
        ];
        Self::new(UMD_VERIFY_RSA, 0, exponent, &options)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self) -> Vec<u8> {
        let is_rsa = self.algorithm == UMD_VERIFY_RSA;
        let what: &[&str] = if is_rsa {
            &["rsa", "-RSAPublicKey_out"]
        } else {
            &["pkey", "-pubout"]
        };
        let export = ["-in", "private", "-outform", "DER", "-out", "der"];
        assert!(openssl(self.folder.path(), &[what, &export].concat()));
        let der = fs::read(self.path("der")).unwrap();
        let last = |len: usize| der[der.len() - len..].to_vec();
        match self.algorithm {
            UMD_VERIFY_ED25519 => last(32),
            UMD_VERIFY_RSA => bytes::numbers(&der).unwrap()[0].to_vec(),
            _ => last(2 * self.len),
        }
    }

    /// OpenSSL's options about a digest.
    fn options(&self, hash: &str) -> Vec<String> {
        match self.algorithm {
            UMD_VERIFY_ED25519 => vec!["-rawin".to_owned()],
            UMD_VERIFY_RSA => vec!["-pkeyopt".to_owned(), format!("digest:{hash}")],
            _ => Vec::new(),
        }
    }

    /// A request with a signature of that digest.
    fn sign(&self, (number, hash, _): (u32, &str, usize), digest: &[u8]) -> VerifyRequest {
        fs::write(self.path("digest"), digest).unwrap();
        let options = self.options(hash);
        let sign = [
            "pkeyutl", "-sign", "-inkey", "private", "-in", "digest", "-out", "value",
        ];
        let options = options.iter().map(String::as_str);
        let sign: Vec<_> = sign.into_iter().chain(options).collect();
        assert!(openssl(self.folder.path(), &sign), "{sign:?}");
        let mut signature = fs::read(self.path("value")).unwrap();
        if self.len != 0 {
            signature = from_der(&signature, self.len);
        }
        request(self, number, digest, &signature)
    }

    /// OpenSSL's verdict.
    fn verifies(&self, hash: &str, request: &VerifyRequest) -> bool {
        let signature = &request.signature[..request.signature_len as usize];
        let signature = if self.len == 0 {
            signature.to_vec()
        } else {
            to_der(signature, self.len)
        };
        fs::write(
            self.path("digest"),
            &request.digest[..request.digest_len as usize],
        )
        .unwrap();
        fs::write(self.path("value"), signature).unwrap();
        let options = self.options(hash);
        let verify = [
            "pkeyutl", "-verify", "-pubin", "-inkey", "public", "-in", "digest",
        ];
        let options = options.iter().map(String::as_str);
        let all = verify
            .into_iter()
            .chain(["-sigfile", "value"])
            .chain(options);
        openssl(self.folder.path(), &all.collect::<Vec<_>>())
    }
}

fn request(pair: &Pair, hash: u32, digest: &[u8], signature: &[u8]) -> VerifyRequest {
    let mut request = VerifyRequest::new_zeroed();
    let fill = |field: &mut [u8], bytes: &[u8]| {
        field[..bytes.len()].copy_from_slice(bytes);
        u32::try_from(bytes.len()).unwrap()
    };
    request.algorithm = pair.algorithm;
    request.hash = hash;
    request.exponent = pair.exponent;
    request.digest_len = fill(&mut request.digest, digest);
    request.key_len = fill(&mut request.key, &pair.key());
    request.signature_len = fill(&mut request.signature, signature);
    request
}

/// r and s out of DER, each of that length.
fn from_der(der: &[u8], len: usize) -> Vec<u8> {
    let numbers = bytes::numbers(der).unwrap();
    assert_eq!(numbers.len(), 2);
    let padded = |number: &&[u8]| bytes::padded(number, len).unwrap();
    numbers.iter().flat_map(padded).collect()
}

/// DER of r and s.
fn to_der(both: &[u8], len: usize) -> Vec<u8> {
    let mut numbers = Vec::new();
    for number in both.chunks(len) {
        let zeros = number[..len - 1].iter().take_while(|byte| **byte == 0);
        let number = &number[zeros.count()..];
        let sign = vec![0; usize::from(number[0] >= 0x80)];
        numbers.extend([2, u8::try_from(sign.len() + number.len()).unwrap()]);
        numbers.extend([&sign, number].concat());
    }
    let len = u8::try_from(numbers.len()).unwrap();
    let head: &[u8] = if len < 0x80 {
        &[0x30, len]
    } else {
        &[0x30, 0x81, len]
    };
    [head, &numbers].concat()
}

/// The final file of a Handler.
fn handler(name: &str) -> Manager {
    let elf = handlers::build_one(name).unwrap().path;
    let limits = Limits {
        max_request: UMD_VERIFY_MAX_REQUEST,
        max_reply: UMD_VERIFY_MAX_REPLY,
    };
    Manager::new(elf, limits)
}

fn ask(manager: &mut Manager, request: &VerifyRequest) -> Result<bool, Status> {
    let limit = Duration::from_secs(20);
    let reply = manager
        .call(UMD_OP_VERIFY, request.as_bytes(), limit)
        .unwrap();
    match (
        reply.status,
        reply.payload.try_into().map(u64::from_ne_bytes),
    ) {
        (Status::OK, Ok(UMD_VERIFY_TRUE)) => Ok(true),
        (Status::OK, Ok(UMD_VERIFY_FALSE)) => Ok(false),
        (Status::OK, verdict) => panic!("the verdict is {verdict:x?}"),
        (status, _) => Err(status),
    }
}

/// Compares the verdicts of the final file, the function and OpenSSL on signatures of
/// `pair`, for each hash.
fn compare(manager: &mut Manager, pair: &Pair) {
    for hash in HASHES {
        let (_, name, len) = hash;
        let digest: Vec<_> = (1..).take(len).collect();
        let request = pair.sign(hash, &digest);
        assert_eq!(ask(manager, &request), Ok(true), "{name}");
        assert!(pair.verifies(name, &request), "{name}");
        let end = request.signature_len as usize;
        for at in [0, 1, end / 2, end - 1] {
            let mut other = request;
            other.signature[at] ^= 0x10;
            let verdict = ask(manager, &other);
            assert_eq!(verdict, verify(&other));
            assert_eq!(verdict, Ok(pair.verifies(name, &other)), "{name} {at}");
        }
        let mut other = request;
        other.digest[len - 1] ^= 1;
        let expected = pair.verifies(name, &other);
        assert_eq!(ask(manager, &other), Ok(expected), "{name}");
    }
    let resident = handlers::resident(manager.handler_id().unwrap()).unwrap();
    println!("algorithm {}, {resident} KiB are resident", pair.algorithm);
    assert!(resident < MEMORY);
}

#[test]
fn ed25519_as_openssl_does() {
    compare(&mut handler("verify_umh"), &Pair::ed25519());
}

#[test]
fn ecdsa_as_openssl_does() {
    let mut manager = handler("verify_ec_umh");
    compare(&mut manager, &Pair::ecdsa(UMD_VERIFY_P256, 32, "P-256"));
    compare(&mut manager, &Pair::ecdsa(UMD_VERIFY_P384, 48, "P-384"));
    compare(&mut manager, &Pair::ecdsa(UMD_VERIFY_P521, 66, "P-521"));
}

#[test]
fn rsa_as_openssl_does() {
    let mut manager = handler("verify_rsa_umh");
    for (bits, primes, exponent) in [
        (2048, 2, 65_537),
        (2056, 3, 3),
        (2060, 3, 65_537),
        (3104, 3, 17),
        (4095, 3, 65_537),
        (8192, 5, 0xffff_ffff_ffff_ffc5),
    ] {
        compare(&mut manager, &Pair::rsa(bits, primes, exponent));
    }
}

#[test]
fn one_handler_alone_knows_an_algorithm() {
    let request = Pair::ed25519().sign(HASHES[2], &[1; 32]);
    for name in ["verify_ec_umh", "verify_rsa_umh"] {
        assert_eq!(ask(&mut handler(name), &request), Err(Status::ENOPKG));
    }
    let mut manager = handler("verify_umh");
    let limit = Duration::from_secs(20);
    let wrong = manager.call(UMD_OP_VERIFY + 1, request.as_bytes(), limit);
    assert_eq!(wrong.unwrap().status, Status::EOPNOTSUPP);
    let short = manager.call(UMD_OP_VERIFY, &request.as_bytes()[1..], limit);
    assert_eq!(short.unwrap().status, Status::EINVAL);
    let mut key = request;
    key.key = [0; 1024];
    assert_eq!(ask(&mut manager, &key), Err(Status::from_errno(129)));
}

/// RFC 9580, appendix A.1 and A.2: a key and a signature of OpenPGP.
#[test]
fn signature_of_the_rfc_is_true() {
    let mut request = VerifyRequest::new_zeroed();
    request.algorithm = UMD_VERIFY_ED25519;
    request.hash = UMD_VERIFY_SHA256;
    let fill = |field: &mut [u8], bytes: &[u8]| {
        field[..bytes.len()].copy_from_slice(bytes);
        u32::try_from(bytes.len()).unwrap()
    };
    // The point ends the key's packet.
    request.key_len = fill(&mut request.key, &LEGACY_KEY[LEGACY_KEY.len() - 32..]);
    // Behind the packet's head is what is hashed, which has a length of its own; R and S end
    // the packet, each behind a length in bits of two bytes.
    let hashed = &LEGACY_SIGNATURE[2..14];
    let trailer = [4, 0xff, 0, 0, 0, 12];
    let digest = Sha256::digest([b"OpenPGP", hashed, &trailer].concat());
    request.digest_len = fill(&mut request.digest, &digest);
    let (_, both) = LEGACY_SIGNATURE.split_last_chunk::<66>().unwrap();
    let both = [&both[..32], &both[34..]].concat();
    request.signature_len = fill(&mut request.signature, &both);
    let mut manager = handler("verify_umh");
    assert_eq!(ask(&mut manager, &request), Ok(true));
    request.digest[0] ^= 1;
    assert_eq!(ask(&mut manager, &request), Ok(false));
}
