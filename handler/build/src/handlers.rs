// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the freestanding handlers.
//!
//! Their bytes are to depend on the sources and the pinned toolchain alone: the
//! compiler's and cargo's environment variables are kept from the build,
//! the linker is the toolchain's own, and the folder of the clone is mapped
//! away.

use crate::budget::{self, Budget};
use crate::workspace::{Driver, Workspace, output};
use crate::{Target, elf, file, shape};
use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROFILE: &str = "handler";

/// The settings of that profile: bytes count, not speed, since a request is dominated by two
/// context switches.
const PROFILE_SETTINGS: [&str; 10] = [
    "inherits=\"release\"",
    "opt-level=\"z\"",
    "lto=\"fat\"",
    "codegen-units=1",
    "panic=\"abort\"",
    // A configuration above the workspace may have others for the profile `release`.
    "overflow-checks=false",
    "debug-assertions=false",
    "incremental=false",
    "rpath=false",
    "strip=\"none\"",
];

/// The files of one handler.
#[derive(Clone, Debug)]
pub struct HandlerElf {
    /// Name of the binary, and of the process.
    pub name: String,
    /// The final ELF file.
    pub path: PathBuf,
    /// Size of the final file in bytes.
    pub size: u64,
    /// The folder of the driver's crate.
    pub driver: PathBuf,
    /// The processor that the file is for.
    pub target: &'static Target,
    /// The compiler that made the file, as it calls itself.
    pub compiler: String,
}

impl HandlerElf {
    /// The same program with symbols and debug information, at the same
    /// addresses.
    #[must_use]
    pub fn debug_path(&self) -> PathBuf {
        self.path.with_extension("debug")
    }

    /// The linker's map of sections and symbols.
    #[must_use]
    pub fn map_path(&self) -> PathBuf {
        self.path.with_extension("map")
    }
}

/// Builds every handler of the workspace into its
/// [`handlers_dir`](Workspace::handlers_dir), and returns them by name.
///
/// # Errors
///
/// When one does not build.
pub fn build_all(workspace: &Workspace) -> Result<Vec<HandlerElf>> {
    let mut handlers = Vec::new();
    for driver in &workspace.drivers {
        handlers.extend(build_driver(workspace, driver)?);
    }
    handlers.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(
        !handlers.is_empty(),
        "no crate of {} has a binary and the build dependency umd-build",
        workspace.root.display()
    );
    Ok(handlers)
}

/// Builds the handlers of one driver, as [`build_all`] does.
///
/// # Errors
///
/// When one does not build.
pub fn build_driver(workspace: &Workspace, driver: &Driver) -> Result<Vec<HandlerElf>> {
    let names = driver.handlers.iter();
    names.map(|name| build(workspace, driver, name)).collect()
}

/// The handler of that name, built as [`build_all`] does.
///
/// # Errors
///
/// When it does not build; or there is none of that name.
pub fn build_one(workspace: &Workspace, name: &str) -> Result<HandlerElf> {
    let is_named = |driver: &&Driver| driver.handlers.iter().any(|handler| handler == name);
    let driver = workspace.drivers.iter().find(is_named);
    let driver = driver.with_context(|| {
        let all = workspace.drivers.iter().flat_map(|driver| &driver.handlers);
        let all: Vec<_> = all.map(String::as_str).collect();
        format!(
            "no handler is named {name}; those that are: {}",
            all.join(", ")
        )
    })?;
    build(workspace, driver, name)
}

/// Checks a handler that was built: its shape and its budget.
///
/// # Errors
///
/// The first rule that the handler breaks.
pub fn check(handler: &HandlerElf) -> Result<Budget> {
    let budget = budget::of(handler)?;
    shape::check(handler, &budget)?;
    budget.check(handler)?;
    Ok(budget)
}

/// Runs clippy on the freestanding form of the handlers, which the ordinary
/// clippy run does not see.
///
/// # Errors
///
/// When clippy has something to say.
pub fn lint(workspace: &Workspace) -> Result<()> {
    let target = workspace.processor()?;
    ensure_libraries(&workspace.root, target)?;
    let mut clippy = cargo("clippy", workspace, target)?;
    for driver in &workspace.drivers {
        clippy.args(["--package", &driver.package]);
    }
    clippy.args(["--lib", "--bins", "--", "-D", "warnings"]);
    let status = clippy.status().context("cannot start cargo")?;
    ensure!(status.success(), "clippy found faults, see above");
    Ok(())
}

