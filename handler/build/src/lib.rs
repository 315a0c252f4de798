// SPDX-License-Identifier: MIT OR Apache-2.0

//! Everything that makes a freestanding Handler of a user mode driver.
//!
//! A driver's crate has this crate as a build dependency, and the one line
//! `umd_build::link();` in the `main()` of its `build.rs`. The build dependency
//! also makes the crate known as a driver.
//!
//! `umd-build handlers` then builds each binary of each such crate of the workspace
//! into `target/handlers/NAME`, checks the shape of the ELF file, and holds it to
//! `budget.toml` in the driver's folder.
//! `umd-build header` generates the C header of each. The module `code`, a feature, has
//! checks of a Handler's code for a driver's tests: its system calls, functions and
//! strings.
//!
//! Without a feature this crate has no dependencies, so that a Handler's build
//! script compiles nothing else.

#![forbid(unsafe_code)]

mod link;
mod target;

#[cfg(feature = "handlers")]
pub mod budget;
#[cfg(feature = "code")]
pub mod code;
#[cfg(feature = "handlers")]
pub mod elf;
#[cfg(feature = "handlers")]
mod file;
#[cfg(feature = "handlers")]
pub mod handlers;
#[cfg(feature = "header")]
pub mod header;
#[cfg(feature = "handlers")]
pub mod shape;
#[cfg(feature = "handlers")]
pub mod why;
#[cfg(feature = "handlers")]
pub mod workspace;

pub use link::link;
pub use target::{TARGETS, Target};
