// SPDX-License-Identifier: MIT OR Apache-2.0

//! The budgets of handlers in their driver's `budget.toml`, and whether a handler
//! keeps to its own.

use crate::handlers::HandlerElf;
use anyhow::{Context, Result, anyhow, ensure};
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use toml::{Table, Value};

/// The file's name in the folder of the driver's crate.
pub const FILE: &str = "budget.toml";

/// What a handler's budget may say, beside its bytes on each kind of processor.
const KEYS: [&str; 5] = ["crates", "panics", "reply", "request", "words"];

/// The limit of a handler is a multiple of this.
const LIMIT_UNIT: u64 = 1024;

/// The end of a message about too many bytes.
const WHY: &str = "; `cargo umd size --why` or `cargo handlers --why` lists what takes them";

/// The payload of a HELLO in bytes, for which each handler has room.
const HELLO_SIZE: u64 = 16;

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
    /// Words that it looks for in what it parses: it has no other strings.
    pub words: Vec<String>,
    /// The exit code of a panic; `None` for a handler in which no panic can be reached.
    pub panics: Option<u64>,
}

/// Reads the budget of `handler`.
///
/// # Errors
///
/// The file cannot be read, is not of its format, or has no whole budget for this
/// handler on its kind of processor; where there is none at all, the message has one
/// to paste.
pub fn of(handler: &HandlerElf) -> Result<Budget> {
    let path = path(handler);
    let shown = path.display();
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.with_context(|| format!("cannot read {shown}"))?,
    };
    let file: Table = toml::from_str(&text).with_context(|| shown.to_string())?;
    if file.contains_key(&handler.name) {
        return read(&file, handler).with_context(|| format!("{shown}, [{}]", handler.name));
    }
    Err(anyhow!(
        "{shown} has no budget of {}. The least to add is:\n\n{}",
        handler.name,
        least(&file, handler)
    ))
}

fn path(handler: &HandlerElf) -> PathBuf {
    handler.driver.join(FILE)
}

/// A budget as `handler` is now, to paste behind what `file` has. The two payloads are
/// to be edited: only the driver's sources say them.
fn least(file: &Table, handler: &HandlerElf) -> String {
    let HandlerElf { name, compiler, .. } = handler;
    let line = line(handler);
    let compiler = if file.contains_key("compiler") {
        String::new()
    } else {
        format!("compiler = {compiler:?}\n\n")
    };
    format!(
        "{compiler}\
         [{name}]\n\
         {line}\n\
         request = {HELLO_SIZE} # or the Handler's MAX_REQUEST, if that is more\n\
         reply = 0 # the Handler's MAX_REPLY\n"
    )
}

/// The line of a budget with the size of `handler` as it is now.
fn line(HandlerElf { size, target, .. }: &HandlerElf) -> String {
    let limit = size.next_multiple_of(LIMIT_UNIT);
    format!("{} = {{ bytes = {size}, limit = {limit} }}", target.arch)
}

