// SPDX-License-Identifier: MIT OR Apache-2.0

//! Cargo's subcommands from crates.io, built once and kept in the cache.

use crate::progress::Step;
use crate::{cache, command};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// The program `name` at `version`.
///
/// # Errors
///
/// The program cannot be downloaded or built.
pub(crate) fn get(name: &str, version: &str) -> Result<PathBuf> {
    let root = cache::open()?.publish(name, version, |root, _| {
        let step = Step::start(format!("building {name}"));
        let mut install = Command::new("cargo");
        // They run for seconds: minutes of optimization would be lost.
        install
            .args(["install", "--quiet", "--locked", "--debug", "--root"])
            .arg(root)
            .arg(format!("{name}@{version}"));
        command::output(&mut install)?;
        step.done();
        Ok(())
    })?;
    Ok(root.join("bin").join(name))
}
