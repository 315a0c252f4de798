// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and signatures for a guest, in its folder `/pgp`. All but the
//! distribution's are made for this run, most of them by GnuPG.
//!
//! `NAME` is a certificate, and `NAME.fpr` the fingerprint, as GnuPG lists it,
//! of the key that the driver is to take from it.

mod numbers;
mod texts;

use super::cases;
use super::gpg::{self, Gpg};
use super::maker::{Kind, Pair, RSA2048, Use};
use super::packet::split;
use crate::bytes::flipped;
use crate::kernel::{self, Kernel};
use crate::setup::{self, Program};
use crate::{cache, command, keyctl, repo};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use umd_vm::Arch;
use umd_vm::apt::Apt;

/// Keys that sign themselves and documents.
const PLAIN: [&str; 7] = [
    "rsa2048", "rsa3072", "rsa4096", "nistp256", "nistp384", "nistp521", "ed25519",
];

const ARCHIVE: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The programs that make the files.
pub const PROGRAMS: [Program; 4] = [
    ("openssl", "openssl"),
    (ARCHIVE, "debian-archive-keyring"),
    gpg::PROGRAMS[0],
    gpg::PROGRAMS[1],
];

/// The document that is signed.
pub(super) const DOCUMENT: &[u8] = b"A document\n- with a dash\nand spaces at an end  \n";

/// Makes all files in `folder`. Returns paths in the guest and files, with
/// `keyctl` and the libraries that it needs.
///
/// # Errors
///
/// A program is missing or fails, or the distribution's files cannot be
/// downloaded.
pub fn files(folder: &Path, arch: &Arch) -> Result<Vec<(String, PathBuf)>> {
    setup::install(&PROGRAMS)?;
    let made = Made {
        gpg: Gpg::new()?,
        folder,
    };
    made.plain_keys()?;
    made.subkeys()?;
    made.unusable_keys()?;
    made.signatures()?;
    made.flipped_signatures()?;
    made.version_6()?;
    made.stolen_subkeys()?;
    made.others()?;
    made.distribution()?;
    made.numbers()?;
    made.salted()?;
    made.texts()?;
    made.rfc()?;
    made.cases()?;
    let mut files = keyctl::files(arch)?;
    files.push((
        "bin/umd-pgp".to_owned(),
        repo::root().join("loader-c/bin/umd-pgp"),
    ));
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((format!("pgp/{name}"), entry.path()));
    }
    Ok(files)
}

/// Returns the module of SHA-512, if the kernel has it as a module.
#[must_use]
pub fn modules(kernel: &Kernel) -> Option<PathBuf> {
    kernel.module("sha512_generic")
}

struct Made<'a> {
    gpg: Gpg,
    folder: &'a Path,
}

/// Returns the user id of a key's owner.
fn user_id(name: &str) -> String {
    format!("Test {name} <{name}@example.org>")
}

/// Returns the range of a version 4 signature's packet that nothing proves: the
/// subpackets that are not hashed, and their length.
fn unproved(packet: &[u8]) -> Result<Range<usize>> {
    let (_, body) = split(packet)?.pop().context("no signature")?;
    let behind_count = |at: usize| {
        let count = u16::from_be_bytes([packet[at], packet[at + 1]]);
        at + 2 + usize::from(count)
    };
    let start = behind_count(body.start + 4);
    Ok(start..behind_count(start))
}

