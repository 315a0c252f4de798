// SPDX-License-Identifier: MIT OR Apache-2.0

//! Passes the layout of a freestanding handler to the linker. An ordinary
//! build of this package needs nothing from here.

use std::env;
use std::path::Path;

fn main() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../linker.ld");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", script.display());
    if env::var_os("CARGO_CFG_UMD_ELF").is_none() {
        return;
    }
    let script = format!("--script={}", script.display());
    for argument in [
        script.as_str(),
        "--orphan-handling=error",
        "-static",
        "-pie",
        "--no-dynamic-linker",
        "--build-id=none",
        "--no-eh-frame-hdr",
        "-znorelro",
        "-znoexecstack",
    ] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
