// SPDX-License-Identifier: MIT OR Apache-2.0

//! Fingerprints and key ids (section 5.5.4).

use heapless::Vec;
use sha1::block_api::compress as compress_sha1;
use sha2::block_api::compress256;

const BLOCK: usize = 64;
const LENGTH: usize = size_of::<u64>();

/// The identity of a key.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// The version of the key.
    pub(super) version: u8,
    /// 20 bytes in version 4, 32 in version 6.
    pub(super) fingerprint: Vec<u8, 32>,
}

impl Identity {
    /// Returns the identity of the key of this version with this packet body.
    /// Bodies of version 4 are shorter than 64 KiB.
    pub(super) fn new(version: u8, body: &[u8]) -> Self {
        let [.., a, b, c, d] = body.len().to_be_bytes();
        let (mut state, head): (State, &[u8]) = if version == 4 {
            (State::Sha1(SHA1), &[0x99, c, d])
        } else {
            (State::Sha256(SHA256), &[0x9b, a, b, c, d])
        };
        state.hash(head, body);
        let mut fingerprint = Vec::new();
        for word in state.words() {
            // Either hash fits into 32 bytes.
            let _ = fingerprint.extend_from_slice(&word.to_be_bytes());
        }
        Self {
            version,
            fingerprint,
        }
    }

    /// Returns the key id.
    pub(super) fn key_id(&self) -> [u8; 8] {
        key_id(&self.fingerprint)
    }
}

/// Returns the key id for a fingerprint: the last bytes of 20, or the first
/// bytes of 32, else zeros.
pub(super) fn key_id(fingerprint: &[u8]) -> [u8; 8] {
    let part = match fingerprint.len() {
        20 => fingerprint.last_chunk(),
        _ => fingerprint.first_chunk(),
    };
    part.copied().unwrap_or_default()
}

/// FIPS 180-4, section 5.3.1.
const SHA1: [u32; 5] = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];

/// FIPS 180-4, section 5.3.3.
const SHA256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The state of either hash. Both have the same block size and padding, so that
/// one loop serves both. The crates' own loops cannot be linked, since they can
/// panic.
enum State {
    Sha1([u32; 5]),
    Sha256([u32; 8]),
}

impl State {
    /// Hashes both parts and the padding (FIPS 180-4, section 5.1.1).
    fn hash(&mut self, head: &[u8], body: &[u8]) {
        let mut block = Vec::new();
        for byte in head.iter().chain(body).chain(&[0x80]) {
            self.push(&mut block, *byte);
        }
        while block.len() != BLOCK - LENGTH {
            self.push(&mut block, 0);
        }
        let bits = (head.len() as u64).wrapping_add(body.len() as u64) << 3;
        for byte in bits.to_be_bytes() {
            self.push(&mut block, byte);
        }
    }

    fn push(&mut self, block: &mut Vec<u8, BLOCK>, byte: u8) {
        // There is room: a full block is emptied below.
        let _ = block.push(byte);
        if let Some(full) = block.first_chunk() {
            let full = core::slice::from_ref(full);
            match self {
                Self::Sha1(state) => compress_sha1(state, full),
                Self::Sha256(state) => compress256(state, full),
            }
            block.clear();
        }
    }

    fn words(&self) -> &[u32] {
        match self {
            Self::Sha1(state) => state,
            Self::Sha256(state) => state,
        }
    }
}
