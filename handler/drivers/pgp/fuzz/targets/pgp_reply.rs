// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Manager's checks of a compromised OpenPGP handler's reply: whatever it
//! contains, they read nothing outside of it and the request.

#![no_main]

use umd_pgp_fuzz::{check_input, kernel};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // The first byte counts the bytes of the reply to change. Each has three
    // bytes: its offset, and the bits to flip.
    let Some((count, rest)) = input.split_first() else {
        return;
    };
    let Some((lies, input)) = rest.split_at_checked(3 * usize::from(*count)) else {
        return;
    };
    let Some(mut said) = check_input(input) else {
        return;
    };
    for lie in lies.chunks_exact(3) {
        let offset = u16::from_le_bytes([lie[0], lie[1]]);
        if let Some(byte) = said.reply.get_mut(usize::from(offset)) {
            *byte ^= lie[2];
        }
    }
    let _ = kernel::check_pgp(&said);
});
