// SPDX-License-Identifier: MIT OR Apache-2.0

//! The layers of `loader-c/mgmt/`: what may call what, and with which lock.
//!
//! Layer 1 (`state.h`) is called with a driver's lock and does not sleep, layer 2
//! (`process.h`) takes the lock and may sleep, layer 3 (`admin.h`) is what
//! modules and administrators call. A file is of the layer whose header it
//! includes. The sources are in the kernel's style, which checkpatch sees to: so
//! a function's body is what is between a `{` and a `}` that have a line of their
//! own.

use crate::{command, repo};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The headers, from the lowest layer to the highest.
const HEADERS: [&str; 3] = ["state.h", "process.h", "admin.h"];

/// Also of the lowest layer.
const INLINE: &str = "queue.h";

/// Functions of layer 1 that do not assert the lock, and why.
const WITHOUT_LOCK: [(&str, &str); 23] = [
    ("umd_driver_lock", "takes the lock"),
    ("umd_driver_free", "nobody else has the driver"),
    ("umd_worker_free", "nobody else has the worker"),
    ("umd_worker_put", "may free the worker"),
    ("umd_worker_pid", "the process stays the same"),
    ("umd_set_limit", "sets a parameter"),
    ("umd_set_window", "sets a parameter"),
    ("umd_tracer_is_allowed", "knows no driver"),
    ("umd_backoff_count", "knows no driver"),
    ("umd_backoff_blocks", "knows no driver"),
    ("umd_backoff_note", "knows no driver"),
    ("umd_pause_begin", "knows no driver"),
    ("umd_pause_error", "knows no driver"),
    ("umd_user_compare_times", "knows no driver"),
    ("umd_freeze_is_near", "knows no driver"),
    ("umd_freeze_set_near", "knows no driver"),
    ("umd_current_suspends", "knows no driver"),
    ("umd_processes_are_frozen", "knows no driver"),
    ("umd_task_is_frozen", "knows no driver"),
    ("umd_task_is_frozen_by_v1", "knows no driver"),
    ("umd_request_may_move", "knows no driver"),
    ("umd_worker_may_move", "knows no driver"),
    ("umd_worker_may_have", "knows no driver"),
];

/// Files that may write fields of the struct that a pointer of this name points
/// to, and of which fields, where not of all.
const OWNERS: [(&str, &[&str], &[&str]); 6] = [
    ("req", &["queue.c", "queue.h", "state.h"], &[]),
    ("worker", &["queue.c", "queue.h"], &["request", "direct"]),
    ("worker", &["worker.c", "state.h"], &[]),
    ("user", &["schedule.c"], &["called"]),
    ("user", &["worker.c"], &["starved"]),
    (
        "user",
        &["user.c", "queue.c", "queue.h", "failure.c", "state.h"],
        &[],
    ),
];

/// Files in which a driver's lock is taken or let go by its own name.
const LOCKERS: [&str; 3] = ["state.h", "schedule.c", "notice.c"];

/// Prints after it has let the lock go.
const PRINTER: &str = "umd_notice_unlock";

const ASSERTION: &str = "lockdep_assert_held(";
const LOCK: &str = "umd_driver_lock(";
const UNLOCK: &str = "umd_driver_unlock(";

/// Names that the tracepoints' header makes, used by every file that traces.
const TRACEPOINTS: [&str; 4] = ["__tracepoint_", "__traceiter_", "__SCT__tp_", "__SCK__tp_"];

/// A function as its source has it.
#[derive(Debug)]
struct Function<'a> {
    name: &'a str,
    is_static: bool,
    comment: String,
    body: Vec<&'a str>,
}

impl<'a> Function<'a> {
    /// The declarations at the beginning of the body, and the statements.
    fn parts(&self) -> (&[&'a str], &[&'a str]) {
        let declares = |line: &&str| {
            let starts = [
                "struct ",
                "void ",
                "char ",
                "size_t ",
                "ktime_t ",
                "enum ",
                "unsigned ",
                "const ",
                "bool ",
                "int ",
                "u64 ",
                "s64 ",
            ];
            starts
                .iter()
                .any(|start| line.trim_start().starts_with(start))
        };
        if !self.body.first().is_some_and(declares) {
            return (&[], &self.body);
        }
        let end = self.body.iter().position(|line| line.is_empty());
        self.body
            .split_at(end.map_or(self.body.len(), |end| end + 1))
    }

