// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the user-space Manager makes of a Handler that breaks the contract.

mod common;

use common::compile;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use umd_abi::{FrameError, Status, UMD_OP_DRIVER, UMD_OP_PING};
use umd_tests::manager::{Ending, Error, Limits, Manager, Reply, Violation};

/// What an operation makes `tests/c/hostile.c` do, in its order.
#[derive(Clone, Copy)]
enum Fault {
    ForbiddenCall,
    ExitGroup,
    Execve,
    Hang,
    Exit7,
    Crash,
    WrongMagic,
    WrongId,
    WrongStatus,
    TooLong,
    HalfAReply,
    TwoReplies,
    OneByteWrites,
}

const LIMITS: Limits = Limits {
    max_request: 64,
    max_reply: 64,
};
const DEADLINE: Duration = Duration::from_secs(10);
const SIGILL: i32 = 4;
const SIGKILL: i32 = 9;
const SIGSYS: i32 = 31;

fn hostile() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("hostile");
    let fresh = tempfile::NamedTempFile::new_in(folder)
        .unwrap()
        .into_temp_path();
    let freestanding = [
        "-std=gnu11",
        "-ffreestanding",
        "-nostdlib",
        "-static",
        "-Wno-pedantic",
    ];
    compile("gcc", &freestanding, "c/hostile.c", &fresh);
    fresh.persist(&path).unwrap();
    path
}

fn provoke(manager: &mut Manager, fault: Fault, deadline: Duration) -> Result<Reply, Error> {
    manager.call(UMD_OP_DRIVER + fault as u16, b"payload", deadline)
}

/// The next call is served, by a Handler that is started for it if need be.
#[track_caller]
fn assert_serves(manager: &mut Manager) {
    let reply = manager.call(UMD_OP_PING, b"", DEADLINE).unwrap();
    assert_eq!(reply.status, Status::OK);
}

#[track_caller]
fn assert_died(fault: Fault, expected: Ending) {
    let mut manager = Manager::new(hostile(), LIMITS);
    assert_serves(&mut manager);
    match provoke(&mut manager, fault, DEADLINE) {
        Err(Error::Died(ending)) => assert_eq!(ending, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[track_caller]
fn assert_violation(fault: Fault, expected: Violation) {
    let mut manager = Manager::new(hostile(), LIMITS);
    match provoke(&mut manager, fault, DEADLINE) {
        Err(Error::Protocol(violation)) => assert_eq!(violation, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[test]
fn forbidden_system_call_kills() {
    assert_died(Fault::ForbiddenCall, Ending::Killed(SIGSYS));
}

#[test]
fn exit_group_kills() {
    assert_died(Fault::ExitGroup, Ending::Killed(SIGSYS));
}

#[test]
fn second_execve_kills() {
    assert_died(Fault::Execve, Ending::Killed(SIGSYS));
}

#[test]
fn exit_is_told_with_its_code() {
    assert_died(Fault::Exit7, Ending::Exited(7));
}

#[test]
fn crash_is_told_with_its_signal() {
    assert_died(Fault::Crash, Ending::Killed(SIGILL));
}

#[test]
fn half_a_reply_is_a_death() {
    assert_died(Fault::HalfAReply, Ending::Exited(0));
}

#[test]
fn deadline_ends_a_hung_handler() {
    let mut manager = Manager::new(hostile(), LIMITS);
    assert_serves(&mut manager);
    let begin = Instant::now();
    let outcome = provoke(&mut manager, Fault::Hang, Duration::from_millis(200));
    assert!(matches!(outcome, Err(Error::TimedOut)), "{outcome:?}");
    assert!(begin.elapsed() >= Duration::from_millis(200));
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[test]
fn malformed_replies_are_refused() {
    let frame = Violation::Frame;
    assert_violation(Fault::WrongMagic, frame(FrameError::Magic));
    assert_violation(Fault::WrongId, frame(FrameError::Id));
    assert_violation(Fault::WrongStatus, frame(FrameError::Status));
    assert_violation(Fault::TooLong, frame(FrameError::Length));
}

#[test]
fn second_reply_is_refused() {
    let mut manager = Manager::new(hostile(), LIMITS);
    assert!(provoke(&mut manager, Fault::TwoReplies, DEADLINE).is_ok());
    // The second one may not have been written yet.
    let until = Instant::now() + DEADLINE;
    let error = loop {
        match manager.call(UMD_OP_PING, b"", DEADLINE) {
            Ok(_) => assert!(Instant::now() < until),
            Err(error) => break error,
        }
    };
    let refused = [
        Violation::Unsolicited,
        Violation::Frame(FrameError::Op),
        Violation::Frame(FrameError::Length),
    ];
    assert!(
        matches!(error, Error::Protocol(v) if refused.contains(&v)),
        "{error:?}"
    );
    assert_serves(&mut manager);
}

#[test]
fn reply_may_come_byte_by_byte() {
    let mut manager = Manager::new(hostile(), LIMITS);
    let reply = provoke(&mut manager, Fault::OneByteWrites, DEADLINE).unwrap();
    assert_eq!(reply.payload, b"payload");
}

#[test]
fn limits_are_kept_and_compared() {
    let mut manager = Manager::new(hostile(), LIMITS);
    let outcome = manager.call(UMD_OP_PING, &[0; 65], DEADLINE);
    assert!(matches!(outcome, Err(Error::TooLarge)), "{outcome:?}");
    assert_eq!(manager.handler_id(), None, "nothing was sent");

    for (max_request, max_reply, expected) in [
        (65, 64, umd_abi::HelloError::MaxRequest),
        (64, 63, umd_abi::HelloError::MaxReply),
    ] {
        let mut manager = Manager::new(
            hostile(),
            Limits {
                max_request,
                max_reply,
            },
        );
        match manager.start() {
            Err(Error::Protocol(Violation::Hello(error))) => assert_eq!(error, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn killed_handler_is_replaced() {
    let mut manager = Manager::new(hostile(), LIMITS);
    assert_eq!(manager.kill().unwrap(), None);
    assert_serves(&mut manager);
    let first = manager.handler_id();
    assert_serves(&mut manager);
    assert_eq!(manager.handler_id(), first, "one Handler serves many calls");
    assert_eq!(manager.kill().unwrap(), Some(Ending::Killed(SIGKILL)));
    assert_serves(&mut manager);
    assert_ne!(manager.handler_id(), first);
}

#[test]
fn dropped_manager_leaves_no_process() {
    let mut manager = Manager::new(hostile(), LIMITS);
    assert_serves(&mut manager);
    let process = format!("/proc/{}", manager.handler_id().unwrap());
    assert!(Path::new(&process).exists());
    drop(manager);
    assert!(!Path::new(&process).exists());
}

#[test]
fn what_cannot_be_executed_is_told() {
    let text = tempfile::NamedTempFile::new().unwrap();
    for path in [Path::new("/nonexistent"), text.path()] {
        let outcome = Manager::new(path, LIMITS).start();
        assert!(matches!(outcome, Err(Error::Spawn(_))), "{outcome:?}");
    }
}
