// SPDX-License-Identifier: MIT OR Apache-2.0

//! What several Handlers of one driver are worth. A guest whose clock counts
//! instructions has one processor, so this is in time of the host.

use super::guest::{output_of, script};
use crate::modules::{self, Which};
use crate::setup::Ready;
use crate::test_handlers;
use crate::vm::{Clock, Options, Output};
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt::Write;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_mins(3);

/// How fast requests were answered that compute for about a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Speed {
    /// How many Handlers, for as many callers.
    pub workers: u32,
    /// Replies in a second.
    pub replies: f64,
}

/// Boots a kernel with four processors and measures.
///
/// # Errors
///
/// The guest does not run to its end.
pub fn measure(ready: &Ready) -> Result<Vec<Speed>> {
    let output = output_of(&Options {
        ready,
        modules: &modules::build(&ready.kernel, None, Which::Tests)?,
        files: &test_handlers::build()?,
        task: script("bench_workers.sh", Vec::new())?,
        output: Output::Capture,
        processors: 4,
        clock: Clock::Host,
        timeout: Some(TIMEOUT),
        name: "bench-workers",
    })?;
    output.lines().map(parse).collect()
}

/// Reads `WORKERS REQUESTS HUNDREDTHS`.
fn parse(line: &str) -> Result<Speed> {
    let numbers: Vec<u32> = line
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .with_context(|| format!("the guest said: {line}"))?;
    let [workers, requests, hundredths] = numbers[..] else {
        anyhow::bail!("the guest said: {line}");
    };
    Ok(Speed {
        workers,
        replies: f64::from(requests) * 100.0 / f64::from(hundredths.max(1)),
    })
}

/// The table of it.
#[must_use]
pub fn table(speeds: &[Speed]) -> String {
    let mut text = String::from("| Handlers and callers | replies in a second | |\n");
    text.push_str("| ---: | ---: | ---: |\n");
    for speed in speeds {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.2}× |",
            speed.workers,
            speed.replies,
            speed.replies / speeds[0].replies
        );
    }
    text
}
