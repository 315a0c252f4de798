// SPDX-License-Identifier: MIT OR Apache-2.0

//! Copies of a C file, each with one test removed or off by one.

use anyhow::{Context, Result, ensure};
use std::ops::Range;
use tree_sitter::{Node, Parser};

/// A changed copy.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The text that was changed, and to what.
    pub change: String,
    /// The line where the change begins.
    pub line: usize,
    /// The whole changed file.
    pub source: String,
}

/// Returns all mutations of `source`:
///
/// - each `if`, each loop, each `case` and each side of `&&` and `||` is
///   removed;
/// - `<` and `>` gain an `=`, `<=` and `>=` lose it;
/// - a function that returns `bool` returns `true`;
/// - a message that another function returns is not passed on.
///
/// # Errors
///
/// The source is not C.
pub fn of(source: &str) -> Result<Vec<Mutant>> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_c::LANGUAGE.into())?;
    let tree = parser.parse(source, None).context("not C")?;
    let root = tree.root_node();
    ensure!(!root.has_error(), "not C");
    let mut mutants = Vec::new();
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        for (range, instead) in changes(source, node) {
            mutants.push(changed(source, range, &instead));
        }
        let mut cursor = node.walk();
        nodes.extend(node.children(&mut cursor));
    }
    ensure!(!mutants.is_empty(), "nothing to change");
    Ok(mutants)
}

/// Returns the mutations of one node: a range of the source, and its
/// replacement.
fn changes(source: &str, node: Node<'_>) -> Vec<(Range<usize>, String)> {
    let text = |node: Node<'_>| source[node.byte_range()].to_owned();
    match node.kind() {
        "if_statement" | "while_statement" | "for_statement" => {
            vec![(node.byte_range(), ";".to_owned())]
        }
        "case_statement" => vec![(node.byte_range(), String::new())],
        "binary_expression" => {
            let [Some(left), Some(operator), Some(right)] = [
                node.child_by_field_name("left"),
                node.child_by_field_name("operator"),
                node.child_by_field_name("right"),
            ] else {
                return Vec::new();
            };
            let off_by_one = |sign: &str| {
                let instead = format!("{} {sign} {}", text(left), text(right));
                vec![(node.byte_range(), instead)]
            };
            match operator.kind() {
                "&&" | "||" => vec![
                    (node.byte_range(), text(left)),
                    (node.byte_range(), text(right)),
                ],
                "<" => off_by_one("<="),
                ">" => off_by_one(">="),
                "<=" => off_by_one("<"),
                ">=" => off_by_one(">"),
                _ => Vec::new(),
            }
        }
        "return_statement" => match node.named_child(0) {
            Some(result) => accepted(source, node)
                .filter(|instead| *instead != text(result) && !is_literal(result))
                .map(|instead| vec![(result.byte_range(), instead.to_owned())])
                .unwrap_or_default(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn is_literal(node: Node<'_>) -> bool {
    matches!(node.kind(), "string_literal" | "true" | "false")
}

/// Returns what the function around a node returns on success: `true`, or no
/// message. Functions of other types only calculate.
fn accepted(source: &str, node: Node<'_>) -> Option<&'static str> {
    let mut function = node;
    while function.kind() != "function_definition" {
        function = function.parent()?;
    }
    let returned = function.child_by_field_name("type")?;
    match &source[returned.byte_range()] {
        "bool" => Some("true"),
        "char" => Some("NULL"),
        _ => None,
    }
}

fn changed(source: &str, range: Range<usize>, instead: &str) -> Mutant {
    let shown = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, behind) = (&source[..range.start], &source[range.end..]);
    Mutant {
        change: format!("{} -> {}", shown(&source[range.clone()]), shown(instead)),
        line: 1 + before.matches('\n').count(),
        source: [before, instead, behind].concat(),
    }
}
