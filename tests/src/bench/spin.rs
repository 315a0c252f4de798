// SPDX-License-Identifier: MIT OR Apache-2.0

//! The time that polling before sleep saves (`spin_us`). The measurement needs
//! two processors, so it uses the host's time.

use super::guest::{numbers, output_by_time};
use crate::setup::Ready;
use anyhow::Result;
use serde::Serialize;
use std::fmt::Write;

/// How long a request took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Time {
    /// How long Handler and caller poll, in microseconds.
    pub spin_us: u32,
    /// Payload of the reply in bytes.
    pub reply: u32,
    /// The time of one request in microseconds.
    pub us: f64,
}

/// Boots a kernel with two processors and measures.
///
/// # Errors
///
/// The guest does not run to its end.
pub fn measure(ready: &Ready) -> Result<Vec<Time>> {
    let output = output_by_time(ready, "bench-spin", "bench_spin.sh", 2)?;
    output.lines().map(parse).collect()
}

/// Parses `SPIN_US REPLY REQUESTS MICROSECONDS`.
fn parse(line: &str) -> Result<Time> {
    let [spin_us, reply, requests, us] = numbers(line)?;
    Ok(Time {
        spin_us,
        reply,
        us: f64::from(us) / f64::from(requests.max(1)),
    })
}

/// Formats the times as a table.
#[must_use]
pub fn table(times: &[Time]) -> String {
    let mut text = String::from("| two processors, `spin_us` | reply | µs for one request |\n");
    text.push_str("| ---: | ---: | ---: |\n");
    for time in times {
        let _ = writeln!(
            text,
            "| {} | {} B | {:.1} |",
            time.spin_us, time.reply, time.us
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_that_of_one_request() {
        let time = parse("20 64 500 2700").unwrap();
        let expected = Time {
            spin_us: 20,
            reply: 64,
            us: 5.4,
        };
        assert_eq!(time, expected);
        assert!(parse("20 64 500").is_err());
        assert!(parse("the error is 'EIO', not '0'").is_err());
    }
}
