// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the C header from `abi/`.
//!
//! cbindgen writes the constants and structs; this module gives them the
//! kernel's layout and adds assertions of every size and offset, which come
//! from the Rust compiler. So a C compiler that lays out a struct differently
//! refuses the header.

mod layout;
mod style;

use crate::{file, repo};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

const HEAD: &str = "\
/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */
/* Generated from abi/ by cargo header, do not edit. */
#ifndef UMD_ABI_H
#define UMD_ABI_H

#include <linux/types.h>
/* For static_assert(). */
#ifdef __KERNEL__
#include <linux/build_bug.h>
#else
#include <assert.h>
#endif

";
const TAIL: &str = "\n#endif /* UMD_ABI_H */\n";

/// Where the generated header is committed.
#[must_use]
pub fn path() -> PathBuf {
    repo::root().join("loader-c/include/umd_abi.h")
}

/// The header as `abi/` has it now.
///
/// # Errors
///
/// When cbindgen does not understand `abi/`.
pub fn generate() -> Result<String> {
    let crate_dir = repo::root().join("abi");
    let config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml"))
        .map_err(anyhow::Error::msg)
        .context("abi/cbindgen.toml")?;
    let bindings = cbindgen::Builder::new()
        .with_crate(&crate_dir)
        .with_config(config)
        .generate()
        .context("abi/")?;
    let mut declarations = Vec::new();
    bindings.write(&mut declarations);
    let declarations = style::kernel(&String::from_utf8(declarations)?);
    Ok([HEAD, declarations.trim(), "\n", &layout::assertions(), TAIL].concat())
}

/// Whether the committed header is what [`generate`] returns.
///
/// # Errors
///
/// See [`generate`].
pub fn is_up_to_date() -> Result<bool> {
    let committed = fs::read_to_string(path()).unwrap_or_default();
    Ok(committed == generate()?)
}

/// Writes the header.
///
/// # Errors
///
/// See [`generate`]; or when the file cannot be written.
pub fn write() -> Result<()> {
    file::write(&path(), generate()?.as_bytes())
}
