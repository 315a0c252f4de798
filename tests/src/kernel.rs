// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernels to build for and to boot: `--kernel K`.

pub use umd_vm::kernel::{Kernel, Platform, Update};

use crate::{cache, repo};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;
use umd_vm::cache::Cache;
use umd_vm::debian;
pub use umd_vm::debian::default_name;
pub(crate) use umd_vm::debian::suites_of;
use umd_vm::kernel::{self, Recipe};
use umd_vm::{ARCHS, Arch};

/// A kernel that is built from Debian's source packages.
struct Own {
    /// The name for `--kernel`.
    name: &'static str,
    /// The kernel whose suites have the source; none: that of the machine.
    series: Option<&'static str>,
    /// Kbuild's `ARCH`.
    architecture: &'static str,
    /// Files in `tests/kernel-config/`, without the extension, or [`MODULES`].
    options: &'static [&'static [&'static str]],
    /// The targets and variables of make.
    targets: &'static [&'static str],
    /// The files to keep: the image, and all that the build of a module reads.
    kept: &'static [&'static [&'static str]],
}

/// What the modules need of each kernel: a file that users have, too.
const MODULES: &str = "../../loader-c/umd";

/// A kernel with checkers for the machine that qemu emulates.
const X86_CHECKED: [&str; 4] = ["guest", "x86", "x86-checkers", "qemu-checkers"];

/// The checkers of the kernels `debug`.
const DEBUG: [&str; 5] = ["preempt", "checkers", "kasan", "slub", "debug-info"];

const OWN: [Own; 7] = [
    Own {
        name: "debug",
        series: None,
        architecture: "x86",
        options: &[&X86_CHECKED, &DEBUG],
        targets: &["bzImage", "modules"],
        // For gdb.
        kept: &[&X86_KEPT, &["vmlinux"]],
    },
    Own {
        name: "debug",
        series: None,
        architecture: "arm64",
        options: &[&["guest", "arm64", "qemu-checkers"], &DEBUG],
        targets: &["Image", "modules"],
        kept: &[&ARM64_KEPT, &["vmlinux"]],
    },
    Own {
        name: "debug-rt",
        // Older sources need patches for PREEMPT_RT.
        series: Some("6.12"),
        architecture: "x86",
        // Without KASAN, which finds nothing here that it does not find in "debug".
        options: &[&X86_CHECKED, &["preempt-rt", "checkers", "slub"]],
        targets: &["bzImage", "modules"],
        kept: &[&X86_KEPT],
    },
    Own {
        name: "kcsan",
        series: None,
        architecture: "x86",
        options: &[&X86_CHECKED, &["preempt", "kcsan"]],
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
        options: &[&["guest", "x86", "bench"]],
        targets: &["bzImage", "modules"],
        kept: &[&X86_KEPT],
    },
    Own {
        name: "uml",
        // Older versions walk a new process's memory map without its lock, and
        // lockdep reports that.
        series: Some("6.12"),
        architecture: "um",
        options: &[&["guest", "um", "checkers", "kasan"]],
        targets: &["linux", "modules"],
        kept: &[&UM_KEPT],
    },
    Own {
        // What the modules need, and nothing else: nothing boots in it.
        name: "minimal",
        series: Some("6.12"),
        architecture: "um",
        options: &[&["minimal"]],
        targets: &["linux", "modules"],
        kept: &[&UM_KEPT],
    },
];

const UM_KEPT: [&str; 13] = [
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
];

const ARM64_KEPT: [&str; 8] = [
    ".config",
    "Makefile",
    "Module.symvers",
    "include",
    "scripts",
    "arch/arm64/Makefile",
    "arch/arm64/include",
    "arch/arm64/boot/Image",
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

/// The suite of the machine's own distribution release.
#[must_use]
pub fn default_suite() -> &'static str {
    suites_of(None)[0]
}

/// Finds the kernel `name` (none: [`default_name`]). A missing kernel is downloaded or
/// built.
///
/// # Errors
///
/// There is no such kernel, or it cannot be downloaded or built.
pub fn get(name: Option<&str>, update: Update) -> Result<Kernel> {
    let name = name.unwrap_or_else(|| default_name());
    if let Some(own) = Own::named(name) {
        return own.get(update);
    }
    match debian::find(&cache::open()?, name, update)? {
        Some(kernel) => Ok(kernel),
        None => bail!("{}", unknown(name)),
    }
}

/// The machine that the kernel `name` (none: [`default_name`]) runs on. Nothing is
/// downloaded or built.
///
/// # Errors
///
/// There is no such kernel.
pub fn platform(name: Option<&str>) -> Result<Platform> {
    let name = name.unwrap_or_else(|| default_name());
    match Own::named(name) {
        Some(own) => Ok(own.platform()),
        None => debian::platform(name)?.with_context(|| unknown(name)),
    }
}

/// Whether the kernel `name` is one that is built from Debian's source packages, and
/// has not been built yet.
pub(crate) fn is_to_be_built(cache: &Cache, name: Option<&str>) -> bool {
    let name = name.unwrap_or_else(|| default_name());
    is_built(name) && cache.current(&format!("kernels/{name}")).is_none()
}

/// The ordinary kernel of the same version on this machine's kind of processor: `6.12` of
/// `6.12-rt` and of `6.12-arm64`, and `debug` of `debug-arm64`. Another kernel is its own.
#[must_use]
pub fn without_flavour(name: &str) -> &str {
    let Some((series, _)) = debian::series_of(name) else {
        return debian::split(name).0;
    };
    let flavour = series.flavour.unwrap_or_default();
    let ordinary = series.name.strip_suffix(flavour).unwrap_or(series.name);
    ordinary.trim_end_matches('-')
}

/// The kind of processor that the kernel of that name is for.
#[must_use]
pub fn arch(name: &str) -> &'static Arch {
    debian::split(name).1
}

