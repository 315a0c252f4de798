// SPDX-License-Identifier: MIT OR Apache-2.0

//! A driver that `cargo umd new` makes, outside of this workspace, in a guest.

use anyhow::{Result, ensure};
use std::path::Path;
use umd_tests::template::{new, umd};
use umd_tests::{command, handlers};
use umd_vm::Arch;

/// The driver's own script for the guest, with the library and its modules.
#[allow(dead_code, reason = "for the quick layer")]
pub(crate) fn runs(kernel: Option<&str>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = new(folder.path(), "third")?;
    let kernel: Vec<_> = kernel.into_iter().flat_map(|k| ["--kernel", k]).collect();
    answers(&root, &kernel)
}

/// The same on another processor, where the driver's file has the size that its budget
/// says.
#[allow(dead_code, reason = "for the long layer")]
pub(crate) fn runs_on(arch: &Arch) -> Result<()> {
    handlers::install_libraries(handlers::target(arch)?.triple)?;
    let folder = tempfile::tempdir()?;
    let root = new(folder.path(), "acme")?;
    command::output(&mut umd(&root, &["build", "--arch", arch.name]))?;
    answers(&root, &["--arch", arch.name])
}

fn answers(root: &Path, more: &[&str]) -> Result<()> {
    let mut arguments = vec!["vm", "--run", "test.sh", "--timeout", "600"];
    arguments.extend(more);
    let ran = umd(root, &arguments).output()?;
    let printed = String::from_utf8_lossy(&ran.stdout);
    let expected = "ok: it parses itself\nok: a text is refused\n\
                    ok: a killed Handler is replaced\nok: nothing is left\n";
    ensure!(
        ran.status.success() && printed == expected,
        "{printed}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    Ok(())
}
