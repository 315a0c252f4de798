// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys are as GnuPG lists them, and their signatures verify.

use crate::made::{assert_as_listed, has, made};
use umd_abi::Status;
use umd_pgp::*;
use umd_tests::checks::pgp::{self, Reply};
use umd_tests::openpgp::{Signed, dearmor, is_true, keys};
use zerocopy::IntoBytes;

pub(crate) fn keys_are_as_gnupg_lists_them() {
    let keys = keys(&made().ring).unwrap();
    assert_eq!(keys.len(), made().listed.len());
    let mut primary_expires = 0;
    for (key, listed) in keys.iter().zip(&made().listed) {
        assert_as_listed(key, listed);
        // For a subkey, GnuPG shows the subkey's own expiry.
        if listed.is_primary {
            primary_expires = listed.expires;
        }
        assert_eq!(key.expires, listed.expires.min(primary_expires));
        assert!(has(key, UMD_PGP_KEY_BOUND));
    }
}

/// Material is present for the algorithms that have a form in the ABI, and
/// empty for the others.
pub(crate) fn material_is_there_for_what_the_kernel_can_use() {
    for key in keys(&made().ring).unwrap() {
        let material = &key.material[..key.material_len as usize];
        match (key.algorithm, key.bits) {
            // RSAPublicKey with the exponent 65537.
            (1, bits) => {
                assert_eq!(material[..2], [0x30, 0x82]);
                assert!(material.ends_with(&[2, 3, 1, 0, 1]));
                assert_eq!(material.len(), bits as usize / 8 + 14);
            }
            (19, 256) if key.curve == UMD_PGP_CURVE_P256 => assert_eq!(material.len(), 65),
            (19, 384) if key.curve == UMD_PGP_CURVE_P384 => assert_eq!(material.len(), 97),
            (19, 521) => assert_eq!(material.len(), 133),
            (22, 255) => assert_eq!(material.len(), 32),
            (16 | 17, 0) | (18 | 19, _) => assert!(material.is_empty()),
            other => panic!("{other:?}"),
        }
        if key.algorithm == 19 && !material.is_empty() {
            assert_eq!(material[0], 4);
        }
    }
}

pub(crate) fn all_signatures_of_keys_are_true() {
    let keys = keys(&made().ring).unwrap();
    let mut count = 0;
    for key in &keys {
        let primary = &keys[key.primary_index as usize];
        let signed = if has(key, UMD_PGP_KEY_PRIMARY) {
            Signed::Primary(key)
        } else {
            Signed::Subkey(key)
        };
        let has_back = key.algorithm != 18 && key.back.value_len > 0;
        for (signature, by) in [(&key.binding, primary), (&key.back, key)] {
            if by.material_len == 0 || signature.value_len == 0 {
                continue;
            }
            count += 1;
            assert!(is_true(&made().ring, signature, signed, by).unwrap());
            // The signature must not verify with another key.
            let mut other = *by;
            other.material[by.material_len as usize - 9] ^= 1;
            assert!(!is_true(&made().ring, signature, signed, &other).unwrap_or(false));
        }
        assert!(!has_back || has(key, UMD_PGP_KEY_BACK));
    }
    // 7 certificates with three keys, of which one has an embedded signature,
    // and one subkey whose primary key the kernel does not know.
    assert_eq!(count, 7 * 4 + 1);
}

pub(crate) fn a_bit_of_what_is_signed_makes_it_false() {
    let ring = made().gpg.run(&["--export", "nistp256@"], b"").unwrap();
    let key = keys(&ring).unwrap()[0];
    let is_true = |ring: &[u8]| is_true(ring, &key.binding, Signed::Primary(&key), &key).unwrap();
    assert!(is_true(&ring));
    for range in [key.primary, key.certified, key.binding.hashed] {
        for at in [range.offset, range.offset + range.len - 1] {
            let mut changed = ring.clone();
            changed[at as usize] ^= 0x20;
            assert!(!is_true(&changed), "{at}");
        }
    }
}

pub(crate) fn armor_is_removed_as_gnupg_does() {
    for arguments in [
        &["--export", "--armor"][..],
        &["--export", "--armor", "ed25519@"],
    ] {
        let armored = made().gpg.run(arguments, b"").unwrap();
        let expected = made().gpg.run(&["--dearmor"], &armored).unwrap();
        let (kind, content) = dearmor(&armored).unwrap();
        assert_eq!(kind, UMD_PGP_ARMOR_PUBLIC_KEY);
        assert!(content == expected);
    }
}

pub(crate) fn secret_keys_are_refused() {
    let secret = made().gpg.run(&["--export-secret-keys"], b"").unwrap();
    assert_eq!(keys(&secret).err(), Some(Status::EBADMSG));
}

/// The Manager accepts the replies. `umd_tests::checks` has those that the
/// Manager rejects.
pub(crate) fn what_is_said_of_keys_is_believed() {
    let ring = &made().ring;
    let said: Vec<_> = (0..)
        .zip(keys(ring).unwrap())
        .map(|(index, key)| Reply {
            name: format!("key {index}"),
            op: UMD_OP_PGP_KEY,
            index,
            data: ring.clone(),
            reply: key.as_bytes().to_vec(),
        })
        .collect();
    let checks = pgp::CHECKS.compile(&["-O2"]).unwrap();
    for (said, verdict) in said.iter().zip(pgp::verdicts(&checks, &said).unwrap()) {
        assert_eq!(verdict, None, "{}", said.name);
    }
}
