// SPDX-License-Identifier: MIT OR Apache-2.0

//! The program, as cargo starts it, and drivers that it makes outside of this workspace.

#![forbid(unsafe_code)]

mod common;
mod driver;
mod package;
mod refused;
mod sources;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

macro_rules! trials {
    ($($module:ident::$test:ident,)*) => {
        vec![$(Trial::test(stringify!($test), || {
            $module::$test();
            Ok(())
        })),*]
    };
}

fn main() -> ExitCode {
    let trials = trials![
        driver::a_drivers_own_code_is_twenty_lines_of_rust_and_forty_of_c,
        driver::it_builds_and_answers,
        driver::the_bytes_of_its_file_are_told,
        driver::its_own_tests_pass,
        driver::a_header_that_is_out_of_date_is_told,
        driver::names_and_folders_that_cannot_be_are_refused,
        driver::the_licence_is_chosen,
        driver::its_fuzzer_finds_its_way,
        refused::nothing_outside_of_the_driver_changes_its_file,
        refused::flags_by_hand_are_refused,
        refused::a_crate_without_its_build_script_does_not_compile,
        refused::a_panic_does_not_link,
        refused::a_panic_that_is_allowed_ends_the_process_by_its_exit_code,
        refused::an_ordinary_program_does_not_get_into_a_loader,
        refused::a_folder_that_kbuild_cannot_have_is_refused_at_once,
        refused::a_processor_that_cannot_be_is_refused,
        sources::a_clone_is_a_source,
        sources::a_git_repository_is_a_source,
        sources::a_registry_is_a_source_also_a_vendored_one,
        package::the_package_has_the_kernels_side_and_the_template,
    ];
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    common::remove_driver();
    conclusion.exit_code()
}
