// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handlers that tests need: programs in C without a C library, from
//! `tests/evil/`. `umd_test.ko` loads some of them from the guest's files.

use crate::kernel::Kernel;
use crate::{command, file, repo};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use umd_vm::Arch;

/// Paths in the guest and files.
type Files = Vec<(String, PathBuf)>;

/// Name in the guest's `/umd`, source, and the variant's macros.
const VARIANTS: [(&str, &str, &[&str]); 26] = [
    ("evil_umh", "evil_umh.c", &[]),
    ("sweep_umh", "sweep_umh.c", &[]),
    ("test_umh", "test_umh.c", &["-DAT_START=SERVE"]),
    ("test_umh_exit", "test_umh.c", &["-DAT_START=EXIT"]),
    ("test_umh_hang", "test_umh.c", &["-DAT_START=HANG"]),
    ("test_umh_version", "test_umh.c", &["-DAT_START=VERSION"]),
    ("test_umh_limits", "test_umh.c", &["-DAT_START=LIMITS"]),
    ("test_umh_status", "test_umh.c", &["-DAT_START=STATUS"]),
    (
        "test_umh_exit_later",
        "test_umh.c",
        &["-DAT_START=EXIT_LATER"],
    ),
    ("test_umh_deaf", "test_umh.c", &["-DAT_START=DEAF"]),
    ("test_umh_late", "test_umh.c", &["-DAT_START=LATE"]),
    ("test_umh_stuck", "test_umh.c", &["-DAT_START=STUCK"]),
    ("test_umh_huge", "test_umh.c", &["-DHUGE"]),
    ("pgp_umh_crash", "pgp_umh.c", &["-DHOW=CRASH"]),
    ("pgp_umh_ones", "pgp_umh.c", &["-DHOW=ONES"]),
    ("pgp_umh_zeros", "pgp_umh.c", &["-DHOW=ZEROS"]),
    ("pgp_umh_status", "pgp_umh.c", &["-DHOW=STATUS"]),
    ("pgp_umh_slow", "pgp_umh.c", &["-DHOW=SLOW"]),
    ("verify_umh_crash", "verify_umh.c", &["-DHOW=CRASH"]),
    ("verify_umh_true", "verify_umh.c", &["-DHOW=TRUE"]),
    ("verify_umh_other", "verify_umh.c", &["-DHOW=OTHER"]),
    ("verify_umh_ones", "verify_umh.c", &["-DHOW=ONES"]),
    ("verify_umh_zeros", "verify_umh.c", &["-DHOW=ZEROS"]),
    ("verify_umh_status", "verify_umh.c", &["-DHOW=STATUS"]),
    ("verify_umh_wrong", "verify_umh.c", &["-DHOW=WRONG"]),
    ("verify_umh_hang", "verify_umh.c", &["-DHOW=HANG"]),
];

/// Compiles `tests/evil/SOURCE` to `output`, an absolute path, by a compiler for that kind
/// of processor. The flags are in `tests/evil/gcc.flags` and in `ARCH.flags` beside the
/// processor's header, where gcc allows no comments:
///
/// * A payload is bytes and structs, so there is no strict aliasing.
/// * Below the stack there may be no memory, so there is no red zone.
/// * Nobody sets the register that the linker would use for addresses on riscv64.
/// * A suite writes to `.hold` through `/proc/PID/mem`: `tests/guest/ktap.sh`.
/// * `tests/evil/evil_memory.h` wants the other sections beside each other.
///
/// # Errors
///
/// The compiler cannot be run or rejects the source.
pub fn compile(
    (compiler, arch): (&Path, &Arch),
    source: &str,
    variant: &[&str],
    output: &Path,
) -> Result<()> {
    let mut gcc = Command::new(compiler);
    gcc.current_dir(repo::root().join("tests/evil"));
    gcc.arg("@gcc.flags")
        .arg(format!("@arch/{}.flags", arch.name));
    gcc.args(variant);
    gcc.arg("-o").arg(output).arg(source);
    command::output(&mut gcc).with_context(|| format!("{source} does not build"))?;
    Ok(())
}

/// Builds the Handlers for `umd_test.ko`, once for all guests of this process with that
/// kind of processor.
/// Returns paths in the guest and files, with the list of all attacks.
///
/// # Errors
///
/// See [`compile`].
pub fn build(kernel: &Kernel) -> Result<Files> {
    static BUILT: Mutex<BTreeMap<&str, Files>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let arch = kernel.arch().name;
    if let Some(files) = built.get(arch) {
        return Ok(files.clone());
    }
    let files = build_all(kernel)?;
    built.insert(arch, files.clone());
    Ok(files)
}

/// The list of the attacks on that kind of processor, in the Handler's order.
fn attacks(arch: &Arch) -> Result<String> {
    let evil = repo::root().join("tests/evil");
    let read = |name: &str| fs::read_to_string(evil.join(name)).context(name.to_owned());
    let of_arch = read(&format!("arch/{}.def", arch.name))?;
    Ok(read("attacks.def")? + &of_arch)
}

fn build_all(kernel: &Kernel) -> Result<Files> {
    let folder = kernel.arch().add_to_name("test-handlers");
    let folder = repo::target_dir()?.join(folder);
    fs::create_dir_all(&folder)?;
    // Two test programs may build at the same time.
    let fresh = tempfile::tempdir_in(&folder)?;
    let arch = kernel.arch();
    let list = folder.join("attacks.def");
    file::write(&list, attacks(arch)?.as_bytes())?;
    let mut files = vec![("umd/attacks.def".to_owned(), list)];
    for (name, source, variant) in VARIANTS {
        let elf = folder.join(name);
        let made = fresh.path().join(name);
        compile((&kernel.compiler, arch), source, variant, &made)?;
        fs::rename(&made, &elf)?;
        files.push((format!("umd/{name}"), elf));
    }
    Ok(files)
}
