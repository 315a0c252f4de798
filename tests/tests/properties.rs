// SPDX-License-Identifier: MIT OR Apache-2.0

//! Properties that hold for any frame. proptest makes the frames so that most
//! are nearly valid.

#![forbid(unsafe_code)]

use proptest::collection::vec;
use proptest::prelude::*;
use umd_abi::{
    FrameHeader, Hello, UMD_ABI_VERSION, UMD_FRAME_REPLY_BY_READ, UMD_MAGIC, UMD_MAX_PAYLOAD,
};
use umd_fuzz::reply::Record;
use umd_fuzz::serve::{Faulty, Scenario, Step};
use umd_fuzz::{pgp, request, sample, serve};
use umd_pgp::{PgpRequest, UMD_OP_PGP_KEY};
use umd_sample::UMD_SAMPLE_SIZE;
use umd_tests::checks::mgmt::{self, Verdict};
use zerocopy::IntoBytes;

/// Writes nothing among the sources: a failing case is printed.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        // Miri takes a thousand times as long.
        cases: if cfg!(miri) { 2 } else { cases },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Generates mostly a value of `usual`, else any.
fn mostly<T: Arbitrary + Copy + 'static>(usual: &'static [T]) -> impl Strategy<Value = T> {
    prop_oneof![9 => proptest::sample::select(usual), 1 => any::<T>()]
}

const OPS: [u16; 10] = [
    0,
    1,
    2,
    255,
    Faulty::ECHO,
    Faulty::CLAIM_ONE_MORE,
    Faulty::CLAIM_ALL,
    Faulty::WRITE_AND_FAIL,
    Faulty::FILL,
    512,
];

fn header() -> impl Strategy<Value = FrameHeader> {
    let lengths = &[0, 1, 4, 15, 16, 17, 24, 25, 40, UMD_SAMPLE_SIZE];
    (
        mostly(&[UMD_MAGIC]),
        mostly(&[UMD_ABI_VERSION]),
        mostly(&OPS),
        mostly(&[7_u64]),
        mostly(lengths),
        mostly(&[0, 0, 0, 0, 0, 0, 1, -1, -133, -134]),
        mostly(&[0, UMD_FRAME_REPLY_BY_READ]),
        mostly(&[0_u32]),
    )
        .prop_map(
            |(magic, version, op, id, len, status, flags, reserved)| FrameHeader {
                magic,
                version,
                op,
                id,
                len,
                status,
                flags,
                reserved,
            },
        )
}

fn hello() -> impl Strategy<Value = Hello> {
    (
        mostly(&[1_u32]),
        mostly(&[0, 16, 24]),
        mostly(&[0, 16, 40, UMD_MAX_PAYLOAD]),
        mostly(&[0_u32]),
    )
        .prop_map(|(version, max_request, max_reply, reserved)| Hello {
            version,
            max_request,
            max_reply,
            reserved,
        })
}

fn limit() -> impl Strategy<Value = u32> {
    mostly(&[0, 4, 16, 24, 40, UMD_MAX_PAYLOAD])
}

/// Generates a frame whose length is mostly that of its payload.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = vec(any::<u8>(), 0..40);
    (header(), payload, any::<u8>()).prop_map(|(mut header, payload, keep)| {
        if keep >= 16 {
            header.len = u32::try_from(payload.len()).expect("a short payload");
        }
        [header.as_bytes(), &payload].concat()
    })
}

/// Generates a frame that the sample may serve.
fn sample_frame() -> impl Strategy<Value = Vec<u8>> {
    let offset = prop_oneof![0..UMD_SAMPLE_SIZE + 2, any::<u32>()];
    (any::<u64>(), offset, any::<bool>()).prop_map(|(id, offset, by_read)| {
        let mut header = FrameHeader::request(umd_sample::UMD_OP_SAMPLE_SET, id, 4);
        header.flags = if by_read { UMD_FRAME_REPLY_BY_READ } else { 0 };
        [header.as_bytes(), offset.as_bytes()].concat()
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::Interrupted),
        20 => (1..u8::MAX).prop_map(Step::Move),
    ];
    let rare_failure = prop_oneof![40 => step, 1 => Just(Step::Failed)];
    vec(rare_failure, 0..12)
}

