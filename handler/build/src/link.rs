// SPDX-License-Identifier: MIT OR Apache-2.0

//! The work of a Handler's build script.

use crate::Target;
use std::env;
use std::fs;
use std::path::Path;

/// How a Handler's ELF file is laid out, and why. The file is a copy of the
/// repository's, which a test compares: a checkout may have no symbolic links.
const SCRIPT: &str = include_str!("../linker.ld");

/// Passes the layout of a freestanding Handler to the linker. An ordinary build
/// of the driver's package needs nothing from here.
///
/// # Panics
///
/// In a freestanding build with other options than those of `umd-build`, or for a
/// processor that is not in [`crate::TARGETS`], or when the folder of the build
/// script's output cannot be written.
pub fn link() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(umd_elf)");
    if env::var_os("CARGO_CFG_UMD_ELF").is_none() {
        return;
    }
    // For the macro handler_main, which does not compile without it.
    println!("cargo::rustc-env=UMD_HANDLER_IS_LINKED=1");
    ensure_profile(&variable("OPT_LEVEL"));
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let target =
        Target::find(&arch).unwrap_or_else(|| panic!("no Handler can be built for {arch}"));
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    let script = Path::new(&folder).join("linker.ld");
    fs::write(&script, SCRIPT).expect("OUT_DIR can be written");
    for argument in [
        format!("--script={}", script.display()).as_str(),
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
    println!("cargo::rustc-link-arg-bins=-zmax-page-size={}", target.page);
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Another profile would only fail at the link, with a message about panics.
fn ensure_profile(level: &str) {
    assert!(
        level == "z",
        "a Handler is built by `cargo umd build` or `umd-build handlers`, which set profile \
         and flags: --cfg umd_elf alone is not enough"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_of_umd_build_is_taken() {
        ensure_profile("z");
    }

    #[test]
    #[should_panic(expected = "cargo umd build")]
    fn debug_profile_is_refused() {
        ensure_profile("0");
    }
}
