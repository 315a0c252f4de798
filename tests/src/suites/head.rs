// SPDX-License-Identifier: MIT OR Apache-2.0

//! The head of a suite: what its first comment lines say that it needs.
//!
//! ```text
//! # suite: clock=instructions programs=look
//! # may skip: evil_vsyscall uml
//! ```
//!
//! A line `suite:` has words, in any order; a suite without a need has one with
//! no word. A line `may skip:` names a test and the kernels on which the test may
//! skip itself; `aarch64` means all kernels for that processor. Anything else that
//! follows `suite:` or `may skip:` is an error.

use super::GuestFile;
use crate::kernel::{self, Kernel};
use crate::modules::Which;
use crate::openpgp::{guest, rings, rivals};
use crate::setup::Program;
use crate::{selinux, signed};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use umd_vm::{ARCHS, Arch};

/// Which kernels a suite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernels {
    /// Every one.
    All,
    /// The machine's own, and kernels with checkers.
    Own,
    /// The one with fault injection.
    Debug,
}

/// Files for a suite, by their name in `data=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    /// `pgp`: `keyctl`, and keys and signatures (`openpgp::guest`).
    Pgp,
    /// `rings`: `keyctl`, and the distribution's keyrings (`openpgp::rings`).
    Rings,
    /// `rivals`: as `pgp`, and `gpgv` and `sqv` (`openpgp::rivals`).
    Rivals,
    /// `selinux`: the distribution's policy (`selinux`).
    Selinux,
    /// `verify`: `keyctl`, and keys and signatures in plain fields (`signed`).
    Verify,
}

impl Data {
    fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "pgp" => Self::Pgp,
            "rings" => Self::Rings,
            "rivals" => Self::Rivals,
            "selinux" => Self::Selinux,
            "verify" => Self::Verify,
            _ => bail!("unknown"),
        })
    }

    /// The programs that make the files.
    pub(super) fn programs(self) -> &'static [Program] {
        match self {
            Self::Pgp => &guest::PROGRAMS,
            Self::Rings => &rings::PROGRAMS,
            Self::Rivals => &rivals::PROGRAMS,
            Self::Selinux => &[],
            Self::Verify => &signed::PROGRAMS,
        }
    }

    /// Makes the files in `folder`: paths in the guest and files.
    pub(super) fn files(self, folder: &Path, arch: &Arch) -> Result<Vec<GuestFile>> {
        match self {
            Self::Pgp => guest::files(folder, arch),
            Self::Rings => rings::files(folder, arch),
            Self::Rivals => rivals::files(folder, arch),
            Self::Selinux => selinux::files(),
            Self::Verify => signed::files(folder, arch),
        }
    }

    /// The kernel's modules that the files need.
    pub(super) fn modules(self, kernel: &Kernel) -> Option<PathBuf> {
        match self {
            Self::Pgp | Self::Rings | Self::Rivals => guest::modules(kernel),
            Self::Selinux | Self::Verify => None,
        }
    }
}

/// The needs of a suite.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// `kernels=own`, `kernels=debug`.
    pub(super) kernels: Kernels,
    /// `with=kcsan`: also on that kernel of the long layer, and there on two
    /// processors or more. `with=6.12-rt`: also on that flavour in the short layer.
    pub(super) with: Vec<String>,
    /// `without=uml`: not on that kernel.
    pub(super) without: Vec<String>,
    /// `handler=FILE`: the source of the Handler that the sample Loader carries
    /// instead of the sample's own, a file of `tests/evil`.
    pub(super) handler: Option<String>,
    /// `driver=NAME`: `tests/new_driver/NAME` is added to the sources, and its
    /// modules are installed, too. No `handler` and no `modules` with it.
    pub(super) driver: Option<String>,
    /// `modules=no-seccomp`, `modules=faults`: which modules are installed.
    pub(super) modules: Which,
    /// `programs=NAME,...`: `tests/c/NAME.c`, as `/umd/NAME` in the guest.
    pub(super) programs: Vec<String>,
    /// `handlers=NAME,...`: the Handler of `tests/new_driver/NAME`, as
    /// `/umd/NAME_umh`.
    pub(super) handlers: Vec<String>,
    /// `data=NAME`: files that are made or downloaded for the suite.
    pub(super) data: Option<Data>,
    /// `long`: in the long layer, on each ordinary kernel, and in the short layer not,
    /// or, with `kernels=own`, only on that one.
    pub(super) is_long: bool,
    /// `ends`: in the short layer on the oldest and the newest kernel only, on those
    /// between in the long layer.
    pub(super) only_ends: bool,
    /// `memory=N`: MiB, instead of those of each guest.
    pub(super) memory: Option<u32>,
    /// `clock=instructions`: the guest's own time, and one processor.
    pub(super) counts_instructions: bool,
    /// `processors=N`, where the clock is the host's.
    pub(super) processors: u32,
    /// `append=ARGUMENT,...`: arguments of the kernel.
    pub(super) kernel_arguments: Vec<String>,
    /// `full`: the suite does more when its first argument is `full`, which it is
    /// on the machine's own kernel.
    pub(super) full: bool,
    /// Tests that may skip themselves, and on which kernels.
    pub(super) may_skip: Vec<(String, Vec<String>)>,
}

