// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's suites (`tests/guest/suite_*.sh`), what each of them needs, and
//! how one is run: one boot for each suite and kernel.

pub(crate) mod promises;
pub(crate) mod readme;
mod size;

use crate::common;
use crate::common::guest::{expect, script_task, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use umd_tests::kernel::Update;
use umd_tests::modules::{self, Which};
use umd_tests::vm::{self, Options, Output, Verdict};
use umd_tests::{kernel, ktap, repo, setup, test_handlers};

/// The kernels that all that is about the kernel is tested on.
const KERNELS: [&str; 3] = ["6.1", "6.12", "latest"];

/// A suite that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_mins(10);
const SLOW_TIMEOUT: Duration = Duration::from_mins(30);

/// What a suite needs.
struct Suite {
    /// That of its script, without the extension.
    name: &'static str,
    /// What is in the sample Loader.
    handler: Handler,
    /// Which modules are installed.
    modules: Which,
    /// C programs (`tests/c/NAME.c`) that it runs, as `/umd/NAME`.
    programs: &'static [&'static str],
    /// How many processors the guest has.
    processors: u32,
    /// Which kernels it is for.
    kernels: Kernels,
    /// Its arguments on that of the machine; on others it has none.
    full: &'static [&'static str],
    /// Kernels that it cannot run on, and why.
    not_on: &'static [(&'static str, &'static str)],
}

/// Which kernels a suite is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kernels {
    /// Every one.
    All,
    /// That of the machine, and those with checkers.
    Own,
    /// The one with fault injection.
    Debug,
}

