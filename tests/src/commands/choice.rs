// SPDX-License-Identifier: MIT OR Apache-2.0

//! `--kernel K` and `--arch A`, of all commands that build for a kernel or boot one.

use anyhow::Result;
use umd_vm::Arch;

/// Which kernel.
#[derive(Debug, clap::Args)]
pub struct KernelArgs {
    /// 6.1, 6.12, latest, each with -rt or -cloud behind it, next (to build for only), debug,
    /// debug-rt, kcsan, bench, uml, or a prepared kernel build folder; default: that of
    /// the machine's own release
    #[arg(long, value_name = "K")]
    kernel: Option<String>,
    /// The kernel's processor: x86_64, aarch64 or riscv64; default: this machine's. For
    /// aarch64 there are 6.12-16k and latest-16k, too
    #[arg(long, value_name = "A")]
    arch: Option<&'static Arch>,
}

impl KernelArgs {
    /// The kernel's name; none: the default kernel.
    ///
    /// # Errors
    ///
    /// The two options contradict each other.
    pub fn name(&self) -> Result<Option<String>> {
        Ok(umd_vm::debian::name_on(self.kernel.as_deref(), self.arch)?)
    }
}
