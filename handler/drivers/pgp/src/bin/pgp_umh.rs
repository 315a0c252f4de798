// SPDX-License-Identifier: MIT OR Apache-2.0

//! The OpenPGP driver's Handler process.

#![cfg_attr(umd_elf, no_std, no_main)]

umd_handler::handler_main!(umd_pgp::Pgp, umd_pgp::Pgp);
