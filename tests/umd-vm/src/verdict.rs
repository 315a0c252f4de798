// SPDX-License-Identifier: MIT OR Apache-2.0

//! How a run ended, from the traces that it has left.

use crate::console;
use crate::machine::Ended;

/// Exit codes with another meaning than the script's own status.
pub mod exit_code {
    /// The guest's kernel panicked; an oops makes it panic.
    pub const PANIC: u8 = 250;
    /// The script succeeded, but the kernel reported a fault (WARN, BUG,
    /// stall, sanitizer or lockdep report).
    pub const SPLAT: u8 = 251;
    /// The time was over and the machine was ended.
    pub const TIMEOUT: u8 = 252;
    /// The guest did not run, or ended without exactly one verdict.
    pub const INFRASTRUCTURE: u8 = 253;
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The script ended with this status; if that is 0, the kernel is well.
    Exit(u8),
    /// The kernel panicked, with this message.
    Panic(String),
    /// The script succeeded, but the kernel reported this.
    Splat(String),
    /// The time was over.
    Timeout,
    /// No verdict, or more than one.
    NoVerdict(String),
}

impl Verdict {
    /// The exit code for a program that runs guests, such as `cargo vm`.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Exit(status) => *status,
            Self::Panic(_) => exit_code::PANIC,
            Self::Splat(_) => exit_code::SPLAT,
            Self::Timeout => exit_code::TIMEOUT,
            Self::NoVerdict(_) => exit_code::INFRASTRUCTURE,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "the script ended with status {status}"),
            Self::Panic(message) => write!(f, "the guest's kernel panicked: {message}"),
            Self::Splat(message) => write!(f, "the guest's kernel reported: {message}"),
            Self::Timeout => write!(f, "the time was over and the guest was ended"),
            Self::NoVerdict(why) => write!(f, "the guest ended without a verdict: {why}"),
        }
    }
}

/// The verdict on the traces of a run.
pub(crate) fn judge(ended: Ended, console: &str, verdict: &str, process_said: &str) -> Verdict {
    let splat = console::splats(console).into_iter().next();
    if let Some(panic) = console::panic(console) {
        return Verdict::Panic(match splat {
            Some(splat) => format!("{splat} ({panic})"),
            None => panic,
        });
    }
    if ended == Ended::TimeOver {
        return Verdict::Timeout;
    }
    match status(verdict) {
        Some((0, flags)) => match splat.or_else(|| console::taint(flags)) {
            Some(splat) => Verdict::Splat(splat),
            None => Verdict::Exit(0),
        },
        Some((status, _)) => Verdict::Exit(status),
        None if !verdict.is_empty() => Verdict::NoVerdict(format!(
            "it wrote \"{}\" where one exit status belongs",
            verdict.escape_debug()
        )),
        None if !process_said.is_empty() => Verdict::NoVerdict(process_said.replace('\n', "; ")),
        None => Verdict::NoVerdict("it was switched off".to_owned()),
    }
}

/// The script's status and the kernel's taint flags, from the one line that
/// `init.sh` writes.
fn status(verdict: &str) -> Option<(u8, u32)> {
    let mut lines = verdict.lines();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let (status, flags) = line.strip_prefix("exit ")?.split_once(" taint ")?;
    Some((status.parse().ok()?, flags.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_status_is_a_verdict() {
        let judged = |verdict| judge(Ended::ByItself, "", verdict, "");
        assert_eq!(judged("exit 0 taint 12288\r\n"), Verdict::Exit(0));
        assert_eq!(judged("exit 3 taint 0\n"), Verdict::Exit(3));
        for wrong in [
            "",
            "exit 0\n",
            "exit 256 taint 0\n",
            "exit 0 taint 0\nexit 0 taint 0\n",
            "\nexit 0 taint 0\n",
        ] {
            assert!(matches!(judged(wrong), Verdict::NoVerdict(_)), "{wrong:?}");
        }
    }

    #[test]
    fn a_fault_of_the_kernel_outweighs_success_but_not_failure() {
        let warned = "[    1.0] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x1/0x2\n";
        let judged = |ended, console, verdict| judge(ended, console, verdict, "");
        let by_itself = Ended::ByItself;
        assert!(matches!(
            judged(by_itself, warned, "exit 0 taint 0\n"),
            Verdict::Splat(_)
        ));
        assert_eq!(
            judged(by_itself, warned, "exit 1 taint 0\n"),
            Verdict::Exit(1)
        );
        assert!(matches!(
            judged(by_itself, "", "exit 0 taint 512\n"),
            Verdict::Splat(_)
        ));
        assert_eq!(
            judged(Ended::TimeOver, warned, "exit 0 taint 0\n"),
            Verdict::Timeout
        );
        let panicked = "[    1.0] Kernel panic - not syncing: why\n";
        for ended in [by_itself, Ended::TimeOver] {
            assert!(matches!(
                judged(ended, panicked, "exit 0 taint 0\n"),
                Verdict::Panic(_)
            ));
        }
    }
}
