// SPDX-License-Identifier: MIT OR Apache-2.0

//! A driver that `cargo umd new` makes, outside of this workspace, in a guest.

use anyhow::{Result, ensure};
use umd_tests::template::{new, umd};

/// The driver's own script for the guest, with the library and its modules.
pub(crate) fn runs(kernel: Option<&str>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = new(folder.path(), "third")?;
    let mut arguments = vec!["vm", "--run", "test.sh", "--timeout", "600"];
    arguments.extend(kernel.into_iter().flat_map(|kernel| ["--kernel", kernel]));
    let ran = umd(&root, &arguments).output()?;
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
