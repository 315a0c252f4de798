// SPDX-License-Identifier: MIT OR Apache-2.0

//! The UMD Loader in an initramfs that has the UMD Manager.

use crate::common::trial;
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use umd_tests::initramfs_tools::{System, Tool};
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::setup;

const TOOLS: [Tool; 2] = [Tool::InitramfsTools, Tool::Dracut];

/// The kernels whose releases' tools are tried, and whether these tools read a
/// module's `weakdep` without our hooks.
const KERNELS: [(&str, bool); 2] = [("6.1", false), ("6.12", true)];

/// The modules of the OpenPGP driver, and those of the driver that its Manager needs.
const PGP: [&str; 2] = ["pgp_loader_kmod", "pgp_mgr"];
const VERIFY: [&str; 4] = [
    "verify_ec_loader_kmod",
    "verify_loader_kmod",
    "verify_mgr",
    "verify_rsa_loader_kmod",
];

/// One trial for each kernel; `chosen` is the only one to use. They boot nothing,
/// but need the same modules as the suites.
pub(crate) fn trials(chosen: Option<&str>) -> Vec<Trial> {
    let is_chosen = |(kernel, _): &(&str, _)| chosen.is_none_or(|chosen| chosen == *kernel);
    let trial_for = |(kernel, knows): (&'static str, _)| {
        trial(&format!("initramfs_has_the_loader::{kernel}"), move || {
            has_the_loader(kernel, knows)
        })
    };
    KERNELS
        .into_iter()
        .filter(is_chosen)
        .map(trial_for)
        .collect()
}

fn has_the_loader(kernel: &str, knows: bool) -> Result<()> {
    let kernel = setup::ensure(Some(kernel), Update::Missing)?.kernel;
    let built = modules::build(&kernel, None, Which::Users)?;
    let mut system = System::new(&kernel, &built)?;
    let sample = ["sample_loader_kmod", "sample_mgr", "umd_mgmt"];
    let asked = ["sample_mgr"];
    for tool in TOOLS {
        let without = if knows { &sample[..] } else { &sample[1..] };
        expect(&system, tool, &asked, without)?;
    }
    system.install_hooks()?;
    for tool in TOOLS {
        expect(&system, tool, &[], &[])?;
        expect(&system, tool, &asked, &sample)?;
        let all = [&PGP[..], &sample[..], &VERIFY[..]].concat();
        expect(&system, tool, &["sample_mgr", "pgp_mgr"], &all)?;
    }
    Ok(())
}

/// Fails unless the initramfs has these modules, and none else of ours.
fn expect(system: &System, tool: Tool, asked: &[&str], expected: &[&str]) -> Result<()> {
    let mut found = system.modules_for(tool, asked)?;
    found.retain(|name| {
        let ours = ["pgp_", "sample_", "umd_", "verify_"];
        ours.iter().any(|prefix| name.starts_with(prefix))
    });
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    ensure!(found == expected, "{tool:?} for {asked:?}: {found:?}");
    Ok(())
}
