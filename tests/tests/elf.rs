// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shape of the final ELF files: what the kernel maps, and nothing else.

use object::elf::{EM_X86_64, ET_DYN, PF_R, PF_W, PF_X, PT_GNU_STACK, PT_LOAD, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, Object, ObjectSymbol};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use umd_abi::{FrameHeader, UMD_OP_PING, UMD_PGP_MAX_REPLY, UMD_PGP_MAX_REQUEST, UMD_SAMPLE_SIZE};
use umd_tests::elf::{Header, without_sections};
use umd_tests::handlers::{self, HandlerElf};
use umd_tests::manager::Process;
use umd_tests::{new_handler, repo, sizes, why};
use zerocopy::{FromZeros, IntoBytes};

const LITTLE: Endianness = Endianness::Little;
const PAGE: u64 = 4096;
const HEADER_SIZE: u64 = size_of::<Header>() as u64;
const PROGRAM_HEADER_SIZE: u64 = size_of::<ProgramHeader64<Endianness>>() as u64;

static HANDLERS: LazyLock<Vec<HandlerElf>> = LazyLock::new(|| handlers::build_all().unwrap());

fn each_handler(check: impl Fn(&str, &[u8], &Header, &[ProgramHeader64<Endianness>])) {
    for handler in HANDLERS.iter() {
        let elf = fs::read(&handler.path).unwrap();
        let header = Header::parse(&*elf).unwrap();
        let segments = header.program_headers(LITTLE, &*elf).unwrap();
        check(&handler.name, &elf, header, segments);
    }
}

#[test]
fn sample_is_among_the_handlers() {
    assert!(HANDLERS.iter().any(|handler| handler.name == "sample_umh"));
}

#[test]
fn every_handler_keeps_to_its_budget() {
    let budgets = sizes::read(&repo::root()).unwrap();
    let compiler = handlers::compiler(&repo::root()).unwrap();
    for handler in HANDLERS.iter() {
        let name = &handler.name;
        assert_eq!(fs::metadata(&handler.path).unwrap().len(), handler.size);
        let checked = budgets.check_handler(name, handler.size, &compiler);
        checked.unwrap_or_else(|error| panic!("{error:#}"));
        // The kernel truncates the process name after 15 bytes.
        assert!(name.len() <= 15, "{name}");
    }
    for name in budgets.handlers.bytes.keys() {
        let is_built = HANDLERS.iter().any(|handler| handler.name == *name);
        assert!(
            is_built,
            "{} has a budget for {name}, which is not a handler",
            sizes::FILE
        );
    }
}

#[test]
fn budgets_are_for_the_pinned_compiler() {
    let toolchain = fs::read_to_string(repo::root().join("rust-toolchain.toml")).unwrap();
    let toolchain: toml::Table = toolchain.parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    let compiler = sizes::read(&repo::root()).unwrap().handlers.compiler;
    assert!(
        compiler.starts_with(&format!("rustc {channel} ")),
        "{} is for {compiler}, rust-toolchain.toml pins {channel}",
        sizes::FILE
    );
}

#[test]
fn file_is_position_independent_and_has_no_sections() {
    each_handler(|name, _, header, _| {
        assert!(header.is_class_64() && header.is_little_endian(), "{name}");
        assert_eq!(header.e_type(LITTLE), ET_DYN, "{name}");
        assert_eq!(header.e_machine(LITTLE), EM_X86_64, "{name}");
        // The program headers follow the ELF header immediately.
        assert_eq!(header.e_phoff(LITTLE), HEADER_SIZE, "{name}");
        assert_eq!(header.e_shoff(LITTLE), 0, "{name}");
        assert_eq!(header.e_shnum(LITTLE), 0, "{name}");
    });
}

#[test]
fn segments_are_code_memory_and_stack() {
    each_handler(|name, elf, header, segments| {
        // Without PT_INTERP, no interpreter; without PT_DYNAMIC, no
        // relocations.
        let kinds = segments
            .iter()
            .map(|s| (s.p_type(LITTLE), s.p_flags(LITTLE)));
        let expected = [
            (PT_LOAD, PF_R | PF_X),
            (PT_LOAD, PF_R | PF_W),
            (PT_GNU_STACK, PF_R | PF_W),
        ];
        assert!(kinds.eq(expected), "{name}");

        let (text, bss) = (&segments[0], &segments[1]);
        assert_eq!(text.p_offset(LITTLE), 0, "{name}");
        assert_eq!(text.p_vaddr(LITTLE), 0, "{name}");
        assert_eq!(text.p_filesz(LITTLE), elf.len() as u64, "{name}");
        assert_eq!(text.p_memsz(LITTLE), text.p_filesz(LITTLE), "{name}");
        assert_eq!(bss.p_filesz(LITTLE), 0, "{name}");
        let page = |address: u64| address / PAGE;
        assert!(
            page(bss.p_vaddr(LITTLE)) > page(text.p_filesz(LITTLE) - 1),
            "{name}"
        );
        for segment in [text, bss] {
            assert_eq!(segment.p_align(LITTLE), PAGE, "{name}");
            // Otherwise the kernel refuses to map the segment.
            let offset = segment.p_offset(LITTLE) % PAGE;
            assert_eq!(segment.p_vaddr(LITTLE) % PAGE, offset, "{name}");
        }

        let headers_end = HEADER_SIZE + PROGRAM_HEADER_SIZE * segments.len() as u64;
        let code = headers_end..text.p_filesz(LITTLE);
        assert!(code.contains(&header.e_entry(LITTLE)), "{name}");
    });
}

