// SPDX-License-Identifier: MIT OR Apache-2.0

//! The serve loop: any bytes, moved in any pieces, with any failures.

use std::collections::VecDeque;
use std::mem::offset_of;
use umd_abi::{
    FrameHeader, Hello, Status, UMD_EXIT_FRAME, UMD_EXIT_OK, UMD_EXIT_READ, UMD_EXIT_TRUNCATED,
    UMD_EXIT_WRITE, UMD_FRAME_REPLY_BY_READ, UMD_OP_DRIVER, UMD_OP_HELLO, UMD_OP_PING,
};
use umd_handler::{Buffer, Channel, ChannelError, Handler, buffer_size, serve};
use zerocopy::{FromBytes, IntoBytes};

const HEADER_SIZE: usize = size_of::<FrameHeader>();

/// The effect of one read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A signal arrives first.
    Interrupted,
    /// The call fails.
    Failed,
    /// The call moves at most that many bytes, which are not zero.
    Move(u8),
}

impl From<u8> for Step {
    fn from(byte: u8) -> Self {
        match byte {
            0 => Self::Interrupted,
            u8::MAX => Self::Failed,
            count => Self::Move(count),
        }
    }
}

/// Which bytes arrive, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// A read stops at the end of a frame, as on the kernel's channel.
    pub framed: bool,
    /// The first reads; later reads move all that they can.
    pub reads: VecDeque<Step>,
    /// The same for writes.
    pub writes: VecDeque<Step>,
    /// All bytes that arrive.
    pub bytes: Vec<u8>,
}

impl Scenario {
    /// Decodes a scenario: the first byte tells whether reads stop at frames,
    /// the next two count the reads and the writes, which have one byte each,
    /// and the rest is what arrives.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[framed, reads, writes], rest) = bytes.split_first_chunk()?;
        let (reads, rest) = rest.split_at_checked(reads.into())?;
        let (writes, rest) = rest.split_at_checked(writes.into())?;
        let steps = |bytes: &[u8]| bytes.iter().copied().map(Step::from).collect();
        Some(Self {
            framed: framed != 0,
            reads: steps(reads),
            writes: steps(writes),
            bytes: rest.to_vec(),
        })
    }
}

/// A channel that follows a scenario.
struct Scripted {
    scenario: Scenario,
    taken: usize,
    /// The end of the frame that is being read.
    end: usize,
    /// Whether the frame is complete.
    whole: bool,
    /// The room for a request in a buffer that has a reply behind it.
    room: usize,
    /// A read of the current frame has already taken the reply, although a
    /// signal came first or only a part was moved.
    brought: bool,
    output: Vec<u8>,
    failed: Option<i32>,
}

impl Scripted {
    /// Takes the reply that comes with the read of a new frame in a large
    /// buffer.
    fn take_reply(&mut self, buffer: &[u8]) {
        if self.brought || buffer.len() <= self.room {
            return;
        }
        let (header, payload) =
            FrameHeader::read_from_prefix(&buffer[self.room..]).expect("room for a header");
        self.output.extend_from_slice(header.as_bytes());
        self.output
            .extend_from_slice(&payload[..header.len as usize]);
        self.brought = true;
    }

    fn limit(&mut self, step: Option<Step>, exit_code: i32) -> Result<usize, ChannelError> {
        assert_eq!(self.failed, None, "nothing may follow a failure");
        match step {
            None => Ok(usize::MAX),
            Some(Step::Move(count)) => Ok(count.into()),
            Some(Step::Interrupted) => Err(ChannelError::Interrupted),
            Some(Step::Failed) => {
                self.failed = Some(exit_code);
                Err(ChannelError::Failed)
            }
        }
    }
}

