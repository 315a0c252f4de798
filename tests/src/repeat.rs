// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs a guest over and over, to see whether it always ends in the same way.

use crate::ktap::{self, Status};
use crate::vm::{Outcome, Verdict};
use anyhow::Result;
use std::fmt::Write;
use std::fs;

/// Boots so many times, prints each failure as it comes, and at the end how many
/// there were. Returns the first outcome that is a failure, else the last one.
///
/// # Errors
///
/// A guest cannot be started.
pub fn run(times: u32, boot: impl Fn() -> Result<Outcome>) -> Result<Outcome> {
    let mut seconds = Vec::new();
    let mut first_failure = None;
    let mut failures = 0;
    let last = loop {
        let mut outcome = boot()?;
        seconds.push(outcome.elapsed.as_secs_f64());
        let run = seconds.len();
        if let Some(why) = failure(&outcome) {
            keep_console(&mut outcome, run);
            println!("run {run} failed after {:.0} s:\n{why}", seconds[run - 1]);
            failures += 1;
        } else {
            println!("run {run} passed after {:.0} s", seconds[run - 1]);
        }
        if run >= times as usize {
            break outcome;
        }
        if first_failure.is_none() && failures > 0 {
            first_failure = Some(outcome);
        }
    };
    println!("{}", summary(failures, &mut seconds));
    Ok(first_failure.unwrap_or(last))
}

/// Copies the console's log of a failed run: the next boot overwrites the file.
fn keep_console(outcome: &mut Outcome, run: usize) {
    let kept = outcome
        .console_file
        .with_file_name(format!("console-{run}.log"));
    if fs::copy(&outcome.console_file, &kept).is_ok() {
        outcome.console_file = kept;
    }
}

/// The text on a failure: the verdict, and the tests that failed.
fn failure(outcome: &Outcome) -> Option<String> {
    let output = String::from_utf8_lossy(&outcome.output);
    if outcome.verdict == Verdict::Exit(0) {
        return None;
    }
    let mut why = format!("{}\n", outcome.verdict);
    let tests = ktap::parse(&output).unwrap_or_default();
    for test in tests.iter().filter(|test| test.status == Status::Failed) {
        let _ = writeln!(why, "  {}", test.name);
        for line in &test.diagnostics {
            let _ = writeln!(why, "    {line}");
        }
    }
    if tests.is_empty() {
        why.push_str(&output);
    }
    Some(why)
}

/// The figures of all runs.
fn summary(failures: usize, seconds: &mut [f64]) -> String {
    seconds.sort_by(f64::total_cmp);
    let runs = seconds.len();
    format!(
        "{runs} runs, {failures} failed; {:.0} to {:.0} s each, median {:.0} s",
        seconds[0],
        seconds[runs - 1],
        seconds[runs / 2]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    fn outcome(status: u8, output: &str, seconds: u64) -> Outcome {
        Outcome {
            verdict: Verdict::Exit(status),
            output: output.as_bytes().to_vec(),
            console: String::new(),
            console_file: PathBuf::new(),
            expected: 0,
            elapsed: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn the_first_failure_is_what_counts() -> Result<()> {
        let runs = AtomicU64::new(0);
        let boot = || {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            let status = [0, 3, 0, 4, 0][usize::try_from(run)?];
            Ok(outcome(status, "", run))
        };
        assert_eq!(super::run(5, boot)?.verdict, Verdict::Exit(3));
        assert_eq!(runs.load(Ordering::Relaxed), 5);
        Ok(())
    }

    #[test]
    fn a_failure_names_its_tests() {
        let failed = outcome(1, "KTAP version 1\n1..2\nok 1 a\n# why\nnot ok 2 b\n", 1);
        let why = failure(&failed).unwrap_or_default();
        assert!(why.ends_with("\n  b\n    why\n"), "{why}");
        assert!(failure(&outcome(1, "no KTAP", 1)).is_some_and(|why| why.contains("no KTAP")));
        assert!(failure(&outcome(0, "", 1)).is_none());
    }

    #[test]
    fn figures_are_of_all_runs() {
        assert_eq!(
            summary(1, &mut [3.0, 1.0, 2.0]),
            "3 runs, 1 failed; 1 to 3 s each, median 2 s"
        );
    }
}
