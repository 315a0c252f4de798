// SPDX-License-Identifier: MIT OR Apache-2.0

//! Properties that hold for any frame. proptest makes the frames so that most
//! are nearly valid.

#![forbid(unsafe_code)]

use proptest::collection::vec;
use proptest::prelude::*;
use umd_fuzz::reply::Record;
use umd_fuzz::strategies::{config, frame, header, hello, limit, scenario};
use umd_fuzz::{request, serve};
use umd_tests::checks::mgmt::{self, Verdict};

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