/// What the sample Loader carries.
enum Handler {
    /// The sample's own Handler.
    Own,
    /// One of `tests/evil/`.
    C(&'static str),
    /// `tests/new_handler/reverse_umh.rs`.
    Reverse,
}

impl Suite {
    /// Whether `kernel` has what it needs.
    fn is_for(&self, kernel: &str) -> bool {
        self.kernels != Kernels::Debug || kernel == "debug"
    }
}

/// To be changed by those that need something else.
const PLAIN: Suite = Suite {
    name: "",
    handler: Handler::Own,
    modules: Which::Tests,
    programs: &[],
    processors: 2,
    kernels: Kernels::All,
    full: &[],
    not_on: &[],
};

const SUITES: &[Suite] = &[
    Suite {
        name: "suite_admin",
        ..PLAIN
    },
    Suite {
        name: "suite_calls",
        ..PLAIN
    },
    Suite {
        name: "suite_environment",
        handler: Handler::C("probe_umh.c"),
        ..PLAIN
    },
    Suite {
        name: "suite_evil",
        handler: Handler::C("evil_umh.c"),
        full: &["full"],
        ..PLAIN
    },
    Suite {
        name: "suite_evil_no_seccomp",
        modules: Which::TestsWithoutSeccomp,
        kernels: Kernels::Own,
        full: &["full"],
        ..PLAIN
    },
    Suite {
        name: "suite_faults",
        modules: Which::TestsWithFaults,
        programs: &["fault"],
        kernels: Kernels::Debug,
        ..PLAIN
    },
    Suite {
        name: "suite_guest",
        ..PLAIN
    },
    Suite {
        name: "suite_lifecycle",
        ..PLAIN
    },
    Suite {
        name: "suite_policy",
        ..PLAIN
    },
    Suite {
        name: "suite_probe",
        handler: Handler::C("probe_umh.c"),
        modules: Which::TestsWithoutSeccomp,
        ..PLAIN
    },
    Suite {
        name: "suite_races",
        processors: 4,
        ..PLAIN
    },
    // Holds a recipe of the README, which is the same for each kernel.
    Suite {
        name: "suite_reverse",
        handler: Handler::Reverse,
        kernels: Kernels::Own,
        ..PLAIN
    },
    Suite {
        name: "suite_sample",
        ..PLAIN
    },
    Suite {
        name: "suite_seal",
        programs: &["look"],
        ..PLAIN
    },
    Suite {
        name: "suite_seccomp",
        handler: Handler::C("probe_umh.c"),
        programs: &["look"],
        ..PLAIN
    },
    Suite {
        name: "suite_stress",
        full: &["full"],
        ..PLAIN
    },
    Suite {
        name: "suite_suspend",
        ..PLAIN
    },
    Suite {
        name: "suite_switch_root",
        ..PLAIN
    },
    Suite {
        name: "suite_workers",
        ..PLAIN
    },
];

/// One trial for each suite and kernel; `chosen` is the only kernel to use.
#[allow(dead_code, reason = "for the quick layer")]
pub(crate) fn trials(chosen: Option<&str>) -> Result<Vec<Trial>> {
    ensure_all_are_known()?;
    let mut trials = size::trials(chosen);
    for suite in SUITES {
        let kernels = match chosen {
            Some(kernel) if suite.is_for(kernel) => vec![Some(kernel)],
            Some(_) => Vec::new(),
            None => match suite.kernels {
                Kernels::All => KERNELS.map(Some).to_vec(),
                Kernels::Own => vec![None],
                Kernels::Debug => Vec::new(),
            },
        };
        trials.extend(kernels.into_iter().map(|kernel| suite_trial(suite, kernel)));
    }
    Ok(trials)
}

/// One trial for each suite on `kernel`.
#[allow(dead_code, reason = "for the long layer")]
pub(crate) fn trials_on(kernel: &str) -> Result<Vec<Trial>> {
    ensure_all_are_known()?;
    let suites = SUITES.iter().filter(|suite| suite.is_for(kernel));
    let trials = suites.map(|suite| suite_trial(suite, Some(kernel)));
    Ok(trials.collect())
}

fn suite_trial(suite: &'static Suite, kernel: Option<&str>) -> Trial {
    let kernel = kernel.map(str::to_owned);
    let why_not = suite
        .not_on
        .iter()
        .find(|(name, _)| kernel.as_deref() == Some(name));
    let name = match &kernel {
        Some(kernel) => format!("{}::{kernel}", suite.name),
        None => suite.name.to_owned(),
    };
    if let Some((_, why)) = why_not {
        eprintln!("{name} is left out: {why}");
    }
    trial(&name, move || run(suite, kernel.as_deref())).with_ignored_flag(why_not.is_some())
}

/// A script that is in no line of the table would never be run.
fn ensure_all_are_known() -> Result<()> {
    let mut scripts = BTreeSet::new();
    for entry in fs::read_dir(repo::root().join("tests/guest"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if name.starts_with("suite_") {
            scripts.insert(name.into_owned());
        }
    }
    let known: BTreeSet<String> = SUITES.iter().map(|suite| suite.name.to_owned()).collect();
    ensure!(
        scripts == known,
        "tests/guest has the suites {scripts:?}, tests/tests/suites/mod.rs {known:?}"
    );
    Ok(())
}

/// The Handler that a suite wants in the sample Loader, built in `folder`;
/// none: the sample's own.
fn build_handler(suite: &Suite, folder: &Path) -> Result<Option<PathBuf>> {
    Ok(match suite.handler {
        Handler::Own => None,
        Handler::Reverse => Some(common::new_handler(folder)),
        Handler::C(source) => {
            let elf = folder.join("handler");
            test_handlers::compile(source, &[], &elf)?;
            Some(elf)
        }
    })
}

/// The suite's programs, built in `folder`: path in the guest, and file.
fn build_programs(suite: &Suite, folder: &Path) -> Vec<(String, PathBuf)> {
    let build = |name: &&str| {
        let program = folder.join(name);
        // Any header of the guest's kernel and C library may be needed.
        let flags = ["-static", "-D_GNU_SOURCE"];
        common::compile("gcc", &flags, &format!("c/{name}.c"), &program);
        (format!("umd/{name}"), program)
    };
    suite.programs.iter().map(build).collect()
}

/// Boots once and reports each test of the suite.
fn run(suite: &Suite, kernel: Option<&str>) -> Result<()> {
    let ready = setup::ensure(kernel, Update::Missing)?;
    let folder = tempfile::tempdir()?;
    let handler = build_handler(suite, folder.path())?;
    let mut files = test_handlers::build()?;
    files.extend(build_programs(suite, folder.path()));
    let is_default = ready.kernel.name == kernel::default_name();
    let arguments = if is_default { suite.full } else { &[] };
    let script = repo::root().join(format!("tests/guest/{}.sh", suite.name));
    let outcome = vm::run(&Options {
        ready: &ready,
        modules: &modules::build(&ready.kernel, handler.as_deref(), suite.modules)?,
        files: &files,
        task: script_task(&fs::read(script)?, arguments),
        output: Output::Capture,
        processors: suite.processors,
        timeout: Some(if ready.kernel.has_checkers()? {
            SLOW_TIMEOUT
        } else {
            TIMEOUT
        }),
        name: &format!("{}-{}", suite.name, ready.kernel.name),
    })?;
    let output = String::from_utf8_lossy(&outcome.output);
    let tests = ktap::parse(&output)
        .with_context(|| format!("{}; the suite printed:\n{output}", outcome.verdict))?;
    for test in &tests {
        if test.status == ktap::Status::Passed {
            promises::passed(&test.name);
        }
    }
    report(suite.name, &ready.kernel.release, &tests);
    for line in conclusion(&output) {
        eprintln!("    {line}");
    }
    eprintln!("    {:.0} s in the guest", outcome.elapsed.as_secs_f64());
    let failed = tests
        .iter()
        .filter(|test| test.status == ktap::Status::Failed)
        .count();
    ensure!(failed == 0, "{failed} of {} tests failed", tests.len());
    expect(&outcome, &Verdict::Exit(0))
}

/// The comments behind all tests: what the suite says of them together.
fn conclusion(output: &str) -> impl Iterator<Item = &str> {
    let start = output.rfind("\nok ").max(output.rfind("\nnot ok "));
    let last = &output[start.unwrap_or_default()..];
    last.lines().filter_map(|line| line.strip_prefix("# "))
}

/// Says on standard error how each test went, and what a failed one printed.
fn report(suite: &str, release: &str, tests: &[ktap::Test]) {
    eprintln!("  {suite} on {release}");
    for test in tests {
        eprintln!("    {}: {:?}", test.name, test.status);
        if test.status == ktap::Status::Failed {
            for line in &test.diagnostics {
                eprintln!("        {line}");
            }
        }
    }
}
