// SPDX-License-Identifier: MIT OR Apache-2.0

//! A firmware whose list of trusted keys, `db`, has a certificate of ours. Debian's
//! kernels accept modules that such a key has signed.

use crate::setup;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The firmware's program, of Debian's package.
pub(super) const CODE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";

/// Its variables when it is new: anybody may set `db` then.
const VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/// The file in a running system by which `db` is written.
pub const DB: &str = "/sys/firmware/efi/efivars/db-d719b2cb-3d3a-4596-a3bc-dad00e67656f";

/// Makes a file with the variables of a new firmware.
///
/// # Errors
///
/// The firmware cannot be installed, or the file not be made.
pub fn variables(file: &Path) -> Result<()> {
    setup::install(&[(CODE, "ovmf")])?;
    fs::copy(VARIABLES, file).context("no variables of a firmware")?;
    Ok(())
}

/// What is written to [`DB`] so that the list has `certificate`, in DER: attributes, a
/// time and no signature, as a firmware without an owner takes it, and the list.
///
/// # Errors
///
/// The certificate is too long.
pub fn db(certificate: &[u8]) -> Result<Vec<u8>> {
    // Kept, for boot services and at run time, authenticated by a time.
    const ATTRIBUTES: u32 = 0x27;
    // 1 January 2026; times of a variable only grow.
    const TIME: [u8; 16] = [0xea, 0x07, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // Length 24, revision 2.0, a type with a GUID: that of PKCS#7.
    const NO_SIGNATURE: [u8; 24] = [
        24, 0, 0, 0, 0x00, 0x02, 0xf1, 0x0e, 0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a,
        0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7,
    ];
    // EFI_CERT_X509_GUID
    const X509: [u8; 16] = [
        0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0,
        0x72,
    ];
    const OWNER: [u8; 16] = [1; 16];
    const LIST_HEADER: u32 = 28;

    let entry = u32::try_from(OWNER.len() + certificate.len())?;
    let mut bytes = Vec::new();
    bytes.extend(ATTRIBUTES.to_le_bytes());
    bytes.extend(TIME);
    bytes.extend(NO_SIGNATURE);
    bytes.extend(X509);
    for number in [LIST_HEADER + entry, 0, entry] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(OWNER);
    bytes.extend(certificate);
    Ok(bytes)
}
