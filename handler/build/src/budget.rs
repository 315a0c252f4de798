// SPDX-License-Identifier: MIT OR Apache-2.0

//! The budgets of handlers in their driver's `budget.toml`, and whether a handler
//! keeps to its own.

use crate::handlers::HandlerElf;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::PathBuf;
use toml::{Table, Value};

/// The file's name in the folder of the driver's crate.
pub const FILE: &str = "budget.toml";

/// The limit of a handler is a multiple of this.
const LIMIT_UNIT: u64 = 1024;

/// The budget of a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The compiler that makes exactly so many bytes, as it calls itself with
    /// `--version`.
    pub compiler: String,
    /// Size of the final file in bytes, exactly, with that compiler.
    pub bytes: u64,
    /// Size of the final file in bytes, at most, with any.
    pub limit: u64,
    /// The largest payload of a request that it has room for, HELLO included.
    pub request: u64,
    /// The largest payload of a reply.
    pub reply: u64,
    /// Names of crates, beside `core` and those of this project, whose functions
    /// it may have.
    pub crates: Vec<String>,
    /// Names of crates with tables of numbers, whose bytes may look like strings.
    pub tables: Vec<String>,
    /// Words that it looks for in what it parses: it has no other strings.
    pub words: Vec<String>,
}

/// Reads the budget of `handler`.
///
/// # Errors
///
/// The file cannot be read, is not of its format, or has none for this handler
/// on its kind of processor; the message says what to add.
pub fn of(handler: &HandlerElf) -> Result<Budget> {
    let path = path(handler);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let file: Table = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let Some(section) = file.get(&handler.name) else {
        bail!(missing(handler));
    };
    let Some(bytes) = section.get(handler.target.arch) else {
        bail!(missing(handler));
    };
    read(&file, section, bytes).with_context(|| format!("{}, {}", path.display(), handler.name))
}

fn path(handler: &HandlerElf) -> PathBuf {
    handler.driver.join(FILE)
}

fn missing(handler: &HandlerElf) -> String {
    let HandlerElf {
        name, size, target, ..
    } = handler;
    let limit = size.next_multiple_of(LIMIT_UNIT);
    format!(
        "{name} has no budget: add `{} = {{ bytes = {size}, limit = {limit} }}` below [{name}] in \
         {}, where `request` and `reply` are the largest payloads",
        target.arch,
        path(handler).display()
    )
}

fn read(file: &Table, section: &Value, bytes: &Value) -> Result<Budget> {
    let keys = section.as_table().into_iter().flat_map(Table::keys);
    for key in keys {
        let is_known = ["crates", "reply", "request", "tables", "words"].contains(&key.as_str())
            || crate::Target::find(key).is_some();
        ensure!(is_known, "{key} has no meaning");
    }
    let compiler = file.get("compiler").and_then(Value::as_str);
    Ok(Budget {
        compiler: compiler.context("no compiler")?.to_owned(),
        bytes: number(bytes, "bytes")?,
        limit: number(bytes, "limit")?,
        request: number(section, "request")?,
        reply: number(section, "reply")?,
        crates: strings(section, "crates")?,
        tables: strings(section, "tables")?,
        words: strings(section, "words")?,
    })
}

fn number(table: &Value, key: &str) -> Result<u64> {
    let number = table.get(key).and_then(Value::as_integer);
    let number = number.with_context(|| format!("no number {key}"))?;
    u64::try_from(number).with_context(|| format!("{key} is negative"))
}

fn strings(table: &Value, key: &str) -> Result<Vec<String>> {
    let Some(list) = table.get(key) else {
        return Ok(Vec::new());
    };
    let list = list.as_array().into_iter().flatten();
    let list = list.map(|item| item.as_str().map(str::to_owned)).collect();
    let list: Option<Vec<String>> = list;
    list.with_context(|| format!("{key} is a list of strings"))
}

impl Budget {
    /// Checks the size of `handler`, made by `compiler`.
    ///
    /// # Errors
    ///
    /// The handler is larger than it may be, or smaller than its budget says.
    pub fn check(&self, handler: &HandlerElf, compiler: &str) -> Result<()> {
        let Self { bytes, limit, .. } = self;
        let HandlerElf { name, size, .. } = handler;
        ensure!(
            size <= limit,
            "{name} is {size} bytes, and {limit} are its limit; \
             cargo handlers --why says what takes them"
        );
        if compiler != self.compiler {
            return Ok(());
        }
        let path = path(handler);
        let path = path.display();
        ensure!(
            size <= bytes,
            "{name} has grown from {bytes} to {size} bytes; cargo handlers --why says what \
             takes them. If it is worth that, make that its budget in {path}"
        );
        ensure!(
            size == bytes,
            "{name} has shrunk from {bytes} to {size} bytes: make that its budget in {path}"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TARGETS;
    use std::path::Path;

    const FILE: &str = "compiler = 'rustc 1'
        [a_umh]
        x86_64 = { bytes = 700, limit = 1024 }
        request = 16
        reply = 4
        words = ['BEGIN']";

    fn handler(name: &str, size: u64) -> HandlerElf {
        HandlerElf {
            name: name.to_owned(),
            path: PathBuf::new(),
            size,
            driver: PathBuf::from("drivers/a"),
            target: &TARGETS[0],
        }
    }

    fn budget(text: &str) -> Result<Budget> {
        let file: Table = toml::from_str(text).unwrap();
        let section = &file["a_umh"];
        read(&file, section, &section["x86_64"])
    }

    fn check(size: u64, compiler: &str) -> Result<()> {
        let budget = budget(FILE).unwrap();
        budget.check(&handler("a_umh", size), compiler)
    }

    #[track_caller]
    fn assert_says<T: std::fmt::Debug>(result: Result<T>, expected: &str) {
        let error = format!("{:#}", result.unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_file_is_read_whole() {
        let budget = budget(FILE).unwrap();
        assert_eq!((budget.request, budget.reply), (16, 4));
        assert_eq!(budget.words, ["BEGIN"]);
        assert_eq!(budget.crates, [""; 0]);
    }

    #[test]
    fn what_is_not_of_the_format_is_refused() {
        assert_says(budget(&FILE.replace("reply", "replies")), "replies has no");
        assert_says(budget(&FILE.replace("reply = 4", "")), "no number reply");
        assert_says(budget(&FILE.replace("= 16", "= -1")), "negative");
        assert_says(budget(&FILE.replace("'BEGIN'", "1")), "list of strings");
        assert_says(budget(&FILE.replace("compiler", "c")), "no compiler");
    }

    #[test]
    fn budget_is_exact_with_its_compiler() {
        check(700, "rustc 1").unwrap();
        assert_says(check(701, "rustc 1"), "grown from 700 to 701");
        assert_says(check(699, "rustc 1"), "shrunk from 700 to 699");
        assert_says(check(1025, "rustc 1"), "1024 are its limit");
    }

    #[test]
    fn limit_holds_with_any_compiler() {
        check(1, "rustc 2").unwrap();
        check(1024, "rustc 2").unwrap();
        assert_says(check(1025, "rustc 2"), "1024 are its limit");
    }

    #[test]
    fn new_handler_is_told_what_to_add() {
        let said = |size| of(&handler("b_umh", size));
        assert!(!Path::new("drivers/a").exists());
        assert_says(said(800), "add `x86_64 = { bytes = 800, limit = 1024 }`");
        assert_says(said(1025), "add `x86_64 = { bytes = 1025, limit = 2048 }`");
        assert_says(said(1025), "below [b_umh] in drivers/a/budget.toml");
    }
}
