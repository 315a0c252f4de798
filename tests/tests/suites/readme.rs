// SPDX-License-Identifier: MIT OR Apache-2.0

//! Code that the documentation shows must work.

use anyhow::{Context, Result, ensure};
use std::fs;
use umd_tests::kernel::Update;
use umd_tests::{repo, setup};

/// The Manager in loader-c/README.md: the lines that are indented by four.
fn manager() -> Result<String> {
    let text = fs::read_to_string(repo::root().join("loader-c/README.md"))?;
    let code = text
        .split_once("`reverse_mgr.c`, the whole Manager:")
        .and_then(|(_, from)| from.split_once("\nThe Loader, "))
        .context("loader-c/README.md shows no Manager")?
        .0;
    let lines: Vec<_> = code
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    Ok(lines.join("\n"))
}

/// Needs a kernel's headers, so it goes with the tests in the virtual machine.
pub(crate) fn manager_compiles() -> Result<()> {
    let source = manager()?;
    ensure!(source.trim().lines().count() <= 50, "it is too long");
    let kernel = setup::ensure(crate::chosen_kernel().as_deref(), Update::Missing)?.kernel;
    let folder = tempfile::tempdir()?;
    let include = repo::root().join("loader-c/include");
    let kbuild = format!(
        "ccflags-y += -Werror -I{}\nobj-m += reverse_mgr.o\n",
        include.display()
    );
    fs::write(folder.path().join("Kbuild"), kbuild)?;
    fs::write(folder.path().join("reverse_mgr.c"), source)?;
    let output = kernel
        .make()
        .arg(format!("M={}", folder.path().display()))
        .arg("reverse_mgr.o")
        .output()?;
    ensure!(output.status.success(), "{output:?}");
    Ok(())
}
