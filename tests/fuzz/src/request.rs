// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requests and answers to HELLO: which ones the decoders accept and reject.

use umd_abi::{
    FrameError, FrameHeader, Hello, HelloError, Status, UMD_ABI_VERSION, UMD_FRAME_REPLY_BY_READ,
    UMD_MAGIC, UMD_OP_HELLO, UMD_OP_PING, UMD_STATUS_MIN,
};
use zerocopy::FromBytes;

/// Checks the decoders with the frame header, the limit and the two HELLO
/// payloads at the start of `bytes`. Shorter input is ignored.
///
/// # Panics
///
/// Panics if a decoder is wrong.
pub fn check_bytes(bytes: &[u8]) {
    let Ok((header, rest)) = FrameHeader::read_from_prefix(bytes) else {
        return;
    };
    let Ok((max_len, rest)) = u32::read_from_prefix(rest) else {
        return;
    };
    check(&header, max_len);
    if let Ok((hellos, _)) = <[Hello; 2]>::read_from_prefix(rest) {
        let [ours, theirs] = hellos;
        check_hello(&ours, &theirs);
    }
}

/// Checks that a request is accepted if and only if the rules allow it, and
/// that every reply that a Handler can then make is accepted.
///
/// # Panics
///
/// Panics if the verdicts differ from the rules.
pub fn check(header: &FrameHeader, max_len: u32) {
    let rules = [
        (header.magic == UMD_MAGIC, FrameError::Magic),
        (
            header.version == UMD_ABI_VERSION || header.op == UMD_OP_HELLO,
            FrameError::Version,
        ),
        (header.len <= max_len, FrameError::Length),
        (header.status == 0, FrameError::Status),
        (
            header.flags & !UMD_FRAME_REPLY_BY_READ | header.reserved == 0,
            FrameError::Reserved,
        ),
    ];
    let broken = rules.into_iter().find(|(holds, _)| !holds);
    let verdict = header.check_request(max_len);
    assert_eq!(verdict.err(), broken.map(|(_, error)| error), "{header:?}");

    let status = Status::new(header.status);
    let in_range = (UMD_STATUS_MIN..=0).contains(&header.status);
    assert_eq!(status.map(Status::raw), in_range.then_some(header.status));
    if let Some(status) = status.filter(|_| verdict.is_ok() || header.status != 0) {
        let longest = match (status, header.op) {
            (Status::OK, UMD_OP_HELLO) => 16,
            (Status::OK, UMD_OP_PING) => 0,
            (Status::OK, _) => max_len,
            _ => 0,
        };
        let reply = header.reply(status, longest);
        assert_eq!(reply.check_reply(header, max_len), Ok(status), "{reply:?}");
        if let Some(longer) = longest.checked_add(1) {
            let reply = header.reply(status, longer);
            let verdict = reply.check_reply(header, max_len);
            assert_eq!(verdict, Err(FrameError::Length), "{reply:?}");
        }
    }
}

/// Checks that an answer to HELLO is accepted if and only if the rules allow
/// it.
///
/// # Panics
///
/// Panics if the verdict differs from the rules.
pub fn check_hello(ours: &Hello, theirs: &Hello) {
    let rules = [
        (theirs.version == ours.version, HelloError::Version),
        (
            theirs.max_request >= ours.max_request,
            HelloError::MaxRequest,
        ),
        (theirs.max_reply <= ours.max_reply, HelloError::MaxReply),
        (theirs.reserved == 0, HelloError::Reserved),
    ];
    let broken = rules.into_iter().find(|(holds, _)| !holds);
    let verdict = ours.check_answer(theirs);
    assert_eq!(verdict.err(), broken.map(|(_, error)| error), "{theirs:?}");
}
