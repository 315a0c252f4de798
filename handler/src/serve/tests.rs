// SPDX-License-Identifier: MIT OR Apache-2.0

use super::fake::{Fake, Step};
use super::*;
use std::vec;
use std::vec::Vec;
use umd_abi::UMD_OP_DRIVER;

/// A handler whose operations make the mistakes to be tested.
#[derive(Default)]
struct Scripted {
    calls: usize,
}

const ECHO: u16 = UMD_OP_DRIVER;
const LIE: u16 = UMD_OP_DRIVER + 1;
const LIE_HUGE: u16 = UMD_OP_DRIVER + 2;
const SCRIBBLE_AND_FAIL: u16 = UMD_OP_DRIVER + 3;
const SHOW_BUFFER: u16 = UMD_OP_DRIVER + 4;
const MAX: u32 = 24;

impl Handler for Scripted {
    const MAX_REQUEST: u32 = MAX;
    const MAX_REPLY: u32 = MAX;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        self.calls += 1;
        assert_eq!(reply.len(), MAX as usize);
        assert_eq!(reply.as_ptr().align_offset(8), 0);
        assert_eq!(request.as_ptr().align_offset(8), 0);
        match op {
            ECHO => {
                reply[..request.len()].copy_from_slice(request);
                Ok(request.len())
            }
            LIE => Ok(reply.len() + 1),
            LIE_HUGE => Ok(usize::MAX),
            SCRIBBLE_AND_FAIL => {
                reply.fill(0xaa);
                Err(Status::EBADMSG)
            }
            SHOW_BUFFER => Ok(reply.len()),
            _ => Err(Status::EOPNOTSUPP),
        }
    }
}

/// A handler that has limits and empty answers.
struct Silent<const REQUEST: u32, const REPLY: u32>;

impl<const REQUEST: u32, const REPLY: u32> Handler for Silent<REQUEST, REPLY> {
    const MAX_REQUEST: u32 = REQUEST;
    const MAX_REPLY: u32 = REPLY;

    fn handle(&mut self, _: u16, _: &[u8], _: &mut [u8]) -> Result<usize, Status> {
        Ok(0)
    }
}

struct Outcome {
    exit_code: i32,
    output: Vec<u8>,
    brought: Vec<Vec<u8>>,
    calls: usize,
    read_calls: usize,
}

fn run(mut channel: Fake) -> Outcome {
    let mut handler = Scripted::default();
    let mut buffer = Buffer::<{ buffer_size::<Scripted>() }>::new();
    channel.room = frame_size(MAX);
    let exit_code = serve(&mut handler, &mut channel, &mut buffer);
    Outcome {
        exit_code,
        output: channel.output,
        brought: channel.brought,
        calls: handler.calls,
        read_calls: channel.read_calls,
    }
}

#[test]
fn buffer_has_room_for_both_directions() {
    // Headers of 32 bytes; the reply begins at a multiple of 8.
    assert_eq!(buffer_size::<Scripted>(), 2 * (32 + 24));
    assert_eq!(buffer_size::<Silent<17, 3>>(), (32 + 24) + (32 + 3));
}

fn frame(header: FrameHeader, payload: &[u8]) -> Vec<u8> {
    [header.as_bytes(), payload].concat()
}

fn request(op: u16, id: u64, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap();
    frame(FrameHeader::request(op, id, len), payload)
}

fn reply(op: u16, id: u64, status: Status, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap();
    frame(FrameHeader::request(op, id, 0).reply(status, len), payload)
}

fn hello(version: u16) -> Vec<u8> {
    let mut hello = Hello::new(4, 4);
    hello.version = version.into();
    let mut header = FrameHeader::request(UMD_OP_HELLO, 1, HELLO_SIZE);
    header.version = version;
    frame(header, hello.as_bytes())
}

/// Sends one frame, and asserts one reply and a clean end.
#[track_caller]
fn assert_answer(sent: &[u8], expected: &[u8]) {
    let outcome = run(Fake::new([sent]));
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
    assert_eq!(outcome.output, expected);
}

/// Sends one frame, and asserts this exit code without a reply.
#[track_caller]
fn assert_exit(sent: &[u8], exit_code: i32) {
    let outcome = run(Fake::new([sent]));
    assert_eq!(outcome.exit_code, exit_code);
    assert_eq!(outcome.output, []);
    assert_eq!(outcome.calls, 0);
}

