// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shape of the final ELF files: what the kernel maps, and nothing else.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use umd_abi::{FrameHeader, UMD_OP_PING};
use umd_build::handlers::{HandlerElf, build_all};
use umd_build::workspace::Workspace;
use umd_build::{budget, shape, why};
use umd_manager::Process;
use umd_tests::{handlers, new_driver, repo};
use zerocopy::{FromZeros, IntoBytes};

static HANDLERS: LazyLock<Vec<HandlerElf>> =
    LazyLock::new(|| handlers::build_all(umd_vm::Arch::host()).unwrap());

#[test]
fn sample_is_among_the_handlers() {
    assert!(HANDLERS.iter().any(|handler| handler.name == "sample_umh"));
}

#[test]
fn every_handler_keeps_to_its_budget() {
    for handler in HANDLERS.iter() {
        assert_eq!(fs::metadata(&handler.path).unwrap().len(), handler.size);
        let checked = budget::of(handler).and_then(|budget| budget.check(handler));
        checked.unwrap_or_else(|error| panic!("{error:#}"));
    }
}

#[test]
fn every_budget_is_that_of_a_handler() {
    for driver in repo::workspace().unwrap().drivers {
        let file = driver.folder.join(budget::FILE);
        let budgets: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
        for name in budgets.keys().filter(|name| *name != "compiler") {
            let is_built = driver.handlers.contains(name);
            assert!(is_built, "{driver:?} has a budget for {name}, no handler");
        }
    }
}

#[test]
fn budgets_are_for_the_pinned_compiler() {
    let toolchain = fs::read_to_string(repo::root().join("rust-toolchain.toml")).unwrap();
    let toolchain: toml::Table = toolchain.parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    for handler in HANDLERS.iter() {
        let compiler = budget::of(handler).unwrap().compiler;
        assert!(
            compiler.starts_with(&format!("rustc {channel} ")),
            "the budget of {} is for {compiler}, rust-toolchain.toml pins {channel}",
            handler.name
        );
    }
}

#[test]
fn every_handler_has_its_shape() {
    for handler in HANDLERS.iter() {
        let checked = budget::of(handler).and_then(|budget| shape::check(handler, &budget));
        checked.unwrap_or_else(|error| panic!("{error:#}"));
    }
}

/// The final file of the sample and that with its symbols.
fn sample() -> (HandlerElf, Vec<u8>, Vec<u8>) {
    let sample = HANDLERS.iter().find(|handler| handler.name == "sample_umh");
    let sample = sample.unwrap().clone();
    let elf = fs::read(&sample.path).unwrap();
    let debug = fs::read(sample.debug_path()).unwrap();
    (sample, elf, debug)
}

/// The error for the sample's files once `change` has changed both.
fn fault(change: impl Fn(&mut [u8])) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (mut sample, mut elf, mut debug) = sample();
    let budget = budget::of(&sample).unwrap();
    change(&mut elf);
    change(&mut debug);
    sample.path = folder.path().join("sample_umh");
    fs::write(&sample.path, elf).unwrap();
    fs::write(sample.debug_path(), debug).unwrap();
    match shape::check(&sample, &budget) {
        Ok(()) => String::new(),
        Err(error) => format!("{error:#}"),
    }
}

/// The offset of a segment's header in a 64-bit ELF file.
fn segment(number: usize) -> usize {
    64 + 56 * number
}

#[test]
fn another_shape_is_noticed() {
    assert_eq!(fault(|_| ()), "");
    let set = |at: usize, value: u8| fault(|elf| elf[at] = value);
    assert!(set(16, 2).contains("not position independent"));
    assert!(set(18, 183).contains("for another processor"));
    // The second segment of three is what counts as the interpreter's.
    assert!(set(segment(1), 3).contains("other segments"));
    assert!(set(segment(0) + 4, 7).contains("other segments"));
    assert!(set(segment(2) + 4, 7).contains("other segments"));
    assert!(set(segment(1) + 32, 1).contains("memory has bytes in the file"));
    assert!(set(segment(1) + 40, 0).contains("the two frames take 131152"));
    assert!(set(segment(1) + 17, 0).contains("share a page"));
    assert!(set(segment(0) + 49, 0x20).contains("not aligned to pages"));
    assert!(set(24, 4).contains("the entry is not _start"));
    assert!(set(25, 0x20).contains("the entry is not in the code"));
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
fn the_map_is_that_of_the_program() {
    for handler in HANDLERS.iter() {
        let map = fs::read_to_string(handler.map_path()).unwrap();
        assert!(map.contains("_start"), "{}", handler.name);
    }
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
        // The functions of core for panics begin at multiples of 16.
        assert!(alignment.bytes < 48, "{parts:?}");
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

    new_driver::copy_sources(&clone).unwrap();
    let mut others = Workspace::find(&clone).unwrap();
    others.target = folder.path().join("output");
    let others = build_all(&others).unwrap();
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
