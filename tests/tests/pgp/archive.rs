// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys that were not made by GnuPG's newest version: the distribution's, and
//! Sequoia's.

use crate::made::{assert_as_listed, has};
use std::fs;
use std::path::Path;
use std::process::Command;
use umd_pgp::*;
use umd_tests::openpgp::{Gpg, Signed, cleartext, dearmor, is_true, keys, signatures};
use umd_tests::{command, setup};

const KEYRINGS: &str = "/usr/share/keyrings";
const ARCHIVE: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Asserts that the keys of a file are as GnuPG lists them, and that all
/// signatures with hashes that are trusted today verify.
fn assert_keys(gpg: &Gpg, path: &Path) {
    let ring = fs::read(path).unwrap();
    let (keys, listed) = (keys(&ring).unwrap(), gpg.list(Some(path)).unwrap());
    assert_eq!(keys.len(), listed.len(), "{}", path.display());
    for (key, listed) in keys.iter().zip(&listed) {
        assert_as_listed(key, listed);
        let primary = &keys[key.primary_index as usize];
        let signed = if has(key, UMD_PGP_KEY_PRIMARY) {
            Signed::Primary(key)
        } else {
            Signed::Subkey(key)
        };
        for (signature, by) in [(&key.binding, primary), (&key.back, key)] {
            if signature.hash >= 8 {
                assert!(is_true(&ring, signature, signed, by).unwrap());
            }
        }
    }
}

pub(crate) fn distribution_keys_are_as_gnupg_lists_them() {
    setup::install(&[(ARCHIVE, "debian-archive-keyring")]).unwrap();
    let gpg = Gpg::new().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(KEYRINGS).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        // The keyring of retired keys is too large for one request.
        let fits = fs::metadata(&path).unwrap().len() <= UMD_PGP_MAX_DATA.into();
        if name.starts_with("debian-archive-") && name.ends_with(".gpg") && fits {
            assert_keys(&gpg, &path);
            count += 1;
        }
    }
    assert!(count > 1);
    assert!(fs::metadata(ARCHIVE).unwrap().len() <= UMD_PGP_MAX_DATA.into());
}

/// Runs Sequoia 0.27.
fn sq(arguments: &[&str], folder: &Path) {
    let mut sq = Command::new("sq");
    command::output(sq.args(arguments).current_dir(folder)).unwrap();
}

pub(crate) fn sequoia_keys_and_signatures_are_true() {
    setup::install(&[("sq", "sq")]).unwrap();
    let gpg = Gpg::new().unwrap();
    for suite in ["cv25519", "rsa3k"] {
        what_sequoia_makes_is_true(&gpg, suite);
    }
}

fn what_sequoia_makes_is_true(gpg: &Gpg, suite: &str) {
    const USER: &str = "Sequoia <sq@example.org>";
    let folder = gpg.home();
    let generate = ["key", "generate", "--userid", USER, "--cipher-suite", suite];
    let files = ["--export", "key", "--rev-cert", "revocation"];
    let until = ["--expires", "20400101"];
    sq(&[&generate[..], &files, &until].concat(), folder);
    sq(
        &["key", "extract-cert", "--binary", "--output", "cert", "key"],
        folder,
    );
    assert_keys(gpg, &folder.join("cert"));
    let ring = fs::read(folder.join("cert")).unwrap();
    let keys = keys(&ring).unwrap();
    let signer = |signature: &PgpSignature| {
        let made_it = |key: &&PgpKey| key.fingerprint == signature.issuer;
        *keys.iter().find(made_it).expect("a key of Sequoia's")
    };

    fs::write(folder.join("document"), "- a line\nand another \n").unwrap();
    let arguments = [
        "sign",
        "--signer-key",
        "key",
        "--output",
        "signed",
        "document",
    ];
    sq(&[&arguments[..], &["--detached"]].concat(), folder);
    let armored = fs::read(folder.join("signed")).unwrap();
    let (kind, packets) = dearmor(&armored).unwrap();
    assert_eq!(kind, UMD_PGP_ARMOR_SIGNATURE);
    let signature = signatures(&packets).unwrap()[0];
    let document = fs::read(folder.join("document")).unwrap();
    let document = Signed::Document(&document);
    assert!(is_true(&packets, &signature, document, &signer(&signature)).unwrap());

    fs::remove_file(folder.join("signed")).unwrap();
    sq(
        &[&arguments[..], &["--cleartext-signature"]].concat(),
        folder,
    );
    let signed = fs::read(folder.join("signed")).unwrap();
    let (text, packets) = cleartext(&signed).unwrap();
    let signature = signatures(&packets).unwrap()[0];
    let document = Signed::Document(&text);
    assert!(is_true(&packets, &signature, document, &signer(&signature)).unwrap());
    for name in ["key", "cert", "revocation", "document", "signed"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
}
