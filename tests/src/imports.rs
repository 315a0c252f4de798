// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's symbols that our modules import: those that a kernel lacks, and
//! those that hardly any other module imports.
//!
//! Nobody keeps an export for modules outside of the kernel. A symbol that none of
//! the kernel's own modules imports is therefore the next to lose its export.

use crate::kernel::Kernel;
use crate::setup::{self, Program};
use crate::{command, progress::Step, repo};
use anyhow::{Context, Result, ensure};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSymbol};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// An import with fewer users than these among the kernel's own modules is rare.
pub const RARE: usize = 3;

/// The programs that unpack the kernel's modules.
pub(crate) const PROGRAMS: [Program; 2] = [("xz", "xz-utils"), ("zstd", "zstd")];

/// The heading in `loader-c/README.md` above the table of rare imports.
const HEADING: &str = "\n## Rare imports\n";

/// Fails unless every symbol that `modules` import is exported by `kernel`, or by
/// a module whose exports are in the file `own`.
///
/// # Errors
///
/// Exports are missing, which the message names all, or a file cannot be read.
pub fn check(kernel: &Kernel, own: &Path, modules: &[PathBuf]) -> Result<()> {
    let mut exported = exports(&kernel.build_dir.join("Module.symvers"))?;
    exported.extend(exports(own)?);
    let mut missing = Vec::new();
    for module in modules {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        let lacking = of(module)?.into_iter().filter(|s| !exported.contains(s));
        missing.extend(lacking.map(|symbol| format!("  {name} needs {symbol}")));
    }
    ensure!(
        missing.is_empty(),
        "symbols that {} does not export: {}\n{}",
        kernel.release,
        missing.len(),
        missing.join("\n")
    );
    Ok(())
}

/// How many of the kernel's own modules import each symbol that `modules` import
/// from the kernel.
///
/// # Errors
///
/// The kernel has no modules, or a file cannot be read.
pub fn users(kernel: &Kernel, modules: &[PathBuf]) -> Result<BTreeMap<String, usize>> {
    let exported = exports(&kernel.build_dir.join("Module.symvers"))?;
    let mut users = BTreeMap::new();
    for module in modules {
        let imports = of(module)?.into_iter().filter(|s| exported.contains(s));
        users.extend(imports.map(|symbol| (symbol, 0)));
    }
    let others = of_kernel(kernel)?;
    for symbol in others.iter().flatten() {
        if let Some(number) = users.get_mut(symbol) {
            *number += 1;
        }
    }
    Ok(users)
}

/// What the table of rare imports in `loader-c/README.md` lacks of `users`, and has
/// too much.
///
/// # Errors
///
/// There is no such table.
pub fn unlisted(users: &BTreeMap<String, usize>) -> Result<Vec<String>> {
    let text = fs::read_to_string(repo::root().join("loader-c/README.md"))?;
    Ok(differences(users, &listed(&text)?))
}

fn differences(users: &BTreeMap<String, usize>, listed: &BTreeSet<String>) -> Vec<String> {
    let rare = |symbol: &str| users.get(symbol).is_some_and(|&number| number < RARE);
    let lacks = users
        .iter()
        .filter(|(symbol, _)| rare(symbol) && !listed.contains(*symbol))
        .map(|(symbol, number)| format!("{symbol}: {number} other users, and not in the table"));
    let has = listed
        .iter()
        .filter(|symbol| !rare(symbol))
        .map(|symbol| match users.get(symbol) {
            Some(number) => format!("{symbol}: in the table, but {number} others use it"),
            None => format!("{symbol}: in the table, but no module of ours imports it"),
        });
    lacks.chain(has).collect()
}

/// The symbols in the first column of the table.
fn listed(text: &str) -> Result<BTreeSet<String>> {
    let (_, from) = text
        .split_once(HEADING)
        .context("loader-c/README.md has no table of rare imports")?;
    let table = from.split("\n## ").next().unwrap_or_default();
    let cells = table.lines().filter_map(|line| line.split('|').nth(1));
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    Ok(names.map(str::to_owned).collect())
}

/// The symbols in a file `Module.symvers`: checksum, symbol, module, kind.
fn exports(file: &Path) -> Result<BTreeSet<String>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let symbols = text.lines().filter_map(|line| line.split('\t').nth(1));
    Ok(symbols.map(str::to_owned).collect())
}

/// The symbols that a module imports.
fn of(module: &Path) -> Result<BTreeSet<String>> {
    undefined(&contents(module)?).with_context(|| module.display().to_string())
}

fn contents(module: &Path) -> Result<Vec<u8>> {
    let program = match module.extension().and_then(|extension| extension.to_str()) {
        Some("xz") => "xz",
        Some("zst") => "zstd",
        _ => return fs::read(module).with_context(|| module.display().to_string()),
    };
    let mut decompress = Command::new(program);
    decompress.args(["--decompress", "--stdout"]).arg(module);
    let output = command::finished(&mut decompress)?;
    ensure!(
        output.status.success(),
        "{}",
        command::failure(&decompress, &output)
    );
    Ok(output.stdout)
}

/// The kernel does without a weak symbol.
fn undefined(elf: &[u8]) -> Result<BTreeSet<String>> {
    let file: ElfFile64<'_, Endianness> = ElfFile64::parse(elf)?;
    let mut names = BTreeSet::new();
    for symbol in file.symbols() {
        let name = symbol.name()?;
        if symbol.is_undefined() && !symbol.is_weak() && !name.is_empty() {
            names.insert(name.to_owned());
        }
    }
    Ok(names)
}

/// The imports of each module that comes with the kernel.
fn of_kernel(kernel: &Kernel) -> Result<Vec<BTreeSet<String>>> {
    let folder = kernel.modules.as_ref();
    let folder = folder.with_context(|| format!("{} has no modules", kernel.release))?;
    setup::install(&PROGRAMS)?;
    let step = Step::start(format!("reading the modules of {}", kernel.release));
    let mut files = Vec::new();
    for entry in WalkDir::new(folder.join("kernel")) {
        let path = entry?.into_path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if [".ko", ".ko.xz", ".ko.zst"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            files.push(path);
        }
    }
    let imports = files.par_iter().map(|file| of(file)).collect();
    step.done();
    imports
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n\n## Rare imports\n\nWhy, `not_one`.\n\n\
        | import | replaced by |\n| --- | --- |\n\
        | `alone`, `gone` | `another` |\n| `common` | |\n\n## Next\n| `other` | |\n";

    #[test]
    fn the_table_is_read_by_its_first_column() -> Result<()> {
        let names: Vec<String> = listed(TEXT)?.into_iter().collect();
        assert_eq!(names, ["alone", "common", "gone"]);
        assert!(listed("| `alone` |").is_err());
        Ok(())
    }

    #[test]
    fn the_table_has_the_rare_imports_and_no_others() -> Result<()> {
        let users = [("alone", 0), ("common", RARE), ("new", RARE - 1)];
        let users = users.map(|(symbol, number)| (symbol.to_owned(), number));
        assert_eq!(
            differences(&users.into(), &listed(TEXT)?),
            [
                "new: 2 other users, and not in the table",
                "common: in the table, but 3 others use it",
                "gone: in the table, but no module of ours imports it",
            ]
        );
        Ok(())
    }
}
