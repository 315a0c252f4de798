// SPDX-License-Identifier: MIT OR Apache-2.0

//! The table of the benchmark, in Markdown, and all of it in JSON.

use super::{Case, Cost, Costs, host, spin, workers};
use serde::Serialize;
use std::fmt::Write;

/// What is compared: name in the guest's rows, and in tables and charts.
pub const COMPARED: [(&str, &str); 4] = [
    ("umd", "user mode driver"),
    ("pipes", "two processes, pipes"),
    ("kernel_pipes", "kernel and process, pipes"),
    ("fuse", "FUSE read"),
];

/// The lengths of requests and replies, in tables and charts.
pub const LENGTHS: [(u32, u32, &str); 5] = [
    (24, 0, "reply of 0 B"),
    (24, 64, "reply of 64 B"),
    (24, 4096, "reply of 4 KiB"),
    (24, 131_072, "reply of 128 KiB"),
    (131_072, 0, "request of 128 KiB"),
];

/// What is measured once for each start of something, and in words.
const STARTS: [(&str, u32, u32, &str); 4] = [
    ("start", 24, 64, "first reply of a driver without a Handler"),
    ("recover", 24, 24, "from a crash to the next reply"),
    ("recover_spare", 24, 24, "the same with a spare Handler"),
    (
        "helper",
        0,
        0,
        "`call_usermodehelper` for each request, no data",
    ),
];

/// Everything that `cargo bench` finds out.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Of the kernel that the instructions were counted in.
    pub kernel: String,
    /// What requests cost.
    #[serde(serialize_with = "as_list")]
    pub costs: Costs,
    /// On a stock kernel.
    pub stock: Stock,
    /// Requests side by side.
    pub workers: Vec<workers::Speed>,
    /// Handlers and callers that look before they sleep.
    pub spin: Vec<spin::Time>,
    /// Without a kernel of our own.
    pub host: host::Times,
}

/// The same on a kernel with mitigations, as distributions ship it.
#[derive(Debug, Serialize)]
pub struct Stock {
    /// Which.
    pub kernel: String,
    /// What requests cost.
    #[serde(serialize_with = "as_list")]
    pub costs: Costs,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    case: &'a Case,
    #[serde(flatten)]
    cost: &'a Cost,
}

fn as_list<S: serde::Serializer>(costs: &Costs, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(costs.iter().map(|(case, cost)| Entry { case, cost }))
}

/// `12345.6` as `12,346`.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The table of one kernel: instructions for a request, and how many times
/// those of a user mode driver that is.
#[must_use]
pub fn table(costs: &Costs) -> String {
    let mut text = String::from("| instructions for one request |");
    for (_, title) in COMPARED {
        let _ = write!(text, " {title} |");
    }
    text.push_str(" task switches | spread |\n| --- |");
    text.push_str(&" ---: |".repeat(COMPARED.len() + 2));
    text.push('\n');
    for (request, reply, lengths) in LENGTHS {
        for (state, words) in [("long", "in a row"), ("short", "asleep")] {
            let own = costs.get(&format!("umd_{state}"), request, reply);
            let Some(own) = own else {
                continue;
            };
            let _ = write!(text, "| {lengths}, {words} |");
            for (name, _) in COMPARED {
                let cost = costs.instructions(&format!("{name}_{state}"), request, reply);
                text.push_str(&cell(cost, own.instructions));
            }
            let _ = writeln!(text, " {:.1} | {:.1} % |", own.switches, own.spread * 100.0);
        }
    }
    text
}

fn cell(cost: Option<f64>, own: f64) -> String {
    match cost {
        None => " |".to_owned(),
        Some(cost) if (cost - own).abs() < f64::EPSILON => format!(" {} |", thousands(cost)),
        Some(cost) => format!(" {} ({:.2}×) |", thousands(cost), cost / own),
    }
}

/// What is no request of many: starts, and the floor.
#[must_use]
pub fn starts(costs: &Costs) -> String {
    let mut text = String::from("| | instructions | spread |\n| --- | ---: | ---: |\n");
    for (name, request, reply, words) in STARTS {
        if let Some(cost) = costs.get(name, request, reply) {
            let _ = writeln!(
                text,
                "| {words} | {} | {:.1} % |",
                thousands(cost.instructions),
                cost.spread * 100.0
            );
        }
    }
    for (name, words) in [("turns_long", "in a row"), ("turns_short", "asleep")] {
        if let Some(cost) = costs.get(name, 0, 0) {
            let _ = writeln!(
                text,
                "| floor: two switches of tasks in the kernel, {words} | {} | {:.1} % |",
                thousands(cost.instructions),
                cost.spread * 100.0
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_commas() {
        for (value, text) in [
            (0.4, "0"),
            (999.6, "1,000"),
            (1_234_567.0, "1,234,567"),
            (12_345.0, "12,345"),
        ] {
            assert_eq!(thousands(value), text);
        }
    }
}
