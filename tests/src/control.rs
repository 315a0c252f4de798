// SPDX-License-Identifier: MIT OR Apache-2.0

//! Negative control: that a kernel with checkers reports nothing counts only
//! if it reports the bugs that `umd_control.ko` plants, in that very boot.

use crate::kernel::Kernel;
use anyhow::Result;
use std::path::PathBuf;
use umd_vm::{Expected, File};

/// The module that plants them.
const MODULE: &str = "umd_control.ko";

/// Shell commands of the guest before its script. A new root may have no modules.
pub(crate) const BEFORE: &str = "[ -d /sys/module/umd_control ] || modprobe umd_control\n";

/// Shell commands of the guest after its script.
pub(crate) const AFTER: &str = ". /umd/control.sh\n";

/// A kind of bug.
#[derive(Debug)]
struct Bug {
    /// The kernel's option that has it reported.
    option: &'static str,
    /// An option for which another bug is planted in place of this one.
    unless: Option<&'static str>,
    /// The report, under the module's name for the bug.
    report: Expected<'static>,
}

/// Lockdep also looks for locks that may not be taken where they are.
const NESTING: &str = "CONFIG_PROVE_RAW_LOCK_NESTING=y";

/// In the order of planting: after a report on memory or locks the kernel
/// trusts lockdep no more and switches it off, so these are the last, and only one of
/// them is lockdep's.
const BUGS: [Bug; 10] = [
    Bug {
        option: "CONFIG_DEBUG_KMEMLEAK=y",
        unless: None,
        report: Expected {
            name: "leak",
            report: &["kmemleak: "],
            place: "",
            also: &[],
        },
    },
    Bug {
        option: "CONFIG_DEBUG_ATOMIC_SLEEP=y",
        unless: None,
        report: Expected {
            name: "sleep",
            report: &["BUG: sleeping function called from invalid context at "],
            place: "",
            also: &[],
        },
    },
    Bug {
        option: "CONFIG_DEBUG_OBJECTS_TIMERS=y",
        unless: None,
        report: Expected {
            name: "free-active",
            report: &["ODEBUG: free active "],
            place: "",
            also: &["WARNING: "],
        },
    },
    Bug {
        option: "CONFIG_UBSAN_SHIFT=y",
        unless: None,
        report: Expected {
            name: "shift",
            report: &["UBSAN: shift-out-of-bounds in "],
            place: "",
            also: &[],
        },
    },
    Bug {
        option: "CONFIG_KCSAN=y",
        unless: None,
        report: Expected {
            name: "race",
            report: &["BUG: KCSAN: data-race in umd_control_racer"],
            place: "",
            also: &[],
        },
    },
    // A function of the library's layer 1 is called without the lock.
    Bug {
        option: "CONFIG_PROVE_LOCKING=y",
        unless: None,
        report: Expected {
            name: "unlocked",
            report: &["WARNING: "],
            place: "/mgmt/state.h:",
            also: &[],
        },
    },
    Bug {
        option: "CONFIG_PROVE_LOCKING=y",
        unless: Some(NESTING),
        report: Expected {
            name: "inversion",
            report: &[
                "WARNING: possible circular locking dependency detected",
                // Of suite_deadlock.
                "WARNING: possible recursive locking detected",
            ],
            place: "",
            also: &[],
        },
    },
    Bug {
        option: NESTING,
        unless: None,
        report: Expected {
            name: "nesting",
            report: &["[ BUG: Invalid wait context ]"],
            place: "",
            also: &["BUG: sleeping function called from invalid context at "],
        },
    },
    Bug {
        option: "CONFIG_KASAN=y",
        unless: None,
        report: Expected {
            name: "use-after-free",
            report: &[
                "BUG: KASAN: use-after-free in umd_control_use_after_free",
                "BUG: KASAN: slab-use-after-free in umd_control_use_after_free",
            ],
            place: "",
            also: &[],
        },
    },
    Bug {
        option: "CONFIG_KASAN_VMALLOC=y",
        unless: None,
        report: Expected {
            name: "out-of-bounds",
            report: &[
                "BUG: KASAN: vmalloc-out-of-bounds in umd_control_out_of_bounds",
                "BUG: KASAN: out-of-bounds in umd_control_out_of_bounds",
            ],
            place: "",
            also: &[],
        },
    },
];

/// The reports of bugs that a guest with `modules` plants, by its kernel's
/// configuration. A kernel without checkers has none: the little that a
/// distribution turns on is not relied upon.
///
/// # Errors
///
/// The kernel has no configuration.
pub(crate) fn reports(kernel: &Kernel, modules: &[PathBuf]) -> Result<Vec<Expected<'static>>> {
    let is_there = modules.iter().any(|module| module.ends_with(MODULE));
    if !is_there || !kernel.has_checkers()? {
        return Ok(Vec::new());
    }
    let config = kernel.config()?;
    let has = |option: &str| config.lines().any(|line| line == option);
    let is_planted = |bug: &&Bug| has(bug.option) && !bug.unless.is_some_and(has);
    let planted = BUGS.iter().filter(is_planted);
    Ok(planted.map(|bug| bug.report).collect())
}

/// The list of the bugs for `tests/guest/control.sh`, which plants them.
pub(crate) fn list(reports: &[Expected]) -> File {
    let lines = reports.iter().map(|report| format!("{}\n", report.name));
    File::text("umd/plants", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_guest_knows_every_kind() -> Result<()> {
        let source = crate::repo::root().join("loader-c/test/control.c");
        let source = fs::read_to_string(source)?;
        for bug in &BUGS {
            let name = bug.report.name;
            assert!(source.contains(&format!("{{ \"{name}\", ")), "{bug:?}");
        }
        Ok(())
    }
}
