// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
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
pub mod fuzz;
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
