// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's Handler, compromised: its replies about keys contain
//! one lie each, another for each request.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_handler::{Handler, Status};
use umd_pgp::Pgp;
use umd_pgp::{
    PgpKey, UMD_OP_PGP_KEY, UMD_PGP_KEY_REVOKED, UMD_PGP_KEY_SIGNS, UMD_PGP_SIGNATURE_UNUSABLE,
};
use zerocopy::FromBytes;

/// How many keys were requested so far.
struct Liar(u32);

impl Handler for Liar {
    const MAX_REQUEST: u32 = Pgp::MAX_REQUEST;
    const MAX_REPLY: u32 = Pgp::MAX_REPLY;

    fn handle(&mut self, op: u16, request: &[u8], reply: &mut [u8]) -> Result<usize, Status> {
        let len = Pgp.handle(op, request, reply)?;
        if op == UMD_OP_PGP_KEY
            && let Ok((key, _)) = PgpKey::mut_from_prefix(reply)
        {
            lie(self.0, key);
            self.0 = self.0.wrapping_add(1);
        }
        Ok(len)
    }
}

/// Applies the lie of this number in `suite_pgp_liar.sh`.
fn lie(number: u32, key: &mut PgpKey) {
    let signature = &mut key.binding;
    match number {
        0 => key.fingerprint[0] ^= 1,
        1 => key.material[100] ^= 1,
        2 => key.user_id[0] ^= 1,
        3 => key.created += 1,
        4 => signature.hash ^= 1,
        5 => signature.value[100] ^= 1,
        6 => signature.left[0] ^= 1,
        7 => {
            signature.hashed.len -= 1;
            signature.trailer[5] = signature.trailer[5].wrapping_sub(1);
        }
        8 => signature.flags |= UMD_PGP_SIGNATURE_UNUSABLE,
        9 => key.flags &= !UMD_PGP_KEY_SIGNS,
        10 => key.flags |= UMD_PGP_KEY_REVOKED,
        11 => key.expires = 1,
        _ => {}
    }
}

umd_handler::handler_main!(Liar, Liar(0));
