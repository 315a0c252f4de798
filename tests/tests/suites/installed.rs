// SPDX-License-Identifier: MIT OR Apache-2.0

//! `make install`, and a driver outside of the tree that is built with what it
//! installs. These trials boot nothing, but need the same modules as the suites.

use crate::common::trial;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use umd_tests::installed::{Installed, files_below, modinfo};
use umd_tests::kernel::{Kernel, Update};
use umd_tests::{repo, setup};

/// The oldest kernel and the newest.
const KERNELS: [&str; 2] = ["6.1", "latest"];

/// One trial for each kernel; `chosen` is the only one to use.
pub(crate) fn trials(chosen: Option<&str>) -> Vec<Trial> {
    let is_chosen = |kernel: &&str| chosen.is_none_or(|chosen| chosen == *kernel);
    let trial_for = |kernel: &'static str| {
        trial(
            &format!("a_driver_outside_of_the_tree::{kernel}"),
            move || builds_with_what_is_installed(kernel),
        )
    };
    KERNELS
        .into_iter()
        .filter(is_chosen)
        .map(trial_for)
        .collect()
}

fn builds_with_what_is_installed(kernel: &str) -> Result<()> {
    let kernel = setup::ensure(Some(kernel), Update::Missing)?.kernel;
    let root = tempfile::tempdir()?;
    let installed = Installed::new(&kernel, root.path())?;
    all_is_installed(&installed)?;
    example_builds(&kernel, &installed)?;
    installed.remove()?;
    ensure!(!installed.share().exists(), "files are left");
    let left = files_below(&installed.modules())?;
    ensure!(
        left.iter().all(|name| name.starts_with("modules.")),
        "{left:?}"
    );
    Ok(())
}

fn all_is_installed(installed: &Installed) -> Result<()> {
    let modules = files_below(&installed.modules().join("updates/umd"))?;
    let names: Vec<&str> = modules
        .iter()
        .filter_map(|name| name.split_once(".ko"))
        .map(|(name, _)| name)
        .collect();
    let expected = [
        "pgp/pgp_loader_kmod",
        "pgp/pgp_mgr",
        "sample/sample_loader_kmod",
        "sample/sample_mgr",
        "umd_mgmt",
        "verify/ec/verify_ec_loader_kmod",
        "verify/rsa/verify_rsa_loader_kmod",
        "verify/verify_loader_kmod",
        "verify/verify_mgr",
    ];
    ensure!(names == expected, "{names:?}");
    for name in &modules {
        let module = installed.modules().join("updates/umd").join(name);
        let version = modinfo(&module, "version")?;
        ensure!(version == env!("CARGO_PKG_VERSION"), "{name}: {version}");
        ensure!(!modinfo(&module, "author")?.is_empty(), "{name}: no author");
    }
    let dependencies = fs::read_to_string(installed.modules().join("modules.dep"))?;
    ensure!(dependencies.contains("umd_mgmt.ko"), "{dependencies}");
    let share = files_below(&installed.share())?;
    for name in ["umd.mk", "loader.mk", "include/usermode_driver_mgmt.h"] {
        ensure!(share.iter().any(|found| found == name), "{share:?}");
    }
    Ok(())
}

fn example_builds(kernel: &Kernel, installed: &Installed) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let nothing = Path::new("/nonexistent/Module.symvers");
    let error = installed.build_example(folder.path(), nothing).err();
    let said = error.context("it builds without the library")?.to_string();
    let wanted = "no /nonexistent/Module.symvers: install umd_mgmt.ko for this kernel first";
    ensure!(said.contains(wanted), "{said}");

    let warnings = installed.build_example(folder.path(), &installed.symbols())?;
    ensure!(warnings.is_empty(), "{}", warnings.join("\n"));
    let symbols = fs::read_to_string(folder.path().join("Module.symvers"))?;
    ensure!(symbols.contains("\treverse_mgmt\t"), "{symbols}");
    for name in ["reverse_mgr", "reverse_loader_kmod"] {
        let module = folder.path().join(format!("{name}.ko"));
        let depends = modinfo(&module, "depends")?;
        ensure!(depends.contains("umd_mgmt"), "{name}: {depends}");
        let built_for = modinfo(&module, "vermagic")?;
        ensure!(built_for.starts_with(&kernel.release), "{built_for}");
    }
    Ok(())
}

/// The files that loader-c/README.md shows are those of the example, and short.
pub(crate) fn readme_shows_the_example() -> Result<()> {
    let root = repo::root().join("loader-c");
    let readme = fs::read_to_string(root.join("README.md"))?;
    for (name, most) in [
        ("reverse_mgr.c", 50),
        ("reverse_mgr.h", 15),
        ("loader.c", 10),
        ("Kbuild", 20),
    ] {
        let text = fs::read_to_string(root.join("examples/reverse").join(name))?;
        ensure!(text.lines().count() <= most, "{name} is too long");
        let quoted = quoted(&text);
        ensure!(readme.contains(&quoted), "README.md lacks:\n{quoted}");
    }
    Ok(())
}

/// As the documentation shows code: indented by four, and without tabs.
fn quoted(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace('\t', "        ");
        if line.is_empty() {
            line
        } else {
            format!("    {line}")
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Distributions' kernels have what loader-c/umd.config asks other kernels for, but for
/// what it calls optional.
pub(crate) fn distributions_have_the_fragment() -> Result<()> {
    let text = fs::read_to_string(repo::root().join("loader-c/umd.config"))?;
    let needed = text.split("# Optional").next().unwrap_or_default();
    let options = needed.lines().filter_map(|line| line.strip_suffix("=y"));
    let options: Vec<&str> = options.collect();
    ensure!(options.len() > 10, "{options:?}");
    for kernel in crate::suites::KERNELS {
        let config = setup::ensure(Some(kernel), Update::Missing)?
            .kernel
            .config()?;
        for option in &options {
            let has_it = |line| {
                ["=y", "=m"]
                    .iter()
                    .any(|value| line == format!("{option}{value}"))
            };
            ensure!(config.lines().any(has_it), "{kernel} has no {option}");
        }
    }
    Ok(())
}
