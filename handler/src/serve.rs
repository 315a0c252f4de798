// SPDX-License-Identifier: MIT OR Apache-2.0

//! The serve loop: frames in, frames out.

use crate::Handler;
use linux_raw_sys::errno;
use umd_abi::{
    FrameError, FrameHeader, Hello, Status, UMD_EXIT_FRAME, UMD_EXIT_OK, UMD_EXIT_READ,
    UMD_EXIT_TRUNCATED, UMD_EXIT_WRITE, UMD_FRAME_REPLY_BY_READ, UMD_MAX_PAYLOAD, UMD_OP_DRIVER,
    UMD_OP_HELLO, UMD_OP_PING, UMD_REPLY_ALIGN,
};
use zerocopy::{FromBytes, IntoBytes};

/// Why a read or a write moved no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelError {
    /// A signal arrived first; the call is retried.
    Interrupted,
    /// Any other error; the process exits.
    Failed,
}

/// The source of requests and the destination of replies. Either call may move
/// fewer bytes than requested.
pub trait Channel {
    /// Reads into `buffer`, and returns how many bytes were read, at most its
    /// length. Zero is the end of the requests.
    ///
    /// # Errors
    ///
    /// See [`ChannelError`].
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError>;

    /// Writes from `bytes`, and returns how many were written, at most its
    /// length.
    ///
    /// # Errors
    ///
    /// See [`ChannelError`].
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ChannelError>;
}

const HEADER_SIZE: usize = size_of::<FrameHeader>();
const HELLO_SIZE: u32 = 16;
const _: () = assert!(size_of::<Hello>() == HELLO_SIZE as usize);

/// Status for an answer that is longer than the handler's limit.
const EOVERFLOW: Status = Status::from_errno(errno::EOVERFLOW);

/// Returns the largest request payload in bytes that `H` has room for and
/// states in its HELLO: the larger one of the driver's limit and the size of
/// HELLO.
///
/// # Panics
///
/// Panics if `H` needs more than [`UMD_MAX_PAYLOAD`]; in a constant,
/// compilation fails.
#[must_use]
pub const fn max_request<H: Handler>() -> u32 {
    assert!(H::MAX_REQUEST <= UMD_MAX_PAYLOAD);
    if H::MAX_REQUEST < HELLO_SIZE {
        HELLO_SIZE
    } else {
        H::MAX_REQUEST
    }
}

/// Returns the size in bytes of a frame with `payload` bytes.
#[must_use]
pub const fn frame_size(payload: u32) -> usize {
    HEADER_SIZE + payload as usize
}

/// Returns the size in bytes of the part of a [`Buffer`] for requests.
const fn request_size<H: Handler>() -> usize {
    frame_size(max_request::<H>()).next_multiple_of(UMD_REPLY_ALIGN as usize)
}

/// Returns the size in bytes of the [`Buffer`] of `H`.
#[must_use]
pub const fn buffer_size<H: Handler>() -> usize {
    request_size::<H>() + frame_size(H::MAX_REPLY)
}

/// A frame of each direction, the request's first: all memory that a Handler
/// needs beside its stack. For the handler `H`, `SIZE` is `buffer_size::<H>()`.
///
/// Both are in one buffer, because a read that brings a reply gets the whole
/// buffer, see [`UMD_FRAME_REPLY_BY_READ`].
#[derive(Debug)]
#[repr(C, align(8))]
pub struct Buffer<const SIZE: usize>([u8; SIZE]);

impl<const SIZE: usize> Buffer<SIZE> {
    /// Returns a buffer of zeros.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "nothing would call it")]
    pub const fn new() -> Self {
        Self([0; SIZE])
    }
}

/// Serves requests until the channel ends, and returns the exit code: a
/// `UMD_EXIT_` constant of `umd_abi`.
// The process ends after the only call, so that the compiler takes the call for
// too rare to inline.
#[inline(always)]
pub fn serve<H: Handler, C: Channel, const SIZE: usize>(
    handler: &mut H,
    channel: &mut C,
    buffer: &mut Buffer<SIZE>,
) -> i32 {
    const {
        assert!(H::MAX_REPLY <= UMD_MAX_PAYLOAD);
        assert!(SIZE == buffer_size::<H>());
    };
    let mut room = request_size::<H>();
    loop {
        match serve_one(handler, channel, &mut buffer.0, room) {
            Ok(next) => room = next,
            Err(exit_code) => return exit_code,
        }
    }
}

