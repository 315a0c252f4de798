// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handler's own ELF file, driven without a kernel and under the filter of the
//! kernel's seal.

use std::path::PathBuf;
use std::time::Duration;
use umd_abi::Status;
use umd_acme::elf::{AcmeElf, UMD_ACME_ELF_SIZE, UMD_ACME_MAX_FILE, UMD_OP_ACME_PARSE};
use umd_manager::{Limits, Manager, Reply};
use zerocopy::FromBytes;

const LIMITS: Limits = Limits {
    max_request: UMD_ACME_MAX_FILE,
    max_reply: UMD_ACME_ELF_SIZE,
};

/// Where `cargo umd test` has built the Handler.
fn handler() -> PathBuf {
    let folder = std::env::var_os("UMD_HANDLERS").expect("run this by cargo umd test");
    PathBuf::from(folder).join("acme_umh")
}

fn ask(manager: &mut Manager, op: u16, request: &[u8]) -> Reply {
    let reply = manager.call(op, request, Duration::from_secs(10));
    reply.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn it_parses_itself() {
    let mut manager = Manager::new(handler(), LIMITS);
    let file = std::fs::read(handler()).unwrap();
    let reply = ask(&mut manager, UMD_OP_ACME_PARSE, &file);
    assert_eq!(reply.status, Status::OK);
    let elf = AcmeElf::read_from_bytes(&reply.payload).unwrap();
    assert_eq!((elf.bits, elf.order, elf.kind), (64, 1, 3));
    assert_eq!((elf.phnum, elf.shnum), (3, 0));
}

#[test]
fn nothing_ends_it() {
    let mut manager = Manager::new(handler(), LIMITS);
    let file = std::fs::read(handler()).unwrap();
    ask(&mut manager, UMD_OP_ACME_PARSE, &file);
    let process = manager.handler_id();
    for at in 0..64 {
        let mut file = file.clone();
        file[at] ^= 0xff;
        ask(&mut manager, UMD_OP_ACME_PARSE, &file);
        let reply = ask(&mut manager, UMD_OP_ACME_PARSE, &file[..at]);
        assert_eq!(reply.status, Status::EBADMSG);
    }
    let reply = ask(&mut manager, UMD_OP_ACME_PARSE + 1, &file);
    assert_eq!(reply.status, Status::EOPNOTSUPP);
    assert_eq!(manager.handler_id(), process);
}
