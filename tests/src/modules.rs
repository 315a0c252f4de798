// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the kernel modules from a copy of `loader-c/`, so that nothing is
//! written among the sources and each kernel keeps its own objects.

use crate::kernel::Kernel;
use crate::{cache, command, compile_commands, file, handlers, imports, progress::Step, repo};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The handler that `--handler` replaces.
const SAMPLE: &str = "sample_umh";

/// Makes Kbuild build `umd_test.ko`.
const TESTS: &str = "UMD_TEST=1";

/// Makes Kbuild leave one part of the seal out.
const NO_SECCOMP: &str = "UMD_TEST_NO_SECCOMP=1";

/// Makes Kbuild add the points where faults can be injected.
const INJECT: &str = "UMD_TEST_INJECT=1";

/// Which modules to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The modules for users.
    Users,
    /// Also the modules for tests in a virtual machine.
    Tests,
    /// The same with a library that lets Handlers make any system call, so that
    /// tests reach the rest of the seal.
    TestsWithoutSeccomp,
    /// The same with fault injection in the library, for a kernel that supports
    /// it.
    TestsWithFaults,
}

/// Builds the modules for `kernel`, with `handler`, if any, in place of the
/// sample driver's own. Returns the modules' files.
///
/// # Errors
///
/// The handlers or the modules do not build.
pub fn build(kernel: &Kernel, handler: Option<&Path>, which: Which) -> Result<Vec<PathBuf>> {
    Ok(build_locked(kernel, handler, which)?.0)
}

/// Like [`build`], but returns copies in `folder`, which no later build with
/// another handler replaces.
///
/// # Errors
///
/// See [`build`]. Also fails if the copies cannot be made.
pub fn build_in(
    folder: &Path,
    kernel: &Kernel,
    handler: Option<&Path>,
    which: Which,
) -> Result<Vec<PathBuf>> {
    let (built, _lock) = build_locked(kernel, handler, which)?;
    let mut copies = Vec::new();
    for module in built {
        let copy = folder.join(module.file_name().unwrap_or_default());
        fs::copy(&module, &copy).with_context(|| copy.display().to_string())?;
        copies.push(copy);
    }
    Ok(copies)
}

/// As [`build`], from the sources in `folder` and among them, with the tests' own
/// and with the handlers in `handlers`.
///
/// # Errors
///
/// The modules do not build.
pub fn build_there(folder: &Path, kernel: &Kernel, handlers: &Path) -> Result<Vec<PathBuf>> {
    for line in run_make(kernel, folder, handlers, &[TESTS])? {
        eprintln!("{line}");
    }
    built(kernel, folder)
}

/// Builds the modules, whose files do not change while the returned lock is
/// held.
fn build_locked(
    kernel: &Kernel,
    handler: Option<&Path>,
    which: Which,
) -> Result<(Vec<PathBuf>, cache::Lock)> {
    let target = repo::target_dir()?;
    let modules = target.join("modules");
    let mut handlers = handlers::handlers_dir()?;
    let mut name = kernel.name.clone();
    handlers::build_all()?;
    let sources = repo::root().join("loader-c");
    let mut flags = Vec::new();
    if which != Which::Users {
        name.push_str("-test");
        flags.push(TESTS);
    }
    if which == Which::TestsWithoutSeccomp {
        name.push_str("-no-seccomp");
        flags.push(NO_SECCOMP);
    }
    if which == Which::TestsWithFaults {
        name.push_str("-faults");
        flags.push(INJECT);
    }
    if handler.is_some() {
        name.push_str("-handler");
    }
    let copy = modules.join(&name);
    let lock = modules.join(format!("{name}.lock"));
    let lock = cache::lock(&lock, "another build of the modules")?;
    if let Some(handler) = handler {
        handlers = replace_sample(&modules.join(format!("{name}.elf")), &handlers, handler)?;
    }
    update_copy(&sources, &copy)?;
    for line in run_make(kernel, &copy, &handlers, &flags)? {
        eprintln!("{line}");
    }
    if matches!(which, Which::Users | Which::Tests) {
        compile_commands::write(&copy, &kernel.build_dir)?;
    }
    Ok((built(kernel, &copy)?, lock))
}

/// Builds the modules from scratch, with every warning of the compiler and
/// sparse and a limit for the stack. Returns the warnings.
///
/// # Errors
///
/// The handlers or the modules do not build.
pub fn warnings(kernel: &Kernel) -> Result<Vec<String>> {
    build_anew(
        kernel,
        &["C=2", "W=1", "KCFLAGS=-Wframe-larger-than=512", TESTS],
    )
}

