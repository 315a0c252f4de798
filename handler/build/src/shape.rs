// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shape of a final ELF file: what a kernel maps, and nothing else.

use crate::Target;
use crate::budget::Budget;
use crate::elf::{Header, without_sections};
use crate::handlers::HandlerElf;
use anyhow::{Context, Result, ensure};
use object::elf::{ET_DYN, PF_R, PF_W, PF_X, PT_GNU_STACK, PT_LOAD, ProgramHeader64};
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, Object, ObjectSymbol};
use std::fs;

/// The function that a panic calls. `handler_main!` defines it for a handler that may
/// panic; any other has no such function, or it would not have been linked.
pub(crate) const PANIC: &str = "a_panic_can_be_reached_use_get_instead_of_indexing";

const HEADER_SIZE: u64 = size_of::<Header>() as u64;
const PROGRAM_HEADER_SIZE: u64 = size_of::<Segment>() as u64;

/// Size of a frame's header in bytes, of which there is one for each direction.
const FRAME_HEADER_SIZE: u64 = 32;
/// The alignment of the buffers.
const FRAME_ALIGN: u64 = 8;

/// The kernel cuts a process name off behind so many bytes.
const NAME_LEN: usize = 15;

type Segment = ProgramHeader64<Endianness>;

/// Checks the files of `handler`.
///
/// # Errors
///
/// The first rule that they break.
pub fn check(handler: &HandlerElf, budget: &Budget) -> Result<()> {
    let name = &handler.name;
    let elf = fs::read(&handler.path)?;
    let debug = fs::read(handler.debug_path())?;
    ensure!(
        name.len() <= NAME_LEN,
        "a process's name has at most {NAME_LEN} bytes: {name}"
    );
    ensure!(elf.len() as u64 == handler.size, "{name} has changed since");
    file(&elf, handler.target)
        .and_then(|()| segments(&elf, handler.target))
        .and_then(|()| memory(&elf, budget))
        .and_then(|()| relocations(&debug))
        .and_then(|()| symbols(&elf, &debug))
        .and_then(|()| panics(&debug, budget))
        .with_context(|| format!("the shape of {name}"))
}

fn parse(elf: &[u8]) -> Result<(&Header, Endianness, &[Segment])> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, elf)?;
    Ok((header, endian, segments))
}

/// Checks that the file is position independent, for `target`, and without sections.
fn file(elf: &[u8], target: &Target) -> Result<()> {
    let (header, endian, _) = parse(elf)?;
    ensure!(header.e_type(endian) == ET_DYN, "not position independent");
    ensure!(
        header.e_machine(endian).0 == target.machine,
        "for another processor"
    );
    ensure!(
        header.e_phoff(endian) == HEADER_SIZE,
        "program headers are not right behind the file's"
    );
    ensure!(
        header.e_shoff(endian) == 0 && header.e_shnum(endian) == 0,
        "it has sections"
    );
    Ok(())
}

/// Checks that the segments are code, memory and stack.
fn segments(elf: &[u8], target: &Target) -> Result<()> {
    let (header, endian, segments) = parse(elf)?;
    // Without PT_INTERP, no interpreter; without PT_DYNAMIC, no
    // relocations.
    let kinds = segments
        .iter()
        .map(|segment| (segment.p_type(endian), segment.p_flags(endian)));
    let expected = [
        (PT_LOAD, PF_R | PF_X),
        (PT_LOAD, PF_R | PF_W),
        (PT_GNU_STACK, PF_R | PF_W),
    ];
    ensure!(
        kinds.eq(expected),
        "other segments than code, memory, stack"
    );

    let (text, bss) = (&segments[0], &segments[1]);
    ensure!(
        text.p_offset(endian) == 0
            && text.p_vaddr(endian) == 0
            && text.p_filesz(endian) == elf.len() as u64
            && text.p_memsz(endian) == text.p_filesz(endian),
        "code is not the whole file"
    );
    ensure!(bss.p_filesz(endian) == 0, "memory has bytes in the file");
    let page = |address: u64| address / target.page;
    ensure!(
        page(bss.p_vaddr(endian)) > page(text.p_filesz(endian) - 1),
        "code and memory share a page"
    );
    for segment in [text, bss] {
        // Otherwise the kernel refuses to map the segment.
        let offset = segment.p_offset(endian) % target.page;
        ensure!(
            segment.p_align(endian) == target.page
                && segment.p_vaddr(endian) % target.page == offset,
            "a segment is not aligned to pages"
        );
    }
    let headers_end = HEADER_SIZE + PROGRAM_HEADER_SIZE * segments.len() as u64;
    let code = headers_end..text.p_filesz(endian);
    ensure!(
        code.contains(&header.e_entry(endian)),
        "the entry is not in the code"
    );
    Ok(())
}

/// Checks that the memory is the two buffers.
fn memory(elf: &[u8], budget: &Budget) -> Result<()> {
    let (_, endian, segments) = parse(elf)?;
    let bss = segments.get(1).context("no memory")?;
    let frame = |payload: u64| (FRAME_HEADER_SIZE + payload).next_multiple_of(FRAME_ALIGN);
    let size = frame(budget.request) + frame(budget.reply);
    ensure!(
        bss.p_memsz(endian) == size,
        "it has {} bytes of memory, but the two frames take {size}",
        bss.p_memsz(endian)
    );
    ensure!(
        bss.p_vaddr(endian).is_multiple_of(FRAME_ALIGN),
        "the buffers are not aligned"
    );
    Ok(())
}

/// Checks that nothing in memory is relocated.
fn relocations(debug: &[u8]) -> Result<()> {
    let (header, endian, segments) = parse(debug)?;
    let sections = header.sections(endian, debug)?;
    for section in sections.iter() {
        ensure!(
            section.rel(endian, debug)?.is_none(),
            "relocations without addends"
        );
        let Some((relocations, _)) = section.rela(endian, debug)? else {
            continue;
        };
        for relocation in relocations {
            let at = relocation.r_offset.get(endian);
            let is_mapped = segments.iter().any(|segment| {
                let start = segment.p_vaddr(endian);
                (start..start + segment.p_memsz(endian)).contains(&at)
            });
            ensure!(!is_mapped, "{at:#x} is relocated");
        }
    }
    Ok(())
}

/// Checks that symbols are at the addresses of the final file.
fn symbols(elf: &[u8], debug: &[u8]) -> Result<()> {
    ensure!(
        without_sections(debug)? == elf,
        "the file with symbols is another program"
    );
    let (header, endian, _) = parse(elf)?;
    let debug = ElfFile64::<Endianness>::parse(debug)?;
    let start = debug.symbol_by_name("_start").context("no _start")?;
    ensure!(
        start.address() == header.e_entry(endian),
        "the entry is not _start"
    );
    Ok(())
}

/// Checks that a panic can be reached if, and only if, the budget says so.
fn panics(debug: &[u8], budget: &Budget) -> Result<()> {
    let debug = ElfFile64::<Endianness>::parse(debug)?;
    let can_panic = debug.symbol_by_name(PANIC).is_some();
    ensure!(
        can_panic || budget.panics.is_none(),
        "no panic can be reached, but its budget has panics: delete that, and the word panics \
         in handler_main!"
    );
    ensure!(
        !can_panic || budget.panics.is_some(),
        "a panic can be reached, as the word panics in handler_main! allows, but its budget \
         does not say so; add panics = \"exit 70\""
    );
    Ok(())
}
