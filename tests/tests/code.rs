// SPDX-License-Identifier: MIT OR Apache-2.0

//! The abilities of the code in the final ELF files, by disassembly.

#![forbid(unsafe_code)]

use anyhow::Result;
use umd_build::budget::{self, Budget};
use umd_build::code::Code;
use umd_tests::handlers;

fn each_handler(check: impl Fn(&Code, &Budget) -> Result<()>) {
    for handler in handlers::build_all(umd_vm::Arch::host()).unwrap() {
        let budget = budget::of(&handler).unwrap();
        let code = Code::read(&handler).unwrap_or_else(|error| panic!("{error:#}"));
        check(&code, &budget).unwrap_or_else(|error| panic!("{error:#}"));
    }
}

#[test]
fn only_read_write_and_exit_enter_the_kernel() {
    each_handler(|code, budget| code.check_system_calls(budget));
}

#[test]
fn functions_give_registers_back_as_they_were() {
    each_handler(|code, _| code.check_registers());
}

#[test]
fn all_code_is_of_the_functions_and_all_functions_can_run() {
    each_handler(|code, _| code.check_reach());
}

#[test]
fn there_are_no_strings_and_nothing_formats_them() {
    each_handler(|code, budget| {
        code.check_functions(budget)?;
        code.check_strings(budget)
    });
}
