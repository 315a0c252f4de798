// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handler process that verifies signatures of Ed25519.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_verify::VerifyEdwards;

umd_handler::handler_main!(VerifyEdwards, VerifyEdwards::new(), panics);
