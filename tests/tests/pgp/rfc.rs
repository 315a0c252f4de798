// SPDX-License-Identifier: MIT OR Apache-2.0

//! The examples of RFC 9580, appendix A: version 6, and Ed25519 in both forms.

use crate::made::{has, hexadecimal};
use umd_pgp::*;
use umd_pgp_fuzz::samples::{CERTIFICATE, DOCUMENT, LEGACY_KEY, LEGACY_SIGNATURE};
use umd_tests::openpgp::{Signed, cleartext, dearmor, is_true, key, keys, signatures};

fn certificate() -> Vec<u8> {
    let (kind, content) = dearmor(CERTIFICATE.as_bytes()).unwrap();
    assert_eq!(kind, UMD_PGP_ARMOR_PUBLIC_KEY);
    content
}

/// Appendix A.3.
pub(crate) fn version_6_certificate_is_true() {
    let ring = certificate();
    let [primary, subkey] = keys(&ring).unwrap()[..] else {
        panic!("not two keys");
    };
    assert_eq!(
        hexadecimal(&primary.fingerprint),
        "CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9"
    );
    assert_eq!(
        hexadecimal(&subkey.fingerprint),
        "12C83F1E706F6308FE151A417743A1F033790E93E9978488D1DB378DA9930885"
    );
    assert_eq!(hexadecimal(&primary.key_id), "CB186C4F0609A697");
    for key in [&primary, &subkey] {
        assert_eq!((key.version, key.created, key.expires), (6, 0x6387_7fe3, 0));
        assert_eq!(key.fingerprint_len, 32);
        assert_eq!(key.user_id_len, 0);
    }
    assert_eq!(
        (primary.algorithm, primary.curve, primary.bits),
        (27, 4, 255)
    );
    assert_eq!((subkey.algorithm, subkey.curve, subkey.bits), (25, 6, 255));
    assert_eq!((primary.material_len, subkey.material_len), (32, 0));
    assert!(has(&primary, UMD_PGP_KEY_SIGNS) && !has(&subkey, UMD_PGP_KEY_SIGNS));
    assert_eq!((primary.binding.kind, subkey.binding.kind), (0x1f, 0x18));
    assert_eq!((primary.binding.hash, primary.binding.salt_len), (10, 32));
    assert!(is_true(&ring, &primary.binding, Signed::Primary(&primary), &primary).unwrap());
    assert!(is_true(&ring, &subkey.binding, Signed::Subkey(&subkey), &primary).unwrap());
}

/// Appendix A.6.
pub(crate) fn version_6_document_is_true() {
    let (text, packets) = cleartext(DOCUMENT.as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&text),
        "What we need from the grocery store:\r\n\r\n- tofu\r\n- vegetables\r\n- noodles\r\n"
    );
    let [signature] = signatures(&packets).unwrap()[..] else {
        panic!("not one signature");
    };
    let primary = key(&certificate(), 0).unwrap();
    assert_eq!(signature.issuer, primary.fingerprint);
    assert_eq!(signature.issuer_key_id, primary.key_id);
    let is_true = |text| is_true(&packets, &signature, Signed::Document(text), &primary).unwrap();
    assert!(is_true(&text));
    assert!(!is_true(b"What we need"));
}

/// Appendices A.1 and A.2.
pub(crate) fn version_4_signature_is_true() {
    let key = key(&LEGACY_KEY, 0).unwrap();
    assert_eq!(
        hexadecimal(&key.fingerprint[..20]),
        "C959BDBAFA32A2F89A153B678CFDE12197965A9A"
    );
    // The RFC's key has no self-signature.
    assert_eq!(key.flags, UMD_PGP_KEY_PRIMARY);
    let [signature] = signatures(&LEGACY_SIGNATURE).unwrap()[..] else {
        panic!("not one signature");
    };
    assert_eq!(signature.created, 0x55f9_5f95);
    assert_eq!(signature.issuer_len, 0);
    assert_eq!(signature.issuer_key_id, key.key_id);
    let document = Signed::Document(b"OpenPGP");
    assert!(is_true(&LEGACY_SIGNATURE, &signature, document, &key).unwrap());
}
