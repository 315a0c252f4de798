// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo umd run`: asks a Handler as the kernel would.

use crate::{handlers, project};
use anyhow::{Context, Result, anyhow, ensure};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use umd_abi::UMD_OP_DRIVER;
use umd_manager::{Limits, Manager, Reply};

/// Arguments of `cargo umd run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Operation of the request
    #[arg(long, value_name = "N", default_value_t = UMD_OP_DRIVER)]
    op: u16,
    /// The request's bytes; -: standard input; without it the request is empty
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Where the reply's bytes go, instead of standard output
    #[arg(long, value_name = "FILE")]
    reply: Option<PathBuf>,
    /// Write the reply in hexadecimal digits
    #[arg(long)]
    hex: bool,
    /// Ask so many times, and compare the replies
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// End the Handler after so many milliseconds without a reply
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    timeout: u64,
    /// Name of the Handler, where there are several
    #[arg(long, value_name = "NAME")]
    handler: Option<String>,
}

/// How many bytes are in a line of hexadecimal digits.
const LINE: usize = 16;

/// `cargo umd run`. The exit code is 1 when the status is an error.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let request = args.request.as_deref().map_or(Ok(Vec::new()), read)?;
    let (handler, budget) = handlers::build_one(&project::find()?, args.handler.as_deref())?;
    let limits = Limits {
        max_request: u32::try_from(budget.request)?,
        max_reply: u32::try_from(budget.reply)?,
    };
    let mut manager = Manager::new(&handler.path, limits);
    let began = Instant::now();
    let reply = ask(&mut manager, args, &request)?;
    for time in 1..args.repeat {
        ensure!(
            ask(&mut manager, args, &request)? == reply,
            "reply {} differs from the first one: the Handler is no function of its request",
            time + 1
        );
    }
    let each = began.elapsed() / args.repeat;
    let status = status(reply.status.raw());
    let time = match args.repeat {
        1 => format!("{each:.1?}"),
        times => format!("{each:.1?} for each of {times}"),
    };
    let length = reply.payload.len();
    eprintln!("{}: status {status}, {length} bytes, {time}", handler.name);
    if reply.status.raw() != 0 && args.request.is_none() {
        eprintln!("the request was empty: --request FILE sends another");
    }
    write(args, &reply.payload)?;
    Ok(ExitCode::from(u8::from(reply.status.raw() != 0)))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| format!("--request: cannot read {}", path.display()))
}

fn ask(manager: &mut Manager, args: &Args, request: &[u8]) -> Result<Reply> {
    let deadline = Duration::from_millis(args.timeout);
    let reply = manager.call(args.op, request, deadline);
    reply.map_err(|error| match error.errno() {
        Some(errno) => anyhow!("{error}: the kernel would return -{errno}"),
        None => error.into(),
    })
}

/// A status with what the errno means.
fn status(status: i32) -> String {
    if status == 0 {
        return status.to_string();
    }
    let meaning = std::io::Error::from_raw_os_error(-status).to_string();
    let meaning = meaning.split(" (os error").next().unwrap_or_default();
    format!("{status} ({meaning})")
}

fn write(args: &Args, bytes: &[u8]) -> Result<()> {
    let text;
    let bytes = if args.hex {
        text = hex(bytes);
        text.as_bytes()
    } else {
        bytes
    };
    match &args.reply {
        Some(path) => fs::write(path, bytes)
            .with_context(|| format!("--reply: cannot write {}", path.display())),
        None => Ok(std::io::stdout().write_all(bytes)?),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(LINE) {
        let line: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&line.join(" "));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_in_words() {
        assert_eq!(status(0), "0");
        assert_eq!(status(-74), "-74 (Bad message)");
    }

    #[test]
    fn hexadecimal_digits_have_lines() {
        assert_eq!(hex(&[]), "");
        assert_eq!(hex(&[0, 0xab]), "00 ab\n");
        assert_eq!(hex(&[1; 17]).lines().count(), 2);
    }
}
