// SPDX-License-Identifier: MIT OR Apache-2.0

//! Lies of one bit about what the request shows.

use super::Reply;
use std::mem::offset_of;
use std::ops::Range;
use umd_pgp::*;
use zerocopy::FromBytes;

/// Returns the range of a field's bytes.
macro_rules! field {
    ($struct:ty, $($field:ident).+, $len:expr) => {{
        let start = offset_of!($struct, $($field).+);
        start..start + $len
    }};
}

/// Returns the fields of a signature at `start` that the request shows.
fn of_signature(start: usize) -> Vec<Range<usize>> {
    let fields = [
        field!(PgpSignature, version, 4),
        field!(PgpSignature, salt_len, 1),
        field!(PgpSignature, hashed, 8),
        field!(PgpSignature, trailer_len, 4),
        field!(PgpSignature, reserved, 4),
        field!(PgpSignature, trailer, 6),
    ];
    let place = |range: Range<usize>| range.start + start..range.end + start;
    fields.map(place).to_vec()
}

/// Returns the fields of a key that the request shows.
fn of_key(key: &PgpKey) -> Vec<Range<usize>> {
    let has = |flag| key.flags & flag != 0;
    let mut fields = vec![
        field!(PgpKey, index, 4),
        field!(PgpKey, created, 8),
        field!(PgpKey, version, 2),
        field!(PgpKey, fingerprint_len, 1),
        field!(PgpKey, key_id, 8),
        field!(PgpKey, subject.offset, 4),
    ];
    let is_rsa = matches!(key.algorithm, 1 | 3);
    let has_kernel_curve = matches!(
        key.curve,
        UMD_PGP_CURVE_P256 | UMD_PGP_CURVE_P384 | UMD_PGP_CURVE_P521
    );
    if is_rsa || key.algorithm == 19 && has_kernel_curve {
        // With other algorithms, these would belong to another fingerprint.
        fields.push(field!(PgpKey, subject.len, 4));
        fields.push(field!(PgpKey, bits, 4));
        fields.push(field!(PgpKey, material_len, 4));
        fields.push(field!(PgpKey, material, key.material_len as usize));
    }
    if has(UMD_PGP_KEY_PRIMARY) {
        // For a subkey, these must be those of the primary key before it, which
        // pgp_ring_next() checks.
        fields.push(field!(PgpKey, primary_index, 4));
        fields.push(field!(PgpKey, primary, 8));
    }
    if key.certified.len != 0 {
        if key.certified.len < 256 {
            // The reply has only the start of a longer user id, which other
            // user ids may share.
            fields.push(field!(PgpKey, certified, 8));
        }
        fields.push(field!(PgpKey, user_id_len, 4));
        fields.push(field!(PgpKey, user_id, key.user_id_len as usize));
    }
    if has(UMD_PGP_KEY_BOUND) {
        fields.extend(of_signature(offset_of!(PgpKey, binding)));
    }
    if has(UMD_PGP_KEY_BACK) {
        fields.extend(of_signature(offset_of!(PgpKey, back)));
    }
    fields
}

/// Returns the bytes in which no bit may differ.
pub(super) fn of(said: &Reply) -> Vec<usize> {
    let fields = match said.op {
        UMD_OP_PGP_KEY => of_key(&PgpKey::read_from_bytes(&said.reply).expect("a key")),
        UMD_OP_PGP_SIGNATURE => {
            let mut fields = of_signature(offset_of!(PgpSignatureReply, signature));
            fields.push(field!(PgpSignatureReply, index, 4));
            fields
        }
        _ => vec![field!(PgpPiece, len, 4), field!(PgpPiece, reserved, 4)],
    };
    fields.into_iter().flatten().collect()
}
