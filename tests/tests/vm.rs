// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests in the virtual machine: the runner itself, on the machine's own kernel,
//! then the guest's suites on every kernel.
//!
//! `UMD_SKIP_VM=1` leaves them out; `UMD_KERNEL=K` runs all of them on that
//! kernel only.

#![forbid(unsafe_code)]

mod common;
#[path = "suites/imports.rs"]
mod imports;
#[path = "suites/initramfs.rs"]
mod initramfs;
#[path = "suites/installed.rs"]
mod installed;
#[path = "suites/own.rs"]
mod own;
#[path = "suites/packages.rs"]
mod packages;
mod suites;
#[path = "suites/template.rs"]
mod template;

use anyhow::{Result, bail, ensure};
use common::{expect, trial};
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;
use std::time::Duration;
use umd_tests::kernel::Update;
use umd_tests::setup;
use umd_tests::vm::{self, Clock, Options, Outcome, Output, Task, Verdict};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A guest whose clock counts instructions keeps one processor busy. The others
    // wait until they have the machine for themselves.
    arguments.test_threads = Some(2);
    let skip = std::env::var_os("UMD_SKIP_VM").is_some_and(|value| value == "1");
    if skip {
        eprintln!("UMD_SKIP_VM=1: the tests in the virtual machine are left out");
    }
    let mut trials = runner_tests();
    trials.extend(initramfs::trials(chosen_kernel().as_deref()));
    trials.extend(installed::trials(chosen_kernel().as_deref()));
    match suites::trials(chosen_kernel().as_deref()) {
        Ok(suites) => trials.extend(suites),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    let run = |trials: Vec<Trial>| {
        let trials = trials.into_iter();
        let trials = trials.map(|trial| trial.with_ignored_flag(skip)).collect();
        libtest_mimic::run(&arguments, trials)
    };
    let mut conclusion = run(trials);
    if !conclusion.has_failed() {
        // This trial is about the others, so all of them have to be over.
        conclusion = run(vec![suites::promises::trial(|suite| !suite.is_short())]);
    }
    common::repeat_figures();
    conclusion.exit_code()
}

fn runner_tests() -> Vec<Trial> {
    vec![
        trial("runner_passes_the_exit_status_on", exit_status),
        trial("runner_passes_arguments_as_they_are", arguments),
        trial("runner_passes_output_byte_for_byte", output),
        trial("runner_tells_a_panic", panic),
        trial("runner_tells_a_kernel_report_after_success", report),
        trial("runner_tells_a_taint_after_success", taint),
        trial("runner_tells_the_status_of_a_failed_script", failed_script),
        trial("runner_ends_a_hung_guest", hung),
        trial("runner_tells_a_missing_verdict", missing_verdict),
        trial("runner_refuses_a_second_verdict", second_verdict),
        trial("runner_takes_arguments_modules_and_files", own::additions),
        trial("runner_gives_gdb_the_symbols_of_modules", own::symbols),
        trial(
            "readme_shows_the_example",
            installed::readme_shows_the_example,
        ),
        trial(
            "distributions_have_the_fragment",
            installed::distributions_have_the_fragment,
        ),
        trial("packages_are_reproducible", packages::are_reproducible),
        trial("packaged_modules_are_signed", packages::modules_are_signed),
        trial("packages_have_one_version", packages::have_one_version),
        trial("driver_of_the_template_runs", || {
            template::runs(chosen_kernel().as_deref())
        }),
        trial("missing_imports_are_named", imports::missing_are_named),
        trial("rare_imports_are_listed", imports::rare_are_listed),
    ]
}

fn chosen_kernel() -> Option<String> {
    std::env::var("UMD_KERNEL").ok()
}

/// Boots without modules: these tests are about the runner.
fn boot(script: &str, arguments: &[&str], seconds: u64) -> Result<Outcome> {
    vm::run(&Options {
        clock: Clock::Host,
        ready: &setup::ensure(chosen_kernel().as_deref(), Update::Missing)?,
        modules: &[],
        files: &[],
        task: Task::Script {
            text: script.into(),
            arguments: arguments.iter().map(Into::into).collect(),
        },
        output: Output::Capture,
        processors: 1,
        timeout: Some(Duration::from_secs(seconds)),
        name: "runner-test",
        extra: None,
    })
}

