// SPDX-License-Identifier: MIT OR Apache-2.0

//! A channel in memory whose calls move bytes and fail as a test prescribes.

use crate::{Channel, ChannelError};
use std::collections::VecDeque;
use std::vec::Vec;

/// The effect of one call; the steps are taken in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Moves at most that many bytes.
    Move(usize),
    /// Fails.
    Fail(ChannelError),
    /// Claims to have moved that many bytes, whatever was requested.
    Claim(usize),
}

/// The fake channel. Calls after the queued steps move all they can.
#[derive(Debug, Default)]
pub(super) struct Fake {
    pub(super) reads: VecDeque<Step>,
    pub(super) writes: VecDeque<Step>,
    input: VecDeque<u8>,
    /// Offsets in the input at which a read stops, as the kernel's channel
    /// stops at the end of a frame.
    ends: VecDeque<usize>,
    taken: usize,
    /// The room for a request in a buffer that has a reply behind it.
    pub(super) room: usize,
    /// The bytes after that room, once for each read that brought a reply.
    pub(super) brought: Vec<Vec<u8>>,
    pub(super) output: Vec<u8>,
    pub(super) read_calls: usize,
}

impl Fake {
    /// Returns a channel on which `frames` arrive one by one, and then the end.
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
