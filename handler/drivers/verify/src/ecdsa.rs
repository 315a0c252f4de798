// SPDX-License-Identifier: MIT OR Apache-2.0

//! ECDSA over curves of prime order, by the RustCrypto crates.

use crate::EKEYREJECTED;
use crate::request::Fields;
use ecdsa::elliptic_curve::point::AffineCoordinates;
use ecdsa::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes};
use ecdsa::hazmat::verify_prehashed;
use ecdsa::{EcdsaCurve, Signature};
use umd_handler::Status;

/// The length of the shortest digest: SHA-1's.
const MIN_DIGEST: usize = 20;

/// Whether the signature on the curve `C` is true.
pub(crate) fn verify<C: EcdsaCurve + CurveArithmetic>(fields: &Fields<'_>) -> Result<bool, Status> {
    let [x, y] = halves::<C>(fields.key)?;
    let [r, s] = halves::<C>(fields.signature)?;
    if fields.digest.len() < MIN_DIGEST || fields.exponent != 0 {
        return Err(Status::EINVAL);
    }
    let key = AffinePoint::<C>::from_coordinates(x, y).into_option();
    let key = key.ok_or(EKEYREJECTED)?;
    let Ok(signature) = Signature::<C>::from_scalars(*r, *s) else {
        return Ok(false);
    };
    Ok(verify_prehashed(&key.into(), fields.digest, &signature).is_ok())
}

/// Two numbers of the curve's length.
fn halves<C: EcdsaCurve>(bytes: &[u8]) -> Result<[&FieldBytes<C>; 2], Status> {
    match FieldBytes::<C>::slice_as_chunks(bytes) {
        ([first, second], []) => Ok([first, second]),
        _ => Err(Status::EINVAL),
    }
}
