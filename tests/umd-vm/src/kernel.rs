// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels to build modules for and to boot: a build folder that somebody has
//! prepared ([`prepared`]), Debian's packages ([`Series`]), and kernels that are
//! built from Debian's source packages ([`Recipe`]).

mod headers;
mod packaged;
mod source;
mod tools;
mod wrapped;

pub use packaged::{Parts, Series, busybox};
pub use source::Recipe;
use tools::Tools;

use crate::error::bail;
use crate::{ARCHS, Arch, Result, command, make};
use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// The options of checkers. A kernel with others, such as those of leaks or timers, has
/// one of these, too.
const CHECKERS: [&str; 3] = ["CONFIG_KASAN=y", "CONFIG_KCSAN=y", "CONFIG_PROVE_LOCKING=y"];

/// The machine that a kernel runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// The machine that qemu emulates, with that processor.
    Qemu(&'static Arch),
    /// This machine's kernel: the kernel is User Mode Linux.
    UserMode,
}

/// A kernel that modules can be built for and that can be booted.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// A short name, which can be part of a file's name.
    pub name: String,
    /// The release that `uname -r` prints in the guest.
    pub release: String,
    /// The machine to boot on.
    pub platform: Platform,
    /// The image to boot; a build folder may have none, and headers have none.
    pub image: Option<PathBuf>,
    /// The folder for `make -C`.
    pub build_dir: PathBuf,
    /// Variables of make for a build on this machine.
    pub make_variables: Vec<String>,
    /// The compiler of C for the kernel's modules and for programs of the guest.
    pub compiler: PathBuf,
    /// The folder of the kernel's own modules (`/lib/modules/RELEASE`), if any.
    pub modules: Option<PathBuf>,
}

impl Platform {
    /// The kind of processor.
    #[must_use]
    pub fn arch(self) -> &'static Arch {
        match self {
            Self::Qemu(arch) => arch,
            Self::UserMode => Arch::host(),
        }
    }
}

impl Kernel {
    /// The kind of processor.
    #[must_use]
    pub fn arch(&self) -> &'static Arch {
        self.platform.arch()
    }

    /// Whether the kernel looks for bugs in itself, of memory, races or locks, and is
    /// slow for that.
    ///
    /// # Errors
    ///
    /// The build folder has no configuration.
    pub fn has_checkers(&self) -> Result<bool> {
        let config = self.config()?;
        let is_on = |option: &str| config.lines().any(|line| line == option);
        Ok(CHECKERS.into_iter().any(is_on))
    }

    /// The configuration that the kernel was built with.
    ///
    /// # Errors
    ///
    /// The build folder has no configuration.
    pub fn config(&self) -> Result<String> {
        let file = self.build_dir.join(".config");
        Ok(fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?)
    }

    /// A make in the build folder, with a job for each processor and the variables for
    /// this machine's tools, without targets yet.
    #[must_use]
    pub fn make(&self) -> Command {
        let mut make = make::command(&self.build_dir);
        make.args(&self.make_variables);
        make
    }

    /// The file of a module of the kernel itself, if there is such a module.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}.ko");
        let files = WalkDir::new(self.modules.as_ref()?).into_iter();
        files
            .filter_map(Result::ok)
            .map(walkdir::DirEntry::into_path)
            .find(|path| path.file_name().is_some_and(|own| *own == *name))
    }

    /// The image to boot.
    ///
    /// # Errors
    ///
    /// There is no image.
    pub fn image(&self) -> Result<&Path> {
        Ok(self.image.as_deref().with_context(|| {
            format!(
                "{} has no image to boot: run make there, if it is a whole kernel",
                self.build_dir.display()
            )
        })?)
    }
}

/// Whether package lists are fetched although the cache has what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// Only when the cache lacks something.
    Missing,
    /// Always, for newer versions.
    Always,
}

/// A kernel that somebody built or unpacked: `path` is the folder for `make -C`.
///
/// # Errors
///
/// The folder is no build folder, or modules cannot be built there yet; the
/// message says what to do.
pub fn prepared(path: &Path) -> Result<Kernel> {
    prepared_with(path, None)
}

