// SPDX-License-Identifier: MIT OR Apache-2.0

//! Expiry and revocation: which signature counts.

use crate::made::{assert_as_listed, has, hexadecimal, make};
use umd_pgp::*;
use umd_tests::openpgp::{Gpg, Signed, is_true, keys};

fn export(gpg: &Gpg) -> Vec<u8> {
    gpg.run(&["--export"], b"").unwrap()
}

/// Asserts that the keys are as GnuPG lists them, and returns them.
#[track_caller]
fn listed(gpg: &Gpg) -> Vec<PgpKey> {
    let keys = keys(&export(gpg)).unwrap();
    let listed = gpg.list(None).unwrap();
    assert_eq!(keys.len(), listed.len());
    for (key, listed) in keys.iter().zip(&listed) {
        assert_as_listed(key, listed);
    }
    keys
}

pub(crate) fn expiry_is_that_of_the_newest_self_signature() {
    let gpg = Gpg::new().unwrap();
    let fingerprint = make(&gpg, "nistp256", &[("ed25519", "sign")]);
    let before = export(&gpg);
    let year = 365 * 24 * 60 * 60;
    let [old_primary, old_subkey] = listed(&gpg)[..] else {
        panic!("not two keys");
    };
    assert_eq!(old_primary.expires, old_primary.created + year);
    // The subkey's own lifetime is longer.
    assert_eq!(old_subkey.expires, old_primary.expires);
    gpg.run(&["--quick-set-expire", &fingerprint, "3y"], b"")
        .unwrap();
    let after = export(&gpg);

    for order in [[&before, &after], [&after, &before]] {
        let both = Gpg::new().unwrap();
        for keys in order {
            both.run(&["--import"], keys).unwrap();
        }
        assert!(export(&both).len() > after.len());
        let [primary, subkey] = listed(&both)[..] else {
            panic!("not two keys");
        };
        assert_eq!(primary.binding.kind, 0x13);
        assert!(primary.binding.created > old_primary.binding.created);
        assert!(primary.expires >= primary.created + 3 * year);
        assert!(subkey.expires >= subkey.created + 2 * year);
        assert!(subkey.expires < primary.expires);
        let ring = export(&both);
        let signed = Signed::Primary(&primary);
        assert!(is_true(&ring, &primary.binding, signed, &primary).unwrap());
    }
    gpg.run(&["--quick-set-expire", &fingerprint, "0"], b"")
        .unwrap();
    assert_eq!(listed(&gpg)[0].expires, 0);
}

pub(crate) fn expired_keys_say_when() {
    let gpg = Gpg::new().unwrap();
    let arguments = ["--faked-system-time", "20200101T000000!", "--quick-gen-key"];
    let key = ["Old <old@example.org>", "ed25519", "sign", "1d"];
    gpg.run(&[&arguments[..], &key].concat(), b"").unwrap();
    let [key] = listed(&gpg)[..] else {
        panic!("not one key");
    };
    assert_eq!(key.created, 1_577_836_800);
    assert_eq!(key.expires, 1_577_836_800 + 24 * 60 * 60);
    assert_eq!(gpg.list(None).unwrap()[0].validity, "e");
}

pub(crate) fn revoked_primary_key_takes_its_subkeys_along() {
    let gpg = Gpg::new().unwrap();
    let fingerprint = make(&gpg, "nistp256", &[("ed25519", "sign")]);
    make(&gpg, "nistp384", &[]);
    let path = format!("openpgp-revocs.d/{fingerprint}.rev");
    let revocation = std::fs::read_to_string(gpg.home().join(path)).unwrap();
    // The colon keeps the revocation from being used by mistake.
    let (_, revocation) = revocation.split_once(":-----").unwrap();
    let revocation = format!("-----{revocation}");
    gpg.run(&["--import"], revocation.as_bytes()).unwrap();
    let [primary, subkey, other] = listed(&gpg)[..] else {
        panic!("not three keys");
    };
    assert!(has(&primary, UMD_PGP_KEY_REVOKED));
    assert!(has(&subkey, UMD_PGP_KEY_REVOKED));
    assert!(!has(&other, UMD_PGP_KEY_REVOKED));
}

pub(crate) fn revoked_subkey_leaves_the_others() {
    let gpg = Gpg::new().unwrap();
    let subkeys = [("ed25519", "sign"), ("nistp256/ecdsa", "sign")];
    let fingerprint = make(&gpg, "nistp256", &subkeys);
    let answers = b"key 1\nrevkey\ny\n0\n\ny\nsave\n";
    let arguments = [
        "--no-batch",
        "--command-fd",
        "0",
        "--edit-key",
        &fingerprint,
    ];
    gpg.run(&arguments, answers).unwrap();
    let revoked: Vec<bool> = listed(&gpg)
        .iter()
        .map(|key| has(key, UMD_PGP_KEY_REVOKED))
        .collect();
    assert_eq!(revoked, [false, true, false]);
}

pub(crate) fn revoked_user_id_does_not_count() {
    let gpg = Gpg::new().unwrap();
    let fingerprint = make(&gpg, "nistp256", &[]);
    let other = "Other <other@example.org>";
    let later = |time, arguments: &[&str]| {
        let faked = ["--faked-system-time", time];
        gpg.run(&[&faked[..], arguments].concat(), b"").unwrap();
    };
    let name = |key: &PgpKey| {
        let name = &key.user_id[..key.user_id_len as usize];
        String::from_utf8(name.to_vec()).unwrap()
    };
    later(
        "20300101T000000!",
        &["--quick-add-uid", &fingerprint, other],
    );
    assert_eq!(name(&keys(&export(&gpg)).unwrap()[0]), other);
    later(
        "20300102T000000!",
        &["--quick-revoke-uid", &fingerprint, other],
    );
    let key = keys(&export(&gpg)).unwrap()[0];
    assert_eq!(name(&key), "Test nistp256 <nistp256@example.org>");
    let ring = export(&gpg);
    assert!(is_true(&ring, &key.binding, Signed::Primary(&key), &key).unwrap());
}

pub(crate) fn third_parties_change_nothing() {
    let gpg = Gpg::new().unwrap();
    let first = make(&gpg, "nistp256", &[("ed25519", "sign")]);
    let second = make(&gpg, "nistp384", &[]);
    let before = listed(&gpg);
    gpg.run(&["-u", &second, "--quick-sign-key", &first], b"")
        .unwrap();
    let after = listed(&gpg);
    let ring = export(&gpg);
    for (before, after) in before.iter().zip(&after) {
        let issuer = hexadecimal(&after.binding.issuer[..20]);
        assert_ne!(issuer == first, issuer == second);
        assert_eq!(before.flags, after.flags);
        assert_eq!(before.expires, after.expires);
        assert_eq!(before.binding.value, after.binding.value);
        assert_eq!(before.back.value, after.back.value);
        assert!(after.binding.hashed.offset >= before.binding.hashed.offset);
    }
    let signed = Signed::Subkey(&after[1]);
    assert!(is_true(&ring, &after[1].binding, signed, &after[0]).unwrap());
}
