// SPDX-License-Identifier: MIT OR Apache-2.0

//! `ask HANDLER [TEXT]`: sends TEXT as the driver's first operation to the
//! Handler in the ELF file HANDLER, and prints the reply.

#![forbid(unsafe_code)]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use umd_abi::{UMD_MAX_PAYLOAD, UMD_OP_DRIVER};
use umd_manager::{Error, Limits, Manager};

const DEADLINE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(handler) = arguments.next() else {
        eprintln!("usage: ask HANDLER [TEXT]");
        return ExitCode::FAILURE;
    };
    match ask(&handler, &arguments.next().unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(handler: &str, text: &str) -> Result<(), Error> {
    let limits = Limits {
        max_request: UMD_MAX_PAYLOAD,
        max_reply: UMD_MAX_PAYLOAD,
    };
    let mut manager = Manager::new(handler, limits);
    let reply = manager.call(UMD_OP_DRIVER, text.as_bytes(), DEADLINE)?;
    eprintln!(
        "status {}, {} bytes",
        reply.status.raw(),
        reply.payload.len()
    );
    std::io::stdout()
        .write_all(&reply.payload)
        .map_err(Error::Channel)
}
