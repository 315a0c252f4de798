// SPDX-License-Identifier: MIT OR Apache-2.0

//! The reverse driver's Handler process.

#![cfg_attr(umd_elf, no_std, no_main)]

umd_handler::handler_main!(umd_reverse::Reverse, umd_reverse::Reverse);
