// SPDX-License-Identifier: MIT OR Apache-2.0

//! A trial for each of the guest's suites and each kernel.

mod layers;
pub(crate) mod promises;
mod size;

use crate::common::{expect, figure, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use umd_tests::suites::{self, Choice, Kernels, Suite};
use umd_tests::vm::{Output, Verdict};
use umd_tests::{kernel, ktap};

/// The kernels that all that is about the kernel is tested on.
pub(crate) const KERNELS: [&str; 3] = ["6.1", "6.12", "latest"];

/// More than the longest form of a suite takes.
const FULL_TIMEOUT: Duration = Duration::from_mins(30);

/// Guests of this run whose kernel has checkers, which reported all bugs that were
/// planted in them and nothing else.
static WITH_CHECKERS: AtomicUsize = AtomicUsize::new(0);

/// Says how many there were.
#[allow(dead_code, reason = "for the long layer")]
pub(crate) fn repeat_guests() {
    let guests = WITH_CHECKERS.load(Ordering::Relaxed);
    eprintln!("  {guests} guests whose kernels reported the planted bugs, and nothing else");
}

/// A trial for each suite and kernel; `chosen` is the only kernel to use.
#[allow(dead_code, reason = "for the quick layer")]
pub(crate) fn trials(chosen: Option<&str>) -> Result<Vec<Trial>> {
    let mut trials = size::trials(chosen);
    trials.extend(layers::trials(chosen));
    let all = suites::all()?.into_iter();
    for suite in all.filter(Suite::is_short) {
        let kernels = match chosen {
            Some(kernel) if suite.is_for(kernel) => vec![Some(kernel)],
            Some(_) => Vec::new(),
            None => match suite.kernels() {
                Kernels::All => KERNELS
                    .into_iter()
                    .filter(|kernel| !is_left_to_long_layer(&suite, kernel))
                    .chain(suite.flavours())
                    .map(Some)
                    .collect(),
                Kernels::Own => vec![None],
                Kernels::Debug => Vec::new(),
            },
        };
        let on = |kernel| suite_trial(suite.clone(), kernel);
        trials.extend(kernels.into_iter().map(on));
    }
    Ok(trials)
}

/// Whether only the long layer has this suite of the short one on `kernel`, which is
/// neither the oldest nor the newest.
pub(crate) fn is_left_to_long_layer(suite: &Suite, kernel: &str) -> bool {
    suite.only_ends() && kernel == KERNELS[1]
}

/// A trial on `kernel` for each suite of it that `is_wanted`.
#[allow(dead_code, reason = "for the long layer")]
pub(crate) fn trials_on(kernel: &str, is_wanted: impl Fn(&Suite) -> bool) -> Result<Vec<Trial>> {
    let suites = suites::all()?
        .into_iter()
        .filter(|suite| suite.is_for(kernel) && is_wanted(suite));
    Ok(suites
        .map(|suite| suite_trial(suite, Some(kernel)))
        .collect())
}

fn suite_trial(suite: Suite, kernel: Option<&str>) -> Trial {
    let kernel = kernel.map(str::to_owned);
    let name = match &kernel {
        Some(kernel) => format!("{}::{kernel}", suite.name),
        None => suite.name.clone(),
    };
    trial(&name, move || {
        let choice = Choice {
            kernel: kernel.as_deref(),
            ..Choice::default()
        };
        run(&suite, &choice)
    })
}

/// A trial of all that a suite does with the argument `full`, on `processors`
/// processors and by the host's clock.
#[allow(dead_code, reason = "for the long layer")]
pub(crate) fn full_trial(name: &str, processors: u32) -> Result<Trial> {
    let suite = suites::all()?.into_iter().find(|suite| suite.name == name);
    let suite = suite.with_context(|| format!("no suite {name}"))?;
    Ok(trial(&format!("{name}::full"), move || {
        let choice = Choice {
            processors: Some(processors),
            arguments: Some(vec!["full".into()]),
            timeout: Some(FULL_TIMEOUT),
            ..Choice::default()
        };
        run(&suite, &choice)
    }))
}

/// Boots once and reports each test of the suite.
fn run(suite: &Suite, choice: &Choice) -> Result<()> {
    let on = choice.kernel.unwrap_or(kernel::default_name());
    let outcome = suite.run(choice, Output::Capture, &format!("{}-{on}", suite.name))?;
    let output = String::from_utf8_lossy(&outcome.output);
    let tests = ktap::parse(&output)
        .with_context(|| format!("{}; the suite printed:\n{output}", outcome.verdict))?;
    for test in &tests {
        if test.status == ktap::Status::Passed {
            promises::passed(&test.name);
        }
    }
    report(&suite.name, on, &tests);
    let skipped: Vec<_> = tests
        .iter()
        .filter(|test| matches!(test.status, ktap::Status::Skipped(_)))
        .map(|test| test.name.as_str())
        .filter(|name| !may_be_skipped(suite, name, on))
        .collect();
    for line in conclusion(&output) {
        figure(format!("{} on {on}: {line}", suite.name));
    }
    let seconds = outcome.elapsed.as_secs_f64();
    eprintln!("    {} on {on}: {seconds:.0} s in the guest", suite.name);
    let failed = tests
        .iter()
        .filter(|test| test.status == ktap::Status::Failed)
        .count();
    ensure!(failed == 0, "{failed} of {} tests failed", tests.len());
    ensure!(
        skipped.is_empty(),
        "skipped, but no line '# may skip:' allows it: {}",
        skipped.join(", ")
    );
    expect(&outcome, &Verdict::Exit(0))?;
    if outcome.expected > 0 {
        let planted = outcome.expected;
        eprintln!("    its kernel reported {planted} planted bugs, and nothing else");
        WITH_CHECKERS.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Whether the suite says so of one of our kernels; others may lack anything.
/// Nobody would see that any other test that skips itself tests nothing.
fn may_be_skipped(suite: &Suite, test: &str, kernel: &str) -> bool {
    !kernel::has_name(kernel) || suite.may_skip(test, kernel)
}

/// The comments behind all tests: what the suite says of them together.
fn conclusion(output: &str) -> impl Iterator<Item = &str> {
    let start = output.rfind("\nok ").max(output.rfind("\nnot ok "));
    let last = &output[start.unwrap_or_default()..];
    last.lines().filter_map(|line| line.strip_prefix("# "))
}

/// Says on standard error how each test went, and what a failed one printed: all of
/// it at once, since other trials print, too.
fn report(suite: &str, kernel: &str, tests: &[ktap::Test]) {
    let mut lines = vec![format!("  {suite} on {kernel}")];
    for test in tests {
        lines.push(format!("    {}: {:?}", test.name, test.status));
        if test.status == ktap::Status::Failed {
            let printed = test.diagnostics.iter();
            lines.extend(printed.map(|line| format!("        {line}")));
        }
    }
    eprintln!("{}", lines.join("\n"));
}
