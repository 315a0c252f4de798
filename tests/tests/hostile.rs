// SPDX-License-Identifier: MIT OR Apache-2.0

//! The user-space Manager against a Handler that breaks the contract: the
//! repository's hostile Handler, `tests/evil/evil_umh.c`.

#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use umd_abi::{FrameError, HelloError, Status, UMD_OP_DRIVER, UMD_OP_PING};
use umd_manager::{Ending, Error, Limits, Manager, Reply, Violation};
use umd_tests::test_handlers;
use umd_vm::Arch;

const LIMITS: Limits = Limits {
    max_request: 64,
    max_reply: 64,
};
const DEADLINE: Duration = Duration::from_secs(10);
const SIGILL: i32 = 4;
const SIGKILL: i32 = 9;
const SIGSYS: i32 = 31;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("evil")
}

/// `tests/evil/evil_umh.c` in a file of this name.
fn evil(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    let fresh = tempfile::NamedTempFile::new_in(folder)
        .unwrap()
        .into_temp_path();
    let native = (Path::new("gcc"), Arch::host());
    test_handlers::compile(native, "evil_umh.c", &[], &fresh).unwrap();
    fresh.persist(&path).unwrap();
    path
}

/// The number of an attack of `tests/evil/attacks.def`.
fn number(attack: &str) -> u16 {
    let list = fs::read_to_string(sources().join("attacks.def")).unwrap();
    let position = list
        .lines()
        .filter_map(|line| line.strip_prefix("ATTACK("))
        .position(|line| line.split(", ").nth(1) == Some(attack));
    u16::try_from(position.unwrap()).unwrap()
}

fn provoke(manager: &mut Manager, attack: &str, deadline: Duration) -> Result<Reply, Error> {
    manager.call(UMD_OP_DRIVER + 1 + number(attack), b"payload", deadline)
}

/// The next call is served, by a Handler that is started for it if need be.
#[track_caller]
fn assert_serves(manager: &mut Manager) {
    let reply = manager.call(UMD_OP_PING, b"", DEADLINE).unwrap();
    assert_eq!(reply.status, Status::OK);
}

#[track_caller]
fn assert_died(attack: &str, expected: Ending) {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    assert_serves(&mut manager);
    match provoke(&mut manager, attack, DEADLINE) {
        Err(Error::Died(ending)) => assert_eq!(ending, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[track_caller]
fn assert_violation(attack: &str, expected: Violation) {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    match provoke(&mut manager, attack, DEADLINE) {
        Err(Error::Protocol(violation)) => assert_eq!(violation, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[test]
fn forbidden_system_call_kills() {
    assert_died("getpid", Ending::Killed(SIGSYS));
}

#[test]
fn exit_group_kills() {
    assert_died("exit_group", Ending::Killed(SIGSYS));
}

#[test]
fn second_execve_kills() {
    assert_died("exec", Ending::Killed(SIGSYS));
}

#[test]
fn exit_is_told_with_its_code() {
    assert_died("exit", Ending::Exited(7));
}

#[test]
fn crash_is_told_with_its_signal() {
    assert_died("illegal_instruction", Ending::Killed(SIGILL));
}

#[test]
fn half_a_reply_is_a_death() {
    assert_died("write_half_a_header_and_exit", Ending::Exited(0));
}

#[test]
fn deadline_ends_a_hung_handler() {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    assert_serves(&mut manager);
    let begin = Instant::now();
    let outcome = provoke(&mut manager, "never_reply", Duration::from_millis(200));
    assert!(matches!(outcome, Err(Error::TimedOut)), "{outcome:?}");
    assert!(begin.elapsed() >= Duration::from_millis(200));
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(manager.handler_id(), None);
    assert_serves(&mut manager);
}

#[test]
fn malformed_replies_are_refused() {
    let frame = Violation::Frame;
    assert_violation("magic_zero", frame(FrameError::Magic));
    assert_violation("id_newer", frame(FrameError::Id));
    assert_violation("status_restart", frame(FrameError::Status));
    assert_violation("payload_at_limit", frame(FrameError::Length));
}

#[test]
fn second_reply_is_refused() {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    assert!(provoke(&mut manager, "reply_twice", DEADLINE).is_ok());
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
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    let reply = provoke(&mut manager, "write_byte_by_byte", DEADLINE).unwrap();
    assert_eq!(reply.payload, b"payload");
}

#[test]
fn limits_are_kept_and_compared() {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
    let outcome = manager.call(UMD_OP_PING, &[0; 65], DEADLINE);
    assert!(matches!(outcome, Err(Error::TooLarge)), "{outcome:?}");
    assert_eq!(manager.handler_id(), None, "nothing was sent");

    for (attack, expected) in [
        ("hello_little_room", HelloError::MaxRequest),
        ("hello_long_replies", HelloError::MaxReply),
    ] {
        let handler = evil(&format!("hello-{}", number(attack)));
        match Manager::new(handler, LIMITS).start() {
            Err(Error::Protocol(Violation::Hello(error))) => assert_eq!(error, expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn killed_handler_is_replaced() {
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
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
    let mut manager = Manager::new(evil("evil_umh"), LIMITS);
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
