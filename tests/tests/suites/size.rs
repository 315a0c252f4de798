// SPDX-License-Identifier: MIT OR Apache-2.0

//! The library's share of a kernel's memory.

use super::KERNELS;
use crate::common::trial;
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::{repo, setup, sizes};

/// A trial for each kernel with a budget; `chosen` is the only kernel to use.
/// These trials need no virtual machine, but the same modules as the suites.
pub(super) fn trials(chosen: Option<&str>) -> Vec<Trial> {
    let is_chosen = |kernel: &&str| chosen.is_none_or(|chosen| chosen == *kernel);
    let kernels = KERNELS.into_iter().filter(is_chosen);
    let trial_for = |kernel: &str| {
        let kernel = kernel.to_owned();
        trial(
            &format!("library_keeps_to_its_budget::{kernel}"),
            move || keeps_to_its_budget(&kernel),
        )
    };
    kernels.map(trial_for).collect()
}

fn keeps_to_its_budget(kernel: &str) -> Result<()> {
    let ready = setup::ensure(Some(kernel), Update::Missing)?;
    let modules = modules::build(&ready.kernel, None, Which::Tests)?;
    let library = modules
        .iter()
        .find(|module| module.ends_with("umd_mgmt.ko"))
        .context("no umd_mgmt.ko was built")?;
    let (size, compiler) = sizes::of_module(library)?;
    eprintln!(
        "  umd_mgmt for {kernel}: text {}, data {}",
        size.text, size.data
    );
    sizes::read(&repo::root())?.check_module("umd_mgmt", kernel, size, &compiler)
}
