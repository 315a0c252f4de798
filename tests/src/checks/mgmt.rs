// SPDX-License-Identifier: MIT OR Apache-2.0

//! `loader-c/mgmt/reply.c`: replies and answers to HELLO, and the verdicts that
//! are expected.

use super::{Cases, Checks, Line, Program};
use anyhow::{Result, ensure};
use umd_abi::{FrameHeader, Hello, Status, UMD_OP_DRIVER, UMD_OP_HELLO, UMD_OP_PING};
use umd_fuzz::reply::Record;
use zerocopy::IntoBytes;

/// The checks of the library.
pub const CHECKS: Checks = Checks {
    folder: "loader-c/mgmt",
    sources: &["reply.c"],
    main: "mgmt_checks.c",
    cases: || Ok(cases()),
    equivalent: &[],
};

/// The verdicts on a record's reply and on its answer to HELLO; `-` accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a>(pub &'a str, pub &'a str);

impl<'a> Verdict<'a> {
    /// Combines the verdicts of the two checks.
    #[must_use]
    pub fn new(reply: Option<&'a str>, hello: Option<&'a str>) -> Self {
        Self(reply.unwrap_or("-"), hello.unwrap_or("-"))
    }
}

/// A reply and an answer to HELLO.
#[derive(Clone, Debug)]
pub struct Case {
    /// The input of the kernel's checks.
    pub record: Record,
    /// The verdicts that the kernel must return.
    pub expected: Verdict<'static>,
}

/// Returns a reply of 16 bytes to an operation of the driver, and an answer to
/// HELLO: both are accepted.
fn accepted() -> Record {
    let sent = FrameHeader::request(UMD_OP_DRIVER, 7, 4);
    Record {
        sent,
        reply: sent.reply(Status::OK, 16),
        payload: 16,
        max_reply: 16,
        unused: 0,
        ours: Hello::new(4, 100),
        theirs: Hello::new(4, 100),
    }
}

/// Gives the reply a status and a payload of `len` bytes.
fn answer(record: &mut Record, status: i32, len: u32) {
    record.reply.status = status;
    record.reply.len = len;
    record.payload = len.into();
}

/// Makes request and reply those of the operation `op`.
fn operation(record: &mut Record, op: u16) {
    record.sent.op = op;
    record.reply.op = op;
}

type Change = fn(&mut Record);

