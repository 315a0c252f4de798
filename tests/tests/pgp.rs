// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP handler on foreign keys and signatures: those of GnuPG.

#![forbid(unsafe_code)]

#[path = "pgp/elf.rs"]
mod elf;
#[path = "pgp/made.rs"]
mod made;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Makes trials of these functions, with their names.
macro_rules! trials {
    ($($module:ident::$test:ident),+ $(,)?) => {
        vec![$(Trial::test(concat!(stringify!($module), "::", stringify!($test)), || {
            $module::$test();
            Ok(())
        })),+]
    };
}

fn main() -> ExitCode {
    let trials = trials![elf::final_file_answers_as_the_function_does];
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    made::clean_up();
    conclusion.exit_code()
}
