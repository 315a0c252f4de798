// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reply about a key.

use super::bytes::Bytes;
use super::certificate::{self, Found, Says};
use super::fingerprint::Identity;
use super::key::Material;
use super::signature::{Issuer, Signature, end, kind};
use super::{algorithm, copy};
use crate::{
    PgpKey, UMD_PGP_KEY_BACK, UMD_PGP_KEY_BOUND, UMD_PGP_KEY_PRIMARY, UMD_PGP_KEY_REVOKED,
    UMD_PGP_KEY_SIGNS,
};
use umd_abi::Status;

/// The bit of a key's flags for signing data (section 5.2.3.29).
const MAY_SIGN: u8 = 0x02;

/// Fills in `reply`, which is all zero, for the key number `index`.
pub(super) fn key(data: Bytes<'_>, index: u32, reply: &mut PgpKey) -> Result<(), Status> {
    let found = certificate::find(data, index)?;
    let Found {
        count,
        certificate,
        key,
    } = &found;
    let is_primary = certificate.index == index;
    let identity = key.identity();
    let says = Says::read(data, certificate, key)?;

    reply.count = *count;
    reply.index = index;
    reply.primary_index = certificate.index;
    reply.created = key.created.into();
    reply.version = key.version;
    reply.algorithm = key.algorithm;
    reply.key_id = identity.key_id();
    reply.fingerprint_len = copy(&identity.fingerprint, &mut reply.fingerprint);
    reply.primary = certificate.primary.body.range();
    reply.subject = key.body.range();
    let Material { bits, curve, bytes } = key.material()?;
    reply.bits = bits;
    reply.curve = curve;
    reply.material_len = copy(&bytes, &mut reply.material);

    if is_primary {
        reply.flags |= UMD_PGP_KEY_PRIMARY;
    }
    if says.is_revoked {
        reply.flags |= UMD_PGP_KEY_REVOKED;
    }
    signatures(&found, &says, &identity, is_primary, reply)
}

/// Fills in the results of the signatures.
fn signatures(
    Found {
        certificate, key, ..
    }: &Found<'_>,
    says: &Says<'_>,
    identity: &Identity,
    is_primary: bool,
    reply: &mut PgpKey,
) -> Result<(), Status> {
    let own = says.own.as_ref();
    let mut binding = says.binding.as_ref();
    if is_primary {
        binding = own.map(|own| &own.signature);
        if let Some(own) = own {
            reply.certified = own.user_id.range();
            reply.user_id_len = copy(own.user_id.as_slice(), &mut reply.user_id);
        }
    }
    for signature in [own.map(|own| &own.signature), says.direct.as_ref()] {
        expire(reply, certificate.primary.created, signature);
    }
    let Some(binding) = binding else {
        return Ok(());
    };
    expire(reply, key.created, Some(binding));
    reply.flags |= UMD_PGP_KEY_BOUND;
    binding.write(&mut reply.binding)?;

    let back = back_signature(binding, identity).filter(|_| !is_primary);
    if let Some(back) = &back {
        expire(reply, key.created, Some(back));
        reply.flags |= UMD_PGP_KEY_BACK;
        back.write(&mut reply.back)?;
    }
    let is_bound = is_primary || back.is_some_and(|back| !back.says.is_unusable);
    let flags = binding.says.key_flags.unwrap_or(MAY_SIGN);
    if own.is_some() && is_bound && algorithm::can_sign(key.algorithm) && flags & MAY_SIGN != 0 {
        reply.flags |= UMD_PGP_KEY_SIGNS;
    }
    Ok(())
}

/// Lowers the key's expiry to what a signature states for a key that was made
/// at `created`.
fn expire(reply: &mut PgpKey, created: u32, signature: Option<&Signature<'_>>) {
    let Some(signature) = signature else {
        return;
    };
    for end in [
        signature.expires(),
        end(created, signature.says.key_expires_in),
    ] {
        reply.expires = match (reply.expires, end) {
            (0, end) | (end, 0) => end,
            (first, second) => first.min(second),
        };
    }
}

/// Returns the signature embedded in `binding` by which the subkey confirms
/// that it belongs to its primary key (section 5.2.3.34). An unreadable
/// signature counts as missing.
fn back_signature<'a>(binding: &Signature<'a>, subkey: &Identity) -> Option<Signature<'a>> {
    let back = Signature::parse(binding.says.embedded?).ok()?;
    let is_of_subkey =
        back.kind == kind::PRIMARY_KEY_BINDING && back.issuer(subkey) != Issuer::Other;
    is_of_subkey.then_some(back)
}