fn exit_status() -> Result<()> {
    let outcome = boot("exit 42", &[], 60)?;
    expect(&outcome, &Verdict::Exit(42))
}

fn arguments() -> Result<()> {
    let given = ["a b", "it's", "$HOME;\"x\"", "", "line\nline", "-n"];
    let outcome = boot("printf '[%s]' \"$@\"", &given, 60)?;
    expect(&outcome, &Verdict::Exit(0))?;
    let expected: String = given.iter().map(|one| format!("[{one}]")).collect();
    ensure!(outcome.output == expected.as_bytes(), "{outcome:?}");
    Ok(())
}

fn output() -> Result<()> {
    // Every byte value on standard output, then on standard error, then more
    // than any buffer on the way holds.
    let script = r#"
        every() {
            i=0
            while [ $i -lt 256 ]; do printf "\\$(printf %o $i)"; i=$((i + 1)); done
        }
        every
        every >&2
        yes 0123456789abcde | head -c 262144
    "#;
    let outcome = boot(script, &[], 60)?;
    expect(&outcome, &Verdict::Exit(0))?;
    let every: Vec<u8> = (0..=255).collect();
    let expected = [&every[..], &every, &b"0123456789abcde\n".repeat(16384)].concat();
    ensure!(
        outcome.output == expected,
        "{} bytes came, not the {} expected",
        outcome.output.len(),
        expected.len()
    );
    Ok(())
}

fn panic() -> Result<()> {
    // User Mode Linux has no such trigger, but can run out of memory.
    let script = "echo before; echo c >/proc/sysrq-trigger || \
        { echo 2 >/proc/sys/vm/panic_on_oom; tail /dev/zero; }; echo after";
    let outcome = boot(script, &[], 60)?;
    let Verdict::Panic(message) = &outcome.verdict else {
        bail!("{}", outcome.verdict);
    };
    let reasons = ["sysrq triggered crash", "Out of memory: "];
    ensure!(
        reasons.iter().any(|reason| {
            let wanted = format!("Kernel panic - not syncing: {reason}");
            message.starts_with(&wanted)
        }),
        "{message}"
    );
    ensure!(outcome.output.starts_with(b"before\n"), "{outcome:?}");
    ensure!(!outcome.output.ends_with(b"after\n"), "{outcome:?}");
    Ok(())
}

// A stock kernel has no way to ask for a real WARN without a module; its log
// can be written to.
const REPORT: &str = "echo 'WARNING: CPU: 0 PID: 1 at test.c:1 test' >/dev/kmsg";

fn report() -> Result<()> {
    let outcome = boot(REPORT, &[], 60)?;
    let message = "WARNING: CPU: 0 PID: 1 at test.c:1 test".to_owned();
    expect(&outcome, &Verdict::Splat(message))
}

fn taint() -> Result<()> {
    // 512: a warning, whose text may have been lost; 4096: our own modules.
    let outcome = boot("echo $((512 + 4096)) >/proc/sys/kernel/tainted", &[], 60)?;
    let message = "a warning (taint flags 4608)".to_owned();
    expect(&outcome, &Verdict::Splat(message))
}

fn failed_script() -> Result<()> {
    let outcome = boot(&format!("{REPORT}; exit 3"), &[], 60)?;
    expect(&outcome, &Verdict::Exit(3))
}

fn hung() -> Result<()> {
    // The boot is part of it.
    let outcome = boot("echo alive; while :; do :; done", &[], 30)?;
    expect(&outcome, &Verdict::Timeout)?;
    ensure!(outcome.output == b"alive\n", "{outcome:?}");
    Ok(())
}

fn missing_verdict() -> Result<()> {
    let outcome = boot("reboot -f", &[], 60)?;
    expect(
        &outcome,
        &Verdict::NoVerdict("it was switched off".to_owned()),
    )
}

fn second_verdict() -> Result<()> {
    let outcome = boot("echo exit 0 taint 0 >/dev/ttyS2; exit 1", &[], 60)?;
    ensure!(
        matches!(outcome.verdict, Verdict::NoVerdict(_)),
        "{}",
        outcome.verdict
    );
    Ok(())
}
