// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers for other processors than this machine's, in an emulator of a program
//! (qemu-user): their replies are those of the functions that they are made of. The
//! emulator says which system calls they make.

use crate::common::{figure, trial};
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Trial;
use std::ffi::OsString;
use std::fs;
use std::net::Shutdown;
use std::path::Path;
use std::time::Duration;
use umd_abi::Status;
use umd_build::code;
use umd_manager::{Ending, Limits, Manager, Process};
use umd_pgp::{UMD_PGP_MAX_REPLY, UMD_PGP_MAX_REQUEST};
use umd_tests::handlers::{self, HandlerElf};
use umd_tests::{demo_host, repo};
use umd_verify::*;
use umd_vm::Arch;
use zerocopy::IntoBytes;

const DEADLINE: Duration = Duration::from_secs(60);

/// The system calls that strict seccomp lets pass, as qemu writes them.
const CALLS: [&str; 3] = ["read(0,", "write(1,", "exit("];

/// A trial for each processor.
pub(crate) fn trials() -> Vec<Trial> {
    Arch::foreign()
        .map(|arch| {
            trial(&format!("handlers_for::{}", arch.name), move || {
                handlers_for(arch)
            })
        })
        .collect()
}

fn handlers_for(arch: &'static Arch) -> Result<()> {
    let handlers = handlers::lint_and_build_all(arch)?;
    for handler in &handlers {
        code::check_all(handler)?.check(handler)?;
        emulated(handler, |emulator| exits(handler, &emulator))?;
        emulated(handler, |emulator| answers(handler, emulator))?;
        figure(format!(
            "{} for {}: {} bytes",
            handler.name, arch.name, handler.size
        ));
    }
    Ok(())
}

fn answers(handler: &HandlerElf, emulator: Vec<OsString>) -> Result<()> {
    match &*handler.name {
        "sample_umh" => demo_host::drive_sample(&handler.path, emulator),
        "pgp_umh" => openpgp(handler, emulator),
        "verify_umh" => signatures(handler, emulator, &[UMD_VERIFY_ED25519]),
        "verify_ec_umh" => {
            let curves = [UMD_VERIFY_P256, UMD_VERIFY_P384, UMD_VERIFY_P521];
            signatures(handler, emulator, &curves)
        }
        "verify_rsa_umh" => signatures(handler, emulator, &[UMD_VERIFY_RSA]),
        name => bail!("nothing asks {name}"),
    }
}

/// Calls `with` with the words of an emulator, then looks at the system calls.
fn emulated(handler: &HandlerElf, with: impl FnOnce(Vec<OsString>) -> Result<()>) -> Result<()> {
    let logs = tempfile::tempdir()?;
    with(handlers::emulator(handler.target, logs.path())?)?;
    let mut count = 0;
    for log in fs::read_dir(logs.path())? {
        check_calls(handler, &log?.path())?;
        count += 1;
    }
    ensure!(count > 0, "the emulator has written no system calls");
    Ok(())
}

/// Each line is a process id and a call.
fn check_calls(handler: &HandlerElf, log: &Path) -> Result<()> {
    let log = fs::read_to_string(log)?;
    let mut calls = log
        .lines()
        .map(|line| line.split_once(' ').unwrap_or_default().1);
    ensure!(calls.clone().count() > 0, "no system call");
    let other = calls.find(|call| !CALLS.iter().any(|known| call.starts_with(known)));
    ensure!(
        other.is_none(),
        "{} for {} makes the system call {other:?}",
        handler.name,
        handler.target.arch
    );
    Ok(())
}

/// Without a Manager, a handler ends as this machine's does.
fn exits(handler: &HandlerElf, emulator: &[OsString]) -> Result<()> {
    let ending = |mut process: Process| -> Result<Ending> {
        process.channel().shutdown(Shutdown::Both)?;
        Ok(process.wait()?)
    };
    let own = handlers::build_one(&handler.name)?;
    let expected = ending(Process::spawn(&own.path)?)?;
    ensure!(matches!(expected, Ending::Exited(_)), "{expected}");
    let ended = ending(Process::spawn_by(emulator, &handler.path)?)?;
    ensure!(ended == expected, "{}: {ended}", handler.name);
    Ok(())
}

/// All inputs of the fuzzer's corpus.
fn corpus(driver: &str) -> Result<Vec<Vec<u8>>> {
    let folder = repo::root().join("handler/drivers").join(driver);
    let folder = folder.join("fuzz/corpus").join(driver);
    let mut inputs = Vec::new();
    for file in fs::read_dir(&folder)? {
        inputs.push(fs::read(file?.path())?);
    }
    ensure!(!inputs.is_empty(), "no inputs in {}", folder.display());
    Ok(inputs)
}

/// Calls `with` with a Manager, and fails if more than one process served it.
fn by_one_process(
    handler: &HandlerElf,
    limits: Limits,
    emulator: Vec<OsString>,
    with: impl FnOnce(&mut Manager) -> Result<()>,
) -> Result<()> {
    let mut manager = Manager::new(&handler.path, limits).emulated_by(emulator);
    manager.start()?;
    let process = manager.handler_id();
    with(&mut manager)?;
    ensure!(manager.start()?.is_none() && manager.handler_id() == process);
    Ok(())
}

fn openpgp(handler: &HandlerElf, emulator: Vec<OsString>) -> Result<()> {
    let limits = Limits {
        max_request: UMD_PGP_MAX_REQUEST,
        max_reply: UMD_PGP_MAX_REPLY,
    };
    by_one_process(handler, limits, emulator, |manager| {
        for input in corpus("pgp")? {
            let (op, request) = umd_pgp_fuzz::request_of(&input);
            let reply = manager.call(op, &request, DEADLINE)?;
            match umd_pgp_fuzz::check(op, &request) {
                Ok(bytes) => ensure!(reply.status == Status::OK && reply.payload == bytes),
                Err(status) => ensure!(reply.status == status),
            }
        }
        Ok(())
    })
}

fn signatures(handler: &HandlerElf, emulator: Vec<OsString>, algorithms: &[u32]) -> Result<()> {
    let limits = Limits {
        max_request: UMD_VERIFY_MAX_REQUEST,
        max_reply: UMD_VERIFY_MAX_REPLY,
    };
    by_one_process(handler, limits, emulator, |manager| {
        let mut served = Vec::new();
        for input in corpus("verify")? {
            let request = umd_verify_fuzz::decode(&input).context("a request")?;
            let is_own = algorithms.contains(&request.algorithm);
            if is_own {
                served.push(request.algorithm);
            }
            let mut other = request;
            other.signature[0] ^= 1;
            for request in [request, other] {
                verdict(manager, &request, is_own)?;
            }
        }
        ensure!(
            algorithms
                .iter()
                .all(|algorithm| served.contains(algorithm))
        );
        Ok(())
    })
}

/// Compares a verdict with that of the function.
fn verdict(manager: &mut Manager, request: &VerifyRequest, is_own: bool) -> Result<()> {
    let reply = manager.call(UMD_OP_VERIFY, request.as_bytes(), DEADLINE)?;
    let expected = match is_own {
        true => umd_verify::verify(request),
        false => Err(Status::ENOPKG),
    };
    match expected {
        Ok(is_true) => {
            let verdict = if is_true {
                UMD_VERIFY_TRUE
            } else {
                UMD_VERIFY_FALSE
            };
            ensure!(reply.status == Status::OK && reply.payload == verdict.to_ne_bytes());
        }
        Err(status) => ensure!(reply.status == status),
    }
    Ok(())
}
