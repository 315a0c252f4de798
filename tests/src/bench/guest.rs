// SPDX-License-Identifier: MIT OR Apache-2.0

//! Counting instructions in a guest.

use super::{Case, Cost, Costs};
use crate::modules::{self, Which};
use crate::setup::Ready;
use crate::vm::{self, Clock, Options, Output, Task, Verdict};
use crate::{c_program, new_driver, repo, test_handlers};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::time::Duration;

/// More than the measurement takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(12);
const TIME_TIMEOUT: Duration = Duration::from_mins(3);

/// Boots a kernel and measures each case `rounds` times.
///
/// # Errors
///
/// The guest does not run to its end.
pub fn measure(ready: &Ready, rounds: u32) -> Result<Costs> {
    let folder = tempfile::tempdir()?;
    let handler = new_driver::build("bench", folder.path(), ready.kernel.arch())?;
    let mut files = test_handlers::build(&ready.kernel)?;
    files.push(("umd/bench_umh".to_owned(), handler));
    files.extend(c_program::for_guest(
        &ready.kernel,
        &["peers"],
        folder.path(),
    )?);
    let mut modules = modules::build(&ready.kernel, None, Which::Tests)?;
    // The guest needs this module where FUSE is not built in.
    modules.extend(ready.kernel.module("fuse"));
    let output = output_of(&Options {
        ready,
        modules: &modules,
        files: &files,
        task: script("bench.sh", vec![rounds.to_string().into()])?,
        output: Output::Capture,
        processors: 1,
        clock: Clock::Instructions { shift: 0 },
        timeout: Some(TIMEOUT),
        name: "bench",
        extra: None,
    })?;
    parse(&output)
}

/// Returns a script of `tests/guest/`, with arguments.
fn script(name: &str, arguments: Vec<OsString>) -> Result<Task> {
    let text = fs::read(repo::root().join("tests/guest").join(name))?;
    Ok(Task::Script { text, arguments })
}

/// Runs a guest to its end, and returns the output of its script.
///
/// # Errors
///
/// The guest's script does not succeed.
fn output_of(options: &Options) -> Result<String> {
    let outcome = vm::run(options)?;
    let output = String::from_utf8_lossy(&outcome.output);
    ensure!(
        outcome.verdict == Verdict::Exit(0),
        "{}; the guest printed:\n{output}",
        outcome.verdict
    );
    Ok(output.into_owned())
}

/// Runs a script of `tests/guest/` that measures the host's time, and returns
/// its output.
///
/// # Errors
///
/// The guest's script does not succeed.
pub(super) fn output_by_time(
    ready: &Ready,
    name: &str,
    script_name: &str,
    processors: u32,
) -> Result<String> {
    output_of(&Options {
        ready,
        modules: &modules::build(&ready.kernel, None, Which::Tests)?,
        files: &test_handlers::build(&ready.kernel)?,
        task: script(script_name, Vec::new())?,
        output: Output::Capture,
        processors,
        clock: Clock::Host,
        timeout: Some(TIME_TIMEOUT),
        name,
        extra: None,
    })
}

/// Parses a line of `N` numbers.
///
/// # Errors
///
/// The line is anything else.
pub(super) fn numbers<const N: usize>(line: &str) -> Result<[u32; N]> {
    let numbers: Option<Vec<u32>> = line
        .split_whitespace()
        .map(|word| word.parse().ok())
        .collect();
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .with_context(|| format!("unexpected line from the guest: {line}"))
}

/// Parses lines `NAME REQUEST REPLY COUNT NANOSECONDS SWITCHES`.
fn parse(output: &str) -> Result<Costs> {
    let mut rounds: BTreeMap<Case, Vec<(f64, f64)>> = BTreeMap::new();
    for line in output.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, request, reply, count, nanoseconds, switches] = words[..] else {
            anyhow::bail!("unexpected line from the guest: {line}");
        };
        let case = Case::new(name, request.parse()?, reply.parse()?);
        let count: f64 = count.parse()?;
        let each = |total: &str| -> Result<f64> {
            let total: f64 = total.parse().with_context(|| line.to_owned())?;
            Ok(total / count)
        };
        let round = (each(nanoseconds)?, each(switches)?);
        rounds.entry(case).or_default().push(round);
    }
    Ok(Costs(
        rounds
            .into_iter()
            .map(|(case, rounds)| (case, cost(rounds)))
            .collect(),
    ))
}

/// Returns the median, by instructions, of at least one round.
fn cost(mut rounds: Vec<(f64, f64)>) -> Cost {
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (instructions, switches) = rounds[rounds.len() / 2];
    let (least, most) = (rounds[0].0, rounds[rounds.len() - 1].0);
    Cost {
        instructions,
        spread: (most - least) / instructions,
        switches,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_the_median_of_the_rounds_for_one_request() {
        let costs = parse(
            "umd_long 24 64 10 50000 20\numd_long 24 64 10 60000 40\n\
             turns_long 0 0 1 9 2\numd_long 24 64 10 90000 30\n",
        )
        .unwrap();
        let cost = costs.get("umd_long", 24, 64).unwrap();
        assert!((cost.instructions - 6000.0).abs() < 1e-9);
        assert!((cost.switches - 4.0).abs() < 1e-9);
        assert!((cost.spread - 4.0 / 6.0).abs() < 1e-9);
        assert_eq!(costs.iter().count(), 2);
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        assert!(parse("the error of 'load uma' is 'EIO', not '0'\n").is_err());
        assert!(parse("umd_long 24 64 10 many 20\n").is_err());
    }
}