/// Answers one request, which is read into the first `room` bytes of `buffer`,
/// and returns the room for the next one, or the exit code.
///
/// If `room` includes the reply, the read brings the reply: the reply to one
/// request and the wait for the next are then one system call.
fn serve_one<H: Handler, C: Channel>(
    handler: &mut H,
    channel: &mut C,
    buffer: &mut [u8],
    room: usize,
) -> Result<usize, i32> {
    let whole = buffer.len();
    let Request {
        header,
        rest,
        check,
    } = receive(channel, buffer, room, max_request::<H>())?;
    let split = request_size::<H>() - HEADER_SIZE;
    let (payload, reply) = rest.split_at_mut_checked(split).ok_or(UMD_EXIT_FRAME)?;
    let is_core = header.op < UMD_OP_DRIVER;

    let answer = if check.is_err() {
        Err(Status::EINVAL)
    } else if is_core {
        answer_core::<H>(header, payload)
    } else {
        answer_driver(handler, header, payload, reply)
    };
    let (status, len) = match answer {
        Ok(len) => (Status::OK, len),
        Err(status) => (status, 0),
    };
    let head = header.reply(status, len);
    let by_read = header.flags == UMD_FRAME_REPLY_BY_READ && !is_core;
    // The handler alone writes the payload of `reply`. The loop's own answers
    // leave from the room for the request.
    let frame: &mut [u8] = if is_core { buffer } else { reply };
    let _ = head.write_to_prefix(frame);
    if by_read {
        return Ok(whole);
    }
    send(channel, frame.get(..frame_size(len)).ok_or(UMD_EXIT_WRITE)?)?;
    Ok(request_size::<H>())
}

/// A request in its buffer.
struct Request<'a> {
    /// The header, which can be trusted.
    header: &'a FrameHeader,
    /// The rest of the buffer: the payload and all bytes after it.
    rest: &'a mut [u8],
    /// Whether the header breaks a rule nevertheless.
    check: Result<(), FrameError>,
}

/// Reads one request into the first `room` bytes of `buffer`. Returns the exit
/// code if there is no request, or if its header cannot be trusted.
///
/// The loop checks the header after each read, not only after the last: the
/// result is the same, and the code smaller than with two loops.
fn receive<'a, C: Channel>(
    channel: &mut C,
    buffer: &'a mut [u8],
    room: usize,
    max_len: u32,
) -> Result<Request<'a>, i32> {
    let mut filled = 0;
    let check = loop {
        let free = buffer.get_mut(filled..room).ok_or(UMD_EXIT_FRAME)?;
        match channel.read(free) {
            Ok(0) if filled == 0 => return Err(UMD_EXIT_OK),
            Ok(0) => return Err(UMD_EXIT_TRUNCATED),
            Ok(count) => filled += count,
            Err(ChannelError::Interrupted) => continue,
            Err(ChannelError::Failed) => return Err(UMD_EXIT_READ),
        }
        if filled < HEADER_SIZE {
            continue;
        }
        let (header, _) = FrameHeader::ref_from_prefix(buffer).map_err(|_| UMD_EXIT_FRAME)?;
        let check = header.check_request(max_len);
        if check.is_err_and(|error| !error.leaves_header_trusted()) {
            return Err(UMD_EXIT_FRAME);
        }
        let size = frame_size(header.len);
        // At most one request is in flight: more bytes after this one show that
        // its length is wrong.
        if filled > size {
            return Err(UMD_EXIT_FRAME);
        }
        if filled == size {
            break check;
        }
    };
    let (header, rest) = FrameHeader::mut_from_prefix(buffer).map_err(|_| UMD_EXIT_FRAME)?;
    Ok(Request {
        header,
        rest,
        check,
    })
}

/// Writes all of `bytes`, which are not empty, or returns the exit code.
fn send<C: Channel>(channel: &mut C, mut bytes: &[u8]) -> Result<(), i32> {
    loop {
        match channel.write(bytes) {
            Ok(0) | Err(ChannelError::Failed) => return Err(UMD_EXIT_WRITE),
            Ok(count) => bytes = bytes.get(count..).ok_or(UMD_EXIT_WRITE)?,
            Err(ChannelError::Interrupted) => continue,
        }
        if bytes.is_empty() {
            return Ok(());
        }
    }
}

/// Answers a core operation. Returns the length of the answer in `payload`, or
/// a status.
fn answer_core<H: Handler>(header: &FrameHeader, payload: &mut [u8]) -> Result<u32, Status> {
    match (header.op, header.len) {
        (UMD_OP_HELLO, HELLO_SIZE) => {
            let hello = Hello::new(max_request::<H>(), H::MAX_REPLY);
            let _ = hello.write_to_prefix(payload);
            Ok(HELLO_SIZE)
        }
        (UMD_OP_PING, 0) => Ok(0),
        (UMD_OP_HELLO | UMD_OP_PING, _) => Err(Status::EINVAL),
        _ => Err(Status::EOPNOTSUPP),
    }
}

/// Answers an operation of the driver. Returns the length of the answer in
/// `reply`, or a status.
fn answer_driver<H: Handler>(
    handler: &mut H,
    header: &FrameHeader,
    payload: &[u8],
    reply: &mut [u8],
) -> Result<u32, Status> {
    let payload = payload.get(..header.len as usize).ok_or(Status::EINVAL)?;
    let reply = reply.get_mut(HEADER_SIZE..).unwrap_or_default();
    let len = handler.handle(header.op, payload, reply)?;
    match u32::try_from(len) {
        Ok(len) if len <= H::MAX_REPLY => Ok(len),
        _ => Err(EOVERFLOW),
    }
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