/// Whether the kernel is one that is built from Debian's source packages.
#[must_use]
pub fn is_built(name: &str) -> bool {
    Own::named(name).is_some()
}

/// Whether [`get`] knows the kernel by that name; if not, the name is a build folder's.
#[must_use]
pub fn has_name(name: &str) -> bool {
    let (own, arch) = debian::split(name);
    names(arch).any(|known| known == own)
}

/// The kernels that [`get`] knows by name for a kind of processor, without that kind.
pub fn names(arch: &'static Arch) -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().filter(move |own| own.platform().arch() == arch);
    debian::names(arch).chain(own.map(|own| own.name))
}

fn unknown(name: &str) -> String {
    let (own, arch) = debian::split(name);
    debian::unknown(own, names(arch))
}

/// Finds busybox for the guests on this machine's kind of processor. A missing one is
/// downloaded.
///
/// # Errors
///
/// The package cannot be downloaded.
pub fn busybox(update: Update) -> Result<PathBuf> {
    let cache = cache::open()?;
    Ok(kernel::busybox(
        &cache,
        suites_of(None),
        Arch::host(),
        update,
    )?)
}

impl Own {
    fn named(name: &str) -> Option<&'static Self> {
        let (name, arch) = debian::split(name);
        let mut all = OWN.iter();
        all.find(|own| own.name == name && own.platform().arch() == arch)
    }

    fn platform(&self) -> Platform {
        match ARCHS.iter().find(|arch| arch.kbuild == self.architecture) {
            Some(arch) => Platform::Qemu(arch),
            None => Platform::UserMode,
        }
    }

    fn get(&self, update: Update) -> Result<Kernel> {
        let recipe = Recipe {
            name: &self.platform().arch().add_to_name(self.name),
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
        for name in [MODULES]
            .iter()
            .chain(self.options.iter().copied().flatten())
        {
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
            ("6.12-arm64", "6.12"),
            ("6.12-16k-arm64", "6.12"),
            ("debug-arm64", "debug"),
            ("6.1", "6.1"),
            ("debug", "debug"),
            ("own-rt", "own-rt"),
        ] {
            assert_eq!(without_flavour(name), ordinary);
        }
        let all = |name| names(Arch::host()).any(|known| known == name);
        assert!(names(Arch::host()).all(|name| all(without_flavour(name))));
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
