// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo demo --host`: a handler's final ELF file, driven from user space.

use crate::handlers;
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use umd_abi::{Status, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, UMD_OP_PING};
use umd_manager::{Ending, Limits, Manager, Reply};
use umd_sample::{UMD_OP_SAMPLE_SET, UMD_SAMPLE_SIZE};

const DEADLINE: Duration = Duration::from_secs(5);
/// Both ends, a page's both sides, and what is no multiple of a power of two.
const OFFSETS: [u32; 6] = [0, 1, 4095, 4096, 70_000, 131_071];
/// An operation that no handler of this repository has.
const UNKNOWN_OP: u16 = u16::MAX;
/// The request to a handler that is not the sample's.
const QUESTION: &[u8] = b"hello";

/// Drives the handler in the ELF file `handler`, or builds and drives the
/// sample's, and prints what it answers. The exit code is success only if all
/// of it was as it should be.
///
/// # Errors
///
/// When the handler does not build, does not start, or does not answer as it
/// should.
pub fn run(handler: Option<&Path>) -> Result<ExitCode> {
    match handler {
        Some(elf) => drive_any(elf)?,
        None => drive_sample(&handlers::build_one("sample_umh")?.path, Vec::new())?,
    }
    println!("all as expected");
    Ok(ExitCode::SUCCESS)
}

/// Drives the sample's handler, by an emulator of its processor if there are words for one.
///
/// # Errors
///
/// When the handler does not answer as it should.
pub fn drive_sample(elf: &Path, emulator: Vec<OsString>) -> Result<()> {
    let limits = Limits {
        max_request: 4,
        max_reply: UMD_SAMPLE_SIZE,
    };
    let mut manager = started(elf, limits, emulator)?;
    ping(&mut manager)?;
    for offset in OFFSETS {
        set(&mut manager, offset)?;
    }
    refused(
        &mut manager,
        UMD_OP_SAMPLE_SET,
        UMD_SAMPLE_SIZE,
        Status::ERANGE,
    )?;
    refused(&mut manager, UNKNOWN_OP, 0, Status::EOPNOTSUPP)?;

    let first = manager.handler_id().context("no handler")?;
    let ending = manager.kill()?;
    ensure!(
        ending == Some(Ending::Killed(libc::SIGKILL)),
        "handler {first} cannot be killed"
    );
    println!("handler {first} killed");
    set(&mut manager, 70_000)?;
    let second = manager.handler_id().context("no handler")?;
    ensure!(second != first, "handler {first} still serves");
    println!("served by handler {second}");
    Ok(())
}

/// Any handler must answer the core operations, and an operation of its own
/// with a valid frame.
fn drive_any(elf: &Path) -> Result<()> {
    let limits = Limits {
        max_request: u32::try_from(QUESTION.len())?,
        max_reply: UMD_MAX_PAYLOAD,
    };
    let mut manager = started(elf, limits, Vec::new())?;
    ping(&mut manager)?;
    let reply = manager.call(UMD_OP_DRIVER, QUESTION, DEADLINE)?;
    println!(
        "operation {UMD_OP_DRIVER} with \"{}\": status {}, {} bytes",
        QUESTION.escape_ascii(),
        reply.status.raw(),
        reply.payload.len()
    );
    print_bytes(&reply.payload);
    Ok(())
}

fn started(elf: &Path, limits: Limits, emulator: Vec<OsString>) -> Result<Manager> {
    let size = fs::metadata(elf)
        .with_context(|| format!("no handler {}; build it with cargo handlers", elf.display()))?
        .len();
    println!("{}: {size} bytes", elf.display());
    let mut manager = Manager::new(std::path::absolute(elf)?, limits).emulated_by(emulator);
    let hello = manager.start()?.context("the handler was started before")?;
    println!(
        "HELLO: version {}, requests up to {} bytes, replies up to {} bytes",
        hello.version, hello.max_request, hello.max_reply
    );
    Ok(manager)
}

fn ping(manager: &mut Manager) -> Result<()> {
    let reply = manager.call(UMD_OP_PING, &[], DEADLINE)?;
    ensure!(
        reply.status == Status::OK,
        "PING: status {}",
        reply.status.raw()
    );
    println!("PING: status 0");
    Ok(())
}

fn sample(manager: &mut Manager, op: u16, offset: u32) -> Result<Reply> {
    manager
        .call(op, &offset.to_ne_bytes(), DEADLINE)
        .with_context(|| format!("offset {offset}"))
}

fn set(manager: &mut Manager, offset: u32) -> Result<()> {
    let reply = sample(manager, UMD_OP_SAMPLE_SET, offset)?;
    ensure!(
        reply.status == Status::OK,
        "offset {offset}: status {}",
        reply.status.raw()
    );
    let mut expected = vec![0; UMD_SAMPLE_SIZE as usize];
    *expected
        .get_mut(offset as usize)
        .context("offset out of range")? = 1;
    if reply.payload != expected {
        bail!("offset {offset}: the reply is not {UMD_SAMPLE_SIZE} zeros with that byte 1");
    }
    println!(
        "offset {offset}: accepted, all {} bytes as they should be",
        expected.len()
    );
    Ok(())
}

fn refused(manager: &mut Manager, op: u16, offset: u32, expected: Status) -> Result<()> {
    let reply = sample(manager, op, offset)?;
    ensure!(
        reply.status == expected && reply.payload.is_empty(),
        "operation {op}, offset {offset}: status {} and {} bytes instead of status {}",
        reply.status.raw(),
        reply.payload.len(),
        expected.raw()
    );
    println!(
        "operation {op}, offset {offset}: refused, status {}",
        expected.raw()
    );
    Ok(())
}

/// The start of `bytes` as text and as hexadecimal numbers.
fn print_bytes(bytes: &[u8]) {
    let shown = bytes.get(..64).unwrap_or(bytes);
    let more = if shown.len() < bytes.len() {
        " ..."
    } else {
        ""
    };
    let hex: Vec<_> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("text: \"{}\"{more}", shown.escape_ascii());
    println!("hex:  {}{more}", hex.join(" "));
}
