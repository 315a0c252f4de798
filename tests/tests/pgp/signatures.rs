// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signatures of documents are as GnuPG lists them, and verify.

use crate::made::{has, hexadecimal, made};
use umd_pgp::*;
use umd_tests::openpgp::{Signed, cleartext, dearmor, is_true, keys, signatures};

const DOCUMENT: &[u8] = b"A document\nof two lines.\n";

/// Returns the keys that can sign, with GnuPG's name for exactly that key.
fn signers() -> Vec<(PgpKey, String)> {
    let keys = keys(&made().ring).unwrap();
    let signers = keys.into_iter().filter(|key| has(key, UMD_PGP_KEY_SIGNS));
    signers
        .map(|key| {
            let name = hexadecimal(&key.fingerprint[..20]) + "!";
            (key, name)
        })
        .collect()
}

/// Returns the output of `gpg --list-packets` for a signature.
fn listed(packet: &[u8]) -> String {
    let text = made().gpg.run(&["--list-packets"], packet).unwrap();
    String::from_utf8(text).unwrap()
}

#[track_caller]
fn assert_as_listed(signature: &PgpSignature, listed: &str) {
    let PgpSignature {
        algorithm,
        created,
        kind,
        hash,
        left: [first, second],
        ..
    } = signature;
    for expected in [
        format!(
            "algo {algorithm}, keyid {}\n",
            hexadecimal(&signature.issuer_key_id)
        ),
        format!("version 4, created {created}, md5len 0, sigclass 0x{kind:02x}\n"),
        format!("digest algo {hash}, begin of digest {first:02x} {second:02x}\n"),
        format!("issuer fpr v4 {}", hexadecimal(&signature.issuer[..20])),
    ] {
        assert!(listed.contains(&expected), "no {expected} in {listed}");
    }
}

pub(crate) fn detached_signatures_are_as_listed_and_true() {
    let mut verified = 0;
    for (key, name) in signers() {
        for hash in ["SHA256", "SHA384", "SHA512"] {
            // GnuPG rejects hashes shorter than the curve's numbers, and DSA
            // dictates its own.
            let least = if key.algorithm == 19 {
                key.bits.min(512)
            } else {
                0
            };
            let bits: u32 = hash[3..].parse().unwrap();
            if bits < least || key.algorithm == 17 {
                continue;
            }
            let arguments = ["--digest-algo", hash, "-u", &name, "--detach-sign"];
            let packet = made().gpg.run(&arguments, DOCUMENT).unwrap();
            let [signature] = signatures(&packet).unwrap()[..] else {
                panic!("not one signature");
            };
            assert_as_listed(&signature, &listed(&packet));
            assert_eq!((signature.kind, signature.version), (0, 4));
            assert_eq!(signature.issuer, key.fingerprint);
            assert_eq!(signature.issuer_key_id, key.key_id);
            assert_eq!(signature.expires, 0);
            if key.material_len == 0 {
                continue;
            }
            verified += 1;
            let is_true =
                |document| is_true(&packet, &signature, Signed::Document(document), &key).unwrap();
            assert!(is_true(DOCUMENT));
            assert!(!is_true(&DOCUMENT[1..]));
        }
    }
    // 6 of RSA, 3 of Ed25519, 2 each of P-256, P-384 and P-521.
    assert_eq!(verified, 9 * 3 + 2 * 3 + 2 * 2 + 2);
}

/// Signs with two keys in one file. The signatures expire.
pub(crate) fn several_signatures_are_told_apart() {
    let (first, second) = (&signers()[0].1, &signers()[5].1);
    let arguments = [
        "--default-sig-expire",
        "3d",
        "-u",
        first,
        "-u",
        second,
        "-b",
    ];
    let packets = made().gpg.run(&arguments, DOCUMENT).unwrap();
    let found = signatures(&packets).unwrap();
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].issuer, found[1].issuer);
    for signature in found {
        assert_as_listed(&signature, &listed(&packets));
        assert_eq!(signature.expires, signature.created + 3 * 24 * 60 * 60);
    }
    let armored = made().gpg.run(&["--armor", "-b"], DOCUMENT).unwrap();
    let (kind, content) = dearmor(&armored).unwrap();
    assert_eq!(kind, UMD_PGP_ARMOR_SIGNATURE);
    assert_eq!(signatures(&content).unwrap().len(), 1);
}

pub(crate) fn clearsigned_documents_are_true_and_canonical() {
    let signer = signers();
    let (key, name) = signer.iter().find(|(key, _)| key.algorithm == 22).unwrap();
    for (document, canonical) in [
        ("", ""),
        ("\n", ""),
        ("one line", "one line"),
        ("one line\n", "one line"),
        ("two\nlines\n", "two\r\nlines"),
        ("two\r\nlines\r\n", "two\r\nlines"),
        ("- dash\n-- and dashes\n-\n", "- dash\r\n-- and dashes\r\n-"),
        (
            "-----BEGIN PGP SIGNATURE-----\n",
            "-----BEGIN PGP SIGNATURE-----",
        ),
        ("From here\n", "From here"),
        ("white \t \nspace\t\n", "white\r\nspace"),
        ("\n\n three\n\n", "\r\n\r\n three\r\n"),
        ("Hash: SHA256\n\ninside\n", "Hash: SHA256\r\n\r\ninside"),
    ] {
        let arguments = ["-u", name, "--clearsign"];
        let signed = made().gpg.run(&arguments, document.as_bytes()).unwrap();
        // Line ends may change in transit.
        let with_returns = String::from_utf8(signed.clone()).unwrap();
        let with_returns = with_returns.replace("\r\n", "\n").replace('\n', "\r\n");
        for signed in [&signed[..], with_returns.as_bytes()] {
            let (text, packets) = cleartext(signed).unwrap();
            assert_eq!(String::from_utf8_lossy(&text), canonical, "{document:?}");
            let [signature] = signatures(&packets).unwrap()[..] else {
                panic!("not one signature");
            };
            assert_eq!(signature.kind, 1);
            assert_as_listed(&signature, &listed(&packets));
            let text = Signed::Document(&text);
            let is_true = is_true(&packets, &signature, text, key).unwrap();
            assert!(is_true, "{document:?}");
        }
    }
}