fn build(workspace: &Workspace, driver: &Driver, name: &str) -> Result<HandlerElf> {
    let target = workspace.processor()?;
    ensure_libraries(&workspace.root, target)?;
    let folder = workspace.handlers_dir();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let map = build_dir(workspace).join(format!("{name}.{}.map", target.arch));
    let linked = link(workspace, driver, name, target, &map)?;
    let with_symbols = fs::read(&linked).with_context(|| linked.display().to_string())?;
    let stripped = elf::without_sections(&with_symbols)?;
    let handler = HandlerElf {
        name: name.to_owned(),
        path: folder.join(name),
        size: u64::try_from(stripped.len())?,
        driver: driver.folder.clone(),
        target,
        compiler: compiler(&workspace.root)?,
    };
    let map = fs::read(&map).context("the linker's map is gone; run cargo clean")?;
    file::write_program(&handler.debug_path(), &with_symbols)?;
    file::write(&handler.map_path(), &map)?;
    file::write_program(&handler.path, &stripped)?;
    Ok(handler)
}

/// Refuses a processor for which the compiler has no libraries, which cargo would say
/// for each crate.
fn ensure_libraries(root: &Path, target: &Target) -> Result<()> {
    let triple = target.triple;
    let mut rustc = clean("rustc", root);
    rustc.args(["--print", "target-libdir", "--target", triple]);
    let folder = output(&mut rustc)?;
    ensure!(
        Path::new(folder.trim_end()).is_dir(),
        "the compiler has no libraries for {triple}: run rustup target add {triple}"
    );
    Ok(())
}

/// The compiler that builds the handlers of the workspace at `root`, as it
/// calls itself.
fn compiler(root: &Path) -> Result<String> {
    let said = output(clean("rustc", root).arg("--version"))?;
    Ok(said.trim_end().to_owned())
}

/// Compiles and links one handler and returns the file with symbols.
fn link(
    workspace: &Workspace,
    driver: &Driver,
    name: &str,
    target: &Target,
    map: &Path,
) -> Result<PathBuf> {
    let mut rustc = cargo("rustc", workspace, target)?;
    rustc
        .args(["--quiet", "--package", &driver.package, "--bin", name, "--"])
        .arg(format!("-Clink-arg=-Map={}", map.display()));
    let status = rustc.status().context("cannot start cargo")?;
    ensure!(
        status.success(),
        "the handler {name} does not build, see above"
    );
    let folder = build_dir(workspace).join(target.triple).join(PROFILE);
    Ok(folder.join(name))
}

/// Cargo's own folder for handlers.
fn build_dir(workspace: &Workspace) -> PathBuf {
    workspace.target.join("handler-build")
}

/// A cargo command on freestanding code of the workspace.
fn cargo(command: &str, workspace: &Workspace, target: &Target) -> Result<Command> {
    let mut cargo = clean("cargo", &workspace.root);
    cargo
        .arg(command)
        .args(["--locked", "--profile", PROFILE, "--target", target.triple])
        .arg("--target-dir")
        .arg(build_dir(workspace));
    for setting in PROFILE_SETTINGS {
        let setting = format!("profile.{PROFILE}.{setting}");
        cargo.args(["--config", &setting]);
    }
    cargo
        // An empty name also overrides a wrapper of the user's configuration.
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .env(
            "CARGO_ENCODED_RUSTFLAGS",
            rustflags(&workspace.root, target)?,
        )
        .stdin(Stdio::null());
    Ok(cargo)
}

/// `program` in `root`, without what may steer the build.
fn clean(program: &str, root: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if steers_the_build(&name) {
            command.env_remove(name);
        }
    }
    command.current_dir(root);
    command
}

/// Whether the environment variable `name` can change what cargo builds. With
/// `RUSTUP_TOOLCHAIN` gone, `rust-toolchain.toml` decides.
fn steers_the_build(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let wanted = [
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_DIST_SERVER",
        "RUSTUP_UPDATE_ROOT",
    ];
    (name.starts_with("RUST") || name.starts_with("CARGO"))
        && !wanted.contains(&name)
        && !name.starts_with("CARGO_HTTP")
        && !name.starts_with("CARGO_NET")
        && !name.starts_with("CARGO_REGISTR")
        && !name.starts_with("CARGO_SOURCE")
}

fn rustflags(root: &Path, target: &Target) -> Result<String> {
    let root = root
        .to_str()
        .with_context(|| format!("{} is no UTF-8", root.display()))?;
    let remap = format!("--remap-path-prefix={root}=.");
    let mut flags = vec![
        "--cfg=umd_elf",
        "-Clinker=rust-lld",
        "-Clinker-flavor=ld.lld",
        "-Crelro-level=off",
        "-Cforce-unwind-tables=no",
        // A jump by a table could lead anywhere, for all that a test can see.
        "-Cjump-tables=no",
        // Small instead of fast, and no question to the processor.
        "--cfg=curve25519_dalek_backend=\"serial\"",
        "--cfg=sha1_backend=\"soft\"",
        "--cfg=sha2_backend=\"soft\"",
        "--cfg=sha2_backend_soft=\"compact\"",
        // For NAME.debug; no byte of it is in the final file.
        "-Cdebuginfo=2",
        "-Cstrip=none",
        &remap,
    ];
    flags.extend(target.flags);
    Ok(flags.join("\u{1f}"))
}
