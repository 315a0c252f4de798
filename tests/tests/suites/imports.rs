// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's symbols that the modules import.

use anyhow::{Context, Result, ensure};
use std::fs;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::{imports, setup};

/// One module exports what another imports, which is right, and three imports are
/// not: a function, a variable, and what is exported to nobody.
const FILES: [(&str, &str); 3] = [
    (
        "Kbuild",
        "obj-m += gives.o takes.o\nKBUILD_CFLAGS += -Wno-missing-prototypes\n",
    ),
    (
        "gives.c",
        "#include <linux/module.h>
        int umd_given(void) { return 0; }
        EXPORT_SYMBOL_GPL(umd_given);
        int umd_kept(void) { return 0; }
        MODULE_DESCRIPTION(\"gives\");
        MODULE_LICENSE(\"GPL\");\n",
    ),
    (
        "takes.c",
        "#include <linux/module.h>
        int umd_given(void);
        int umd_kept(void);
        int umd_no_function(void);
        extern int umd_no_variable;
        extern int umd_weak __attribute__((weak));
        int umd_sum(void)
        {
                return umd_given() + umd_kept() + umd_no_function() +
                       umd_no_variable + (&umd_weak ? umd_weak : 0);
        }
        MODULE_DESCRIPTION(\"takes\");
        MODULE_LICENSE(\"GPL\");\n",
    ),
];

/// Needs a kernel's headers, so it goes with the tests in the virtual machine.
pub(crate) fn missing_are_named() -> Result<()> {
    let kernel = setup::ensure(crate::chosen_kernel().as_deref(), Update::Missing)?.kernel;
    let folder = tempfile::tempdir()?;
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text)?;
    }
    let error = modules::build_there(folder.path(), &kernel, folder.path())
        .err()
        .context("the modules are taken")?;
    let expected = format!(
        "symbols that {} does not export: 3\n  takes.ko needs umd_kept\n  \
         takes.ko needs umd_no_function\n  takes.ko needs umd_no_variable",
        kernel.release
    );
    ensure!(error.to_string() == expected, "{error:#}");
    Ok(())
}

/// The table is about the newest kernel: older ones do not lose exports.
pub(crate) fn rare_are_listed() -> Result<()> {
    let kernel = setup::ensure(Some("latest"), Update::Missing)?.kernel;
    let modules = modules::build(&kernel, None, Which::Users)?;
    let users = imports::users(&kernel, &modules)?;
    let wrong = imports::unlisted(&users)?;
    ensure!(
        wrong.is_empty(),
        "loader-c/README.md, \"Rare imports\", for {}:\n{}",
        kernel.release,
        wrong.join("\n")
    );
    let rare = users.values().filter(|&&number| number < imports::RARE);
    eprintln!("  {} imports, {} rare", users.len(), rare.count());
    Ok(())
}
