// SPDX-License-Identifier: MIT OR Apache-2.0

//! Debian's kernels by short names, and all that a guest with one of them needs.

use crate::cache::Cache;
use crate::error::bail;
use crate::kernel::{self, Kernel, Parts, Platform, Series, Update};
use crate::programs::{self, Program, SETARCH, SETPRIV};
use crate::{ARCHS, Arch, Result, os_release};
use std::path::{Path, PathBuf};

const BOOKWORM: &[&str] = &["bookworm", "bookworm-security"];
const TRIXIE: &[&str] = &["trixie", "trixie-security"];
/// Libraries for the backports' tools are in trixie, if sid cannot be had.
const NEWEST: &[&str] = &["trixie", "trixie-backports", "sid"];

const ALL: &[&str] = &["x86_64", "aarch64", "riscv64"];
/// Debian 12 had no port to riscv64, and none later has flavours there.
const OLDER: &[&str] = &["x86_64", "aarch64"];

/// The kernels of Debian's packages.
pub const SERIES: [Series<'static>; 12] = [
    series("6.1", BOOKWORM, None, OLDER),
    series("6.12", TRIXIE, None, ALL),
    series("latest", NEWEST, None, ALL),
    // The kernel after the latest: to see whether the modules build for it. If
    // experimental has none, it is the latest.
    Series {
        parts: Parts::Headers,
        ..series(
            "next",
            &["trixie", "trixie-backports", "sid", "experimental"],
            None,
            ALL,
        )
    },
    series("6.1-rt", BOOKWORM, Some("rt"), OLDER),
    series("6.12-rt", TRIXIE, Some("rt"), OLDER),
    series("latest-rt", NEWEST, Some("rt"), OLDER),
    series("6.1-cloud", BOOKWORM, Some("cloud"), OLDER),
    series("6.12-cloud", TRIXIE, Some("cloud"), OLDER),
    series("latest-cloud", NEWEST, Some("cloud"), OLDER),
    series("6.12-16k", TRIXIE, Some("16k"), &["aarch64"]),
    series("latest-16k", NEWEST, Some("16k"), &["aarch64"]),
];

const fn series(
    name: &'static str,
    suites: &'static [&'static str],
    flavour: Option<&'static str>,
    archs: &'static [&'static str],
) -> Series<'static> {
    Series {
        name,
        suites,
        parts: Parts::All,
        flavour,
        archs,
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

/// The full name of the kernel `name` (none: [`default_name`], or the first that Debian
/// has) for a kind of processor (none: the one in the name, or this machine's):
/// `6.12-arm64`. None for the default kernel of this machine's kind.
///
/// # Errors
///
/// The name, or the build folder of that name, is another kind's.
pub fn name_on(name: Option<&str>, arch: Option<&Arch>) -> Result<Option<String>> {
    let own = name.map(str::to_owned);
    let Some(arch) = arch else {
        return Ok(own);
    };
    let Some(name) = name else {
        return Ok(arch
            .is_foreign()
            .then(|| arch.add_to_name(default_on(arch))));
    };
    let kind = match split(name) {
        _ if is_folder(name) => kernel::prepared(Path::new(name))?.arch(),
        (without, _) if without == name => return Ok(Some(arch.add_to_name(name))),
        (_, kind) => kind,
    };
    if kind != arch {
        bail!(
            "the kernel {name} is for {}, not for {}",
            kind.name,
            arch.name
        );
    }
    Ok(own)
}

/// [`default_name`], or the first kernel that Debian has for a kind of processor.
fn default_on(arch: &Arch) -> &'static str {
    let mut all = SERIES.iter().filter(|series| series.is_for(arch));
    let first = all.clone().next().map_or("latest", |series| series.name);
    let own = all.find(|series| series.name == default_name());
    own.map_or(first, |series| series.name)
}

/// A kernel's name without its kind of processor, and that kind: this machine's where the
/// name has none.
#[must_use]
pub fn split(name: &str) -> (&str, &'static Arch) {
    for arch in ARCHS {
        if let Some(name) = name.strip_suffix(arch.debian)
            && let Some(name) = name.strip_suffix('-')
        {
            return (name, arch);
        }
    }
    (name, Arch::host())
}

/// The kernel of Debian's packages with that name, and the kind of processor.
#[must_use]
pub fn series_of(name: &str) -> Option<(&'static Series<'static>, &'static Arch)> {
    let (name, arch) = split(name);
    let mut all = SERIES.iter();
    let series = all.find(|series| series.name == name && series.is_for(arch))?;
    Some((series, arch))
}