/// Returns an ECHO request of 4 bytes, modified by `change`.
fn changed(change: impl FnOnce(&mut FrameHeader)) -> Vec<u8> {
    let mut header = FrameHeader::request(ECHO, 7, 4);
    change(&mut header);
    frame(header, b"abcd")
}

#[test]
#[cfg(target_endian = "little")]
fn golden_frames() {
    let mut sent = b"UMD1\x01\0\0\x01\x07\0\0\0\0\0\0\0\x02\0\0\0".to_vec();
    sent.extend([0; 12]);
    sent.extend(b"hi");
    assert_answer(&sent, &sent);

    sent[7] = 2;
    let mut expected = sent[..32].to_vec();
    expected[16] = 0;
    expected[20..24].copy_from_slice(&(-95_i32).to_le_bytes());
    assert_answer(&sent, &expected);
}

#[test]
fn hello_states_own_version_and_limits() {
    let expected = reply(UMD_OP_HELLO, 1, Status::OK, Hello::new(MAX, MAX).as_bytes());
    assert_answer(&hello(1), &expected);
    // The loop answers any version, so that the other side can tell.
    assert_answer(&hello(0), &expected);
    assert_answer(&hello(u16::MAX), &expected);
}

#[test]
fn room_for_hello_is_never_missing() {
    let mut tiny = Silent::<0, 0>;
    let mut channel = Fake::new([&*hello(1)]);
    channel.room = 48;
    let mut buffer = Buffer::<80>::new();
    assert_eq!(serve(&mut tiny, &mut channel, &mut buffer), UMD_EXIT_OK);
    assert_eq!(channel.brought, Vec::<Vec<u8>>::new());
    let expected = reply(UMD_OP_HELLO, 1, Status::OK, Hello::new(16, 0).as_bytes());
    assert_eq!(channel.output, expected);
}

#[test]
fn core_operations_refuse_other_payloads() {
    assert_answer(
        &request(UMD_OP_PING, 5, b""),
        &reply(UMD_OP_PING, 5, Status::OK, b""),
    );
    for len in [1, 16, 24] {
        let refused = reply(UMD_OP_PING, 5, Status::EINVAL, b"");
        assert_answer(&request(UMD_OP_PING, 5, &vec![0; len]), &refused);
    }
    for len in [0, 4, 15, 17] {
        let refused = reply(UMD_OP_HELLO, 5, Status::EINVAL, b"");
        assert_answer(&request(UMD_OP_HELLO, 5, &vec![0; len]), &refused);
    }
}

#[test]
fn unknown_operations_are_not_supported() {
    for op in [2, 255, UMD_OP_DRIVER + 5, u16::MAX] {
        let refused = reply(op, 5, Status::EOPNOTSUPP, b"");
        assert_answer(&request(op, 5, b"abcd"), &refused);
    }
    // The handler never sees operations of the core's range.
    assert_eq!(run(Fake::new([&*request(255, 5, b"")])).calls, 0);
}

#[test]
fn untrusted_header_ends_the_process() {
    assert_exit(&changed(|h| h.magic ^= 1), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.magic = h.magic.swap_bytes()), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.version = 0), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.version = 2), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = MAX + 1), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = u32::MAX), UMD_EXIT_FRAME);
    // The loop exits before it waits for the payload.
    let outcome = run(Fake::new([&changed(|h| h.magic ^= 1)[..32]]));
    assert_eq!((outcome.exit_code, outcome.read_calls), (UMD_EXIT_FRAME, 1));
}

#[test]
fn bytes_behind_a_frame_end_the_process() {
    assert_exit(&changed(|h| h.len = 3), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = 0), UMD_EXIT_FRAME);
    let two = request(UMD_OP_PING, 1, b"").repeat(2);
    assert_exit(&two, UMD_EXIT_FRAME);
}

