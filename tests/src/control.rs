// SPDX-License-Identifier: MIT OR Apache-2.0

//! Negative control: that a kernel with checkers reports nothing counts only
//! if it reports the bugs that `umd_control.ko` plants, in that very boot.

use crate::console;
use crate::kernel::Kernel;
use anyhow::Result;

/// The module that plants them.
pub(crate) const MODULE: &str = "umd_control.ko";

/// A kind of bug.
#[derive(Debug)]
pub(crate) struct Bug {
    /// The module's name for it.
    kind: &'static str,
    /// The kernel's option that has it reported.
    option: &'static str,
    /// How a report of it begins, in one kernel or another.
    report: &'static [&'static str],
    /// How else a line of it begins that looks like a report.
    also: &'static [&'static str],
}

/// In the order of planting: after a report on memory or locks the kernel
/// trusts lockdep no more and switches it off, so these are the last.
const BUGS: [Bug; 8] = [
    Bug {
        kind: "leak",
        option: "CONFIG_DEBUG_KMEMLEAK=y",
        report: &["kmemleak: "],
        also: &[],
    },
    Bug {
        kind: "sleep",
        option: "CONFIG_DEBUG_ATOMIC_SLEEP=y",
        report: &["BUG: sleeping function called from invalid context at "],
        also: &[],
    },
    Bug {
        kind: "free-active",
        option: "CONFIG_DEBUG_OBJECTS_TIMERS=y",
        report: &["ODEBUG: free active "],
        also: &["WARNING: "],
    },
    Bug {
        kind: "shift",
        option: "CONFIG_UBSAN_SHIFT=y",
        report: &["UBSAN: shift-out-of-bounds in "],
        also: &[],
    },
    Bug {
        kind: "race",
        option: "CONFIG_KCSAN=y",
        report: &["BUG: KCSAN: data-race in umd_control_racer"],
        also: &[],
    },
    Bug {
        kind: "inversion",
        option: "CONFIG_PROVE_LOCKING=y",
        report: &["WARNING: possible circular locking dependency detected"],
        also: &[],
    },
    Bug {
        kind: "use-after-free",
        option: "CONFIG_KASAN=y",
        report: &[
            "BUG: KASAN: use-after-free in umd_control_use_after_free",
            "BUG: KASAN: slab-use-after-free in umd_control_use_after_free",
        ],
        also: &[],
    },
    Bug {
        kind: "out-of-bounds",
        option: "CONFIG_KASAN_VMALLOC=y",
        report: &[
            "BUG: KASAN: vmalloc-out-of-bounds in umd_control_out_of_bounds",
            "BUG: KASAN: out-of-bounds in umd_control_out_of_bounds",
        ],
        also: &[],
    },
];

/// Where the guest says what it plants, and that it has.
const BEGIN: &str = "umd_control: begin ";
const END: &str = "umd_control: end ";

/// The bugs that a kernel must report, by its configuration. Of one without
/// checkers that is none: the little that a distribution turns on is not
/// relied upon.
///
/// # Errors
///
/// It has no configuration.
pub(crate) fn bugs_of(kernel: &Kernel) -> Result<Vec<&'static Bug>> {
    if !kernel.has_checkers()? {
        return Ok(Vec::new());
    }
    let config = kernel.config()?;
    let has = |bug: &&Bug| config.lines().any(|line| line == bug.option);
    Ok(BUGS.iter().filter(has).collect())
}

/// A line for each of them, for the guest.
pub(crate) fn list(bugs: &[&Bug]) -> String {
    bugs.iter().map(|bug| format!("{}\n", bug.kind)).collect()
}

/// Takes the reports of planted bugs out of a console log. Returns what is
/// left, and the kinds of the bugs of which there is no report.
pub(crate) fn examine(log: &str, bugs: &[&'static Bug]) -> (String, Vec<&'static str>) {
    let mut rest = String::new();
    let mut missing: Vec<&'static str> = bugs.iter().map(|bug| bug.kind).collect();
    let mut planted: Option<&Bug> = None;
    let mut reported = false;
    for line in log.lines() {
        let message = console::message(line);
        let begins = |one: &&str| message.starts_with(one);
        if let Some(kind) = message.strip_prefix(BEGIN) {
            planted = bugs.iter().copied().find(|bug| bug.kind == kind);
            reported = false;
        } else if let Some(kind) = message.strip_prefix(END) {
            missing.retain(|&one| one != kind || !reported);
            planted = None;
        } else if planted.is_some_and(|bug| bug.report.iter().any(begins)) {
            reported = true;
        } else if !planted.is_some_and(|bug| bug.also.iter().any(begins)) {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    (rest, missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn examined(log: &str, kinds: &[&str]) -> (String, Vec<&'static str>) {
        let bugs: Vec<&Bug> = BUGS.iter().filter(|b| kinds.contains(&b.kind)).collect();
        examine(log, &bugs)
    }

    #[test]
    fn a_report_counts_for_what_was_planted_just_then() {
        let log = "[    1.0][  T99] umd_control: begin sleep\r\n\
                   [    1.1][  T99] BUG: sleeping function called from invalid context at x.c:1\r\n\
                   [    1.2][  T99] umd_control: end sleep\r\n\
                   [    1.3][  T99] umd_control: begin shift\n\
                   [    1.4][  T99] umd_control: end shift\n\
                   [    1.5][  T99] UBSAN: shift-out-of-bounds in x.c:1\n";
        let (rest, missing) = examined(log, &["sleep", "shift", "race"]);
        assert_eq!(missing, ["shift", "race"]);
        assert_eq!(
            console::splats(&rest),
            ["UBSAN: shift-out-of-bounds in x.c:1"]
        );
    }

    #[test]
    fn another_report_meanwhile_stays() {
        let log = "umd_control: begin use-after-free\n\
                   BUG: KASAN: use-after-free in umd_request_end+0x1/0x2 [umd_mgmt]\n\
                   BUG: KASAN: slab-use-after-free in umd_control_use_after_free+0x1/0x2\n\
                   WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2\n\
                   umd_control: end use-after-free\n";
        let (rest, missing) = examined(log, &["use-after-free"]);
        assert_eq!(missing, [""; 0]);
        assert_eq!(console::splats(&rest).len(), 2);
    }

    #[test]
    fn what_has_not_ended_was_not_reported() {
        let log = "umd_control: begin leak\nkmemleak: 1 new suspected memory leaks\n";
        assert_eq!(examined(log, &["leak"]).1, ["leak"]);
    }

    #[test]
    fn the_guest_knows_every_kind() -> Result<()> {
        let source = crate::repo::root().join("loader-c/test/control.c");
        let source = fs::read_to_string(source)?;
        for bug in &BUGS {
            assert!(
                source.contains(&format!("{{ \"{}\", ", bug.kind)),
                "{bug:?}"
            );
        }
        Ok(())
    }
}
