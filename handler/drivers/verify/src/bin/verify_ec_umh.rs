// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handler process that verifies signatures of ECDSA.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_verify::VerifyEcdsa;

umd_handler::handler_main!(VerifyEcdsa, VerifyEcdsa::new(), panics);
