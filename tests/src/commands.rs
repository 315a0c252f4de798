// SPDX-License-Identifier: MIT OR Apache-2.0

//! The repository's commands, one file each; `.cargo/config.toml` names them.

pub mod choice;
pub mod coverage;
pub mod debian;
pub mod demo;
pub mod fuzz;
pub mod modules;
pub mod mutations;
pub mod packages;
pub mod proof;
pub mod setup;
pub mod vm;
