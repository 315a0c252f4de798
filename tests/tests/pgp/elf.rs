// SPDX-License-Identifier: MIT OR Apache-2.0

//! The final ELF file, sealed as far as one process can seal another.

use crate::made::made;
use std::fs;
use std::time::Duration;
use umd_abi::Status;
use umd_manager::{Limits, Manager};
use umd_pgp::*;
use umd_pgp_fuzz::check;
use umd_tests::handlers;
use zerocopy::IntoBytes;

/// The most memory that the Handler may have resident, in KiB.
const MEMORY: u64 = 128;

pub(crate) fn final_file_answers_as_the_function_does() {
    let elf = handlers::build_one("pgp_umh").unwrap().path;
    let limits = Limits {
        max_request: UMD_PGP_MAX_REQUEST,
        max_reply: UMD_PGP_MAX_REPLY,
    };
    let mut manager = Manager::new(elf, limits);
    let document = vec![b'x'; 20_000];
    let signed = made().gpg.run(&["--clearsign"], &document).unwrap();
    let armored = made().gpg.run(&["--armor", "--export"], b"").unwrap();
    let signature = made().gpg.run(&["-b"], b"").unwrap();
    let mut full = made().ring.clone();
    full.resize(UMD_PGP_MAX_DATA as usize, 0);
    let mut compare = |op, index, part, data: &[u8]| {
        let request = PgpRequest { index, part };
        let expected = check(op, request, data);
        let payload = [request.as_bytes(), data].concat();
        let reply = manager.call(op, &payload, Duration::from_secs(20)).unwrap();
        match expected {
            Ok(bytes) => {
                assert_eq!(reply.status, Status::OK);
                assert!(reply.payload == bytes, "{op} {index} {part}");
            }
            Err(status) => assert_eq!(reply.status, status),
        }
        reply.status
    };
    for index in 0..27 {
        assert_eq!(compare(UMD_OP_PGP_KEY, index, 0, &made().ring), Status::OK);
    }
    let ring = &made().ring;
    assert_eq!(compare(UMD_OP_PGP_KEY, 27, 0, ring), Status::ENODATA);
    assert_eq!(compare(UMD_OP_PGP_KEY, 0, 0, &full), Status::EBADMSG);
    assert_eq!(compare(UMD_OP_PGP_SIGNATURE, 0, 0, &signature), Status::OK);
    assert_eq!(
        compare(UMD_OP_PGP_SIGNATURE, 0, 1, &signature),
        Status::EINVAL
    );
    for index in [0, 9, 16_384] {
        assert_eq!(compare(UMD_OP_PGP_CLEARTEXT, index, 0, &signed), Status::OK);
    }
    assert_eq!(compare(UMD_OP_PGP_CLEARTEXT, 0, 1, &signed), Status::OK);
    assert_eq!(compare(UMD_OP_PGP_CLEARTEXT, 0, 2, &signed), Status::EINVAL);
    assert_eq!(compare(UMD_OP_PGP_DEARMOR, 0, 0, &armored), Status::OK);
    assert_eq!(compare(UMD_OP_PGP_DEARMOR, 0, 0, &signed), Status::EBADMSG);
    assert_eq!(compare(260, 0, 0, ring), Status::EOPNOTSUPP);

    // The Handler has now seen the largest request and the largest reply.
    let id = manager.handler_id().unwrap();
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap();
    let resident = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
    let resident = resident.unwrap().trim().trim_end_matches(" kB");
    let resident: u64 = resident.parse().unwrap();
    println!("{resident} KiB are resident");
    assert!(resident < MEMORY, "{resident} KiB are resident");
}
