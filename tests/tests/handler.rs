// SPDX-License-Identifier: MIT OR Apache-2.0

//! The sample's final ELF file on a socket pair, byte by byte.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use umd_abi::*;
use umd_manager::{Ending, Process};
use umd_sample::*;
use umd_tests::handlers;
use zerocopy::IntoBytes;

static SAMPLE: LazyLock<PathBuf> =
    LazyLock::new(|| handlers::build_one("sample_umh").unwrap().path);

fn frame(header: FrameHeader, payload: &[u8]) -> Vec<u8> {
    [header.as_bytes(), payload].concat()
}

fn set(id: u64, offset: u32) -> Vec<u8> {
    frame(
        FrameHeader::request(UMD_OP_SAMPLE_SET, id, 4),
        &offset.to_ne_bytes(),
    )
}

fn accepted(id: u64, offset: u32) -> Vec<u8> {
    let mut payload = vec![0; UMD_SAMPLE_SIZE as usize];
    payload[offset as usize] = 1;
    let request = FrameHeader::request(UMD_OP_SAMPLE_SET, id, 4);
    frame(request.reply(Status::OK, UMD_SAMPLE_SIZE), &payload)
}

fn refused(op: u16, id: u64, status: Status) -> Vec<u8> {
    frame(FrameHeader::request(op, id, 0).reply(status, 0), &[])
}

fn spawn() -> Process {
    let process = Process::spawn(&SAMPLE).unwrap();
    let limit = Some(Duration::from_secs(20));
    process.channel().set_read_timeout(limit).unwrap();
    process
}

fn send(process: &Process, bytes: &[u8]) {
    process.channel().write_all(bytes).unwrap();
}

/// Asserts that exactly these bytes arrive next.
#[track_caller]
fn assert_received(process: &Process, expected: &[u8]) {
    let mut received = vec![0; expected.len()];
    process.channel().read_exact(&mut received).unwrap();
    let differs = received.iter().zip(expected).position(|(a, b)| a != b);
    assert_eq!(differs, None, "offset of the first byte that differs");
}

/// Closes the requests, and asserts that no more bytes come and how the Handler
/// ends.
#[track_caller]
fn assert_ends(mut process: Process, expected: Ending) {
    process.channel().shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    // A Handler that leaves requests unread resets the connection.
    let _ = process.channel().read_to_end(&mut rest);
    assert_eq!(rest, b"");
    assert_eq!(process.wait().unwrap(), expected);
}

/// Sends `sent` to a new Handler, and asserts that it replies with the bytes
/// `reply` and ends cleanly with the requests.
#[track_caller]
fn assert_answer(sent: &[u8], reply: &[u8]) {
    let process = spawn();
    send(&process, sent);
    assert_received(&process, reply);
    assert_ends(process, Ending::Exited(UMD_EXIT_OK));
}

/// Sends `sent` to a new Handler, and asserts that it exits without a reply.
#[track_caller]
fn assert_exit(sent: &[u8], code: i32) {
    let process = spawn();
    send(&process, sent);
    assert_ends(process, Ending::Exited(code));
}

fn changed(change: impl FnOnce(&mut FrameHeader)) -> Vec<u8> {
    let mut header = FrameHeader::request(UMD_OP_SAMPLE_SET, 7, 4);
    change(&mut header);
    frame(header, &5_u32.to_ne_bytes())
}

#[test]
fn golden_frames() {
    // The bytes on a little-endian machine, written by hand.
    let sent = *b"UMD1\x01\0\0\x01\x88\x77\x66\x55\x44\x33\x22\x11\
        \x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0";
    let mut reply = sent[..32].to_vec();
    reply[16..20].copy_from_slice(b"\0\0\x02\0");
    reply.extend(b"\0\0\0\x01");
    reply.resize(32 + 131_072, 0);
    assert_answer(&sent, &reply);
}

