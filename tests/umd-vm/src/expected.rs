// SPDX-License-Identifier: MIT OR Apache-2.0

//! Negative controls: that a kernel with checkers reports nothing counts only if
//! the kernel reports the bugs that are planted on purpose, in the same boot.
//!
//! The guest writes a line `expect: begin NAME` to the kernel's log before it
//! plants the bug NAME, and `expect: end NAME` when the report must be there.

use crate::console;

/// A report that the kernel must make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The name in the guest's marks.
    pub name: &'a str,
    /// How the report begins, in one kernel or another.
    pub report: &'a [&'a str],
    /// A part of that line, such as the file that the report is about; empty for
    /// any.
    pub place: &'a str,
    /// The beginnings of other lines of the same report that look like reports of
    /// their own.
    pub also: &'a [&'a str],
}

const BEGIN: &str = "expect: begin ";
const END: &str = "expect: end ";

/// Takes the expected reports out of a console log. Returns the rest, and the names
/// of the reports that are missing.
pub(crate) fn examine<'a>(log: &str, all: &[Expected<'a>]) -> (String, Vec<&'a str>) {
    let mut rest = String::new();
    let mut missing: Vec<&str> = all.iter().map(|one| one.name).collect();
    let mut now: Option<&Expected> = None;
    let mut reported = false;
    for line in log.lines() {
        let message = console::message(line);
        let begins = |start: &&str| message.starts_with(start);
        if let Some(name) = message.strip_prefix(BEGIN) {
            now = all.iter().find(|one| one.name == name);
            reported = false;
        } else if let Some(name) = message.strip_prefix(END) {
            missing.retain(|&one| one != name || !reported);
            now = None;
        } else if now
            .is_some_and(|one| message.contains(one.place) && one.report.iter().any(begins))
        {
            reported = true;
        } else if !now.is_some_and(|one| one.also.iter().any(begins)) {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    (rest, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Expected<'static>; 5] = [
        expected(
            "sleep",
            &["BUG: sleeping function called from invalid context at "],
        ),
        expected("shift", &["UBSAN: shift-out-of-bounds in "]),
        expected("race", &["BUG: KCSAN: data-race in planted_race"]),
        expected("leak", &["kmemleak: "]),
        expected(
            "use-after-free",
            &[
                "BUG: KASAN: use-after-free in planted_use",
                "BUG: KASAN: slab-use-after-free in planted_use",
            ],
        ),
    ];

    const fn expected(name: &'static str, report: &'static [&'static str]) -> Expected<'static> {
        Expected {
            name,
            report,
            place: "",
            also: &[],
        }
    }

    fn examined(log: &str, names: &[&str]) -> (String, Vec<&'static str>) {
        let chosen = ALL.into_iter().filter(|one| names.contains(&one.name));
        examine(log, &chosen.collect::<Vec<_>>())
    }

    #[test]
    fn a_report_counts_for_what_was_planted_just_then() {
        let log = "[    1.0][  T99] expect: begin sleep\r\n\
                   [    1.1][  T99] BUG: sleeping function called from invalid context at x.c:1\r\n\
                   [    1.2][  T99] expect: end sleep\r\n\
                   [    1.3][  T99] expect: begin shift\n\
                   [    1.4][  T99] expect: end shift\n\
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
        let log = "expect: begin use-after-free\n\
                   BUG: KASAN: use-after-free in other+0x1/0x2 [other]\n\
                   BUG: KASAN: slab-use-after-free in planted_use+0x1/0x2\n\
                   WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2\n\
                   expect: end use-after-free\n";
        let (rest, missing) = examined(log, &["use-after-free"]);
        assert_eq!(missing, [""; 0]);
        assert_eq!(console::splats(&rest).len(), 2);
    }

    #[test]
    fn a_report_about_another_place_stays() {
        let unlocked = Expected {
            place: "/mgmt/state.h:",
            ..expected("unlocked", &["WARNING: "])
        };
        let there = "WARNING: CPU: 0 PID: 1 at x/mgmt/state.h:7 f+0x1/0x2\n";
        let elsewhere = "WARNING: CPU: 0 PID: 1 at x.c:7 f+0x1/0x2\n";
        let log = |report| format!("expect: begin unlocked\n{report}expect: end unlocked\n");
        assert_eq!(examine(&log(there), &[unlocked]), (String::new(), vec![]));
        let (rest, missing) = examine(&log(elsewhere), &[unlocked]);
        assert_eq!((&*rest, &*missing), (elsewhere, &["unlocked"][..]));
    }

    #[test]
    fn what_has_not_ended_was_not_reported() {
        let log = "expect: begin leak\nkmemleak: 1 new suspected memory leaks\n";
        assert_eq!(examined(log, &["leak"]).1, ["leak"]);
    }
}
