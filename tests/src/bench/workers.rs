// SPDX-License-Identifier: MIT OR Apache-2.0

//! The gain from several Handlers of one driver. A guest whose clock counts
//! instructions has one processor, so this measurement uses the host's time.

use super::guest::{numbers, output_by_time};
use crate::setup::Ready;
use anyhow::Result;
use serde::Serialize;
use std::fmt::Write;

/// How many processors each guest has. A guest with more processors than the
/// machine mostly measures the host's scheduler: a processor that wakes up
/// waits for one that computes.
const PROCESSORS: [u32; 2] = [2, 4];

/// How fast requests were answered that take about a millisecond to compute.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Speed {
    /// How many processors the guest had.
    pub processors: u32,
    /// How many Handlers there were, with as many callers.
    pub workers: u32,
    /// Replies per second.
    pub replies: f64,
}

/// Boots a kernel with two processors, then with four, and measures.
///
/// # Errors
///
/// A guest does not run to its end.
pub fn measure(ready: &Ready) -> Result<Vec<Speed>> {
    let mut speeds = Vec::new();
    for processors in PROCESSORS {
        speeds.extend(measure_on(ready, processors)?);
    }
    Ok(speeds)
}

fn measure_on(ready: &Ready, processors: u32) -> Result<Vec<Speed>> {
    let output = output_by_time(ready, "bench-workers", "bench_workers.sh", processors)?;
    output.lines().map(|line| parse(processors, line)).collect()
}

/// Parses `WORKERS REQUESTS HUNDREDTHS`.
fn parse(processors: u32, line: &str) -> Result<Speed> {
    let [workers, requests, hundredths] = numbers(line)?;
    Ok(Speed {
        processors,
        workers,
        replies: f64::from(requests) * 100.0 / f64::from(hundredths.max(1)),
    })
}

/// Formats the speeds as a table, each relative to one Handler in the same
/// guest.
#[must_use]
pub fn table(speeds: &[Speed]) -> String {
    let mut text = String::from("| processors | Handlers and callers | replies in a second | |\n");
    text.push_str("| ---: | ---: | ---: | ---: |\n");
    for guest in speeds.chunk_by(|one, next| one.processors == next.processors) {
        for speed in guest {
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.2}× |",
                speed.processors,
                speed.workers,
                speed.replies,
                speed.replies / guest[0].replies
            );
        }
    }
    text
}
