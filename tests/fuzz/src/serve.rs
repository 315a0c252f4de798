// SPDX-License-Identifier: MIT OR Apache-2.0

//! The serve loop: any bytes, moved in any pieces, with any failures.

use std::collections::VecDeque;
use umd_abi::{
    FrameHeader, Hello, Status, UMD_EXIT_FRAME, UMD_EXIT_OK, UMD_EXIT_READ, UMD_EXIT_TRUNCATED,
    UMD_EXIT_WRITE, UMD_OP_DRIVER, UMD_OP_HELLO, UMD_OP_PING,
};
use umd_handler::{Buffers, Channel, ChannelError, Handler, frame_size, max_request, serve};
use zerocopy::{FromBytes, IntoBytes};

const HEADER_SIZE: usize = size_of::<FrameHeader>();

/// What one read or write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A signal comes first.
    Interrupted,
    /// It fails.
    Failed,
    /// It moves at most that many bytes, which are not zero.
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

/// What arrives, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// A read stops where a frame ends, as on the kernel's channel.
    pub framed: bool,
    /// The first reads; later ones move all they can.
    pub reads: VecDeque<Step>,
    /// The same for writes.
    pub writes: VecDeque<Step>,
    /// All that arrives.
    pub bytes: Vec<u8>,
}

impl Scenario {
    /// The scenario that `bytes` stand for: one says whether reads stop at
    /// frames, two how many reads and writes are told by one more each, the
    /// rest is what arrives.
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

/// A channel that does what a scenario says.
struct Scripted {
    scenario: Scenario,
    taken: usize,
    /// Where the frame ends that is being read.
    end: usize,
    output: Vec<u8>,
    failed: Option<i32>,
}

impl Scripted {
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
        let step = self.scenario.reads.pop_front();
        let limit = self.limit(step, UMD_EXIT_READ)?;
        let rest = self.scenario.bytes.get(self.taken..).unwrap_or_default();
        if self.taken == self.end {
            self.end += rest.len();
            if self.scenario.framed
                && let Ok((header, behind)) = FrameHeader::read_from_prefix(rest)
            {
                self.end -= behind.len() - behind.len().min(header.len as usize);
            }
        }
        let count = limit.min(self.end - self.taken).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
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

/// A handler, and in other words what it answers.
pub trait Modelled: Handler {
    /// What it must answer to any request of its range.
    ///
    /// # Errors
    ///
    /// The status that it must answer with.
    fn answer(op: u16, request: &[u8]) -> Result<Vec<u8>, Status>;
}

/// What must be answered to a request, whose header is trusted.
fn answer<H: Modelled>(header: &FrameHeader, payload: &[u8]) -> Result<Vec<u8>, Status> {
    if header.status != 0 || header.flags != 0 || header.reserved != 0 {
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
        (op, _) => H::answer(op, payload),
    }
}

/// All replies to `bytes`, and the exit code, if no frame reaches into another.
fn model<H: Modelled>(mut bytes: &[u8]) -> (Vec<Vec<u8>>, i32) {
    let mut replies = Vec::new();
    let exit_code = loop {
        if bytes.is_empty() {
            break UMD_EXIT_OK;
        }
        let Ok((header, behind)) = FrameHeader::read_from_prefix(bytes) else {
            break UMD_EXIT_TRUNCATED;
        };
        let magic = u32::from_ne_bytes(*b"UMD1");
        let version = header.version == 1 || header.op == UMD_OP_HELLO;
        if header.magic != magic || !version || header.len > H::MAX_REQUEST.max(16) {
            break UMD_EXIT_FRAME;
        }
        let Some((payload, rest)) = behind.split_at_checked(header.len as usize) else {
            break UMD_EXIT_TRUNCATED;
        };
        bytes = rest;
        let (status, payload) = match answer::<H>(&header, payload) {
            Ok(payload) => (0, payload),
            Err(status) => (status.raw(), Vec::new()),
        };
        let reply = FrameHeader {
            magic,
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

/// How many of `replies` make up `output`, and whether only whole ones do;
/// panics when `output` is anything else.
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

/// Runs the serve loop of `handler`, whose buffers are those of its type.
///
/// # Panics
///
/// When its replies or its exit code are other than they must be.
pub fn check<H: Modelled, const REQUEST: usize, const REPLY: usize>(
    handler: &mut H,
    buffers: &mut Buffers<REQUEST, REPLY>,
    scenario: &Scenario,
) {
    let mut channel = Scripted {
        scenario: scenario.clone(),
        taken: 0,
        end: 0,
        output: Vec::new(),
        failed: None,
    };
    let exit_code = serve(handler, &mut channel, buffers);

    let (replies, at_end) = model::<H>(&scenario.bytes);
    let (count, whole) = sent(&replies, &channel.output);
    if let Some(failed) = channel.failed {
        assert_eq!(exit_code, failed);
        assert!(whole || failed == UMD_EXIT_WRITE, "half a reply");
        return;
    }
    assert!(whole, "half a reply");
    // In a stream a read may take more than a frame, which then is none.
    if scenario.framed || exit_code != UMD_EXIT_FRAME {
        assert_eq!((count, exit_code), (replies.len(), at_end));
    }
}

/// A handler that makes every mistake that the serve loop must mend.
#[derive(Debug, Default)]
pub struct Faulty;

impl Faulty {
    /// It answers what it was asked.
    pub const ECHO: u16 = UMD_OP_DRIVER;
    /// It claims one byte more than there is room for.
    pub const CLAIM_ONE_MORE: u16 = UMD_OP_DRIVER + 1;
    /// It claims all that a number can say.
    pub const CLAIM_ALL: u16 = UMD_OP_DRIVER + 2;
    /// It writes into the reply and then fails.
    pub const WRITE_AND_FAIL: u16 = UMD_OP_DRIVER + 3;
    /// It answers with the longest reply.
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

impl Modelled for Faulty {
    fn answer(op: u16, request: &[u8]) -> Result<Vec<u8>, Status> {
        match op {
            Self::ECHO => Ok(request.to_vec()),
            Self::CLAIM_ONE_MORE | Self::CLAIM_ALL => Err(Status::from_errno(75)),
            Self::WRITE_AND_FAIL => Err(Status::EBADMSG),
            Self::FILL => Ok(vec![7; 40]),
            _ => Err(Status::EOPNOTSUPP),
        }
    }
}

/// Checks the serve loop with [`Faulty`].
///
/// # Panics
///
/// See [`check`].
pub fn check_faulty(scenario: &Scenario) {
    const REQUEST: usize = frame_size(max_request::<Faulty>());
    const REPLY: usize = frame_size(Faulty::MAX_REPLY);
    const { assert!(REQUEST == HEADER_SIZE + 24) };
    let mut buffers = Buffers::<REQUEST, REPLY>::new();
    check(&mut Faulty, &mut buffers, scenario);
}
