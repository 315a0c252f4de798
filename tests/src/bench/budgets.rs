// SPDX-License-Identifier: MIT OR Apache-2.0

//! The budgets of `tests/bench.toml`. A budget is a multiple of a cost measured
//! in the same boot, so that another kernel or emulator does not matter.

use super::Costs;
use crate::repo;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::fs;

/// Path of the budgets in the repository.
pub const FILE: &str = "tests/bench.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    budget: Vec<Budget>,
}

/// How much a case may cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The name, as in [`super::Case`].
    pub name: String,
    /// Payload of a request in bytes.
    pub request: u32,
    /// Payload of a reply in bytes.
    pub reply: u32,
    /// The case without payloads that this case is compared with.
    pub floor: String,
    /// How many times as much as the floor this case costs.
    pub ratio: f64,
    /// By which fraction the ratio may grow: more than it varies by itself.
    pub tolerance: f64,
}

/// Reads the budgets of this repository.
///
/// # Errors
///
/// The file cannot be read, or is malformed.
pub fn read() -> Result<Vec<Budget>> {
    let path = repo::root().join(FILE);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(file.budget)
}

/// Checks that every budget is kept, and returns one line for each.
///
/// # Errors
///
/// A budget is broken, or its case was not measured. The error names all of
/// them.
pub fn check(costs: &Costs, budgets: &[Budget]) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    let mut broken = Vec::new();
    for budget in budgets {
        match judge(costs, budget) {
            Ok(line) => kept.push(line),
            Err(error) => broken.push(error.to_string()),
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(kept)
}

fn judge(costs: &Costs, budget: &Budget) -> Result<String> {
    let Budget {
        name,
        request,
        reply,
        floor,
        ratio,
        tolerance,
    } = budget;
    let what = format!("{name}, request {request} B, reply {reply} B");
    let cost = costs
        .instructions(name, *request, *reply)
        .with_context(|| format!("{what}: was not measured, but has a budget in {FILE}"))?;
    let floor_cost = costs
        .instructions(floor, 0, 0)
        .with_context(|| format!("{what}: its floor {floor} was not measured"))?;
    let measured = cost / floor_cost;
    ensure!(
        measured <= ratio * (1.0 + tolerance),
        "{what}: costs {measured:.3} times {floor}; its budget in {FILE} is {ratio} and {:.0} %",
        tolerance * 100.0
    );
    let advice = if measured < ratio * (1.0 - tolerance) {
        format!("; make that its budget in {FILE}")
    } else {
        String::new()
    };
    Ok(format!(
        "{what}: {measured:.3} times {floor} (budget {ratio}){advice}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Case, Cost};

    fn costs(instructions: f64) -> Costs {
        let cost = |instructions| Cost {
            instructions,
            spread: 0.0,
            switches: 2.0,
        };
        Costs(
            [
                (Case::new("umd_long", 24, 64), cost(instructions)),
                (Case::new("turns_long", 0, 0), cost(1000.0)),
            ]
            .into(),
        )
    }

    fn budget() -> Budget {
        Budget {
            name: "umd_long".to_owned(),
            request: 24,
            reply: 64,
            floor: "turns_long".to_owned(),
            ratio: 1.5,
            tolerance: 0.1,
        }
    }

    #[test]
    fn growth_beyond_the_tolerance_breaks_a_budget() {
        assert!(check(&costs(1649.0), &[budget()]).is_ok());
        let error = check(&costs(1651.0), &[budget()]).unwrap_err().to_string();
        assert!(error.starts_with("umd_long, request 24 B"), "{error}");
        let lines = check(&costs(1000.0), &[budget()]).unwrap();
        assert!(lines[0].contains("make that its budget"), "{lines:?}");
    }

    #[test]
    fn a_budget_without_a_measurement_is_broken() {
        for (name, floor) in [("umd_short", "turns_long"), ("umd_long", "turns_short")] {
            let budget = Budget {
                name: name.to_owned(),
                floor: floor.to_owned(),
                ..budget()
            };
            assert!(check(&costs(1500.0), &[budget]).is_err());
        }
    }

    #[test]
    fn the_repositorys_budgets_are_well_formed() {
        let budgets = read().unwrap();
        assert!(!budgets.is_empty());
        assert!(budgets.iter().all(|b| b.ratio > 0.0 && b.tolerance > 0.0));
    }
}
