// SPDX-License-Identifier: MIT OR Apache-2.0

//! The user-space Manager, the VM runner, and what the repository's commands
//! (`cargo demo`, `cargo vm`, ...) do.

#![forbid(unsafe_code)]

pub mod apt;
pub mod cache;
pub mod command;
pub mod commands;
pub mod kernel;
pub mod progress;
pub mod repo;
pub mod setup;
pub mod sources;
pub mod toolchain;
