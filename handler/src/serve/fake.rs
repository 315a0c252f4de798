// SPDX-License-Identifier: MIT OR Apache-2.0

//! A channel in memory that moves as many bytes, and fails when, a test says.

use crate::{Channel, ChannelError};
use std::collections::VecDeque;
use std::vec::Vec;

/// What the next call does, once all before it were made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Moves at most that many bytes.
    Move(usize),
    /// Fails.
    Fail(ChannelError),
    /// Claims to have moved that many bytes, whatever was asked.
    Claim(usize),
}

/// The fake. Calls beyond the queued steps move all they can.
#[derive(Debug, Default)]
pub(super) struct Fake {
    pub(super) reads: VecDeque<Step>,
    pub(super) writes: VecDeque<Step>,
    input: VecDeque<u8>,
    /// Offsets in the input at which a read stops, as frames do on the
    /// kernel's channel.
    ends: VecDeque<usize>,
    taken: usize,
    /// Room for a request in a buffer that has a reply behind it.
    pub(super) room: usize,
    /// What the reads brought, each with the room behind it.
    pub(super) brought: Vec<Vec<u8>>,
    pub(super) output: Vec<u8>,
    pub(super) read_calls: usize,
}

impl Fake {
    /// A channel on which `frames` arrive, each on its own, and then the end.
    pub(super) fn new<'a>(frames: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut fake = Self::default();
        for frame in frames {
            fake.input.extend(frame);
            fake.ends.push_back(fake.input.len());
        }
        fake
    }

    fn until_end(&mut self) -> usize {
        while self.ends.front().is_some_and(|end| *end == self.taken) {
            self.ends.pop_front();
        }
        self.ends.front().map_or(0, |end| end - self.taken)
    }
}

impl Channel for Fake {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ChannelError> {
        self.read_calls += 1;
        if let Some((_, reply)) = buffer.split_at_checked(self.room)
            && !reply.is_empty()
        {
            self.brought.push(reply.to_vec());
        }
        let limit = match self.reads.pop_front() {
            None => usize::MAX,
            Some(Step::Move(limit)) => limit,
            Some(Step::Claim(count)) => return Ok(count),
            Some(Step::Fail(error)) => return Err(error),
        };
        let count = self.until_end().min(buffer.len()).min(limit);
        for (to, from) in buffer.iter_mut().zip(self.input.drain(..count)) {
            *to = from;
        }
        self.taken += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ChannelError> {
        let limit = match self.writes.pop_front() {
            None => usize::MAX,
            Some(Step::Move(limit)) => limit,
            Some(Step::Claim(count)) => return Ok(count),
            Some(Step::Fail(error)) => return Err(error),
        };
        let count = bytes.len().min(limit);
        self.output.extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}
