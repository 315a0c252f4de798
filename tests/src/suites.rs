// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's suites (`tests/guest/suite_*.sh`), what each of them needs, and
//! how one is run: one boot for each suite and kernel.

use crate::kernel::Update;
use crate::modules::{self, Which};
use crate::openpgp::guest;
use crate::vm::{self, Clock, Options, Outcome, Output, Task};
use crate::{c_program, kernel, new_handler, repo, setup, test_handlers};
use anyhow::{Result, ensure};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A suite that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_mins(10);
const SLOW_TIMEOUT: Duration = Duration::from_mins(30);

/// What a suite needs.
#[derive(Debug)]
pub struct Suite {
    /// That of its script, without the extension.
    pub name: &'static str,
    /// Which kernels it is for.
    pub kernels: Kernels,
    /// What is in the sample Loader.
    handler: Handler,
    /// Which modules are installed.
    modules: Which,
    /// C programs (`tests/c/NAME.c`) that it runs, as `/umd/NAME`.
    programs: &'static [&'static str],
    /// Whether it needs `keyctl`, and keys and signatures (`openpgp::guest`).
    pgp: bool,
    /// How many processors the guest has.
    processors: u32,
    /// Its arguments on that of the machine; on others it has none.
    full: &'static [&'static str],
}

/// Which kernels a suite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernels {
    /// Every one.
    All,
    /// That of the machine, and those with checkers.
    Own,
    /// The one with fault injection.
    Debug,
}

/// What the sample Loader carries.
#[derive(Debug)]
enum Handler {
    /// The sample's own Handler.
    Own,
    /// One of `tests/evil/`.
    C(&'static str),
    /// `tests/new_handler/reverse_umh.rs`.
    Reverse,
    /// Its own, and `tests/new_handler/pgp_liar_umh.rs` is in `/umd`.
    PgpLiar,
}

/// To be changed by those that need something else.
const PLAIN: Suite = Suite {
    name: "",
    handler: Handler::Own,
    modules: Which::Tests,
    programs: &[],
    pgp: false,
    processors: 2,
    kernels: Kernels::All,
    full: &[],
};

/// All of them.
pub const SUITES: &[Suite] = &[
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
        name: "suite_pgp",
        programs: &["corrupt"],
        pgp: true,
        full: &["full"],
        ..PLAIN
    },
    // What is tested is the same for each kernel.
    Suite {
        name: "suite_pgp_liar",
        handler: Handler::PgpLiar,
        pgp: true,
        kernels: Kernels::Own,
        ..PLAIN
    },
    Suite {
        name: "suite_policy",
        programs: &["look"],
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

/// How to run one, where that is not the suite's own choice.
#[derive(Debug, Default)]
pub struct Choice<'a> {
    /// The kernel; none: that of the machine.
    pub kernel: Option<&'a str>,
    /// Arguments of the script, instead of those of the suite.
    pub arguments: Option<Vec<OsString>>,
    /// What the sample Loader carries.
    pub handler: Option<&'a Path>,
    /// How many processors.
    pub processors: Option<u32>,
    /// After this time the machine is ended.
    pub timeout: Option<Duration>,
}

/// The suite whose script this is.
#[must_use]
pub fn of_script(script: &Path) -> Option<&'static Suite> {
    let script = script.canonicalize().ok()?;
    let is_it = |suite: &&Suite| suite.script().canonicalize().is_ok_and(|own| own == script);
    SUITES.iter().find(is_it)
}

/// A script that is in no line of the table would never be run.
///
/// # Errors
///
/// There is one, or a line without a script.
pub fn ensure_all_are_known() -> Result<()> {
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
        "tests/guest has the suites {scripts:?}, tests/src/suites.rs {known:?}"
    );
    Ok(())
}

impl Suite {
    /// Whether `kernel` has what it needs.
    #[must_use]
    pub fn is_for(&self, kernel: &str) -> bool {
        self.kernels != Kernels::Debug || kernel == "debug"
    }

    /// Whether no other guest runs in qemu meanwhile, whatever the kernel is.
    #[must_use]
    pub fn runs_alone(&self) -> bool {
        vm::runs_alone(self.processors)
    }

    fn script(&self) -> PathBuf {
        repo::root().join(format!("tests/guest/{}.sh", self.name))
    }

    /// Boots once and runs it; `name` is the run's folder below `target/vm`.
    ///
    /// # Errors
    ///
    /// What it needs cannot be had or built, or as [`vm::run`].
    pub fn run(&self, choice: Choice, output: Output, name: &str) -> Result<Outcome> {
        let kernel = choice.kernel.unwrap_or(kernel::default_name());
        ensure!(
            self.is_for(kernel),
            "{} is for a kernel with fault injection only: use --kernel debug",
            self.name
        );
        let ready = setup::ensure(Some(kernel), Update::Missing)?;
        let folder = tempfile::tempdir()?;
        let own = self.build_handler(folder.path())?;
        let handler = choice.handler.or(own.as_deref());
        let mut files = test_handlers::build()?;
        files.extend(c_program::for_guest(self.programs, folder.path())?);
        let mut modules = modules::build_in(folder.path(), &ready.kernel, handler, self.modules)?;
        if matches!(self.handler, Handler::PgpLiar) {
            let liar = new_handler::build("new_handler/pgp_liar_umh.rs", folder.path())?;
            files.push(("umd/pgp_liar_umh".to_owned(), liar));
        }
        let pgp = tempfile::tempdir()?;
        if self.pgp {
            files.extend(guest::files(pgp.path())?);
            modules.extend(guest::modules(&ready.kernel));
        }
        let is_default = ready.kernel.name == kernel::default_name();
        let full = if is_default { self.full } else { &[] };
        let own_limit = if ready.kernel.has_checkers()? {
            SLOW_TIMEOUT
        } else {
            TIMEOUT
        };
        vm::run(&Options {
            ready: &ready,
            modules: &modules,
            files: &files,
            task: Task::Script {
                text: fs::read(self.script())?,
                arguments: choice
                    .arguments
                    .unwrap_or_else(|| full.iter().map(Into::into).collect()),
            },
            output,
            processors: choice.processors.unwrap_or(self.processors),
            clock: Clock::Host,
            timeout: Some(choice.timeout.unwrap_or(own_limit)),
            name,
        })
    }

    /// The Handler that it wants in the sample Loader, built in `folder`; none:
    /// the sample's own.
    fn build_handler(&self, folder: &Path) -> Result<Option<PathBuf>> {
        Ok(match self.handler {
            Handler::Own | Handler::PgpLiar => None,
            Handler::Reverse => Some(new_handler::build("new_handler/reverse_umh.rs", folder)?),
            Handler::C(source) => {
                let elf = folder.join("handler");
                test_handlers::compile(source, &[], &elf)?;
                Some(elf)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_by_its_file() {
        let name = |path: &Path| of_script(path).map(|suite| suite.name);
        let folder = repo::root().join("tests/guest");
        let other_way = folder.join("../guest/suite_calls.sh");
        assert_eq!(name(&folder.join("suite_faults.sh")), Some("suite_faults"));
        assert_eq!(name(&other_way), Some("suite_calls"));
        assert_eq!(name(&folder.join("demo.sh")), None);
        assert_eq!(name(Path::new("suite_calls.sh")), None);
    }
}
