// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that hold for any request of the OpenPGP driver. Proptest makes the
//! requests so that most are nearly valid.

#![forbid(unsafe_code)]

use proptest::collection::vec;
use proptest::prelude::*;
use umd_fuzz::strategies::config;
use umd_pgp::{PgpRequest, UMD_OP_PGP_KEY};
use umd_pgp_fuzz::{check, check_input};

/// Real keys, signatures and documents, the fuzzer's seeds.
const SEEDS: [&[u8]; 13] = [
    include_bytes!("../corpus/pgp/key-ed25519"),
    include_bytes!("../corpus/pgp/key-nistp256"),
    include_bytes!("../corpus/pgp/key-rsa2048"),
    include_bytes!("../corpus/pgp/key-brainpoolP256r1"),
    include_bytes!("../corpus/pgp/key-version-6"),
    include_bytes!("../corpus/pgp/subkey-ed25519"),
    include_bytes!("../corpus/pgp/revoked"),
    include_bytes!("../corpus/pgp/signature-rsa2048"),
    include_bytes!("../corpus/pgp/signature-nistp256"),
    include_bytes!("../corpus/pgp/signature-version-6"),
    include_bytes!("../corpus/pgp/armored-key"),
    include_bytes!("../corpus/pgp/document-text"),
    include_bytes!("../corpus/pgp/document-version-6"),
];

/// How many of [`SEEDS`], at their start, are binary keys.
const KEYS: usize = 7;

#[test]
fn seeds_are_accepted() {
    for seed in SEEDS {
        let request = PgpRequest {
            index: (seed[1] & 0x3f).into(),
            part: (seed[1] >> 6).into(),
        };
        let op = UMD_OP_PGP_KEY + u16::from(seed[0]);
        assert!(check(op, request, &seed[2..]).is_ok());
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    /// With any bit or byte of a key corrupted, each reply is well-formed or a
    /// rejection.
    #[test]
    fn corrupted_keys_are_refused_or_well_formed(
        seed in 0..KEYS,
        at in any::<prop::sample::Index>(),
        change in prop_oneof![(0..8).prop_map(|bit| 1_u8 << bit), 1..=u8::MAX],
    ) {
        let mut ring = SEEDS[seed][2..].to_vec();
        let at = at.index(ring.len());
        ring[at] ^= change;
        for index in 0..3 {
            let _ = check(UMD_OP_PGP_KEY, PgpRequest { index, part: 0 }, &ring);
        }
    }

    /// The same holds for any other data that resembles real data.
    #[test]
    fn corrupted_data_is_refused_or_well_formed(
        seed in proptest::sample::select(&SEEDS[..]),
        op in any::<u8>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        rest in vec(any::<u8>(), 0..8),
    ) {
        let mut input = seed.to_vec();
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        // Done in half of the cases.
        if op >= 128 {
            let cut = cut.index(input.len());
            input.splice(cut..cut, rest);
            input[0] = op;
        }
        check_input(&input);
    }

    #[test]
    fn any_bytes_are_refused_or_well_formed(input in vec(any::<u8>(), 0..300)) {
        check_input(&input);
    }
}