impl Head {
    /// Reads the first comment lines of a script.
    ///
    /// # Errors
    ///
    /// No line begins with `# suite:`, or a word is unknown, comes twice or
    /// contradicts another one.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut words = Vec::new();
        let mut is_suite = false;
        let mut may_skip = Vec::new();
        for line in text.lines().map_while(|line| line.strip_prefix('#')) {
            if let Some(line) = line.strip_prefix(" suite:") {
                is_suite = true;
                words.extend(line.split_whitespace());
            } else if let Some(line) = line.strip_prefix(" may skip:") {
                may_skip.push(skip(line)?);
            }
        }
        ensure!(is_suite, "no line '# suite:' at the start");
        let mut head = Self {
            may_skip,
            ..Self::plain()
        };
        let mut seen = Vec::new();
        for word in words {
            let key = word.split('=').next().unwrap_or_default();
            ensure!(!seen.contains(&key), "'{key}' comes twice");
            seen.push(key);
            head.set(word)
                .with_context(|| format!("the word '{word}'"))?;
        }
        if seen.contains(&"clock") {
            ensure!(
                !seen.contains(&"processors"),
                "the clock of instructions has one processor: no 'processors'"
            );
            head.processors = 1;
        }
        if seen.contains(&"driver") {
            for ignored in ["handler", "modules"] {
                ensure!(
                    !seen.contains(&ignored),
                    "the modules of 'driver' are built as they are: no '{ignored}'"
                );
            }
        }
        Ok(head)
    }

    /// A suite without a need.
    fn plain() -> Self {
        Self {
            kernels: Kernels::All,
            with: Vec::new(),
            without: Vec::new(),
            handler: None,
            driver: None,
            modules: Which::Tests,
            programs: Vec::new(),
            handlers: Vec::new(),
            data: None,
            is_long: false,
            only_ends: false,
            memory: None,
            counts_instructions: false,
            processors: 2,
            kernel_arguments: Vec::new(),
            full: false,
            may_skip: Vec::new(),
        }
    }

    fn set(&mut self, word: &str) -> Result<()> {
        match word.split_once('=') {
            None if word == "ends" => self.only_ends = true,
            None if word == "full" => self.full = true,
            None if word == "long" => self.is_long = true,
            Some(("append", arguments)) => self.kernel_arguments = list(arguments)?,
            Some(("clock", "instructions")) => self.counts_instructions = true,
            Some(("data", name)) => {
                ensure!(self.data.is_none(), "more than one 'data'");
                self.data = Some(Data::named(name)?);
            }
            Some(("driver", name)) if !name.is_empty() => self.driver = Some(name.to_owned()),
            Some(("handler", file)) if !file.is_empty() => self.handler = Some(file.to_owned()),
            Some(("handlers", names)) => self.handlers = list(names)?,
            Some(("kernels", "debug")) => self.kernels = Kernels::Debug,
            Some(("kernels", "own")) => self.kernels = Kernels::Own,
            Some(("modules", "faults")) => self.modules = Which::TestsWithFaults,
            Some(("modules", "no-seccomp")) => self.modules = Which::TestsWithoutSeccomp,
            Some(("memory", number)) => self.memory = Some(number.parse()?),
            Some(("processors", number)) => {
                self.processors = number.parse()?;
                ensure!((1..=64).contains(&self.processors), "not 1 to 64");
            }
            Some(("programs", names)) => self.programs = list(names)?,
            Some(("with", names)) => self.with = kernels(names)?,
            Some(("without", names)) => self.without = kernels(names)?,
            _ => bail!("unknown"),
        }
        Ok(())
    }
}

