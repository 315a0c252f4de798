// SPDX-License-Identifier: MIT OR Apache-2.0

//! The benchmark: what a request costs, in instructions of a guest, compared
//! with what users would do instead.

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

/// A measured case: a request of so many bytes, answered by so many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Case {
    /// Which party answers, in a long or a short run, as `tests/guest/bench.sh`
    /// names it.
    pub name: String,
    /// Payload of a request in bytes.
    pub request: u32,
    /// Payload of a reply in bytes.
    pub reply: u32,
}

impl Case {
    /// Returns the case of this name and these lengths.
    #[must_use]
    pub fn new(name: &str, request: u32, reply: u32) -> Self {
        Self {
            name: name.to_owned(),
            request,
            reply,
        }
    }
}

/// The cost of one request: the median of all rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Instructions of the guest, summed over all of its tasks.
    pub instructions: f64,
    /// How far the rounds are apart: the largest minus the smallest, as a
    /// fraction of the median.
    pub spread: f64,
    /// How often the guest's processor switched tasks.
    pub switches: f64,
}

/// All costs measured in one boot.
#[derive(Clone, Debug, Default)]
pub struct Costs(BTreeMap<Case, Cost>);

impl Costs {
    /// Returns the cost of a case, or `None` if the case was not measured.
    #[must_use]
    pub fn get(&self, name: &str, request: u32, reply: u32) -> Option<Cost> {
        self.0.get(&Case::new(name, request, reply)).copied()
    }

    /// Like [`Self::get`], but returns the instructions alone.
    #[must_use]
    pub fn instructions(&self, name: &str, request: u32, reply: u32) -> Option<f64> {
        Some(self.get(name, request, reply)?.instructions)
    }

    /// Iterates over all cases, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Case, &Cost)> {
        self.0.iter()
    }
}
