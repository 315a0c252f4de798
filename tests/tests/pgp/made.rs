// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that GnuPG makes for the tests, and GnuPG's list of them.

use std::fmt::Write;
use std::sync::OnceLock;
use umd_pgp::*;
use umd_tests::openpgp::{Gpg, Listed};

/// Algorithms of the primary key and of its two subkeys: one that signs, one
/// that encrypts.
const ALGORITHMS: [[&str; 3]; 9] = [
    ["rsa2048", "rsa2048", "rsa2048"],
    ["rsa3072", "ed25519", "cv25519"],
    ["rsa4096", "rsa3072", "nistp256/ecdh"],
    ["nistp256", "nistp256/ecdsa", "nistp384/ecdh"],
    ["nistp384", "nistp521/ecdsa", "nistp521/ecdh"],
    ["nistp521", "nistp384/ecdsa", "cv25519"],
    ["ed25519", "ed25519", "cv25519"],
    [
        "brainpoolP256r1",
        "brainpoolP384r1/ecdsa",
        "brainpoolP512r1/ecdh",
    ],
    ["dsa2048", "rsa2048", "elg2048"],
];

static MADE: OnceLock<Made> = OnceLock::new();

/// Returns GnuPG with keys of all algorithms, made once.
pub(crate) fn made() -> &'static Made {
    MADE.get_or_init(Made::new)
}

/// Ends the agent that [`made`] has started. Call this when all tests are over.
pub(crate) fn clean_up() {
    if let Some(made) = MADE.get() {
        made.gpg.remove();
    }
}

/// See [`made`].
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) gpg: Gpg,
    /// All keys as a ring.
    pub(crate) ring: Vec<u8>,
    /// All keys as GnuPG lists them.
    pub(crate) listed: Vec<Listed>,
}

impl Made {
    fn new() -> Self {
        let gpg = Gpg::new().unwrap();
        for [primary, signs, encrypts] in ALGORITHMS {
            make(&gpg, primary, &[(signs, "sign"), (encrypts, "encr")]);
        }
        let ring = gpg.run(&["--export"], b"").unwrap();
        let listed = gpg.list(None).unwrap();
        assert_eq!(listed.len(), 3 * ALGORITHMS.len());
        Self { gpg, ring, listed }
    }
}

/// Makes a key with subkeys, and returns its fingerprint.
pub(crate) fn make(gpg: &Gpg, primary: &str, subkeys: &[(&str, &str)]) -> String {
    let user_id = format!("Test {primary} <{primary}@example.org>");
    gpg.run(
        &["--quick-gen-key", &user_id, primary, "sign,cert", "1y"],
        b"",
    )
    .unwrap();
    let listed = gpg.list(None).unwrap();
    let made = listed.iter().rfind(|key| key.user_ids.contains(&user_id));
    let fingerprint = made.unwrap().fingerprint.clone();
    for (algorithm, usage) in subkeys {
        gpg.run(
            &["--quick-add-key", &fingerprint, algorithm, usage, "2y"],
            b"",
        )
        .unwrap();
    }
    fingerprint
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

pub(crate) fn has(key: &PgpKey, flag: u32) -> bool {
    key.flags & flag != 0
}

/// Asserts that a key is as GnuPG lists it.
#[track_caller]
pub(crate) fn assert_as_listed(key: &PgpKey, listed: &Listed) {
    let fingerprint = hexadecimal(&key.fingerprint[..key.fingerprint_len.into()]);
    assert_eq!(fingerprint, listed.fingerprint);
    assert_eq!(hexadecimal(&key.key_id), listed.key_id, "{fingerprint}");
    assert_eq!(key.algorithm, listed.algorithm, "{fingerprint}");
    assert_eq!(key.created, listed.created, "{fingerprint}");
    let is_primary = has(key, UMD_PGP_KEY_PRIMARY);
    assert_eq!(is_primary, listed.is_primary, "{fingerprint}");
    // The handler does not report the bits of DSA and Elgamal keys.
    if !matches!(key.algorithm, 16 | 17) {
        assert_eq!(key.bits, listed.bits, "{fingerprint}");
    }
    let is_revoked = listed.validity == "r";
    assert_eq!(has(key, UMD_PGP_KEY_REVOKED), is_revoked, "{fingerprint}");
    let signs = listed.capabilities.contains('s');
    assert_eq!(has(key, UMD_PGP_KEY_SIGNS), signs, "{fingerprint}");
    if is_primary {
        let user_id = &key.user_id[..key.user_id_len as usize];
        let user_id = String::from_utf8_lossy(user_id).into_owned();
        assert!(listed.user_ids.contains(&user_id), "{user_id}");
    }
}