fn scenario(frame: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Scenario> {
    let frames = vec(frame, 0..8).prop_map(|frames| frames.concat());
    let cut = prop_oneof![9 => Just(usize::MAX), 1 => 0..400_usize];
    (any::<bool>(), steps(), steps(), frames, cut).prop_map(
        |(framed, reads, writes, mut bytes, cut)| {
            bytes.truncate(cut);
            Scenario {
                framed,
                reads: reads.into(),
                writes: writes.into(),
                bytes,
            }
        },
    )
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn decoders_accept_what_they_may(header in header(), limit in limit()) {
        request::check(&header, limit);
    }

    #[test]
    fn hello_is_accepted_if_it_may_be(ours in hello(), theirs in hello()) {
        request::check_hello(&ours, &theirs);
    }
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn serve_loop_replies_as_it_must(scenario in scenario(frame())) {
        serve::check_faulty(&scenario);
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn sample_replies_as_it_must(
        scenario in scenario(prop_oneof![3 => sample_frame(), 1 => frame()])
    ) {
        sample::check(&scenario);
    }
}

/// Real keys, signatures and documents, the fuzzer's seeds.
const SEEDS: [&[u8]; 13] = [
    include_bytes!("../fuzz/corpus/pgp/key-ed25519"),
    include_bytes!("../fuzz/corpus/pgp/key-nistp256"),
    include_bytes!("../fuzz/corpus/pgp/key-rsa2048"),
    include_bytes!("../fuzz/corpus/pgp/key-brainpoolP256r1"),
    include_bytes!("../fuzz/corpus/pgp/key-version-6"),
    include_bytes!("../fuzz/corpus/pgp/subkey-ed25519"),
    include_bytes!("../fuzz/corpus/pgp/revoked"),
    include_bytes!("../fuzz/corpus/pgp/signature-rsa2048"),
    include_bytes!("../fuzz/corpus/pgp/signature-nistp256"),
    include_bytes!("../fuzz/corpus/pgp/signature-version-6"),
    include_bytes!("../fuzz/corpus/pgp/armored-key"),
    include_bytes!("../fuzz/corpus/pgp/document-text"),
    include_bytes!("../fuzz/corpus/pgp/document-version-6"),
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
        assert!(pgp::check(op, request, &seed[2..]).is_ok());
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
            let _ = pgp::check(UMD_OP_PGP_KEY, PgpRequest { index, part: 0 }, &ring);
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
        pgp::check_input(&input);
    }

    #[test]
    fn any_bytes_are_refused_or_well_formed(input in vec(any::<u8>(), 0..300)) {
        pgp::check_input(&input);
    }
}

fn record() -> impl Strategy<Value = Record> {
    let headers = (header(), header(), any::<u8>());
    (headers, any::<u8>(), limit(), hello(), hello()).prop_map(
        |((sent, mut reply, same), whole, max_reply, ours, theirs)| {
            if same >= 32 {
                (reply.op, reply.id) = (sent.op, sent.id);
            }
            let payload = if whole >= 16 { reply.len } else { whole.into() };
            Record {
                sent,
                reply,
                payload: payload.into(),
                max_reply,
                unused: 0,
                ours,
                theirs,
            }
        },
    )
}

#[test]
#[cfg_attr(miri, ignore = "compiles and starts a program")]
fn kernel_says_of_replies_what_rust_does() {
    let program = mgmt::CHECKS.compile(&["-O2"]).expect("gcc");
    proptest!(config(50), |(records in vec(record(), 1..1000))| {
        let said = mgmt::verdicts(&program, &records).expect("verdicts");
        for (record, said) in records.iter().zip(said.chunks_exact(2)) {
            let rust = Verdict::new(record.wrong_reply(), record.wrong_hello());
            prop_assert_eq!(Verdict(&said[0], &said[1]), rust, "{:?}", record);
        }
    });
}
