// SPDX-License-Identifier: MIT OR Apache-2.0

//! A request and its reply over a Handler's channel.

use crate::{Error, Process, Reply, Violation};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use umd_abi::FrameHeader;
use zerocopy::{FromZeros, IntoBytes};

/// Sends the request and returns a valid reply to it. After an error the
/// channel cannot be used any more.
pub(crate) fn exchange(
    process: &mut Process,
    request: &FrameHeader,
    payload: &[u8],
    max_reply: u32,
    until: Instant,
) -> Result<Reply, Error> {
    let outcome = converse(process.channel(), request, payload, max_reply, until);
    match outcome {
        // The other end is closed, so its only owner ended or is just ending.
        Err(Error::Channel(error)) if is_closed(&error) => {
            Err(Error::Died(process.wait().map_err(Error::Channel)?))
        }
        outcome => outcome,
    }
}

fn converse(
    channel: &UnixStream,
    request: &FrameHeader,
    payload: &[u8],
    max_reply: u32,
    until: Instant,
) -> Result<Reply, Error> {
    if has_unread(channel)? {
        return Err(Error::Protocol(Violation::Unsolicited));
    }
    let frame = [request.as_bytes(), payload].concat();
    send(channel, &frame, until)?;

    let mut header = FrameHeader::new_zeroed();
    receive(channel, header.as_mut_bytes(), until)?;
    let status = header.check_reply(request, max_reply)?;
    let mut payload = vec![0; header.len as usize];
    receive(channel, &mut payload, until)?;
    Ok(Reply { status, payload })
}

fn is_closed(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof)
}

fn has_unread(mut channel: &UnixStream) -> Result<bool, Error> {
    channel.set_nonblocking(true).map_err(Error::Channel)?;
    let outcome = channel.read(&mut [0]);
    channel.set_nonblocking(false).map_err(Error::Channel)?;
    match outcome {
        Ok(0) => Err(Error::Channel(ErrorKind::UnexpectedEof.into())),
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(Error::Channel(error)),
    }
}

fn send(mut channel: &UnixStream, mut bytes: &[u8], until: Instant) -> Result<(), Error> {
    while !bytes.is_empty() {
        let left = time_left(until)?;
        channel
            .set_write_timeout(Some(left))
            .map_err(Error::Channel)?;
        match channel.write(bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) => retry(error)?,
        }
    }
    Ok(())
}

fn receive(mut channel: &UnixStream, mut buffer: &mut [u8], until: Instant) -> Result<(), Error> {
    while !buffer.is_empty() {
        let left = time_left(until)?;
        channel
            .set_read_timeout(Some(left))
            .map_err(Error::Channel)?;
        match channel.read(buffer) {
            Ok(0) => return Err(Error::Channel(ErrorKind::UnexpectedEof.into())),
            Ok(count) => buffer = buffer.get_mut(count..).unwrap_or_default(),
            Err(error) => retry(error)?,
        }
    }
    Ok(())
}

fn time_left(until: Instant) -> Result<Duration, Error> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Error::TimedOut);
    }
    Ok(left)
}

/// Succeeds where another try may succeed.
fn retry(error: io::Error) -> Result<(), Error> {
    match error.kind() {
        ErrorKind::Interrupted => Ok(()),
        // The socket's time-out: time_left() knows whether the deadline has passed.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Ok(()),
        _ => Err(Error::Channel(error)),
    }
}
