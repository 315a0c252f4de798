// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compiles the kernel's code without services for the fuzzers.

include!("../../../../tests/fuzz/kernel_checks.rs");

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "libfuzzer")]
    {
        let loader = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../loader-c");
        compile_checks(
            std::path::Path::new(loader),
            "pgp",
            &["decode.c", "frame.c", "item.c", "material.c"],
        );
    }
}
