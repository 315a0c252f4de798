// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernels that no distribution ships, with checkers enabled or for counting
//! instructions, built from the distribution's source package with the options
//! in `tests/kernel-config/`.

use crate::apt::{Apt, Package};
use crate::kernel::{Update, folder_name, suites_of};
use crate::{cache, command, make, progress::Step, repo, setup};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// How such a kernel is built.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// The name for `--kernel`.
    pub(crate) name: &'static str,
    /// The kernel whose suites have the source; `None` is that of the machine.
    series: Option<&'static str>,
    /// Kbuild's `ARCH`.
    architecture: &'static str,
    /// Files in `tests/kernel-config/`, without the extension.
    options: &'static [&'static str],
    /// The targets of make.
    targets: &'static [&'static str],
    /// Files to keep: the image, and those that a build of modules reads.
    kept: &'static [&'static str],
}

const RECIPES: [Recipe; 4] = [
    Recipe {
        name: "debug",
        series: None,
        architecture: "x86",
        options: &["guest", "x86", "x86-checkers", "checkers", "slub"],
        targets: &["bzImage", "modules"],
        kept: &X86_KEPT,
    },
    Recipe {
        name: "kcsan",
        series: None,
        architecture: "x86",
        options: &["guest", "x86", "x86-checkers", "kcsan"],
        // Only modules are watched, which are built without this variable: the
        // kernel's own races are not ours. When other code races with a module,
        // KCSAN sees the value change.
        targets: &["KCSAN_SANITIZE=n", "bzImage", "modules"],
        kept: &X86_KEPT,
    },
    Recipe {
        name: "bench",
        // Counts are comparable only on the same kernel.
        series: Some("6.1"),
        architecture: "x86",
        options: &["guest", "x86", "bench"],
        targets: &["bzImage", "modules"],
        kept: &X86_KEPT,
    },
    Recipe {
        name: "uml",
        // Older versions walk a new process's memory map without its lock, and
        // lockdep reports that.
        series: Some("6.12"),
        architecture: "um",
        options: &["guest", "um", "checkers"],
        targets: &["linux", "modules"],
        kept: &[
            ".config",
            "Makefile",
            "Module.symvers",
            "include",
            "scripts",
            "arch/um/Makefile",
            "arch/um/Makefile-skas",
            "arch/um/Makefile-os-Linux",
            "arch/um/include",
            "arch/x86/Makefile.um",
            "arch/x86/include",
            "arch/x86/um",
            "linux",
        ],
    },
];

const X86_KEPT: [&str; 9] = [
    ".config",
    "Makefile",
    "Module.symvers",
    "include",
    "scripts",
    "tools/objtool/objtool",
    "arch/x86/Makefile",
    "arch/x86/include",
    "arch/x86/boot/bzImage",
];

/// Programs that building a kernel needs in addition to building modules.
/// Headers count as programs.
const PROGRAMS: [setup::Program; 5] = [
    ("bc", "bc"),
    ("bison", "bison"),
    ("flex", "flex"),
    ("xz", "xz-utils"),
    ("/usr/include/libelf.h", "libelf-dev"),
];

/// Returns the kernel of this name.
pub(crate) fn find(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}

/// Returns the names of all kernels.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    RECIPES.iter().map(|recipe| recipe.name)
}

/// Returns the kernel's build folder in the cache. Builds the kernel first if
/// it is missing or its options have changed.
///
/// # Errors
///
/// The source cannot be downloaded, or does not build.
pub(crate) fn get(recipe: &Recipe, update: Update) -> Result<PathBuf> {
    let options = options(recipe)?;
    let key = key(recipe, &options);
    let entry = format!("kernels/{}", recipe.name);
    let is_of_key = |folder: &PathBuf| folder.to_string_lossy().ends_with(&key);
    if update == Update::Missing
        && let Some(folder) = cache::current(&entry)?.filter(is_of_key)
    {
        return Ok(folder);
    }
    setup::install(&PROGRAMS)?;
    let apt = Apt::update(suites_of(recipe.series))?;
    let newest = apt.newest("linux-source")?;
    let name = newest
        .depends()
        .find(|name| name.starts_with("linux-source-"))
        .context("the package linux-source names no source")?;
    let package = apt.newest(name)?;
    let version = format!("{}-{key}", folder_name(&package.version));
    cache::publish(&entry, &version, |root, _| {
        let source = root.join(".source");
        unpack_source(&apt, package, &source)?;
        configure(recipe, &source, &options)?;
        let step = Step::start(format!(
            "building the kernel {}, which takes minutes",
            recipe.name
        ));
        command::output(make(recipe, &source).arg("--silent").args(recipe.targets))?;
        step.done();
        keep(recipe, &source, root)?;
        fs::remove_dir_all(&source)?;
        Ok(())
    })
}

/// Returns all options of a kernel as one text.
fn options(recipe: &Recipe) -> Result<String> {
    let folder = repo::root().join("tests/kernel-config");
    let mut text = format!("CONFIG_LOCALVERSION=\"-umd-{}\"\n", recipe.name);
    for name in recipe.options {
        let file = folder.join(format!("{name}.config"));
        let options =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        text.push_str(&options);
    }
    Ok(text)
}

