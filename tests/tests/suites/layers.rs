// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which objects of the library call which: down only, and in no circle.

use super::KERNELS;
use crate::common::trial;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::{layers, setup};

/// One trial for each kernel; `chosen` is the only one to use. They need no
/// virtual machine, but the same modules as the suites.
pub(super) fn trials(chosen: Option<&str>) -> Vec<Trial> {
    let is_chosen = |kernel: &&str| chosen.is_none_or(|chosen| chosen == *kernel);
    let kernels = KERNELS.into_iter().filter(is_chosen);
    let trial_for = |kernel: &str| {
        let kernel = kernel.to_owned();
        trial(&format!("library_calls_down_only::{kernel}"), move || {
            calls_down_only(&kernel)
        })
    };
    kernels.map(trial_for).collect()
}

fn calls_down_only(kernel: &str) -> Result<()> {
    let ready = setup::ensure(Some(kernel), Update::Missing)?;
    let modules = modules::build(&ready.kernel, None, Which::Tests)?;
    let folder = modules
        .iter()
        .find(|module| module.ends_with("umd_mgmt.ko"))
        .and_then(|module| module.parent())
        .context("no umd_mgmt.ko was built")?;
    let graph = layers::graph(&folder.join("mgmt"))?;
    let found = layers::wrong_arrows(&graph, &layers::sources()?)?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    eprintln!("  umd_mgmt for {kernel}: {} arrows, all down", graph.len());
    Ok(())
}
