// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels to build for and to boot: `--kernel K`.

pub use umd_vm::kernel::{Kernel, Platform, Update};

use crate::{cache, repo};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use umd_vm::kernel::{self, Parts, Recipe, Series};

const BOOKWORM: &[&str] = &["bookworm", "bookworm-security"];
const TRIXIE: &[&str] = &["trixie", "trixie-security"];
/// Libraries for the backports' tools are in trixie, if sid cannot be had.
const NEWEST: &[&str] = &["trixie", "trixie-backports", "sid"];

const SERIES: [Series<'static>; 10] = [
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

/// A kernel that is built from Debian's source packages.
struct Own {
    /// The name for `--kernel`.
    name: &'static str,
    /// The kernel whose suites have the source; none: that of the machine.
    series: Option<&'static str>,
    /// Kbuild's `ARCH`.
    architecture: &'static str,
    /// Files in `tests/kernel-config/`, without the extension.
    options: &'static [&'static str],
    /// The targets and variables of make.
    targets: &'static [&'static str],
    /// The files to keep: the image, and all that the build of a module reads.
    kept: &'static [&'static [&'static str]],
}

const OWN: [Own; 4] = [
    Own {
        name: "debug",
        series: None,
        architecture: "x86",
        options: &[
            "guest",
            "x86",
            "x86-checkers",
            "checkers",
            "slub",
            "debug-info",
        ],
        targets: &["bzImage", "modules"],
        // For gdb.
        kept: &[&X86_KEPT, &["vmlinux"]],
    },
    Own {
        name: "kcsan",
        series: None,
        architecture: "x86",
        options: &["guest", "x86", "x86-checkers", "kcsan"],
        // Only modules are watched, where it is not given: the kernel's own
        // races are not ours. Accesses by others to what a module reads or
        // writes are noticed by the value that changes.
        targets: &["KCSAN_SANITIZE=n", "bzImage", "modules"],
        kept: &[&X86_KEPT],
    },
    Own {
        name: "bench",
        // Counts are comparable only on the same kernel.
        series: Some("6.1"),
        architecture: "x86",
        options: &["guest", "x86", "bench"],
        targets: &["bzImage", "modules"],
        kept: &[&X86_KEPT],
    },
    Own {
        name: "uml",
        // Older versions walk a new process's memory map without its lock, and
        // lockdep reports that.
        series: Some("6.12"),
        architecture: "um",
        options: &["guest", "um", "checkers"],
        targets: &["linux", "modules"],
        kept: &[&[
            ".config",
            "Makefile",
            "Module.symvers",
            "include",
            "scripts",
            "arch/um/Makefile",
            "arch/um/Makefile-skas",
            "arch/um/Makefile-os-Linux",
            "arch/um/include",
            "arch/x86/Makefile.um",
            "arch/x86/include",
            "arch/x86/um",
            "linux",
        ]],
    },
];

const X86_KEPT: [&str; 9] = [
    ".config",
    "Makefile",
    "Module.symvers",
    "include",
    "scripts",
    "tools/objtool/objtool",
    "arch/x86/Makefile",
    "arch/x86/include",
    "arch/x86/boot/bzImage",
];

/// The kernel that the machine's own distribution release ships.
#[must_use]
pub fn default_name() -> &'static str {
    match umd_vm::os_release("VERSION_ID").as_deref() {
        Some("12") => "6.1",
        Some("13") => "6.12",
        _ => "latest",
    }
}

/// The suite of the machine's own distribution release.
#[must_use]
pub fn default_suite() -> &'static str {
    suites_of(None)[0]
}

/// The suites that a kernel of Debian's packages is in; none: those of the
/// machine's own distribution release.
pub(crate) fn suites_of(name: Option<&str>) -> &'static [&'static str] {
    let name = name.unwrap_or_else(|| default_name());
    SERIES
        .iter()
        .find(|series| series.name == name)
        .map_or(SERIES[0].suites, |series| series.suites)
}

/// Finds the kernel `name` (none: [`default_name`]). A missing kernel is downloaded or
/// built.
///
/// # Errors
///
/// There is no such kernel, or it cannot be downloaded or built.
pub fn get(name: Option<&str>, update: Update) -> Result<Kernel> {
    let name = name.unwrap_or_else(|| default_name());
    if let Some(series) = SERIES.iter().find(|series| series.name == name) {
        return Ok(series.get(&cache::open()?, update)?);
    }
    if let Some(own) = OWN.iter().find(|own| own.name == name) {
        return own.get(update);
    }
    if name.contains('/') || Path::new(name).is_dir() {
        return Ok(kernel::prepared(Path::new(name))?);
    }
    bail!(
        "no kernel '{name}': use {}, or the path of a prepared kernel build folder",
        names().collect::<Vec<_>>().join(", ")
    );
}

/// The ordinary kernel of the same version: `6.12` of `6.12-rt`. Another kernel is its
/// own.
#[must_use]
pub fn without_flavour(name: &str) -> &str {
    let series = SERIES.iter().find(|series| series.name == name);
    series
        .and_then(|series| name.strip_suffix(series.flavour?)?.strip_suffix('-'))
        .unwrap_or(name)
}

/// Whether the kernel is one that is built from Debian's source packages.
#[must_use]
pub fn is_built(name: &str) -> bool {
    OWN.iter().any(|own| own.name == name)
}

/// The kernels that [`get`] knows by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    let packaged = SERIES.iter().map(|series| series.name);
    packaged.chain(OWN.iter().map(|own| own.name))
}

/// Finds busybox for the guests. A missing one is downloaded.
///
/// # Errors
///
/// The package cannot be downloaded.
pub fn busybox(update: Update) -> Result<PathBuf> {
    let cache = cache::open()?;
    Ok(kernel::busybox(&cache, suites_of(None), update)?)
}

impl Own {
    fn get(&self, update: Update) -> Result<Kernel> {
        let recipe = Recipe {
            name: self.name,
            suites: suites_of(self.series),
            architecture: self.architecture,
            options: &self.options()?,
            targets: self.targets,
            kept: &self.kept.concat(),
        };
        Ok(recipe.get(&cache::open()?, update)?)
    }

    /// All options of the kernel, in one text.
    fn options(&self) -> Result<String> {
        let folder = repo::root().join("tests/kernel-config");
        let mut text = format!("CONFIG_LOCALVERSION=\"-umd-{}\"\n", self.name);
        for name in self.options {
            let file = folder.join(format!("{name}.config"));
            let options = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            text.push_str(&options);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_tells_the_known_ones() {
        let error = get(Some("5.10"), Update::Missing).err();
        let message = error.map_or_else(String::new, |error| format!("{error:#}"));
        assert!(message.contains("use 6.1, 6.12, latest, next, 6.1-rt, "));
    }

    #[test]
    fn a_flavour_belongs_to_an_ordinary_kernel() {
        for (name, ordinary) in [
            ("6.12-rt", "6.12"),
            ("latest-cloud", "latest"),
            ("6.1", "6.1"),
            ("debug", "debug"),
            ("own-rt", "own-rt"),
        ] {
            assert_eq!(without_flavour(name), ordinary);
        }
        assert!(names().all(|name| names().any(|known| known == without_flavour(name))));
    }

    #[test]
    fn every_kernel_has_its_options() {
        for own in &OWN {
            assert!(
                own.options()
                    .is_ok_and(|text| text.contains("CONFIG_MODULES=y"))
            );
        }
    }
}
