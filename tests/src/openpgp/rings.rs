// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keyrings that the distribution has packages of, for a guest, in its folder
//! `/rings`, with what GnuPG says of their keys on the day that the ring was made.
//!
//! | file | contents |
//! | --- | --- |
//! | `list` | a line for each ring: name, time in seconds since 1970, least share |
//! | `NAME` | the ring |
//! | `NAME.keys` | a line for each key: its fingerprint, that of its primary key |
//! | `NAME.live` | the primary keys that are valid and able to sign, by GnuPG |
//! | `NAME.refused` | those of them that the driver refuses: fingerprint, reason |

use super::gpg::{self, Gpg};
use crate::setup::{self, Program};
use crate::{cache, kernel, keyctl};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use umd_vm::Arch;
use umd_vm::apt::Apt;

/// The program that says what there is in a ring.
pub const PROGRAMS: [Program; 1] = [gpg::PROGRAMS[0]];

const PACKAGES: [&str; 3] = [
    "debian-keyring",
    "archlinux-keyring",
    "debian-archive-keyring",
];

/// A ring.
struct Ring {
    /// Name of its file, below `usr/share/keyrings`.
    file: &'static str,
    /// How many of a hundred living keys the driver takes at least.
    least: u32,
    /// The living keys that it refuses, and why.
    refused: &'static [(&'static str, &'static str)],
}

const ALGORITHM: &str = "algorithm or curve not accepted";

/// Where the driver differs from GnuPG: all but two by their algorithm.
const RINGS: [Ring; 5] = [
    Ring {
        file: "debian-keyring.gpg",
        least: 97,
        refused: &[
            // Section 5.2.3.10: the primary user id, marked so, has the older expiry.
            // GnuPG takes that of the newest self-signature of any user id.
            ("16AD29CF574AD0206F9961E02CF0F17C43474B6F", "has expired"),
            ("8A7F208C6D9E73291657414D2135D123D8C19BEC", "has expired"),
            (
                "4E469519ED677734268FBD958F7BF8FC4A11C97A",
                "RSA with more than 8192 bits",
            ),
            // RIPEMD-160, which section 9.5 lets nobody make signatures with.
            (
                "A36878F464108681600CB64844173FA13D058888",
                "bound by a hash that is not accepted",
            ),
            // DSA
            ("BAF6C64436107850D4227106B3255C6D55878D8C", ALGORITHM),
        ],
    },
    Ring {
        file: "debian-maintainers.gpg",
        least: 97,
        // DSA
        refused: &[("46A62D7D44A26FBE10D7EEE73139368039A11092", ALGORITHM)],
    },
    Ring {
        file: "debian-nonupload.gpg",
        least: 97,
        refused: &[],
    },
    Ring {
        file: "archlinux.gpg",
        least: 94,
        // DSA
        refused: &[
            ("2C118C620F02DB9AC1D0F9FA94DD2393DA2EE423", ALGORITHM),
            ("355BDB97ED4724E6B3A450E7A3D9562A589874AB", ALGORITHM),
            ("39F880E50E49A4D11341E8F939E4F17F295AFBF4", ALGORITHM),
            ("4D913AECD81726D9A6C74F0ADA6426DD215B37AD", ALGORITHM),
            ("5E7585ADFF106BFFBBA319DC654B877A0864983E", ALGORITHM),
            ("A5CA9D5515DC2CA73DF748CA5C2E46A0F53A76ED", ALGORITHM),
            ("C521846436D75A3294795B27B4360204B250F0D3", ALGORITHM),
            ("D4DE5ABDE2A7287644EAC7E36D1A9E70E19DAA50", ALGORITHM),
        ],
    },
    Ring {
        file: "debian-archive-keyring.gpg",
        least: 100,
        refused: &[],
    },
];

/// Makes all files in `folder`. Returns paths in the guest and files, with `keyctl`.
///
/// # Errors
///
/// GnuPG fails, or the packages cannot be downloaded.
pub fn files(folder: &Path, arch: &Arch) -> Result<Vec<(String, PathBuf)>> {
    setup::install(&PROGRAMS)?;
    let gpg = Gpg::new()?;
    let rings = packages()?.join("usr/share/keyrings");
    let mut list = String::new();
    for ring in RINGS {
        let from = rings.join(ring.file);
        // What the package says, on whatever day the test runs.
        let made = fs::metadata(&from)
            .with_context(|| format!("no ring {}", ring.file))?
            .modified()?
            .duration_since(UNIX_EPOCH)?
            .as_secs();
        writeln!(list, "{} {made} {}", ring.file, ring.least)?;
        fs::copy(&from, folder.join(ring.file))?;
        describe(&gpg, &ring, made, &from, folder)?;
    }
    fs::write(folder.join("list"), list)?;
    let mut files = keyctl::files(arch)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((format!("rings/{name}"), entry.path()));
    }
    Ok(files)
}

/// Writes what is known of a ring at a time.
fn describe(gpg: &Gpg, ring: &Ring, time: u64, from: &Path, folder: &Path) -> Result<()> {
    let (mut keys, mut live, mut primary) = (String::new(), String::new(), String::new());
    for key in gpg.list_at(from, time)? {
        if key.is_primary {
            primary.clone_from(&key.fingerprint);
            // A capital is a use that some key of the certificate has at that time.
            if key.validity == "-" && key.capabilities.contains('S') {
                writeln!(live, "{primary}")?;
            }
        }
        writeln!(keys, "{} {primary}", key.fingerprint)?;
    }
    let mut refused = String::new();
    for (fingerprint, reason) in ring.refused {
        writeln!(refused, "{fingerprint} {reason}")?;
    }
    let texts = [("keys", keys), ("live", live), ("refused", refused)];
    for (what, text) in texts {
        fs::write(folder.join(format!("{}.{what}", ring.file)), text)?;
    }
    Ok(())
}

/// Returns the folder of the packages, and downloads missing ones.
fn packages() -> Result<PathBuf> {
    let cache = cache::open()?;
    if let Some(root) = cache.current("rings") {
        return Ok(root);
    }
    let apt = Apt::update(&cache, kernel::suites_of(None))?;
    let packages = PACKAGES.map(|name| apt.newest(name));
    let packages = packages.into_iter().collect::<Result<Vec<_>, _>>()?;
    let versions: Vec<String> = packages.iter().map(|one| one.folder_name()).collect();
    Ok(cache.publish("rings", &versions.join("+"), |root, _| {
        apt.unpack(&packages, "keyrings", root)
    })?)
}
