// SPDX-License-Identifier: MIT OR Apache-2.0

//! Builds the freestanding handlers.
//!
//! Their bytes are to depend on the sources and the pinned toolchain alone. So
//! the compiler's and cargo's environment variables are kept from the build,
//! the linker is the toolchain's own, and the folder of the clone is mapped
//! away.

use crate::{command, elf, file, repo};
use anyhow::{Context, Result, ensure};
use cargo_metadata::{Message, MetadataCommand, Package, TargetKind};
use std::ffi::OsStr;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGE: &str = "umd-handler";
const TARGET: &str = "x86_64-unknown-linux-gnu";
const PROFILE: &str = "handler";

/// The files of one handler.
#[derive(Clone, Debug)]
pub struct HandlerElf {
    /// Name of the binary, and of the process.
    pub name: String,
    /// The final ELF file.
    pub path: PathBuf,
    /// Size of the final file in bytes.
    pub size: u64,
}

impl HandlerElf {
    /// The same program with symbols and debug information, at the same
    /// addresses.
    #[must_use]
    pub fn debug_path(&self) -> PathBuf {
        self.path.with_extension("debug")
    }

    /// What the linker put where.
    #[must_use]
    pub fn map_path(&self) -> PathBuf {
        self.path.with_extension("map")
    }
}

/// The folder of the final handlers.
///
/// # Errors
///
/// When cargo cannot tell its target folder.
pub fn handlers_dir() -> Result<PathBuf> {
    Ok(repo::target_dir()?.join("handlers"))
}

/// Builds every handler of this repository into [`handlers_dir`].
///
/// # Errors
///
/// See [`build_all_of`].
pub fn build_all() -> Result<Vec<HandlerElf>> {
    build_all_of(&repo::root(), &repo::target_dir()?)
}

/// Builds every handler of the clone at `root` into the folder `handlers` of
/// `target`, and returns them by name.
///
/// # Errors
///
/// When one does not build.
pub fn build_all_of(root: &Path, target: &Path) -> Result<Vec<HandlerElf>> {
    let package = handler_package(root)?;
    let mut handlers = Vec::new();
    for name in binaries(&package) {
        handlers.push(build(root, target, name)?);
    }
    ensure!(!handlers.is_empty(), "{PACKAGE} has no binary");
    Ok(handlers)
}

/// The handler of that name, built by [`build_all`].
///
/// # Errors
///
/// See [`build_all_of`]; or there is none of that name.
pub fn build_one(name: &str) -> Result<HandlerElf> {
    let root = repo::root();
    let package = handler_package(&root)?;
    ensure!(
        binaries(&package).contains(&name),
        "no handler is named {name}; those that are: {}",
        binaries(&package).join(", ")
    );
    build(&root, &repo::target_dir()?, name)
}

/// The compiler that builds the handlers of the clone at `root`, as it calls
/// itself.
///
/// # Errors
///
/// It cannot be run.
pub fn compiler(root: &Path) -> Result<String> {
    let said = command::output(clean("rustc", root).arg("--version"))?;
    Ok(said.trim_end().to_owned())
}

/// Runs clippy on the freestanding form of the handlers, which the ordinary
/// clippy run does not see.
///
/// # Errors
///
/// When clippy has something to say.
pub fn lint() -> Result<()> {
    let mut clippy = cargo("clippy", &repo::root(), &repo::target_dir()?)?;
    clippy.args(["--lib", "--bins", "--", "-D", "warnings"]);
    let status = clippy.status().context("cannot start cargo")?;
    ensure!(status.success(), "clippy found faults, see above");
    Ok(())
}

fn handler_package(root: &Path) -> Result<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo does not tell what handlers there are")?;
    let mut packages = metadata.packages.into_iter();
    packages
        .find(|package| package.name == PACKAGE)
        .with_context(|| format!("no package {PACKAGE} in {}", root.display()))
}

fn binaries(package: &Package) -> Vec<&str> {
    let is_binary = |kind: &TargetKind| *kind == TargetKind::Bin;
    let targets = package.targets.iter();
    let mut names: Vec<_> = targets
        .filter(|target| target.kind.iter().any(is_binary))
        .map(|target| target.name.as_str())
        .collect();
    names.sort_unstable();
    names
}

fn build(root: &Path, target: &Path, name: &str) -> Result<HandlerElf> {
    let folder = target.join("handlers");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let map = target.join("handler-build").join(format!("{name}.map"));
    let linked = link(root, target, name, &map)?;
    let with_symbols = fs::read(&linked).with_context(|| linked.display().to_string())?;
    let stripped = elf::without_sections(&with_symbols)?;
    let handler = HandlerElf {
        name: name.to_owned(),
        path: folder.join(name),
        size: u64::try_from(stripped.len())?,
    };
    let map = fs::read(&map).context("the linker's map is gone; run cargo clean")?;
    file::write_program(&handler.debug_path(), &with_symbols)?;
    file::write(&handler.map_path(), &map)?;
    file::write_program(&handler.path, &stripped)?;
    Ok(handler)
}

/// Compiles and links one handler and returns the file with symbols.
fn link(root: &Path, target: &Path, name: &str, map: &Path) -> Result<PathBuf> {
    let mut rustc = cargo("rustc", root, target)?;
    rustc
        .args(["--quiet", "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .arg("--")
        .arg(format!("-Clink-arg=-Map={}", map.display()))
        .stdout(Stdio::piped());
    let mut child = rustc.spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("no output of cargo")?;
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(stdout)) {
        if let Message::CompilerArtifact(artifact) = message? {
            executable = artifact.executable.or(executable);
        }
    }
    let status = child.wait().context("cargo")?;
    ensure!(
        status.success(),
        "the handler {name} does not build, see above"
    );
    let executable = executable.with_context(|| format!("cargo built no {name}"))?;
    Ok(executable.into_std_path_buf())
}

/// A cargo command on the freestanding handlers of `root`.
fn cargo(command: &str, root: &Path, target: &Path) -> Result<Command> {
    let mut cargo = clean("cargo", root);
    cargo
        .arg(command)
        .args(["--locked", "--profile", PROFILE, "--package", PACKAGE])
        .args(["--target", TARGET, "--target-dir"])
        .arg(target.join("handler-build"))
        // An empty name also overrides a wrapper of the user's configuration.
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(root)?)
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

fn rustflags(root: &Path) -> Result<String> {
    let root = root
        .to_str()
        .with_context(|| format!("{} is no UTF-8", root.display()))?;
    let flags = [
        "--cfg=umd_elf",
        "-Clinker=rust-lld",
        "-Clinker-flavor=ld.lld",
        // Only the linker's code generator makes relocations that let it turn
        // calls of memcpy through a table of addresses into direct ones.
        "-Clinker-plugin-lto",
        "-Crelro-level=off",
        "-Cforce-unwind-tables=no",
        // With memory in use below the stack pointer, the compiler cannot load
        // small constants by push and pop, its shortest way.
        "-Cno-redzone=yes",
        // A jump by a table could lead anywhere, for all that a test can see.
        "-Cjump-tables=no",
        // Small instead of fast, and no question to the processor.
        "--cfg=sha1_backend=\"soft\"",
        "--cfg=sha2_backend=\"soft\"",
        "--cfg=sha2_backend_soft=\"compact\"",
        // For NAME.debug; no byte of it is in the final file.
        "-Cdebuginfo=2",
        "-Cstrip=none",
        &format!("--remap-path-prefix={root}=."),
    ];
    Ok(flags.join("\u{1f}"))
}