/// As [`prepared`], for a kernel that is built with `tools` where they are given.
fn prepared_with(path: &Path, tools: Option<Tools>) -> Result<Kernel> {
    let build_dir = fs::canonicalize(path)
        .with_context(|| format!("no kernel build folder {}", path.display()))?;
    let shown = build_dir.display();
    if !build_dir.join("Makefile").is_file() {
        bail!("{shown} is no kernel build folder (no Makefile): give the one that `make -C` takes");
    }
    if !build_dir.join("Module.symvers").is_file() {
        bail!("{shown} is not ready for modules (no Module.symvers): build the kernel there first");
    }
    // Not include/config/kernel.release: Debian's headers have another there.
    let generated = fs::read_to_string(build_dir.join("include/generated/utsrelease.h"))
        .with_context(|| format!("{shown} is not ready for modules: run `make prepare` there"))?;
    let release = generated
        .split('"')
        .nth(1)
        .with_context(|| format!("{shown} tells no release: run `make prepare` there"))?
        .to_owned();
    let config = fs::read_to_string(build_dir.join(".config")).unwrap_or_default();
    let mut make_variables = headers::make_variables(&build_dir, tools.as_ref());
    let mut compiler = Tools::compiler_of(tools.as_ref());
    let has = |option: &str| config.lines().any(|line| line == option);
    let (platform, images) = if has("CONFIG_UML=y") {
        make_variables.push("ARCH=um".to_owned());
        (Platform::UserMode, vec![build_dir.join("linux")])
    } else {
        let arch = ARCHS
            .iter()
            .find(|arch| has(arch.option) && has("CONFIG_64BIT=y"));
        let Some(arch) = arch else {
            bail!("{shown} is for none of {}", Arch::names());
        };
        if tools.is_none() && arch.is_foreign() {
            compiler = installed_compiler(arch)?;
            make_variables.extend(arch.make_variables(&format!("{}-", arch.gnu)));
        }
        let mut images = vec![build_dir.join(arch.image)];
        if !arch.is_foreign() {
            images.push(PathBuf::from(format!("/boot/vmlinuz-{release}")));
        }
        (Platform::Qemu(arch), images)
    };
    let modules = PathBuf::from(format!("/lib/modules/{release}"));
    let is_own = !platform.arch().is_foreign() && modules.join("kernel").is_dir();
    Ok(Kernel {
        name: shown.to_string().trim_matches('/').replace('/', "-"),
        platform,
        make_variables,
        compiler,
        modules: is_own.then_some(modules),
        image: images.into_iter().find(|path| path.is_file()),
        release,
        build_dir,
    })
}

/// The installed compiler for another kind of processor.
///
/// # Errors
///
/// There is none.
fn installed_compiler(arch: &Arch) -> Result<PathBuf> {
    let gcc = format!("{}-gcc", arch.gnu);
    let package = arch.package("gcc");
    Ok(command::find(&gcc).with_context(|| format!("no {gcc}: install the package {package}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_build_folder_is_refused() -> Result<()> {
        let message = |path: &Path| {
            let error = prepared(path).err();
            error.map_or_else(String::new, |error| error.to_string())
        };
        let missing = Path::new("/nonexistent/linux");
        assert!(message(missing).contains("no kernel build folder"));
        let folder = tempfile::tempdir()?;
        assert!(message(folder.path()).contains("no Makefile"));
        fs::write(folder.path().join("Makefile"), "")?;
        assert!(message(folder.path()).contains("no Module.symvers"));
        Ok(())
    }

    #[test]
    fn a_build_folder_says_its_processor() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text);
        fs::create_dir_all(folder.path().join("include/generated"))?;
        write(
            "include/generated/utsrelease.h",
            "#define UTS_RELEASE \"1\"",
        )?;
        for name in ["Makefile", "Module.symvers"] {
            write(name, "")?;
        }
        write(
            ".config",
            &format!("CONFIG_64BIT=y\n{}\n", Arch::host().option),
        )?;
        assert_eq!(prepared(folder.path())?.arch(), Arch::host());
        for config in ["CONFIG_64BIT=y\nCONFIG_S390=y\n", "CONFIG_RISCV=y\n"] {
            write(".config", config)?;
            let error = prepared(folder.path()).err();
            let message = error.map_or_else(String::new, |error| error.to_string());
            assert!(
                message.ends_with("is for none of x86_64, aarch64, riscv64"),
                "{message}"
            );
        }
        write(".config", "CONFIG_UML=y\n")?;
        assert_eq!(prepared(folder.path())?.platform, Platform::UserMode);
        Ok(())
    }
}