#[test]
fn requests_in_a_row_leave_nothing_behind() {
    let process = spawn();
    let offsets = [0, 131_071, 1, 4095, 4096, 70_000, 70_000, 65_536, 0];
    for (id, offset) in (1..).zip(offsets) {
        send(&process, &set(id, offset));
        assert_received(&process, &accepted(id, offset));
        for outside in [131_072, u32::MAX] {
            send(&process, &set(id, outside));
            assert_received(&process, &refused(UMD_OP_SAMPLE_SET, id, Status::ERANGE));
        }
    }
    assert_ends(process, Ending::Exited(UMD_EXIT_OK));
}

#[test]
fn hello_is_answered_to_any_version() {
    let answer = Hello::new(16, UMD_SAMPLE_SIZE);
    for version in [1, 0, 2, u16::MAX] {
        let mut header = FrameHeader::request(UMD_OP_HELLO, 1, 16);
        header.version = version;
        let sent = frame(header, Hello::new(4, UMD_SAMPLE_SIZE).as_bytes());
        let reply = FrameHeader::request(UMD_OP_HELLO, 1, 16);
        assert_answer(&sent, &frame(reply, answer.as_bytes()));
    }
}

#[test]
fn core_operations_check_their_payload() {
    let ping = |len: u32| {
        let header = FrameHeader::request(UMD_OP_PING, 3, len);
        frame(header, &vec![0; len as usize])
    };
    assert_answer(&ping(0), &refused(UMD_OP_PING, 3, Status::OK));
    assert_answer(&ping(1), &refused(UMD_OP_PING, 3, Status::EINVAL));
    let short = frame(FrameHeader::request(UMD_OP_HELLO, 3, 15), &[0; 15]);
    assert_answer(&short, &refused(UMD_OP_HELLO, 3, Status::EINVAL));
}

#[test]
fn bad_field_of_a_trusted_header_is_answered() {
    let reply = refused(UMD_OP_SAMPLE_SET, 7, Status::EINVAL);
    assert_answer(&changed(|h| h.status = -22), &reply);
    assert_answer(&changed(|h| h.flags = 2), &reply);
    assert_answer(&changed(|h| h.reserved = 1), &reply);
}

#[test]
fn wrong_payload_length_is_answered() {
    for len in [0_u32, 3, 5, 16] {
        let header = FrameHeader::request(UMD_OP_SAMPLE_SET, 7, len);
        let sent = frame(header, &vec![0; len as usize]);
        assert_answer(&sent, &refused(UMD_OP_SAMPLE_SET, 7, Status::EINVAL));
    }
}

#[test]
fn unknown_operation_is_answered() {
    for op in [2, 255, 257, u16::MAX] {
        let reply = refused(op, 7, Status::EOPNOTSUPP);
        assert_answer(&changed(|h| h.op = op), &reply);
    }
}

#[test]
fn untrusted_header_ends_the_handler() {
    assert_exit(&changed(|h| h.magic ^= 1 << 31), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.version = 2), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = 17), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = u32::MAX), UMD_EXIT_FRAME);
    assert_exit(&changed(|h| h.len = 3), UMD_EXIT_FRAME);
}

#[test]
fn truncation_at_every_byte() {
    let whole = set(7, 5);
    assert_exit(&[], UMD_EXIT_OK);
    for end in 1..whole.len() {
        assert_exit(&whole[..end], UMD_EXIT_TRUNCATED);
    }
    assert_answer(&whole, &accepted(7, 5));
}

#[test]
fn one_byte_at_a_time() {
    let process = spawn();
    for (id, offset) in (1..).zip([5, 131_071]) {
        for byte in set(id, offset) {
            send(&process, &[byte]);
            // Lets the Handler read this byte before the next one comes.
            std::thread::sleep(Duration::from_micros(200));
        }
        for byte in accepted(id, offset) {
            let mut received = [0];
            process.channel().read_exact(&mut received).unwrap();
            assert_eq!(received, [byte]);
        }
    }
    assert_ends(process, Ending::Exited(UMD_EXIT_OK));
}

#[test]
fn closed_output_ends_the_handler() {
    let mut process = spawn();
    // A write to a socket that nobody reads raises SIGPIPE.
    process.channel().shutdown(Shutdown::Read).unwrap();
    send(&process, &set(1, 0));
    let ending = process.wait().unwrap();
    assert_eq!(ending, Ending::Killed(13));
}
