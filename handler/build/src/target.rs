// SPDX-License-Identifier: MIT OR Apache-2.0

//! The processors that a Handler can be built for.
//!
//! Each further one is a row of [`TARGETS`]. It also needs its start file in
//! `handler/src/start/`, and its budgets in each driver's `budget.toml`.

/// A kind of processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Rust's `target_arch`, and the key of a budget.
    pub arch: &'static str,
    /// Rust's name of the target.
    pub triple: &'static str,
    /// The ELF file's `e_machine`.
    pub machine: u16,
    /// The largest page that a kernel may have, in bytes: what segments are
    /// aligned to.
    pub page: u64,
    /// Options of the compiler for this kind alone.
    pub flags: &'static [&'static str],
}

/// The linker generates the code: only its code generator emits the relocations by which
/// calls of memcpy become direct.
const LINKER_GENERATES: &str = "-Clinker-plugin-lto";

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        arch: "x86_64",
        triple: "x86_64-unknown-linux-gnu",
        // EM_X86_64
        machine: 62,
        page: 4096,
        // With memory in use below the stack pointer, the compiler cannot load
        // small constants by push and pop, its shortest way.
        flags: &[LINKER_GENERATES, "-Cno-redzone=yes"],
    },
    Target {
        arch: "aarch64",
        triple: "aarch64-unknown-linux-gnu",
        // EM_AARCH64
        machine: 183,
        page: 65536,
        flags: &[LINKER_GENERATES],
    },
    Target {
        arch: "riscv64",
        triple: "riscv64gc-unknown-linux-gnu",
        // EM_RISCV
        machine: 243,
        page: 4096,
        // The linker's code generator assumes another ABI here; without it, calls are
        // direct anyway.
        flags: &[],
    },
];

impl Target {
    /// The target with that `target_arch`.
    #[must_use]
    pub fn find(arch: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.arch == arch)
    }

    /// The target of the machine that this runs on.
    #[must_use]
    pub fn host() -> Option<&'static Self> {
        Self::find(std::env::consts::ARCH)
    }
}
