// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests in the virtual machine: the runner itself, then the guest's suites
//! (`tests/guest/suite_*.sh`), one boot each.
//!
//! `UMD_SKIP_VM=1` leaves them out; `UMD_KERNEL` chooses the kernel.

#![forbid(unsafe_code)]

mod common;

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::vm::{self, Options, Outcome, Output, Task, Verdict};
use umd_tests::{ktap, repo, setup, test_handlers};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The machine is one: waiting tests would only run into each other.
    arguments.test_threads = Some(1);
    let skip = std::env::var_os("UMD_SKIP_VM").is_some_and(|value| value == "1");
    if skip {
        eprintln!("UMD_SKIP_VM=1: the tests in the virtual machine are left out");
    }
    let mut trials = runner_tests();
    match suites() {
        Ok(suites) => trials.extend(suites),
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    let trials = trials
        .into_iter()
        .map(|trial| trial.with_ignored_flag(skip))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(|e| format!("{e:#}").into()))
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
    ]
}

/// One trial for each suite of `tests/guest`.
fn suites() -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(repo::root().join("tests/guest"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if name.starts_with("suite_") {
            let name = name.into_owned();
            trials.push(trial(&name.clone(), move || suite(&name, &path)));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    Ok(trials)
}

/// The handler that a suite wants in the sample Loader, built in `folder`;
/// none: the sample's own.
fn handler_for(suite: &str, folder: &Path) -> Option<PathBuf> {
    match suite {
        "suite_evil" => {
            let elf = folder.join("evil_umh");
            let freestanding = ["-static", "-nostdlib", "-ffreestanding"];
            let plain = ["-fno-stack-protector", "-fno-pie", "-no-pie"];
            common::compile(
                "gcc",
                &[&freestanding[..], &plain].concat(),
                "evil/evil_umh.c",
                &elf,
            );
            Some(elf)
        }
        "suite_reverse" => Some(common::new_handler(folder)),
        _ => None,
    }
}

/// Boots once and reports each test of the suite.
fn suite(name: &str, script: &Path) -> Result<()> {
    let ready = ready()?;
    let folder = tempfile::tempdir()?;
    let handler = handler_for(name, folder.path());
    let modules = modules::build(&ready.kernel, handler.as_deref(), Which::Tests)?;
    let outcome = vm::run(&Options {
        ready: &ready,
        modules: &modules,
        files: &test_handlers::build()?,
        task: script_task(&fs::read(script)?, &[]),
        output: Output::Capture,
        processors: 2,
        timeout: Some(Duration::from_mins(10)),
        name,
    })?;
    let output = String::from_utf8_lossy(&outcome.output);
    let tests = ktap::parse(&output)
        .with_context(|| format!("{}; the suite printed:\n{output}", outcome.verdict))?;
    for test in &tests {
        eprintln!("    {name}::{}: {:?}", test.name, test.status);
        if test.status == ktap::Status::Failed {
            for line in &test.diagnostics {
                eprintln!("        {line}");
            }
        }
    }
    let failed = tests
        .iter()
        .filter(|test| test.status == ktap::Status::Failed)
        .count();
    ensure!(failed == 0, "{failed} of {} tests failed", tests.len());
    expect(&outcome, &Verdict::Exit(0))
}

fn ready() -> Result<setup::Ready> {
    let kernel = std::env::var("UMD_KERNEL").ok();
    setup::ensure(kernel.as_deref(), Update::Missing)
}

fn script_task(text: &[u8], arguments: &[&str]) -> Task {
    Task::Script {
        text: text.to_vec(),
        arguments: arguments.iter().map(Into::into).collect(),
    }
}

/// Boots without modules: these tests are about the runner.
fn boot(script: &str, arguments: &[&str], seconds: u64) -> Result<Outcome> {
    vm::run(&Options {
        ready: &ready()?,
        modules: &[],
        files: &[],
        task: script_task(script.as_bytes(), arguments),
        output: Output::Capture,
        processors: 1,
        timeout: Some(Duration::from_secs(seconds)),
        name: "runner-test",
    })
}

fn expect(outcome: &Outcome, verdict: &Verdict) -> Result<()> {
    ensure!(
        outcome.verdict == *verdict,
        "{}; see {}",
        outcome.verdict,
        outcome.console_file.display()
    );
    Ok(())
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
    let outcome = boot(
        "echo before; echo c >/proc/sysrq-trigger; echo after",
        &[],
        60,
    )?;
    let message = "Kernel panic - not syncing: sysrq triggered crash".to_owned();
    expect(&outcome, &Verdict::Panic(message))?;
    ensure!(outcome.output == b"before\n", "{outcome:?}");
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
    let outcome = boot("echo alive; while :; do :; done", &[], 15)?;
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
