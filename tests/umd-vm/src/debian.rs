// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debian's kernels by short names, and all that a guest with one of them needs.

use crate::cache::Cache;
use crate::error::bail;
use crate::kernel::{self, Kernel, Parts, Platform, Series, Update};
use crate::programs::{self, Program, QEMU, SETARCH, SETPRIV};
use crate::{Result, os_release};
use std::path::{Path, PathBuf};

const BOOKWORM: &[&str] = &["bookworm", "bookworm-security"];
const TRIXIE: &[&str] = &["trixie", "trixie-security"];
/// Libraries for the backports' tools are in trixie, if sid cannot be had.
const NEWEST: &[&str] = &["trixie", "trixie-backports", "sid"];

/// The kernels of Debian's packages.
pub const SERIES: [Series<'static>; 10] = [
    series("6.1", BOOKWORM, None),
    series("6.12", TRIXIE, None),
    series("latest", NEWEST, None),
    // The kernel after the latest: to see whether the modules build for it. If
    // experimental has none, it is the latest.
    Series {
        name: "next",
        suites: &["trixie", "trixie-backports", "sid", "experimental"],
        parts: Parts::Headers,
        flavour: None,
    },
    series("6.1-rt", BOOKWORM, Some("rt")),
    series("6.12-rt", TRIXIE, Some("rt")),
    series("latest-rt", NEWEST, Some("rt")),
    series("6.1-cloud", BOOKWORM, Some("cloud")),
    series("6.12-cloud", TRIXIE, Some("cloud")),
    series("latest-cloud", NEWEST, Some("cloud")),
];

const fn series(
    name: &'static str,
    suites: &'static [&'static str],
    flavour: Option<&'static str>,
) -> Series<'static> {
    Series {
        name,
        suites,
        parts: Parts::All,
        flavour,
    }
}

/// The programs that build modules and boot guests, whatever the kernel is.
const PROGRAMS: [Program; 5] = [
    ("make", "make"),
    ("gcc", "gcc"),
    SETARCH,
    SETPRIV,
    ("dpkg-deb", "dpkg"),
];

/// The parts of a guest, apart from the caller's modules and files.
#[derive(Debug)]
pub struct Ready {
    /// The kernel.
    pub kernel: Kernel,
    /// A static busybox.
    pub busybox: PathBuf,
}

/// The kernel that the machine's own distribution release ships.
#[must_use]
pub fn default_name() -> &'static str {
    match os_release("VERSION_ID").as_deref() {
        Some("12") => "6.1",
        Some("13") => "6.12",
        _ => "latest",
    }
}

/// The suites that a kernel of Debian's packages is in; none: those of the
/// machine's own distribution release.
#[must_use]
pub fn suites_of(name: Option<&str>) -> &'static [&'static str] {
    let name = name.unwrap_or_else(|| default_name());
    SERIES
        .iter()
        .find(|series| series.name == name)
        .map_or(SERIES[0].suites, |series| series.suites)
}

/// The kernel of that name, which is downloaded if the cache lacks it, or the one of a
/// prepared build folder, where the name is a path. None: no such name.
///
/// # Errors
///
/// The kernel cannot be downloaded, or the folder is no build folder.
pub fn find(cache: &Cache, name: &str, update: Update) -> Result<Option<Kernel>> {
    if let Some(series) = SERIES.iter().find(|series| series.name == name) {
        return series.get(cache, update).map(Some);
    }
    if name.contains('/') || Path::new(name).is_dir() {
        return kernel::prepared(Path::new(name)).map(Some);
    }
    Ok(None)
}

/// A message for a kernel that is none of `names`.
#[must_use]
pub fn unknown<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    format!(
        "no kernel '{name}': use {}, or the path of a prepared kernel build folder",
        names.collect::<Vec<_>>().join(", ")
    )
}

/// The machine that the kernel of that name runs on, as [`find`] would find it; nothing
/// is downloaded. None: no such name.
///
/// # Errors
///
/// A folder is no build folder.
pub fn platform(name: &str) -> Result<Option<Platform>> {
    if SERIES.iter().any(|series| series.name == name) {
        return Ok(Some(Platform::Qemu));
    }
    if name.contains('/') || Path::new(name).is_dir() {
        return Ok(Some(kernel::prepared(Path::new(name))?.platform));
    }
    Ok(None)
}

/// Installs and downloads what a guest with the kernel `name` needs (none:
/// [`default_name`]); quick when nothing is missing.
///
/// # Errors
///
/// There is no such kernel, or a part cannot be had; the message says what to do.
pub fn ensure(cache: &Cache, name: Option<&str>, update: Update) -> Result<Ready> {
    let name = name.unwrap_or_else(|| default_name());
    let unknown = || unknown(name, SERIES.iter().map(|series| series.name));
    let Some(platform) = platform(name)? else {
        bail!("{}", unknown());
    };
    ensure_with(cache, update, platform, &[], || {
        match find(cache, name, update)? {
            Some(kernel) => Ok(kernel),
            None => bail!("{}", unknown()),
        }
    })
}

/// The programs that [`ensure`] installs if they are missing.
#[must_use]
pub fn needed_programs(platform: Platform) -> Vec<Program> {
    let mut needed = PROGRAMS.to_vec();
    if platform == Platform::Qemu {
        needed.push(QEMU);
    }
    needed
}

/// As [`ensure`], with the kernel that `get` returns, and with `more` programs, which
/// the caller needs then or later. What no download and no build can help is refused
/// before the first of them.
///
/// # Errors
///
/// As [`ensure`], and of `get`.
pub fn ensure_with<E: From<crate::Error>>(
    cache: &Cache,
    update: Update,
    platform: Platform,
    more: &[Program],
    get: impl FnOnce() -> Result<Kernel, E>,
) -> Result<Ready, E> {
    cache.ensure_without_space()?;
    let mut needed = needed_programs(platform);
    needed.extend(more);
    programs::install(cache, &needed)?;
    Ok(Ready {
        kernel: get()?,
        busybox: kernel::busybox(cache, suites_of(None), update)?,
    })
}
