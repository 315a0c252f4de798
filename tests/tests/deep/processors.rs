// SPDX-License-Identifier: MIT OR Apache-2.0

//! The handlers for other processors than this machine's, in an emulator of a program
//! (qemu-user): their replies are those of the functions that they are made of. The
//! emulator says which system calls they make.

use crate::common::{figure, trial};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use std::time::Duration;
use umd_abi::Status;
use umd_build::handlers::check;
use umd_manager::{Limits, Manager};
use umd_pgp::{UMD_PGP_MAX_REPLY, UMD_PGP_MAX_REQUEST};
use umd_tests::handlers::{self, HandlerElf, TARGETS, Target};
use umd_tests::{demo_host, repo};
use umd_verify::{UMD_OP_VERIFY, UMD_VERIFY_MAX_REPLY, UMD_VERIFY_MAX_REQUEST, VerifyRequest};
use zerocopy::IntoBytes;

const DEADLINE: Duration = Duration::from_secs(60);

/// The system calls that strict seccomp lets pass, as qemu writes them.
const CALLS: [&str; 3] = ["read(0,", "write(1,", "exit("];

/// A trial for each processor.
pub(crate) fn trials() -> Vec<Trial> {
    let others = TARGETS
        .iter()
        .filter(|target| Some(*target) != Target::host());
    others
        .map(|target| {
            trial(&format!("handlers_for::{}", target.arch), || {
                handlers_for(target)
            })
        })
        .collect()
}

fn handlers_for(target: &'static Target) -> Result<()> {
    let handlers = handlers::build_all_for(target)?;
    for handler in &handlers {
        check(handler)?;
        figure(format!(
            "{} for {}: {} bytes",
            handler.name, target.arch, handler.size
        ));
    }
    let named = |name: &str| {
        let mut all = handlers.iter();
        let found = all.find(|handler| handler.name == name);
        found.with_context(|| format!("no handler {name}"))
    };
    // A kernel may have any of these pages; the last is what segments are aligned to.
    for page in [4096, 16384, 65536] {
        if page <= target.page {
            sample(named("sample_umh")?, page)?;
        }
    }
    openpgp(named("pgp_umh")?)?;
    for name in ["verify_umh", "verify_ec_umh", "verify_rsa_umh"] {
        signatures(named(name)?)?;
    }
    Ok(())
}

/// Calls `with` with the words of an emulator, then looks at the system calls.
fn emulated(
    handler: &HandlerElf,
    page: u64,
    with: impl FnOnce(Vec<std::ffi::OsString>) -> Result<()>,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("calls");
    with(handlers::emulator(handler.target, page, &log)?)?;
    check_calls(handler, &log)
}

/// Each line is a process id and a call.
fn check_calls(handler: &HandlerElf, log: &Path) -> Result<()> {
    let log = fs::read_to_string(log).context("the emulator has written no system calls")?;
    let calls = log.lines().map(|line| {
        let (_, call) = line.split_once(' ').unwrap_or_default();
        call
    });
    let mut count = 0;
    for call in calls {
        ensure!(
            CALLS.iter().any(|known| call.starts_with(known)),
            "{} for {} makes the system call {call}",
            handler.name,
            handler.target.arch
        );
        count += 1;
    }
    ensure!(count > 1, "{}: {count} system calls", handler.name);
    Ok(())
}

fn sample(handler: &HandlerElf, page: u64) -> Result<()> {
    emulated(handler, page, |emulator| {
        demo_host::drive_sample(&handler.path, emulator)
    })
}

/// All inputs of the fuzzer's corpus.
fn corpus(driver: &str, fuzzer: &str) -> Result<Vec<Vec<u8>>> {
    let folder = repo::root()
        .join("handler/drivers")
        .join(driver)
        .join("fuzz/corpus")
        .join(fuzzer);
    let mut inputs = Vec::new();
    for file in fs::read_dir(&folder)? {
        inputs.push(fs::read(file?.path())?);
    }
    ensure!(!inputs.is_empty(), "no inputs in {}", folder.display());
    Ok(inputs)
}

fn openpgp(handler: &HandlerElf) -> Result<()> {
    let limits = Limits {
        max_request: UMD_PGP_MAX_REQUEST,
        max_reply: UMD_PGP_MAX_REPLY,
    };
    emulated(handler, 4096, |emulator| {
        let mut manager = Manager::new(&handler.path, limits).emulated_by(emulator);
        for input in corpus("pgp", "pgp")? {
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

fn signatures(handler: &HandlerElf) -> Result<()> {
    let limits = Limits {
        max_request: UMD_VERIFY_MAX_REQUEST,
        max_reply: UMD_VERIFY_MAX_REPLY,
    };
    emulated(handler, 4096, |emulator| {
        let mut manager = Manager::new(&handler.path, limits).emulated_by(emulator);
        let mut served = 0;
        for input in corpus("verify", "verify")? {
            let Some(request) = umd_verify_fuzz::decode(&input) else {
                continue;
            };
            let mut other = request;
            other.signature[0] ^= 1;
            for request in [request, other] {
                served += u32::from(is_served(&mut manager, &request)?);
            }
        }
        ensure!(served > 0, "{} knows no algorithm", handler.name);
        Ok(())
    })
}

/// Compares a verdict with that of the function. Returns whether the handler knows the
/// algorithm.
fn is_served(manager: &mut Manager, request: &VerifyRequest) -> Result<bool> {
    let reply = manager.call(UMD_OP_VERIFY, request.as_bytes(), DEADLINE)?;
    if reply.status == Status::ENOPKG {
        return Ok(false);
    }
    match umd_verify::verify(request) {
        Ok(is_true) => {
            let verdict = if is_true {
                umd_verify::UMD_VERIFY_TRUE
            } else {
                umd_verify::UMD_VERIFY_FALSE
            };
            ensure!(reply.status == Status::OK && reply.payload == verdict.to_ne_bytes());
        }
        Err(status) => ensure!(reply.status == status),
    }
    Ok(true)
}