impl Made<'_> {
    /// Writes `twin`; `link.NAME`; `case.NAME` and `case.NAME.sig` for each case, and `cases.list`: the name,
    /// and what add_key(), an import and a verification of `document` must say.
    fn cases(&self) -> Result<()> {
        let mut list = String::new();
        for case in cases::all()? {
            let name = format!("case.{}", case.name);
            self.write(&name, &case.ring)?;
            self.write(&format!("{name}.sig"), &case.signatures)?;
            writeln!(
                list,
                "{} {} {} {}",
                case.name, case.adds, case.takes, case.verifies
            )?;
        }
        for (name, bytes) in cases::links::files()? {
            self.write(&format!("link.{name}"), &bytes)?;
        }
        // A key of the same shape as that of "plain".
        let twin = Pair::new(4, RSA2048)?.certificate("Owner", Use::Sign)?;
        self.write("twin", &twin)?;
        self.write("cases.list", list.as_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        fs::write(self.folder.join(name), bytes).with_context(|| name.to_owned())
    }

    /// Makes a key for the owner `name`, and returns its fingerprint.
    fn key(&self, options: &[&str], name: &str, algorithm: &str, usage: &str) -> Result<String> {
        let user_id = user_id(name);
        let arguments = ["--quick-gen-key", &user_id, algorithm, usage];
        self.gpg.run(&[options, &arguments].concat(), b"")?;
        let listed = self.gpg.list(None)?;
        let made = listed.iter().find(|key| key.user_ids.contains(&user_id));
        Ok(made.context("GnuPG has made no key")?.fingerprint.clone())
    }

    fn export(&self, name: &str, fingerprint: &str) -> Result<Vec<u8>> {
        let bytes = self.gpg.run(&["--export", fingerprint], b"")?;
        self.write(name, &bytes)?;
        Ok(bytes)
    }

    fn plain_keys(&self) -> Result<()> {
        let mut ring = String::new();
        for name in PLAIN {
            let fingerprint = self.key(&[], name, name, "sign,cert")?;
            let bytes = self.export(name, &fingerprint)?;
            self.write(&format!("{name}.fpr"), fingerprint.as_bytes())?;
            self.write(&format!("{name}.flipped"), &flipped(&bytes))?;
            writeln!(ring, "{fingerprint} {name}")?;
        }
        self.write("ring.list", ring.as_bytes())
    }

    /// Makes a primary key that only certifies, with three subkeys, then a ring
    /// of all keys so far.
    fn subkeys(&self) -> Result<()> {
        let primary = self.key(&[], "subkeys", "rsa3072", "cert")?;
        let add = |algorithm, usage| {
            let arguments = ["--quick-add-key", &primary, algorithm, usage];
            self.gpg.run(&arguments, b"").map(drop)
        };
        add("rsa2048", "encr")?;
        add("rsa2048", "sign")?;
        add("nistp256/ecdsa", "sign")?;
        self.export("subkeys", &primary)?;
        let listed = self.gpg.list(None)?;
        let signs = |key: &&super::Listed| {
            !key.is_primary && key.capabilities == "s" && key.user_ids == [user_id("subkeys")]
        };
        let signing: Vec<_> = listed.iter().filter(signs).collect();
        let first = signing.first().context("no subkey that signs")?;
        self.write("subkeys.fpr", first.fingerprint.as_bytes())?;
        let list = fs::read_to_string(self.folder.join("ring.list"))?;
        let list = signing.iter().fold(list, |list, key| {
            let kind = if key.algorithm == 19 {
                "nistp256"
            } else {
                "rsa2048"
            };
            format!("{list}{} {kind}\n", key.fingerprint)
        });
        self.write("ring.list", list.as_bytes())?;
        self.write("ring", &self.gpg.run(&["--export"], b"")?)?;
        self.write("ring.asc", &self.gpg.run(&["--armor", "--export"], b"")?)
    }

    fn unusable_keys(&self) -> Result<()> {
        let revoked = self.key(&[], "revoked", "rsa2048", "sign")?;
        self.export("unrevoked", &revoked)?;
        self.write("unrevoked.fpr", revoked.as_bytes())?;
        let path = format!("openpgp-revocs.d/{revoked}.rev");
        let text = fs::read_to_string(self.gpg.home().join(path))?;
        // The colon keeps the revocation from being used by mistake.
        let (_, text) = text.split_once(":-----").context("no revocation")?;
        let text = format!("-----{text}");
        self.gpg.run(&["--import"], text.as_bytes())?;
        self.export("revoked", &revoked)?;

        let faked = ["--faked-system-time", "20200101T000000!"];
        let user_id = user_id("expired");
        let arguments = ["--quick-gen-key", &user_id, "rsa2048", "sign", "1d"];
        self.gpg.run(&[&faked[..], &arguments].concat(), b"")?;
        self.export("expired", &user_id)?;

        let sha1 = ["--cert-digest-algo", "SHA1"];
        let weak = self.key(&sha1, "sha1", "rsa2048", "sign")?;
        self.export("sha1", &weak)?;
        let short = self.key(&[], "rsa1024", "rsa1024", "sign")?;
        self.export("rsa1024", &short)?;
        // GnuPG makes no signatures whose hash is too short for the curve.
        let short = Pair::new(4, Kind::P384)?;
        self.write("short_hash", &short.certificate("Test", Use::Sign)?)
    }

    fn sign(&self, name: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        let signature = self.gpg.run(arguments, DOCUMENT)?;
        self.write(name, &signature)?;
        Ok(signature)
    }

    /// The fingerprint of a key of GnuPG's.
    fn fingerprint(&self, name: &str) -> Result<String> {
        Ok(fs::read_to_string(self.folder.join(format!("{name}.fpr")))?)
    }

    fn signatures(&self) -> Result<()> {
        self.write("document", DOCUMENT)?;
        self.write("document.flipped", &flipped(DOCUMENT))?;
        for name in PLAIN {
            let by = user_id(name);
            let signature = self.sign(&format!("{name}.sig"), &["-u", &by, "--detach-sign"])?;
            self.write(&format!("{name}.sig.flipped"), &flipped(&signature))?;
        }
        let [rsa, other, subkey] =
            ["rsa2048", "rsa3072", "subkeys"].map(|key| self.fingerprint(key));
        let [rsa, other, subkey] = [rsa?, other?, subkey?];
        let subkey = format!("{subkey}!");
        self.sign("subkeys.sig", &["-u", &subkey, "--detach-sign"])?;
        self.sign("two.sig", &["-u", &rsa, "-u", &other, "--detach-sign"])?;
        self.sign("armored.sig", &["-u", &rsa, "--armor", "--detach-sign"])?;
        self.sign(
            "sha1.sig",
            &["-u", &rsa, "--digest-algo", "SHA1", "--detach-sign"],
        )?;
        Ok(())
    }

    /// Writes `flip.N`, a signature with one bit of byte N flipped, for every
    /// byte. `flips.list` names all but the bytes that nothing proves.
    fn flipped_signatures(&self) -> Result<()> {
        let signature = fs::read(self.folder.join("rsa2048.sig"))?;
        let unproved = unproved(&signature)?;
        let mut list = String::new();
        for at in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[at] ^= 1 << (at % 8);
            self.write(&format!("flip.{at}"), &flipped)?;
            if !unproved.contains(&at) {
                writeln!(list, "{at}")?;
            }
        }
        self.write("flips.list", list.as_bytes())
    }

    /// Writes keys and signatures of version 6, which GnuPG does not make.
    fn version_6(&self) -> Result<()> {
        for (name, kind) in [("v6rsa", RSA2048), ("v6p256", Kind::P256)] {
            let pair = Pair::new(6, kind)?;
            let certificate = pair.certificate(&user_id(name), Use::Sign)?;
            let signature = pair.sign_document(DOCUMENT)?;
            self.write(name, &certificate)?;
            self.write(&format!("{name}.fpr"), pair.fingerprint().as_bytes())?;
            let stripped = pair.stripped(&user_id(name))?;
            self.write(&format!("{name}.stripped"), &stripped)?;
            self.write(&format!("{name}.sig"), &signature)?;
            self.write(&format!("{name}.sig.flipped"), &flipped(&signature))?;
        }
        Ok(())
    }

    /// Writes certificates in which a thief has added the owner's subkey, so
    /// that what the owner has signed passes for the thief's.
    fn stolen_subkeys(&self) -> Result<()> {
        for version in [4, 6] {
            let name = |what: &str| format!("{what}{version}");
            let [owner, thief, subkey] = [(); 3].map(|()| Pair::new(version, RSA2048));
            let [owner, thief, subkey] = [owner?, thief?, subkey?];
            let certificate = thief.certificate(&user_id(&name("thief")), Use::Certify)?;
            let taken = |back: Option<&[u8]>| -> Result<Vec<u8>> {
                Ok([certificate.clone(), thief.bind(&subkey, back)?].concat())
            };
            // The subkey has signed the owner's primary key; or the thief has
            // forged that signature; or the signature is missing.
            self.write(&name("stolen"), &taken(Some(&subkey.belong_to(&owner)?))?)?;
            self.write(&name("forged"), &taken(Some(&thief.belong_to(&thief)?))?)?;
            self.write(&name("bare"), &taken(None)?)?;

            let certificate = owner.certificate(&user_id(&name("owner")), Use::Certify)?;
            let back = subkey.belong_to(&owner)?;
            let bound = owner.bind(&subkey, Some(&back))?;
            self.write(&name("owner"), &[certificate, bound].concat())?;
            self.write(
                &format!("{}.fpr", name("owner")),
                subkey.fingerprint().as_bytes(),
            )?;
        }
        Ok(())
    }

    /// Writes a certificate for the kernel's own parser, and a text for no
    /// parser.
    fn others(&self) -> Result<()> {
        let mut openssl = Command::new("openssl");
        openssl
            .args(["req", "-x509", "-newkey", "rsa:2048", "-noenc"])
            .args([
                "-keyout",
                "/dev/null",
                "-subj",
                "/CN=X.509",
                "-outform",
                "DER",
            ])
            .arg("-out")
            .arg(self.folder.join("x509"));
        command::output(&mut openssl)?;
        self.write("text", b"This is no key.\n")
    }

    /// Copies the distribution's keys, and a file that they have signed.
    fn distribution(&self) -> Result<()> {
        fs::copy(ARCHIVE, self.folder.join("archive"))?;
        let mut list = String::new();
        for key in self.gpg.list(Some(Path::new(ARCHIVE)))? {
            if key.validity == "-" && key.capabilities.contains('s') {
                writeln!(list, "{}", key.fingerprint)?;
            }
        }
        self.write("archive.list", list.as_bytes())?;
        let release = Apt::release(&cache::open()?, kernel::default_suite())?;
        for name in ["Release", "Release.gpg"] {
            fs::copy(release.join(name), self.folder.join(name))?;
        }
        let mut bytes = fs::read(self.folder.join("Release"))?;
        bytes[100] ^= 1;
        self.write("Release.flipped", &bytes)
    }
}
