// SPDX-License-Identifier: MIT OR Apache-2.0

//! The benchmark: what a request costs, in instructions of a guest, beside what
//! users would do instead.

pub mod budgets;
pub mod chart;
mod guest;
pub mod host;
pub mod report;
pub mod spin;
pub mod targets;
pub mod workers;

pub use guest::measure;

use serde::Serialize;
use std::collections::BTreeMap;

/// What was measured: a request of so many bytes, answered by so many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Case {
    /// Who answers, and whether in a long run or a short one, as
    /// `tests/guest/bench.sh` calls it.
    pub name: String,
    /// Payload of a request in bytes.
    pub request: u32,
    /// Payload of a reply in bytes.
    pub reply: u32,
}

impl Case {
    /// The case of that name and these lengths.
    #[must_use]
    pub fn new(name: &str, request: u32, reply: u32) -> Self {
        Self {
            name: name.to_owned(),
            request,
            reply,
        }
    }
}

/// What one request costs: the median of all rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Instructions of the guest, all of its tasks together.
    pub instructions: f64,
    /// How far the rounds are apart: the largest less the smallest, as a part
    /// of the median.
    pub spread: f64,
    /// How often the guest's processor changed tasks.
    pub switches: f64,
}

/// All that was measured in one boot.
#[derive(Clone, Debug, Default)]
pub struct Costs(BTreeMap<Case, Cost>);

impl Costs {
    /// The cost of a case, if it was measured.
    #[must_use]
    pub fn get(&self, name: &str, request: u32, reply: u32) -> Option<Cost> {
        self.0.get(&Case::new(name, request, reply)).copied()
    }

    /// Likewise, the instructions alone.
    #[must_use]
    pub fn instructions(&self, name: &str, request: u32, reply: u32) -> Option<f64> {
        Some(self.get(name, request, reply)?.instructions)
    }

    /// Every case, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Case, &Cost)> {
        self.0.iter()
    }
}
