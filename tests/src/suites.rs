// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest's suites (`suite_*.sh`), and how one is run: one boot for each suite
//! and kernel. Each script says itself what it needs ([`head`]).

mod head;

use crate::kernel::{Kernel, Update};
use crate::modules;
use crate::setup;
use crate::vm::{self, Clock, Extra, Options, Outcome, Output, Task};
use crate::{c_program, kernel, new_driver, repo, test_handlers};
use anyhow::{Context, Result, ensure};
pub use head::Kernels;
use head::{Data, Head, means};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A suite that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_mins(10);
/// With checkers; or with a clock that counts instructions, for which a busy machine
/// takes any time, and by which the tests of the suite end themselves.
const SLOW_TIMEOUT: Duration = Duration::from_mins(30);

/// The guest's clock of a suite with `clock=instructions`: eight nanoseconds for
/// each instruction. The guest is then about as fast as without that clock, and a
/// Handler that hangs until its deadline takes about that time of the host.
const SHIFT: u32 = 3;
/// The same with checkers, which make one instruction forty in what a new process
/// takes of the kernel. By its own clock the guest is then five times slower than one
/// with an ordinary kernel, which is less than by the host's clock.
const SHIFT_WITH_CHECKERS: u32 = 0;

/// A path in the guest, and the file that the guest gets there.
type GuestFile = (String, PathBuf);

/// A script of tests for the guest, and what it needs.
#[derive(Debug, Clone)]
pub struct Suite {
    /// The script's file name without the extension.
    pub name: String,
    script: PathBuf,
    text: Vec<u8>,
    head: Head,
}

/// All suites, by name: those of `tests/guest` and of each driver's folder.
///
/// # Errors
///
/// A folder or a script cannot be read, a head is wrong, or two suites have the
/// same name.
pub fn all() -> Result<Vec<Suite>> {
    let mut suites = Vec::new();
    for folder in repo::guest_folders()? {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            suites.extend(of_script(&entry?.path())?);
        }
    }
    suites.sort_by(|one, other| one.name.cmp(&other.name));
    for pair in suites.windows(2) {
        ensure!(
            pair[0].name != pair[1].name,
            "{} and {} have the same name",
            pair[0].script.display(),
            pair[1].script.display()
        );
    }
    Ok(suites)
}

/// The suite whose script this is; none when the file's name is not a suite's.
///
/// # Errors
///
/// The script cannot be read, or its head is wrong.
pub fn of_script(script: &Path) -> Result<Option<Suite>> {
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    let Some(name) = name.strip_suffix(".sh") else {
        return Ok(None);
    };
    if !name.starts_with("suite_") {
        return Ok(None);
    }
    let text =
        fs::read(script).with_context(|| format!("cannot read the script {}", script.display()))?;
    let head = Head::parse(&String::from_utf8_lossy(&text))
        .with_context(|| script.display().to_string())?;
    Ok(Some(Suite {
        name: name.to_owned(),
        script: script.to_owned(),
        text,
        head,
    }))
}

/// How to run one, where that is not the suite's own choice.
#[derive(Debug, Default)]
pub struct Choice<'a> {
    /// The kernel; none: that of the machine.
    pub kernel: Option<&'a str>,
    /// Arguments of the script, instead of those of the suite.
    pub arguments: Option<Vec<OsString>>,
    /// The Handler that the sample Loader carries. No suite with `driver=` takes one.
    pub handler: Option<&'a Path>,
    /// How many processors.
    pub processors: Option<u32>,
    /// After this time the machine is ended.
    pub timeout: Option<Duration>,
    /// The user's own additions to the guest.
    pub extra: Option<&'a Extra>,
}

impl Suite {
    /// Which kernels the suite is for.
    #[must_use]
    pub fn kernels(&self) -> Kernels {
        self.head.kernels
    }

    /// Whether `kernel` has what the suite needs.
    #[must_use]
    pub fn is_for(&self, kernel: &str) -> bool {
        let has_all =
            self.head.kernels != Kernels::Debug || kernel::without_flavour(kernel) == "debug";
        let is_its_kind = !self.head.is_long || !kernel::is_built(kernel);
        let is_left_out = self.head.without.iter().any(|without| without == kernel);
        has_all && is_its_kind && !is_left_out
    }

