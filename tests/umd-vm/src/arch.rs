// SPDX-License-Identifier: MIT OR Apache-2.0

//! The processors that kernels are built for and booted on.
//!
//! Each further one is a row of [`ARCHS`].

use crate::programs::Program;
use std::str::FromStr;

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
compile_error!("umd-vm boots guests for x86_64, aarch64 and riscv64, and runs on one of these");

/// A kind of processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arch {
    /// Rust's `target_arch`, which is also what `uname -m` prints.
    pub name: &'static str,
    /// Debian's name.
    pub debian: &'static str,
    /// Kbuild's `ARCH`.
    pub kbuild: &'static str,
    /// The line of a kernel's `.config` that only this kind has.
    pub option: &'static str,
    /// What the names of GNU's tools for it begin with, and its libraries' folder is
    /// called.
    pub gnu: &'static str,
    /// The C library's program that starts others, where programs expect that program.
    pub loader: &'static str,
    /// The kernel's image below a build folder.
    pub image: &'static str,
    /// The emulator.
    pub qemu: Program,
    pub(crate) machine: Machine,
}

/// The machine that qemu emulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The machine and its firmware.
    pub(crate) options: &'static [&'static str],
    /// The processor that is emulated.
    pub(crate) processor: &'static str,
    /// The same whose clock counts instructions.
    pub(crate) counting: &'static str,
    /// How many serial lines of kind 8250 the machine has of its own. More are put into
    /// its PCI slots: the guest has the same names for all of them, `ttyS0`, `ttyS1`...
    pub(crate) serial_lines: usize,
    /// Arguments of the kernel.
    pub(crate) kernel_options: &'static [&'static str],
    /// An argument with which the kernel speaks before it knows its devices.
    pub(crate) first_words: &'static str,
}

/// All kinds.
pub const ARCHS: &[Arch] = &[
    Arch {
        name: "x86_64",
        debian: "amd64",
        kbuild: "x86",
        option: "CONFIG_X86_64=y",
        gnu: "x86_64-linux-gnu",
        loader: "lib64/ld-linux-x86-64.so.2",
        image: "arch/x86/boot/bzImage",
        qemu: ("qemu-system-x86_64", "qemu-system-x86"),
        machine: Machine {
            options: &[],
            processor: "max",
            // An instruction that copies a string counts once for each round, which is
            // too much. The processor therefore says that its string instructions are
            // slow, and the kernel copies in words.
            counting: "max,-erms,-fsrm",
            serial_lines: 4,
            kernel_options: &["random.trust_cpu=on", "no_timer_check", "tsc=reliable"],
            first_words: "earlyprintk=serial",
        },
    },
    Arch {
        name: "aarch64",
        debian: "arm64",
        kbuild: "arm64",
        option: "CONFIG_ARM64=y",
        gnu: "aarch64-linux-gnu",
        loader: "lib/ld-linux-aarch64.so.1",
        image: "arch/arm64/boot/Image",
        qemu: ("qemu-system-aarch64", "qemu-system-arm"),
        machine: Machine {
            // The default has an interrupt controller for eight processors.
            options: &["-machine", "virt,gic-version=max"],
            // The standard's algorithm for signed pointers is slow in emulation.
            processor: "max,pauth-impdef=on",
            counting: "max,pauth-impdef=on",
            serial_lines: 0,
            kernel_options: &["random.trust_cpu=on"],
            first_words: "earlycon",
        },
    },
    Arch {
        name: "riscv64",
        debian: "riscv64",
        kbuild: "riscv",
        option: "CONFIG_RISCV=y",
        gnu: "riscv64-linux-gnu",
        loader: "lib/ld-linux-riscv64-lp64d.so.1",
        image: "arch/riscv/boot/Image",
        qemu: ("qemu-system-riscv64", "qemu-system-misc"),
        machine: Machine {
            options: &["-machine", "virt", "-bios", "default"],
            processor: "rv64",
            counting: "rv64",
            serial_lines: 1,
            kernel_options: &[],
            first_words: "earlycon",
        },
    },
];

impl Arch {
    /// The kind of that name, Rust's or Debian's.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        let mut all = ARCHS.iter();
        all.find(|arch| arch.name == name || arch.debian == name)
    }

    /// The kinds that are not this machine's.
    pub fn foreign() -> impl Iterator<Item = &'static Self> {
        ARCHS.iter().filter(|arch| arch.is_foreign())
    }

    /// The names of all kinds, for messages.
    #[must_use]
    pub fn names() -> String {
        let names: Vec<_> = ARCHS.iter().map(|arch| arch.name).collect();
        names.join(", ")
    }

    /// That of the machine that this runs on.
    #[must_use]
    pub fn host() -> &'static Self {
        Self::find(std::env::consts::ARCH).unwrap_or(&ARCHS[0])
    }

    /// [`Arch::loader`] without its folder.
    #[must_use]
    pub fn loader_name(&self) -> &'static str {
        self.loader.rsplit('/').next().unwrap_or(self.loader)
    }

    /// Debian's package of a tool for this kind.
    pub(crate) fn package(&self, tool: &str) -> String {
        format!("{tool}-{}", self.gnu.replace('_', "-"))
    }

    /// The variables of make for tools whose names begin with `prefix`.
    pub(crate) fn make_variables(&self, prefix: &str) -> [String; 2] {
        [
            format!("ARCH={}", self.kbuild),
            format!("CROSS_COMPILE={prefix}"),
        ]
    }

    /// A name of something for this kind: this machine's own kind adds nothing to it.
    #[must_use]
    pub fn add_to_name(&self, name: &str) -> String {
        if self.is_foreign() {
            format!("{name}-{}", self.debian)
        } else {
            name.to_owned()
        }
    }

    /// Whether it is another kind than this machine's.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self != Self::host()
    }
}

impl FromStr for &'static Arch {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Arch::find(name).ok_or_else(|| format!("use {}", Arch::names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_kind_find_it() {
        for arch in ARCHS {
            assert_eq!(Arch::find(arch.name), Some(arch));
            assert_eq!(Arch::find(arch.debian), Some(arch));
        }
        assert_eq!(
            "s390x".parse::<&Arch>(),
            Err("use x86_64, aarch64, riscv64".to_owned())
        );
        assert_eq!(Arch::host().name, std::env::consts::ARCH);
        assert_eq!(Arch::foreign().count() + 1, ARCHS.len());
        let loader = Arch::find("amd64").map(Arch::loader_name);
        assert_eq!(loader, Some("ld-linux-x86-64.so.2"));
        assert!(!Arch::host().is_foreign());
    }
}