impl Channel for Scripted {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError> {
        assert!(!buffer.is_empty());
        self.take_reply(buffer);
        let step = self.scenario.reads.pop_front();
        let limit = self.limit(step, UMD_EXIT_READ)?;
        let rest = self.scenario.bytes.get(self.taken..).unwrap_or_default();
        if self.taken == self.end {
            self.end += rest.len();
            self.whole = false;
            if self.scenario.framed
                && let Ok((header, behind)) = FrameHeader::read_from_prefix(rest)
            {
                self.whole = header.len as usize <= behind.len();
                self.end -= behind.len() - behind.len().min(header.len as usize);
            }
        }
        let count = limit.min(self.end - self.taken).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        if self.taken == self.end && self.whole {
            self.brought = false;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ChannelError> {
        assert!(!bytes.is_empty());
        let step = self.scenario.writes.pop_front();
        let count = self.limit(step, UMD_EXIT_WRITE)?.min(bytes.len());
        self.output.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}

/// What a handler answers, in other words than its own: what it must answer to
/// any request of its range, or the status that it must answer with.
pub type Model = fn(op: u16, request: &[u8]) -> Result<Vec<u8>, Status>;

/// Returns the expected reply to a request, whose header is trusted.
fn answer<H: Handler>(
    model: Model,
    header: &FrameHeader,
    payload: &[u8],
) -> Result<Vec<u8>, Status> {
    let flags = header.flags & !UMD_FRAME_REPLY_BY_READ;
    if header.status != 0 || flags != 0 || header.reserved != 0 {
        return Err(Status::EINVAL);
    }
    match (header.op, payload.len()) {
        (UMD_OP_HELLO, 16) => {
            let hello = Hello::new(H::MAX_REQUEST.max(16), H::MAX_REPLY);
            Ok(hello.as_bytes().to_vec())
        }
        (UMD_OP_PING, 0) => Ok(Vec::new()),
        (UMD_OP_HELLO | UMD_OP_PING, _) => Err(Status::EINVAL),
        (..UMD_OP_DRIVER, _) => Err(Status::EOPNOTSUPP),
        (op, _) => model(op, payload),
    }
}

const MAGIC: u32 = u32::from_ne_bytes(*b"UMD1");

/// Returns a frame with a trusted header, its payload, and the bytes behind it;
/// or the exit code if there is no such frame.
fn next_frame<H: Handler>(bytes: &[u8]) -> Result<(FrameHeader, &[u8], &[u8]), i32> {
    if bytes.is_empty() {
        return Err(UMD_EXIT_OK);
    }
    let Ok((header, behind)) = FrameHeader::read_from_prefix(bytes) else {
        return Err(UMD_EXIT_TRUNCATED);
    };
    let version = header.version == 1 || header.op == UMD_OP_HELLO;
    if header.magic != MAGIC || !version || header.len > H::MAX_REQUEST.max(16) {
        return Err(UMD_EXIT_FRAME);
    }
    let (payload, rest) = behind
        .split_at_checked(header.len as usize)
        .ok_or(UMD_EXIT_TRUNCATED)?;
    Ok((header, payload, rest))
}

/// Clears the flag that asks for a reply by the next read, which a stream does
/// not support.
fn have_replies_written<H: Handler>(bytes: &mut [u8]) {
    let mut start = 0;
    while let Ok((mut header, _, rest)) = next_frame::<H>(&bytes[start..]) {
        let end = bytes.len() - rest.len();
        header.flags &= !UMD_FRAME_REPLY_BY_READ;
        let flags = start + offset_of!(FrameHeader, flags);
        bytes[flags..flags + 4].copy_from_slice(&header.flags.to_ne_bytes());
        start = end;
    }
}

/// Returns all expected replies to `bytes`, and the exit code. The model does
/// not hold if a read takes more than one frame.
fn replies<H: Handler>(model: Model, mut bytes: &[u8]) -> (Vec<Vec<u8>>, i32) {
    let mut replies = Vec::new();
    let exit_code = loop {
        let (header, payload, rest) = match next_frame::<H>(bytes) {
            Ok(frame) => frame,
            Err(exit_code) => break exit_code,
        };
        bytes = rest;
        let (status, payload) = match answer::<H>(model, &header, payload) {
            Ok(payload) => (0, payload),
            Err(status) => (status.raw(), Vec::new()),
        };
        let reply = FrameHeader {
            magic: MAGIC,
            version: 1,
            op: header.op,
            id: header.id,
            len: u32::try_from(payload.len()).expect("a short reply"),
            status,
            flags: 0,
            reserved: 0,
        };
        replies.push([reply.as_bytes(), &payload].concat());
    };
    (replies, exit_code)
}

/// Returns how many of `replies` make up `output`, and whether `output` ends
/// with a whole one. Panics if `output` is anything else.
fn sent(replies: &[Vec<u8>], mut output: &[u8]) -> (usize, bool) {
    for (count, reply) in replies.iter().enumerate() {
        if output.len() < reply.len() {
            assert!(reply.starts_with(output), "the start of reply {count}");
            return (count, output.is_empty());
        }
        let (first, rest) = output.split_at(reply.len());
        assert!(first == reply, "reply {count} differs");
        output = rest;
    }
    assert!(output.is_empty(), "bytes behind the last reply");
    (replies.len(), true)
}

/// Runs the serve loop of `handler`, whose buffer is that of its type and which
/// answers as `model` does.
///
/// # Panics
///
/// When its replies or its exit code are other than they must be.
pub fn check<H: Handler, const SIZE: usize>(
    handler: &mut H,
    model: Model,
    buffer: &mut Buffer<SIZE>,
    scenario: &Scenario,
) {
    let mut channel = Scripted {
        scenario: scenario.clone(),
        taken: 0,
        end: 0,
        whole: false,
        room: SIZE - HEADER_SIZE - H::MAX_REPLY as usize,
        brought: false,
        output: Vec::new(),
        failed: None,
    };
    if !scenario.framed {
        have_replies_written::<H>(&mut channel.scenario.bytes);
    }
    let bytes = channel.scenario.bytes.clone();
    let exit_code = serve(handler, &mut channel, buffer);

    let (replies, at_end) = replies::<H>(model, &bytes);
    let (count, whole) = sent(&replies, &channel.output);
    if let Some(failed) = channel.failed {
        assert_eq!(exit_code, failed);
        assert!(whole || failed == UMD_EXIT_WRITE, "half a reply");
        return;
    }
    assert!(whole, "half a reply");
    // In a stream, one read may take more than a frame. The serve loop rejects
    // that.
    if scenario.framed || exit_code != UMD_EXIT_FRAME {
        assert_eq!((count, exit_code), (replies.len(), at_end));
    }
}

/// A handler that makes every mistake that the serve loop must catch.
#[derive(Debug, Default)]
pub struct Faulty;

impl Faulty {
    /// The reply repeats the request.
    pub const ECHO: u16 = UMD_OP_DRIVER;
    /// The handler claims one byte more than there is room for.
    pub const CLAIM_ONE_MORE: u16 = UMD_OP_DRIVER + 1;
    /// The handler claims the largest length of all.
    pub const CLAIM_ALL: u16 = UMD_OP_DRIVER + 2;
    /// The handler writes into the reply and then fails.
    pub const WRITE_AND_FAIL: u16 = UMD_OP_DRIVER + 3;
    /// The handler sends the longest reply.
    pub const FILL: u16 = u16::MAX;
}

impl Handler for Faulty {
    const MAX_REQUEST: u32 = 24;
    const MAX_REPLY: u32 = 40;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        assert!(request.len() <= 24 && reply.len() == 40);
        match op {
            Self::ECHO => {
                reply[..request.len()].copy_from_slice(request);
                Ok(request.len())
            }
            Self::CLAIM_ONE_MORE => Ok(41),
            Self::CLAIM_ALL => Ok(usize::MAX),
            Self::WRITE_AND_FAIL => {
                reply.fill(0xaa);
                Err(Status::EBADMSG)
            }
            Self::FILL => {
                reply.fill(7);
                Ok(40)
            }
            _ => Err(Status::EOPNOTSUPP),
        }
    }
}

/// What [`Faulty`] must answer.
fn faulty(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
    match op {
        Faulty::ECHO => Ok(request.to_vec()),
        Faulty::CLAIM_ONE_MORE | Faulty::CLAIM_ALL => Err(Status::from_errno(75)),
        Faulty::WRITE_AND_FAIL => Err(Status::EBADMSG),
        Faulty::FILL => Ok(vec![7; 40]),
        _ => Err(Status::EOPNOTSUPP),
    }
}

/// Checks the serve loop with [`Faulty`].
///
/// # Panics
///
/// See [`check`].
pub fn check_faulty(scenario: &Scenario) {
    let mut buffer = Buffer::<{ buffer_size::<Faulty>() }>::new();
    check(&mut Faulty, faulty, &mut buffer, scenario);
}