    /// Whether the suite belongs to the long layer, and there to ordinary kernels.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.head.is_long
    }

    /// Whether the short layer has the suite on the oldest and the newest kernel only.
    #[must_use]
    pub fn only_ends(&self) -> bool {
        self.head.only_ends
    }

    /// Whether the suite belongs to the short layer, on one kernel at least.
    #[must_use]
    pub fn is_short(&self) -> bool {
        match self.head.kernels {
            Kernels::All => !self.head.is_long,
            Kernels::Own => true,
            Kernels::Debug => false,
        }
    }

    /// Flavours of Debian's kernels that the suite wants to run on in the short layer.
    pub fn flavours(&self) -> impl Iterator<Item = &str> {
        let with = self.head.with.iter().map(String::as_str);
        with.filter(|kernel| kernel::without_flavour(kernel) != *kernel)
    }

    /// Whether the suite wants to run on `kernel` although not every one does.
    #[must_use]
    pub fn is_also_for(&self, kernel: &str) -> bool {
        self.head.with.iter().any(|with| with == kernel)
    }

    /// Whether the test may skip itself on `kernel`, or on the ordinary kernel of the
    /// same version.
    #[must_use]
    pub fn may_skip(&self, test: &str, kernel: &str) -> bool {
        let is_it = |on: &String| means(on, kernel) || on == kernel::without_flavour(kernel);
        self.head
            .may_skip
            .iter()
            .any(|(name, kernels)| name == test && kernels.iter().any(is_it))
    }

    /// Whether no other guest runs in qemu meanwhile, whatever the kernel is.
    #[must_use]
    pub fn runs_alone(&self) -> bool {
        vm::runs_alone(self.head.processors)
    }

    /// The text of the script.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// Boots once and runs the suite; `name` is the run's folder below `target/vm`.
    ///
    /// # Errors
    ///
    /// What the suite needs cannot be had or built, or as [`vm::run`].
    pub fn run(&self, choice: &Choice, output: Output, name: &str) -> Result<Outcome> {
        self.prepare(choice, output, name, |boot| boot())
    }

    /// Builds what the suite needs, and calls `then` with what boots once and runs the
    /// suite, as [`Suite::run`] does.
    ///
    /// # Errors
    ///
    /// As [`Suite::run`], and of `then`.
    pub fn prepare<T>(
        &self,
        choice: &Choice,
        output: Output,
        name: &str,
        then: impl FnOnce(&dyn Fn() -> Result<Outcome>) -> Result<T>,
    ) -> Result<T> {
        let kernel = choice.kernel.unwrap_or(kernel::default_name());
        ensure!(
            self.is_for(kernel),
            "{} is not for the kernel {kernel}: see the line '# suite:' in {}",
            self.name,
            self.script.display()
        );
        ensure!(
            choice.handler.is_none() || self.head.driver.is_none(),
            "{} builds the modules of its 'driver=' as they are: run it without --handler",
            self.name
        );
        let programs = self.head.data.map_or(&[][..], Data::programs);
        let ready = setup::ensure_with(Some(kernel), Update::Missing, programs)?;
        let folder = tempfile::tempdir()?;
        let data = tempfile::tempdir()?;
        let (files, modules) = self.build(choice, &ready.kernel, folder.path(), data.path())?;
        let is_default = ready.kernel.name == kernel::default_name();
        let full = (is_default && self.head.full).then(|| "full".into());
        let has_checkers = ready.kernel.has_checkers()?;
        let (clock, processors) = self.clock(&ready.kernel.name, has_checkers, choice.processors);
        let extra = self.with_own_arguments(choice.extra);
        let own_limit = if has_checkers || clock != Clock::Host {
            SLOW_TIMEOUT
        } else {
            TIMEOUT
        };
        let options = Options {
            ready: &ready,
            modules: &modules,
            files: &files,
            task: Task::Script {
                text: self.text.clone(),
                arguments: choice
                    .arguments
                    .clone()
                    .unwrap_or_else(|| full.into_iter().collect()),
            },
            output,
            processors,
            clock,
            timeout: Some(choice.timeout.unwrap_or(own_limit)),
            name,
            extra: Some(&extra),
        };
        then(&|| vm::run(&options))
    }

    /// Builds what the guest gets, in `folder`, and makes the files of `data=` in `data`:
    /// paths in the guest and files, and modules.
    fn build(
        &self,
        choice: &Choice,
        kernel: &Kernel,
        folder: &Path,
        data: &Path,
    ) -> Result<(Vec<GuestFile>, Vec<PathBuf>)> {
        let own = self.build_handler(folder, kernel)?;
        let handler = choice.handler.or(own.as_deref());
        let mut files = test_handlers::build(kernel)?;
        files.extend(c_program::for_guest(kernel, &self.head.programs, folder)?);
        files.extend(self.build_handlers(folder, kernel)?);
        let mut modules = match &self.head.driver {
            Some(name) => new_driver::build_modules(name, folder, kernel)?,
            None => modules::build_in(folder, kernel, handler, self.head.modules)?,
        };
        if let Some(made) = self.head.data {
            files.extend(made.files(data, kernel.arch())?);
            modules.extend(made.modules(kernel));
        }
        Ok((files, modules))
    }

    /// The guest's clock, and how many processors it has. A suite that also wants a
    /// kernel for its checker of races has several processors there, so that tasks
    /// meet; their clock is the host's.
    fn clock(&self, kernel: &str, has_checkers: bool, chosen: Option<u32>) -> (Clock, u32) {
        let own = if self.is_also_for(kernel) && kernel::is_built(kernel) {
            self.head.processors.max(2)
        } else {
            self.head.processors
        };
        let shift = if has_checkers {
            SHIFT_WITH_CHECKERS
        } else {
            SHIFT
        };
        match chosen.unwrap_or(own) {
            1 if self.head.counts_instructions => (Clock::Instructions { shift }, 1),
            processors => (Clock::Host, processors),
        }
    }

    /// The user's additions, with the suite's memory, and the suite's own arguments of
    /// the kernel before the user's.
    fn with_own_arguments(&self, extra: Option<&Extra>) -> Extra {
        let mut extra = extra.cloned().unwrap_or_default();
        let mut arguments = self.head.kernel_arguments.clone();
        arguments.extend((!extra.kernel_arguments.is_empty()).then_some(extra.kernel_arguments));
        extra.kernel_arguments = arguments.join(" ");
        extra.memory = extra.memory.or(self.head.memory);
        extra
    }

    /// The Handler that the suite wants in the sample Loader, built in `folder`;
    /// none: the sample's own.
    fn build_handler(&self, folder: &Path, kernel: &Kernel) -> Result<Option<PathBuf>> {
        let Some(source) = &self.head.handler else {
            return Ok(None);
        };
        let elf = folder.join("handler");
        test_handlers::compile((&kernel.compiler, kernel.arch()), source, &[], &elf)?;
        Ok(Some(elf))
    }

    /// The Handlers that the suite wants in `/umd`: paths in the guest, and files.
    fn build_handlers(&self, folder: &Path, kernel: &Kernel) -> Result<Vec<(String, PathBuf)>> {
        let build = |name: &String| {
            let folder = folder.join(name);
            fs::create_dir(&folder)?;
            let elf = new_driver::build(name, &folder, kernel.arch())?;
            Ok((format!("umd/{name}_umh"), elf))
        };
        self.head.handlers.iter().map(build).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_by_its_name() -> Result<()> {
        let name = |path: &Path| Ok::<_, anyhow::Error>(of_script(path)?.map(|suite| suite.name));
        let folder = repo::root().join("tests/guest");
        let other_way = folder.join("../guest/suite_calls.sh");
        assert_eq!(
            name(&folder.join("suite_faults.sh"))?.as_deref(),
            Some("suite_faults")
        );
        assert_eq!(name(&other_way)?.as_deref(), Some("suite_calls"));
        assert_eq!(name(&folder.join("demo.sh"))?, None);
        assert!(name(Path::new("suite_calls.sh")).is_err());
        Ok(())
    }

    #[test]
    fn a_wrong_head_names_file_and_word() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("suite_wrong.sh");
        fs::write(&script, "# suite: clock=sun\n")?;
        let error = of_script(&script).err().context("it is taken")?;
        let error = format!("{error:#}");
        assert!(error.contains("suite_wrong.sh"), "{error}");
        assert!(error.contains("clock=sun"), "{error}");
        Ok(())
    }

    #[test]
    fn a_suite_with_a_driver_takes_no_handler() -> Result<()> {
        let script = repo::root().join("tests/guest/suite_reverse.sh");
        let suite = of_script(&script)?.context("it is no suite")?;
        let choice = Choice {
            handler: Some(Path::new("handler")),
            ..Choice::default()
        };
        let run = suite.prepare(&choice, Output::Capture, "none", |_| Ok(()));
        let error = run.err().context("it is taken")?.to_string();
        assert!(error.contains("run it without --handler"), "{error}");
        Ok(())
    }

    #[test]
    fn each_suite_has_a_head() -> Result<()> {
        assert!(all()?.iter().any(|suite| suite.name == "suite_calls"));
        Ok(())
    }
}