    fn begins_with(&self, call: &str) -> bool {
        let (_, statements) = self.parts();
        let first = statements.first();
        first.is_some_and(|line| line.trim_start().starts_with(call))
    }
}

/// The functions that a file defines.
fn functions(source: &str) -> Vec<Function<'_>> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (open, _) in lines.iter().enumerate().filter(|(_, line)| **line == "{") {
        let is_head = |line: &&&str| {
            !line.is_empty() && !line.ends_with("*/") && !line.starts_with(['}', '#'])
        };
        let head = lines[..open].iter().rev().take_while(is_head).count();
        let begin = open - head;
        let Some((before, _)) = lines[begin].split_once('(') else {
            continue;
        };
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let name = before.rsplit(|c| !is_name(c)).next().unwrap_or_default();
        let comment = lines[..begin].iter().rev();
        let comment = comment.take_while(|line| !line.is_empty() && !line.starts_with('}'));
        let comment: Vec<&str> = comment.copied().collect();
        let body = lines[open + 1..].iter().copied();
        found.push(Function {
            name,
            is_static: before.contains("static "),
            comment: comment.into_iter().rev().collect::<Vec<_>>().join("\n"),
            body: body.take_while(|line| *line != "}").collect(),
        });
    }
    found
}

/// The layer of a file, 1 to 3, or 0 when it includes none of the headers: such a
/// file knows nothing of drivers.
fn layer(name: &str, source: &str) -> usize {
    let includes = |header: &str| source.contains(&format!("#include \"{header}\""));
    let own = HEADERS
        .iter()
        .rposition(|header| name == *header || includes(header));
    let is_lowest = name.starts_with("trace.") || includes("trace.h") || includes(INLINE);
    own.map_or(usize::from(is_lowest), |index| index + 1)
}

/// The sources of the library by their names.
///
/// # Errors
///
/// They cannot be read.
pub fn sources() -> Result<BTreeMap<String, String>> {
    let folder = repo::root().join("loader-c/mgmt");
    let mut sources = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "c" || e == "h") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            sources.insert(name.into_owned(), fs::read_to_string(&path)?);
        }
    }
    ensure!(!sources.is_empty(), "{} is empty", folder.display());
    Ok(sources)
}

/// What is wrong with the locks of these sources, one finding a line.
#[must_use]
pub fn findings(sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut excepted = BTreeSet::new();
    for (name, source) in sources {
        let layer = layer(name, source);
        for function in functions(source) {
            let mut say = |what: &str| found.push(format!("{name}: {} {what}", function.name));
            let exception = WITHOUT_LOCK.iter().any(|(one, _)| *one == function.name);
            if layer == 1 && exception {
                excepted.insert(function.name);
            } else if layer == 1 && !function.begins_with(ASSERTION) {
                say("does not begin with the assertion of the lock");
            }
            let (declarations, _) = function.parts();
            if layer == 1 && !exception && declarations.iter().any(|line| calls_own(line)) {
                say("calls a function before it asserts the lock");
            }
            let sleeps = layer > 1 && !function.is_static && says_sleeps(&function.comment);
            if sleeps && !function.begins_with("might_sleep();") {
                say("may sleep and does not begin with might_sleep()");
            }
            if prints_under_lock(&function) {
                say("prints under the lock");
            }
            for line in &function.body {
                if let Some(written) = foreign_write(name, line) {
                    say(&format!("writes {written}, of another file"));
                }
            }
        }
        if !LOCKERS.contains(&name.as_str()) && source.lines().any(takes_lock) {
            found.push(format!("{name}: does not lock by {LOCK}) and {UNLOCK})"));
        }
    }
    for (name, _) in WITHOUT_LOCK {
        if !excepted.contains(name) {
            found.push(format!("{name} is an exception that is not needed"));
        }
    }
    found
}

/// Whether a line takes or releases a driver's lock by itself.
fn takes_lock(line: &str) -> bool {
    let calls = ["spin_lock(", "spin_unlock(", "spin_trylock("];
    line.contains("driver->lock") && calls.iter().any(|call| line.contains(call))
}

