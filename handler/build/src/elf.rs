// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shape of a handler's file.

use anyhow::{Context, Result, ensure};
use object::elf::{FileHeader64, PT_LOAD};
use object::pod;
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, U16, U64};

/// A 64-bit ELF file header.
pub type Header = FileHeader64<Endianness>;

/// The file `elf` without its section headers and all that only they lead to:
/// what is left is what a kernel maps, at the same addresses.
///
/// # Errors
///
/// When `elf` is no 64-bit ELF file, or has no segment to map.
pub fn without_sections(elf: &[u8]) -> Result<Vec<u8>> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, elf)?;
    let end = segments
        .iter()
        .filter(|segment| segment.p_type(endian) == PT_LOAD && segment.p_filesz(endian) > 0)
        .map(|segment| segment.p_offset(endian) + segment.p_filesz(endian))
        .max()
        .context("nothing to map in the ELF file")?;
    let headers_end = header.e_phoff(endian) + u64::try_from(size_of_val(segments))?;
    ensure!(end >= headers_end, "program headers are not mapped");

    let mut stripped = elf
        .get(..usize::try_from(end)?)
        .context("a segment ends behind the file")?
        .to_vec();
    let (header, _) = pod::from_bytes_mut::<Header>(&mut stripped)
        .ok()
        .context("no room for an ELF header")?;
    header.e_shoff = U64::default();
    header.e_shentsize = U16::default();
    header.e_shnum = U16::default();
    header.e_shstrndx = U16::default();
    Ok(stripped)
}
