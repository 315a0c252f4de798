// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reads the results of a guest's test suite (KTAP, without nesting).
//!
//! Strict, because a suite that ends early or counts wrong must not pass.

use anyhow::{Context, Result, bail};

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// `ok`
    Passed,
    /// `not ok`
    Failed,
    /// `ok ... # SKIP`, and why.
    Skipped(String),
}

/// A test of a suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The test's name.
    pub name: String,
    /// How the test ended.
    pub status: Status,
    /// The lines that the test printed.
    pub diagnostics: Vec<String>,
}

/// Reads all that a suite printed.
///
/// # Errors
///
/// The text is not KTAP from its first line, the plan is missing or comes twice,
/// tests are missing, doubled or out of order, or a line is none of KTAP's.
pub fn parse(text: &str) -> Result<Vec<Test>> {
    let mut lines = text.lines();
    if lines.next() != Some("KTAP version 1") {
        bail!("the suite does not begin with 'KTAP version 1'");
    }
    let mut plan = None;
    let mut tests: Vec<Test> = Vec::new();
    let mut diagnostics = Vec::new();
    for line in lines {
        if let Some(comment) = line.strip_prefix('#') {
            diagnostics.push(comment.trim_start().to_owned());
        } else if let Some(count) = line.strip_prefix("1..") {
            let count: usize = count.parse().with_context(|| format!("plan '{line}'"))?;
            if plan.replace(count).is_some() {
                bail!("the suite has two plans");
            }
        } else {
            let (number, mut test) = result(line).with_context(|| format!("line '{line}'"))?;
            if number != tests.len() + 1 {
                bail!("test {number} stands where {} should", tests.len() + 1);
            }
            if tests.iter().any(|other| other.name == test.name) {
                bail!("test {} comes twice", test.name);
            }
            test.diagnostics = std::mem::take(&mut diagnostics);
            tests.push(test);
        }
    }
    match plan {
        None => bail!("the suite has no plan"),
        Some(0) => bail!("the suite has no tests"),
        Some(count) if count != tests.len() => bail!("{} of {count} tests ran", tests.len()),
        Some(_) => Ok(tests),
    }
}

/// `ok N NAME`, `not ok N NAME` or `ok N NAME # SKIP REASON`.
fn result(line: &str) -> Result<(usize, Test)> {
    let (rest, passed) = if let Some(rest) = line.strip_prefix("ok ") {
        (rest, true)
    } else if let Some(rest) = line.strip_prefix("not ok ") {
        (rest, false)
    } else {
        bail!("is neither plan, result nor comment");
    };
    let (number, rest) = rest.split_once(' ').context("has no name")?;
    let (name, directive) = match rest.split_once(" # ") {
        Some((name, directive)) => (name, Some(directive)),
        None => (rest, None),
    };
    let skip = directive.and_then(|directive| directive.strip_prefix("SKIP"));
    let status = match (passed, skip) {
        (false, _) => Status::Failed,
        (true, Some(reason)) => Status::Skipped(reason.trim().to_owned()),
        (true, None) => Status::Passed,
    };
    let test = Test {
        name: name.trim().to_owned(),
        status,
        diagnostics: Vec::new(),
    };
    Ok((number.parse().context("has no number")?, test))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_diagnostics() -> Result<()> {
        let tests = parse(
            "KTAP version 1\n1..3\nok 1 first\n# why\n# and how\nnot ok 2 second\nok 3 third # SKIP no need\n",
        )?;
        let statuses: Vec<_> = tests.iter().map(|test| test.status.clone()).collect();
        let skipped = Status::Skipped("no need".to_owned());
        assert_eq!(statuses, [Status::Passed, Status::Failed, skipped]);
        assert_eq!(tests[1].diagnostics, ["why", "and how"]);
        Ok(())
    }

    #[test]
    fn a_suite_that_is_not_whole_is_refused() {
        for (text, reason) in [
            ("", "does not begin"),
            ("noise\nKTAP version 1\n1..1\nok 1 a\n", "does not begin"),
            ("KTAP version 1\nok 1 a\n", "no plan"),
            ("KTAP version 1\n1..0\n", "no tests"),
            ("KTAP version 1\n1..2\nok 1 a\n", "1 of 2 tests ran"),
            ("KTAP version 1\n1..1\nok 1 a\nok 2 b\n", "2 of 1 tests ran"),
            ("KTAP version 1\n1..2\nok 1 a\nok 1 b\n", "stands where"),
            ("KTAP version 1\n1..2\nok 1 a\nok 2 a\n", "comes twice"),
            ("KTAP version 1\n1..1\n1..1\nok 1 a\n", "two plans"),
            ("KTAP version 1\n1..1\nok 1 a\nnoise\n", "neither plan"),
        ] {
            let error = parse(text).err().map(|error| format!("{error:#}"));
            assert!(error.is_some_and(|e| e.contains(reason)), "{text:?}");
        }
    }
}
