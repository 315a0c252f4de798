// SPDX-License-Identifier: MIT OR Apache-2.0

//! Trials that need no kernel: proofs, fuzzing, mutations, coverage. Each prints its
//! figures.

use crate::common::{figure, trial};
use anyhow::Result;
use libtest_mimic::Trial;
use umd_tests::fuzz::{SHORT, Tools};
use umd_tests::proof::{frama_c, spin};
use umd_tests::{coverage, fuzz, mutations};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("the_check_of_replies_is_proved", || {
            for report in frama_c::run()? {
                figure(report.to_string());
            }
            Ok(())
        }),
        trial("the_model_of_the_life_cycle_is_checked", || {
            figure(spin::run()?.to_string());
            Ok(())
        }),
        trial("fuzzers_find_nothing", fuzzers),
        trial("each_change_of_the_checks_is_noticed", changes),
        trial("coverage_is_measured", || {
            figures(&coverage::measure()?);
            Ok(())
        }),
    ]
}

fn fuzzers() -> Result<()> {
    for report in fuzz::build(Tools::Best)?.run(&[], SHORT)? {
        figure(report.to_string());
    }
    Ok(())
}

fn changes() -> Result<()> {
    figures(&mutations::run()?);
    Ok(())
}

/// Each line is a figure.
fn figures(lines: &impl ToString) {
    for line in lines.to_string().lines() {
        figure(line.to_owned());
    }
}
