// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the repository's commands (`cargo demo`, `cargo vm`, ...) do.

#![deny(unsafe_code)]

pub mod bench;
pub mod bytes;
pub mod c_program;
pub mod c_style;
pub mod cache;
mod cargo_tool;
pub mod checks;
pub mod commands;
mod compile_commands;
mod control;
pub mod coverage;
pub mod debian;
pub mod demo_host;
pub mod fuzz;
pub mod handlers;
pub mod imports;
pub mod initramfs_tools;
pub mod installed;
pub mod kernel;
pub mod keyctl;
pub mod ktap;
pub mod layers;
pub mod log_lines;
pub mod modules;
pub mod mutations;
pub mod new_driver;
pub mod openpgp;
pub mod proof;
pub mod publish;
pub mod repeat;
pub mod repo;
pub mod selinux;
pub mod setup;
pub mod signed;
pub mod sizes;
pub mod suites;
pub mod template;
pub mod test_handlers;
pub mod vm;

pub use umd_vm::{command, file, progress};
