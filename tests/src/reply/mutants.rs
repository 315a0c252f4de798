// SPDX-License-Identifier: MIT OR Apache-2.0

//! Copies of the checks, each with one test less or one that is off by one.

use anyhow::{Result, ensure};

/// A changed copy.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The text that was changed.
    pub change: String,
    /// The whole file.
    pub source: String,
}

/// All changes of `source`: each `if` that returns what is wrong is left out,
/// and so is each part of a condition and each `case` that returns; `<` and
/// `>` get an `=`.
///
/// # Errors
///
/// A check is not of the form that is understood here.
pub fn of(source: &str) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    let mut checks = 0;
    for (begin, statement) in statements(source, "\tif (", "\n\t\treturn \"") {
        checks += 1;
        mutants.push(changed(source, begin, statement, ""));
        let Some((_, rest)) = statement.split_once("if (") else {
            continue;
        };
        let Some((condition, _)) = rest.split_once(")\n") else {
            continue;
        };
        let at = begin + "\tif (".len();
        for joint in [" || ", " && "] {
            let parts: Vec<&str> = condition.split(joint).collect();
            for left_out in 0..parts.len() {
                let mut left = parts.clone();
                left.remove(left_out);
                if !left.is_empty() {
                    mutants.push(changed(source, at, condition, &left.join(joint)));
                }
            }
        }
        for (offset, sign) in condition.match_indices([' ']).filter_map(|(offset, _)| {
            let sign = condition.get(offset..offset + 3)?;
            matches!(sign, " < " | " > ").then_some((offset, sign))
        }) {
            let with_equal = format!("{}= ", sign.trim_end());
            mutants.push(changed(source, at + offset, sign, &with_equal));
        }
    }
    for (begin, statement) in statements(source, "\tcase ", "\n\t\treturn ") {
        mutants.push(changed(source, begin, statement, ""));
    }
    let verdicts = source.matches("return \"").count();
    ensure!(
        checks == verdicts && checks > 0,
        "{checks} of {verdicts} checks are understood"
    );
    Ok(mutants)
}

/// The statements that begin and go on as told, up to a semicolon, with the
/// offsets of their beginnings.
fn statements<'a>(
    source: &'a str,
    begin: &'a str,
    next: &'a str,
) -> impl Iterator<Item = (usize, &'a str)> {
    source.match_indices(begin).filter_map(move |(offset, _)| {
        let rest = &source[offset..];
        let statement = &rest[..=rest.find(';')?];
        statement.contains(next).then_some((offset, statement))
    })
}

fn changed(source: &str, offset: usize, from: &str, to: &str) -> Mutant {
    let (before, rest) = source.split_at(offset);
    let line = 1 + before.matches('\n').count();
    let shown = from.split_whitespace().collect::<Vec<_>>().join(" ");
    let instead = if to.is_empty() { "nothing" } else { to };
    Mutant {
        change: format!("line {line}: {shown} -> {instead}"),
        source: [before, to, &rest[from.len()..]].concat(),
    }
}
