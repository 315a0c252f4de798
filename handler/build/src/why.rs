// SPDX-License-Identifier: MIT OR Apache-2.0

//! The meaning of the bytes of a handler's final file: `umd-build handlers --why`.

use crate::elf::Header;
use crate::handlers::HandlerElf;
use addr2line::gimli::{Dwarf, EndianSlice, Error, RunTimeEndian, SectionId};
use anyhow::{Context, Result, ensure};
use object::read::elf::{ElfFile64, FileHeader};
use object::{Endianness, Object, ObjectSection, ObjectSymbol, SymbolKind};
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

/// Some bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Their meaning.
    pub what: String,
    /// How many.
    pub bytes: u64,
}

/// All bytes of the final file of `handler`: the headers, the constants, the
/// code by function, and what is there for alignment only.
///
/// A byte of code counts for the function that it was written in, wherever the
/// compiler put it; what was written in `core` counts for the caller.
///
/// # Errors
///
/// A file of the handler is gone, or not as the linker makes it.
pub fn parts(handler: &HandlerElf) -> Result<Vec<Part>> {
    let elf = fs::read(&handler.path)?;
    let header = Header::parse(&*elf)?;
    let endian = header.endian()?;
    let file_header = u64::from(header.e_ehsize(endian));
    let program_headers = u64::from(header.e_phnum(endian)) * u64::from(header.e_phentsize(endian));
    let constants = constants(&fs::read_to_string(handler.map_path())?)?;
    let constants = constants
        .iter()
        .map(|one| one.addresses.end - one.addresses.start);
    let code = code(handler)?;

    let mut parts = Vec::new();
    let mut add = |what: &str, bytes| {
        let what = what.to_owned();
        parts.push(Part { what, bytes });
    };
    add("ELF header", file_header);
    add("program headers", program_headers);
    add("constants", constants.clone().sum());
    let in_functions: u64 = code.values().sum();
    for (function, bytes) in largest_first(code) {
        add(&function, bytes);
    }
    let known = file_header + program_headers + constants.sum::<u64>() + in_functions;
    let alignment = handler.size.checked_sub(known);
    add("alignment", alignment.context("parts overlap")?);
    Ok(parts)
}

/// A constant, or several that the linker has merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Its addresses.
    pub addresses: Range<u64>,
    /// Its addresses begin at a multiple of this.
    pub align: u64,
}

/// The constants that the linker's map lists.
///
/// # Errors
///
/// `map` is none.
pub fn constants(map: &str) -> Result<Vec<Constant>> {
    let lines = map
        .lines()
        .filter(|line| line.contains(":(.rodata") || line.contains(":(.srodata"));
    let constant = |line: &str| {
        let mut words = line.split_whitespace();
        let start = u64::from_str_radix(words.next()?, 16).ok()?;
        let size = u64::from_str_radix(words.nth(1)?, 16).ok()?;
        Some(Constant {
            addresses: start..start + size,
            align: words.next()?.parse().ok()?,
        })
    };
    lines
        .map(|line| constant(line).with_context(|| format!("the map has: {line}")))
        .collect()
}

/// The bytes of code by function.
fn code(handler: &HandlerElf) -> Result<BTreeMap<String, u64>> {
    let path = handler.debug_path();
    let elf = fs::read(&path)?;
    let lines = lines(&elf).with_context(|| path.display().to_string())?;
    let mut bytes = BTreeMap::new();
    for (symbol, addresses) in functions(&elf)? {
        for address in addresses {
            let function = written_in(&lines, address)?.unwrap_or_else(|| in_words(&symbol));
            *bytes.entry(function).or_default() += 1;
        }
    }
    ensure!(!bytes.is_empty(), "no functions in {}", path.display());
    Ok(bytes)
}

/// Name and addresses of each function in a file with symbols.
///
/// # Errors
///
/// `elf` is no ELF file.
pub fn functions(elf: &[u8]) -> Result<Vec<(String, Range<u64>)>> {
    let elf = ElfFile64::<Endianness>::parse(elf)?;
    let mut functions = Vec::new();
    for symbol in elf.symbols().filter(|s| s.kind() == SymbolKind::Text) {
        let addresses = symbol.address()..symbol.address() + symbol.size();
        functions.push((symbol.name()?.to_owned(), addresses));
    }
    functions.sort_by_key(|(_, addresses)| addresses.start);
    Ok(functions)
}

type Lines<'a> = addr2line::Context<EndianSlice<'a, RunTimeEndian>>;

/// The debug information of a file, which is not compressed.
fn lines(elf: &[u8]) -> Result<Lines<'_>> {
    let elf = ElfFile64::<Endianness, _>::parse(elf)?;
    let endian = if elf.is_little_endian() {
        RunTimeEndian::Little
    } else {
        RunTimeEndian::Big
    };
    let section = |id: SectionId| -> std::result::Result<_, Error> {
        let section = elf.section_by_name(id.name());
        let data = section.and_then(|section| section.data().ok());
        Ok(EndianSlice::new(data.unwrap_or_default(), endian))
    };
    Ok(addr2line::Context::from_dwarf(Dwarf::load(section)?)?)
}

/// The innermost function of the source at `address` that is not of `core`.
fn written_in(lines: &Lines<'_>, address: u64) -> Result<Option<String>> {
    let mut frames = lines.find_frames(address).skip_all_loads()?;
    while let Some(frame) = frames.next()? {
        let file = frame.location.and_then(|location| location.file);
        let in_core = file.is_some_and(|file| file.starts_with("/rustc/"));
        if let Some(function) = frame.function.filter(|_| !in_core) {
            return Ok(Some(function.demangle()?.into_owned()));
        }
    }
    Ok(None)
}

/// The name of a function of `core`, of which no line is known.
fn in_words(symbol: &str) -> String {
    addr2line::demangle_auto(symbol.into(), None).into_owned()
}

fn largest_first(code: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut functions: Vec<_> = code.into_iter().collect();
    functions.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    functions
}
