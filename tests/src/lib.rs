// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the repository's commands (`cargo demo`, `cargo vm`, ...) do.

#![deny(unsafe_code)]

pub mod apt;
pub mod bench;
mod built;
pub mod c_program;
pub mod c_style;
pub mod cache;
pub mod checks;
pub mod command;
pub mod commands;
pub mod console;
mod control;
pub mod coverage;
pub mod demo_host;
pub mod file;
pub mod fuzz;
pub mod handlers;
pub mod initramfs;
pub mod kernel;
pub mod keyctl;
pub mod ktap;
mod machine;
pub mod make;
pub mod modules;
pub mod mutations;
pub mod new_handler;
pub mod openpgp;
pub mod progress;
pub mod proof;
mod qemu;
pub mod repo;
pub mod setup;
mod signals;
pub mod sizes;
pub mod sources;
pub mod suites;
pub mod test_handlers;
pub mod toolchain;
mod user_mode;
pub mod vm;