/// `TEST KERNEL...`, after `may skip:`.
fn skip(line: &str) -> Result<(String, Vec<String>)> {
    let mut words = line.split_whitespace();
    let test = words.next().context("'may skip:' names no test")?;
    let on: Vec<String> = words.map(str::to_owned).collect();
    for name in &on {
        let is_arch = ARCHS.iter().any(|arch| arch.name == name);
        ensure!(
            is_arch || kernel::has_name(name),
            "'may skip: {test}': there is no kernel '{name}'"
        );
    }
    ensure!(!on.is_empty(), "'may skip: {test}': a name is missing");
    Ok((test.to_owned(), on))
}

/// Names with a comma between two of them.
fn list(names: &str) -> Result<Vec<String>> {
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    ensure!(!names.contains(&String::new()), "a name is missing");
    Ok(names)
}

/// Whether `on`, a name behind `may skip:`, means `kernel`.
pub(super) fn means(on: &str, kernel: &str) -> bool {
    on == kernel || on == kernel::arch(kernel).name
}

/// Names of kernels with a comma between two of them.
fn kernels(names: &str) -> Result<Vec<String>> {
    let names = list(names)?;
    for name in &names {
        ensure!(kernel::has_name(name), "there is no kernel '{name}'");
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_is_needed() -> Result<()> {
        let head = Head::parse(
            "# SPDX-License-Identifier: X\n# suite: clock=instructions full\n\
             # suite: programs=look,corrupt without=uml with=kcsan append=a,b=1\n\
             # may skip: a_test 6.1 uml\n#\n# suite full: text\n\n# suite: nonsense\n",
        )?;
        assert_eq!((head.counts_instructions, head.processors), (true, 1));
        assert_eq!(head.programs, ["look", "corrupt"]);
        assert_eq!(head.kernel_arguments, ["a", "b=1"]);
        assert_eq!(
            (head.with, head.without),
            (vec!["kcsan".into()], vec!["uml".into()])
        );
        assert!(head.full && head.data.is_none() && head.handler.is_none());
        let on = vec!["6.1".to_owned(), "uml".to_owned()];
        assert_eq!(head.may_skip, [("a_test".to_owned(), on)]);

        let head = Head::parse("# suite:\n")?;
        assert_eq!((head.counts_instructions, head.processors), (false, 2));
        assert_eq!(head.kernels, Kernels::All);
        let head = Head::parse("# suite: long memory=96 data=selinux\n")?;
        assert!(head.is_long && head.data == Some(Data::Selinux));
        assert_eq!(head.memory, Some(96));
        let head = Head::parse("# suite: handler=probe_umh.c modules=no-seccomp data=pgp\n")?;
        assert_eq!(head.handler.as_deref(), Some("probe_umh.c"));
        assert_eq!((head.is_long, head.memory), (false, None));
        assert_eq!(head.data, Some(Data::Pgp));
        assert!(matches!(head.modules, Which::TestsWithoutSeccomp));
        let head = Head::parse("# suite: ends data=verify\n")?;
        assert!(head.data == Some(Data::Verify) && head.only_ends);
        Ok(())
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (text, reason) in [
            ("", "no line '# suite:'"),
            ("echo\n# suite:\n", "no line '# suite:'"),
            ("# suite: clock=host\n", "the word 'clock=host': unknown"),
            ("# suite: full=full\n", "the word 'full=full': unknown"),
            ("# suite: fast\n", "the word 'fast': unknown"),
            ("# suite: full full\n", "'full' comes twice"),
            (
                "# suite: clock=instructions processors=2\n",
                "one processor",
            ),
            (
                "# suite: driver=reverse handler=probe_umh.c\n",
                "no 'handler'",
            ),
            ("# suite: modules=faults driver=reverse\n", "no 'modules'"),
            ("# suite: processors=0\n", "not 1 to 64"),
            ("# suite: memory=little\n", "the word 'memory=little'"),
            ("# suite: handler=\n", "unknown"),
            ("# suite: driver=\n", "unknown"),
            ("# suite: programs=a,,b\n", "a name is missing"),
            ("# suite: without=5.10\n", "no kernel '5.10'"),
            ("# suite:\n# may skip: a_test\n", "'may skip: a_test'"),
            ("# suite:\n# may skip:\n", "names no test"),
        ] {
            let error = Head::parse(text).err().map(|error| format!("{error:#}"));
            assert!(
                error.as_ref().is_some_and(|e| e.contains(reason)),
                "{text:?}: {error:?}"
            );
        }
    }
}
