// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that hold for any request of the driver of signatures. Proptest makes the
//! requests so that most are nearly true.

#![forbid(unsafe_code)]

use proptest::collection::vec;
use proptest::prelude::*;
use umd_abi::Status;
use umd_fuzz::strategies::config;
use umd_verify_fuzz::{check, check_input, decode};

/// Requests that are true, the fuzzer's seeds.
const SEEDS: [&[u8]; 5] = [
    include_bytes!("../corpus/verify/ed25519"),
    include_bytes!("../corpus/verify/p256"),
    include_bytes!("../corpus/verify/p384"),
    include_bytes!("../corpus/verify/p521"),
    include_bytes!("../corpus/verify/rsa2048"),
];

#[test]
fn seeds_are_true() {
    for seed in SEEDS {
        assert_eq!(check(&decode(seed).unwrap()), Ok(true));
    }
}

proptest! {
    #![proptest_config(config(1000))]

    /// Any change makes a signature false, or its key none.
    #[test]
    fn corrupted_requests_are_false_or_refused(
        seed in proptest::sample::select(&SEEDS[..]),
        at in any::<prop::sample::Index>(),
        change in prop_oneof![(0..8).prop_map(|bit| 1_u8 << bit), 1..=u8::MAX],
    ) {
        let mut input = seed.to_vec();
        let at = 5 + at.index(input.len() - 5);
        input[at] ^= change;
        let answer = check(&decode(&input).unwrap());
        prop_assert_ne!(answer, Ok(true));
        prop_assert_ne!(answer, Err(Status::ENOPKG));
    }

    /// The head of a request may be anything.
    #[test]
    fn other_algorithms_and_lengths_are_false_or_refused(
        seed in proptest::sample::select(&SEEDS[..]),
        head in any::<[u8; 5]>(),
    ) {
        let mut input = seed.to_vec();
        input[..5].copy_from_slice(&head);
        check_input(&input);
    }

    #[test]
    fn any_bytes_are_false_or_refused(
        head in any::<[u8; 5]>(),
        rest in vec(any::<u8>(), 0..800),
    ) {
        let input = [&head[..], &rest].concat();
        let request = decode(&input).unwrap();
        prop_assert_ne!(check(&request), Ok(true));
    }
}