/// The suites that a kernel of Debian's packages is in; none: those of the
/// machine's own distribution release.
#[must_use]
pub fn suites_of(name: Option<&str>) -> &'static [&'static str] {
    let series = series_of(name.unwrap_or_else(|| default_name()));
    series.map_or(SERIES[0].suites, |(series, _)| series.suites)
}

fn is_folder(name: &str) -> bool {
    name.contains('/') || Path::new(name).is_dir()
}

/// The kernel of that name, which is downloaded if the cache lacks it, or the one of a
/// prepared build folder, where the name is a path. None: no such name.
///
/// # Errors
///
/// The kernel cannot be downloaded, or the folder is no build folder.
pub fn find(cache: &Cache, name: &str, update: Update) -> Result<Option<Kernel>> {
    if let Some((series, arch)) = series_of(name) {
        return series.get(cache, arch, update).map(Some);
    }
    if is_folder(name) {
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

/// The names of all kernels of Debian's packages for a kind of processor, without that
/// kind.
pub fn names(arch: &'static Arch) -> impl Iterator<Item = &'static str> {
    let all = SERIES.iter().filter(move |series| series.is_for(arch));
    all.map(|series| series.name)
}

/// The machine that the kernel of that name runs on, as [`find`] would find it; nothing
/// is downloaded. None: no such name.
///
/// # Errors
///
/// A folder is no build folder.
pub fn platform(name: &str) -> Result<Option<Platform>> {
    if let Some((_, arch)) = series_of(name) {
        return Ok(Some(Platform::Qemu(arch)));
    }
    if is_folder(name) {
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
    let platform = known_platform(name)?;
    let name = name.unwrap_or_else(|| default_name());
    ensure_with(cache, update, platform, &[], || {
        match find(cache, name, update)? {
            Some(kernel) => Ok(kernel),
            None => bail!("{}", unknown_name(name)),
        }
    })
}

/// The machine that the kernel `name` (none: [`default_name`]) runs on; nothing is
/// downloaded.
///
/// # Errors
///
/// There is no such kernel.
pub fn known_platform(name: Option<&str>) -> Result<Platform> {
    let name = name.unwrap_or_else(|| default_name());
    match platform(name)? {
        Some(platform) => Ok(platform),
        None => bail!("{}", unknown_name(name)),
    }
}

fn unknown_name(name: &str) -> String {
    let (own, arch) = split(name);
    unknown(own, names(arch))
}

/// The suites that have the guests' programs: those of this machine's release, which may
/// have no port to another kind of processor.
#[must_use]
pub fn guest_suites(arch: &Arch) -> &'static [&'static str] {
    if arch.is_foreign() {
        TRIXIE
    } else {
        suites_of(None)
    }
}

/// The programs that [`ensure`] installs if they are missing.
#[must_use]
pub fn needed_programs(platform: Platform) -> Vec<Program> {
    let mut needed = PROGRAMS.to_vec();
    if let Platform::Qemu(arch) = platform {
        needed.push(arch.qemu);
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
        busybox: kernel::busybox(
            cache,
            guest_suites(platform.arch()),
            platform.arch(),
            update,
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processor_is_part_of_the_name() -> Result<()> {
        let some = |name: &str| Some(name.to_owned());
        for arch in Arch::foreign() {
            let name = format!("6.12-{}", arch.debian);
            assert_eq!(name_on(Some("6.12"), Some(arch))?, some(&name));
            assert_eq!(name_on(Some(&name), Some(arch))?, some(&name));
            assert_eq!(name_on(Some(&name), None)?, some(&name));
            assert_eq!(split(&name), ("6.12", arch));
            let own = name_on(None, Some(arch))?;
            let own = own.as_deref().and_then(series_of);
            assert_eq!(own.map(|(_, arch)| arch), Some(arch), "has a kernel");
            let error = name_on(Some(&name), Some(Arch::host())).err();
            let error = error.map_or_else(String::new, |error| error.to_string());
            let host = Arch::host().name;
            let refusal = format!("the kernel {name} is for {}, not for {host}", arch.name);
            assert_eq!(error, refusal);
        }
        assert_eq!(name_on(Some("6.12"), Some(Arch::host()))?, some("6.12"));
        assert_eq!(name_on(None, Some(Arch::host()))?, None);
        assert_eq!(name_on(None, None)?, None);
        assert!(name_on(Some("/nonexistent/linux"), Some(Arch::host())).is_err());
        assert_eq!(split("6.12"), ("6.12", Arch::host()));
        assert!(series_of("6.1-riscv64").is_none());
        Ok(())
    }
}
