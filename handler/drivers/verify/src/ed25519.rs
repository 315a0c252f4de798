// SPDX-License-Identifier: MIT OR Apache-2.0

//! Ed25519, by ed25519-dalek.

use crate::EKEYREJECTED;
use crate::request::Fields;
use ed25519_dalek::{Signature, VerifyingKey};
use umd_handler::Status;

/// Whether the signature is true, by the rule that [`crate::verify`] states.
pub(crate) fn verify(fields: &Fields<'_>) -> Result<bool, Status> {
    let key = fields.key.try_into().map_err(|_| Status::EINVAL)?;
    let signature = fields.signature.try_into().map_err(|_| Status::EINVAL)?;
    if fields.exponent != 0 {
        return Err(Status::EINVAL);
    }
    let point = VerifyingKey::from_bytes(key).map_err(|_| EKEYREJECTED)?;
    // The library takes y + p for y, which RFC 8032 forbids (section 5.1.3).
    let is_canonical = point.to_edwards().compress().as_bytes() == key;
    if !is_canonical || point.is_weak() {
        return Err(EKEYREJECTED);
    }
    let signature = Signature::from_bytes(signature);
    Ok(point.verify_strict(fields.digest, &signature).is_ok())
}
