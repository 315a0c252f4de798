// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the handler says of text.

use super::{Cases, Record, What};
use anyhow::Result;
use umd_pgp::*;
use zerocopy::IntoBytes;

/// The length of the chunk.
const LEN: u32 = 100;

/// A change of request and reply, and the expected verdict.
type Change = (fn(&mut PgpText, &mut PgpTextReply), &'static str);

const UNKNOWN: &str = "unknown state of a text";
const OUTSIDE: &str = "a text is not in the request";
const NOTHING: &str = "nothing of a text";
const ACCEPTED: &str = "-";

const CHANGES: &[Change] = &[
    (|_, _| (), ACCEPTED),
    (|_, reply| reply.state = UMD_PGP_TEXT_CLEAR_TEXT, ACCEPTED),
    (
        |_, reply| reply.state = UMD_PGP_TEXT_CLEAR_TEXT + 1,
        UNKNOWN,
    ),
    (|_, reply| reply.kind = UMD_PGP_ARMOR_SIGNATURE, ACCEPTED),
    (|_, reply| reply.kind = UMD_PGP_ARMOR_SIGNATURE + 1, UNKNOWN),
    (|_, reply| reply.what = UMD_PGP_TEXT_END, ACCEPTED),
    (|_, reply| reply.what = UMD_PGP_TEXT_END + 1, UNKNOWN),
    (|_, reply| reply.consumed = LEN, ACCEPTED),
    (|_, reply| reply.consumed = LEN + 1, OUTSIDE),
    (
        |_, reply| reply.range = PgpRange { offset: 50, len: 0 },
        ACCEPTED,
    ),
    (
        |_, reply| reply.range = PgpRange { offset: 51, len: 0 },
        OUTSIDE,
    ),
    (
        |_, reply| reply.range = PgpRange { offset: 1, len: 50 },
        OUTSIDE,
    ),
    (
        |_, reply| reply.range = PgpRange { offset: 0, len: 50 },
        ACCEPTED,
    ),
    (|_, reply| nothing(reply), ACCEPTED),
    (
        |_, reply| {
            nothing(reply);
            reply.what = UMD_PGP_TEXT_CONTENT;
        },
        NOTHING,
    ),
    (
        |_, reply| {
            nothing(reply);
            reply.state = UMD_PGP_TEXT_ARMOR_BODY;
        },
        NOTHING,
    ),
    (
        |request, reply| {
            nothing(reply);
            request.flags = UMD_PGP_TEXT_LAST;
        },
        NOTHING,
    ),
    (
        |request, reply| {
            nothing(reply);
            request.flags = UMD_PGP_TEXT_LOOSE;
        },
        ACCEPTED,
    ),
    (|request, _| request.flags = UMD_PGP_TEXT_LAST, ACCEPTED),
];

fn nothing(reply: &mut PgpTextReply) {
    reply.state = UMD_PGP_TEXT_OUTSIDE;
    reply.what = UMD_PGP_TEXT_NOTHING;
    reply.consumed = 0;
    reply.range = PgpRange::default();
}

/// A reply, and the request's, which the changes begin with.
fn right() -> (PgpText, PgpTextReply) {
    let request = PgpText {
        state: UMD_PGP_TEXT_OUTSIDE,
        kind: UMD_PGP_ARMOR_NONE,
        flags: 0,
        reserved: 0,
    };
    let reply = PgpTextReply {
        state: UMD_PGP_TEXT_ARMOR_BODY,
        kind: UMD_PGP_ARMOR_PUBLIC_KEY,
        what: UMD_PGP_TEXT_CONTENT,
        consumed: 50,
        range: PgpRange {
            offset: 10,
            len: 40,
        },
    };
    (request, reply)
}

fn record(len: u32, request: &PgpText, reply: &PgpTextReply) -> Record {
    Record {
        what: What::Text,
        argument: len,
        data: request.as_bytes().to_vec(),
        reply: reply.as_bytes().to_vec(),
    }
}

pub(super) fn add(cases: &mut Cases) -> Result<()> {
    for (at, (change, verdict)) in CHANGES.iter().enumerate() {
        let (mut request, mut reply) = right();
        change(&mut request, &mut reply);
        let name = format!("a text, change {at}");
        cases.say(&name, &record(LEN, &request, &reply), verdict)?;
    }
    // Of no text, nothing is left.
    let (mut request, mut reply) = right();
    request.flags = UMD_PGP_TEXT_LAST;
    nothing(&mut reply);
    cases.say("no text", &record(0, &request, &reply), ACCEPTED)
}
