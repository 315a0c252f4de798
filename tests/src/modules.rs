// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the kernel modules from a copy of `loader-c/`, so that nothing is
//! written among the sources and each kernel keeps its own objects.

use crate::kernel::Kernel;
use crate::{cache, compile_commands, file, handlers, imports, repo};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
pub(crate) use umd_vm::modules::is_output;
use umd_vm::modules::update_copy;

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

/// Builds the modules for users and calls `then` with the folder of their sources, in
/// which nobody else builds meanwhile.
///
/// # Errors
///
/// See [`build`], and of `then`.
pub(crate) fn build_and<T>(kernel: &Kernel, then: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    let (_, _lock) = build_locked(kernel, None, Which::Users)?;
    then(&repo::target_dir()?.join("modules").join(&kernel.name))
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
    let mut handlers = handlers::handlers_dir(kernel.arch())?;
    let mut name = kernel.name.clone();
    handlers::build_all(kernel.arch())?;
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
    update_copy(&[(&sources, "")], &copy)?;
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
    build_with(
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
    let found = build_with(kernel, &["W=1", TESTS])?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

/// Builds the modules from scratch, with more variables of make. Returns the warnings.
///
/// # Errors
///
/// The handlers or the modules do not build.
pub fn build_with(kernel: &Kernel, flags: &[&str]) -> Result<Vec<String>> {
    handlers::build_all(kernel.arch())?;
    let modules = repo::target_dir()?.join("modules");
    let copy = modules.join(format!("{}-check", kernel.name));
    let lock = modules.join(format!("{}-check.lock", kernel.name));
    let _lock = cache::lock(&lock, "another check")?;
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    update_copy(&[(&repo::root().join("loader-c"), "")], &copy)?;
    let said = run_make(
        kernel,
        &copy,
        &handlers::handlers_dir(kernel.arch())?,
        flags,
    )?;
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

/// Runs make and returns the warnings about our sources.
fn run_make(kernel: &Kernel, copy: &Path, handlers: &Path, flags: &[&str]) -> Result<Vec<String>> {
    let mut arguments = vec![
        format!("HANDLERS={}", handlers.display()),
        // modpost would name the first few missing imports only: see imports::check().
        "KBUILD_MODPOST_WARN=1".to_owned(),
    ];
    arguments.extend(flags.iter().map(|&flag| flag.to_owned()));
    Ok(umd_vm::modules::make(kernel, copy, &arguments)?)
}

/// The modules, all of whose imports the kernel has.
fn built(kernel: &Kernel, copy: &Path) -> Result<Vec<PathBuf>> {
    let modules = umd_vm::modules::built(copy)?;
    imports::check(kernel, &copy.join("Module.symvers"), &modules)?;
    Ok(modules)
}
