// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lines of text, and a window on content that is not stored as a whole.

use umd_abi::Status;

/// Takes the next line off `text`, without its line feed.
pub(super) fn line<'a>(text: &mut &'a [u8]) -> Result<&'a [u8], Status> {
    if text.is_empty() {
        return Err(Status::EBADMSG);
    }
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    *text = lines.next().unwrap_or_default();
    Ok(line)
}

/// Removes white space at the end of `line`, carriage returns included.
pub(super) fn trimmed(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r'] = line {
        line = rest;
    }
    line
}

/// Takes empty lines off `text`, then the next line, and returns it trimmed.
pub(super) fn line_with_text<'a>(text: &mut &'a [u8]) -> Result<&'a [u8], Status> {
    loop {
        let line = trimmed(line(text)?);
        if !line.is_empty() {
            return Ok(line);
        }
    }
}

/// Receives content byte by byte, and stores a part of it.
#[derive(Debug)]
pub(super) struct Window<'a> {
    /// The buffer for that part.
    bytes: &'a mut [u8],
    /// How many bytes of the content come before it.
    from: u32,
    /// How many bytes of content there were.
    pub(super) total: u32,
}

impl<'a> Window<'a> {
    /// Stores in `bytes` the content after its first `from` bytes.
    pub(super) const fn new(bytes: &'a mut [u8], from: u32) -> Self {
        Self {
            bytes,
            from,
            total: 0,
        }
    }

    /// Takes in one byte.
    pub(super) fn push(&mut self, byte: u8) {
        let place = self.total.checked_sub(self.from);
        if let Some(place) = place.and_then(|at| self.bytes.get_mut(at as usize)) {
            *place = byte;
        }
        self.total = self.total.wrapping_add(1);
    }
}
