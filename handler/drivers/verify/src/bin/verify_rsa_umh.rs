// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handler process that verifies signatures of RSA.

#![cfg_attr(umd_elf, no_std, no_main)]

use umd_verify::VerifyRsa;

umd_handler::handler_main!(VerifyRsa, VerifyRsa::new(), panics);
