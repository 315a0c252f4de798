// SPDX-License-Identifier: MIT OR Apache-2.0

//! Size and offsets of the ABI's structs, as C assertions.

use std::mem::offset_of;
use umd_abi::{
    FrameHeader, Hello, PgpKey, PgpPiece, PgpRange, PgpRequest, PgpSignature, PgpSignatureReply,
    SampleReply, SampleRequest,
};

/// The assertions for one struct, whose fields must all be given.
macro_rules! layout {
    ($type:ident, $c_name:literal, [$($field:ident),+]) => {{
        // Does not compile when a field is missing.
        const _: fn($type) = |$type { $($field: _),+ }| ();
        let fields: &[(&str, usize)] = &[$((stringify!($field), offset_of!($type, $field))),+];
        struct_assertions($c_name, size_of::<$type>(), fields)
    }};
}

/// Assertions of the size of each struct and the offset of each field.
pub(super) fn assertions() -> String {
    [
        layout!(
            FrameHeader,
            "umd_frame_header",
            [magic, version, op, id, len, status, flags, reserved]
        ),
        layout!(
            Hello,
            "umd_hello",
            [version, max_request, max_reply, reserved]
        ),
        layout!(SampleRequest, "umd_sample_request", [offset]),
        layout!(SampleReply, "umd_sample_reply", [bytes]),
        layout!(PgpRequest, "umd_pgp_request", [index, part]),
        layout!(PgpRange, "umd_pgp_range", [offset, len]),
        layout!(
            PgpSignature,
            "umd_pgp_signature",
            [
                created,
                expires,
                version,
                kind,
                algorithm,
                hash,
                issuer_len,
                salt_len,
                left,
                hashed,
                trailer_len,
                value_len,
                flags,
                reserved,
                trailer,
                issuer_key_id,
                issuer,
                salt,
                value
            ]
        ),
        layout!(
            PgpSignatureReply,
            "umd_pgp_signature_reply",
            [count, index, signature]
        ),
        layout!(
            PgpKey,
            "umd_pgp_key",
            [
                count,
                index,
                flags,
                bits,
                created,
                expires,
                version,
                algorithm,
                curve,
                fingerprint_len,
                material_len,
                user_id_len,
                primary_index,
                key_id,
                fingerprint,
                primary,
                subject,
                certified,
                user_id,
                material,
                binding,
                back
            ]
        ),
        layout!(
            PgpPiece,
            "umd_pgp_piece",
            [total, kind, len, reserved, bytes]
        ),
    ]
    .concat()
}

fn struct_assertions(name: &str, size: usize, fields: &[(&str, usize)]) -> String {
    let mut text = format!("\nstatic_assert(sizeof(struct {name}) == {size}, \"{name}\");\n");
    for (field, offset) in fields {
        let place = format!("__builtin_offsetof(struct {name}, {field})");
        text += &format!("static_assert({place} == {offset}, \"{field}\");\n");
    }
    text
}
