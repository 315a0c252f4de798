// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that GnuPG makes for the tests.

use std::sync::OnceLock;
use umd_tests::openpgp::Gpg;

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
        Self { gpg, ring }
    }
}

/// Makes a key with subkeys, and returns its fingerprint.
fn make(gpg: &Gpg, primary: &str, subkeys: &[(&str, &str)]) -> String {
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
