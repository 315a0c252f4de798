// SPDX-License-Identifier: MIT OR Apache-2.0

//! The costs that the project wants to reach. A missed target is only reported,
//! while a broken budget fails the run.

use super::Costs;
use std::fmt;

/// The largest payload.
const LARGE: u32 = 128 * 1024;
/// Length of a request that carries parameters only.
const ASK: u32 = 24;

/// The demand of a target.
#[derive(Clone, Copy, Debug)]
enum Goal {
    /// At most so many instructions.
    AtMost(f64),
    /// At most so many instructions more than the same case with 64 bytes.
    Above64(f64),
    /// The named mechanism costs at least so many times as much.
    Times(f64, &'static str),
}

/// A case, and what the target demands of it.
type Target = (&'static str, u32, u32, Goal);

const TARGETS: [Target; 19] = [
    ("umd_long", ASK, 64, Goal::AtMost(4550.0)),
    ("umd_short", ASK, 64, Goal::AtMost(4400.0)),
    ("umd_long", ASK, LARGE, Goal::Above64(16_600.0)),
    ("umd_short", ASK, LARGE, Goal::Above64(16_600.0)),
    ("umd_long", ASK, 64, Goal::Times(1.15, "eventfd_long")),
    ("umd_short", ASK, 64, Goal::Times(1.15, "eventfd_short")),
    ("umd_long", ASK, 64, Goal::Times(1.15, "futex_long")),
    ("umd_short", ASK, 64, Goal::Times(1.15, "futex_short")),
    ("umd_long", ASK, 64, Goal::Times(1.7, "pipes_long")),
    ("umd_short", ASK, 64, Goal::Times(1.5, "pipes_short")),
    ("umd_long", ASK, 64, Goal::Times(2.35, "fuse_long")),
    ("umd_short", ASK, 64, Goal::Times(2.35, "fuse_short")),
    ("umd_long", ASK, LARGE, Goal::Times(3.0, "pipes_long")),
    ("umd_long", ASK, LARGE, Goal::Times(3.0, "fuse_long")),
    ("start", ASK, 64, Goal::AtMost(70_000.0)),
    ("recover", ASK, ASK, Goal::AtMost(100_000.0)),
    ("recover_spare", ASK, ASK, Goal::AtMost(35_000.0)),
    ("per_request", ASK, 64, Goal::AtMost(105_000.0)),
    ("per_request_spare", ASK, 64, Goal::AtMost(11_000.0)),
];

/// Whether a target was met, and by what figure.
#[derive(Debug)]
pub struct Outcome {
    /// Whether the target was met.
    pub met: bool,
    what: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.met { "met   " } else { "MISSED" };
        write!(f, "{word} {}", self.what)
    }
}

/// Judges all targets. A target that was not measured counts as missed.
#[must_use]
pub fn outcomes(costs: &Costs) -> Vec<Outcome> {
    TARGETS
        .iter()
        .map(|target| outcome(costs, target))
        .collect()
}

fn outcome(costs: &Costs, &(name, request, reply, goal): &Target) -> Outcome {
    let what = format!("{name} {request}/{reply} B");
    let value = costs.instructions(name, request, reply);
    let (actual, limit, text) = match goal {
        Goal::AtMost(limit) => (value, limit, format!("at most {limit} instructions")),
        Goal::Above64(limit) => {
            let small = costs.instructions(name, ASK, 64);
            let above = value.zip(small).map(|(value, small)| value - small);
            (above, limit, format!("at most {limit} above 64 B"))
        }
        Goal::Times(limit, other) => {
            let other_cost = costs.instructions(other, request, reply);
            let times = value.zip(other_cost).map(|(value, other)| other / value);
            (
                times,
                limit,
                format!("{other} costs at least {limit} times"),
            )
        }
    };
    let Some(actual) = actual else {
        return Outcome {
            met: false,
            what: format!("{what}: {text}: not measured"),
        };
    };
    let (met, digits) = match goal {
        Goal::Times(..) => (actual >= limit, 2),
        _ => (actual <= limit, 0),
    };
    Outcome {
        met,
        what: format!("{what}: {text}: {actual:.digits$}"),
    }
}