/// Returns the largest payloads of a handler, in both directions.
fn payloads(name: &str) -> (u32, u32) {
    match name {
        // A HELLO is larger than the sample's own requests.
        "sample_umh" => (16, UMD_SAMPLE_SIZE),
        "pgp_umh" => (UMD_PGP_MAX_REQUEST, UMD_PGP_MAX_REPLY),
        other => panic!("add the limits of {other} to payloads()"),
    }
}

#[test]
fn memory_is_the_two_buffers() {
    each_handler(|name, _, _, segments| {
        let (request, reply) = payloads(name);
        let headers = 2 * size_of::<FrameHeader>() as u64;
        let bss = &segments[1];
        let size = headers + u64::from(request) + u64::from(reply);
        assert_eq!(bss.p_memsz(LITTLE), size, "{name}");
        let align = align_of::<FrameHeader>() as u64;
        assert_eq!(bss.p_vaddr(LITTLE) % align, 0, "{name}");
    });
}

#[test]
fn nothing_in_memory_is_relocated() {
    for handler in HANDLERS.iter() {
        let debug = fs::read(handler.debug_path()).unwrap();
        let header = Header::parse(&*debug).unwrap();
        let segments = header.program_headers(LITTLE, &*debug).unwrap();
        let sections = header.sections(LITTLE, &*debug).unwrap();
        for section in sections.iter() {
            assert!(section.rel(LITTLE, &*debug).unwrap().is_none());
            let Some((relocations, _)) = section.rela(LITTLE, &*debug).unwrap() else {
                continue;
            };
            for relocation in relocations {
                let at = relocation.r_offset.get(LITTLE);
                let is_mapped = segments.iter().any(|segment| {
                    let start = segment.p_vaddr(LITTLE);
                    (start..start + segment.p_memsz(LITTLE)).contains(&at)
                });
                assert!(!is_mapped, "{}: {at:#x}", handler.name);
            }
        }
    }
}

#[test]
fn nothing_is_mapped_writable_and_executable() {
    for handler in HANDLERS.iter() {
        let name = &handler.name;
        let process = Process::spawn(&handler.path).unwrap();
        // The Handler answers only once all of the file is mapped.
        let ping = FrameHeader::request(UMD_OP_PING, 1, 0);
        let mut answer = FrameHeader::new_zeroed();
        process.channel().write_all(ping.as_bytes()).unwrap();
        process.channel().read_exact(answer.as_mut_bytes()).unwrap();
        let maps = fs::read_to_string(format!("/proc/{}/maps", process.id())).unwrap();
        let rights = |line: &str| line.split_whitespace().nth(1).unwrap().to_owned();
        let stack = maps.lines().find(|line| line.ends_with("[stack]")).unwrap();
        assert_eq!(rights(stack), "rw-p", "{name}");
        for line in maps.lines() {
            let rights = rights(line);
            assert!(
                !(rights.contains('w') && rights.contains('x')),
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn symbols_are_at_the_addresses_of_the_final_file() {
    each_handler(|name, elf, header, _| {
        let handler = HANDLERS.iter().find(|h| h.name == name).unwrap();
        let debug = fs::read(handler.debug_path()).unwrap();
        assert_eq!(without_sections(&debug).unwrap(), elf, "{name}");
        let debug = object::read::elf::ElfFile64::<Endianness>::parse(&*debug).unwrap();
        let start = debug.symbol_by_name("_start").unwrap();
        assert_eq!(start.address(), header.e_entry(LITTLE), "{name}");
        let map = fs::read_to_string(handler.map_path()).unwrap();
        assert!(map.contains("_start"), "{name}");
    });
}

#[test]
fn every_byte_is_accounted_for() {
    for handler in HANDLERS.iter() {
        let parts = why::parts(handler).unwrap();
        let sum: u64 = parts.iter().map(|part| part.bytes).sum();
        assert_eq!(sum, handler.size, "{}", handler.name);
        let has = |what: &str| parts.iter().any(|part| part.what == what && part.bytes > 0);
        assert!(has("_start"), "{parts:?}");
        // This function counts although it is inlined into another.
        assert!(has("umd_handler::serve::receive"), "{parts:?}");
        let alignment = parts.iter().find(|part| part.what == "alignment").unwrap();
        assert!(alignment.bytes < 16, "{parts:?}");
    }
}

#[test]
fn another_folder_and_configuration_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("another folder");
    fs::create_dir(&clone).unwrap();
    // Settings like those that people have in their home folder.
    fs::create_dir(folder.path().join(".cargo")).unwrap();
    let flags = "rustflags = ['-Copt-level=3']";
    let config = format!("build.{flags}\ntarget.x86_64-unknown-linux-gnu.{flags}\n");
    fs::write(folder.path().join(".cargo/config.toml"), config).unwrap();

    new_handler::copy_sources(&clone).unwrap();
    let others = handlers::build_all_of(&clone, &folder.path().join("output")).unwrap();
    assert_eq!(others.len(), HANDLERS.len());
    for (ours, other) in HANDLERS.iter().zip(&others) {
        assert_same(&ours.path, &other.path);
        assert_same(&ours.debug_path(), &other.debug_path());
    }
}

#[track_caller]
fn assert_same(ours: &Path, other: &Path) {
    let same = fs::read(ours).unwrap() == fs::read(other).unwrap();
    assert!(
        same,
        "{} depends on the folder of the clone",
        ours.display()
    );
}
