// SPDX-License-Identifier: MIT OR Apache-2.0

//! A Handler on this machine, over a socket pair, without a guest kernel.

use crate::handlers;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use umd_abi::UMD_OP_PING;
use umd_manager::{Limits, Manager};
use umd_sample::{UMD_OP_SAMPLE_SET, UMD_SAMPLE_SIZE};
use umd_vm::Arch;

const DEADLINE: Duration = Duration::from_secs(5);
const ROUNDS: usize = 2000;
const STARTS: usize = 100;

/// Median times, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Times {
    /// A PING: a request and a reply without payloads.
    pub ping: f64,
    /// A request of the sample driver, with its reply of 128 KiB.
    pub sample: f64,
    /// A start: from no process to the answer to HELLO.
    pub start: f64,
}

/// Measures the sample driver's Handler.
///
/// # Errors
///
/// The Handler does not build, or does not answer.
pub fn measure() -> Result<Times> {
    let handlers = handlers::build_all(Arch::host())?;
    let sample = handlers
        .iter()
        .find(|handler| handler.name == "sample_umh")
        .context("there is no sample_umh")?;
    let limits = Limits {
        max_request: 16,
        max_reply: UMD_SAMPLE_SIZE,
    };
    let mut manager = Manager::new(&sample.path, limits);
    manager.start()?;
    Ok(Times {
        ping: median(ROUNDS, || call(&mut manager, UMD_OP_PING, &[]))?,
        sample: median(ROUNDS, || {
            call(&mut manager, UMD_OP_SAMPLE_SET, &[1, 0, 0, 0])
        })?,
        start: median(STARTS, || start(&sample.path, limits))?,
    })
}

fn call(manager: &mut Manager, op: u16, payload: &[u8]) -> Result<()> {
    manager.call(op, payload, DEADLINE)?;
    Ok(())
}

fn start(elf: &Path, limits: Limits) -> Result<()> {
    Manager::new(elf, limits).start()?;
    Ok(())
}

/// Returns the median time of `rounds` runs, in microseconds.
fn median(rounds: usize, mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let began = Instant::now();
        run()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[rounds / 2].as_secs_f64() * 1e6)
}

/// Formats the times as a table.
#[must_use]
pub fn table(times: &Times) -> String {
    let mut text = String::from("| on this machine, over a socket pair | µs |\n| --- | ---: |\n");
    for (words, time) in [
        ("PING", times.ping),
        ("sample request, reply of 128 KiB", times.sample),
        ("start, up to the end of HELLO", times.start),
    ] {
        let _ = writeln!(text, "| {words} | {time:.1} |");
    }
    text
}
