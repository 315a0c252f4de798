// SPDX-License-Identifier: MIT OR Apache-2.0

//! The user-space Manager, the VM runner, and what the repository's commands
//! (`cargo demo`, `cargo vm`, ...) do.

pub mod commands;
pub mod elf;
pub mod handlers;
pub mod header;
pub mod repo;
