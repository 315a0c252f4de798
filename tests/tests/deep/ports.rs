// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's suites on kernels for other processors than this machine's, and the
//! processors that are refused.

use crate::common::trial;
use crate::suites::{self, KERNELS};
use crate::template;
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use std::process::Command;
use umd_tests::handlers;
use umd_tests::suites::Kernels;
use umd_tests::{kernel, repo};
use umd_tests::{modules, setup};
use umd_vm::Arch;
use umd_vm::kernel::Update;

/// Beside those of [`KERNELS`], where Debian has them: pages of another size.
const FLAVOURS: [&str; 1] = ["6.12-16k"];

/// The suites on the kernel with KASAN and lockdep, which on another processor are about
/// how processes are made and end.
const CHECKED: [&str; 4] = ["suite_calls", "suite_sample", "suite_seal", "suite_workers"];

/// Targets of Rust for big-endian processors and for those of 32 bits.
const REFUSED: [&str; 2] = ["s390x-unknown-linux-gnu", "i686-unknown-linux-gnu"];

pub(crate) fn trials() -> Result<Vec<Trial>> {
    let mut trials = vec![trial("other_processors_are_refused", are_refused)];
    for arch in Arch::foreign() {
        let name = format!("driver_of_the_template_runs::{}", arch.name);
        trials.push(trial(&name, move || template::runs_on(arch)));
    }
    for kernel in KERNELS.iter().chain(&FLAVOURS) {
        let mut count = 0;
        for arch in Arch::foreign() {
            let more = on(arch, kernel)?;
            count += more.len();
            trials.extend(more);
        }
        ensure!(count > 0, "no other processor has the kernel {kernel}");
    }
    trials.extend(suites::trials_on("debug-arm64", |suite| {
        CHECKED.contains(&suite.name.as_str())
    })?);
    Ok(trials)
}

/// All suites that a kernel can have. Nothing runs where Debian has no such kernel.
fn on(arch: &Arch, kernel: &str) -> Result<Vec<Trial>> {
    let name = arch.add_to_name(kernel);
    if !kernel::has_name(&name) {
        return Ok(Vec::new());
    }
    suites::trials_on(&name, |suite| {
        suite.kernels() == Kernels::All && !suite.is_long()
    })
}

fn are_refused() -> Result<()> {
    for triple in REFUSED {
        handlers::install_libraries(triple)?;
        let mut check = Command::new("cargo");
        check.args([
            "check",
            "--locked",
            "--package",
            "umd-abi",
            "--target",
            triple,
        ]);
        let output = check.current_dir(repo::root()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let refusal = "user mode drivers are for 64-bit little-endian processors";
        ensure!(
            !output.status.success() && said.contains(refusal),
            "umd-abi for {triple}: {said}"
        );
    }
    let ready = setup::ensure(None, Update::Missing)?;
    let build = modules::build_with(&ready.kernel, &["KCFLAGS=-DCONFIG_CPU_BIG_ENDIAN"]);
    let error = build
        .err()
        .map_or_else(String::new, |error| format!("{error:#}"));
    let refusal = "user mode drivers are for 64-bit little-endian kernels";
    ensure!(error.contains(refusal), "the modules: {error}");
    Ok(())
}
