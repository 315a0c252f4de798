// SPDX-License-Identifier: MIT OR Apache-2.0

//! ASCII armor (section 6) and clearsigned documents (section 7).
//!
//! Only empty lines may surround either: a person who sees other text beside a
//! signature would take that text for signed.

use super::text::{Window, line, line_with_text, trimmed};
use crate::{UMD_PGP_ARMOR_PUBLIC_KEY, UMD_PGP_ARMOR_SIGNATURE};
use umd_abi::Status;

/// Parses one armored block, which is all of `text`, pushes its content into
/// `window`, and returns its kind.
///
/// A checksum after the content is ignored: section 6.1 forbids to reject a
/// block for a wrong one.
pub(super) fn block(mut text: &[u8], window: &mut Window<'_>) -> Result<u32, Status> {
    let first = line_with_text(&mut text)?;
    let label = label(first, b"-----BEGIN PGP ").ok_or(Status::EBADMSG)?;
    let kind = match label {
        b"PUBLIC KEY BLOCK" => UMD_PGP_ARMOR_PUBLIC_KEY,
        b"SIGNATURE" => UMD_PGP_ARMOR_SIGNATURE,
        _ => return Err(Status::EBADMSG),
    };
    // Headers are comments (section 6.2.2).
    loop {
        match trimmed(line(&mut text)?) {
            [] => break,
            header if header.contains(&b':') => {}
            _ => return Err(Status::EBADMSG),
        }
    }
    let mut content = Base64::default();
    let last = loop {
        match trimmed(line(&mut text)?) {
            [b'=', ..] => break line(&mut text)?,
            last @ [b'-', ..] => break last,
            symbols => content.push_all(symbols, window)?,
        }
    };
    content.end()?;
    if self::label(trimmed(last), b"-----END PGP ") != Some(label) {
        return Err(Status::EBADMSG);
    }
    match line_with_text(&mut text) {
        Ok(_) => Err(Status::EBADMSG),
        Err(_) => Ok(kind),
    }
}

/// Returns the text between `start` and the five dashes at the end.
fn label<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(start)?.strip_suffix(b"-----")
}

/// Parses a clearsigned document, which is all of `text`, and pushes the text
/// that is signed into `signed` and the signatures into `signatures`.
///
/// White space at the end of a line is removed. Lines are joined by carriage
/// return and line feed (section 7.2). The only allowed header is Hash, with
/// names of hashes (section 6.2.2.3): other text there would look as if it were
/// signed.
pub(super) fn document(
    mut text: &[u8],
    signed: &mut Window<'_>,
    signatures: &mut Window<'_>,
) -> Result<(), Status> {
    if line_with_text(&mut text)? != b"-----BEGIN PGP SIGNED MESSAGE-----" {
        return Err(Status::EBADMSG);
    }
    loop {
        match trimmed(line(&mut text)?) {
            [] => break,
            header => check_hashes(header)?,
        }
    }
    let mut is_first = true;
    let block_start = loop {
        let start = text;
        let line = match line(&mut text)? {
            [b'-', b' ', escaped @ ..] => escaped,
            [b'-', ..] => break start,
            line => line,
        };
        if !is_first {
            signed.push(b'\r');
            signed.push(b'\n');
        }
        is_first = false;
        for byte in trimmed(line) {
            signed.push(*byte);
        }
    };
    if block(block_start, signatures)? != UMD_PGP_ARMOR_SIGNATURE {
        return Err(Status::EBADMSG);
    }
    Ok(())
}

/// Checks a header of a clearsigned document.
fn check_hashes(header: &[u8]) -> Result<(), Status> {
    let hashes = header.strip_prefix(b"Hash: ").ok_or(Status::EBADMSG)?;
    let mut names = hashes.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    if names.all(is_hash) {
        Ok(())
    } else {
        Err(Status::EBADMSG)
    }
}

/// Returns whether `name` is a hash (section 9.5). A table would need
/// relocations.
fn is_hash(name: &[u8]) -> bool {
    matches!(
        name,
        b"MD5"
            | b"SHA1"
            | b"RIPEMD160"
            | b"SHA256"
            | b"SHA384"
            | b"SHA512"
            | b"SHA224"
            | b"SHA3-256"
            | b"SHA3-512"
    )
}

/// Base64 (section 6). Padding is required, and unused bits must be zero, so
/// that each content has only one form.
#[derive(Debug, Default)]
struct Base64 {
    /// The last symbols, 6 bits each.
    bits: u32,
    /// How many symbols `bits` holds, at most 3.
    symbols: u8,
    /// How many of the symbols are padding.
    padding: u8,
}

impl Base64 {
    fn push_all(&mut self, symbols: &[u8], window: &mut Window<'_>) -> Result<(), Status> {
        symbols
            .iter()
            .try_for_each(|symbol| self.push(*symbol, window))
    }

    fn push(&mut self, symbol: u8, window: &mut Window<'_>) -> Result<(), Status> {
        let value = match symbol {
            b'=' if self.symbols >= 2 => {
                self.padding += 1;
                0
            }
            _ if self.padding > 0 => return Err(Status::EBADMSG),
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(Status::EBADMSG),
        };
        self.bits = (self.bits << 6) + u32::from(value);
        self.symbols += 1;
        if self.symbols == 4 {
            self.symbols = 0;
            let [_, bytes @ ..] = self.bits.to_be_bytes();
            let count = 3 - usize::from(self.padding);
            for (at, byte) in bytes.into_iter().enumerate() {
                if at < count {
                    window.push(byte);
                } else if byte != 0 {
                    return Err(Status::EBADMSG);
                }
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Status> {
        if self.symbols == 0 {
            Ok(())
        } else {
            Err(Status::EBADMSG)
        }
    }
}