/// Whether a line calls a function of the library.
fn calls_own(line: &str) -> bool {
    line.match_indices("umd_").any(|(at, _)| {
        let rest = &line[at..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        end.is_some_and(|end| rest[end..].starts_with('('))
    })
}

/// Whether kernel-doc says that a function may sleep.
fn says_sleeps(comment: &str) -> bool {
    let context = comment.split("Context:").nth(1);
    let context = context.map(|rest| rest.split("Return:").next().unwrap_or_default());
    context.is_some_and(|context| context.contains("sleep"))
}

fn prints_under_lock(function: &Function<'_>) -> bool {
    let mut locked = function.begins_with(ASSERTION) && function.name != PRINTER;
    for line in &function.body {
        if line.contains("pr_") && line.trim_start().starts_with("pr_") && locked {
            return true;
        }
        if line.contains(LOCK) {
            locked = true;
        } else if line.contains(UNLOCK) {
            locked = false;
        }
    }
    false
}

/// The field that a line writes, when another file than `name` owns it.
fn foreign_write<'a>(name: &str, line: &'a str) -> Option<&'a str> {
    let line = line.trim_start().trim_start_matches("WRITE_ONCE(");
    let pointer = ["req", "worker"].into_iter().find(|one| {
        line.strip_prefix(one)
            .is_some_and(|rest| rest.starts_with("->"))
    })?;
    let is_field = |c: char| c.is_alphanumeric() || c == '_';
    let field = line[pointer.len() + 2..].split(|c| !is_field(c)).next()?;
    let rest = &line[pointer.len() + 2 + field.len()..];
    let rest = rest
        .trim_start_matches(|c: char| is_field(c) || c == '.')
        .trim_start();
    let writes = ["=", "+=", "|=", "++", "--", ","];
    if rest.starts_with("==") || !writes.iter().any(|sign| rest.starts_with(sign)) {
        return None;
    }
    let owner = OWNERS
        .iter()
        .find(|(one, _, fields)| *one == pointer && (fields.is_empty() || fields.contains(&field)));
    let is_own = owner.is_none_or(|(_, files, _)| files.contains(&name));
    (!is_own).then(|| &line[..pointer.len() + 2 + field.len()])
}

/// Which object calls which, and by which names.
pub type Graph = BTreeMap<(String, String), BTreeSet<String>>;

/// The calls between the objects of a built library, in `folder`.
///
/// # Errors
///
/// There are no objects, or they cannot be read.
pub fn graph(folder: &Path) -> Result<Graph> {
    let mut defined = BTreeMap::new();
    let mut used = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "o") {
            continue;
        }
        let object = path.file_stem().unwrap_or_default().to_string_lossy();
        let output = command::output(Command::new("nm").arg(&path))?;
        for line in output.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["U", name] => {
                    let users: &mut BTreeSet<String> = used.entry(name.to_owned()).or_default();
                    users.insert(object.clone().into_owned());
                }
                [_, "T" | "D" | "B" | "R" | "V" | "W", name] => {
                    defined.insert(name.to_owned(), object.clone().into_owned());
                }
                _ => {}
            }
        }
    }
    ensure!(!defined.is_empty(), "no objects in {}", folder.display());
    let mut graph = Graph::new();
    for (name, users) in used {
        let Some(object) = defined.get(&name) else {
            continue;
        };
        if TRACEPOINTS.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        for user in users.into_iter().filter(|user| user != object) {
            let calls = graph.entry((user, object.clone())).or_default();
            calls.insert(name.clone());
        }
    }
    Ok(graph)
}

