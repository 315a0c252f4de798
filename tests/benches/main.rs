// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo bench`: what requests cost, compared with the alternatives, as a
//! table, as `target/bench.json` and as `target/bench.svg`. The run fails when
//! a budget of `tests/bench.toml` is broken; a missed target is only reported.

#![forbid(unsafe_code)]

use anyhow::{Context, Result};
use clap::Parser;
use std::fs;
use std::process::ExitCode;
use umd_tests::bench::report::{Report, Stock};
use umd_tests::bench::{self, budgets, chart, host, report, spin, targets, workers};
use umd_tests::commands::choice::KernelArgs;
use umd_tests::kernel::Update;
use umd_tests::repo;
use umd_tests::setup::{self, Ready};

/// The kernel whose instructions have budgets.
const KERNEL: &str = "bench";

/// Counts the instructions of requests, and compares them
#[derive(Debug, Parser)]
struct Args {
    /// How often everything is measured; the medians are reported
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Measure only what has a budget or a target, on the one kernel
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    kernel: KernelArgs,
    /// Copy the chart to tests/bench/, for the README
    #[arg(long)]
    publish: bool,
    /// Passed by Cargo to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    if let Some(kernel) = args.kernel.name()? {
        return on_another(&kernel, args.rounds);
    }
    let ready = setup::ensure(Some(KERNEL), Update::Missing)?;
    let release = &ready.kernel.release;
    let costs = bench::measure(&ready, args.rounds)?;
    println!("\nLinux {release}, without mitigations:\n");
    println!("{}", tables(&costs));
    if !args.quick {
        more(&costs, &ready, args.publish)?;
    }
    println!("Targets:");
    for target in targets::outcomes(&costs) {
        println!("  {target}");
    }
    println!("\nBudgets:");
    for kept in budgets::check(&costs, &budgets::read()?)? {
        println!("  {kept}");
    }
    Ok(())
}

/// Measures requests on a kernel of the user's choice. Budgets and targets are of the
/// kernel [`KERNEL`].
fn on_another(kernel: &str, rounds: u32) -> Result<()> {
    let ready = setup::ensure(Some(kernel), Update::Missing)?;
    let costs = bench::measure(&ready, rounds)?;
    println!("\nLinux {} ({kernel}):\n", ready.kernel.release);
    println!("{}", tables(&costs));
    Ok(())
}

fn tables(costs: &bench::Costs) -> String {
    [report::table(costs), report::starts(costs)].join("\n")
}

/// Measures what has no budget: a stock kernel, several Handlers, polling
/// before sleep, and this machine.
fn more(costs: &bench::Costs, ready: &Ready, publish: bool) -> Result<()> {
    let release = &ready.kernel.release;
    let stock_ready = setup::ensure(None, Update::Missing)?;
    let stock = Stock {
        kernel: stock_ready.kernel.name.clone(),
        costs: bench::measure(&stock_ready, 1)?,
    };
    println!("Linux {}, as Debian ships it:\n", stock.kernel);
    println!("{}", tables(&stock.costs));
    let report = Report {
        kernel: release.clone(),
        costs: costs.clone(),
        stock,
        workers: workers::measure(ready)?,
        spin: spin::measure(ready)?,
        host: host::measure()?,
    };
    println!(
        "{}\n{}\n{}",
        workers::table(&report.workers),
        spin::table(&report.spin),
        host::table(&report.host)
    );

    let target = repo::target_dir()?;
    let json = target.join("bench.json");
    fs::write(&json, serde_json::to_string_pretty(&report)?)
        .with_context(|| json.display().to_string())?;
    let svg = target.join("bench.svg");
    chart::draw(costs, release, &svg)?;
    println!("{} and {}\n", json.display(), svg.display());
    if publish {
        fs::copy(&svg, repo::root().join("tests/bench/bench.svg"))?;
    }
    Ok(())
}
