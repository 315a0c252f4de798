// SPDX-License-Identifier: MIT OR Apache-2.0

//! The serve loop: frames in, frames out.

use crate::Handler;
use linux_raw_sys::errno;
use static_assertions::const_assert_eq;
use umd_abi::{
    FrameHeader, Hello, Status, UMD_EXIT_FRAME, UMD_EXIT_OK, UMD_EXIT_READ, UMD_EXIT_TRUNCATED,
    UMD_EXIT_WRITE, UMD_MAX_PAYLOAD, UMD_OP_DRIVER, UMD_OP_HELLO, UMD_OP_PING,
};
use zerocopy::{FromBytes, IntoBytes};

/// Why a read or a write moved no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelError {
    /// A signal came first; the call is made again.
    Interrupted,
    /// Anything else; the process ends.
    Failed,
}

/// What a Handler reads requests from and writes replies to. Either call may
/// move fewer bytes than asked.
pub trait Channel {
    /// Reads into `buffer` and returns how many bytes, at most its length; zero
    /// is the end of the requests.
    ///
    /// # Errors
    ///
    /// See [`ChannelError`].
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError>;

    /// Writes from `bytes` and returns how many, at most its length.
    ///
    /// # Errors
    ///
    /// See [`ChannelError`].
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ChannelError>;
}

const HEADER_SIZE: usize = size_of::<FrameHeader>();
const HELLO_SIZE: u32 = 16;
const_assert_eq!(size_of::<Hello>(), HELLO_SIZE as usize);

/// A handler's answer is longer than it said that answers can be.
const EOVERFLOW: Status = Status::from_errno(errno::EOVERFLOW);

/// The largest request payload in bytes that `H` has room for, as it states in
/// its HELLO: that of its operations or of HELLO itself.
///
/// # Panics
///
/// When `H` asks for more than [`UMD_MAX_PAYLOAD`]; in a constant that is an
/// error of the compilation.
#[must_use]
pub const fn max_request<H: Handler>() -> u32 {
    assert!(H::MAX_REQUEST <= UMD_MAX_PAYLOAD);
    if H::MAX_REQUEST < HELLO_SIZE {
        HELLO_SIZE
    } else {
        H::MAX_REQUEST
    }
}

/// Length in bytes of a buffer for a frame with `payload` bytes.
#[must_use]
pub const fn frame_size(payload: u32) -> usize {
    HEADER_SIZE + payload as usize
}

#[derive(Debug)]
#[repr(C, align(8))]
struct Aligned<const SIZE: usize>([u8; SIZE]);

/// One frame of each direction: all that a Handler needs of memory beside its
/// stack. For the handler `H`, `REQUEST` is `frame_size(max_request::<H>())`
/// and `REPLY` is `frame_size(H::MAX_REPLY)`.
#[derive(Debug)]
#[repr(C)]
pub struct Buffers<const REQUEST: usize, const REPLY: usize> {
    request: Aligned<REQUEST>,
    reply: Aligned<REPLY>,
}

impl<const REQUEST: usize, const REPLY: usize> Buffers<REQUEST, REPLY> {
    /// Buffers of zeros.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "nothing would call it")]
    pub const fn new() -> Self {
        Self {
            request: Aligned([0; REQUEST]),
            reply: Aligned([0; REPLY]),
        }
    }
}

/// Serves requests until the channel ends and returns the exit code: one of
/// `umd_abi`'s `UMD_EXIT_` constants.
pub fn serve<H: Handler, C: Channel, const REQUEST: usize, const REPLY: usize>(
    handler: &mut H,
    channel: &mut C,
    buffers: &mut Buffers<REQUEST, REPLY>,
) -> i32 {
    const {
        assert!(H::MAX_REPLY <= UMD_MAX_PAYLOAD);
        assert!(REQUEST == frame_size(max_request::<H>()));
        assert!(REPLY == frame_size(H::MAX_REPLY));
    };
    loop {
        if let Err(exit_code) = serve_one(handler, channel, buffers) {
            return exit_code;
        }
    }
}