fn read(file: &Table, handler: &HandlerElf) -> Result<Budget> {
    let HandlerElf { name, target, .. } = handler;
    let section = file.get(name).with_context(|| format!("no [{name}]"))?;
    let keys = section.as_table().into_iter().flat_map(Table::keys);
    for key in keys {
        let is_known = KEYS.contains(&key.as_str()) || crate::Target::find(key).is_some();
        ensure!(is_known, "{key} has no meaning");
    }
    let bytes = section.get(target.arch);
    let bytes = bytes.with_context(|| {
        let line = line(handler);
        format!(
            "no budget for {}. The line to add is:\n\n{line}",
            target.arch
        )
    })?;
    let compiler = file.get("compiler").and_then(Value::as_str);
    Ok(Budget {
        compiler: compiler.context("no compiler")?.to_owned(),
        bytes: number(bytes, "bytes")?,
        limit: number(bytes, "limit")?,
        request: number(section, "request")?,
        reply: number(section, "reply")?,
        crates: strings(section, "crates")?,
        words: strings(section, "words")?,
        panics: section.get("panics").map(exit_code).transpose()?,
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

/// The code in `exit CODE`, which is how a handler ends that panics.
fn exit_code(panics: &Value) -> Result<u64> {
    let words = panics
        .as_str()
        .and_then(|words| words.strip_prefix("exit "));
    let code = words.and_then(|code| code.parse().ok());
    code.context("panics is \"exit CODE\"")
}

impl Budget {
    /// Checks the size of `handler`.
    ///
    /// # Errors
    ///
    /// The handler is larger than it may be, or smaller than its budget says.
    pub fn check(&self, handler: &HandlerElf) -> Result<()> {
        let Self { bytes, limit, .. } = self;
        let HandlerElf {
            name,
            size,
            compiler,
            ..
        } = handler;
        ensure!(
            size <= limit,
            "{name} is {size} bytes, and {limit} are its limit{WHY}"
        );
        if *compiler != self.compiler {
            return Ok(());
        }
        let path = path(handler);
        let path = path.display();
        ensure!(
            size <= bytes,
            "{name} has grown from {bytes} to {size} bytes{WHY}. If it is worth that, make that its \
             budget in {path}"
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
            compiler: "rustc 1".to_owned(),
        }
    }

    fn budget(text: &str) -> Result<Budget> {
        read(&toml::from_str(text).unwrap(), &handler("a_umh", 700))
    }

    fn check(size: u64, compiler: &str) -> Result<()> {
        let handler = HandlerElf {
            compiler: compiler.to_owned(),
            ..handler("a_umh", size)
        };
        budget(FILE).unwrap().check(&handler)
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
        assert_eq!(budget.panics, None);
    }

    #[test]
    fn exit_code_of_a_panic_is_read() {
        let with = |panics: &str| budget(&format!("{FILE}\npanics = {panics}"));
        assert_eq!(with("'exit 70'").unwrap().panics, Some(70));
        for other in ["true", "70", "'exit'", "'exit x'", "'abort'"] {
            assert_says(with(other), "panics is \"exit CODE\"");
        }
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
    fn what_is_missing_is_named() {
        assert_says(budget(&FILE.replace("a_umh", "b_umh")), "no [a_umh]");
        let without = FILE.replace("x86_64 =", "#");
        let error = budget(&without).unwrap_err().to_string();
        let (what, line) = error.split_once(":\n\n").unwrap();
        assert_eq!(what, "no budget for x86_64. The line to add is");
        budget(&format!("{without}\n{line}")).unwrap();
        assert_says(budget(&FILE.replace("limit", "limits")), "no number limit");
    }

    #[test]
    fn message_for_a_new_handler_has_a_whole_budget_to_paste() {
        assert!(!Path::new("drivers/a").exists());
        let error = of(&handler("a_umh", 1025)).unwrap_err().to_string();
        let (what, block) = error.split_once(":\n\n").unwrap();
        assert_eq!(
            what,
            "drivers/a/budget.toml has no budget of a_umh. The least to add is"
        );
        let budget = budget(block).unwrap();
        assert_eq!((budget.bytes, budget.limit), (1025, 2048));
        assert_eq!((budget.request, budget.reply), (16, 0));
        budget.check(&handler("a_umh", 1025)).unwrap();
        let block = least(&Table::new(), &handler("a_umh", 800));
        assert!(block.contains("x86_64 = { bytes = 800, limit = 1024 }"));
    }

    #[test]
    fn budget_of_a_second_handler_can_be_pasted_behind_the_first() {
        let second = handler("b_umh", 300);
        let block = least(&toml::from_str(FILE).unwrap(), &second);
        let both = toml::from_str(&format!("{FILE}\n{block}")).unwrap();
        assert_eq!(read(&both, &second).unwrap().bytes, 300);
        assert_eq!(read(&both, &handler("a_umh", 700)).unwrap().bytes, 700);
    }

    #[test]
    fn file_that_cannot_be_read_is_not_taken_for_none() {
        let handler = HandlerElf {
            driver: Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"),
            ..handler("a_umh", 700)
        };
        assert_says(of(&handler), "cannot read ");
    }
}
