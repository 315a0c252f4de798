// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;

extern crate std;
use std::vec::Vec;

/// A file of 64 bits: a header, two program headers, one section header.
fn file() -> Vec<u8> {
    let mut file = Vec::from(*b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    let mut add = |bytes: &[u8]| file.extend_from_slice(bytes);
    add(&2_u16.to_le_bytes());
    add(&62_u16.to_le_bytes());
    add(&1_u32.to_le_bytes());
    for address in [0x40_1000_u64, 64, 64 + 2 * 56] {
        add(&address.to_le_bytes());
    }
    add(&0_u32.to_le_bytes());
    for half in [64_u16, 56, 2, 64, 1, 0] {
        add(&half.to_le_bytes());
    }
    file.resize(64 + 2 * 56 + 64, 0);
    file
}

/// The same with `bytes` at `at`.
fn changed(at: usize, bytes: &[u8]) -> Result<AcmeElf, Status> {
    let mut file = file();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    parse(&file)
}

#[test]
fn each_field_is_read() {
    let expected = AcmeElf {
        entry: 0x40_1000,
        phoff: 64,
        shoff: 176,
        kind: 2,
        machine: 62,
        phentsize: 56,
        phnum: 2,
        shentsize: 64,
        shnum: 1,
        bits: 64,
        order: 1,
        reserved: 0,
    };
    assert_eq!(parse(&file()), Ok(expected));
}

#[test]
fn other_orders_and_classes_are_read() {
    let mut file = Vec::from(*b"\x7fELF\x01\x02\x01\0\0\0\0\0\0\0\0\0");
    file.extend_from_slice(&[0, 3, 0, 8, 0, 0, 0, 1]);
    file.extend_from_slice(&[0, 0, 0x12, 0x34, 0, 0, 0, 52, 0, 0, 0, 0]);
    file.extend_from_slice(&[0, 0, 0, 0, 0, 52, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0]);
    file.resize(52 + 32, 0);
    let elf = parse(&file).unwrap();
    assert_eq!((elf.bits, elf.order), (32, 2));
    assert_eq!((elf.kind, elf.machine, elf.entry), (3, 8, 0x1234));
    assert_eq!((elf.phoff, elf.phentsize, elf.phnum), (52, 32, 1));
}

#[test]
fn no_part_of_a_file_is_a_file() {
    let file = file();
    for len in 0..file.len() {
        assert_eq!(parse(&file[..len]), Err(Status::EBADMSG), "{len}");
    }
}

#[test]
fn what_is_not_supported_is_told() {
    for (at, byte) in [(4, 0), (4, 3), (5, 0), (5, 3), (6, 0), (20, 2)] {
        assert_eq!(changed(at, &[byte]), Err(Status::ENOPKG), "{at}");
    }
    assert_eq!(changed(56, &[0xff, 0xff]), Err(Status::ENOPKG), "phnum");
    assert_eq!(changed(60, &[0, 0]), Err(Status::ENOPKG), "shnum");
}

#[test]
fn tables_that_are_not_in_the_file_are_refused() {
    for (at, bytes) in [
        (0, &b"\x7fELG"[..]),
        (32, &[129]),
        (32, &[0xff; 8]),
        (40, &[177]),
        (52, &[63]),
        (54, &[55]),
        (56, &[4]),
        (60, &[2]),
        (62, &[1]),
    ] {
        assert_eq!(changed(at, bytes), Err(Status::EBADMSG), "{at}");
    }
}