/// The arrows of a graph that run up a layer, and its circles.
///
/// # Errors
///
/// An object has no source.
pub fn wrong_arrows(graph: &Graph, sources: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let layer_of = |object: &str| -> Result<usize> {
        let name = format!("{object}.c");
        let source = sources.get(&name).with_context(|| format!("no {name}"))?;
        Ok(layer(&name, source))
    };
    let mut found = Vec::new();
    for ((from, to), names) in graph {
        if layer_of(from)? < layer_of(to)? {
            found.push(format!("{from} calls up to {to}: {names:?}"));
        }
    }
    let mut rest: BTreeSet<(&str, &str)> = graph
        .keys()
        .map(|(from, to)| (from.as_str(), to.as_str()))
        .collect();
    // What calls nothing that is left is in no circle.
    loop {
        let callers: BTreeSet<&str> = rest.iter().map(|(from, _)| *from).collect();
        let before = rest.len();
        rest.retain(|(_, to)| callers.contains(to));
        if rest.len() == before {
            break;
        }
    }
    if !rest.is_empty() {
        found.push(format!("a circle is among {rest:?}"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_keep_to_their_layers() -> Result<()> {
        let found = findings(&sources()?);
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    }

    /// What is found after `text` in `file` became `instead`.
    fn planted(file: &str, text: &str, instead: &str) -> Result<String> {
        let mut sources = sources()?;
        let source = sources.get_mut(file).context("no such file")?;
        assert!(source.contains(text), "{file} has no {text}");
        *source = source.replacen(text, instead, 1);
        Ok(findings(&sources).join("\n"))
    }

    #[test]
    fn a_function_without_the_assertion_is_found() -> Result<()> {
        let found = planted("worker.c", "\tlockdep_assert_held(&driver->lock);\n", "")?;
        assert!(
            found.starts_with("worker.c: umd_driver_runs does not begin"),
            "{found}"
        );
        Ok(())
    }

    #[test]
    fn a_call_before_the_assertion_is_found() -> Result<()> {
        let found = planted(
            "queue.c",
            "\tstruct umd_user *longest;\n",
            "\tstruct umd_user *longest = umd_queue_longest(driver);\n",
        )?;
        assert!(found.contains("calls a function before"), "{found}");
        Ok(())
    }

    #[test]
    fn a_function_that_does_not_say_that_it_sleeps_is_found() -> Result<()> {
        let found = planted("spawn.c", "\tmight_sleep();\n", "")?;
        assert!(found.starts_with("spawn.c: umd_spawn may sleep"), "{found}");
        Ok(())
    }

    #[test]
    fn a_message_under_the_lock_is_found() -> Result<()> {
        let message = "\tpr_info(\"late\\n\");\n\tumd_worker_end(worker, held ?";
        let found = planted("watchdog.c", "\tumd_worker_end(worker, held ?", message)?;
        assert!(
            found.contains("watchdog.c: umd_watch_away prints"),
            "{found}"
        );
        let unlock = "\tumd_driver_unlock(driver);\n\treturn counts;";
        let found = planted(
            "start.c",
            unlock,
            "\tpr_info(\"failed\\n\");\n\treturn counts;",
        )?;
        assert!(
            found.contains("start.c: umd_driver_start_failed prints"),
            "{found}"
        );
        Ok(())
    }

    #[test]
    fn a_write_by_another_file_is_found() -> Result<()> {
        let found = planted(
            "channel.c",
            "\tumd_worker_done(worker, now);\n",
            "\tworker->reading = 0;\n",
        )?;
        assert!(found.contains("writes worker->reading"), "{found}");
        let found = planted(
            "worker.c",
            "\tumd_request_take(req, worker);\n",
            "\treq->error = 1;\n",
        )?;
        assert!(found.contains("writes req->error"), "{found}");
        Ok(())
    }

    #[test]
    fn another_lock_is_found() -> Result<()> {
        let found = planted("load.c", LOCK, "spin_lock(&driver->lock); (")?;
        assert!(found.contains("load.c: does not lock by"), "{found}");
        Ok(())
    }

    fn arrows(planted: &[(&str, &str)]) -> Result<Vec<String>> {
        let sound = [
            ("call", "schedule"),
            ("schedule", "worker"),
            ("control", "worker"),
        ];
        let arrow = |(from, to): &(&str, &str)| {
            let names = BTreeSet::from(["umd_name".to_owned()]);
            (((*from).to_owned(), (*to).to_owned()), names)
        };
        let graph: Graph = sound.iter().chain(planted).map(arrow).collect();
        wrong_arrows(&graph, &sources()?)
    }

    #[test]
    fn an_arrow_up_and_a_circle_are_found() -> Result<()> {
        assert_eq!(arrows(&[])?, [""; 0]);
        let up = arrows(&[("queue", "call")])?;
        assert_eq!(up, ["queue calls up to call: {\"umd_name\"}"]);
        let circle = arrows(&[("worker", "schedule")])?;
        let among = "a circle is among {(\"call\", \"schedule\"), (\"control\", \"worker\"), ";
        assert!(circle[0].starts_with(among), "{circle:?}");
        Ok(())
    }
}
