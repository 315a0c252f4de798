// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lines that the modules write to the kernel's log, by their sources, and whether
//! `loader-c/ADMIN.md` explains them.

use crate::{c_style, repo};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use tree_sitter::{Node, Parser};

/// The functions and macros whose first argument is a line of the log.
const PRINTS: [&str; 8] = [
    "pr_err",
    "pr_err_ratelimited",
    "pr_info",
    "pr_info_ratelimited",
    "pr_notice",
    "pr_warn",
    "pr_warn_once",
    "pr_warn_ratelimited",
];

/// What writes a line about a Handler: its third and fourth argument follow [`HANDLER`].
const NOTICE: &str = "umd_notice";

/// How these lines begin, as `loader-c/mgmt/notice.c` has it.
const HANDLER: &str = "%s[%d]: ";

/// The heading of the page's table of our lines, and of the table of the kernel's own.
const HEADINGS: [&str; 2] = [
    "\n### Lines of the modules\n",
    "\n### Lines of the kernel\n",
];

/// The formats of all lines that the modules for users write.
///
/// # Errors
///
/// A source cannot be read.
pub fn formats() -> Result<BTreeSet<String>> {
    let loader_c = repo::root().join("loader-c");
    let mut found = BTreeSet::new();
    for file in c_style::sources()? {
        let name = file.strip_prefix(&loader_c).unwrap_or(&file);
        let is_for_tests = name.components().any(|part| part.as_os_str() == "test");
        let is_ours = name.is_relative() && !name.starts_with("examples") && !is_for_tests;
        if is_ours && name.extension().is_some_and(|extension| extension == "c") {
            add_formats(&fs::read_to_string(&file)?, &mut found)
                .with_context(|| name.display().to_string())?;
        }
    }
    Ok(found)
}

fn add_formats(source: &str, found: &mut BTreeSet<String>) -> Result<()> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_c::LANGUAGE.into())?;
    let tree = parser.parse(source, None).context("no syntax tree")?;
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor));
        if node.kind() == "call_expression" {
            add_formats_of_call(node, source, found);
        }
    }
    Ok(())
}

fn add_formats_of_call(call: Node, source: &str, found: &mut BTreeSet<String>) {
    let text = |node: Node| &source[node.byte_range()];
    let Some(function) = call.child_by_field_name("function").map(text) else {
        return;
    };
    let Some(arguments) = call.child_by_field_name("arguments") else {
        return;
    };
    let strings_of = |index| {
        let nodes = arguments.named_child(index).into_iter().flat_map(strings);
        nodes.map(|node| unquoted(text(node)))
    };
    if PRINTS.contains(&function) {
        let line: String = strings_of(0).collect();
        // The lines of NOTICE, put together.
        found.extend(Some(line).filter(|line| line != &format!("{HANDLER}%s%s")));
    } else if function == NOTICE {
        let is_all = arguments
            .named_child(3)
            .is_some_and(|detail| text(detail) == "\"\"");
        let detail = if is_all { "" } else { "%s" };
        found.extend(strings_of(2).map(|what| format!("{HANDLER}{what}{detail}")));
    }
}

/// The strings in an expression, in the order of the text.
fn strings(node: Node) -> Vec<Node> {
    if node.kind() == "string_literal" {
        return vec![node];
    }
    let mut cursor = node.walk();
    let children: Vec<Node> = node.children(&mut cursor).collect();
    children.into_iter().flat_map(strings).collect()
}

/// A string literal's text, without an end of line.
fn unquoted(literal: &str) -> String {
    let text = literal.trim_matches('"');
    text.strip_suffix("\\n").unwrap_or(text).to_owned()
}

/// The lines that the page explains.
#[derive(Debug)]
pub struct Page {
    /// Those of the modules, as their sources have them.
    pub ours: BTreeSet<String>,
    /// Those of the kernel on the modules.
    pub kernels: BTreeSet<String>,
}

impl Page {
    /// Reads the page.
    ///
    /// # Errors
    ///
    /// The page cannot be read, or lacks a table.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(repo::root().join("loader-c/ADMIN.md"))?;
        let [ours, kernels] = HEADINGS.map(|heading| {
            let (_, from) = text.split_once(heading)?;
            let table = from.split("\n#").next().unwrap_or_default();
            Some(first_column(table))
        });
        Ok(Self {
            ours: ours.context("ADMIN.md has no table of our lines")?,
            kernels: kernels.context("ADMIN.md has no table of the kernel's lines")?,
        })
    }

    /// Whether the page explains a line of the log.
    #[must_use]
    pub fn explains(&self, line: &str) -> bool {
        let message = line.split_once(": ").map_or(line, |(_, message)| message);
        self.ours.iter().any(|format| matches(format, message))
            || self.kernels.iter().any(|format| matches(format, line))
    }
}

fn first_column(table: &str) -> BTreeSet<String> {
    let cell = |line: &str| Some(line.strip_prefix("| `")?.split_once("` |")?.0.to_owned());
    table.lines().filter_map(cell).collect()
}

/// Whether a line is what a format makes of some words and numbers.
fn matches(format: &str, line: &str) -> bool {
    let pieces = ["%d", "%u", "%x", "%*phN"]
        .iter()
        .fold(format.to_owned(), |format, one| format.replace(one, "%s"));
    let mut rest = line;
    let pieces: Vec<&str> = pieces.split("%s").collect();
    let last = pieces.len() - 1;
    for (index, piece) in pieces.iter().enumerate() {
        let found = if index == last && index > 0 {
            rest.len()
                .checked_sub(piece.len())
                .filter(|_| rest.ends_with(piece))
        } else {
            rest.find(piece)
        };
        match found {
            Some(at) if index > 0 || at == 0 => rest = &rest[at + piece.len()..],
            _ => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_matched_by_its_format() {
        assert!(matches("%s: error %d", "sample_umh: error -13"));
        assert!(matches("%s[%d]: killed%s", "a[1]: killed"));
        assert!(matches("loaded", "loaded"));
        assert!(!matches("loaded", "unloaded"));
        assert!(!matches("loaded", "loaded twice"));
        assert!(!matches("%s: error %d", "sample_umh: warning -13"));
    }

    #[test]
    fn formats_are_found_in_a_source() -> Result<()> {
        let mut found = BTreeSet::new();
        let source = "void f(void)\n{\n\tpr_err(\"%s: no\\n\", name);\n\t\
                      umd_notice(w, true, a ? \"one\" : \"two: \", b);\n\t\
                      umd_notice(w, true, \"three\", \"\");\n}\n";
        add_formats(source, &mut found)?;
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        let expected = [
            "%s: no",
            "%s[%d]: one%s",
            "%s[%d]: three",
            "%s[%d]: two: %s",
        ];
        assert_eq!(found, expected);
        Ok(())
    }
}