/// Changes of the reply, and the verdicts that are expected.
const REPLIES: [(Change, &str); 38] = [
    (|_| (), "-"),
    (|r| r.max_reply = 17, "-"),
    (|r| answer(r, 0, 0), "-"),
    (|r| answer(r, -1, 0), "-"),
    (|r| answer(r, -133, 0), "-"),
    (|r| r.sent.id = u64::MAX, "another id than asked"),
    (|r| r.reply.magic ^= 1, "wrong magic"),
    (
        |r| r.reply.magic = r.reply.magic.swap_bytes(),
        "wrong magic",
    ),
    (|r| r.reply.version = 0, "another ABI version"),
    (|r| r.reply.version = 2, "another ABI version"),
    (|r| r.payload = 15, "not one whole frame"),
    (|r| r.payload = 17, "not one whole frame"),
    (|r| r.payload += 1 << 32, "not one whole frame"),
    (|r| r.reply.len = u32::MAX, "not one whole frame"),
    (|r| answer(r, 0, 17), "longer than the driver allows"),
    (|r| answer(r, 0, 1 << 31), "longer than the driver allows"),
    (|r| answer(r, 0, u32::MAX), "longer than the driver allows"),
    (|r| r.max_reply = 0, "longer than the driver allows"),
    (|r| r.reply.op += 1, "another operation than asked"),
    (
        |r| r.reply.op = UMD_OP_HELLO,
        "another operation than asked",
    ),
    (|r| r.reply.id = 8, "another id than asked"),
    (|r| r.reply.id = 7 + (1 << 32), "another id than asked"),
    (|r| answer(r, 1, 0), "status out of range"),
    (|r| answer(r, i32::MAX, 0), "status out of range"),
    (|r| answer(r, -134, 0), "status out of range"),
    (|r| answer(r, -512, 0), "status out of range"),
    (|r| answer(r, i32::MIN, 0), "status out of range"),
    (|r| answer(r, -5, 16), "a payload beside a status"),
    (|r| answer(r, -133, 1), "a payload beside a status"),
    (|r| r.reply.flags = 1, "reserved fields are set"),
    (|r| r.reply.flags = 1 << 31, "reserved fields are set"),
    (|r| r.reply.reserved = 1, "reserved fields are set"),
    (
        |r| {
            operation(r, UMD_OP_HELLO);
            r.reply.version = 2;
            r.max_reply = 0;
        },
        "-",
    ),
    (
        |r| {
            operation(r, UMD_OP_HELLO);
            answer(r, 0, 17);
            r.max_reply = 17;
        },
        "longer than the driver allows",
    ),
    (
        |r| {
            r.sent.op = UMD_OP_HELLO;
            r.reply.version = 2;
        },
        "another operation than asked",
    ),
    (
        |r| {
            operation(r, UMD_OP_PING);
            answer(r, 0, 0);
        },
        "-",
    ),
    (
        |r| {
            operation(r, UMD_OP_PING);
            answer(r, 0, 1);
        },
        "longer than the driver allows",
    ),
    (
        |r| {
            operation(r, UMD_OP_PING);
            answer(r, 0, 0);
            r.reply.version = 2;
        },
        "another ABI version",
    ),
];

/// Changes of the answer to HELLO, and the verdicts that are expected.
const HELLOS: [(Change, &str); 13] = [
    (|_| (), "-"),
    (|r| r.theirs.max_request = 5, "-"),
    (|r| r.theirs.max_request = u32::MAX, "-"),
    (|r| r.theirs.max_reply = 99, "-"),
    (|r| r.theirs.max_reply = 0, "-"),
    (|r| r.theirs.version = 0, "speaks another ABI version"),
    (|r| r.theirs.version = 2, "speaks another ABI version"),
    (
        |r| r.theirs.version |= 1 << 16,
        "speaks another ABI version",
    ),
    (
        |r| r.theirs.max_request = 3,
        "has no room for the largest request",
    ),
    (
        |r| r.theirs.max_request = 0,
        "has no room for the largest request",
    ),
    (
        |r| r.theirs.max_reply = 101,
        "may reply more than the driver allows",
    ),
    (
        |r| r.theirs.max_reply = u32::MAX,
        "may reply more than the driver allows",
    ),
    (|r| r.theirs.reserved = 1 << 31, "sets reserved fields"),
];

/// Returns all cases.
#[must_use]
pub fn all() -> Vec<Case> {
    let case = |change: Change, reply, hello| {
        let mut record = accepted();
        change(&mut record);
        let expected = Verdict(reply, hello);
        Case { record, expected }
    };
    let replies = REPLIES.map(|(change, wrong)| case(change, wrong, "-"));
    let hellos = HELLOS.map(|(change, wrong)| case(change, "-", wrong));
    replies.into_iter().chain(hellos).collect()
}

fn cases() -> Cases {
    let mut cases = Cases::default();
    for Case { record, expected } in all() {
        cases.input.extend_from_slice(record.as_bytes());
        for verdict in [expected.0, expected.1] {
            cases.lines.push(Line {
                case: format!("{record:?}"),
                verdict: Some(verdict.into()),
            });
        }
    }
    cases
}

/// Returns the verdicts of the checks on `records`: two lines for each.
///
/// # Errors
///
/// The program fails.
pub fn verdicts(program: &Program, records: &[Record]) -> Result<Vec<String>> {
    let said = program.run(records.as_bytes())?;
    ensure!(said.len() == 2 * records.len(), "{} lines", said.len());
    Ok(said)
}
