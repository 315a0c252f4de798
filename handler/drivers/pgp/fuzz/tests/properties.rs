// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rules that hold for any request of the OpenPGP driver. Proptest makes the
//! requests so that most are nearly valid.

#![forbid(unsafe_code)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use umd_fuzz::strategies::config;
use umd_pgp::{UMD_OP_PGP_PACKETS, UMD_PGP_PARSED, UMD_PGP_TEXT_LOOSE};
use umd_pgp_fuzz::{check, check_input, items, packets, packets_request, request_of, texts};

/// Real keys and signatures, and some made by hand: the fuzzer's seeds.
const PACKETS: [&[u8]; 14] = [
    include_bytes!("../corpus/pgp/key-ed25519"),
    include_bytes!("../corpus/pgp/key-nistp256"),
    include_bytes!("../corpus/pgp/key-rsa2048"),
    include_bytes!("../corpus/pgp/key-brainpoolP256r1"),
    include_bytes!("../corpus/pgp/key-version-6"),
    include_bytes!("../corpus/pgp/keys"),
    include_bytes!("../corpus/pgp/revoked"),
    include_bytes!("../corpus/pgp/signature-ed25519"),
    include_bytes!("../corpus/pgp/signature-rsa2048"),
    include_bytes!("../corpus/pgp/signature-nistp256"),
    include_bytes!("../corpus/pgp/signature-version-3"),
    include_bytes!("../corpus/pgp/signature-version-6"),
    include_bytes!("../corpus/pgp/subpackets"),
    include_bytes!("../corpus/pgp/malformed"),
];

/// The same of text. The first ones are whole.
const TEXTS: [&[u8]; 9] = [
    include_bytes!("../corpus/pgp/armored-key"),
    include_bytes!("../corpus/pgp/armored-signature"),
    include_bytes!("../corpus/pgp/document"),
    include_bytes!("../corpus/pgp/document-version-6"),
    include_bytes!("../corpus/pgp/armor-body"),
    include_bytes!("../corpus/pgp/armor-end"),
    include_bytes!("../corpus/pgp/clear-headers"),
    include_bytes!("../corpus/pgp/text-signed"),
    include_bytes!("../corpus/pgp/text-end"),
];

/// How many of [`TEXTS`] are whole.
const WHOLE: usize = 4;

/// Returns the text of a seed.
fn text_of(seed: &[u8]) -> &[u8] {
    &seed[4..]
}

#[test]
fn seeds_are_accepted() {
    for seed in [&PACKETS[..], &TEXTS].concat() {
        assert!(check_input(seed).is_some());
    }
    // All packets of real keys and signatures are parsed.
    for seed in PACKETS.iter().take(5) {
        let said = check_input(seed).unwrap();
        let mut items = items(&said.reply).into_iter();
        assert!(items.all(|item| item.verdict == UMD_PGP_PARSED));
    }
    for seed in &TEXTS[..WHOLE] {
        let parts = texts::read(text_of(seed), u32::from(seed[3]) & 2, 65_536);
        assert!(parts.unwrap().ends_with(&[texts::Part::End]));
    }
}

/// Changes some bytes of `bytes`.
fn corrupt(bytes: &mut [u8], changes: Vec<(Index, u8)>) {
    for (at, change) in changes {
        if !bytes.is_empty() {
            bytes[at.index(bytes.len())] ^= change;
        }
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    /// With any bit or byte of a packet corrupted, each reply is well-formed,
    /// and the items of other packets are as before.
    #[test]
    fn corrupted_packets_change_no_others(
        seed in select(&PACKETS[..]),
        which in any::<Index>(),
        changes in vec((any::<Index>(), prop_oneof![(0..8).prop_map(|bit| 1_u8 << bit), 1..=u8::MAX]), 1..4),
        cut in prop::option::of(any::<Index>()),
    ) {
        let (op, request) = request_of(seed);
        let before = items(&check(op, &request).unwrap());
        let mut all = packets(&request).unwrap();
        let which = which.index(all.len());
        let (tag, body) = all[which];
        let mut body = body.to_vec();
        corrupt(&mut body, changes);
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len() + 1));
        }
        all[which] = (tag, &body);
        let after = items(&check(op, &packets_request(&all)).unwrap());
        let alone = check(op, &packets_request(&[(tag, &body)])).unwrap();
        prop_assert_eq!(after[which], items(&alone)[0]);
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            prop_assert!(at == which || before == after);
        }
    }

    /// Any other request that resembles a real one has a well-formed reply or a
    /// rejection.
    #[test]
    fn corrupted_requests_are_refused_or_well_formed(
        seed in select([&PACKETS[..], &TEXTS].concat()),
        changes in vec((any::<Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<Index>()),
        rest in vec(any::<u8>(), 0..8),
    ) {
        let mut input = seed.to_vec();
        corrupt(&mut input, changes);
        if let Some(cut) = cut {
            let cut = cut.index(input.len());
            input.splice(cut..cut, rest);
        }
        let _ = check_input(&input);
        let (op, mut request) = request_of(seed);
        let cut = cut.map_or(request.len(), |cut| cut.index(request.len()));
        request.truncate(cut);
        let answer = check(op, &request);
        prop_assert!(op != UMD_OP_PGP_PACKETS || answer.is_ok() == packets(&request).is_some());
    }

    /// A whole text is the same in chunks of any size.
    #[test]
    fn chunks_make_no_difference(
        seed in select(&TEXTS[..WHOLE]),
        changes in vec((any::<Index>(), any::<u8>()), 0..3),
        lines in vec((any::<Index>(), any::<Index>()), 0..3),
        flags in prop_oneof![Just(0), Just(UMD_PGP_TEXT_LOOSE)],
        size in 1..200_usize,
    ) {
        let mut text = text_of(seed).to_vec();
        corrupt(&mut text, changes);
        let mut all: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
        for (from, to) in lines {
            let line = all[from.index(all.len())];
            all.insert(to.index(all.len() + 1), line);
        }
        let text = all.concat();
        let whole = texts::read(&text, flags, 65_536);
        prop_assert_eq!(texts::read(&text, flags, size), whole);
    }

    #[test]
    fn any_bytes_are_refused_or_well_formed(input in vec(any::<u8>(), 0..300)) {
        let _ = check_input(&input);
    }
}