/// Returns a key of everything that goes into a kernel. The order of options,
/// and comments on them, do not change the key.
fn key(recipe: &Recipe, options: &str) -> String {
    let mut lines: Vec<&str> = lines(options).collect();
    lines.sort_unstable();
    let made = (recipe.architecture, recipe.targets, recipe.kept);
    let text = format!("{made:?}\n{}", lines.join("\n"));
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

fn lines(options: &str) -> impl Iterator<Item = &str> {
    options.lines().filter(|line| line.starts_with("CONFIG_"))
}

/// Unpacks the package's kernel into the folder `source`.
fn unpack_source(apt: &Apt, package: Package, source: &Path) -> Result<()> {
    fs::create_dir(source)?;
    let downloaded = tempfile::tempdir_in(source)?;
    let what = format!("the source of Linux {}", package.version);
    let archive = format!("usr/src/{}.tar.xz", package.name);
    apt.unpack(&[package], &what, downloaded.path())?;
    let step = Step::start(format!("extracting {what}"));
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--strip-components=1", "--file"]);
    tar.arg(downloaded.path().join(archive));
    tar.arg("--directory").arg(source);
    command::output(&mut tar)?;
    step.done();
    Ok(())
}

fn make(recipe: &Recipe, source: &Path) -> Command {
    let mut make = make::command(source);
    make.arg(format!("ARCH={}", recipe.architecture));
    make
}

/// Enables `options`, and disables all else that they do not need.
fn configure(recipe: &Recipe, source: &Path, options: &str) -> Result<()> {
    let given = source.join(".options");
    fs::write(&given, options)?;
    let mut configure = make(recipe, source);
    configure.arg(format!("KCONFIG_ALLCONFIG={}", given.display()));
    command::output(configure.args(["--silent", "allnoconfig"]))?;
    let config = fs::read_to_string(source.join(".config"))?;
    let known = symbols(source)?;
    let (missing, unknown): (Vec<&str>, Vec<&str>) = missing(options, &config)
        .into_iter()
        .partition(|option| known.contains(symbol(option)));
    if !unknown.is_empty() {
        eprintln!("this version of Linux has no {}", unknown.join(", "));
    }
    ensure!(
        missing.is_empty(),
        "the kernel {} cannot have {}: look at what they depend on",
        recipe.name,
        missing.join(", ")
    );
    Ok(())
}

/// Returns `DEBUG_LIST` for `CONFIG_DEBUG_LIST=y`.
fn symbol(option: &str) -> &str {
    let name = option.split('=').next().unwrap_or_default();
    name.strip_prefix("CONFIG_").unwrap_or(name)
}

/// Returns all options that this version of Linux knows. Options come and go.
fn symbols(source: &Path) -> Result<BTreeSet<String>> {
    let mut symbols = BTreeSet::new();
    for entry in WalkDir::new(source) {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with("Kconfig") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        symbols.extend(text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let is_one = matches!(words.next(), Some("config" | "menuconfig"));
            words.next().filter(|_| is_one).map(str::to_owned)
        }));
    }
    Ok(symbols)
}

/// Returns the options that a kernel's configuration does not honour. Kconfig
/// silently drops an option whose dependency is off.
fn missing<'a>(options: &'a str, config: &str) -> Vec<&'a str> {
    let is_so = |option: &&str| match option.strip_suffix("=n") {
        Some(name) => !config.lines().any(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('='))
        }),
        None => config.lines().any(|line| line == *option),
    };
    lines(options).filter(|option| !is_so(option)).collect()
}

/// Moves the files to keep from `source` to `root`.
fn keep(recipe: &Recipe, source: &Path, root: &Path) -> Result<()> {
    for name in recipe.kept {
        let to = root.join(name);
        if let Some(above) = to.parent() {
            fs::create_dir_all(above)?;
        }
        fs::rename(source.join(name), to).with_context(|| format!("the build made no {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_kconfig_left_out_is_missed() {
        let options = "# a comment\nCONFIG_A=y\nCONFIG_B=n\nCONFIG_C=\"x\"\n";
        let config = "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x\"\n";
        assert_eq!(missing(options, config), [""; 0]);
        let config = "CONFIG_AA=y\nCONFIG_B=y\nCONFIG_C=\"\"\n";
        assert_eq!(
            missing(options, config),
            ["CONFIG_A=y", "CONFIG_B=n", "CONFIG_C=\"x\""]
        );
    }

    #[test]
    fn another_option_is_another_kernel() {
        let recipe = &RECIPES[0];
        let one = key(recipe, "CONFIG_A=y\nCONFIG_B=y\n");
        assert_eq!(one, key(recipe, "# why\nCONFIG_B=y\n\nCONFIG_A=y\n"));
        assert_ne!(one, key(recipe, "CONFIG_A=y\nCONFIG_B=n\n"));
        assert_ne!(one, key(&RECIPES[1], "CONFIG_A=y\nCONFIG_B=y\n"));
    }

    #[test]
    fn every_kernel_has_its_options() {
        for recipe in &RECIPES {
            assert!(options(recipe).is_ok_and(|text| text.contains("CONFIG_MODULES=y")));
        }
    }
}
