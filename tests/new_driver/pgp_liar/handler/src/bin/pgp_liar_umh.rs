// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's Handler, compromised: its replies about packets and texts contain
//! one lie each, another for each request.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_handler::{Handler, Status};
use umd_pgp::{
    Pgp, PgpItem, PgpText, PgpTextReply, UMD_OP_PGP_PACKETS, UMD_OP_PGP_TEXT,
    UMD_PGP_ARMOR_PUBLIC_KEY, UMD_PGP_ARMOR_SIGNATURE, UMD_PGP_ITEM_KEY_EXPIRES,
    UMD_PGP_ITEM_KEY_FLAGS, UMD_PGP_ITEM_UNUSABLE, UMD_PGP_MALFORMED, UMD_PGP_PARSED,
    UMD_PGP_TEXT_CONTENT, UMD_PGP_TEXT_NOTHING, UMD_PGP_TEXT_OUTSIDE,
};
use zerocopy::{FromBytes, FromZeros};

/// How many requests of packets there were, how many texts, and the first reply about each.
struct Liar {
    requests: u32,
    texts: u32,
    first: [PgpItem; 2],
    first_text: PgpTextReply,
}

impl Handler for Liar {
    const MAX_REQUEST: u32 = Pgp::MAX_REQUEST;
    const MAX_REPLY: u32 = Pgp::MAX_REPLY;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        let len = Pgp.handle(op, request, reply)?;
        if op == UMD_OP_PGP_PACKETS
            && let Ok((items, _)) = <[PgpItem; 2]>::mut_from_prefix(reply)
        {
            if self.requests == 0 {
                self.first = *items;
            }
            self.lie(items);
            self.requests = self.requests.wrapping_add(1);
        }
        if op == UMD_OP_PGP_TEXT
            && let Ok((text, chunk)) = PgpText::read_from_prefix(request)
            && text.state == UMD_PGP_TEXT_OUTSIDE
            && let Ok((reply, _)) = PgpTextReply::mut_from_prefix(reply)
            && reply.what != UMD_PGP_TEXT_NOTHING
        {
            if self.texts == 0 {
                self.first_text = *reply;
            }
            self.lie_of_a_text(reply, chunk);
            self.texts = self.texts.wrapping_add(1);
        }
        Ok(len)
    }
}

impl Liar {
    /// Applies the next lie of `suite_pgp_liar.sh`.
    fn lie(&self, items: &mut [PgpItem; 2]) {
        let [key, signature] = items;
        match self.requests {
            1 => key.values[0].offset += 1,
            2 => key.values[1].len -= 1,
            3 | 35 => key.created += 1,
            4 => key.algorithm = 3,
            5 => key.verdict = UMD_PGP_MALFORMED,
            6 => signature.hash ^= 1,
            7 => signature.kind = 0x20,
            8 => signature.hashed.len -= 1,
            9 => signature.embedded.offset = u32::MAX,
            10 => signature.values[0].offset -= 1,
            11 => signature.left.offset += 1,
            12 => signature.flags |= UMD_PGP_ITEM_UNUSABLE,
            13 => {
                signature.flags |= UMD_PGP_ITEM_KEY_FLAGS;
                signature.key_flags = 0;
            }
            14 => {
                signature.flags |= UMD_PGP_ITEM_KEY_EXPIRES;
                signature.key_expires_in = 1;
            }
            15 => signature.created = 1,
            16 => signature.issuer[0] ^= 1,
            17 => signature.verdict = UMD_PGP_MALFORMED,
            18 | 21 | 36 => *items = self.first,
            19 => key.verdict = 3,
            _ => self.lie_again(key),
        }
    }

    /// Applies the next lie about a key or, from 22 on, about a signature of a document.
    fn lie_again(&self, item: &mut PgpItem) {
        match self.requests {
            22 => *item = self.first[1],
            23 => *item = self.first[0],
            24 => item.hash ^= 1,
            25 => item.kind ^= 1,
            26 => item.hashed.len -= 1,
            27 => item.issuer[0] ^= 1,
            28 => item.created = 1,
            29 => item.expires_in = 1,
            30 => item.left.offset += 1,
            31 => item.values[0].offset -= 1,
            32 => item.verdict = UMD_PGP_MALFORMED,
            33 => item.flags |= UMD_PGP_ITEM_UNUSABLE,
            34 => item.verdict = UMD_PGP_PARSED + 3,
            _ => {}
        }
    }

    /// Applies the next lie about the start of a text.
    fn lie_of_a_text(&self, reply: &mut PgpTextReply, chunk: &[u8]) {
        let start = reply.range.offset as usize;
        let line = chunk.iter().skip(start).position(|byte| *byte == b'\n');
        let line = line.and_then(|line| u32::try_from(line).ok()).unwrap_or(0) + 1;
        match self.texts {
            1 => *reply = self.first_text,
            2 => {
                reply.range.offset += line;
                reply.range.len -= line;
            }
            3 => reply.range.len -= 5,
            4 => {
                reply.range.offset -= 1;
                reply.range.len += 1;
            }
            5 => reply.consumed += line,
            6 => reply.consumed = u32::MAX,
            7 => reply.kind = u32::MAX,
            // What follows is text 9.
            8 => reply.state = UMD_PGP_TEXT_OUTSIDE,
            10 => reply.kind ^= UMD_PGP_ARMOR_PUBLIC_KEY ^ UMD_PGP_ARMOR_SIGNATURE,
            11 => {
                reply.what = UMD_PGP_TEXT_CONTENT;
                reply.kind = UMD_PGP_ARMOR_SIGNATURE;
            }
            _ => {}
        }
    }
}

umd_handler::handler_main!(
    Liar,
    Liar {
        requests: 0,
        texts: 0,
        first: [PgpItem::new_zeroed(), PgpItem::new_zeroed()],
        first_text: PgpTextReply::new_zeroed(),
    }
);