/// Builds the modules from scratch, with every warning of the compiler.
///
/// # Errors
///
/// The handlers or the modules do not build, or only with warnings.
pub fn build_without_warnings(kernel: &Kernel) -> Result<()> {
    let found = build_anew(kernel, &["W=1", TESTS])?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

/// Returns the warnings.
fn build_anew(kernel: &Kernel, flags: &[&str]) -> Result<Vec<String>> {
    handlers::build_all()?;
    let modules = repo::target_dir()?.join("modules");
    let copy = modules.join(format!("{}-check", kernel.name));
    let lock = modules.join(format!("{}-check.lock", kernel.name));
    let _lock = cache::lock(&lock, "another check")?;
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    update_copy(&repo::root().join("loader-c"), &copy)?;
    let said = run_make(kernel, &copy, &handlers::handlers_dir()?, flags)?;
    built(kernel, &copy)?;
    Ok(said)
}

/// Fills `folder` with all handlers, but with `handler` in place of the
/// sample's.
fn replace_sample(folder: &Path, handlers: &Path, handler: &Path) -> Result<PathBuf> {
    let contents = fs::read(handler)
        .with_context(|| format!("cannot read the handler {}", handler.display()))?;
    if !contents.starts_with(b"\x7fELF") {
        bail!("the handler {} is not an ELF file", handler.display());
    }
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(handlers).context("no handlers: run cargo handlers first")? {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name() != SAMPLE {
            file::write(&folder.join(entry.file_name()), &fs::read(entry.path())?)?;
        }
    }
    file::write(&folder.join(SAMPLE), &contents)?;
    Ok(folder.to_path_buf())
}

/// Updates `copy` to the files of `sources`. Build outputs in it stay, so that
/// make builds only what has changed.
fn update_copy(sources: &Path, copy: &Path) -> Result<()> {
    fs::create_dir_all(copy)?;
    let mut files = BTreeSet::new();
    for entry in WalkDir::new(sources) {
        let entry = entry?;
        let name = entry.path().strip_prefix(sources)?;
        let to = copy.join(name);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&to)?;
        } else if !is_output(name) {
            // A changed file gets the current time, so that make sees the
            // change even if a checkout gave the source an older time.
            file::write(&to, &fs::read(entry.path())?)?;
            fs::set_permissions(&to, entry.metadata()?.permissions())?;
            files.insert(name.to_path_buf());
        }
    }
    remove_gone(copy, &files)
}

/// Removes all that was built once a source is gone, since Kbuild does not
/// notice.
fn remove_gone(copy: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let list = copy.join(".copied");
    let old = fs::read_to_string(&list).unwrap_or_default();
    if old.lines().any(|name| !files.contains(Path::new(name))) {
        for entry in WalkDir::new(copy) {
            let entry = entry?;
            let name = entry.path().strip_prefix(copy)?;
            if !entry.file_type().is_dir() && !files.contains(name) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    let names: Vec<String> = files
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    Ok(file::write(&list, names.join("\n").as_bytes())?)
}

/// Returns whether a file in `loader-c/` is the output of a build there, which
/// kernel developers may run, and not of the repository.
pub(crate) fn is_output(name: &Path) -> bool {
    let file = name.file_name().unwrap_or_default().to_string_lossy();
    let extension = name.extension().unwrap_or_default().to_string_lossy();
    matches!(&*extension, "o" | "ko" | "cmd" | "mod" | "a" | "d")
        || file.ends_with(".mod.c")
        || file == "Module.symvers"
        || file == "modules.order"
}

/// Runs make and returns the warnings about our sources.
fn run_make(kernel: &Kernel, copy: &Path, handlers: &Path, flags: &[&str]) -> Result<Vec<String>> {
    let step = Step::start(format!("building the modules for {}", kernel.release));
    let variable = |name: &str, value: &Path| format!("{name}={}", value.display());
    let mut make = kernel.make();
    make.arg(variable("M", copy));
    make.arg(variable("HANDLERS", handlers));
    // modpost would name the first few missing imports only: see imports::check().
    make.arg("KBUILD_MODPOST_WARN=1");
    make.args(flags).arg("modules");
    let output = command::finished(&mut make)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!(
            "the modules do not build for {}:\n{}",
            kernel.release,
            said.trim_end()
        );
    }
    step.done();
    // Two kinds are not ours: that the tools differ from the kernel's (at the
    // start of a line), and what this compiler thinks of the kernel's headers.
    let headers = shared_headers(&kernel.build_dir);
    let ours = |line: &&str| {
        line.contains("warning: ") && !line.starts_with("warning: ") && !line.contains(&headers)
    };
    Ok(said.lines().filter(ours).map(str::to_owned).collect())
}

/// The start of the paths of a kernel's headers. Debian's are in two folders,
/// `linux-headers-V-FLAVOUR-amd64` and `linux-headers-V-common-FLAVOUR`.
fn shared_headers(build_dir: &Path) -> String {
    let folder = build_dir.to_string_lossy();
    let common = ["rt-amd64", "cloud-amd64", "amd64"];
    let common = common.iter().find_map(|end| folder.strip_suffix(end));
    common.unwrap_or(&folder).to_owned()
}

/// The modules, all of whose imports the kernel has.
fn built(kernel: &Kernel, copy: &Path) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in WalkDir::new(copy).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|e| e == "ko") {
            modules.push(entry.into_path());
        }
    }
    imports::check(kernel, &copy.join("Module.symvers"), &modules)?;
    Ok(modules)
}
