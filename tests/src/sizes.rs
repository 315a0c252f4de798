// SPDX-License-Identifier: MIT OR Apache-2.0

//! The budgets of `tests/sizes.toml`, and whether something keeps to its own.

use anyhow::{Context, Result, ensure};
use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSection, SectionFlags};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Path of the budgets in the repository.
pub const FILE: &str = "tests/sizes.toml";

/// How far a module may be below its budget before that is to be tighter: a
/// tenth of it.
const SLACK: u64 = 10;

/// How much more than its budget a module may take with another compiler: a
/// quarter.
const OTHER_COMPILER: u64 = 4;

/// All budgets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// Those of the kernel modules for each kernel.
    pub modules: Modules,
}

/// Those and the compiler that they are for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modules {
    /// As a module's compiler calls itself in its file.
    pub compiler: String,
    /// By name, for each kernel.
    pub bytes: BTreeMap<String, BTreeMap<String, Module>>,
}

/// How much memory one module may take, in bytes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Code and constants.
    pub text: u64,
    /// What can be written.
    pub data: u64,
}

/// The budgets of the clone at `root`.
///
/// # Errors
///
/// The file cannot be read, or is not of its format.
pub fn read(root: &Path) -> Result<Budgets> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

impl Budgets {
    /// Checks a module of that `size`, built for `kernel` by `compiler`.
    ///
    /// # Errors
    ///
    /// Its text or data is larger than it may be, or far smaller, or it has
    /// no budget for that kernel.
    pub fn check_module(
        &self,
        name: &str,
        kernel: &str,
        size: Module,
        compiler: &str,
    ) -> Result<()> {
        let budget = self
            .modules
            .bytes
            .get(name)
            .and_then(|kernels| kernels.get(kernel))
            .with_context(|| format!("{name} has no budget for {kernel} in {FILE}"))?;
        let is_ours = compiler == self.modules.compiler;
        for (what, size, budget) in [
            ("text", size.text, budget.text),
            ("data", size.data, budget.data),
        ] {
            let most = if is_ours {
                budget
            } else {
                budget + budget / OTHER_COMPILER
            };
            ensure!(
                size <= most,
                "the {what} of {name} for {kernel} is {size} bytes, and {most} are the most that \
                 {FILE} allows; if it is worth that, raise the budget"
            );
            ensure!(
                !is_ours || size >= budget - budget / SLACK,
                "the {what} of {name} for {kernel} is only {size} bytes: lower its budget of \
                 {budget} in {FILE}"
            );
        }
        Ok(())
    }
}

/// What the kernel module `file` takes in memory, and which compiler says, in
/// the file, that it made it.
///
/// # Errors
///
/// It cannot be read, or is no ELF file.
pub fn of_module(file: &Path) -> Result<(Module, String)> {
    let data = fs::read(file).with_context(|| file.display().to_string())?;
    let module = ElfFile64::<Endianness>::parse(&*data)?;
    let mut size = Module { text: 0, data: 0 };
    for section in module.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            continue;
        };
        if sh_flags.contains(SHF_WRITE | SHF_ALLOC) {
            size.data += section.size();
        } else if sh_flags.contains(SHF_ALLOC) {
            size.text += section.size();
        }
    }
    let comment = module
        .section_by_name(".comment")
        .with_context(|| format!("{} does not say what made it", file.display()))?;
    // Strings that end with a zero, the first of them sometimes empty.
    let strings = String::from_utf8_lossy(comment.data()?).into_owned();
    let compiler = strings.split('\0').find(|string| !string.is_empty());
    Ok((size, compiler.unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budgets() -> Budgets {
        toml::from_str(
            "[modules]
             compiler = 'gcc 1'
             bytes.a = { \"6.1\" = { text = 1000, data = 100 } }",
        )
        .unwrap()
    }

    #[track_caller]
    fn assert_says(result: Result<()>, expected: &str) {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn module_budget_has_slack_below_and_for_other_compilers() {
        let check = |text, data, compiler| {
            budgets().check_module("a", "6.1", Module { text, data }, compiler)
        };
        check(1000, 100, "gcc 1").unwrap();
        check(900, 90, "gcc 1").unwrap();
        assert_says(check(1001, 100, "gcc 1"), "text of a for 6.1 is 1001");
        assert_says(check(1000, 101, "gcc 1"), "data of a for 6.1 is 101");
        assert_says(check(899, 100, "gcc 1"), "lower its budget of 1000");
        assert_says(check(1000, 89, "gcc 1"), "lower its budget of 100");
        check(1250, 125, "gcc 2").unwrap();
        check(1, 1, "gcc 2").unwrap();
        assert_says(check(1251, 100, "gcc 2"), "1250 are the most");
        let other = budgets().check_module("a", "6.2", Module { text: 1, data: 1 }, "gcc 1");
        assert_says(other, "no budget for 6.2");
    }
}
