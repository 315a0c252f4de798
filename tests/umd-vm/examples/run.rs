// SPDX-License-Identifier: MIT OR Apache-2.0

//! `run BUILD_FOLDER BUSYBOX SCRIPT`: boots the kernel of a build folder, runs a
//! shell script in the guest, and exits with the verdict's code.

#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use umd_vm::{Options, Result, kernel};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, busybox, script] = &arguments[..] else {
        eprintln!("usage: run BUILD_FOLDER BUSYBOX SCRIPT");
        return ExitCode::FAILURE;
    };
    match run(folder, busybox, script) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &str, busybox: &str, script: &str) -> Result<u8> {
    let kernel = kernel::prepared(Path::new(folder))?;
    let run = std::env::temp_dir().join("umd-vm-example");
    let outcome = umd_vm::run(&Options {
        timeout: Some(Duration::from_mins(5)),
        ..Options::new(&kernel, Path::new(busybox), &run, std::fs::read(script)?)
    })?;
    outcome.explain();
    Ok(outcome.verdict.exit_code())
}
