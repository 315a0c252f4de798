// SPDX-License-Identifier: MIT OR Apache-2.0

//! The Handler's process.

#![cfg_attr(umd_elf, no_std, no_main)]

umd_handler::handler_main!(umd_acme::Acme, umd_acme::Acme);