#[test]
fn bad_field_of_a_trusted_header_is_answered() {
    let refused = reply(ECHO, 7, Status::EINVAL, b"");
    assert_answer(&changed(|h| h.status = -1), &refused);
    assert_answer(&changed(|h| h.status = 1), &refused);
    assert_answer(&changed(|h| h.flags = 1 << 31), &refused);
    assert_answer(&changed(|h| h.reserved = 1), &refused);
    assert_eq!(run(Fake::new([&*changed(|h| h.flags = 2)])).calls, 0);
    // The same holds for a core operation, HELLO included.
    let mut bad = hello(1);
    bad[24] = 2;
    assert_answer(&bad, &reply(UMD_OP_HELLO, 1, Status::EINVAL, b""));
}

#[test]
fn truncation_at_every_byte() {
    let whole = request(ECHO, 7, &[9; MAX as usize]);
    assert_exit(b"", UMD_EXIT_OK);
    for end in 1..whole.len() {
        assert_exit(&whole[..end], UMD_EXIT_TRUNCATED);
    }
    assert_answer(&whole, &reply(ECHO, 7, Status::OK, &[9; MAX as usize]));
}

#[test]
fn every_length_of_reads_and_writes() {
    let sent = request(ECHO, 7, b"0123456789");
    for size in 1..=sent.len() {
        let mut channel = Fake::new([&*sent, &*sent]);
        channel.reads = vec![Step::Move(size); 200].into();
        channel.writes = vec![Step::Move(size); 200].into();
        let outcome = run(channel);
        assert_eq!(outcome.exit_code, UMD_EXIT_OK, "{size}");
        assert_eq!(outcome.output, sent.repeat(2), "{size}");
    }
}

#[test]
fn one_read_takes_a_whole_frame() {
    let outcome = run(Fake::new([
        &*request(ECHO, 1, b"abcd"),
        &*request(ECHO, 2, b""),
    ]));
    assert_eq!(outcome.read_calls, 3);
}

#[test]
fn interruption_is_retried() {
    let sent = request(ECHO, 7, b"abcd");
    let mut channel = Fake::new([&*sent]);
    let interrupted = Step::Fail(ChannelError::Interrupted);
    channel.reads = [interrupted, Step::Move(5), interrupted, interrupted].into();
    channel.writes = [interrupted, Step::Move(33), interrupted].into();
    let outcome = run(channel);
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
    assert_eq!(outcome.output, sent);
}

#[test]
fn failed_read_ends_the_process() {
    // Before a frame, inside its header, inside its payload.
    for received in [0, 8, 33] {
        let mut channel = Fake::new([&*request(ECHO, 7, b"abcd")]);
        channel.reads = [Step::Move(received), Step::Fail(ChannelError::Failed)].into();
        if received == 0 {
            channel.reads.pop_front();
        }
        let outcome = run(channel);
        assert_eq!(outcome.exit_code, UMD_EXIT_READ, "{received}");
        assert_eq!(outcome.output, [], "{received}");
    }
}

#[test]
fn more_than_was_asked_for_ends_the_process() {
    let mut channel = Fake::new([&*request(ECHO, 7, b"abcd")]);
    channel.reads = [Step::Move(32), Step::Claim(100)].into();
    assert_eq!(run(channel).exit_code, UMD_EXIT_FRAME);
}

#[test]
fn failed_write_ends_the_process() {
    for first in [
        Step::Fail(ChannelError::Failed),
        Step::Claim(0),
        Step::Claim(37),
        Step::Claim(usize::MAX),
    ] {
        let sent = request(ECHO, 7, b"abcd");
        let mut channel = Fake::new([&*sent, &*sent]);
        channel.writes = [first].into();
        let outcome = run(channel);
        assert_eq!(outcome.exit_code, UMD_EXIT_WRITE, "{first:?}");
        assert_eq!(outcome.output, [], "{first:?}");
    }
}

#[test]
fn answer_longer_than_stated_is_an_error() {
    assert_answer(&request(LIE, 3, b""), &reply(LIE, 3, EOVERFLOW, b""));
    assert_answer(
        &request(LIE_HUGE, 3, b""),
        &reply(LIE_HUGE, 3, EOVERFLOW, b""),
    );
}

