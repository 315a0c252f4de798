// SPDX-License-Identifier: MIT OR Apache-2.0

//! The final ELF file, sealed as far as one process can seal another.

use crate::made::made;
use std::time::Duration;
use umd_abi::Status;
use umd_manager::{Limits, Manager, Reply};
use umd_pgp::*;
use umd_pgp_fuzz::{TAGS, check, items, packets_request};
use umd_tests::handlers;
use umd_tests::openpgp::split;
use zerocopy::IntoBytes;

/// The most memory that the Handler may have resident, in KiB.
const MEMORY: u64 = 128;

/// The final file, whose replies are compared with the function's.
struct Final(Manager);

impl Final {
    fn compare(&mut self, op: u16, request: &[u8]) -> Reply {
        let reply = self.0.call(op, request, Duration::from_secs(20)).unwrap();
        match check(op, request) {
            Ok(bytes) => {
                assert_eq!(reply.status, Status::OK);
                assert!(reply.payload == bytes, "{op}");
            }
            Err(status) => assert_eq!(reply.status, status),
        }
        reply
    }

    fn packets(&mut self) {
        let ring = &made().ring;
        let packets: Vec<(u32, &[u8])> = split(ring)
            .unwrap()
            .into_iter()
            .filter(|(tag, _)| TAGS.contains(tag))
            .map(|(tag, body)| (tag, &ring[body]))
            .collect();
        let request = packets_request(&packets);
        for item in items(&self.compare(UMD_OP_PGP_PACKETS, &request).payload) {
            assert_eq!(item.verdict, UMD_PGP_PARSED);
        }
        // Each is malformed without its last byte, except where values do not
        // matter.
        let cut: Vec<_> = packets
            .iter()
            .map(|(tag, body)| (*tag, &body[..body.len() - 1]))
            .collect();
        self.compare(UMD_OP_PGP_PACKETS, &packets_request(&cut));
        let most = packets_request(&[(2, &[4; 200][..]); UMD_PGP_MAX_PACKETS as usize]);
        assert_eq!(self.compare(UMD_OP_PGP_PACKETS, &most).status, Status::OK);
        let full = packets_request(&[(2, &vec![4; UMD_PGP_MAX_BODY as usize])]);
        assert_eq!(self.compare(UMD_OP_PGP_PACKETS, &full).status, Status::OK);
        let none = self.compare(UMD_OP_PGP_PACKETS, &[]).status;
        assert_eq!(none, Status::EINVAL);
        let other = self.compare(UMD_OP_PGP_TEXT + 1, &request).status;
        assert_eq!(other, Status::EOPNOTSUPP);
    }

    fn texts(&mut self) {
        let document = vec![b'x'; 20_000];
        let signed = made().gpg.run(&["--clearsign"], &document).unwrap();
        let armored = made().gpg.run(&["--armor", "--export"], b"").unwrap();
        for (text, flags, expected) in [
            (&signed, UMD_PGP_TEXT_LAST, Status::OK),
            (&armored, UMD_PGP_TEXT_LAST | UMD_PGP_TEXT_LOOSE, Status::OK),
            (&signed, UMD_PGP_TEXT_LOOSE, Status::EBADMSG),
            (&signed, UMD_PGP_TEXT_FLAGS + 1, Status::EINVAL),
            (&vec![b'\n'; UMD_PGP_MAX_TEXT as usize], 0, Status::OK),
        ] {
            let head = PgpText {
                state: UMD_PGP_TEXT_OUTSIDE,
                kind: UMD_PGP_ARMOR_NONE,
                flags,
                reserved: 0,
            };
            let request = [head.as_bytes(), text].concat();
            assert_eq!(self.compare(UMD_OP_PGP_TEXT, &request).status, expected);
        }
    }
}

pub(crate) fn final_file_answers_as_the_function_does() {
    let elf = handlers::build_one("pgp_umh").unwrap().path;
    let limits = Limits {
        max_request: UMD_PGP_MAX_REQUEST,
        max_reply: UMD_PGP_MAX_REPLY,
    };
    let mut handler = Final(Manager::new(elf, limits));
    handler.packets();
    handler.texts();
    // The Handler has now seen the largest request and the largest reply.
    let resident = handlers::resident(handler.0.handler_id().unwrap()).unwrap();
    println!("{resident} KiB are resident");
    assert!(resident < MEMORY, "{resident} KiB are resident");
}