/// Answers one request, or says with which code to exit.
fn serve_one<H: Handler, C: Channel, const REQUEST: usize, const REPLY: usize>(
    handler: &mut H,
    channel: &mut C,
    buffers: &mut Buffers<REQUEST, REPLY>,
) -> Result<(), i32> {
    let request = &mut buffers.request.0;
    let reply = &mut buffers.reply.0;
    let (header, well_formed) = receive(channel, request, max_request::<H>())?;
    let is_core = header.op < UMD_OP_DRIVER;

    let answer = if !well_formed {
        Err(Status::EINVAL)
    } else if is_core {
        answer_core::<H>(&header, request)
    } else {
        answer_driver(handler, &header, request, reply)
    };
    let (status, len) = match answer {
        Ok(len) => (Status::OK, len),
        Err(status) => (status, 0),
    };
    // The payload of the reply buffer is the handler's alone: what this loop
    // answers itself goes out of the request buffer.
    let frame: &mut [u8] = if is_core { request } else { reply };
    let head = header.reply(status, len);
    let _ = head.write_to_prefix(frame);
    send(channel, frame.get(..frame_size(len)).ok_or(UMD_EXIT_WRITE)?)
}

/// Reads one frame into `buffer`, and returns its header and whether that is
/// all as it should be, or the code to exit with when it cannot be trusted.
fn receive<C: Channel>(
    channel: &mut C,
    buffer: &mut [u8],
    max_len: u32,
) -> Result<(FrameHeader, bool), i32> {
    let filled = receive_until(channel, buffer, 0, HEADER_SIZE)?;
    let Ok((header, _)) = FrameHeader::read_from_prefix(buffer) else {
        return Err(UMD_EXIT_FRAME);
    };
    let check = header.check_request(max_len);
    if check.is_err_and(|error| !error.leaves_header_trusted()) {
        return Err(UMD_EXIT_FRAME);
    }
    let filled = receive_until(channel, buffer, filled, frame_size(header.len))?;
    // At most one request is in flight: bytes that follow this one show that
    // its length is wrong.
    if filled != frame_size(header.len) {
        return Err(UMD_EXIT_FRAME);
    }
    Ok((header, check.is_ok()))
}

/// Reads into `buffer` behind its first `filled` bytes until these are at
/// least `wanted`, and returns how many they are now, or the code to exit with.
fn receive_until<C: Channel>(
    channel: &mut C,
    buffer: &mut [u8],
    mut filled: usize,
    wanted: usize,
) -> Result<usize, i32> {
    while filled < wanted {
        let free = buffer.get_mut(filled..).ok_or(UMD_EXIT_READ)?;
        match channel.read(free) {
            Ok(0) if filled == 0 => return Err(UMD_EXIT_OK),
            Ok(0) => return Err(UMD_EXIT_TRUNCATED),
            Ok(count) => filled += count,
            Err(ChannelError::Interrupted) => {}
            Err(ChannelError::Failed) => return Err(UMD_EXIT_READ),
        }
    }
    Ok(filled)
}

/// Writes the whole of `bytes`, or says with which code to exit.
fn send<C: Channel>(channel: &mut C, mut bytes: &[u8]) -> Result<(), i32> {
    while !bytes.is_empty() {
        match channel.write(bytes) {
            Ok(0) | Err(ChannelError::Failed) => return Err(UMD_EXIT_WRITE),
            Ok(count) => bytes = bytes.get(count..).ok_or(UMD_EXIT_WRITE)?,
            Err(ChannelError::Interrupted) => {}
        }
    }
    Ok(())
}

/// The answer to a core operation: the length of the payload that is now in
/// `frame`, or a status.
fn answer_core<H: Handler>(header: &FrameHeader, frame: &mut [u8]) -> Result<u32, Status> {
    match (header.op, header.len) {
        (UMD_OP_HELLO, HELLO_SIZE) => {
            let hello = Hello::new(max_request::<H>(), H::MAX_REPLY);
            let payload = frame.get_mut(HEADER_SIZE..).unwrap_or_default();
            let _ = hello.write_to_prefix(payload);
            Ok(HELLO_SIZE)
        }
        (UMD_OP_PING, 0) => Ok(0),
        (UMD_OP_HELLO | UMD_OP_PING, _) => Err(Status::EINVAL),
        _ => Err(Status::EOPNOTSUPP),
    }
}

/// The answer to an operation of the driver: the length of the payload that is
/// now in `reply`, or a status.
fn answer_driver<H: Handler>(
    handler: &mut H,
    header: &FrameHeader,
    request: &[u8],
    reply: &mut [u8],
) -> Result<u32, Status> {
    let request = request
        .get(HEADER_SIZE..frame_size(header.len))
        .unwrap_or_default();
    let reply = reply.get_mut(HEADER_SIZE..).unwrap_or_default();
    let len = handler.handle(header.op, request, reply)?;
    match u32::try_from(len) {
        Ok(len) if len <= H::MAX_REPLY => Ok(len),
        _ => Err(EOVERFLOW),
    }
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
