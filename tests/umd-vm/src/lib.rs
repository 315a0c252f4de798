// SPDX-License-Identifier: MIT OR Apache-2.0

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod apt;
mod arch;
pub mod cache;
#[doc(hidden)] // For the programs of this repository.
pub mod command;
pub mod console;
pub mod debian;
mod debugger;
mod error;
mod expected;
#[doc(hidden)] // For the programs of this repository.
pub mod file;
mod initramfs;
pub mod kernel;
mod machine;
mod make;
pub mod modules;
pub mod programs;
#[doc(hidden)] // For the programs of this repository.
pub mod progress;
mod qemu;
mod root;
mod run;
mod signals;
mod sources;
mod user_mode;
mod verdict;

pub use arch::{ARCHS, Arch};
pub use error::{Error, Result};
pub use expected::Expected;
pub use root::{Contents, File};
pub use run::{Clock, MachineLock, Options, Outcome, Output, Task, report, run};
pub use sources::os_release;
pub use verdict::{Verdict, exit_code};
