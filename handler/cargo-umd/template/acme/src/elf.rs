// SPDX-License-Identifier: MIT OR Apache-2.0

//! The parser: the header of an ELF file, and where its tables are.
//!
//! No byte of the file is trusted. Each number is read within the bounds of the file,
//! and each table lies in the file, or there is no answer.

mod wire;

#[cfg(test)]
mod tests;

use umd_handler::Status;
pub use wire::*;
use zerocopy::IntoBytes;

const MAGIC: [u8; 4] = *b"\x7fELF";
/// The only version of the format.
const VERSION: u8 = 1;
/// There are more program headers than the field can say.
const MANY: u16 = 0xffff;

/// Sizes of a class of files: bits of an address; bytes of the file's header and of an
/// entry of each table.
struct Sizes {
    bits: u8,
    header: u16,
    program: u16,
    section: u16,
}

const SIZES_32: Sizes = Sizes {
    bits: 32,
    header: 52,
    program: 32,
    section: 40,
};
const SIZES_64: Sizes = Sizes {
    bits: 64,
    header: 64,
    program: 56,
    section: 64,
};

/// Writes the answer to [`UMD_OP_ACME_PARSE`] for the file `request` into `reply`.
///
/// # Errors
///
/// The status to answer with.
pub fn answer(request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
    let elf = parse(request)?;
    elf.write_to_prefix(reply).map_err(|_| Status::EINVAL)?;
    Ok(size_of::<AcmeElf>())
}

/// Reads the header of the ELF file `file`.
///
/// # Errors
///
/// [`Status::EBADMSG`] for what is no ELF file, or ends too early;
/// [`Status::ENOPKG`] for an ELF file of a kind that is not supported.
pub fn parse(file: &[u8]) -> Result<AcmeElf, Status> {
    let [class, order, version] = *ident(file)?;
    let sizes = match class {
        1 => SIZES_32,
        2 => SIZES_64,
        _ => return Err(Status::ENOPKG),
    };
    if !matches!(order, UMD_ACME_ORDER_LITTLE | UMD_ACME_ORDER_BIG) || version != VERSION {
        return Err(Status::ENOPKG);
    }
    let mut fields = Fields {
        rest: file.get(16..).unwrap_or_default(),
        is_big: order == UMD_ACME_ORDER_BIG,
        is_wide: sizes.bits == 64,
    };
    let (kind, machine) = (fields.half()?, fields.half()?);
    if fields.word()? != u32::from(VERSION) {
        return Err(Status::ENOPKG);
    }
    let (entry, phoff, shoff) = (fields.address()?, fields.address()?, fields.address()?);
    let _flags = fields.word()?;
    let header_size = fields.half()?;
    let elf = AcmeElf {
        entry,
        phoff,
        shoff,
        kind,
        machine,
        phentsize: fields.half()?,
        phnum: fields.half()?,
        shentsize: fields.half()?,
        shnum: fields.half()?,
        bits: sizes.bits,
        order,
        reserved: 0,
    };
    let names = fields.half()?;
    if header_size != sizes.header {
        return Err(Status::EBADMSG);
    }
    check(&elf, &sizes, names, file.len())?;
    Ok(elf)
}

/// Class, order of bytes, version.
fn ident(file: &[u8]) -> Result<&[u8; 3], Status> {
    let rest = file.strip_prefix(&MAGIC).ok_or(Status::EBADMSG)?;
    rest.first_chunk().ok_or(Status::EBADMSG)
}

/// Checks that both tables are in the file of `len` bytes.
fn check(elf: &AcmeElf, sizes: &Sizes, names: u16, len: usize) -> Result<(), Status> {
    // The true numbers are in a section header then.
    if elf.phnum == MANY || (elf.shnum == 0 && elf.shoff != 0) {
        return Err(Status::ENOPKG);
    }
    let has_names = names == 0 || names < elf.shnum;
    let programs = (elf.phoff, elf.phentsize, elf.phnum, sizes.program);
    let sections = (elf.shoff, elf.shentsize, elf.shnum, sizes.section);
    if has_names && is_in_file(programs, len) && is_in_file(sections, len) {
        Ok(())
    } else {
        Err(Status::EBADMSG)
    }
}

fn is_in_file((offset, entry, number, least): (u64, u16, u16, u16), len: usize) -> bool {
    if number == 0 {
        return true;
    }
    let size = u64::from(entry) * u64::from(number);
    let end = offset.checked_add(size);
    entry >= least && end.is_some_and(|end| end <= len as u64)
}

/// The fields of a header that are left to read.
struct Fields<'a> {
    rest: &'a [u8],
    is_big: bool,
    is_wide: bool,
}

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Status> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Status::EBADMSG)?;
        self.rest = rest;
        let mut bytes: [u8; N] = *bytes;
        if self.is_big {
            bytes.reverse();
        }
        Ok(bytes)
    }

    fn half(&mut self) -> Result<u16, Status> {
        self.take().map(u16::from_le_bytes)
    }

    fn word(&mut self) -> Result<u32, Status> {
        self.take().map(u32::from_le_bytes)
    }

    fn address(&mut self) -> Result<u64, Status> {
        if self.is_wide {
            self.take().map(u64::from_le_bytes)
        } else {
            self.word().map(u64::from)
        }
    }
}