#[test]
fn reply_buffer_holds_what_the_handler_left() {
    let frames = [
        request(SHOW_BUFFER, 1, b""),
        hello(1),
        request(UMD_OP_PING, 2, b"x"),
        changed(|h| h.flags = 2),
        request(SHOW_BUFFER, 3, b"0123456789"),
        request(SCRIBBLE_AND_FAIL, 4, b""),
        hello(1),
        request(SHOW_BUFFER, 5, b""),
    ];
    let outcome = run(Fake::new(frames.iter().map(Vec::as_slice)));
    let greeting = reply(UMD_OP_HELLO, 1, Status::OK, Hello::new(MAX, MAX).as_bytes());
    let expected = [
        reply(SHOW_BUFFER, 1, Status::OK, &[0; 24]),
        greeting.clone(),
        reply(UMD_OP_PING, 2, Status::EINVAL, b""),
        reply(ECHO, 7, Status::EINVAL, b""),
        reply(SHOW_BUFFER, 3, Status::OK, &[0; 24]),
        reply(SCRIBBLE_AND_FAIL, 4, Status::EBADMSG, b""),
        greeting,
        reply(SHOW_BUFFER, 5, Status::OK, &[0xaa; 24]),
    ];
    assert_eq!(outcome.output, expected.concat());
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
}

/// Returns a request after which the next read may bring the reply.
fn by_read(op: u16, id: u64, payload: &[u8]) -> Vec<u8> {
    let len = u32::try_from(payload.len()).unwrap();
    let mut header = FrameHeader::request(op, id, len);
    header.flags = UMD_FRAME_REPLY_BY_READ;
    frame(header, payload)
}

/// Returns the bytes that a read brings: a reply, and the rest of the room.
fn brought(reply: &[u8], rest: &[u8]) -> Vec<u8> {
    [reply, rest].concat()
}

#[test]
fn next_read_brings_the_reply() {
    let frames = [
        by_read(ECHO, 1, b"abcd"),
        by_read(LIE, 2, b""),
        request(ECHO, 3, b"ef"),
        by_read(SHOW_BUFFER, 4, b""),
    ];
    let outcome = run(Fake::new(frames.iter().map(Vec::as_slice)));
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
    // Each request takes one read, and so does the end.
    assert_eq!(outcome.read_calls, 5);
    assert_eq!(outcome.output, reply(ECHO, 3, Status::OK, b"ef"));
    let mut shown = b"efcd".to_vec();
    shown.extend([0; 20]);
    let expected = [
        brought(&reply(ECHO, 1, Status::OK, b"abcd"), &[0; 20]),
        brought(
            &reply(LIE, 2, EOVERFLOW, b""),
            &[&b"abcd"[..], &[0; 20]].concat(),
        ),
        reply(SHOW_BUFFER, 4, Status::OK, &shown),
    ];
    assert_eq!(outcome.brought, expected);
}

#[test]
fn read_that_brings_a_reply_is_retried_with_it() {
    let mut channel = Fake::new([&*by_read(ECHO, 1, &[5; 24]), &*request(ECHO, 2, b"")]);
    let interrupted = Step::Fail(ChannelError::Interrupted);
    channel.reads = [Step::Move(99), interrupted, interrupted].into();
    let outcome = run(channel);
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
    let expected = reply(ECHO, 1, Status::OK, &[5; 24]);
    assert_eq!(outcome.brought, vec![expected; 3]);
    assert_eq!(outcome.output, reply(ECHO, 2, Status::OK, b""));
}

#[test]
fn replies_to_core_operations_are_written() {
    let mut ping = request(UMD_OP_PING, 1, b"");
    ping[24] = 1;
    let outcome = run(Fake::new([&*by_read(ECHO, 1, b""), &*ping]));
    assert_eq!(outcome.brought.len(), 1);
    assert_eq!(outcome.output, reply(UMD_OP_PING, 1, Status::OK, b""));
}

#[test]
fn many_requests_in_a_row() {
    let frames: Vec<_> = (0..10_000_u64)
        .map(|id| {
            request(
                ECHO,
                id,
                &id.to_ne_bytes()[..usize::try_from(id % 9).unwrap()],
            )
        })
        .collect();
    let outcome = run(Fake::new(frames.iter().map(Vec::as_slice)));
    assert_eq!(outcome.exit_code, UMD_EXIT_OK);
    assert_eq!(outcome.output, frames.concat());
    assert_eq!(outcome.calls, 10_000);
}
