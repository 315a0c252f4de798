// SPDX-License-Identifier: MIT OR Apache-2.0

//! The tables of the benchmark in Markdown, and the whole report in JSON.

use super::{Case, Cost, Costs, host, spin, workers};
use serde::Serialize;
use std::fmt::Write;

/// The compared mechanisms: name in the guest's output, and title in tables and
/// charts.
pub const COMPARED: [(&str, &str); 7] = [
    ("umd", "user mode driver"),
    ("futex", "two processes, shared memory, futex"),
    ("eventfd", "two processes, shared memory, eventfd"),
    ("seqpacket", "two processes, socket pair"),
    ("pipes", "two processes, pipes"),
    ("kernel_pipes", "kernel and process, pipes"),
    ("fuse", "FUSE read"),
];

/// The lengths of requests and replies, and their titles in tables and charts.
pub const LENGTHS: [(u32, u32, &str); 5] = [
    (24, 0, "reply of 0 B"),
    (24, 64, "reply of 64 B"),
    (24, 4096, "reply of 4 KiB"),
    (24, 131_072, "reply of 128 KiB"),
    (131_072, 0, "request of 128 KiB"),
];

/// Costs that are measured once for each start: name, lengths and title.
const STARTS: [(&str, u32, u32, &str); 7] = [
    ("start", 24, 64, "first reply of a driver without a Handler"),
    ("recover", 24, 24, "from a crash to the next reply"),
    ("recover_spare", 24, 24, "the same with a spare Handler"),
    (
        "per_user",
        24,
        64,
        "a request to a user's own Handler, in a row",
    ),
    ("per_request", 24, 64, "a request with a process of its own"),
    (
        "per_request_spare",
        24,
        64,
        "its caller's wait, with a spare process ready",
    ),
    (
        "helper",
        0,
        0,
        "`call_usermodehelper` for each request, no data",
    ),
];

/// Everything that `cargo bench` measures.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The kernel in which the instructions were counted.
    pub kernel: String,
    /// The costs of requests.
    #[serde(serialize_with = "as_list")]
    pub costs: Costs,
    /// The costs on a stock kernel.
    pub stock: Stock,
    /// Several requests side by side.
    pub workers: Vec<workers::Speed>,
    /// Handlers and callers that poll before they sleep.
    pub spin: Vec<spin::Time>,
    /// A Handler on the host, without a guest.
    pub host: host::Times,
}

/// The same costs on a kernel with mitigations, as distributions ship it.
#[derive(Debug, Serialize)]
pub struct Stock {
    /// The kernel's name.
    pub kernel: String,
    /// The costs of requests.
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

/// Formats `12345.6` as `12,346`.
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

/// Formats the costs on one kernel as a table: instructions for a request, each
/// also as a multiple of those of a user mode driver.
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

/// Formats the costs that are not of one request among many: starts, and the
/// floor.
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
